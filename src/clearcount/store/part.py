# ruff: noqa: S608 - the pieces put together here are this module's own column names; every value is a parameter
"""One part of a table: the rows of an import compared with the rows held, and the part written anew when it changed.

Only keys and content hashes are compared in SQL; the rows themselves stay where Arrow read them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clearcount.store import schema
from clearcount.store.account import RECODED, REDATED
from clearcount.store.datafile import KEYS, KeyOrder, hashes_are_todays, key_order, write_part
from clearcount.store.parquet import opened, read_rows

_SEPARATED = "chr(31)"
_RECORDS = {
    "offences": f"concat_ws({_SEPARATED}, code, offence, coalesce(recorded_on::VARCHAR, ''),"
    " coalesce(reported_on::VARCHAR, ''), coalesce(committed_from::VARCHAR, ''), coalesce(committed_to::VARCHAR, ''),"
    " status, array_to_string(markers, chr(30)), array_to_string(map_keys(extra), chr(30)),"
    " array_to_string(map_values(extra), chr(30)))",
    "texts": "entered_at, text",
    "persons": f"concat_ws({_SEPARATED}, age, sex, array_to_string(map_keys(extra), chr(30)),"
    " array_to_string(map_values(extra), chr(30)))",
}
_KEYS = schema.KEYS


@dataclass(frozen=True)
class PartDone:
    """What became of a part: how many rows of each file of the import have which outcome, and the file it is in now.

    An outcome is added, changed or unchanged; `removed` counts rows held that go, `differs` whether the part is
    another one. `repeats` counts rows equal to an earlier one of the import. `recoded` counts the changed offences by
    their code before and now, where the two differ. `contradicted` counts the repeats with another code or date by what
    differs, the code of the first row of the key, and their own. `shortened` counts by field the changed texts of which
    only a beginning is left.
    """

    counts: Counter[tuple[int, str]]
    removed: int = 0
    differs: bool = False
    file: Path | None = None
    repeats: int = 0
    recoded: Counter[tuple[str, str]] = field(default_factory=Counter)
    contradicted: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    shortened: Counter[str] = field(default_factory=Counter)


def content_of(table: str) -> str:
    """Return the SQL for the content hash of a row: 64 bits over all columns but the key."""
    return f"(hash({_RECORDS[table]})::HUGEINT - 9223372036854775808)::BIGINT"


def arriving_columns(table: str) -> pa.Schema:
    """Return the columns of an import's rows: those of the table, then the number of the export's file and its row."""
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
    """Compare the import's `rows` of one part with the file `current` and writes `target` when they differ.

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
            return PartDone(_all_added(rows), differs=written is not None, file=written)
        connection.execute("CREATE OR REPLACE TEMP TABLE incoming AS SELECT * FROM arriving")
    finally:
        connection.unregister("arriving")
    counts: Counter[tuple[int, str]] = Counter()
    contradicted: Counter[tuple[str, str, str]] = Counter()
    repeats = 0
    arrived = np.arange(rows.num_rows)
    if order.repeats:
        equal, contradicted = _settle_repeats(connection, table, rows, keep_outcome)
        counts.update(equal)
        repeats = equal.total()
        arrived = connection.sql("SELECT id FROM incoming").to_arrow_table()["id"].to_numpy()
    held = held_keys(connection, table, current)
    counts.update(_compared(connection, table, held, keep_outcome))
    removed, staying = _held_only(connection, table, removes)
    if not removed and not any(count and what != "unchanged" for (_, what), count in counts.items()):
        return PartDone(counts, repeats=repeats, contradicted=contradicted)
    columns = schema.DATA_TABLES[table]
    before = _held_rows(table, current, held)
    recoded = _recoded(connection, rows, before) if table == "offences" else Counter()
    shortened = _shortened(connection, rows, before) if table == "texts" else Counter()
    whole = pa.concat_tables([rows.select(columns.names).cast(columns), before])
    kept = np.concatenate([arrived, staying + rows.num_rows])
    order = key_order(connection, table, whole.select(KEYS[table]).take(pa.array(kept)))
    done = write_part(connection, table, whole, target, KeyOrder(kept[order.rows], repeats=False))
    return PartDone(counts, removed, True, done, repeats, recoded, contradicted, shortened)


