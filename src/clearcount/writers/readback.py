"""Reads every file of a bundle again, with other libraries than wrote it, and compares it cell by cell.

XLSX and ODS are read by calamine, DOCX as XML, HTML by the standard library's parser, CSV by `csv`. What each file must
hold follows from the printed tables in release.json.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from xml.etree.ElementTree import Element

from python_calamine import CalamineError, CalamineWorkbook

from clearcount.errors import BundleError, ForeignFileError
from clearcount.foreign import open_package, parse_json, parse_xml
from clearcount.foreign.workbooks import check_extent
from clearcount.writers.blocks import Figures
from clearcount.writers.csv_files import long_header, long_lines, wide_lines
from clearcount.writers.printed import PrintedTable, inert, told_once
from clearcount.writers.svg import description
from clearcount.writers.workbook import COUNT_HEADS, data_rows

UNREADABLE = (OSError, ValueError, KeyError, csv.Error, ForeignFileError, CalamineError)
Grid = tuple[tuple[str, ...], ...]
_WIDEST = 1000
"""Columns under one heading, at most."""


@dataclass(frozen=True)
class ReadTable:
    """One table of a file as text: its title (empty in CSV) and its lines, the heading line first."""

    title: str
    lines: Grid


def read_back(path: Path) -> tuple[ReadTable, ...]:
    """Return the tables of counts that the file at `path` holds, in order.

    Raises:
        BundleError: when the file cannot be read as what its name says.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise BundleError(f"{path.name}: no reader for this kind of file")
    try:
        return reader(path)
    except UNREADABLE as error:
        raise BundleError(
            f"{path.name}: cannot be read as {path.suffix[1:].upper()} ({type(error).__name__})"
        ) from error


def expected(name: str, tables: Sequence[PrintedTable], *, force: str, reference: str) -> tuple[ReadTable, ...] | None:
    """Return what `read_back` must find in the bundle's file `name`, or None for a file without a table of counts."""
    if name in ("counts.csv", "denominators.csv"):
        role = "answer" if name == "counts.csv" else "scope"
        held = [table for table in tables if table.role == role]
        if not any(table.role for table in tables):  # a bundle of an older format
            held = list(tables[:1] if role == "answer" else tables[1:2])
        return (ReadTable("", _inert([long_header(held), *long_lines(held, force, reference)])),)
    if name == "table.csv":
        return (ReadTable("", _inert(wide_lines(tables[0]))),)
    tables = told_once(tables)
    if name.endswith((".xlsx", ".ods")):
        return tuple(ReadTable(inert(table.title), _sheet(table)) for table in tables)
    if name.endswith((".html", ".docx")):
        figures = (Figures(table, number) for number, table in enumerate(tables, start=1))
        return tuple(ReadTable(each.caption, each.shape.grid) for each in figures)
    if name == "chart.svg":
        return (ReadTable("", ((description(tables[0]),),)),)
    return None


def differences(name: str, found: Sequence[ReadTable], wanted: Sequence[ReadTable]) -> Iterator[str]:
    """Yield where a file says something else than release.json, one sentence a place."""
    if len(found) != len(wanted):
        yield f"{name}: holds {len(found)} tables of counts where release.json has {len(wanted)}"
        return
    for number, (one, other) in enumerate(zip(found, wanted, strict=True), start=1):
        where = f"{name}, table {number}"
        if one.title != other.title:
            yield f"{where}: is titled otherwise than in release.json"
        if [len(line) for line in one.lines] != [len(line) for line in other.lines]:
            yield f"{where}: has other lines or columns than in release.json"
            continue
        for row, (line, right) in enumerate(zip(one.lines, other.lines, strict=True), start=1):
            for column, (cell, wanted_cell) in enumerate(zip(line, right, strict=True), start=1):
                if cell != wanted_cell:
                    yield f"{where}, line {row}, column {column}: differs from release.json"


def _inert(lines: Sequence[Sequence[str]]) -> Grid:
    return tuple(tuple(inert(cell) for cell in line) for line in lines)


def _sheet(table: PrintedTable) -> Grid:
    """A table as a sheet holds it: numbers without the shorthand that their format prints."""
    header, rows = data_rows(table)
    return (header, *(tuple(inert(str(cell)) for cell in row) for row in rows))


def _read_csv(path: Path) -> tuple[ReadTable, ...]:
    csv.field_size_limit(10_000_000)
    text = path.read_bytes().decode("utf-8")
    return (ReadTable("", tuple(map(tuple, csv.reader(io.StringIO(text, newline=""), strict=True)))),)


def open_cells(path: Path) -> CalamineWorkbook:
    """Return a workbook for calamine to read, which lays a sheet out as far as its last cell.

    Raises:
        BundleError: when its cells lie so far apart that this would take all memory.
    """
    content = path.read_bytes()
    try:
        check_extent(content, path.name)
    except ForeignFileError as error:
        raise BundleError(str(error)) from None
    return CalamineWorkbook.from_filelike(io.BytesIO(content))  # what was checked is what is read


def _read_workbook(path: Path) -> tuple[ReadTable, ...]:
    book = open_cells(path)
    tables = []
    for name in book.sheet_names:
        lines = [tuple(_cell_text(cell) for cell in row) for row in book.get_sheet_by_name(name).to_python()]
        head = next((at for at, line in enumerate(lines) if line[:1] in COUNT_HEADS), None)
        if head is not None and lines[0]:
            tables.append(ReadTable(lines[0][0], tuple(lines[head:])))
    return tuple(tables)


