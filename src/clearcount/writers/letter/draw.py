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

from clearcount.writers.arranged import Arranged, ColumnHead
from clearcount.writers.blocks import (
    LINES,
    AnswerInShort,
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
from clearcount.writers.printed_release import PrintedStatement
from clearcount.writers.templating import render

PART = 12
"""Columns of numbers in one part of a wide table, at most; the last part also takes the total."""
_NUMBER = 13
"""Millimetres of a column of numbers in a full page."""
_LABEL = 58
"""Millimetres of the first column, at least."""
_TURNED_NUMBER, _TURNED_LABEL = 17, 24
"""The same where the periods run down: offences stand over the numbers, and a month needs little room."""
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
_CODES = (20, 62, 44, 24, 18)
_NAMES = (30, 110, 28)
"""Millimetres of the columns of the table of codes, in proportion."""
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
            case Paragraph():
                yield _linked(block, look) if block.leads_inside else _paragraph(look, (block.spelt_out, False))
            case AnswerInShort():
                yield from _answer(block, look)
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
                yield from _lines(statement, look, block.anchor)
            case Figures():
                yield from _figures(block, look)
            case Files(files):
                yield _paragraph(look, ("Files of this answer:", False))
                yield from _bullets([f"{name}: {what}" for name, what in files], look)
            case _:  # the chart stands in the page and in its own file, not in the letter
                pass


def parts(shape: Arranged, width: float) -> list[tuple[int, int]]:
    """Return the columns (first, end exclusive) of each part of a table on a page with `width` millimetres of text."""
    label, number = _sizes(shape)
    size = max(1, min(PART, int((width - label) / number) - (0 if shape.turned else 1)))
    last = len(shape.heads)
    if last <= size:
        return [(0, last)]
    starts = list(range(0, max(last - 1, 1), size))
    return [(start, starts[place + 1] if place + 1 < len(starts) else last) for place, start in enumerate(starts)]


def _sizes(shape: Arranged) -> tuple[int, int]:
    """Millimetres of the first column and of a column of numbers, at least."""
    return (_TURNED_LABEL, _TURNED_NUMBER) if shape.turned else (_LABEL, _NUMBER)


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


def _gap() -> Element:
    """A low paragraph without words: two tables that touch would be one."""
    paragraph = OxmlElement("w:p")
    spacing = paragraph.get_or_add_pPr().get_or_add_spacing()
    for name, value in (("before", "0"), ("after", "0"), ("line", "120"), ("lineRule", "exact")):
        spacing.set(qn(f"w:{name}"), value)
    return paragraph


def _linked(paragraph: Paragraph, look: Look) -> Element:
    """A paragraph whose words lead to a place in the letter."""
    made = _paragraph(look, (paragraph.text, False))
    link = OxmlElement("w:hyperlink")
    link.set(qn("w:anchor"), _bookmark(paragraph.href))
    link.set(qn("w:history"), "1")
    for run in made.findall(qn("w:r")):
        properties = run.get_or_add_rPr()
        properties.get_or_add_u().set(qn("w:val"), "single")
        link.append(run)
    made.append(link)
    return made


def _bookmark(href: str) -> str:
    """The name of a place in the letter; Word takes letters, digits and underscores."""
    return href.lstrip("#").replace("-", "_")


def _answer(answer: AnswerInShort, look: Look) -> Iterator[Element]:
    for heading in answer.headings:
        yield _paragraph(_styled(look, "Heading 2"), (heading, False))
    if answer.said:
        yield _paragraph(look, (answer.said, False), with_next=bool(answer.rows), after=40)
    if answer.rows:
        number = min(_ROOMY + 8, look.width / (len(answer.heads) + 2))
        widths = (look.width - number * len(answer.heads), *[number] * len(answer.heads))
        yield _grid(answer.caption, (answer.header, *answer.lines), look, widths=widths, numbers=True, total=False)
        yield _gap()


def _codes(codes: Codes, look: Look) -> Iterator[Element]:
    parts = _CODES if codes.has_law else _NAMES
    scale = look.width / sum(parts)
    yield from _table(codes.caption, (codes.heads, *codes.rows), look, widths=[width * scale for width in parts])


def _lines(statement: PrintedStatement, look: Look, place: str) -> Iterator[Element]:
    rows = [(line.heading, line.shown) for line in statement.lines]
    number = min(_ROOMY + _NUMBER, look.width / 3)
    widths = (look.width - number, number)
    yield from _table(statement.title, (LINES, *rows), look, widths=widths, numbers=True, total=False, place=place)


def _figures(figures: Figures, look: Look) -> Iterator[Element]:
    shape = figures.shape
    spans = parts(shape, look.width)
    least, narrow = _sizes(shape)
    for at, (start, end) in enumerate(spans, start=1):
        caption = figures.caption if len(spans) == 1 else f"{figures.caption} (part {at} of {len(spans)})"
        lines = [(line[0], *line[1 + start : 1 + end]) for line in shape.grid]
        count = end - start
        widths = _turned_widths(shape.heads[start:end], look.width) if shape.turned else None
        if widths is None:
            number = max(min(narrow, (look.width - least) / count), min(_ROOMY, (look.width - _COMFORTABLE) / count))
            widths = [look.width - number * count, *[number] * count]
        place = f"cc-table-{figures.number}" if at == 1 else ""
        yield from _table(caption, lines, look, widths=widths, numbers=True, place=place)
    yield from _bullets(figures.notes, look)


def _turned_widths(heads: Sequence[ColumnHead], width: float) -> list[float]:
    """Millimetres of each column where offences stand over the numbers: a total needs less room than a long name."""
    totals = sum(head.is_margin for head in heads)
    others = len(heads) - totals
    number = min(40.0, (width - _TURNED_LABEL - _NUMBER * totals) / others) if others else 0.0
    across = [float(_NUMBER) if head.is_margin else number for head in heads]
    return [width - sum(across), *across]


def _table(
    caption: str,
    lines: Sequence[Sequence[str]],
    look: Look,
    *,
    widths: Sequence[float],
    numbers: bool = False,
    total: bool = True,
    place: str = "",
) -> Iterator[Element]:
    """A table with its caption above; a link can lead to `place`, the caption. `total`: the last line is one."""
    above = _paragraph(look, (caption, True), with_next=True)
    if place:
        for tag in ("w:bookmarkStart", "w:bookmarkEnd"):
            mark = OxmlElement(tag)
            mark.set(qn("w:id"), str(sum(map(ord, place))))
            if tag == "w:bookmarkStart":
                mark.set(qn("w:name"), _bookmark(place))
            above.append(mark)
    yield above
    yield _grid(caption, lines, look, widths=widths, numbers=numbers, total=total)
    yield _gap()


def _grid(
    caption: str,
    lines: Sequence[Sequence[str]],
    look: Look,
    *,
    widths: Sequence[float],
    numbers: bool,
    total: bool,
) -> Element:
    """A table whose heading row repeats on every page, and whose alternative text is the caption.

    `widths` are millimetres. The XML is rendered whole: python-docx sets a cell in four steps, and an annex has
    thousands of cells.
    """
    return parse_xml(
        render(
            "docx_table.xml.j2",
            caption=caption,
            lines=lines,
            widths=[round(Mm(width).twips) for width in widths],
            styles={key: look.styles[name] for key, name in CELL_STYLES.items()},
            numbers=numbers,
            total=total,
            language=look.language,
        )
    )
