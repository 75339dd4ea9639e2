"""Parquet, every value as text."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from clearcount.errors import ExportError
from clearcount.importers.cells import column_text
from clearcount.importers.headings import shown
from clearcount.importers.raw import ROW, Noticed, Raw, RowFault, top_of, without_nul
from clearcount.importers.sources import Source

_BATCH = 20_000


@dataclass(frozen=True)
class ParquetTable:
    """A Parquet file."""

    source: Source
    header: tuple[str, ...]
    digest: str
    how: str = "parquet"
    noticed: tuple[Noticed, ...] = ()
    header_row: int = 1

    def top(self) -> dict[int, list[str]]:
        """Return the column names and the first rows."""
        return top_of(self, 2)

    def batches(self, refused: Callable[[RowFault], None]) -> Iterator[Raw]:
        """Yield every row; the first is row 2, as if the column names were row 1."""
        row = 2
        names = [*(f"c{number}" for number in range(len(self.header))), ROW]
        with self.source.open() as stream:
            for batch in _batches(self.source, stream):
                numbers = pa.array(range(row, row + batch.num_rows), pa.int64())
                row += batch.num_rows
                found = pa.RecordBatch.from_arrays([*map(column_text, batch.columns), numbers], names=names)
                yield without_nul(found, refused)


def look_parquet(source: Source) -> ParquetTable:
    """Return a Parquet file's columns. Raises ExportError when it is none."""
    digest = hashlib.sha256()
    with source.open() as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    with source.open() as stream:
        columns = _parquet(source, stream).schema_arrow
    nested = [column.name for column in columns if pa.types.is_struct(column.type) or pa.types.is_map(column.type)]
    if nested:
        raise ExportError(f"{source.name}: column {shown(nested[0])} holds tables inside a cell; export plain columns")
    return ParquetTable(source, tuple(columns.names), digest.hexdigest())


def _parquet(source: Source, stream: BinaryIO) -> pq.ParquetFile:
    try:
        packed = not source.is_plain
        found = pq.ParquetFile(io.BytesIO(stream.read()) if packed else stream, page_checksum_verification=True)
    except _BROKEN as error:
        raise ExportError(f"{source.name} is not a Parquet file, or is damaged; export it again") from error
    _check_size(source, found.metadata)
    return found


_BROKEN = (pa.ArrowException, OSError, EOFError, UnicodeDecodeError)
"""What Arrow raises for damaged files."""
_BOMB, _BOMB_FROM = 250, 64 << 20


def _check_size(source: Source, metadata: pq.FileMetaData) -> None:
    """Refuse a file whose column chunks unpack to far more than they are, as bombs do."""
    for group in range(metadata.num_row_groups):
        for at in range(metadata.num_columns):
            chunk = metadata.row_group(group).column(at)
            unpacked, packed = chunk.total_uncompressed_size, max(1, chunk.total_compressed_size)
            if unpacked > _BOMB_FROM and unpacked > _BOMB * packed:
                raise ExportError(f"{source.name} unpacks to more than {_BOMB} times its size; export it again")


def _batches(source: Source, stream: BinaryIO) -> Iterator[pa.RecordBatch]:
    try:
        yield from _parquet(source, stream).iter_batches(batch_size=_BATCH)
    except _BROKEN as error:
        raise ExportError(f"{source.name} is damaged; export it again") from error
