"""The Spark engine gives what the local engine gives, on the demo's own records."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from clearcount.model.request_reader import parse_request
from clearcount.offences import code_list
from clearcount.store import open_store
from clearcount.workflow.counting import count_request
from clearcount.workflow.demo import make_demo
from clearcount.workflow.reading_files import read_toml


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_spark_agrees_with_local(tmp_path: Path) -> None:
    sql = pytest.importorskip("pyspark.sql", reason="the extra spark is not installed")

    make_demo(tmp_path / "demo", now=datetime(2026, 1, 1, tzinfo=UTC), occurrences=500)
    request = parse_request(read_toml(tmp_path / "demo" / "request.toml", "request"))
    store = open_store(tmp_path / "demo" / "store")
    session = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    try:
        spark, local = (
            count_request(request, store, codes=code_list(), engine_name=name) for name in ("spark", "local")
        )
        assert spark.found == local.found
        assert spark.tables == local.tables
    finally:
        session.stop()
