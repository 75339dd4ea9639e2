"""The Spark engine gives what the local engine gives, on the demo's own records."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
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


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_workers_without_the_package_are_refused_in_a_sentence(tmp_path: Path) -> None:
    """The workers' Python is a bare one, so that a message can only come from asking it."""
    pytest.importorskip("pyspark.sql", reason="the extra spark is not installed")
    bare = tmp_path / "bare"
    venv.create(bare, with_pip=False)
    code = "from clearcount.engines import spark; from clearcount.errors import EngineUnavailable\n"
    code += "try: spark.session()\nexcept EngineUnavailable as error: print('said:', error)"
    env = {**os.environ, "PYSPARK_PYTHON": str(bare / "bin" / "python")}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=300)
    (said,) = [line for line in done.stdout.splitlines() if line.startswith("said:")]
    assert "the Python of Spark's workers has no" in said and "PYSPARK_PYTHON" in said
