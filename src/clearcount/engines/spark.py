"""The same matcher on a Spark cluster: texts go to the workers as Arrow, hits come back; Spark decides nothing.

Uses the session that is there (`SparkSession.builder.getOrCreate()`), so that a notebook on a cluster counts on it. A
session made here runs its workers with the Python that runs clearcount, unless PYSPARK_PYTHON names another. Workers
that lack clearcount, or match by other rules, are refused before anything is matched.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import astuple

import pyarrow as pa
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from clearcount.counting.found import Found
from clearcount.engines.base import Engine, RecordSource, Search
from clearcount.engines.local import Scanned, narrow_and_scan
from clearcount.engines.local import scan as scan_here
from clearcount.engines.tallying import distinct, tally
from clearcount.errors import EngineUnavailable
from clearcount.matching import MATCHER_VERSION
from clearcount.model.mention import Mention
from clearcount.model.terms import TermSet

_OUT = (
    "kind string, occurrence_no string, field string, entry_no string, term string, start int, end int, "
    "matched string, before string, after string, hints array<string>"
)
_NAMES = [column.split()[0] for column in _OUT.split(", ")]
_ROWS = 200_000
"""Texts sent to the cluster at a time: bounds the driver's memory."""


def run(records: RecordSource, search: Search) -> Found:
    """Narrow here, matches on the workers; the same result as every engine."""
    return narrow_and_scan(records, search, _scan)


def session() -> SparkSession:
    """Return the session that is there, or a new one, once its workers have answered with this version of the matcher.

    Raises:
        EngineUnavailable: when no session can be made, or a worker lacks clearcount or has another matcher.
    """
    named = "PYSPARK_PYTHON" in os.environ
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        spark = SparkSession.builder.getOrCreate()
        context = spark.sparkContext
        if not named and context.master.startswith("local"):  # a session made before: its workers are on this machine
            context.pythonExec = sys.executable
        if spark.conf.get(_CHECKED, "") == MATCHER_VERSION:
            return spark
        found = {
            row["version"] for row in spark.range(0, 1, numPartitions=1).mapInArrow(_versions(), _VERSION).collect()
        }
    except (PySparkException, OSError, RuntimeError) as error:
        if lacking := re.search(r"No module named '([\w.]+)'", str(error)):
            raise EngineUnavailable(
                f"the Python of Spark's workers has no {lacking[1]}; install clearcount on every worker, or name its "
                "Python in PYSPARK_PYTHON before the session starts"
            ) from error
        said = str(error).strip().splitlines() or [type(error).__name__]
        raise EngineUnavailable(
            f"Spark does not start, or its workers do not answer: {said[0][:200]}; check Java, the cluster and "
            "PYSPARK_PYTHON"
        ) from error
    if found != {MATCHER_VERSION}:
        there = ", ".join(sorted(each or "none" for each in found))
        raise EngineUnavailable(
            f"the workers of Spark have the matcher {there}, here it is {MATCHER_VERSION}. Install the same clearcount "
            "on every worker, or name its Python in PYSPARK_PYTHON before the session starts"
        )
    spark.conf.set(_CHECKED, MATCHER_VERSION)
    return spark


_CHECKED = "spark.clearcount.workers"
_VERSION = "version string"


def _versions() -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """A function that asks a worker for its matcher; it is sent whole, so that it runs where there is none."""

    def ask(parts: Iterable[object]) -> Iterator[object]:
        import pyarrow

        for _ in parts:
            try:
                from clearcount import matching
            except ImportError:
                version = ""
            else:
                version = matching.MATCHER_VERSION
            yield pyarrow.record_batch([pyarrow.array([version])], ["version"])

    return ask


def _scan(batches: Iterator[pa.RecordBatch], terms: TermSet) -> Iterator[Scanned]:
    spark = session()

    def on_worker(parts: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for part in scan_here(iter(parts), terms):
            rows = [("searched", number, *[None] * 9) for number in part.searched]
            rows += [("kept", *astuple(hit)) for hit in part.kept]
            rows += [("dropped", *astuple(hit)) for hit in part.dropped]
            columns = zip(*rows, strict=True) if rows else [[] for _ in _NAMES]
            yield pa.record_batch(
                [pa.array(column, kind) for column, kind in zip(columns, _TYPES, strict=True)], _NAMES
            )

    for table in _chunks(batches):
        found = spark.createDataFrame(table).mapInArrow(on_worker, _OUT).collect()
        yield Scanned(
            tuple(row["occurrence_no"] for row in found if row["kind"] == "searched"),
            tuple(_mention(row.asDict()) for row in found if row["kind"] == "kept"),
            tuple(_mention(row.asDict()) for row in found if row["kind"] == "dropped"),
        )


_TYPES = [pa.string()] * 5 + [pa.int32()] * 2 + [pa.string()] * 3 + [pa.list_(pa.string())]


def _chunks(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.Table]:
    held: list[pa.RecordBatch] = []
    for batch in batches:
        held.append(batch)
        if sum(len(each) for each in held) >= _ROWS:
            yield pa.Table.from_batches(held)
            held = []
    if held:
        yield pa.Table.from_batches(held)


def _mention(row: dict[str, object]) -> Mention:
    values = {name: value for name, value in row.items() if name != "kind"}
    return Mention(**{**values, "hints": tuple(row["hints"] or ())})  # type: ignore[arg-type]


ENGINE = Engine("spark", run, tally, distinct)
