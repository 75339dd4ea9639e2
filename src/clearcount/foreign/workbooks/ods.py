"""Reads ODS (OpenDocument 1.2 and 1.3) as a stream. Line breaks, tabs and counted spaces are white space."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import BinaryIO

from clearcount.errors import ForeignFileError
from clearcount.foreign.packages import Package
from clearcount.foreign.workbooks.numbers import PLAIN, number_text, too_long
from clearcount.foreign.workbooks.values import (
    ERROR_WORDS,
    LAST_ROW,
    MOST_COLUMNS,
    CellFault,
    FactsBuilder,
    Merged,
    Row,
    SheetFacts,
    SheetHead,
    too_wide,
)
from clearcount.foreign.xml import XmlStream

_PREFIXES = {
    "urn:oasis:names:tc:opendocument:xmlns:office:1.0": "office",
    "urn:oasis:names:tc:opendocument:xmlns:table:1.0": "table",
    "urn:oasis:names:tc:opendocument:xmlns:text:1.0": "text",
    "urn:oasis:names:tc:opendocument:xmlns:style:1.0": "style",
    "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0": "calcext",
}
_CELLS = frozenset(("table:table-cell", "table:covered-table-cell"))
_BESIDE = frozenset(("office:annotation", "office:annotation-end", "text:note", "text:ruby-text", "table:shapes"))
"""What lies in a cell and is no part of its text: remarks, footnotes, pronunciation, drawings."""
_WHITE = re.compile(r"[ \t\r\n]+")
_ERROR = re.compile(r"Err:\d{3}")
_TIME = re.compile(r"(-?)P(?:(\d{1,6})D)?T(?:(\d{1,7})H)?(?:(\d{1,7})M)?(?:(\d{1,7})(?:[.,]\d+)?S)?")
_MOST_SPACES = 32_767


def read_ods(package: Package) -> Iterator[SheetHead | Row | SheetFacts]:
    """Give each sheet's head, its rows and its facts. Raises ForeignFileError where the file is damaged."""
    if "META-INF/manifest.xml" in package.members and b"encryption-data" in package.read("META-INF/manifest.xml"):
        raise ForeignFileError(f"{package.name} has a password; save it without one")
    reader = _OdsReader(package.name)
    with package.open("content.xml") as content:
        yield from reader.read(content)


def _short(tag: str) -> str:
    """`urn:…:table:1.0}table-cell` is `table:table-cell`; a name of another world is kept whole."""
    home, _, local = tag.rpartition("}")
    return f"{_PREFIXES[home]}:{local}" if home in _PREFIXES else tag


