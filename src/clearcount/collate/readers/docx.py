"""DOCX: tables and words of a letter. Raised marks, struck and deleted words are notes; hidden text is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element

from clearcount.collate.grid import Cell, Grid, Page, lay_out
from clearcount.collate.readers.lists import read_words
from clearcount.errors import ExportError
from clearcount.foreign import open_package, parse_xml

_LONGEST_TITLE = 200


def read_docx(raw: bytes, name: str) -> Page:
    """Return the tables and the words of a letter.

    Raises:
        ExportError, ForeignFileError: when it is no letter or beyond the bounds of a published one.
    """
    with open_package(raw, name) as package:
        if "word/document.xml" not in package.members:
            raise ExportError(f"{name}: is no Word document; it holds no word/document.xml")
        root = parse_xml(package.read("word/document.xml"), f"{name}: word/document.xml")
    body = next((each for each in root if _local(each) == "body"), root)
    found = [each for each in _blocks(body) if isinstance(each, str) or not _repeats(each)]
    count = sum(isinstance(each, Element) for each in found)
    grids: list[Grid] = []
    words: list[str] = []
    above = ""
    said: list[str] = []
    for each in found:
        if isinstance(each, str):
            words.append(each)
            above = each if 0 < len(each) <= _LONGEST_TITLE else above
            continue
        number = len(grids) + 1
        notes: list[str] = []
        placed = list(_cells(each, f"table {number}", notes))
        name_, title = (f"table {number}", above) if count > 1 else ("", "")
        grids.append(lay_out(placed, _place(number), name=name_, title=title, said=notes))
        above = ""
    if any(_local(each) in ("ins", "del") for each in root.iter()):
        said.append("the letter holds tracked changes; deleted words were left out")
    lists, unread = read_words("\n".join(" ".join(each.split()) for each in words), "paragraph")
    return Page((*grids, *lists), "\n".join(words), (*said, *unread))


def _repeats(table: Element) -> bool:
    """Say whether a table is the answer in short of a clearcount letter, which repeats cells of others."""
    caption = _property(table, "tblPr", "tblCaption")
    return caption is not None and _val(caption).endswith(": the answer in numbers")


def _place(number: int) -> Callable[[int, int], str]:
    return lambda row, column: f"table {number}, row {row + 1}, column {column + 1}"


def _blocks(element: Element) -> Iterator[str | Element]:
    """Return paragraphs as texts and tables as elements, in reading order; wrappers are opened."""
    for each in element:
        kind = _local(each)
        if kind == "p":
            yield _paragraph(each, [])
        elif kind == "tbl":
            yield each
        elif kind in ("sdt", "sdtContent", "customXml", "ins", "smartTag"):
            yield from _blocks(each)


def _cells(table: Element, where: str, notes: list[str]) -> Iterator[tuple[int, int, Cell]]:
    rows = [each for each in _opened(table) if _local(each) == "tr"]
    grid: list[list[tuple[int, int, Element, str]]] = []
    for row in rows:
        column = _number(row, "gridBefore", 0)
        line = []
        if _property(row, "trPr", "hidden") is not None:
            notes.append(f"{where}: a hidden row was left out")
            continue
        for cell in (each for each in _opened(row) if _local(each) == "tc"):
            width = _number(cell, "gridSpan", 1)
            merge = _property(cell, "tcPr", "vMerge")
            state = "" if merge is None else (_val(merge) or "continue")
            line.append((column, width, cell, state))
            column += width
        grid.append(line)
    for at, line in enumerate(grid):
        for column, width, cell, state in line:
            if state == "continue":
                continue
            down = 1
            while state == "restart" and at + down < len(grid) and _goes_on(grid[at + down], column, width):
                down += 1
            marks: list[str] = []
            text = _cell_text(cell, marks)
            origin = f"{where}, row {at + 1}, column {column + 1}"
            yield at, column, Cell(text, origin, down, width, tuple(marks))


def _goes_on(line: list[tuple[int, int, Element, str]], column: int, width: int) -> bool:
    return any(at == column and wide == width and state == "continue" for at, wide, _, state in line)


def _opened(element: Element) -> Iterator[Element]:
    for each in element:
        if _local(each) in ("sdt", "sdtContent", "customXml", "ins"):
            yield from _opened(each)
        else:
            yield each


def _cell_text(cell: Element, marks: list[str]) -> str:
    lines: list[str] = []
    for each in _opened(cell):
        if _local(each) == "p":
            lines.append(_paragraph(each, marks))
        elif _local(each) == "tbl":
            inner = [
                _cell_text(part, marks)
                for row in each.iter()
                if _local(row) == "tr"
                for part in row
                if _local(part) == "tc"
            ]
            lines += [text for text in inner if text]
    return "\n".join(line for line in lines if line.strip())


def _paragraph(paragraph: Element, marks: list[str]) -> str:
    return "".join(_spoken(paragraph, marks)).strip()


def _spoken(element: Element, marks: list[str]) -> Iterator[str]:
    for each in element:
        kind = _local(each)
        if kind == "r":
            yield from _run(each, marks)
        elif kind == "del":
            gone = "".join(part.text or "" for part in each.iter() if _local(part) == "delText").strip()
            if gone:
                marks.append(f"deleted: {gone}")
        elif kind in ("ins", "hyperlink", "smartTag", "sdt", "sdtContent", "fldSimple", "customXml"):
            yield from _spoken(each, marks)


def _run(run: Element, marks: list[str]) -> Iterator[str]:
    look = next((each for each in run if _local(each) == "rPr"), None)
    if _on(look, "vanish"):
        return
    text = []
    for each in run:
        kind = _local(each)
        if kind == "t":
            text.append(each.text or "")
        elif kind in ("br", "cr"):
            text.append("\n")
        elif kind == "tab":
            text.append(" ")
        elif kind == "noBreakHyphen":
            text.append("-")
        elif kind in ("footnoteReference", "endnoteReference"):
            marks.append("a footnote")
    said = "".join(text)
    if _on(look, "strike") or _on(look, "dstrike"):
        if said.strip():
            marks.append(f"struck out: {said.strip()}")
    elif look is not None and any(_local(each) == "vertAlign" and _val(each) == "superscript" for each in look):
        if said.strip():
            marks.append(said.strip())
    else:
        yield said


def _on(look: Element | None, name: str) -> bool:
    found = next((each for each in look if _local(each) == name), None) if look is not None else None
    return found is not None and _val(found) not in ("0", "false", "none")


def _property(element: Element, holder: str, name: str) -> Element | None:
    box = next((each for each in element if _local(each) == holder), None)
    return next((each for each in box if _local(each) == name), None) if box is not None else None


def _number(element: Element, name: str, otherwise: int) -> int:
    holder = "tcPr" if _local(element) == "tc" else "trPr"
    found = _property(element, holder, name)
    text = _val(found) if found is not None else ""
    return min(int(text), 2000) if text.isascii() and text.isdigit() and len(text) < 6 else otherwise


def _val(element: Element) -> str:
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == "val"), "")


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
