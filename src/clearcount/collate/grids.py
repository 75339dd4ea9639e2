"""Reads the tables of a published file as grids of text, spanning cells spelled out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from charset_normalizer import from_bytes

from clearcount.errors import EngineUnavailable, ExportError

LARGEST = 64 << 20
"""Bytes. A published answer is small; something larger is not one."""


@dataclass(frozen=True)
class Grid:
    """One table: its place (file and sheet or number) and its rows, all of the same width."""

    place: str
    rows: tuple[tuple[str, ...], ...]


def read_grids(path: Path) -> tuple[Grid, ...]:
    """Every table in a CSV, XLSX, XLS, ODS, HTML or PDF file, or in the counts.csv of a bundle folder.

    Raises:
        ExportError: when the file is missing, too large, of another kind or holds no table.
    """
    if path.is_dir():
        path = path / "counts.csv"
    if not path.is_file():
        raise ExportError(f"{path}: there is no such file; name a published answer or a bundle folder")
    if path.stat().st_size > LARGEST:
        raise ExportError(f"{path}: is larger than {LARGEST >> 20} MB; a published answer is a small table")
    kind = path.suffix.lower()
    if kind not in _READERS:
        raise ExportError(f"{path}: {kind or 'no ending'} is not read; use {', '.join(_READERS)}")
    found = tuple(grid for grid in _READERS[kind](path) if len(grid.rows) > 1 and len(grid.rows[0]) > 1)
    if not found:
        raise ExportError(f"{path}: holds no table of two rows and two columns")
    return found


def _even(place: str, rows: list[list[str]]) -> Grid:
    width = max((len(row) for row in rows), default=0)
    kept = [tuple(cell.strip() for cell in row) + ("",) * (width - len(row)) for row in rows]
    return Grid(place, tuple(row for row in kept if any(row)))


def _csv(path: Path) -> Iterator[Grid]:
    raw = path.read_bytes()
    best = from_bytes(raw).best()
    text = raw.decode("utf-8-sig") if _is_utf8(raw) else str(best) if best else raw.decode("cp1252", errors="replace")
    try:
        dialect: Any = csv.Sniffer().sniff(text[:20_000], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    yield _even(path.name, list(csv.reader(io.StringIO(text, newline=""), dialect)))


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _workbook(path: Path) -> Iterator[Grid]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(path))
        for name in book.sheet_names:
            rows = [[_printed(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python()]
            yield _even(f"{path.name}, sheet {name}", rows)
    except CalamineError as error:
        raise ExportError(f"{path}: cannot be read as a workbook ({error}); save it again or use CSV") from None


def _printed(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return f"{cell:%Y-%m}" if cell.day == 1 else f"{cell:%Y-%m-%d}"
    return str(cell)


def _html(path: Path) -> Iterator[Grid]:
    from lxml import html

    raw = path.read_bytes()
    if not raw.strip():
        return
    document = html.document_fromstring(raw)
    for number, table in enumerate(document.iter("table"), 1):
        yield _even(f"{path.name}, table {number}", _spelled_out(table))


def _spelled_out(table: Any) -> list[list[str]]:
    """The cells of an HTML table with each spanning cell repeated where it stands."""
    grid: dict[tuple[int, int], str] = {}
    height = 0
    for at, row in enumerate(table.iter("tr")):
        column = 0
        for cell in row.iterchildren("td", "th"):
            while (at, column) in grid:
                column += 1
            text = " ".join(cell.text_content().split())
            for down in range(_span(cell, "rowspan")):
                for right in range(_span(cell, "colspan")):
                    grid[at + down, column + right] = text
            column += _span(cell, "colspan")
        height = at + 1
    width = 1 + max((column for _, column in grid), default=-1)
    return [[grid.get((row, column), "") for column in range(width)] for row in range(height)]


def _span(cell: Any, name: str) -> int:
    value = cell.get(name, "1")
    return min(int(value), 1000) if value.isdecimal() and int(value) > 0 else 1


def _pdf(path: Path) -> Iterator[Grid]:
    try:
        from pypdf import PdfReader
        from pypdf.errors import PyPdfError
    except ModuleNotFoundError:
        raise EngineUnavailable(
            "PDF needs pypdf, which is not installed; run: pip install 'clearcount[collate]'"
        ) from None
    try:
        pages = [page.extract_text(extraction_mode="layout") for page in PdfReader(path).pages]
    except (PyPdfError, ValueError) as error:
        raise ExportError(f"{path}: cannot be read as a PDF ({error}); ask for the table as CSV") from None
    for number, page in enumerate(pages, 1):
        rows = [[cell for cell in line.split("  ") if cell.strip()] for line in page.splitlines()]
        width = max((len(row) for row in rows), default=0)
        yield _even(f"{path.name}, page {number}", [row for row in rows if len(row) == width])


_READERS = {
    ".csv": _csv,
    ".tsv": _csv,
    ".txt": _csv,
    ".xlsx": _workbook,
    ".xls": _workbook,
    ".ods": _workbook,
    ".html": _html,
    ".htm": _html,
    ".pdf": _pdf,
}
