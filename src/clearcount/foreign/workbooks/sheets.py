"""Reads a workbook in the process apart: what it is, by its bytes, and then its sheets as batches of texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO

import pyarrow as pa

from clearcount.errors import ForeignFileError
from clearcount.foreign.bounds import MEGABYTE, Bounds
from clearcount.foreign.packages import open_package
from clearcount.foreign.workbooks.values import Row, SheetFacts, SheetHead

BOUNDS = Bounds(members=5_000, unpacked=4 << 30, ratio=150)
ROW, FAULTS = "row", "faults"
"""The columns of a batch beside `c0`, `c1`, …: the row's number, and what is wrong with which cell."""
FAULT_TYPE = pa.list_(pa.struct([("column", pa.int32()), ("kind", pa.string()), ("shown", pa.string())]))
_ROWS, _CELLS, _BYTES = 20_000, 400_000, 16 * MEGABYTE
"""A batch ends at the first of these."""
_MOST_TEXT = 256 * MEGABYTE
_MOST_TIMES = 300
"""A workbook may give so much text, or so many times its packed size: one text can be used a million times."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = (b"<html", b"<!doctype", b"<table", b"<head", b"<meta", b"<div")


def read_sheets(stream: BinaryIO, *, title: str) -> Iterator[dict[str, object] | pa.RecordBatch]:
    """Give `{"sheet", "state"}`, batches of rows, and `{"facts"}` for each sheet of the workbook in `stream`.

    Raises:
        ForeignFileError: for what is no workbook, has a password, is damaged or unpacks too far.
    """
    content = stream.read()
    most = max(_MOST_TEXT, _MOST_TIMES * len(content))
    batch = _Batch()
    for item in _items(content, title):
        if isinstance(item, Row):
            batch.add(item)
            if batch.is_full:
                most = _given(batch, most, title)
                yield batch.take()
            continue
        if not batch.is_empty:
            most = _given(batch, most, title)
            yield batch.take()
        yield {"sheet": item.name, "state": item.state} if isinstance(item, SheetHead) else {"facts": item.to_json()}


def _given(batch: _Batch, most: int, name: str) -> int:
    if batch.size > most:
        raise ForeignFileError(f"{name} unpacks to far more text than it holds, as bombs do; save the values as CSV")
    return most - batch.size


def _items(content: bytes, name: str) -> Iterator[SheetHead | Row | SheetFacts]:
    if content.startswith(_OLE):
        from clearcount.foreign.workbooks.xls import read_xls

        yield from read_xls(content, name)
        return
    if not content.startswith(b"PK"):
        raise ForeignFileError(f"{name} {_what(content)}")
    with open_package(content, name, BOUNDS) as package:
        if "content.xml" in package.members:
            from clearcount.foreign.workbooks.ods import read_ods

            yield from read_ods(package)
        else:
            from clearcount.foreign.workbooks.xlsx import read_xlsx

            yield from read_xlsx(package)


def _what(content: bytes) -> str:
    """What a file is that is none of the three formats, in words that help."""
    head = content[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not content:
        return "is empty; export it again"
    if head.startswith(_MARKUP):
        return "is a web page with the name of a workbook; open it in a spreadsheet and save it as XLSX"
    if head.startswith(b"<?xml") or b"office:document" in head:
        return "is a workbook in plain XML, which is not read; save it as XLSX"
    if content[:1] in (b"\x09",) and content[1:2] in (b"\x00", b"\x02", b"\x04", b"\x08"):
        return "is a workbook of a version before 1997; save it as XLSX"
    if b"\0" not in content[:2000]:
        return "is not a workbook but text with the name of one; name it .csv, or save it again as XLSX"
    return "is not a workbook that can be read; save it again as XLSX"


class _Batch:
    """Rows on their way into a batch."""

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self._width = 0
        self.size = 0

    @property
    def is_empty(self) -> bool:
        return not self._rows

    @property
    def is_full(self) -> bool:
        rows = len(self._rows)
        return rows >= _ROWS or rows * self._width >= _CELLS or self.size >= _BYTES

    def add(self, row: Row) -> None:
        self._rows.append(row)
        self._width = max(self._width, len(row.cells), *(fault.column + 1 for fault in row.faults))
        self.size += sum(map(len, row.cells)) + len(row.cells) + 1

    def take(self) -> pa.RecordBatch:
        columns = _columns([row.cells for row in self._rows], self._width)
        numbers = pa.array([row.number for row in self._rows], pa.int64())
        faults = pa.array(
            [
                [{"column": fault.column, "kind": fault.kind, "shown": fault.shown} for fault in row.faults] or None
                for row in self._rows
            ],
            FAULT_TYPE,
        )
        names = [*(f"c{number}" for number in range(self._width)), ROW, FAULTS]
        self._rows, self._width, self.size = [], 0, 0
        return pa.RecordBatch.from_arrays([*columns, numbers, faults], names=names)


def _columns(rows: Sequence[list[str]], width: int) -> list[pa.Array]:
    even = [cells if len(cells) == width else cells + [""] * (width - len(cells)) for cells in rows]
    return [pa.array(column, pa.string()) for column in zip(*even, strict=True)] if width else []
