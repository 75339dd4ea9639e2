"""Rows of a database, fetched once into Parquet files that are then imported like any other export.

PostgreSQL and SQLite are read in the tests. SQL Server and Oracle go through SQLAlchemy. Their addresses, the driver's
connection string and its types are tested as text, and nobody has run them here.
"""

from __future__ import annotations

import re
import sqlite3
import struct
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

import pyarrow as pa
import pyarrow.parquet as pq

from clearcount.errors import ClearcountError, EngineUnavailable, ExportError
from clearcount.importers.cells import cell_text, column_text
from clearcount.importers.layout import Layout

_TABLE = re.compile(r"^[A-Za-z_][\w$#]*(\.[A-Za-z_][\w$#]*){0,2}$")
_BATCH = 20_000
_SCHEMES = {
    "sqlite": "sqlite",
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "mssql": "mssql",
    "mssql+pyodbc": "mssql",
    "oracle": "oracle",
    "oracle+oracledb": "oracle",
}


@dataclass(frozen=True)
class Address:
    """Where a database is. Its text holds the password, so it is never shown: `repr` leaves it out."""

    system: str
    url: str

    def __repr__(self) -> str:
        return f"Address({self.system})"


def read_address(url: str) -> Address:
    """Return the address that a URL gives.

    Raises:
        ExportError: for a system that is not known, or a SQL Server address that switches encryption off.
    """
    scheme = urlsplit(url.strip()).scheme.lower()
    if scheme not in _SCHEMES:
        raise ExportError(
            f"a database address begins with {', '.join(sorted(set(_SCHEMES.values())))}://, this one with "
            f"{scheme or 'nothing'}://"
        )
    system = _SCHEMES[scheme]
    return Address(system, _sql_server(url.strip()) if system == "mssql" else _oracle(url.strip(), system))


def has_password(url: str) -> bool:
    """Return whether the address holds a password, in the place for one or as a parameter."""
    parts = urlsplit(url)
    names = {name.lower() for name, _ in parse_qsl(parts.query)}
    return parts.password is not None or bool(names & {"password", "pwd", "sslpassword"})


def _oracle(url: str, system: str) -> str:
    return re.sub(r"^oracle://", "oracle+oracledb://", url) if system == "oracle" else url


def _sql_server(url: str) -> str:
    """The address for SQLAlchemy with ODBC Driver 18, encrypted, and as the Windows user where no user is given."""
    parts = urlsplit(url)
    options = {name.lower(): (name, value) for name, value in parse_qsl(parts.query)}
    if options.get("encrypt", ("", "yes"))[1].lower() in ("no", "false", "optional"):
        raise ExportError("the address switches encryption off; leave Encrypt=no out of it")
    options.setdefault("driver", ("driver", "ODBC Driver 18 for SQL Server"))
    options.setdefault("encrypt", ("Encrypt", "yes"))
    if parts.username is None:
        options.setdefault("trusted_connection", ("Trusted_Connection", "yes"))
    return urlunsplit(("mssql+pyodbc", parts.netloc, parts.path, urlencode(list(options.values())), ""))


def table_queries(layout: Layout) -> dict[str, str]:
    """Return a query for each table that the layout names, by the name its rows go by.

    Raises:
        ExportError: when the layout names no table, or one whose name is not a plain one.
    """
    queries = {}
    for number, file in enumerate(layout.files, start=1):
        if file.table:
            if not _TABLE.match(file.table):
                raise ExportError(f"[[file]] {number}: table = {file.table!r} is not a plain table name")
            queries[f"table {file.table}"] = f"SELECT * FROM {file.table}"  # noqa: S608 - a plain name, checked above
    if not queries:
        raise ExportError(f'the layout {layout.name} names no table; give --query, or table = "..." in its [[file]]')
    return queries


def fetch(address: Address, queries: dict[str, str], folder: Path) -> list[Path]:
    """Run each query and writes its rows to a Parquet file in `folder`, named as the query is.

    All queries see the database at one moment, and none can write to it (PostgreSQL, SQLite).

    Raises:
        ExportError: when the database cannot be reached or refuses a query; never with the address.
        EngineUnavailable: when the driver is not installed.
    """
    read = {"sqlite": _sqlite, "postgresql": _postgresql}.get(address.system, _sqlalchemy)
    try:
        return [
            _written(folder / f"{name}.parquet", batches)
            for name, batches in zip(queries, read(address, list(queries.values())), strict=True)
        ]
    except ClearcountError:
        raise
    except Exception as error:  # a driver's own words may hold the address or a row
        raise ExportError(f"the database broke off while it was read ({type(error).__name__}); try again") from None


