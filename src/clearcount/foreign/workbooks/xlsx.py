"""Reads XLSX (ECMA-376) as a stream: sheet by sheet, row by row, nothing laid out before it is met."""

from __future__ import annotations

import math
import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from clearcount.errors import ForeignFileError
from clearcount.foreign.packages import Package
from clearcount.foreign.workbooks.numbers import PLAIN, Format, built_in, number_text, read_format, too_long
from clearcount.foreign.workbooks.values import (
    ERROR_WORDS,
    LAST_COLUMN,
    LAST_ROW,
    MOST_COLUMNS,
    CellFault,
    FactsBuilder,
    Merged,
    Row,
    SheetFacts,
    SheetHead,
    State,
    too_wide,
)
from clearcount.foreign.xml import XmlStream, local_name, parse_xml

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_STATES: dict[str, State] = {"hidden": "hidden", "veryHidden": "very hidden"}
_MERGES = 200_000


@dataclass(frozen=True)
class _Book:
    package: Package
    parts: dict[str, str]
    strings: Sequence[str]
    formats: Sequence[Format]
    from_1904: bool


def read_xlsx(package: Package) -> Iterator[SheetHead | Row | SheetFacts]:
    """Give each sheet's head, its rows and its facts. Raises ForeignFileError where the file is damaged."""
    parts = {name.lower().lstrip("/"): name for name in package.members}
    main = _main_part(package, parts)
    if main.endswith(".bin"):
        raise ForeignFileError(f"{package.name} is a binary workbook (XLSB), which is not read; save it as XLSX")
    root = _xml(package, parts, main)
    relations = _relations(package, parts, main)
    settings = _first(root, "workbookPr")
    strings = next((part for kind, part in relations.values() if kind == "sharedStrings"), "")
    styles = next((part for kind, part in relations.values() if kind == "styles"), "")
    book = _Book(
        package,
        parts,
        _strings(package, parts[strings]) if strings in parts else (),
        _formats(_xml(package, parts, styles)) if styles in parts else (),
        settings is not None and settings.get("date1904", "0") in ("1", "true"),
    )
    for sheet in root.iter():
        if local_name(sheet.tag) != "sheet":
            continue
        link = next((value for key, value in sheet.attrib.items() if local_name(key) == "id"), "")
        kind, part = relations.get(link, ("", ""))
        if kind == "worksheet" and part in parts:
            yield SheetHead(sheet.get("name", ""), _STATES.get(sheet.get("state", ""), "visible"))
            yield from _sheet(book, part, sheet.get("name", ""))
        elif kind not in ("chartsheet", "dialogsheet", "xlMacrosheet", "xlIntlMacrosheet"):
            raise ForeignFileError(f"{package.name}: the sheet {sheet.get('name', '')!r} is missing; save it again")


def _main_part(package: Package, parts: dict[str, str]) -> str:
    if "_rels/.rels" in parts:
        for kind, part in _relations(package, parts, "").values():
            if kind == "officeDocument":
                return part
    return "xl/workbook.xml"


def _relations(package: Package, parts: dict[str, str], part: str) -> dict[str, tuple[str, str]]:
    """Id: (kind, part in small letters) of what a part refers to inside the package."""
    folder, _, file = part.rpartition("/")
    listed = posixpath.join(folder, "_rels", f"{file}.rels")
    found = {}
    for relation in _xml(package, parts, listed) if listed in parts else ():
        target = unquote(relation.get("Target", ""))
        path = posixpath.normpath(target if target.startswith("/") else posixpath.join(folder, target)).lstrip("/")
        found[relation.get("Id", "")] = (relation.get("Type", "").rsplit("/", 1)[-1], path.lower())
    return found


def _xml(package: Package, parts: dict[str, str], part: str) -> Element:
    if part not in parts:
        raise ForeignFileError(f"{package.name} is no workbook that can be read; save it again as XLSX")
    return parse_xml(package.read(parts[part]), f"{package.name}: {part}")


def _first(root: Element, name: str) -> Element | None:
    return next((element for element in root.iter() if local_name(element.tag) == name), None)


