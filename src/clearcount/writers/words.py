"""The words of a bundle: every line outside the tables of counts, as release.json lists it and as a file prints it.

A count that slipped into a sentence, an alternative text or a note would pass by every check of the tables. So
release.json lists each line of words that any file may print. `read_words` takes from a file each line that it does
print, with other libraries than wrote it. Names and values make one line, and so do the cells of a row of words. A
number alone is never a line that is allowed everywhere.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from xml.etree.ElementTree import Element

from clearcount.errors import BundleError
from clearcount.foreign import Package, open_package, parse_xml
from clearcount.writers.blocks import (
    DRAFT,
    LINES,
    AnswerInShort,
    Block,
    Bullets,
    Chart,
    Codes,
    Facts,
    Figures,
    Heading,
    Lines,
    Paragraph,
    Quote,
)
from clearcount.writers.content import downloads, draft_lines, facts, sections
from clearcount.writers.csv_files import metadata
from clearcount.writers.printed import plain
from clearcount.writers.printed_release import PrintedRelease
from clearcount.writers.readback import UNREADABLE, open_cells
from clearcount.writers.workbook import COUNT_HEADS, workbook

_BESIDE = ("Contents", "Chart", "Files of this answer:")
"""Lines that the templates print for every answer."""
_DOUBTS = f"{DRAFT} These doubts about the request are open:"


def words(release: PrintedRelease, letter: bytes = b"") -> tuple[str, ...]:
    """Return every line of words that a file of the bundle may print, each once.

    What the force's template adds to the letter is taken from `letter`, as it was written.
    """
    found = [*_lines(release), *(_of_letter(io.BytesIO(letter)) if letter else ())]
    return tuple(dict.fromkeys(filter(None, map(plain, found))))


def _lines(release: PrintedRelease) -> Iterator[str]:
    title, force, reference = release.title, release.force.name, release.reference
    yield from (title, f"{title}, {force}", f"Draft: {title}, {force}", force, release.force.department, reference)
    yield " ".join(filter(None, (DRAFT if release.draft_because else "", force, reference)))
    yield from (*_BESIDE, *(f"{name}: {what}" for name, what in downloads(release)))
    if release.draft_because:
        yield from (_DOUBTS, *draft_lines(release))
    yield from (f"{name}: {value}" for name, value in facts(release))
    for section in sections(release):
        yield section.heading
        for block in section.blocks:
            yield from _of_block(block)
    for sheet in workbook(release):
        yield from (sheet.title, *sheet.lines)
        if sheet.header[:1] not in COUNT_HEADS:  # a table of counts is no line of words
            yield from (_row(map(str, row)) for row in (sheet.header, *sheet.rows))
    yield from _strings(json.loads(metadata(release)))


def _of_block(block: Block) -> Iterator[str]:
    match block:
        case Paragraph():
            yield from (block.text, block.spelt_out)
        case AnswerInShort():
            yield from (*block.headings, block.said)
            if block.rows:
                yield from (block.caption, *map(_row, (block.header, *block.lines)))
        case Chart(note):
            yield note
        case Heading(text):
            yield text
        case Bullets(items):
            yield from items
        case Quote(paragraphs):
            yield from paragraphs
        case Facts(pairs):
            yield from (f"{name}: {value}" for name, value in pairs)
        case Codes():
            yield from (block.caption, _row(block.heads), *map(_row, block.rows))
        case Lines(statement):
            yield from (statement.title, _row(LINES))
            yield from (_row((line.heading, line.shown)) for line in statement.lines)
        case Figures():
            yield from (block.caption, *block.notes)
        case _:  # the files are lines of every answer; what a chart draws is checked against its own cells
            pass


def _row(cells: Iterable[str]) -> str:
    return " | ".join(filter(None, (plain(cell) for cell in cells)))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)


def read_words(path: Path) -> tuple[str, ...]:
    """Return every line of words in a file of a bundle, in order, without its tables of counts and its chart.

    Raises:
        BundleError: when the file cannot be read as what its name says.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        return ()
    try:
        return tuple(filter(None, map(plain, reader(path))))
    except UNREADABLE as error:
        raise BundleError(
            f"{path.name}: cannot be read as {path.suffix[1:].upper()} ({type(error).__name__})"
        ) from error


def chart_words(markup: str) -> tuple[str, ...]:
    """Return the words and numbers of every chart in a page or a picture, in order."""
    parser = _Words()
    parser.feed(markup)
    parser.close()
    return tuple(parser.drawn)