class _OdsReader:
    """The handlers: a cell inside a row inside a sheet, and whatever lies beside a cell's text skipped."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._done: list[SheetHead | Row | SheetFacts] = []
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._sheet = ""
        self._depth = self._skipped_at = 0
        self._hidden_groups: list[bool] = []
        self._facts = FactsBuilder()
        self._column = self._row_number = self._repeat = 0
        self._row = Row(1, [])
        self._cell: dict[str, str] | None = None
        self._paragraphs: list[str] = []
        self._pieces: list[str] | None = None
        self._after_space = True
        self._keys: dict[str, str] = {}

    def read(self, content: BinaryIO) -> Iterator[SheetHead | Row | SheetFacts]:
        stream = XmlStream(f"{self._name}: content.xml")
        for _ in stream.parse(content, self._start, self._end, self._text, _short):
            yield from self._done
            self._done.clear()

    def _named(self, attributes: dict[str, str]) -> dict[str, str]:
        """The attributes by short names."""
        keys = self._keys
        for key in attributes:
            if key not in keys:
                keys[key] = _short(key)
        return {keys[key]: value for key, value in attributes.items()}

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._skipped_at:
            return
        if name in _BESIDE:
            self._skipped_at = self._depth
        elif self._pieces is not None:
            self._mark(name, attributes)
        elif self._cell is not None:
            if name in ("text:p", "text:h"):
                self._pieces, self._after_space = [], True
            elif name == "table:table":
                raise ForeignFileError(f"{self._name} ({self._sheet}): a cell holds a table; save the values alone")
        elif name in _CELLS:
            self._cell = self._named(attributes)
            self._paragraphs = []
        elif name.startswith("table:"):
            self._structure(name, self._named(attributes))
        elif name == "style:style":
            self._style = self._named(attributes).get("style:name", "")
        elif name == "style:table-properties" and self._named(attributes).get("table:display") == "false":
            self._hidden_styles.add(self._style)

    def _structure(self, name: str, found: dict[str, str]) -> None:
        if name == "table:table":
            self._begin_sheet(found)
        elif name == "table:table-row":
            self._begin_row(found)
        elif name == "table:table-column":
            last = self._column + _count(found, "table:number-columns-repeated") - 1
            if found.get("table:visibility", "visible") != "visible":
                self._facts.hidden_ranges.append((self._column, last))
            self._column = last + 1
        elif name in ("table:table-row-group", "table:table-header-rows"):
            self._hidden_groups.append(found.get("table:display") == "false")
        elif name == "table:filter":
            self._facts.filtered = True
        elif name in ("table:tracked-changes", "table:dde-links"):
            self._skipped_at = self._depth

    def _end(self, name: str) -> None:
        if self._skipped_at:
            if self._depth == self._skipped_at:
                self._skipped_at = 0
        elif self._pieces is not None:
            if name in ("text:p", "text:h"):
                self._paragraphs.append("".join(self._pieces).rstrip(" \n"))
                self._pieces = None
        elif name in _CELLS:
            self._end_cell()
        elif name == "table:table-row":
            self._end_row()
        elif name in ("table:table-row-group", "table:table-header-rows") and self._hidden_groups:
            self._hidden_groups.pop()
        elif name == "table:table" and self._sheet:
            self._done.append(self._facts.facts())
            self._sheet = ""
        self._depth -= 1

    def _begin_sheet(self, found: dict[str, str]) -> None:
        if self._sheet:
            raise ForeignFileError(f"{self._name} ({self._sheet}): a sheet lies inside another; save the values alone")
        self._sheet = found.get("table:name", "") or "unnamed"
        if self._sheet.startswith("'file:"):  # what was kept of another file's sheet
            self._skipped_at, self._sheet = self._depth, ""
            return
        hidden = found.get("table:style-name", "") in self._hidden_styles
        self._done.append(SheetHead(self._sheet, "hidden" if hidden else "visible"))
        self._facts, self._column, self._row_number, self._hidden_groups = FactsBuilder(), 0, 0, []

    def _begin_row(self, found: dict[str, str]) -> None:
        self._repeat = _count(found, "table:number-rows-repeated")
        hidden = found.get("table:visibility", "visible") != "visible" or any(self._hidden_groups)
        if found.get("table:visibility") == "filter":
            self._facts.filtered = True
        self._row = Row(self._row_number + 1, [], hidden)
        self._column = 0

    def _end_row(self) -> None:
        row = self._row
        if row.cells or row.faults:
            if self._row_number + self._repeat > LAST_ROW:
                raise ForeignFileError(f"{self._name} ({self._sheet}): holds more rows than a sheet can have")
            for number in range(self._row_number + 1, self._row_number + self._repeat + 1):
                again = Row(number, row.cells, row.hidden, row.faults)
                self._facts.saw(again)
                self._done.append(again)
        self._row_number += self._repeat

    def _text(self, data: str) -> None:
        if self._pieces is None or self._skipped_at:
            return
        text = _WHITE.sub(lambda run: "\n" if "\n" in run[0] else " ", data)
        if self._after_space and text.startswith((" ", "\n")):
            text = text[1:]
        if text:
            self._pieces.append(text)
            self._after_space = text.endswith((" ", "\n"))

    def _mark(self, name: str, attributes: dict[str, str]) -> None:
        """White space that has an element of its own."""
        assert self._pieces is not None
        if name == "text:line-break":
            self._pieces.append("\n")
        elif name == "text:tab":
            self._pieces.append("\t")
        elif name == "text:s":
            count = self._named(attributes).get("text:c", "1")
            self._pieces.append(" " * min(int(count) if count.isdecimal() else 1, _MOST_SPACES))
        else:
            return
        self._after_space = False

    def _end_cell(self) -> None:
        found = self._cell or {}
        self._cell = None
        repeat = _count(found, "table:number-columns-repeated")
        value = self._value(found)
        filled = bool(value)
        if filled and self._column + repeat > MOST_COLUMNS:
            raise too_wide(f"{self._name} ({self._sheet})", self._row.number, self._column + repeat - 1)
        if isinstance(value, CellFault):
            self._row.faults.extend(
                CellFault(column, value.kind, value.shown) for column in range(self._column, self._column + repeat)
            )
            value = value.shown
        cells = self._row.cells
        if value:
            cells.extend([""] * (self._column - len(cells)))
            cells.extend([value] * repeat)
        down = _count(found, "table:number-rows-spanned")
        right = _count(found, "table:number-columns-spanned")
        if filled and (down > 1 or right > 1):
            row = self._row.number
            self._facts.merged.append(Merged(row, row + down - 1, self._column, self._column + right - 1))
        self._column += repeat

    def _value(self, found: dict[str, str]) -> str | CellFault:
        kind = found.get("office:value-type", "")
        text = "\n".join(self._paragraphs)
        formula = "table:formula" in found
        if found.get("calcext:value-type") == "error" or (formula and (text in ERROR_WORDS or _ERROR.fullmatch(text))):
            return CellFault(self._column, "error", text if text in ERROR_WORDS else "#N/A")
        if formula and not kind and not text:
            return CellFault(self._column, "formula")
        if kind in ("float", "percentage", "currency"):
            return self._number(found.get("office:value", ""), text)
        if kind == "date":
            return _moment(found.get("office:date-value", ""))
        if kind == "time":
            return _time(found.get("office:time-value", ""))
        if kind == "boolean":
            return found.get("office:boolean-value", text)
        return text or found.get("office:string-value", "")

    def _number(self, value: str, shown: str) -> str | CellFault:
        try:
            number = float(value)
        except ValueError:
            number = math.inf
        if not math.isfinite(number):
            return CellFault(self._column, "error", "#NUM!")
        if too_long(number):
            return CellFault(self._column, "figures")
        if shown.isdecimal() and shown.startswith("0") and int(shown) == number:
            return shown  # a format of leading zeros
        return number_text(number, PLAIN)


def _count(found: dict[str, str], name: str) -> int:
    """A number of repeats or of cells spanned: at least 1."""
    value = found.get(name, "1")
    return max(1, int(value)) if value.isdecimal() and len(value) < 9 else 1


def _moment(value: str) -> str:
    day, _, clock = value.partition("T")
    clock = clock.removesuffix("Z")[:8]
    return day if clock in ("", "00:00:00") else f"{day} {clock}"


def _time(value: str) -> str:
    found = _TIME.fullmatch(value)
    if found is None:
        return value
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    return f"{found[1]}{days * 24 + hours:02d}:{minutes:02d}:{seconds:02d}"
