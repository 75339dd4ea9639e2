"""Whether the files of a store are what was written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from clearcount.errors import StoreDamaged, StoreError
from clearcount.store import layout
from clearcount.store.commit import SNAPSHOTS
from clearcount.store.decisions import FOLDER as DECISIONS
from clearcount.store.force_key import force_key, has_force_key
from clearcount.store.head import StoreHead, read_head
from clearcount.store.holds import FOLDER as HOLDS
from clearcount.store.ledger import Ledger
from clearcount.store.log import TableVersion, entry, last_version, read_log
from clearcount.store.parquet import row_count
from clearcount.store.snapshot import TABLES, Snapshot
from clearcount.store.store import Store
from clearcount.store.verified import hold_bytes
from clearcount.store.vouched import VouchedFolder


def check(path: Path) -> tuple[str, ...]:
    """Return every fault of the store as a sentence; none for a sound one.

    The mark, the logs of all tables and every data file that a snapshot names are read whole and compared with what was
    written. So are the rows of each snapshot. Files that nothing names are named. What a writer that was stopped has
    left is no fault: no reader looks at it, and the next writer deletes it.

    Raises:
        StoreError: when there is no store, or it wants an upgrade or a newer clearcount.
    """
    try:
        head = read_head(path)
        snapshots = Store(path).snapshots()
    except StoreDamaged as fault:
        return (_sentence(fault.what),)
    rows: dict[Path, int] = {}
    faults = [*_snapshot_faults(Store(path), snapshots, rows), *_unknown(path, head, snapshots, rows)]
    for name in (DECISIONS, HOLDS):
        faults.extend(map(_sentence, VouchedFolder(path, name).faults()))
    faults.extend(_sealed_faults(path))
    return tuple(dict.fromkeys(faults))


def _sealed_faults(path: Path) -> Iterator[str]:
    """Name what is wrong with the force's key, and with the ledger that is sealed with it."""
    try:
        if has_force_key(path):
            force_key(path)
        Ledger(path).entries()
    except StoreDamaged as fault:
        yield _sentence(fault.what)
    except StoreError as fault:
        yield str(fault)


def _sentence(what: str) -> str:
    return f"{what}; restore the store from a backup"


def _snapshot_faults(store: Store, snapshots: tuple[Snapshot, ...], rows: dict[Path, int]) -> Iterator[str]:
    for snapshot in snapshots:
        sound = True
        for table in TABLES:
            try:
                files = store.named(snapshot, table)
            except StoreDamaged as fault:
                yield _sentence(fault.what)
                sound = False
                continue
            for file in files:
                if file not in rows:
                    yield from _file_faults(store.path, file, rows)
                sound &= rows.get(file, -1) >= 0
        if sound:
            yield from _totals(store, snapshot, rows)


def _file_faults(store: Path, file: Path, rows: dict[Path, int]) -> Iterator[str]:
    try:
        hold_bytes(store, file)
        rows[file] = row_count(file)
    except StoreDamaged as fault:
        rows[file] = -1
        yield _sentence(fault.what)


def _totals(store: Store, snapshot: Snapshot, rows: dict[Path, int]) -> Iterator[str]:
    for kind in ("offences", "texts", "persons"):
        count = sum(rows[file] for file in store.named(snapshot, kind))
        if count != snapshot.rows.get(kind, 0):
            yield f"snapshot {snapshot.number} names {snapshot.rows.get(kind, 0):,} {kind} and its files hold {count:,}"


def _left_faults(store: Path, file: Path, rows: dict[Path, int]) -> Iterator[str]:
    """Name a file that an older version held and that has changed: nobody counts it, but a disk that rots has it."""
    if file not in rows and _SEALED.search(file.name):
        try:
            hold_bytes(store, file)
        except StoreDamaged as fault:
            yield _sentence(fault.what)


def _unknown(store: Path, head: StoreHead, snapshots: tuple[Snapshot, ...], rows: dict[Path, int]) -> Iterator[str]:
    """Name log entries and data files that no snapshot knows, unless somebody writes or was stopped while writing."""
    if head.writing:
        return
    for name in (*TABLES, SNAPSHOTS):
        table = layout.table_path(store, name)
        versions = [snapshot.versions[name] for snapshot in snapshots if name in snapshot.versions]
        newest = max(versions, key=lambda each: each.number, default=TableVersion(0, ""))
        known = newest if name != SNAPSHOTS else TableVersion(head.version, head.log)
        try:
            if last_version(table) > known.number:
                yield f"tables/{name} has log entries that no snapshot knows; {_RESTORE}"
            ever = read_log(table, known).ever
        except StoreDamaged:
            continue  # said already
        entries = {entry(table, number) for number in range(known.number + 1)}
        for file in sorted(table.rglob("*")):
            if file.name in ever:
                yield from _left_faults(store, file, rows)
            elif file.is_file() and file not in entries and not _is_later(file, table):
                yield f"nothing names the file {file.relative_to(store).as_posix()}; {_RESTORE}"


_SEALED = re.compile(r"-[0-9a-f]{32}\.parquet$")
_RESTORE = "restore the store from a backup, or delete it if you know where it comes from"


def _is_later(file: Path, table: Path) -> bool:
    """Return whether a file is an entry of the log, which is spoken of elsewhere."""
    return file.parent == table / "_delta_log" and file.suffix == ".json" and file.stem.isdecimal()
