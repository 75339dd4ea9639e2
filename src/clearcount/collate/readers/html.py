"""Tables of a web page, as a reader sees them: raised marks and struck words are notes, hidden parts are left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from charset_normalizer import from_bytes

from clearcount.collate.grid import MOST_CELLS, Cell, Grid, Page, lay_out
from clearcount.collate.readers.lists import read_words
from clearcount.errors import ExportError

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_BREAKS = {
    "br",
    "p",
    "div",
    "li",
    "tr",
    "ul",
    "ol",
    "dl",
    "dt",
    "dd",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "table",
}
_STRUCK = {"s", "strike", "del"}
_UNSEEN = {"script", "style", "template", "head", "noscript", "title"}
_CHARSET = re.compile(rb"<meta[^>]+charset", re.IGNORECASE)


def read_html(raw: bytes, name: str) -> Page:
    """Return the tables of a page, outermost first, and its words.

    Raises:
        ExportError: when it holds nothing or is nested too deeply.
    """
    from lxml import etree, html

    if not raw.strip():
        raise ExportError(f"{name}: is empty")
    try:
        document = html.document_fromstring(_text(raw), parser=html.HTMLParser(huge_tree=False))
        said: list[str] = []
        grids = tuple(_grids(document, said))
        words = _seen(document)[0]
        outside = _seen(document, outside_tables=True)[0]
        lists, unread = read_words(outside, "line of words")
        said += unread
    except (etree.LxmlError, RecursionError):
        raise ExportError(f"{name}: cannot be read as a web page; save the table as CSV") from None
    return Page((*grids, *lists), words, tuple(dict.fromkeys(said)), outside)


def _text(raw: bytes) -> bytes | str:
    """Return the page as text where it names no encoding of its own: UTF-8 where it is, else the likeliest."""
    if raw[:3] == b"\xef\xbb\xbf" or raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-8-sig" if raw[:1] == b"\xef" else "utf-16", errors="replace")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        if _CHARSET.search(raw[:4096]):
            return raw
        best = from_bytes(raw).best()
        return str(best) if best else raw
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", text)


def _grids(document: HtmlElement, said: list[str]) -> Iterator[Grid]:
    tables = [table for table in document.iter("table") if not _hidden_above(table)]
    leaves = [table for table in tables if not any(inner is not table for inner in table.iter("table"))]
    # The answer in short of a clearcount page repeats cells of the tables behind it.
    leaves = [table for table in leaves if "cc-short" not in table.get("class", "").split()]
    hidden = sum(1 for _ in document.iter("table")) - len(tables)
    if hidden:
        said.append(f"{hidden} hidden table(s) of the page were left out")
    for number, table in enumerate(leaves, 1):
        caption = table.find("caption")
        title = " ".join(_seen(caption)[0].split()) if caption is not None else ""
        where = f"table {number}"
        notes: list[str] = []
        placed = list(_cells(table, where, notes))
        name = where if len(leaves) > 1 else ""
        said_here = [f"{where}: {note}" for note in dict.fromkeys(notes)]
        yield lay_out(placed, _place(where), name=name, title=title, said=said_here)


def _place(where: str) -> Callable[[int, int], str]:
    return lambda row, column: f"{where}, row {row + 1}, column {column + 1}"


def _cells(table: HtmlElement, where: str, notes: list[str]) -> Iterator[tuple[int, int, Cell]]:
    taken: set[tuple[int, int]] = set()
    rows = [row for row in table.iter("tr") if not _hides(row)]
    if len(rows) < sum(1 for _ in table.iter("tr")):
        notes.append("hidden rows were left out")
    for at, row in enumerate(rows):
        column = 0
        for cell in row.iterchildren("td", "th"):
            if _hides(cell):
                notes.append("cells that the page does not show were left out")
                continue
            while (at, column) in taken:
                column += 1
            down, right = min(_span(cell, "rowspan"), len(rows) - at), _span(cell, "colspan")
            if down * right > MOST_CELLS or len(taken) > MOST_CELLS:
                raise ExportError(f"{where} spans more than {MOST_CELLS:,} cells; a published table is small")
            text, marks = _seen(cell)
            fault = ""
            origin = f"{where}, row {at + 1}, column {column + 1}"
            yield at, column, Cell(text, origin, down, right, tuple(marks), fault, cell.tag == "th")
            taken |= {(at + i, column + j) for i in range(down) for j in range(right)}
            column += right


def _span(cell: HtmlElement, name: str) -> int:
    value = cell.get(name, "1").strip()
    if not value.isascii() or not value.isdigit() or len(value) > 6:
        return 1 if len(value) <= 6 else MOST_CELLS + 1
    return max(1, int(value))


def _hides(element: HtmlElement) -> bool:
    style = (element.get("style") or "").replace(" ", "").lower()
    return (
        element.get("hidden") is not None
        or "display:none" in style
        or "visibility:hidden" in style
        or "visibility:collapse" in style
    )


def _hidden_above(element: HtmlElement) -> bool:
    return _hides(element) or any(_hides(each) for each in element.iterancestors())


def _seen(element: HtmlElement, *, outside_tables: bool = False) -> tuple[str, list[str]]:
    """Return the words a reader sees, line breaks kept, and the marks and struck words apart."""
    text: list[str] = []
    notes: list[str] = []
    stack: list[tuple[HtmlElement, bool]] = [(element, False)]
    while stack:
        node, leaving = stack.pop()
        if leaving:
            if node.tag in _BREAKS and node.tag != "br":
                text.append("\n")
            if node is not element:
                text.append(_flat(node.tail))
            continue
        unseen = node.tag in _UNSEEN or (outside_tables and node.tag in ("table", "svg"))
        if not isinstance(node.tag, str) or unseen or (node is not element and _hides(node)):
            if node is not element:
                text.append(_flat(node.tail))
            continue
        if node is not element and (node.tag in _STRUCK or node.tag == "sup" or _raised(node)):
            mark = " ".join(str(node.text_content()).split())
            if mark:
                notes.append(f"struck out: {mark}" if node.tag in _STRUCK else mark)
            text.append(_flat(node.tail))
            continue
        if node.tag in _BREAKS:
            text.append("\n")
        if node.tag in ("td", "th") and node is not element:
            text.append(" ")
        text.append(_flat(node.text))
        stack.append((node, True))
        stack.extend((child, False) for child in reversed(node))
    lines = (" ".join(line.split(" ")) for line in "".join(text).splitlines())
    return "\n".join(filter(None, (re.sub(r" +", " ", line).strip() for line in lines))), notes


def _raised(node: HtmlElement) -> bool:
    style = (node.get("style") or "").replace(" ", "").lower()
    return "vertical-align:super" in style or "line-through" in style


def _flat(text: str | None) -> str:
    return re.sub(r"[ \t\r\n\f]+", " ", text or "")
