"""One place for the DuckDB that compares and sorts: bounded memory, spills into the staging folder, no network."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from clearcount.errors import StoreError
from clearcount.frugal import limit_of_memory

MEMORY_LIMIT = 800_000_000
"""Bytes; under a limit of the address space a quarter of it, because the other libraries want their share."""


@contextmanager
def database(staging: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a database in memory that may spill to `staging`."""
    connection = duckdb.connect(
        config={
            "memory_limit": f"{min(MEMORY_LIMIT, (limit_of_memory() or 4 * MEMORY_LIMIT) // 4)}B",
            "temp_directory": str(staging / "spill"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    try:
        yield _quiet(connection)
    except duckdb.IOException as error:
        raise StoreError("the store's disk is full or cannot be written; make room and run it again") from error
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        raise StoreError("the store's disk is full; make room and run it again") from error
    except duckdb.OutOfMemoryException as error:
        raise StoreError("the machine ran out of memory or of disk for its work; make room and run it again") from error
    finally:
        connection.close()


@contextmanager
def of_thread(connection: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection of one thread to the same database; its temporary tables are its own."""
    own = connection.cursor()
    try:
        yield _quiet(own)
    finally:
        own.close()


def _quiet(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The same connection without a progress bar, which would stand in what a slow command prints."""
    return connection.execute("SET enable_progress_bar = false")


@contextmanager
def registered(connection: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> Iterator[None]:
    """Let queries in the block read `rows` under a name. The database never reads the store's files itself."""
    connection.register(name, rows)
    try:
        yield
    finally:
        connection.unregister(name)