def _cell_text(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


class _Tables(HTMLParser):
    """Collects the tables whose id is `cc-table-N`. Months below a year are joined to `Jan 2023` again."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[ReadTable] = []
        self.caption, self.text = "", ""
        self.lines: list[list[str]] = []
        self.over: list[tuple[str, int]] | None = None
        self.spans = (1, 1)
        self.reading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "table" and (given.get("id") or "").startswith("cc-table-"):
            self.reading, self.caption, self.lines, self.over = True, "", [], None
        if tag == "tr" and self.reading:
            self.lines.append([])
        if tag in ("td", "th", "caption"):
            self.text = ""
            self.spans = int(given.get("colspan") or 1), int(given.get("rowspan") or 1)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        if not self.reading:
            return
        if tag in ("td", "th") and self.lines:
            self._cell()
        elif tag == "caption":
            self.caption = self.text
        elif tag == "table":
            lines = self.lines
            if self.over is not None and len(lines) > 1:
                lines = [_under(self.over, lines[1]), *lines[2:]]
            self.tables.append(ReadTable(self.caption, tuple(map(tuple, lines))))
            self.reading = False

    def _cell(self) -> None:
        across, down = self.spans
        if (across, down) == (1, 1) and not (len(self.lines) == 1 and self.over is not None):
            self.lines[-1].append(self.text)
            return
        if len(self.lines) > 1 or down > 2 or across > _WIDEST or (across > 1 and down > 1):
            raise ValueError("a cell of a table spans others")
        if self.over is None:
            self.over = [(text, 0) for text in self.lines[0]]
        self.over.append((self.text, 0 if down == 2 else across))


def _under(over: list[tuple[str, int]], heads: list[str]) -> list[str]:
    """One heading line from two: `Jan` below `2023` is `Jan 2023`, and what spans both lines (0) is itself."""
    below = iter(heads)
    joined = []
    for text, width in over:
        if not width:
            joined.append(text)
        for _ in range(width):
            month, provisional, rest = next(below, "").partition(" [p]")
            joined.append(f"{month} {text}{provisional}{rest}")
    return [*joined, *below]


def _read_html(path: Path) -> tuple[ReadTable, ...]:
    parser = _Tables()
    parser.feed(path.read_bytes().decode("utf-8"))
    parser.close()
    return tuple(parser.tables)


_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PART_OF = re.compile(r"^(Table \d+: .*?)(?: \(part (\d+) of \d+\))?$", re.DOTALL)


def _read_docx(path: Path) -> tuple[ReadTable, ...]:
    """The tables whose alternative text is a caption `Table N: ...`; the parts of a wide one are joined again."""
    with open_package(path.read_bytes(), path.name) as package:
        root = parse_xml(package.read("word/document.xml"), path.name)
    read: dict[str, list[list[str]]] = {}
    for table in root.iter(f"{_WORD}tbl"):
        described = table.find(f"{_WORD}tblPr/{_WORD}tblCaption")
        match = _PART_OF.match(described.get(f"{_WORD}val", "") if described is not None else "")
        if not match:
            continue
        lines = [[_word_text(cell) for cell in row.iter(f"{_WORD}tc")] for row in table.iter(f"{_WORD}tr")]
        if match[2] in (None, "1"):
            read[match[1]] = lines
            continue
        joined = read.get(match[1], [])
        if [line[:1] for line in joined] != [line[:1] for line in lines]:
            raise ValueError("the parts of a table have other lines")
        for line, more in zip(joined, lines, strict=True):
            line.extend(more[1:])
    return tuple(ReadTable(caption, tuple(map(tuple, lines))) for caption, lines in read.items())


def _word_text(cell: Element) -> str:
    return "".join(part.text or "" for part in cell.iter(f"{_WORD}t"))


def _read_svg(path: Path) -> tuple[ReadTable, ...]:
    content = path.read_bytes()
    told = parse_xml(content, path.name).find("{http://www.w3.org/2000/svg}desc")
    return (ReadTable("", ((told.text or "" if told is not None else "",),)),)


_READERS: dict[str, Callable[[Path], tuple[ReadTable, ...]]] = {
    ".csv": _read_csv,
    ".xlsx": _read_workbook,
    ".ods": _read_workbook,
    ".html": _read_html,
    ".docx": _read_docx,
    ".svg": _read_svg,
}


def read_release(folder: Path) -> dict[str, object]:
    """Read release.json of the bundle in `folder`.

    Raises:
        BundleError: when there is none, or it is not one, or a newer clearcount wrote it.
    """
    path = folder / "release.json"
    if path.exists() and not path.is_file():
        raise BundleError(f"{folder}: release.json is no file; name the folder of a bundle")
    try:
        value = parse_json(path.read_bytes(), "release.json")
    except FileNotFoundError:
        raise BundleError(f"{folder}: holds no release.json, so it is not a bundle; name the folder of one") from None
    except OSError as error:
        raise BundleError(f"{folder}: release.json cannot be read: {error.strerror}") from None
    except ForeignFileError as error:
        raise BundleError(f"{folder}: {error}") from None
    if not isinstance(value, dict) or not isinstance(value.get("format"), int):
        raise BundleError(f"{folder}: release.json is not one that clearcount wrote")
    return value