def _formats(styles: Element) -> list[Format]:
    """The format of each cell style, by the number a cell gives."""
    own: dict[str, Format] = {}
    found: list[Format] = []
    for element in styles:
        name = local_name(element.tag)
        if name == "numFmts":
            own |= {each.get("numFmtId", ""): read_format(each.get("formatCode", "")) for each in element}
        elif name == "cellXfs":
            found = [_format(each.get("numFmtId", "0"), own) for each in element]
    return found


def _format(number: str, own: dict[str, Format]) -> Format:
    return own[number] if number in own else built_in(int(number)) if number.isdecimal() else PLAIN


def _unescaped(text: str) -> str:
    """The text without `_x000D_`, in which Excel writes what XML cannot hold."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _strings(package: Package, part: str) -> list[str]:
    """The shared strings; how a word is pronounced (`rPh`) is no part of it."""
    found: list[str] = []
    pieces: list[str] = []
    stream = XmlStream(f"{package.name}: {part}")
    aside = 0
    collecting = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal aside, collecting
        if name == "si":
            pieces.clear()
        elif name == "rPh":
            aside += 1
        collecting = name == "t" and not aside

    def end(name: str) -> None:
        nonlocal aside, collecting
        collecting = False
        if name == "si":
            found.append(_unescaped("".join(pieces)))
        elif name == "rPh":
            aside -= 1

    def text(data: str) -> None:
        if collecting:
            pieces.append(data)

    with package.open(part) as content:
        for _ in stream.parse(content, start, end, text):
            pass
    return found


def _sheet(book: _Book, part: str, name: str) -> Iterator[Row | SheetFacts]:
    reader = _SheetReader(book, f"{book.package.name} ({name})")
    with book.package.open(book.parts[part]) as content:
        yield from reader.rows(content)
    yield reader.facts.facts()


class _SheetReader:
    """The handlers of one worksheet: `rows` gives those that were finished since the last look."""

    def __init__(self, book: _Book, where: str) -> None:
        self.facts = FactsBuilder()
        self._book = book
        self._where = where
        self._done: list[Row] = []
        self._row = Row(0, [])
        self._in_data = self._rows_hidden = False
        self._pieces: list[str] = []
        self._collecting = self._aside = False
        self._cell = ("", "", "")
        self._column = -1
        self._formula = self._valued = False
        self._columns: dict[str, int] = {}

    def rows(self, content: BinaryIO) -> Iterator[Row]:
        stream = XmlStream(self._where)
        for _ in stream.parse(content, self._start, self._end, self._text):
            yield from self._done
            self._done.clear()

    def _text(self, data: str) -> None:
        if self._collecting:
            self._pieces.append(data)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self._in_data:
            if name == "c":
                self._begin_cell(attributes)
            elif name == "v":
                self._valued = self._collecting = True
            elif name == "t":
                self._collecting = not self._aside
            elif name == "f":
                self._formula = True
            elif name == "row":
                self._begin_row(attributes)
            elif name == "rPh":
                self._aside = True
        elif name == "sheetData":
            self._in_data = True
        elif name == "col":
            self._hidden_columns(attributes)
        elif name == "sheetFormatPr":
            self._rows_hidden = attributes.get("zeroHeight", "0") in ("1", "true")
        elif name == "filterColumn":
            self.facts.filtered = True
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def _end(self, name: str) -> None:
        if not self._in_data:
            return
        self._collecting = False
        if name == "c":
            self._end_cell()
        elif name == "row":
            row = self._row
            if row.cells or row.faults:
                self.facts.saw(row)
                self._done.append(row)
        elif name == "rPh":
            self._aside = False
        elif name == "sheetData":
            self._in_data = False

    def _begin_row(self, attributes: dict[str, str]) -> None:
        given = attributes.get("r")
        number = int(given) if given and given.isdecimal() and len(given) < 9 else self._row.number + 1
        if not self._row.number < number <= LAST_ROW:
            raise ForeignFileError(f"{self._where}: row {number} stands twice, out of order or beyond the last row")
        hidden = attributes.get("hidden")
        self._row = Row(number, [], hidden in ("1", "true") if hidden is not None else self._rows_hidden)
        if attributes.get("ht", "1") in ("0", "0.0"):
            self._row.hidden = True
        self._column = -1

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        place = attributes.get("r")
        before = self._column
        self._column = self._column_of(place) if place else before + 1
        if not before < self._column < LAST_COLUMN:
            raise ForeignFileError(f"{self._where}: row {self._row.number} holds a cell twice or out of order")
        self._cell = attributes.get("t", "n"), attributes.get("s", ""), place or ""
        self._pieces.clear()
        self._formula = self._valued = False

    def _column_of(self, place: str) -> int:
        letters = place.rstrip("0123456789")
        if letters not in self._columns:
            if not re.fullmatch(r"[A-Z]{1,3}", letters):
                raise ForeignFileError(f"{self._where}: row {self._row.number} holds a cell in no column")
            number = 0
            for letter in letters:
                number = number * 26 + ord(letter) - 64
            self._columns[letters] = number - 1
        if place[len(letters) :] != str(self._row.number):
            raise ForeignFileError(f"{self._where}: the cell {place[:12]} lies in row {self._row.number}")
        return self._columns[letters]

    def _end_cell(self) -> None:
        kind, style, _ = self._cell
        text = "".join(self._pieces)
        value = self._value(kind, style, text)
        if value and self._column >= MOST_COLUMNS:
            raise too_wide(self._where, self._row.number, self._column)
        if isinstance(value, CellFault):
            self._row.faults.append(value)
            value = value.shown or text
        if value:
            cells = self._row.cells
            if (gap := self._column - len(cells)) > 0:
                cells.extend([""] * gap)
            cells.append(value)

    def _value(self, kind: str, style: str, text: str) -> str | CellFault:
        if self._formula and (not self._valued or (not text and kind != "str")):
            return CellFault(self._column, "formula")
        if kind == "s":
            return self._shared(text) if text else ""
        if kind in ("str", "inlineStr"):
            return _unescaped(text)
        if kind == "e":
            return CellFault(self._column, "error", text if text in ERROR_WORDS else "#N/A")
        if kind == "b":
            return "" if not text else "true" if text in ("1", "true") else "false"
        if kind == "d":
            return text.removesuffix("Z").replace("T00:00:00", "").replace("T", " ")
        return self._number(text, style) if text else ""

    def _shared(self, text: str) -> str:
        try:
            number = int(text)
            if number >= 0:
                return self._book.strings[number]
        except (ValueError, IndexError):
            pass
        raise ForeignFileError(f"{self._where}: row {self._row.number} holds a text that the file lacks; save it again")

    def _number(self, text: str, style: str) -> str | CellFault:
        formats = self._book.formats
        form = formats[int(style)] if style.isdecimal() and int(style) < len(formats) else PLAIN
        if form is PLAIN and len(text) < 16 and text.isdecimal():
            return str(int(text))
        try:
            value = float(text)
        except ValueError:
            value = math.inf
        if not math.isfinite(value):
            return CellFault(self._column, "error", "#NUM!")
        if too_long(value):
            return CellFault(self._column, "figures")
        return number_text(value, form, from_1904=self._book.from_1904)

    def _hidden_columns(self, attributes: dict[str, str]) -> None:
        first, last = attributes.get("min", "0"), attributes.get("max", "0")
        narrow = attributes.get("width", "1") in ("0", "0.0")
        if (attributes.get("hidden", "0") in ("1", "true") or narrow) and first.isdecimal() and last.isdecimal():
            self.facts.hidden_ranges.append((int(first[:9]) - 1, int(last[:9]) - 1))
            if len(self.facts.hidden_ranges) > LAST_COLUMN:
                raise ForeignFileError(f"{self._where}: describes more columns than a sheet can have")

    def _merge(self, place: str) -> None:
        found = re.fullmatch(r"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})", place)
        if found is None:
            return
        first, top, last, bottom = found.groups()
        self.facts.merged.append(Merged(int(top), int(bottom), _number_of(first), _number_of(last)))
        if len(self.facts.merged) > _MERGES:
            raise ForeignFileError(f"{self._where}: holds more than {_MERGES:,} merged cells; save the values alone")


def _number_of(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
