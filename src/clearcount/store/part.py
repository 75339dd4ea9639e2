# ruff: noqa: S608 - the pieces put together here are this module's own column names; every value is a parameter
"""One part of a table: the rows of an import compared with the rows held, and the part written anew when it changed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from clearcount.store import schema
from clearcount.store.delta import sealed

_SEPARATED = "chr(31)"
_RECORDS = {
    "offences": f"concat_ws({_SEPARATED}, code, offence, coalesce(recorded_on::VARCHAR, ''),"
    " coalesce(reported_on::VARCHAR, ''), coalesce(committed_from::VARCHAR, ''), coalesce(committed_to::VARCHAR, ''),"
    " status, array_to_string(markers, chr(30)), array_to_string(map_keys(extra), chr(30)),"
    " array_to_string(map_values(extra), chr(30)))",
    "texts": f"concat_ws({_SEPARATED}, entered_at, text)",
}
_PROBE = "clearcount"
"""DuckDB does not promise that its hash stays the same. The hash of this word is kept with each file that holds
hashes; where it differs from today's, the file's hashes are made anew from its content."""


@dataclass(frozen=True)
class _Table:
    key: str
    order: str
    columns: str


_TABLES = {
    "offences": _Table(", ".join(schema.OFFENCE_KEY), schema.OFFENCE_ORDER, ", ".join(schema.OFFENCES.names)),
    "texts": _Table(", ".join(schema.TEXT_KEY), schema.TEXT_ORDER, ", ".join(schema.TEXTS.names)),
    "occurrences": _Table("occurrence_no", "occurrence_no", ", ".join(schema.OCCURRENCES.names)),
}


@dataclass(frozen=True)
class PartDone:
    """Counts by outcome (added, changed, unchanged, removed); whether the part differs; the file it is in now."""

    counts: Counter[str]
    differs: bool = False
    file: Path | None = None


def content_of(table: str) -> str:
    """The SQL for the content hash of a row: 64 bits over all columns but the key."""
    return f"(hash({_RECORDS[table]})::HUGEINT - 9223372036854775808)::BIGINT"


def take_part(connection: duckdb.DuckDBPyConnection, table: str, rows: tuple[str, pa.Table | None] | None) -> None:
    """Makes the table `incoming`: the import's rows for one part (a query, over `dealt` if given), or none."""
    query, dealt = rows or (
        "SELECT *, 0 AS file, 0::BIGINT AS row FROM dealt",
        schema.DATA_TABLES[table].empty_table(),
    )
    if dealt is not None:
        connection.register("dealt", dealt)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE incoming AS {query}")
    if dealt is not None:
        connection.unregister("dealt")


def merge_part(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    current: Path | None,
    target: Path,
    *,
    removes: bool,
    keep_outcome: bool,
) -> PartDone:
    """Compares `incoming` with the file `current` and writes `target` when they differ.

    Repeated keys are settled first. With `removes`, rows held that the import lacks are left out, unless the import
    had a row of their occurrence that could not be read.
    """
    run = connection.execute
    spec = _TABLES[table]
    counts: Counter[str] = Counter(unchanged=_settle_repeats(connection, table, keep_outcome))
    if current is None:
        counts["added"] = _count(connection, "SELECT count(*) FROM incoming")
        compared = "SELECT file, row, 'added' AS what FROM incoming"
    else:
        _hold(connection, table, current)
        run(
            f"""CREATE OR REPLACE TEMP TABLE compared AS SELECT i.file, i.row, CASE WHEN h.content IS NULL THEN 'added'
              WHEN h.content = i.content THEN 'unchanged' ELSE 'changed' END AS what
            FROM incoming i LEFT JOIN held h USING ({spec.key})"""
        )
        counts.update(dict(run("SELECT what, count(*) FROM compared GROUP BY what").fetchall()))
        compared = "SELECT file, row, what FROM compared"
    if keep_outcome:
        run(
            f"INSERT INTO outcome SELECT file, row, CASE what WHEN 'changed' THEN 2 WHEN 'added' THEN 1 ELSE 0 END"
            f" FROM ({compared})"
        )
    unreadable = "SELECT occurrence_no FROM faults WHERE kind = $kind"
    if current is not None and removes:
        counts["removed"] = _count(
            connection,
            f"SELECT count(*) FROM held ANTI JOIN incoming USING ({spec.key})"
            f" WHERE occurrence_no NOT IN ({unreadable})",
            {"kind": table},
        )
    if not (counts["added"] or counts["changed"] or counts["removed"]):
        return PartDone(counts)
    query = f"SELECT {spec.columns} FROM incoming"
    parameters: dict[str, object] = {}
    if current is not None:
        query += f" UNION ALL SELECT {spec.columns} FROM read_parquet($current) ANTI JOIN incoming USING ({spec.key})"
        parameters["current"] = str(current)
        if removes:
            query += f" WHERE occurrence_no IN ({unreadable})"
            parameters["kind"] = table
    return PartDone(counts, True, write_part(connection, table, query, target, parameters))


