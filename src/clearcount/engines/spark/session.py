"""The session of Spark that counts: the one that is there, or a new one, once its workers have answered.

A session made before is taken as it is, so a notebook on a cluster counts on it. `SPARK_REMOTE` names a server of Spark
Connect, `MASTER` a cluster. Without both, the cores of this machine count.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import pyarrow as pa
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from clearcount.engines.spark.work import HERE, RAISED
from clearcount.errors import ClearcountError, EngineUnavailable, StoreError

_CHECKED = "spark.clearcount.workers"
_OURS = {
    "spark.app.name": "clearcount",
    "spark.ui.enabled": "false",  # its pages would show plans
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": str(max(2, os.cpu_count() or 2)),  # what is shuffled are counts
    "spark.sql.codegen.wholeStage": "false",  # code made for each grouping costs more than the few rows in it
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    # Java moves rows and the matcher is Python's: a compiler and a collector for long runs cost more than they give
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1",
}


def session() -> SparkSession:
    """Return the session that is there, or a new one, once a worker has answered with what this process has.

    Raises:
        EngineUnavailable: when no session can be made, or a worker lacks clearcount or has another one.
    """
    named = "PYSPARK_PYTHON" in os.environ
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    with said():
        spark = _active() or _made()
        if not named and not is_remote(spark):
            context = spark.sparkContext
            if context.master.startswith("local"):  # a session made before: its workers are on this machine
                context.pythonExec = sys.executable
        if spark.conf.get(_CHECKED, "") == HERE:
            return spark
        found = {row["version"] for row in spark.range(0, 1, 1, 1).mapInArrow(_asking(), "version string").collect()}
        check_workers(found)
        spark.conf.set(_CHECKED, HERE)
        return spark


def check_workers(found: set[str]) -> None:
    """Raise EngineUnavailable where a worker has another clearcount, matcher or Unicode than this process."""
    if found != {HERE}:
        there = "; ".join(sorted(each or "none" for each in found - {HERE}))
        raise EngineUnavailable(
            f"the workers of Spark have {there}, here it is {HERE}. Install the same clearcount and Python on every "
            "worker, or name its Python in PYSPARK_PYTHON before the session starts"
        )


def is_remote(spark: SparkSession) -> bool:
    """Return whether a session speaks to a server of Spark Connect."""
    return type(spark).__module__.startswith("pyspark.sql.connect")


@contextmanager
def said() -> Iterator[None]:
    """Raise what Spark says as a sentence: its own text holds plans, paths and a trace of Java.

    Raises:
        EngineUnavailable: for the cluster; a worker's own ClearcountError comes as StoreError.
    """
    try:
        yield
    except ClearcountError:
        raise
    except (PySparkException, OSError, RuntimeError, TypeError) as error:
        text = str(error)
        if raised := re.search(re.escape(RAISED) + r"(.*)", text):
            raise StoreError(raised[1].strip()) from None
        if lacking := re.search(r"No module named '([\w.]+)'", text):
            raise EngineUnavailable(
                f"the Python of Spark's workers has no {lacking[1]}; install clearcount on every worker, or name its "
                "Python in PYSPARK_PYTHON before the session starts"
            ) from None
        if re.search(r"JAVA_HOME|JAVA_GATEWAY_EXITED|java: (command )?not found", text):
            raise EngineUnavailable(
                "Spark does not start: it finds no Java. Install Java 17 or name it in JAVA_HOME, or name a server of "
                "Spark Connect in SPARK_REMOTE"
            ) from None
        kind = getattr(error, "getCondition", lambda: None)() or type(error).__name__
        raise EngineUnavailable(
            f"Spark does not start, or its workers do not answer ({kind}); check Java, the cluster and PYSPARK_PYTHON"
        ) from None


def _active() -> SparkSession | None:
    try:
        active: SparkSession | None = SparkSession.getActiveSession()
    except (PySparkException, RuntimeError):  # with Spark Connect alone installed there is no other kind
        return None
    return active


def _made() -> SparkSession:
    builder = SparkSession.builder
    if "SPARK_REMOTE" in os.environ:
        made: SparkSession = builder.getOrCreate()
        return made
    for name, value in _OURS.items():
        builder = builder.config(name, value)
    made = builder.getOrCreate()
    made.sparkContext.setLogLevel("ERROR")
    return made


def _asking() -> Callable[[Iterable[pa.RecordBatch]], Iterator[object]]:
    """A function that asks a worker what it has; it is sent whole, so that it runs where there is no clearcount."""

    def ask(batches: Iterable[object]) -> Iterator[object]:
        import pyarrow

        for _ in batches:
            try:
                from clearcount.engines.spark.work import version
            except ImportError:
                there = ""
            else:
                there = version()
            yield pyarrow.record_batch([pyarrow.array([there])], ["version"])

    return ask
