"""A store of an older format gets a head and digests, after everything in it was read and found whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from clearcount.errors import StoreDamaged
from clearcount.store import layout, schema
from clearcount.store.commit import SNAPSHOTS, changing, create_tables, write_snapshots
from clearcount.store.decisions import FOLDER as DECISIONS
from clearcount.store.delta import add_columns, cut_log, refuse_path
from clearcount.store.head import FORMAT, read_format
from clearcount.store.holds import FOLDER as HOLDS
from clearcount.store.lock import write_lock
from clearcount.store.log import TableVersion, last_version, log_digest, read_log
from clearcount.store.parquet import read_rows, row_count
from clearcount.store.snapshot import Snapshot, from_rows
from clearcount.store.store import Store
from clearcount.store.verified import hold
from clearcount.store.vouched import VouchedFolder

_HEADLESS = 2
"""The last format without a head."""


def upgrade_format(path: Path, *, waiting: Callable[[], None] = lambda: None) -> int | None:
    """Bring a store to today's format; return the format it had, None when it has today's.

    A damaged store is left as it is. What a stopped writer left in it is deleted.

    Raises:
        StoreDamaged: naming the first file that is missing or is not what was written.
    """
    if read_format(path) == FORMAT:
        return None
    refuse_path(path)
    if read_format(path) > _HEADLESS:
        return _with_people(path, waiting)
    with layout.private_files(), write_lock(path, wait=600.0, waiting=waiting):
        before = read_format(path)
        if before == FORMAT:  # another upgrade was quicker
            return None
        for name in (DECISIONS, HOLDS):
            VouchedFolder(path, name).adopt()
        snapshots = _snapshots(path)
        if not snapshots:
            layout.remove_tables(path)
            create_tables(path)
            return before
        for table in snapshots[-1].versions:
            _clear(layout.table_path(path, table), max(shot.versions[table].number for shot in snapshots))
        snapshots = [_digested(path, snapshot) for snapshot in snapshots]
        quarantine = layout.table_path(path, "quarantine")
        add_columns(quarantine, schema.QUARANTINE)
        versions = {**snapshots[-1].versions, "quarantine": log_digest(quarantine, last_version(quarantine))}
        write_snapshots(path, [*snapshots[:-1], replace(snapshots[-1], versions=versions)])
        with changing(path):
            return before


def _with_people(path: Path, waiting: Callable[[], None]) -> int:
    """Give a store that has a head the table of people, after every file was held against its digest."""
    with layout.private_files(), write_lock(path, wait=600.0, waiting=waiting):
        before, store = read_format(path), Store(path)
        for snapshot in store.snapshots():
            for table in snapshot.versions:
                store.files(snapshot, table)
        with changing(path):
            return before


def _snapshots(path: Path) -> list[Snapshot]:
    """Return the snapshots of a store without a head: those that the last version of their table holds."""
    table = layout.table_path(path, SNAPSHOTS)
    latest = last_version(table)
    _clear(table, latest)
    files = read_log(table, TableVersion(latest, "")).files
    return list(from_rows(row for file in files for row in read_rows(file).to_pylist()))


def _clear(table: Path, version: int) -> None:
    """Delete log entries after a version, checkpoints, and data files that no entry ever named."""
    cut_log(table, version)
    ever = read_log(table, TableVersion(version, "")).ever
    for file in table.glob("*.parquet"):
        if file.name not in ever:
            file.unlink()


def _digested(path: Path, snapshot: Snapshot) -> Snapshot:
    """Return the snapshot with the digests of its logs, after its files were held against theirs."""
    versions = {}
    for table in snapshot.versions:
        folder = layout.table_path(path, table)
        versions[table] = log_digest(folder, snapshot.versions[table].number)
        files = read_log(folder, versions[table]).files
        hold(path, files)
        count = sum(map(row_count, files))
        if table in snapshot.rows and table != "occurrences" and count != snapshot.rows[table]:
            held = f"snapshot {snapshot.number} names {snapshot.rows[table]:,} {table} and its files hold {count:,}"
            raise StoreDamaged(path, held)
    return replace(snapshot, versions=versions)