def _written(path: Path, batches: Iterator[pa.RecordBatch]) -> Path:
    first = next(batches, None)
    if first is None:
        raise ExportError(f"{path.stem} gives no rows")
    with pq.ParquetWriter(path, first.schema) as writer:
        writer.write_batch(first)
        for batch in batches:
            writer.write_batch(batch)
    return path


def _sqlite(address: Address, queries: Sequence[str]) -> Iterator[Iterator[pa.RecordBatch]]:
    path = Path(unquote(urlsplit(address.url).path.removeprefix("/")))
    if not path.is_file():
        raise ExportError(f"there is no SQLite file {path}")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            connection.execute("BEGIN")
            for query in queries:
                cursor = connection.execute(query)
                yield _from_rows([column[0] for column in cursor.description or ()], cursor)
    except sqlite3.Error as error:
        raise ExportError(f"SQLite refuses the query: {error}") from error


def _postgresql(address: Address, queries: Sequence[str]) -> Iterator[Iterator[pa.RecordBatch]]:
    try:
        from adbc_driver_manager import dbapi as adbc
        from adbc_driver_postgresql import dbapi
    except ImportError as error:
        raise EngineUnavailable("PostgreSQL needs a driver: pip install 'clearcount[postgres]'") from error
    try:
        with dbapi.connect(address.url) as connection, connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            for query in queries:
                cursor.execute(query)
                yield _as_text(cursor.fetch_record_batch())
    except adbc.Error as error:
        state = getattr(error, "sqlstate", None)
        raise ExportError(
            f"PostgreSQL cannot be reached or refuses the query ({state or type(error).__name__})"
        ) from None


def _sqlalchemy(address: Address, queries: Sequence[str]) -> Iterator[Iterator[pa.RecordBatch]]:
    try:
        from sqlalchemy import create_engine, event
        from sqlalchemy.exc import SQLAlchemyError
    except ImportError as error:
        raise EngineUnavailable(f"this database needs a driver: pip install 'clearcount[{address.system}]'") from error
    try:
        engine = create_engine(address.url)
        if address.system == "mssql":
            event.listen(engine, "connect", _read_offsets)
        with engine.connect().execution_options(stream_results=True) as connection:
            for query in queries:
                result = connection.exec_driver_sql(query)  # as it is written: a colon in it names no parameter
                yield _from_rows(list(result.keys()), iter(result))
    except (SQLAlchemyError, ImportError) as error:
        raise ExportError(f"the database cannot be reached or refuses the query ({type(error).__name__})") from None


_DATETIMEOFFSET = -155
"""The ODBC type of a moment with an offset, which pyodbc refuses unless it is told how to read one."""
_MOMENT = struct.Struct("<6hI2h")
"""SQL_SS_TIMESTAMPOFFSET_STRUCT: year to second, nanoseconds, hours and minutes of the offset, both signed alike."""


def _read_offsets(connection: Any, record: object = None) -> None:
    """Let a connection of pyodbc read the type `datetimeoffset`."""
    connection.add_output_converter(_DATETIMEOFFSET, offset_moment)


def offset_moment(content: bytes | None) -> datetime | None:
    """Return the moment that SQL Server's ODBC driver gives as bytes, with its offset; nothing for nothing."""
    if content is None:
        return None
    year, month, day, hour, minute, second, nanoseconds, hours, minutes = _MOMENT.unpack(content)
    zone = timezone(timedelta(hours=hours, minutes=minutes))
    return datetime(year, month, day, hour, minute, second, nanoseconds // 1000, tzinfo=zone)


def _as_text(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    for batch in reader:
        yield pa.RecordBatch.from_arrays(list(map(column_text, batch.columns)), names=batch.schema.names)


def _from_rows(names: Sequence[str], rows: Iterator[Sequence[object]]) -> Iterator[pa.RecordBatch]:
    waiting: list[list[str]] = []
    for row in rows:
        waiting.append([cell_text(value) for value in row])
        if len(waiting) == _BATCH:
            yield _batch(names, waiting)
            waiting = []
    if waiting:
        yield _batch(names, waiting)


def _batch(names: Sequence[str], rows: list[list[str]]) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(
        [pa.array(column, pa.string()) for column in zip(*rows, strict=True)], names=list(names)
    )
