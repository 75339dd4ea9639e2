"""How a change becomes part of the store, and how what a stopped writer left is cleared away.

While somebody writes, the mark says so. The tables may then hold data files and log entries that no snapshot knows; no
reader looks at them, because each goes by the head. Replacing the mark with the new head ends the change. A writer that
was stopped before that has changed nothing: the next one deletes what it left.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pyarrow as pa

from clearcount.errors import ClearcountError, StoreDamaged
from clearcount.store import layout, schema
from clearcount.store.delta import commit_files, create_table, cut_log
from clearcount.store.head import StoreHead, begin_writing, read_head, write_head
from clearcount.store.log import TableVersion, entry, last_version, log_digest, read_log
from clearcount.store.parquet import new_file, sealed, writer
from clearcount.store.snapshot import SCHEMA, TABLES, Snapshot, to_row
from clearcount.store.store import Store

SNAPSHOTS = "snapshots"
_MANY = 64
"""So many files of snapshots are put together into one, so that opening a store stays quick."""


def create_tables(store: Path) -> None:
    """Make the empty tables of a new store, then its mark. Tables of a writer that was stopped here go first."""
    layout.remove_tables(store)
    for name, columns in {**schema.DATA_TABLES, SNAPSHOTS: SCHEMA}.items():
        create_table(layout.table_path(store, name), columns)
    first = log_digest(layout.table_path(store, SNAPSHOTS), 0)
    write_head(store, StoreHead(snapshot=0, version=first.number, log=first.log))


@contextmanager
def changing(store: Path) -> Iterator[None]:
    """Let the block change the tables; whatever is not part of the store at its end is deleted.

    The caller holds the store's lock.

    Raises:
        StoreDamaged: when the store is not what its head says; nothing is changed then.
    """
    _settle(store)
    _refuse_unknown(store)
    begin_writing(store)
    try:
        make_missing_tables(store)
        yield
    except BaseException:
        with suppress(ClearcountError, OSError):  # what stopped the block is what its caller must hear of
            _settle(store)
        raise
    _settle(store)


def add_snapshot(store: Path, snapshot: Snapshot) -> None:
    """Make `snapshot` the store's newest; this is the moment at which a change becomes visible."""
    table = layout.table_path(store, SNAPSHOTS)
    head = read_head(store)
    before = read_log(table, TableVersion(head.version, head.log)).files
    if len(before) >= _MANY:
        write_snapshots(store, (*Store(store).snapshots(), snapshot))
    else:
        _put(store, [*before, _written(table, [snapshot])], snapshot.number)


def write_snapshots(store: Path, snapshots: Sequence[Snapshot]) -> None:
    """Replace all snapshots of the store at once."""
    table = layout.table_path(store, SNAPSHOTS)
    _put(store, [_written(table, snapshots)], max((snapshot.number for snapshot in snapshots), default=0))


def _put(store: Path, files: Sequence[Path], number: int) -> None:
    done = commit_files(layout.table_path(store, SNAPSHOTS), files, why=f"snapshot {number}")
    write_head(store, StoreHead(snapshot=number, version=done.number, log=done.log))


def _written(table: Path, snapshots: Sequence[Snapshot]) -> Path:
    rows = pa.Table.from_pylist([to_row(snapshot) for snapshot in snapshots], SCHEMA)
    target = new_file(table, max((snapshot.number for snapshot in snapshots), default=0))
    with writer(target, SCHEMA, compression="zstd") as file:
        file.write_table(rows)
    return sealed(target)


def _made(store: Path) -> Iterator[str]:
    """Give the tables that the store has: one of format 3 has no people, or an empty table a stopped writer made."""
    snapshots = Store(store).snapshots()
    for name in TABLES:
        if entry(layout.table_path(store, name), 0).exists() or any(name in shot.versions for shot in snapshots):
            yield name


def make_missing_tables(store: Path) -> None:
    """Make the tables that a store of an older format lacks; the caller changes the store."""
    has = set(_made(store))
    for name in TABLES:
        if name not in has:
            shutil.rmtree(layout.table_path(store, name), ignore_errors=True)
            create_table(layout.table_path(store, name), schema.DATA_TABLES[name])


def _settle(store: Path) -> None:
    """Delete what a writer left that did not come to its end, and say in the mark that nobody writes."""
    head = read_head(store)
    if not head.writing:
        return
    for table, version in _known(store, head):
        cut_log(table, version.number)
        ever = read_log(table, version).ever
        for file in table.glob("*.parquet"):
            if file.name not in ever:
                file.unlink()
    write_head(store, StoreHead(head.snapshot, head.version, head.log))


def _refuse_unknown(store: Path) -> None:
    for table, version in _known(store, read_head(store)):
        if last_version(table) > version.number:
            raise StoreDamaged(store, f"the log of its table {table.name} has entries that no snapshot knows")


def _known(store: Path, head: StoreHead) -> Iterator[tuple[Path, TableVersion]]:
    """Give each table's folder with the last version that the store knows of."""
    snapshots = Store(store).snapshots()
    for name in _made(store):
        table = layout.table_path(store, name)
        versions = [snapshot.versions[name] for snapshot in snapshots if name in snapshot.versions]
        yield table, max(versions, key=lambda version: version.number) if versions else log_digest(table, 0)
    yield layout.table_path(store, SNAPSHOTS), TableVersion(head.version, head.log)