class _Words(HTMLParser):
    """Collects lines of words, and apart from them the texts of pictures."""

    _BLOCKS = frozenset(
        (
            *("p", "li", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "figcaption", "caption", "title", "header"),
            *("span", "div", "ul", "dl", "blockquote", "section", "article", "main", "figure"),
            *("table", "thead", "tbody", "tfoot", "br", "hr", "pre", "nav", "ol", "colgroup"),
        )
    )
    _SPOKEN = ("alt", "title", "aria-label", "aria-description", "summary", "placeholder")

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.drawn: list[str] = []
        self._text, self._name = "", ""
        self._row: list[str] = []
        self._counts, self._cell, self._picture, self._silent = False, False, False, False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in self._BLOCKS or self._picture or tag == "svg":
            self._end_of_line()
        self._picture |= tag == "svg"
        self._silent |= tag == "style"
        if tag == "table":
            self._counts = given.get("id", "").startswith("cc-table-")
        if tag in ("td", "th", "caption"):
            self._end_of_line()
            self._cell = True
        into = self.drawn if self._picture else self.lines
        into += [given[name] for name in self._SPOKEN if given.get(name)]

    def handle_data(self, data: str) -> None:
        if not self._silent and not (self._counts and self._cell):
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "dt":
            self._name, self._text = self._text, ""
        elif tag == "dd":
            self._text, self._name = f"{self._name}: {self._text}", ""
        if tag in ("td", "th") and not self._counts:
            self._row.append(self._text)
            self._text = ""
        elif tag == "tr":
            self._text, self._row = _row([*self._row, self._text]), []
        if tag in self._BLOCKS or self._picture or tag == "tr":
            self._end_of_line()
        self._cell &= tag not in ("td", "th", "caption")
        self._counts &= tag != "table"
        self._picture &= tag != "svg"
        self._silent &= tag != "style"

    def close(self) -> None:
        super().close()
        self._end_of_line()

    def _end_of_line(self) -> None:
        if text := plain(self._text):
            (self.drawn if self._picture else self.lines).append(text)
        self._text = ""


def _of_page(path: Path) -> Iterable[str]:
    parser = _Words()
    parser.feed(path.read_bytes().decode("utf-8"))
    parser.close()
    return parser.lines


def _of_workbook(path: Path) -> Iterator[str]:
    book = open_cells(path)
    for name in book.sheet_names:
        for row in book.get_sheet_by_name(name).to_python():
            if tuple(row[:1]) in COUNT_HEADS:  # a table of counts, which is read as one
                break
            yield _row(str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell) for cell in row)
    yield from _of_properties(path)


_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_STORIES = re.compile(r"word/(?:document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml$")
_COUNTS = re.compile(r"Table \d+: ")


def _of_letter(path: Path | io.BytesIO) -> Iterator[str]:
    with open_package(_content(path), _name(path)) as package:
        for name in filter(_STORIES.match, package.in_order):
            yield from _story(parse_xml(package.read(name), name))
        yield from _properties_in(package)


def _content(path: Path | io.BytesIO) -> bytes:
    return path.read_bytes() if isinstance(path, Path) else path.getvalue()


def _name(path: Path | io.BytesIO) -> str:
    return path.name if isinstance(path, Path) else "response.docx"


def _story(root: Element) -> Iterator[str]:
    in_tables = {id(paragraph) for table in root.iter(f"{_WORD}tbl") for paragraph in table.iter(f"{_WORD}p")}
    for paragraph in root.iter(f"{_WORD}p"):
        if id(paragraph) not in in_tables:
            yield _text(paragraph)
    for table in root.iter(f"{_WORD}tbl"):
        told = [
            part.get(f"{_WORD}val", "")
            for name in ("tblCaption", "tblDescription")
            for part in table.iter(_WORD + name)
        ]
        yield from told
        if not told or not _COUNTS.match(told[0]):
            yield from (_row(map(_text, row.iter(f"{_WORD}tc"))) for row in table.iter(f"{_WORD}tr"))
    for drawing in root.iter(f"{_DRAWING}docPr"):
        yield from (drawing.get(name, "") for name in ("descr", "title"))


def _text(part: Element) -> str:
    return "".join(each.text or "" for each in part.iter(f"{_WORD}t"))


_PROPERTIES = ("docProps/core.xml", "meta.xml")
_TOLD = (
    *("title", "subject", "creator", "initial-creator", "lastModifiedBy", "description", "keywords", "keyword"),
    *("category", "contentStatus", "user-defined"),
)


def _of_properties(path: Path | io.BytesIO) -> Iterator[str]:
    with open_package(_content(path), _name(path)) as package:
        yield from _properties_in(package)


def _properties_in(package: Package) -> Iterator[str]:
    """What the file says of itself, but for dates and the program's name."""
    for name in (each for each in _PROPERTIES if each in package.members):
        for part in parse_xml(package.read(name), name).iter():
            if part.tag.rpartition("}")[2] in _TOLD:
                yield part.text or ""


def _of_json(path: Path) -> Iterable[str]:
    return _strings(json.loads(path.read_bytes())) if path.name != "release.json" else ()


_READERS: dict[str, Callable[[Path], Iterable[str]]] = {
    ".html": _of_page,
    ".docx": _of_letter,
    ".xlsx": _of_workbook,
    ".ods": _of_workbook,
    ".json": _of_json,
}
