# ruff: noqa: S608 - the pieces put together here are this module's own column names; every value is a parameter
"""One part of a table: the rows of an import compared with the rows held, and the part written anew when it changed.

Only keys and content hashes are compared in SQL; the rows themselves stay where Arrow read them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from clearcount.store import schema
from clearcount.store.datafile import KEYS, KeyOrder, hashes_are_todays, key_order, write_part

_SEPARATED = "chr(31)"
_RECORDS = {
    "offences": f"concat_ws({_SEPARATED}, code, offence, coalesce(recorded_on::VARCHAR, ''),"
    " coalesce(reported_on::VARCHAR, ''), coalesce(committed_from::VARCHAR, ''), coalesce(committed_to::VARCHAR, ''),"
    " status, array_to_string(markers, chr(30)), array_to_string(map_keys(extra), chr(30)),"
    " array_to_string(map_values(extra), chr(30)))",
    "texts": "entered_at, text",
}
_KEYS = {"offences": schema.OFFENCE_KEY, "texts": schema.TEXT_KEY}


@dataclass(frozen=True)
class PartDone:
    """Counts by outcome (added, changed, unchanged, removed); whether the part differs; the file it is in now."""

    counts: Counter[str]
    differs: bool = False
    file: Path | None = None


def content_of(table: str) -> str:
    """The SQL for the content hash of a row: 64 bits over all columns but the key."""
    return f"(hash({_RECORDS[table]})::HUGEINT - 9223372036854775808)::BIGINT"


def arriving_columns(table: str) -> pa.Schema:
    """The columns of an import's rows: those of the table, then the number of the export's file and its row."""
    return pa.schema([*schema.DATA_TABLES[table], ("file", pa.int32()), ("row", pa.int64())])


def merge_part(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    rows: pa.Table,
    current: Path | None,
    target: Path,
    *,
    removes: bool,
    keep_outcome: bool,
) -> PartDone:
    """Compares the import's `rows` of one part with the file `current` and writes `target` when they differ.

    Repeated keys are settled first. With `removes`, rows held that the import lacks are left out, unless the import
    had a row of their occurrence that could not be read.
    """
    order = key_order(connection, table, rows)
    narrow = rows.select([*_KEYS[table], "file", "row", "content"])
    connection.register("arriving", narrow.append_column("id", pa.array(np.arange(rows.num_rows))))
    try:
        if current is None and not order.repeats:
            if keep_outcome:
                connection.execute("INSERT INTO outcome SELECT file, row, 1 FROM arriving")
            written = write_part(connection, table, rows, target, order)
            return PartDone(Counter(added=rows.num_rows), written is not None, written)
        connection.execute("CREATE OR REPLACE TEMP TABLE incoming AS SELECT * FROM arriving")
    finally:
        connection.unregister("arriving")
    counts: Counter[str] = Counter()
    arrived = np.arange(rows.num_rows)
    if order.repeats:
        counts["unchanged"] = _settle_repeats(connection, table, keep_outcome)
        arrived = connection.sql("SELECT id FROM incoming").to_arrow_table()["id"].to_numpy()
    held = _held_keys(connection, table, current)
    counts.update(_compared(connection, table, held, keep_outcome))
    counts["removed"], staying = _held_only(connection, table, removes)
    if not (counts["added"] or counts["changed"] or counts["removed"]):
        return PartDone(counts)
    columns = schema.DATA_TABLES[table]
    whole = pa.concat_tables([rows.select(columns.names).cast(columns), _held_rows(table, current, held)])
    kept = np.concatenate([arrived, staying + rows.num_rows])
    order = key_order(connection, table, whole.select(KEYS[table]).take(pa.array(kept)))
    done = write_part(connection, table, whole, target, KeyOrder(kept[order.rows], repeats=False))
    return PartDone(counts, True, done)


def _held_keys(connection: duckdb.DuckDBPyConnection, table: str, current: Path | None) -> pa.Table:
    """Key and today's content hash of every row of the file, none without a file."""
    columns = schema.DATA_TABLES[table]
    names = [*_KEYS[table], "content"]
    if current is None:
        return columns.empty_table().select(names)
    if hashes_are_todays(connection, current):
        return pq.ParquetFile(current).read(columns=names, use_threads=False).select(names)
    return connection.sql(
        f"SELECT {', '.join(_KEYS[table])}, {content_of(table)} AS content"
        " FROM read_parquet($file, file_row_number = true) ORDER BY file_row_number",
        params={"file": str(current)},
    ).to_arrow_table()


