"""Parquet and JSON Lines, every value as text."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from clearcount.errors import ExportError
from clearcount.importers.cells import cell_text, column_text
from clearcount.importers.headings import shown
from clearcount.importers.raw import ROW, Fault, Noticed, Raw, top_of
from clearcount.importers.sources import Source

_BATCH = 20_000
_LOOK = 1_000
"""Lines of a JSON Lines file that are looked at for column names; a later new name is a fault of its row."""


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
        """The column names and the first rows."""
        return top_of(self, 2)

    def batches(self, refused: Callable[[Fault], None]) -> Iterator[Raw]:
        """Every row; the first is row 2, as if the column names were row 1."""
        row = 2
        names = [*(f"c{number}" for number in range(len(self.header))), ROW]
        with self.source.open() as stream:
            for batch in _batches(self.source, stream):
                numbers = pa.array(range(row, row + batch.num_rows), pa.int64())
                row += batch.num_rows
                yield pa.RecordBatch.from_arrays([*map(column_text, batch.columns), numbers], names=names)


def look_parquet(source: Source) -> ParquetTable:
    """A Parquet file's columns. Raises ExportError when it is none."""
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


@dataclass(frozen=True)
class JsonLines:
    """A file with one JSON object a line."""

    source: Source
    header: tuple[str, ...]
    digest: str
    how: str = "JSON Lines, utf-8"
    noticed: tuple[Noticed, ...] = ()
    header_row: int = 1

    def top(self) -> dict[int, list[str]]:
        """The column names and the first rows."""
        return top_of(self, 2)

    def batches(self, refused: Callable[[Fault], None]) -> Iterator[Raw]:
        """Every line but blank ones; lines that are not one flat object of known names are refused."""
        known = set(self.header)
        names = [*(f"c{number}" for number in range(len(self.header))), ROW]
        with self.source.open() as stream:
            lines = enumerate(stream, start=1)
            while chunk := list(islice(lines, _BATCH)):
                kept: list[tuple[str, ...]] = []
                numbers: list[int] = []
                for number, line in chunk:
                    if not line.strip():
                        continue
                    found = _object(line)
                    if isinstance(found, str):
                        refused(Fault(number, "", found))
                    elif found.keys() - known:
                        refused(Fault(number, "", "it has a name that no earlier row has"))
                    else:
                        kept.append(tuple(found.get(name, "") for name in self.header))
                        numbers.append(number)
                if kept:
                    columns = [pa.array(column, pa.string()) for column in zip(*kept, strict=True)]
                    yield pa.RecordBatch.from_arrays([*columns, pa.array(numbers, pa.int64())], names=names)


def look_json_lines(source: Source) -> JsonLines:
    """A JSON Lines file's names, those of its first thousand rows. Raises ExportError when no row is an object."""
    digest = hashlib.sha256()
    header: dict[str, None] = {}
    empty = True
    with source.open() as stream:
        for number, line in enumerate(stream):
            digest.update(line)
            empty = False
            if number < _LOOK and isinstance(found := _object(line), dict):
                header.update(dict.fromkeys(found))
    if empty:
        raise ExportError(f"{source.name} is empty; export it again")
    if not header:
        raise ExportError(f"{source.name}: none of its first rows is a JSON object; export one object a line")
    return JsonLines(source, tuple(header), digest.hexdigest())


def _object(line: bytes) -> dict[str, str] | str:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return "the row is not JSON"
    if not isinstance(found, dict):
        return "the row is not a JSON object"
    values = {}
    for name, value in found.items():
        if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(v, dict | list) for v in value)):
            return f"{shown(name)} holds a table inside a cell"
        values[name] = cell_text(value)
    return values
