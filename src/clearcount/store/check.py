"""Whether the files of a store are what its log says."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from clearcount.errors import StoreError
from clearcount.store import layout
from clearcount.store.datafile import row_count
from clearcount.store.delta import digest_of, open_table
from clearcount.store.snapshot import TABLES, Snapshot
from clearcount.store.store import Store


def check(store: Store) -> tuple[str, ...]:
    """Every fault of the store as a sentence; none for a sound one.

    Every file that a snapshot names is read whole: its size and row count are held against the log, its bytes against
    the digest in its name, and the rows of each snapshot against what the snapshot says.
    """
    faults: list[str] = []
    rows: dict[Path, int] = {}
    for snapshot in store.snapshots():
        for table in TABLES:
            try:
                _check_table(store, snapshot, table, rows, faults)
            except StoreError as error:
                faults.append(f"snapshot {snapshot.number}: {error}")
        faults.extend(_totals(store, snapshot, rows))
    return tuple(dict.fromkeys(faults))


def _check_table(store: Store, snapshot: Snapshot, table: str, rows: dict[Path, int], faults: list[str]) -> None:
    path = layout.table_path(store.path, table)
    actions = pa.table(open_table(path, snapshot.versions[table]).get_add_actions(flatten=True)).to_pylist()
    for action in actions:
        file = path / action["path"]
        if file not in rows:
            fault = _fault_of(file, action["size_bytes"])
            rows[file] = 0 if fault else row_count(file)
            if not fault and rows[file] != action["num_records"]:
                fault = f"it holds {rows[file]:,} rows where the log says {action['num_records']:,}"
            if fault:
                faults.append(f"{table}/{file.name}: {fault}; restore the store from a backup")


def _fault_of(file: Path, size: int) -> str:
    try:
        if file.stat().st_size != size:
            return "its size is not what the log says"
        return "" if file.stem.endswith(digest_of(file)) else "its bytes are not those that were written"
    except FileNotFoundError:
        return "it is missing"
    except OSError as error:
        return f"it cannot be read ({error.strerror})"


def _totals(store: Store, snapshot: Snapshot, rows: dict[Path, int]) -> list[str]:
    try:
        found = {kind: sum(rows.get(file, 0) for file in store.files(snapshot, kind)) for kind in ("offences", "texts")}
    except StoreError:
        return []
    return [
        f"snapshot {snapshot.number} names {snapshot.rows[kind]:,} {kind} and its files hold {count:,}"
        for kind, count in found.items()
        if count != snapshot.rows[kind]
    ]
