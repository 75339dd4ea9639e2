"""The one door to the store's Parquet files: their names, and reading and writing them with checksums on every page.

A page that is read is held against its checksum, whichever room reads it. What is damaged nonetheless in ways that a
page's checksum does not cover is seen by the digest in the name (`verified`).
"""

from __future__ import annotations

import errno
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clearcount.errors import StoreDamaged
from clearcount.store.log import store_of
from clearcount.store.verified import digest_of

PAGE_CHECKS = True
"""Pages carry checksums and are held against them. A benchmark turns this off to measure what it costs."""
_OURS = {errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.EINTR}
"""What the system says of this process rather than of the file."""


def new_file(folder: Path, part: int) -> Path:
    """Return a name that no file has, for a data file that is being written and will hold `part`."""
    return folder / f"{part:06d}-{uuid.uuid4().hex}.parquet"


def sealed(file: Path) -> Path:
    """Give the file its lasting name, which says the part and the SHA-256 of the bytes, so that damage can be seen."""
    named = file.with_name(f"{part_of(file):06d}-{digest_of(file)}.parquet")
    file.replace(named)
    return named


def part_of(file: Path) -> int:
    """Return the part that a data file holds."""
    return int(file.name.split("-", 1)[0])


def writer(target: Path, columns: pa.Schema, **options: object) -> pq.ParquetWriter:
    """Return a writer of a new file, each page of which gets a checksum."""
    return pq.ParquetWriter(target, columns, store_schema=False, write_page_checksum=PAGE_CHECKS, **options)


@contextmanager
def opened(file: Path, **options: object) -> Iterator[pq.ParquetFile]:
    """Give the file open for reading; what cannot be read inside the block is the store's damage.

    Raises:
        StoreDamaged: naming the file.
    """
    with _named(file), pq.ParquetFile(file, page_checksum_verification=PAGE_CHECKS, **options) as parquet:
        yield parquet


def read_rows(file: Path, columns: Sequence[str] | None = None, wanted: pc.Expression | None = None) -> pa.Table:
    """Return rows of a file, those that `wanted` keeps, in their order. Raises StoreDamaged naming the file."""
    with _named(file):
        return pq.read_table(
            file,
            columns=list(columns) if columns is not None else None,
            filters=wanted,
            partitioning=None,
            page_checksum_verification=PAGE_CHECKS,
        )


def metadata(file: Path) -> pq.FileMetaData:
    """Return the footer of a file. Raises StoreDamaged naming the file."""
    with _named(file):
        return pq.read_metadata(file)


def row_count(file: Path) -> int:
    """Return the rows of a data file, from its footer."""
    return int(metadata(file).num_rows)


@contextmanager
def _named(file: Path) -> Iterator[None]:
    try:
        yield
    except MemoryError:
        raise
    except (pa.ArrowException, OSError) as error:
        number = error.errno if isinstance(error, OSError) else None
        if number in _OURS:
            raise
        where = f"its file tables/{file.parent.name}/{file.name}"
        what = "is missing" if number == errno.ENOENT else "cannot be read"
        raise StoreDamaged(store_of(file.parent), f"{where} {what}") from error
