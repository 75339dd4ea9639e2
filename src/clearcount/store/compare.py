"""What differs between two snapshots, counted by kind and month."""

# ruff: noqa: S608 - the pieces put together here are this module's own column names; every value is a parameter

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from clearcount.store import schema
from clearcount.store.database import database, name_list
from clearcount.store.part import hold_content
from clearcount.store.snapshot import Snapshot
from clearcount.store.store import Store

_KEYS = {"offences": ", ".join(schema.OFFENCE_KEY), "texts": ", ".join(schema.TEXT_KEY)}


@dataclass(frozen=True)
class Difference:
    """Records of one kind whose occurrence was first recorded in `month` (`2024-01`, or "" where none says)."""

    kind: str
    month: str
    added: int
    changed: int
    removed: int


def difference(store: Store, first: Snapshot, second: Snapshot, scratch: Path) -> tuple[Difference, ...]:
    """What became of the records from `first` to `second`, by kind and month; nothing for equal snapshots.

    Files that both snapshots share are not read. `scratch` is a folder for work that does not fit in memory.
    """
    with database(scratch) as connection:
        _months(connection, store, first, second)
        return tuple(
            difference
            for kind in ("offences", "texts")
            for difference in _of_kind(connection, store, kind, first, second)
        )


def _months(connection: duckdb.DuckDBPyConnection, store: Store, first: Snapshot, second: Snapshot) -> None:
    """The month of each occurrence: that of its first recorded day in the second snapshot, else in the first."""
    connection.execute("CREATE TABLE months (occurrence_no VARCHAR, month VARCHAR)")
    for snapshot in (second, first):
        if files := store.files(snapshot, "offences"):
            connection.execute(
                "INSERT INTO months SELECT occurrence_no, coalesce(strftime(min(recorded_on), '%Y-%m'), '')"
                " FROM read_parquet($files) ANTI JOIN months USING (occurrence_no) GROUP BY occurrence_no",
                {"files": name_list(files)},
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
        connection.execute(
            f"INSERT INTO {name} SELECT {_KEYS[kind]}, {hold_content(connection, kind, file)} FROM read_parquet($file)",
            {"file": str(file)},
        )
