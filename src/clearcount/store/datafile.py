"""Data files of the store: the rows of a part in the order of their table, cut so that a narrow question reads little.

Rows are put in order by the ranks of their distinct keys, so that no text is moved more than once, and written by
Arrow. A column of texts gets no dictionary, and its smallest and largest text are not in the footer.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clearcount.store import schema
from clearcount.store.parquet import metadata, sealed, writer

_PROBE = "clearcount 2"
"""DuckDB does not promise that its hash stays the same. The hash of this word is kept with each file that holds
hashes; where it differs from today's, the file's hashes are made anew from its content."""
KEYS = {
    "offences": ["occurrence_no", "crime_no"],
    "texts": ["lead_code", "occurrence_no", "field", "entry_no"],
    "occurrences": ["occurrence_no"],
    "persons": ["occurrence_no", "crime_no", "person_no", "role"],
}
"""The columns that give a table its order."""
_NO_DICTIONARY = {"text", "folded", "content", "length", "mojibake"}
_LARGEST = 1 << 62
_GROUP = 1 << 16
_LEAST, _MOST = 512, 4096
"""Rows of texts in a row group: a code with at least so many texts has its groups to itself, of at most so many."""


@dataclass(frozen=True)
class KeyOrder:
    """The numbers of rows in the order of their table, and whether a key stands there twice."""

    rows: np.ndarray
    repeats: bool


def key_order(connection: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> KeyOrder:
    """Return the order that `rows` have in a file of `table`: by bytes, entry numbers by their value where they have
    one.
    """
    key, most = np.zeros(rows.num_rows, np.int64), 1
    for name in KEYS[table]:
        rank, count = _ranks(connection, rows, name)
        if most * count > _LARGEST:  # the pairs of ranks so far get numbers of their own, which are smaller
            key, most = np.unique(key, return_inverse=True)[1], rows.num_rows
        key, most = key * count + rank, most * count
    order = np.argsort(key)
    ordered = key[order]
    return KeyOrder(order, bool((ordered[1:] == ordered[:-1]).any()))


def _ranks(connection: duckdb.DuckDBPyConnection, rows: pa.Table, name: str) -> tuple[np.ndarray, int]:
    """The place of each value among the distinct ones of its column, and how many those are."""
    encoded = rows[name].combine_chunks().dictionary_encode()
    values = encoded.dictionary
    if name == "entry_no":
        numbered = pa.table({"value": values, "id": np.arange(len(values))})
        connection.register("entries", numbered)
        sorting = connection.sql("SELECT id FROM entries ORDER BY try_cast(value AS BIGINT), value").to_arrow_table()
        connection.unregister("entries")
        ids = sorting["id"].to_numpy()
    else:
        ids = pc.sort_indices(values).to_numpy()
    ranks = np.empty(len(values), np.int64)
    ranks[ids] = np.arange(len(values))
    return ranks[encoded.indices.to_numpy()], len(values)


def write_part(
    connection: duckdb.DuckDBPyConnection, table: str, rows: pa.Table, target: Path, order: KeyOrder | None = None
) -> Path | None:
    """Write `rows` in the order of the table as `target`, which is then renamed; None for no rows.

    `order` is that of exactly these rows, when it is known. Columns that the table does not have are left out.
    """
    if not rows.num_rows:
        return None
    order = order or key_order(connection, table, rows)
    columns = schema.DATA_TABLES[table]
    ordered = rows.select(columns.names).take(pa.array(order.rows)).cast(columns)
    with writer(
        target,
        columns,
        compression="lz4",  # read three times as fast as zstd; every import and every count reads
        use_dictionary=[name for name in columns.names if name not in _NO_DICTIONARY],
        write_statistics=["lead_code"] if table == "texts" else False,
        data_page_version="2.0",  # packs the values where they lie; the older kind copies every page first
    ) as file:
        file.add_key_value_metadata({"hash": _probe(connection)})
        if table == "texts":
            borders = group_borders(ordered["lead_code"])
            for start, end in pairwise(borders):
                file.write_table(ordered.slice(start, end - start))
        else:
            file.write_table(ordered, row_group_size=_GROUP)
    return sealed(target)


def group_borders(leads: pa.ChunkedArray) -> list[int]:
    """Return where row groups of texts begin, and the end of the last, for the lowest codes of all rows in order.

    A question over few codes reads whole row groups, so no group holds a frequent code and something else.
    """
    borders = [0]
    start = 0
    for end in pc.run_end_encode(leads.combine_chunks()).run_ends.to_pylist():
        if start > borders[-1] and (end - start >= _LEAST or start - borders[-1] >= _LEAST):
            borders.append(start)
        if end - start >= _LEAST:
            borders.extend(range(start + _MOST, end, _MOST))
            borders.append(end)
        start = end
    if start > borders[-1]:
        borders.append(start)
    return borders


def hashes_are_todays(connection: duckdb.DuckDBPyConnection, file: Path) -> bool:
    """Return whether the content hashes in a file were made by the hash function of this DuckDB."""
    return (metadata(file).metadata or {}).get(b"hash") == _probe(connection).encode()


def _probe(connection: duckdb.DuckDBPyConnection) -> str:
    return str(connection.execute("SELECT hash($word)", {"word": _PROBE}).fetchall()[0][0])
