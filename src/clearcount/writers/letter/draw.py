"""Paragraphs and tables of a letter, in the styles of its template.

Headings are heading styles, lists are lists, every table repeats its heading row and carries an alternative text. Wide
tables are split by columns so that each part fits the page on which it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace

from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm

from clearcount.writers.content import (
    LINES,
    Block,
    Bullets,
    Codes,
    Facts,
    Figures,
    Files,
    Heading,
    Lines,
    Paragraph,
    Quote,
)
from clearcount.writers.letter.placeholders import Element
from clearcount.writers.printed import plain
from clearcount.writers.printed_release import PrintedStatement
from clearcount.writers.templating import render

PART = 12
"""Columns of numbers in one part of a wide table, at most; the last part also takes the total."""
_NUMBER = 13
"""Millimetres of a column of numbers in a full page."""
_LABEL = 58
"""Millimetres of the first column, at least."""
_ROOMY, _COMFORTABLE = 22, 100
"""Millimetres of a column of numbers and of the first column where there are few columns."""
NARROWEST = _LABEL + 2 * _NUMBER
"""Millimetres of text that a table needs."""
CELL_STYLES = {
    (False, False): "Cell",
    (False, True): "Cell number",
    (True, False): "Cell heading",
    (True, True): "Cell number heading",
}
"""The paragraph style of a cell by (heading or total, number)."""
_CODES = ((20, "Code"), (70, "Offence"), (48, "Law"), (28, "In force"))
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


@dataclass(frozen=True)
class Look:
    """How a part is drawn: style identifiers by name, millimetres of text, the look of its placeholder.

    `language` is set on every run where the template is written in another language than the words of the answer.
    """

    styles: Mapping[str, str]
    width: float
    paragraph: Element | None = None
    run: Element | None = None
    language: str = ""


def drawn(blocks: Sequence[Block], look: Look) -> Iterator[Element]:
    """Yield the blocks of a part as paragraphs and tables, in order."""
    for block in blocks:
        match block:
            case Paragraph(text, href):
                yield _paragraph(look, (f"{text}: {href}" if href else text, False))
            case Heading(text):
                yield _paragraph(_styled(look, "Heading 2"), (text, False))
            case Bullets(items):
                yield from _bullets(items, look)
            case Facts(pairs):
                for name, value in pairs:
                    yield _paragraph(look, (f"{name}: ", True), (value, False), after=40)
            case Quote(texts):
                for text in texts:
                    yield _paragraph(_styled(look, "Quote"), (text, False))
            case Codes():
                yield from _codes(block, look)
            case Lines(statement):
                yield from _lines(statement, look)
            case Figures():
                yield from _figures(block, look)
            case Files(files):
                yield _paragraph(look, ("Files of this answer:", False))
                yield from _bullets([f"{name}: {what}" for name, what in files], look)
            case _:  # the chart stands in the page and in its own file, not in the letter
                pass


def parts(figures: Figures, width: float) -> list[tuple[int, int]]:
    """Return the columns (first, end exclusive) of each part of a table on a page with `width` millimetres of text."""
    size = max(1, min(PART, int((width - _LABEL) / _NUMBER) - 1))
    last = len(figures.table.columns)
    starts = list(range(0, max(last - 1, 1), size))
    return [(start, starts[place + 1] if place + 1 < len(starts) else last) for place, start in enumerate(starts)]


def _styled(look: Look, style: str) -> Look:
    """The look with another paragraph style and none of the placeholder's own formatting."""
    properties = OxmlElement("w:pPr")
    properties.get_or_add_pStyle().set(qn("w:val"), look.styles[style])
    return replace(look, paragraph=properties, run=None)


def _paragraph(look: Look, *runs: tuple[str, bool], after: int | None = None, with_next: bool = False) -> Element:
    """A paragraph of runs (text, bold). `after` is in twentieths of a point."""
    paragraph = OxmlElement("w:p")
    if look.paragraph is not None:
        paragraph.insert(0, deepcopy(look.paragraph))
    if after is not None:
        paragraph.get_or_add_pPr().get_or_add_spacing().set(qn("w:after"), str(after))
    if with_next:
        paragraph.get_or_add_pPr().get_or_add_keepNext()
    for text, bold in runs:
        run = paragraph.add_r()
        if look.run is not None:
            run.insert(0, deepcopy(look.run))
        if bold:
            run.get_or_add_rPr().get_or_add_b()
        if look.language:
            language = OxmlElement("w:lang")
            language.set(qn("w:val"), look.language)
            properties = run.get_or_add_rPr()
            for old in properties.findall(qn("w:lang")):
                properties.remove(old)
            properties.append(language)
        made = run.add_t(text)
        made.set(_SPACE, "preserve")
    return paragraph


def _bullets(items: Sequence[str], look: Look) -> Iterator[Element]:
    for item in items:
        yield _paragraph(_styled(look, "List Bullet"), (item, False))


def _codes(codes: Codes, look: Look) -> Iterator[Element]:
    rows = [
        tuple(plain(text) or "not stated" for text in (line.code, line.label, line.law, line.in_force))
        for line in codes.lines
    ]
    scale = look.width / sum(width for width, _ in _CODES)
    widths = [width * scale for width, _ in _CODES]
    caption = f"Offence codes that answer question {codes.question}"
    yield from _table(caption, tuple(name for _, name in _CODES), rows, look, widths=widths, numbers=False)


def _lines(statement: PrintedStatement, look: Look) -> Iterator[Element]:
    rows = [(line.heading, line.shown) for line in statement.lines]
    number = min(_ROOMY + _NUMBER, look.width / 3)
    widths = (look.width - number, number)
    yield from _table(statement.title, LINES, rows, look, widths=widths, numbers=True)


def _figures(figures: Figures, look: Look) -> Iterator[Element]:
    table = figures.table
    spans = parts(figures, look.width)
    for place, (start, end) in enumerate(spans, start=1):
        caption = figures.caption if len(spans) == 1 else f"{figures.caption} (part {place} of {len(spans)})"
        header = (table.corner, *(column.printed for column in table.columns[start:end]))
        rows = [
            (line.printed, *(cell.shown for cell in cells[start:end]))
            for line, cells in zip(table.lines, table.cells, strict=True)
        ]
        count = end - start
        number = max(min(_NUMBER, (look.width - _LABEL) / count), min(_ROOMY, (look.width - _COMFORTABLE) / count))
        widths = (look.width - number * count, *[number] * count)
        yield from _table(caption, header, rows, look, widths=widths, numbers=True)
    yield from _bullets(figures.notes, look)


def _table(
    caption: str,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    look: Look,
    *,
    widths: Sequence[float],
    numbers: bool,
) -> Iterator[Element]:
    """A table with its caption above, a heading row that repeats on every page, and the caption as alternative text.

    `widths` are millimetres. The XML is rendered whole: python-docx sets a cell in four steps, and an annex has
    thousands of cells.
    """
    yield _paragraph(look, (caption, True), with_next=True)
    yield parse_xml(
        render(
            "docx_table.xml.j2",
            caption=caption,
            lines=(header, *rows),
            widths=[round(Mm(width).twips) for width in widths],
            styles={key: look.styles[name] for key, name in CELL_STYLES.items()},
            numbers=numbers,
            language=look.language,
        )
    )
    yield _paragraph(look, after=80)
