"""What is known of texts without reading them: field, entry, moment, length and whether their letters are damaged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clearcount.store import schema
from clearcount.store.parquet import metadata, opened
from clearcount.store.reading import ROWS, stretches

MARKS = pa.schema(
    [schema.TEXTS.field(name) for name in ("occurrence_no", "field", "entry_no", "entered_at", "length", "mojibake")]
)


def mark_readings(file: Path, leads: set[str] | None, keys: pa.Array | None) -> Iterator[Callable[[], list[pa.Table]]]:
    """Yield functions that each read a stretch of a file, in order, and may be called from any thread.

    They give the marks (`MARKS`) of the texts of the occurrences `keys`, when given.
    """
    found = metadata(file)
    for groups in stretches(found, leads):
        yield partial(_read, file, found, groups, keys)


def _read(file: Path, footer: pq.FileMetaData, groups: list[int], keys: pa.Array | None) -> list[pa.Table]:
    found: list[pa.Table] = []
    with opened(file, metadata=footer) as parquet:
        for batch in parquet.iter_batches(row_groups=groups, columns=MARKS.names, batch_size=ROWS, use_threads=False):
            if keys is not None:
                batch = batch.filter(pc.is_in(batch.column("occurrence_no"), keys))
            if batch.num_rows:
                found.append(pa.table(batch).select(MARKS.names).cast(MARKS))
    return found
