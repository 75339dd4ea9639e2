"""Texts of one file, reading no more of it than the question needs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clearcount.matching import MATCHER_VERSION, UNICODE_VERSION
from clearcount.matching.columns import fold
from clearcount.store import schema
from clearcount.store.parquet import metadata, opened

TEXT_BATCH = pa.schema(
    [schema.TEXTS.field(name) for name in ("occurrence_no", "field", "entry_no", "entered_at", "text", "folded")]
)
FOLDING = f"{MATCHER_VERSION}, Unicode {UNICODE_VERSION}"
"""What made the column `folded`. Where a snapshot's differs from this, texts are folded anew as they are read."""
ROWS = 1 << 16
"""Rows read at a time: enough that the matcher's work is on whole buffers, few enough to hold several."""


def text_readings(
    file: Path,
    leads: set[str] | None,
    keys: pa.Array | None,
    fields: Collection[str] | None,
    *,
    refold: bool,
    groups: Sequence[int] | None = None,
) -> Iterator[Callable[[], list[pa.RecordBatch]]]:
    """Yield functions that each read a stretch of a file, in order, and may be called from any thread.

    They give the texts of the occurrences `keys` and of `fields`, when given. Texts are in order of `lead_code`, so
    only row groups that overlap with `leads` are read. `groups` are the row groups to read, where they are known.
    """
    found = metadata(file)
    wanted = pa.array(sorted(fields), pa.string()) if fields is not None else None
    for some in stretches(found, leads, groups):
        yield partial(_read, file, found, some, keys, wanted, refold=refold)


def stretches(
    footer: pq.FileMetaData, leads: set[str] | None, among: Sequence[int] | None = None
) -> Iterator[list[int]]:
    """Yield the numbers of row groups that may hold texts filed under `leads`, as many at a time as make a batch."""
    groups: list[int] = []
    rows = 0
    for number in range(footer.num_row_groups) if among is None else among:
        group = footer.row_group(number)
        if leads is not None and not _holds(group, leads):
            continue
        if groups and rows + group.num_rows > ROWS:
            yield groups
            groups, rows = [], 0
        groups.append(number)
        rows += group.num_rows
    if groups:
        yield groups


def _read(
    file: Path,
    footer: pq.FileMetaData,
    groups: list[int],
    keys: pa.Array | None,
    fields: pa.Array | None,
    *,
    refold: bool,
) -> list[pa.RecordBatch]:
    found: list[pa.RecordBatch] = []
    with opened(file, metadata=footer) as parquet:
        batches = parquet.iter_batches(row_groups=groups, columns=TEXT_BATCH.names, batch_size=ROWS, use_threads=False)
        for batch in batches:
            if keys is not None:
                batch = batch.filter(pc.is_in(batch.column("occurrence_no"), keys))
            if fields is not None:
                batch = batch.filter(pc.is_in(batch.column("field"), fields))
            if batch.num_rows:
                columns = [batch.column(name) for name in TEXT_BATCH.names]
                if refold:
                    columns[-1] = fold(batch.column("text"))
                found.append(
                    pa.RecordBatch.from_arrays([column.cast(pa.string()) for column in columns], schema=TEXT_BATCH)
                )
    return found


def _holds(group: pq.RowGroupMetaData, leads: set[str]) -> bool:
    """Whether a row group may hold texts filed under one of `leads`, by its smallest and largest."""
    column = group.column(0)
    if not column.is_stats_set or not column.statistics.has_min_max:
        return True
    low, high = column.statistics.min, column.statistics.max
    return any(low <= lead <= high for lead in leads)
