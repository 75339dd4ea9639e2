"""Opens a workbook: its sheets read once in a process apart, and kept packed so that they can be gone through again."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import pyarrow as pa

from clearcount.errors import ClearcountError, ForeignFileError
from clearcount.foreign.apart import Allowance, read_apart
from clearcount.foreign.bounds import MEGABYTE
from clearcount.foreign.packages import open_package
from clearcount.foreign.workbooks.sheets import BOUNDS, FAULTS, ROW, read_sheets
from clearcount.foreign.workbooks.values import SheetFacts, State

__all__ = ["FAULTS", "ROW", "BookSheet", "Workbook", "open_workbook"]

LARGEST = 1 << 30
"""Bytes of a packed file. A sheet with a million full rows packs to a fifth of it."""
_IN_MEMORY = 64 * MEGABYTE
_HONEST = 30
"""A workbook packs up to so many times; what packs better buys no more time or memory than this."""


@dataclass(frozen=True)
class BookSheet:
    """One sheet: its name, whether it is hidden, what is hidden in it, its rows."""

    name: str
    state: State
    facts: SheetFacts
    _spool: _Spool
    _places: tuple[tuple[int, int], ...]

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Give the rows that hold something, in order: `c0`, `c1`, … (text, blank is ""), `row` (from 1), `faults`.

        A batch is as wide as its widest row. `faults` lists `column` (from 0), `kind` (error, formula, figures) and
        `shown`, the error's word; it is null for a row without any.
        """
        return map(self._spool.get, self._places)

    def first_rows(self, most: int) -> tuple[tuple[int, tuple[str, ...]], ...]:
        """Return the first rows that hold something, each with its number."""
        found: list[tuple[int, tuple[str, ...]]] = []
        for batch in self.batches():
            head = batch.slice(0, most - len(found))
            texts = zip(*(column.to_pylist() for column in head.columns[:-2]), strict=True)
            found += zip(head.column(ROW).to_pylist(), texts, strict=False)
            if len(found) >= most:
                break
        return tuple(found)


@dataclass(frozen=True)
class Workbook:
    """What a workbook holds: its sheets in their order, charts left out."""

    sheets: tuple[BookSheet, ...]


def open_workbook(source: Path | bytes, name: str, error: type[ClearcountError] = ForeignFileError) -> Workbook:
    """Read an XLSX, XLS or ODS file; `name` is what messages call it.

    Raises:
        error: for a file that is no workbook, has a password, is damaged, or is beyond its bounds.
    """
    spool = _Spool()
    sheets: list[BookSheet] = []
    head: dict[str, Any] = {}
    places: list[tuple[int, int]] = []
    try:
        allowance = _allowance(source, name)
    except ForeignFileError as refusal:
        raise error(str(refusal)) from refusal
    function = cast(Any, read_sheets)
    for answer in read_apart(function, source, name=name, allowance=allowance, error=error, title=name):
        if isinstance(answer, pa.RecordBatch):
            places.append(spool.put(answer))
        elif isinstance(answer, dict) and "facts" in answer:
            sheets.append(
                BookSheet(head["sheet"], head["state"], SheetFacts.from_json(answer["facts"]), spool, tuple(places))
            )
        elif isinstance(answer, dict):
            head, places = answer, []
    return Workbook(tuple(sheets))


def _allowance(source: Path | bytes, name: str) -> Allowance:
    try:
        size = source.stat().st_size if isinstance(source, Path) else len(source)
        first = source[:2] if isinstance(source, bytes) else _first_bytes(source)
    except OSError as fault:
        raise ForeignFileError(f"{name} cannot be read: {fault.strerror}") from None
    if size > LARGEST:
        raise ForeignFileError(f"{name} is larger than {LARGEST // MEGABYTE:,} MB; save it as CSV, or in parts")
    if first != b"PK":
        return Allowance.for_content(4 * size)
    with open_package(source, name, BOUNDS) as package:
        return Allowance.for_content(min(package.unpacked, _HONEST * size))


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(2)


class _Spool:
    """Batches, packed, in memory or in a file without a name that ends with this object."""

    def __init__(self) -> None:
        self._file = cast(IO[bytes], tempfile.SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115 - closed at its end
        self._end = weakref.finalize(self, self._file.close)

    def put(self, batch: pa.RecordBatch) -> tuple[int, int]:
        start = self._file.seek(0, 2)
        sink = pa.BufferOutputStream()
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        with pa.ipc.new_stream(sink, batch.schema, options=options) as writer:
            writer.write_batch(batch)
        packed = sink.getvalue()
        self._file.write(packed)
        return start, packed.size

    def get(self, place: tuple[int, int]) -> pa.RecordBatch:
        self._file.seek(place[0])
        with pa.ipc.open_stream(self._file.read(place[1])) as reader:
            return reader.read_next_batch()