def _all_added(rows: pa.Table) -> Counter[tuple[int, str]]:
    files, numbers = np.unique(rows["file"].to_numpy(), return_counts=True)
    return Counter({(file, "added"): count for file, count in zip(files.tolist(), numbers.tolist(), strict=True)})


def _recoded(connection: duckdb.DuckDBPyConnection, rows: pa.Table, before: pa.Table) -> Counter[tuple[str, str]]:
    """How many changed offences have another code than before, by (code before, code now)."""
    old, new = _changed(connection, rows["code"], before["code"])
    other = pc.not_equal(old, new)
    return Counter(zip(old.filter(other).to_pylist(), new.filter(other).to_pylist(), strict=True))


def _shortened(connection: duckdb.DuckDBPyConnection, rows: pa.Table, before: pa.Table) -> Counter[str]:
    """How many changed texts are now no more than the beginning of what was held, by field."""
    old, new = _changed(connection, rows["text"], before["text"])
    fields, _ = _changed(connection, rows["field"], before["field"])
    shorter = pc.less(pc.binary_length(new), pc.binary_length(old))
    trios = zip(*(each.filter(shorter).to_pylist() for each in (fields, old, new)), strict=True)
    return Counter(name for name, was, now in trios if now.strip() != was.strip() and was.startswith(now.rstrip()))


def _changed(
    connection: duckdb.DuckDBPyConnection, new: pa.ChunkedArray, old: pa.ChunkedArray
) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    """(values held, values of the import) of each row that the import changed."""
    changed = connection.sql("SELECT id, held_id FROM compared WHERE what = 'changed'").to_arrow_table()
    return old.take(changed["held_id"]), new.take(changed["id"])


def held_keys(connection: duckdb.DuckDBPyConnection, table: str, current: Path | None) -> pa.Table:
    """Return key and today's content hash of every row of the file, none without a file."""
    columns = schema.DATA_TABLES[table]
    names = [*_KEYS[table], "content"]
    if current is None:
        return columns.empty_table().select(names)
    if hashes_are_todays(connection, current):
        with opened(current) as parquet:
            return parquet.read(columns=names, use_threads=False).select(names)
    rows = read_rows(current)
    connection.register("rehashed", rows.append_column("id", pa.array(np.arange(rows.num_rows))))
    try:
        return connection.sql(
            f"SELECT {', '.join(_KEYS[table])}, {content_of(table)} AS content FROM rehashed ORDER BY id"
        ).to_arrow_table()
    finally:
        connection.unregister("rehashed")


def _held_rows(table: str, current: Path | None, held: pa.Table) -> pa.Table:
    """Every row of the file, with the content hash of `held`."""
    columns = schema.DATA_TABLES[table]
    if current is None:
        return columns.empty_table()
    with opened(current) as parquet:
        rows = parquet.read(use_threads=False).select(columns.names).cast(columns)
    return rows.set_column(columns.names.index("content"), columns.field("content"), held["content"])


def _compared(
    connection: duckdb.DuckDBPyConnection, table: str, held: pa.Table, keep_outcome: bool
) -> Counter[tuple[int, str]]:
    """How many rows of `incoming` are added, changed and unchanged, by file; makes the table `held`, numbered."""
    run = connection.execute
    connection.register("held_keys", held.append_column("id", pa.array(np.arange(held.num_rows))))
    run("CREATE OR REPLACE TEMP TABLE held AS SELECT * FROM held_keys")
    connection.unregister("held_keys")
    run(
        f"""CREATE OR REPLACE TEMP TABLE compared AS SELECT i.file, i.row, i.id, h.id AS held_id,
          CASE WHEN h.content IS NULL THEN 'added'
          WHEN h.content = i.content THEN 'unchanged' ELSE 'changed' END AS what
        FROM incoming i LEFT JOIN held h USING ({", ".join(_KEYS[table])})"""
    )
    if keep_outcome:
        run(
            "INSERT INTO outcome SELECT file, row, CASE what WHEN 'changed' THEN 2 WHEN 'added' THEN 1 ELSE 0 END"
            " FROM compared"
        )
    return _by_file(run("SELECT file, what, count(*) FROM compared GROUP BY ALL").fetchall())


def _by_file(rows: list[tuple[int, str, int]]) -> Counter[tuple[int, str]]:
    return Counter({(file, what): count for file, what, count in rows})


