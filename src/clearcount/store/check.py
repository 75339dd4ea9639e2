"""Whether the files of a store are what its log says."""

# ruff: noqa: S608 - the pieces put together here are this module's own column names; every value is a parameter

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from clearcount.errors import StoreError
from clearcount.store import layout
from clearcount.store.database import database
from clearcount.store.delta import open_table
from clearcount.store.part import content_of, hashes_are_todays
from clearcount.store.snapshot import TABLES, Snapshot
from clearcount.store.store import Store


def check(store: Store, scratch: Path) -> tuple[str, ...]:
    """Every fault of the store as a sentence; none for a sound one.

    Every file that a snapshot names is read whole: its size and row count are held against the log, the content
    hashes against the content, and the rows of each snapshot against what the snapshot says.
    """
    faults: list[str] = []
    rows: dict[Path, int] = {}
    with database(scratch) as connection:
        for snapshot in store.snapshots():
            for table in TABLES:
                try:
                    _check_table(connection, store, snapshot, table, rows, faults)
                except StoreError as error:
                    faults.append(f"snapshot {snapshot.number}: {error}")
            faults.extend(_totals(store, snapshot, rows))
    return tuple(dict.fromkeys(faults))


def _check_table(
    connection: duckdb.DuckDBPyConnection,
    store: Store,
    snapshot: Snapshot,
    table: str,
    rows: dict[Path, int],
    faults: list[str],
) -> None:
    path = layout.table_path(store.path, table)
    actions = pa.table(open_table(path, snapshot.versions[table]).get_add_actions(flatten=True)).to_pylist()
    for action in actions:
        file = path / action["path"]
        if file not in rows:
            rows[file] = 0
            if fault := _fault_of(connection, table, file, action["size_bytes"], action["num_records"]):
                faults.append(f"{table}/{file.name}: {fault}; restore the store from a backup")
            else:
                rows[file] = pq.read_metadata(file).num_rows


def _fault_of(
    connection: duckdb.DuckDBPyConnection, table: str, file: Path, size: int, records: int | None
) -> str | None:
    try:
        if file.stat().st_size != size:
            return "its size is not what the log says"
        found = pq.read_metadata(file).num_rows
        if records is not None and found != records:
            return f"it holds {found:,} rows where the log says {records:,}"
        if table in ("offences", "texts") and hashes_are_todays(connection, file):
            ((wrong,),) = connection.execute(
                f"SELECT count(*) FROM read_parquet($file) WHERE content <> {content_of(table)}", {"file": str(file)}
            ).fetchall()
            return f"{wrong:,} rows are not what was written" if wrong else None
        for _ in pq.ParquetFile(file).iter_batches():
            pass
    except FileNotFoundError:
        return "it is missing"
    except (OSError, pa.ArrowException, duckdb.Error):
        return "it is damaged"
    return None


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