def write_part(
    connection: duckdb.DuckDBPyConnection, table: str, query: str, target: Path, parameters: dict[str, object]
) -> Path | None:
    """Writes the rows of `query` in the order of the table as `target`, which is then renamed; None for no rows."""
    connection.execute(
        f"COPY ({query} ORDER BY {_TABLES[table].order}) TO $path (FORMAT parquet, COMPRESSION zstd,"
        f" COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {schema.ROW_GROUP}, KV_METADATA {{hash: '{_probe(connection)}'}})",
        {**parameters, "path": str(target)},
    )
    if row_count(target):
        return sealed(target)
    target.unlink()
    return None


def row_count(file: Path) -> int:
    """The rows of a data file, from its footer."""
    return int(pq.read_metadata(file).num_rows)


def hashes_are_todays(connection: duckdb.DuckDBPyConnection, file: Path) -> bool:
    """Whether the content hashes in a file were made by the hash function of this DuckDB."""
    return (pq.read_metadata(file).metadata or {}).get(b"hash") == _probe(connection).encode()


def hold_content(connection: duckdb.DuckDBPyConnection, table: str, file: Path) -> str:
    """The SQL for the column `content` of a file: as kept, or made anew where another hash function wrote it."""
    return "content" if hashes_are_todays(connection, file) else f"{content_of(table)} AS content"


def _hold(connection: duckdb.DuckDBPyConnection, table: str, current: Path) -> None:
    """Makes the table `held`: key and content hash of every row of the file."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE held AS SELECT {_TABLES[table].key}, {hold_content(connection, table, current)}"
        " FROM read_parquet($file)",
        {"file": str(current)},
    )


def _settle_repeats(connection: duckdb.DuckDBPyConnection, table: str, keep_outcome: bool) -> int:
    """Takes every row whose key came before out of `incoming`; those with other content go to the quarantine.

    Returns how many were equal to the first.
    """
    run = connection.execute
    key = _TABLES[table].key
    run(
        f"""CREATE OR REPLACE TEMP TABLE repeats AS SELECT * FROM (
          SELECT id, occurrence_no, file, row, row_number() OVER rows AS nth,
            content = first_value(content) OVER rows AS equal,
            CASE WHEN file = first_value(file) OVER rows THEN 'row ' || first_value(row) OVER rows
              ELSE 'another file' END AS earlier
          FROM (SELECT rowid AS id, {key}, file, row, content FROM incoming
                SEMI JOIN (SELECT {key} FROM incoming GROUP BY ALL HAVING count(*) > 1) AS doubled USING ({key}))
          WINDOW rows AS (PARTITION BY {key} ORDER BY file, row))
        WHERE nth > 1"""
    )
    if not _count(connection, "SELECT count(*) FROM repeats"):
        return 0
    run("DELETE FROM incoming WHERE rowid IN (SELECT id FROM repeats)")
    run(
        f"""INSERT INTO faults SELECT occurrence_no, file, row, '{key}',
          'the key stands in ' || earlier || ' already, with other content', '{table}' FROM repeats WHERE NOT equal"""
    )
    if keep_outcome:
        run("INSERT INTO outcome SELECT file, row, 0 FROM repeats WHERE equal")
    return _count(connection, "SELECT count(*) FROM repeats WHERE equal")


def _count(connection: duckdb.DuckDBPyConnection, query: str, parameters: dict[str, object] | None = None) -> int:
    return int(connection.execute(query, parameters or {}).fetchall()[0][0])


def _probe(connection: duckdb.DuckDBPyConnection) -> str:
    return str(connection.execute("SELECT hash($word)", {"word": _PROBE}).fetchall()[0][0])
