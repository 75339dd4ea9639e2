"""Texts of one file, reading no more of it than the question needs."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clearcount.matching import MATCHER_VERSION, UNICODE_VERSION
from clearcount.matching.folding import fold
from clearcount.store import schema

TEXT_BATCH = pa.schema(
    [schema.TEXTS.field(name) for name in ("occurrence_no", "field", "entry_no", "entered_at", "text", "folded")]
)
FOLDING = f"{MATCHER_VERSION}, Unicode {UNICODE_VERSION}"
"""What made the column `folded`. Where a snapshot's differs from this, texts are folded anew as they are read."""


def read_texts(
    file: Path, leads: set[str] | None, keys: pa.Array | None, fields: Collection[str] | None, *, refold: bool
) -> Iterator[pa.RecordBatch]:
    """The texts of a file, those of the occurrences `keys` and of `fields` when given.

    Texts are in order of `lead_code`, so only row groups that overlap with `leads` are read.
    """
    parquet = pq.ParquetFile(file)
    groups = [number for number in range(parquet.num_row_groups) if leads is None or _holds(parquet, number, leads)]
    wanted = pa.array(sorted(fields), pa.string()) if fields is not None else None
    for batch in parquet.iter_batches(row_groups=groups, columns=TEXT_BATCH.names, batch_size=65536):
        if keys is not None:
            batch = batch.filter(pc.is_in(batch.column("occurrence_no"), keys))
        if wanted is not None:
            batch = batch.filter(pc.is_in(batch.column("field"), wanted))
        if batch.num_rows:
            columns = [batch.column(name) for name in TEXT_BATCH.names]
            if refold:
                columns[-1] = fold(batch.column("text"))
            yield pa.RecordBatch.from_arrays([column.cast(pa.string()) for column in columns], schema=TEXT_BATCH)


def _holds(parquet: pq.ParquetFile, group: int, leads: set[str]) -> bool:
    """Whether a row group may hold texts filed under one of `leads`, by its smallest and largest."""
    column = parquet.metadata.row_group(group).column(0)
    if not column.is_stats_set or not column.statistics.has_min_max:
        return True
    low, high = column.statistics.min, column.statistics.max
    return any(low <= lead <= high for lead in leads)