def _held_only(connection: duckdb.DuckDBPyConnection, table: str, removes: bool) -> tuple[int, np.ndarray]:
    """(how many rows go, the numbers of those that stay) of those that are held and that the import lacks."""
    lacking = connection.sql(
        f"""SELECT id, occurrence_no IN (SELECT occurrence_no FROM faults WHERE kind = '{table}') AS unreadable
        FROM held ANTI JOIN incoming USING ({", ".join(_KEYS[table])})"""
    ).to_arrow_table()
    staying = lacking.filter(lacking["unreadable"]) if removes else lacking
    return lacking.num_rows - staying.num_rows, staying["id"].to_numpy()


def _settle_repeats(
    connection: duckdb.DuckDBPyConnection, table: str, rows: pa.Table, keep_outcome: bool
) -> tuple[Counter[tuple[int, str]], Counter[tuple[str, str, str]]]:
    """Takes every row whose key came before out of `incoming`; those with other content go to the quarantine.

    Returns how many were equal to the first, by file, and how many contradict it, as `PartDone.contradicted`.
    """
    run = connection.execute
    key = ", ".join(_KEYS[table])
    run(
        f"""CREATE OR REPLACE TEMP TABLE repeats AS SELECT * FROM (
          SELECT id, first_value(id) OVER rows AS first_id, file, row, row_number() OVER rows AS nth,
            content = first_value(content) OVER rows AS equal,
            CASE WHEN file = first_value(file) OVER rows THEN 'row ' || first_value(row) OVER rows
              ELSE 'another file' END AS earlier
          FROM (SELECT id, {key}, file, row, content FROM incoming
                SEMI JOIN (SELECT {key} FROM incoming GROUP BY ALL HAVING count(*) > 1) AS doubled USING ({key}))
          WINDOW rows AS (PARTITION BY {key} ORDER BY file, row))
        WHERE nth > 1"""
    )
    run("DELETE FROM incoming WHERE id IN (SELECT id FROM repeats)")
    contradicted = _refuse_repeats(connection, table, rows)
    if keep_outcome:
        run("INSERT INTO outcome SELECT file, row, 0 FROM repeats WHERE equal")
    equal = _by_file(run("SELECT file, 'unchanged', count(*) FROM repeats WHERE equal GROUP BY ALL").fetchall())
    return equal, contradicted


def _refuse_repeats(connection: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> Counter[tuple[str, str, str]]:
    """Puts the repeats with other content into the quarantine, with what a count asks of an offence."""
    other = connection.sql("SELECT id, first_id, file, row, earlier FROM repeats WHERE NOT equal").to_arrow_table()
    if not other.num_rows:
        return Counter()
    columns = {name: other[name] for name in ("file", "row", "earlier")}
    columns["occurrence_no"] = rows["occurrence_no"].take(other["id"])
    names = schema.UNREAD if table == "offences" else ()
    columns |= {name: rows[name].take(other["id"]) for name in (*names, *_KEYS[table][1:])}
    what = pa.array(["other content"] * other.num_rows)
    contradicted: Counter[tuple[str, str, str]] = Counter()
    if table == "offences":
        first = {name: rows[name].take(other["first_id"]) for name in names}
        for name in reversed(names):  # the code comes first in `names`, and counts most
            what = pc.if_else(_differ(columns[name], first[name]), RECODED if name == "code" else REDATED, what)
        contradicted.update(zip(*(each.to_pylist() for each in (what, first["code"], columns["code"])), strict=True))
    connection.register("refused", pa.table({**columns, "what": what}))
    values = ", ".join([*_KEYS[table], *names])
    connection.execute(
        f"""INSERT INTO faults BY NAME SELECT file, row, {values}, '{", ".join(_KEYS[table])}' AS "column", '{table}' AS
          kind, 'the key stands in ' || earlier || ' already, with ' || what AS reason FROM refused"""
    )
    connection.unregister("refused")
    return contradicted


def _differ(one: pa.ChunkedArray, other: pa.ChunkedArray) -> pa.ChunkedArray:
    """Whether two values differ; a missing one differs from every other."""
    same = pc.fill_null(pc.equal(one, other), False)
    return pc.invert(pc.or_(same, pc.and_(pc.is_null(one), pc.is_null(other))))
