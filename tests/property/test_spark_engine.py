"""The Spark engine gives what the local engine gives, on the demo's own records."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from clearcount.engines import Question, engine
from clearcount.model.request import parse_request
from clearcount.store import open_store
from clearcount.workflow.counting import SnapshotRecords
from clearcount.workflow.demo import make_demo
from clearcount.workflow.reading_files import read_toml


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_spark_agrees_with_local(tmp_path: Path) -> None:
    sql = pytest.importorskip("pyspark.sql", reason="the extra spark is not installed")

    make_demo(tmp_path / "demo", now=datetime(2026, 1, 1, tzinfo=UTC), occurrences=500)
    request = parse_request(read_toml(tmp_path / "demo" / "request.toml", "request"))
    assert request.scope.last is not None
    store = open_store(tmp_path / "demo" / "store")
    records = SnapshotRecords(store, store.snapshot(None))
    session = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    try:
        question = Question(request, request.scope.last)
        assert engine("spark")(records, question) == engine("local")(records, question)
    finally:
        session.stop()
