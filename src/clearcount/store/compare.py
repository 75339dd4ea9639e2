"""What differs between two snapshots, counted by kind and month."""

# ruff: noqa: S608 - the pieces put together here are this module's own column names; every value is a parameter

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from clearcount.store import schema
from clearcount.store.database import database, registered
from clearcount.store.parquet import read_rows
from clearcount.store.part import held_keys
from clearcount.store.snapshot import Snapshot
from clearcount.store.store import Store

_KEYS = {kind: ", ".join(key) for kind, key in schema.KEYS.items()}


@dataclass(frozen=True)
class Difference:
    """Records of one kind whose occurrence was first recorded in `month` (`2024-01`, or "" where none says)."""

    kind: str
    month: str
    added: int
    changed: int
    removed: int


def difference(store: Store, first: Snapshot, second: Snapshot, scratch: Path) -> tuple[Difference, ...]:
    """Return what became of the records from `first` to `second`, by kind and month; nothing for equal snapshots.

    Files that both snapshots share are not read. `scratch` is a folder for work that does not fit in memory.
    """
    with database(scratch) as connection:
        _months(connection, store, first, second)
        return tuple(
            difference for kind in schema.KEYS for difference in _of_kind(connection, store, kind, first, second)
        )


def _months(connection: duckdb.DuckDBPyConnection, store: Store, first: Snapshot, second: Snapshot) -> None:
    """The month of each occurrence: that of its first recorded day in the second snapshot, else in the first."""
    connection.execute("CREATE TABLE months (occurrence_no VARCHAR, month VARCHAR)")
    for snapshot in (second, first):
        connection.execute("CREATE OR REPLACE TABLE days (occurrence_no VARCHAR, day DATE)")
        for file in store.files(snapshot, "offences"):
            with registered(connection, "held_rows", read_rows(file, ["occurrence_no", "recorded_on"])):
                connection.execute("INSERT INTO days SELECT occurrence_no, recorded_on FROM held_rows")
        connection.execute(
            "INSERT INTO months SELECT occurrence_no, coalesce(strftime(min(day), '%Y-%m'), '')"
            " FROM days ANTI JOIN months USING (occurrence_no) GROUP BY occurrence_no"
        )


def _of_kind(
    connection: duckdb.DuckDBPyConnection, store: Store, kind: str, first: Snapshot, second: Snapshot
) -> list[Difference]:
    before, after = store.files(first, kind), store.files(second, kind)
    _hold(connection, kind, "before", [file for file in before if file not in after])
    _hold(connection, kind, "after", [file for file in after if file not in before])
    rows = connection.execute(
        f"""SELECT coalesce(month, ''), count(*) FILTER (b.content IS NULL),
          count(*) FILTER (b.content <> a.content), count(*) FILTER (a.content IS NULL)
        FROM before b FULL JOIN after a USING ({_KEYS[kind]}) LEFT JOIN months USING (occurrence_no)
        WHERE b.content IS DISTINCT FROM a.content GROUP BY ALL ORDER BY ALL"""
    ).fetchall()
    return [Difference(kind, *row) for row in rows]


def _hold(connection: duckdb.DuckDBPyConnection, kind: str, name: str, files: Sequence[Path]) -> None:
    connection.register("nothing", schema.DATA_TABLES[kind].empty_table())
    connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT {_KEYS[kind]}, content FROM nothing")
    connection.unregister("nothing")
    for file in files:
        with registered(connection, "held_rows", held_keys(connection, kind, file)):
            connection.execute(f"INSERT INTO {name} SELECT {_KEYS[kind]}, content FROM held_rows")
