"""counts.xlsx with XlsxWriter, which writes a workbook from nothing, so that nothing hides in it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from math import ceil

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from clearcount.writers.printed_release import PrintedRelease
from clearcount.writers.workbook import Cell, WrittenSheet, workbook
from clearcount.writers.zips import repacked

_FONT = {"font_name": "Arial", "font_size": 12, "valign": "top"}
_HEAD = {**_FONT, "bold": True, "text_wrap": True, "bottom": 1, "valign": "bottom"}
_WIDE, _NARROW, _PROSE = 44, 12, 84
"""Column widths in characters."""


def _column_width(sheet: WrittenSheet, column: int) -> int:
    if column >= sheet.words:
        return _NARROW
    longest = max((len(str(row[column])) for row in sheet.rows), default=0)
    return min(max(longest, len(sheet.header[column]), 10) + 3, _PROSE if sheet.words == 2 and column else _WIDE)


def _row_height(cells: Sequence[Cell], widths: Sequence[int], words: int) -> float:
    """Points that the wrapped words of a row need; not every program works it out by itself."""
    lines = max(
        ceil(len(str(cell)) * (1.0 if width > _WIDE else 1.15) / width)
        for cell, width in zip(cells[:words], widths, strict=False)
    )
    return min(16.0 * lines, 409.0)


def _draw(page: Worksheet, sheet: WrittenSheet, formats: dict[str, Format]) -> None:
    page.set_portrait() if sheet.upright else page.set_landscape()
    page.set_paper(9)  # A4
    page.set_margins(left=0.5, right=0.5, top=0.5, bottom=0.6)
    page.fit_to_pages(1, 0)
    page.write_string(0, 0, sheet.title, formats["title"])
    page.set_row(0, 24)
    for place, line in enumerate(sheet.lines, start=1):
        page.write_string(place, 0, line, formats["text"])
    top = len(sheet.lines) + 1
    page.repeat_rows(top)
    widths = [_column_width(sheet, column) for column in range(len(sheet.header))]
    for column, width in enumerate(widths):
        page.set_column(column, column, width, formats["text"])
    page.set_row(top, _row_height(sheet.header, widths, len(widths)) + 2)
    page.add_table(
        top, 0, top + max(len(sheet.rows), 1), len(sheet.header) - 1,
        {
            "name": sheet.table_name,
            "autofilter": False,
            "style": None,
            "columns": [
                {"header": text, "header_format": formats["head" if column < sheet.words else "head_number"]}
                for column, text in enumerate(sheet.header)
            ],
        },
    )  # fmt: skip
    for row, cells in enumerate(sheet.rows, start=top + 1):
        page.set_row(row, _row_height(cells, widths, sheet.words))
        for column, cell in enumerate(cells):
            if isinstance(cell, str) and column < sheet.words:
                if column == 0 and cell in sheet.links:
                    page.write_url(row, column, f"internal:'{cell}'!A1", formats["link"], cell)
                else:
                    page.write_string(row, column, cell, formats["wrapped"])
            elif isinstance(cell, str):
                page.write_string(row, column, cell, formats["mark"])
            else:
                page.write_number(row, column, cell, formats["number"])


def xlsx(release: PrintedRelease) -> bytes:
    """Return the workbook; its properties come from the release, its clock from the version date."""
    out = io.BytesIO()
    # XlsxWriter adds keys of its own to the properties it is given, hence the copy.
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_format_properties": {**_FONT}})
    day = release.version_date
    book.set_properties(
        {
            "title": release.title,
            "subject": release.reference,
            "author": release.force.name,
            "company": release.force.name,
            "created": datetime(day.year, day.month, day.day),  # noqa: DTZ001  a date that stands for itself
        }
    )
    formats = {
        "title": book.add_format({**_FONT, "bold": True, "font_size": 16}),
        "text": book.add_format(_FONT),
        "wrapped": book.add_format({**_FONT, "text_wrap": True}),
        "head": book.add_format(_HEAD),
        "head_number": book.add_format({**_HEAD, "align": "right"}),
        "link": book.add_format({**_FONT, "font_color": "#0F4C81", "underline": 1}),
        "mark": book.add_format({**_FONT, "align": "right"}),
        "number": book.add_format({**_FONT, "num_format": "0"}),
    }
    for sheet in workbook(release):
        _draw(book.add_worksheet(sheet.name), sheet, formats)
    book.close()
    return repacked(out.getvalue())
