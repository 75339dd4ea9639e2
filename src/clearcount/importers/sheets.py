"""XLSX, XLS and ODS: every sheet that has a header, its cells as text."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import pyarrow as pa
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from clearcount.errors import ExportError
from clearcount.importers.cells import cell_text
from clearcount.importers.raw import ROW, Fault, Raw
from clearcount.importers.sources import Source

_BATCH = 20_000


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook."""

    source: Source
    header: tuple[str, ...]
    digest: str
    header_row: int
    _sheet: CalamineSheet

    @property
    def how(self) -> str:
        """`sheet Offences`, for people."""
        return f"sheet {self._sheet.name}"

    def batches(self, refused: Callable[[Fault], None]) -> Iterator[Raw]:
        """Every row under the header that is not blank; cells beyond the header are refused with their row."""
        width = len(self.header)
        names = [*(f"c{number}" for number in range(width)), ROW]
        rows = enumerate(_rows(self._sheet), start=1)
        while chunk := list(islice(rows, _BATCH)):
            kept: list[list[str]] = []
            numbers: list[int] = []
            for number, row in chunk:
                cells = [cell_text(value) for value in row]
                if number <= self.header_row or not any(cells):
                    continue
                if any(cells[width:]):
                    refused(Fault(number, "", f"{len(cells)} cells where the header has {width}"))
                    continue
                kept.append([*cells[:width], *[""] * (width - len(cells))])
                numbers.append(number)
            if kept:
                columns = [pa.array(column, pa.string()) for column in zip(*kept, strict=True)]
                yield pa.RecordBatch.from_arrays([*columns, pa.array(numbers, pa.int64())], names=names)


def look(source: Source, *, header_row: int = 1) -> tuple[Sheet, ...]:
    """The sheets of a workbook that have a header in row `header_row`.

    Raises:
        ExportError: when it is no workbook or no sheet has one.
    """
    with source.open() as stream:
        content = stream.read()
    if not content:
        raise ExportError(f"{source.name} is empty; export it again")
    digest = hashlib.sha256(content).hexdigest()
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [book.get_sheet_by_name(name) for name in book.sheet_names]
    except (CalamineError, OSError, ValueError) as error:
        raise ExportError(f"{source.name} is not a workbook that can be read; save it again as XLSX") from error
    found = []
    for sheet in sheets:
        header = next(islice(_rows(sheet), header_row - 1, header_row), [])
        names = [" ".join(cell_text(value).split()) for value in header]
        while names and not names[-1]:
            names.pop()
        if names:
            title = source if len(sheets) == 1 else replace(source, sheet=sheet.name)
            found.append(Sheet(title, tuple(names), digest, header_row, sheet))
    if not found:
        raise ExportError(f"{source.name}: no sheet has column names in row {header_row}")
    return tuple(found)


def _rows(sheet: CalamineSheet) -> Iterator[list[Any]]:
    """The rows as the sheet numbers them, from its first column and row on."""
    if sheet.start is None:
        return
    top, left = sheet.start
    yield from ([] for _ in range(top))
    for row in sheet.iter_rows():
        yield [None] * left + list(row)