def _held_rows(table: str, current: Path | None, held: pa.Table) -> pa.Table:
    """Every row of the file, with the content hash of `held`."""
    columns = schema.DATA_TABLES[table]
    if current is None:
        return columns.empty_table()
    rows = pq.ParquetFile(current).read(use_threads=False).select(columns.names).cast(columns)
    return rows.set_column(columns.names.index("content"), columns.field("content"), held["content"])


def _compared(connection: duckdb.DuckDBPyConnection, table: str, held: pa.Table, keep_outcome: bool) -> Counter[str]:
    """How many rows of `incoming` are added, changed and unchanged; makes the table `held`, numbered from 0."""
    run = connection.execute
    connection.register("held_keys", held.append_column("id", pa.array(np.arange(held.num_rows))))
    run("CREATE OR REPLACE TEMP TABLE held AS SELECT * FROM held_keys")
    connection.unregister("held_keys")
    run(
        f"""CREATE OR REPLACE TEMP TABLE compared AS SELECT i.file, i.row, CASE WHEN h.content IS NULL THEN 'added'
          WHEN h.content = i.content THEN 'unchanged' ELSE 'changed' END AS what
        FROM incoming i LEFT JOIN held h USING ({", ".join(_KEYS[table])})"""
    )
    if keep_outcome:
        run(
            "INSERT INTO outcome SELECT file, row, CASE what WHEN 'changed' THEN 2 WHEN 'added' THEN 1 ELSE 0 END"
            " FROM compared"
        )
    return Counter(dict(run("SELECT what, count(*) FROM compared GROUP BY what").fetchall()))


def _held_only(connection: duckdb.DuckDBPyConnection, table: str, removes: bool) -> tuple[int, np.ndarray]:
    """(how many rows go, the numbers of those that stay) of those that are held and that the import lacks."""
    lacking = connection.sql(
        f"""SELECT id, occurrence_no IN (SELECT occurrence_no FROM faults WHERE kind = '{table}') AS unreadable
        FROM held ANTI JOIN incoming USING ({", ".join(_KEYS[table])})"""
    ).to_arrow_table()
    staying = lacking.filter(lacking["unreadable"]) if removes else lacking
    return lacking.num_rows - staying.num_rows, staying["id"].to_numpy()


def hold_content(connection: duckdb.DuckDBPyConnection, table: str, file: Path) -> str:
    """The SQL for the column `content` of a file: as kept, or made anew where another hash function wrote it."""
    return "content" if hashes_are_todays(connection, file) else f"{content_of(table)} AS content"


def _settle_repeats(connection: duckdb.DuckDBPyConnection, table: str, keep_outcome: bool) -> int:
    """Takes every row whose key came before out of `incoming`; those with other content go to the quarantine.

    Returns how many were equal to the first.
    """
    run = connection.execute
    key = ", ".join(_KEYS[table])
    run(
        f"""CREATE OR REPLACE TEMP TABLE repeats AS SELECT * FROM (
          SELECT id, occurrence_no, file, row, row_number() OVER rows AS nth,
            content = first_value(content) OVER rows AS equal,
            CASE WHEN file = first_value(file) OVER rows THEN 'row ' || first_value(row) OVER rows
              ELSE 'another file' END AS earlier
          FROM (SELECT id, {key}, file, row, content FROM incoming
                SEMI JOIN (SELECT {key} FROM incoming GROUP BY ALL HAVING count(*) > 1) AS doubled USING ({key}))
          WINDOW rows AS (PARTITION BY {key} ORDER BY file, row))
        WHERE nth > 1"""
    )
    run("DELETE FROM incoming WHERE id IN (SELECT id FROM repeats)")
    run(
        f"""INSERT INTO faults SELECT occurrence_no, file, row, '{key}',
          'the key stands in ' || earlier || ' already, with other content', '{table}' FROM repeats WHERE NOT equal"""
    )
    if keep_outcome:
        run("INSERT INTO outcome SELECT file, row, 0 FROM repeats WHERE equal")
    return int(run("SELECT count(*) FROM repeats WHERE equal").fetchall()[0][0])
