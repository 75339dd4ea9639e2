"""The same matcher on a Spark cluster: texts go to the workers as Arrow, hits come back; Spark decides nothing.

Uses the session that is there (`SparkSession.builder.getOrCreate()`), so that a notebook on a cluster counts on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import astuple

import pyarrow as pa
from pyspark.sql import SparkSession

from clearcount.counting.found import Found
from clearcount.engines.base import Engine, Records, Search
from clearcount.engines.local import Scanned, narrow_and_scan
from clearcount.engines.local import scan as scan_here
from clearcount.engines.tallying import distinct, tally
from clearcount.model.mention import Mention
from clearcount.model.terms import TermSet

_OUT = (
    "kind string, occurrence_no string, field string, entry_no string, term string, start int, end int, "
    "matched string, before string, after string, hints array<string>"
)
_NAMES = [column.split()[0] for column in _OUT.split(", ")]
_ROWS = 200_000
"""Texts sent to the cluster at a time: bounds the driver's memory."""


def run(records: Records, search: Search) -> Found:
    """Narrow here, matches on the workers; the same result as every engine."""
    return narrow_and_scan(records, search, _scan)


def _scan(batches: Iterator[pa.RecordBatch], terms: TermSet) -> Iterator[Scanned]:
    spark = SparkSession.builder.getOrCreate()

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
