"""The records of the newest snapshot laid out anew: compaction, and folding by today's matcher.

No record changes, so no snapshot is added: the newest one names other versions of its tables afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from clearcount.files import flushing
from clearcount.store import layout, schema
from clearcount.store.commit import write_snapshots
from clearcount.store.database import database
from clearcount.store.delta import commit_files
from clearcount.store.merge import Merge
from clearcount.store.parquet import metadata, opened
from clearcount.store.reading import FOLDING
from clearcount.store.snapshot import TABLES, Snapshot
from clearcount.store.store import Store
from clearcount.store.writing import exclusive

_DAY = 86_400.0
_RECORDS = ("offences", "texts", "occurrences", "persons")


@dataclass(frozen=True)
class Rewritten:
    """How many files the newest snapshot had and has, and how many files that no snapshot names were deleted."""

    files_before: int
    files_after: int
    deleted: int


def compact(path: Path, *, now: float, waiting: Callable[[], None] = lambda: None) -> Rewritten:
    """Put the newest snapshot's records back in order of month and code, in few files; replays stay the same.

    Files that no snapshot names are deleted when they are older than a day (`now` in seconds since 1970). A count that
    began before may still read the younger ones.
    """
    with exclusive(path, wait=600.0, waiting=waiting) as store:
        snapshot = store.snapshot()
        before = sum(len(store.files(snapshot, table)) for table in _RECORDS)
        files = _laid_out(store, snapshot)
        files["quarantine"] = list(store.files(snapshot, "quarantine"))
        versions = {
            table: commit_files(layout.table_path(path, table), files[table], why=f"compact {snapshot.number}")
            for table in TABLES
        }
        newest = replace(snapshot, versions=versions, folding=FOLDING)
        write_snapshots(path, [*store.snapshots()[:-1], newest])
        after = sum(len(files[table]) for table in _RECORDS)
        return Rewritten(before, after, delete_unnamed(store, older_than=now - _DAY))


def delete_unnamed(store: Store, *, older_than: float) -> int:
    """Delete data files that no snapshot names and that were written before `older_than`; says how many."""
    deleted = 0
    for table in TABLES:
        path = layout.table_path(store.path, table)
        named = {file for snapshot in store.snapshots() for file in store.named(snapshot, table)}
        for file in path.glob("*.parquet"):
            if file not in named and file.stat().st_mtime < older_than:
                file.unlink()
                deleted += 1
    return deleted


def _laid_out(store: Store, snapshot: Snapshot) -> dict[str, list[Path]]:
    """Imports the store's own records as if into an empty store."""
    tables = store.path / "tables"
    size = sum(_text_bytes(file) for file in store.files(snapshot, "texts"))
    with layout.staging(store.path) as folder, database(folder) as connection, flushing() as flush:
        merge = Merge(connection, folder, tables, dict.fromkeys(TABLES, ()), False, False, size, flush)
        columns = pa.schema([*_without(schema.OFFENCES, "content"), ("file", pa.int32()), ("row", pa.int64())])
        offences = merge.offences(_records(store, snapshot, "offences", columns), columns)
        kept = _without(schema.TEXTS, "lead_code", "folded", "length", "mojibake", "content")
        columns = pa.schema([*kept, ("file", pa.int32()), ("row", pa.int64())])
        texts = merge.texts(_records(store, snapshot, "texts", columns), columns)
        columns = pa.schema([*_without(schema.PERSONS, "content"), ("file", pa.int32()), ("row", pa.int64())])
        persons = merge.persons(_records(store, snapshot, "persons", columns), columns)
        occurrences = merge.new_occurrences()
    return {
        "offences": list(offences.files.values()),
        "texts": list(texts.files.values()),
        "persons": list(persons.files.values()),
        "occurrences": [occurrences] if occurrences is not None else [],
    }


def _records(store: Store, snapshot: Snapshot, table: str, columns: pa.Schema) -> Iterator[pa.RecordBatch]:
    names = [name for name in columns.names if name not in ("file", "row")]
    row = 0
    for file in store.files(snapshot, table):
        with opened(file) as parquet:
            for batch in parquet.iter_batches(columns=names, batch_size=65536):
                values = [batch.column(name).cast(columns.field(name).type) for name in names]
                numbers = pa.array(np.arange(row, row + batch.num_rows))
                row += batch.num_rows
                yield pa.RecordBatch.from_arrays(
                    [*values, pa.array(np.zeros(batch.num_rows, np.int32)), numbers], schema=columns
                )


def _without(columns: pa.Schema, *names: str) -> list[pa.Field]:
    return [column for column in columns if column.name not in names]


def _text_bytes(file: Path) -> int:
    footer = metadata(file)
    return sum(footer.row_group(number).total_byte_size for number in range(footer.num_row_groups))
