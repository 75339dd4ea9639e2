"""Reads XLS (BIFF) by xlrd, which keeps errors, number formats and what is hidden."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

import xlrd
from xlrd.biffh import XLRDError, error_text_from_code

from clearcount.errors import ForeignFileError
from clearcount.foreign.workbooks.numbers import PLAIN, Format, NumberShape, number_text, read_format, too_long
from clearcount.foreign.workbooks.values import (
    ERROR_WORDS,
    CellFault,
    FactsBuilder,
    Merged,
    Row,
    SheetFacts,
    SheetHead,
    State,
)

_STATES: Mapping[int, State] = {1: "hidden", 2: "very hidden"}
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def read_xls(content: bytes, name: str) -> Iterator[SheetHead | Row | SheetFacts]:
    """Give each sheet's head, its rows and its facts. Raises ForeignFileError where the file is damaged."""
    if _ENCRYPTED in content:
        raise ForeignFileError(f"{name} has a password; save it without one")
    try:
        book = xlrd.open_workbook(
            file_contents=content, formatting_info=True, ragged_rows=True, on_demand=True, logfile=io.StringIO()
        )
    except XLRDError as error:
        if "encrypted" in str(error).lower():
            raise ForeignFileError(f"{name} has a password; save it without one") from None
        raise
    formats = [_format(book, index) for index in range(len(book.xf_list))]
    for number in range(book.nsheets):
        sheet = book.sheet_by_index(number)
        yield SheetHead(sheet.name, _STATES.get(sheet.visibility, "visible"))
        yield from _sheet(sheet, formats, from_1904=bool(book.datemode))
        book.unload_sheet(number)


def _format(book: Any, index: int) -> Format:
    kind = book.format_map.get(book.xf_list[index].format_key)
    return read_format(kind.format_str) if kind is not None else PLAIN


def _sheet(sheet: Any, formats: list[Format], *, from_1904: bool) -> Iterator[Row | SheetFacts]:
    builder = FactsBuilder()
    builder.hidden_ranges = [
        (column, column) for column, info in sheet.colinfo_map.items() if info.hidden or info.width == 0
    ]
    for number in range(sheet.nrows):
        info = sheet.rowinfo_map.get(number)
        row = Row(number + 1, [], info is not None and (bool(info.hidden) or info.height == 0))
        for column, cell in enumerate(sheet.row(number)):
            form = formats[cell.xf_index] if cell.xf_index is not None and cell.xf_index < len(formats) else PLAIN
            value = _value(cell, column, form, from_1904)
            if isinstance(value, CellFault):
                row.faults.append(value)
                value = value.shown
            if value:
                row.cells.extend([""] * (column - len(row.cells)))
                row.cells.append(value)
        if row.cells or row.faults:
            builder.saw(row)
            yield row
    builder.merged = [Merged(top + 1, bottom, left, right - 1) for top, bottom, left, right in sheet.merged_cells]
    yield builder.facts()


def _value(cell: Any, column: int, form: Format, from_1904: bool) -> str | CellFault:
    match cell.ctype:
        case xlrd.XL_CELL_TEXT:
            return str(cell.value)
        case xlrd.XL_CELL_BOOLEAN:
            return "true" if cell.value else "false"
        case xlrd.XL_CELL_ERROR:
            word = str(error_text_from_code.get(cell.value, ""))
            return CellFault(column, "error", word if word in ERROR_WORDS else "#N/A")
        case xlrd.XL_CELL_NUMBER | xlrd.XL_CELL_DATE:
            if too_long(cell.value):
                return CellFault(column, "figures")
            if cell.ctype == xlrd.XL_CELL_DATE and form.form in (NumberShape.PLAIN, NumberShape.ZEROS):
                form = Format(NumberShape.DATE)
            return number_text(cell.value, form, from_1904=from_1904)
    return ""
