"""XLSX: what a reader sees of each sheet. Hidden rows, columns and sheets are named and never read as published."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from clearcount.collate.grid import Cell, Grid, Page, lay_out
from clearcount.collate.readers.numfmt import code_of, shown
from clearcount.errors import ClearcountError, ExportError
from clearcount.foreign import Package, open_package, parse_xml

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_REL = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_IDS = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)


@dataclass(frozen=True)
class _Text:
    text: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Style:
    code: str
    struck: bool
    raised: bool


def read_xlsx(raw: bytes, name: str) -> Page:
    """Return the sheets of a workbook as a reader sees them.

    Raises:
        ExportError, ForeignFileError: when it is no workbook or beyond the bounds of a published one.
    """
    with open_package(raw, name) as package:
        book = _PublishedBook(package, name)
        grids: list[Grid] = []
        said: list[str] = list(book.said)
        for title, part in book.sheets:
            try:
                grids.append(book.grid(title, part))
            except ClearcountError as error:
                said.append(f"sheet {title} was not read: {error}")
        return Page(tuple(grids), "", tuple(said))


class _PublishedBook:
    """The shared parts of one workbook."""

    def __init__(self, package: Package, name: str) -> None:
        self._package, self._name = package, name
        self.said: list[str] = []
        root = self._root("xl/workbook.xml")
        properties = next(root.iter(f"{self._ns}workbookPr"), None)
        self._from_1904 = properties is not None and properties.get("date1904") in ("1", "true")
        targets = self._targets()
        self.sheets: list[tuple[str, str]] = []
        for sheet in root.iter(f"{self._ns}sheet"):
            title = sheet.get("name", "")
            if sheet.get("state", "visible") != "visible":
                self.said.append(f"the hidden sheet {title} was left out")
                continue
            target = targets.get(next((sheet.get(key, "") for key in _IDS if sheet.get(key)), ""))
            if target is None or target not in package.members:
                self.said.append(f"sheet {title} was not read: the workbook names no part for it")
            else:
                self.sheets.append((title, target))
        if any(member.startswith("xl/pivotCache/") for member in package.members):
            self.said.append("a pivot table keeps records behind it that no sheet shows; they were left out")
        self._strings = self._shared()
        self._styles = self._cell_styles()

    _ns = _MAIN

    def _root(self, part: str) -> Element:
        if part not in self._package.members:
            raise ExportError(f"{self._name}: is no workbook; it holds no {part}")
        root = parse_xml(self._package.read(part), f"{self._name}: {part}")
        self._ns = root.tag[: root.tag.index("}") + 1] if root.tag.startswith("{") else ""
        return root

    def _targets(self) -> dict[str, str]:
        part = "xl/_rels/workbook.xml.rels"
        root = parse_xml(self._package.read(part), f"{self._name}: {part}")
        found = {}
        for each in root.iter(f"{_REL}Relationship"):
            target = each.get("Target", "")
            found[each.get("Id", "")] = (
                target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            )
        return found

    def _shared(self) -> list[_Text]:
        part = "xl/sharedStrings.xml"
        if part not in self._package.members:
            return []
        return [_runs(each) for each in self._root(part) if _local(each) == "si"]

    def _cell_styles(self) -> list[_Style]:
        part = "xl/styles.xml"
        if part not in self._package.members:
            return []
        root = self._root(part)
        own = {
            int(each.get("numFmtId", "0")): each.get("formatCode", "General")
            for each in root.iter(f"{self._ns}numFmt")
            if each.get("numFmtId", "").isdigit()
        }
        fonts = [font for fonts in root.iter(f"{self._ns}fonts") for font in fonts]
        styles = []
        for formats in root.iter(f"{self._ns}cellXfs"):
            for each in formats:
                font = fonts[int(each.get("fontId", "0"))] if int(each.get("fontId", "0")) < len(fonts) else None
                styles.append(_Style(code_of(int(each.get("numFmtId", "0")), own), _on(font, "strike"), _raised(font)))
        return styles

    def grid(self, title: str, part: str) -> Grid:
        """Return one sheet without its hidden rows and columns.

        Raises:
            ExportError, ForeignFileError: when the sheet is beyond the bounds.
        """
        root = self._root(part)
        hidden = _Hidden(root, self._ns)
        merged = _merged(root, self._ns)
        placed: list[tuple[int, int, Cell]] = []
        covered = {
            (row, column)
            for (top, left), (down, right) in merged.items()
            for row in range(top, top + min(down, 2000))
            for column in range(left, left + min(right, 2000))
            if (row, column) != (top, left)
        }
        for row, column, cell in self._cells(root, title):
            if hidden.row(row) or hidden.column(column) or (row, column) in covered:
                continue
            down, right = merged.get((row, column), (1, 1))
            down = sum(not hidden.row(at) for at in range(row, row + min(down, 2000)))
            right = sum(not hidden.column(at) for at in range(column, column + min(right, 2000)))
            at, left = hidden.shown_row(row), hidden.shown_column(column)
            placed.append((at, left, Cell(cell.text, cell.origin, down, right, cell.notes, cell.fault)))
        name = title if len(self.sheets) > 1 else ""
        said = [f"sheet {title}: {each}" for each in hidden.said()] if placed else []
        return lay_out(placed, lambda at, left: f"sheet {title}, cell {hidden.name(at, left)}", name=name, said=said)

    def _cells(self, root: Element, title: str) -> Iterator[tuple[int, int, Cell]]:
        at = -1
        for row in root.iter(f"{self._ns}row"):
            at = int(row.get("r", "0")) - 1 if row.get("r", "").isdigit() else at + 1
            column = -1
            for cell in row:
                if _local(cell) != "c":
                    continue
                column = _column_of(cell.get("r", ""), column + 1)
                text, notes, fault = self._value(cell)
                if text or fault:
                    yield (
                        at,
                        column,
                        Cell(text, f"sheet {title}, cell {column_letters(column)}{at + 1}", 1, 1, notes, fault),
                    )

    def _value(self, cell: Element) -> tuple[str, tuple[str, ...], str]:
        kind = cell.get("t", "n")
        held = next((each for each in cell if _local(each) == "v"), None)
        inline = next((each for each in cell if _local(each) == "is"), None)
        style = self._style(cell)
        if kind == "inlineStr" and inline is not None:
            found = _runs(inline)
            return self._styled(found.text, found.notes, style)
        if held is None or held.text is None:
            formula = any(_local(each) == "f" for each in cell)
            return "", (), "a formula without a saved value" if formula else ""
        raw = held.text
        if kind == "s":
            index = int(raw) if raw.strip().isdigit() else -1
            if not 0 <= index < len(self._strings):
                return "", (), "the workbook names a text that it does not hold"
            found = self._strings[index]
            return self._styled(found.text, found.notes, style)
        if kind == "b":
            return ("TRUE" if raw.strip() == "1" else "FALSE"), (), ""
        if kind in ("str", "e", "d"):
            return self._styled(raw, (), style)
        try:
            number = float(raw)
        except ValueError:
            return raw, (), "no number where the workbook says that one is"
        if abs(number) > 1e15 or number != number:
            return raw, (), "a number too large to be a count"
        seen = shown(number, style.code if style else "General", from_1904=self._from_1904)
        if style and style.struck and not seen.fault:
            return "", (f"struck out: {seen.text}",), "the number is struck out"
        return seen.text, (), seen.fault

    def _style(self, cell: Element) -> _Style | None:
        index = cell.get("s", "0")
        return self._styles[int(index)] if index.isdigit() and int(index) < len(self._styles) else None

    def _styled(self, text: str, notes: tuple[str, ...], style: _Style | None) -> tuple[str, tuple[str, ...], str]:
        if style and style.struck and text.strip():
            return "", (*notes, f"struck out: {text.strip()}"), "the text is struck out"
        return text.replace("_x000D_", "").replace("\r\n", "\n").strip(), notes, ""


class _Hidden:
    """The hidden rows and columns of a sheet."""

    def __init__(self, root: Element, ns: str) -> None:
        self._rows = {
            int(row.get("r", "0")) - 1
            for row in root.iter(f"{ns}row")
            if row.get("r", "").isdigit() and (_true(row.get("hidden")) or row.get("ht") in ("0", "0.0"))
        }
        self._columns = [
            (int(each.get("min", "1")) - 1, int(each.get("max", "1")) - 1)
            for each in root.iter(f"{ns}col")
            if _true(each.get("hidden")) or each.get("width") in ("0", "0.0")
        ]
        self._sorted = sorted(self._rows)

    def row(self, at: int) -> bool:
        return at in self._rows

    def column(self, at: int) -> bool:
        return any(first <= at <= last for first, last in self._columns)

    def shown_row(self, at: int) -> int:
        from bisect import bisect_left

        return at - bisect_left(self._sorted, at)

    def shown_column(self, at: int) -> int:
        return at - sum(min(last, at - 1) - first + 1 for first, last in self._columns if first < at)

    def name(self, at: int, left: int) -> str:
        """Return the name of the cell that is shown at a place."""
        for row in self._sorted:
            at += row <= at
        for first, last in sorted(self._columns):
            left += last - first + 1 if first <= left else 0
        return f"{column_letters(left)}{at + 1}"

    def said(self) -> list[str]:
        found = []
        if self._rows:
            found.append(f"{len(self._rows)} hidden row(s) were left out")
        if self._columns:
            found.append(f"{len(self._columns)} hidden column range(s) were left out")
        return found


def _merged(root: Element, ns: str) -> dict[tuple[int, int], tuple[int, int]]:
    found = {}
    for each in root.iter(f"{ns}mergeCell"):
        match = re.fullmatch(r"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})", each.get("ref", ""))
        if match:
            top, left = int(match[2]) - 1, _column_of(match[1] + "1", 0)
            bottom, right = int(match[4]) - 1, _column_of(match[3] + "1", 0)
            found[top, left] = (max(1, bottom - top + 1), max(1, right - left + 1))
    return found


def _runs(element: Element) -> _Text:
    """Return a rich text; raised and struck runs are notes, phonetic guides are left out."""
    text: list[str] = []
    notes: list[str] = []
    for each in element:
        kind = _local(each)
        if kind == "t":
            text.append(each.text or "")
        elif kind == "r":
            said = "".join(part.text or "" for part in each if _local(part) == "t")
            look = next((part for part in each if _local(part) == "rPr"), None)
            if _on(look, "strike"):
                notes.append(f"struck out: {said.strip()}")
            elif _raised(look):
                notes.append(said.strip())
            else:
                text.append(said)
    return _Text("".join(text), tuple(filter(None, notes)))


def _raised(look: Element | None) -> bool:
    found = next((each for each in look if _local(each) == "vertAlign"), None) if look is not None else None
    return found is not None and found.get("val") == "superscript"


def _on(look: Element | None, name: str) -> bool:
    found = next((each for each in look if _local(each) == name), None) if look is not None else None
    return found is not None and found.get("val", "1") not in ("0", "false")


def _true(text: str | None) -> bool:
    return text in ("1", "true")


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _column_of(reference: str, otherwise: int) -> int:
    match = re.match(r"([A-Z]{1,3})\d", reference)
    if not match:
        return otherwise
    number = 0
    for letter in match[1]:
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(column: int) -> str:
    """Return the name of a column counted from 0: A, B, ... AA."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
