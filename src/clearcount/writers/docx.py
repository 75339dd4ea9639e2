"""response.docx: the answer as a letter, with python-docx.

Headings are heading styles, every table repeats its heading row and carries an alternative text, the language is set.
Wide tables stand in a landscape annex, split by columns so that each part fits a page.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from clearcount.model.release import Release
from clearcount.writers.content import (
    DOWNLOADS,
    DRAFT,
    Block,
    Bullets,
    Codes,
    Facts,
    Figures,
    Files,
    Heading,
    Paragraph,
    Quote,
    draft_lines,
    facts,
    sections,
)
from clearcount.writers.printed import plain
from clearcount.writers.templating import render
from clearcount.writers.zips import repacked

INK = RGBColor(0x0B, 0x1F, 0x33)
PART = 12
"""Columns of numbers in one part of a wide table; the last part also takes the total."""
_FONT = "Arial"
_CELL_STYLES = {
    (False, False): "Cell",
    (False, True): "Cell number",
    (True, False): "Cell heading",
    (True, True): "Cell number heading",
}
"""The paragraph style of a cell by (heading or total, number)."""
_BAGGAGE = ("customXml", "thumbnail", "stylesWithEffects", "extended-properties")


def letter(release: Release) -> bytes:
    """The letter; its properties come from the release, its clock from the version date."""
    document = docx.Document()
    _strip(document)
    _style(document)
    _properties(document, release)
    _page(document, release, landscape=False)
    document.add_heading(plain(release.title), level=0)
    drafts = draft_lines(release)
    if drafts:
        document.add_paragraph().add_run(f"{DRAFT} These doubts about the request are open:").bold = True
        _bullets(document, drafts)
    _pairs(document, facts(release))
    annex: list[Figures] = []
    for section in sections(release):
        document.add_heading(section.heading, level=1)
        for block in section.blocks:
            if isinstance(block, Figures):
                annex.append(block)
                document.add_paragraph(f"{block.caption}. The table stands in the annex.")
            else:
                _draw(document, block)
    document.add_section(WD_SECTION.NEW_PAGE)
    _page(document, release, landscape=True)
    document.add_heading("Annex: tables", level=1)
    for figures in annex:
        _figures(document, figures)
    out = io.BytesIO()
    document.save(out)
    return repacked(out.getvalue())


def parts(figures: Figures) -> list[tuple[int, int]]:
    """The columns (first, end exclusive) of each part of a table."""
    last = len(figures.table.columns)
    starts = list(range(0, max(last - 1, 1), PART))
    return [(start, starts[place + 1] if place + 1 < len(starts) else last) for place, start in enumerate(starts)]


def _strip(document: Document) -> None:
    """Drops what python-docx's template brings along: a thumbnail, custom XML, another program's name, table styles."""
    for rels in (document.part.package.rels, document.part.rels):
        for key in [key for key, rel in rels.items() if any(word in rel.reltype for word in _BAGGAGE)]:
            del rels[key]
    for style in list(document.styles):
        if style.type == WD_STYLE_TYPE.TABLE and style.name != "Normal Table":
            style.delete()


def _style(document: Document) -> None:
    for name, size in (("Normal", 11), ("Title", 20), ("Heading 1", 15), ("Heading 2", 12.5), ("Quote", 11)):
        style = document.styles[name]
        style.font.name, style.font.size, style.font.color.rgb, style.font.italic = _FONT, Pt(size), INK, False
        properties = style.element.get_or_add_rPr()
        fonts = properties.get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        for script in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{script}"), _FONT)
        if name == "Normal":
            language = OxmlElement("w:lang")
            for script in ("val", "eastAsia"):
                language.set(qn(f"w:{script}"), "en-GB")
            properties.append(language)
    for (heavy, number), name in _CELL_STYLES.items():
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        style.font.size, style.font.bold = Pt(8.5), heavy
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(2)
        style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT if number else WD_ALIGN_PARAGRAPH.LEFT
    document.styles["Normal"].paragraph_format.space_after = Pt(6)
    document.styles["Quote"].paragraph_format.left_indent = Mm(8)
    defaults = document.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}/{qn('w:lang')}")
    if defaults is not None:
        defaults.set(qn("w:val"), "en-GB")


def _properties(document: Document, release: Release) -> None:
    day = release.version_date
    moment = datetime(day.year, day.month, day.day)  # noqa: DTZ001  a date that stands for itself
    core = document.core_properties
    core.title, core.subject = plain(release.title)[:255], plain(release.reference)[:255]
    core.author = core.last_modified_by = plain(release.force.name)[:255]
    core.created = core.modified = moment
    core.comments = core.keywords = core.category = ""
    core.language, core.revision = "en-GB", 1


def _page(document: Document, release: Release, *, landscape: bool) -> None:
    """A4 with the reference, and "draft" while it is one, at the head of every page."""
    section = document.sections[-1]
    long, short = Mm(297), Mm(210)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if landscape else (short, long)
    section.left_margin = section.right_margin = Mm(18 if landscape else 22)
    section.top_margin = section.bottom_margin = Mm(20)
    section.header.is_linked_to_previous = False
    words = (DRAFT if release.draft_because else "", plain(release.force.name), plain(release.reference))
    section.header.paragraphs[0].text = "   ".join(filter(None, words))


def _draw(document: Document, block: Block) -> None:
    match block:
        case Paragraph(text, href):
            document.add_paragraph(f"{text}: {href}" if href else text)
        case Heading(text):
            document.add_heading(text, level=2)
        case Bullets(items):
            _bullets(document, items)
        case Facts(pairs):
            _pairs(document, pairs)
        case Quote(paragraphs):
            for text in paragraphs:
                document.add_paragraph(text, style="Quote")
        case Codes(question, lines):
            header = ("Code", "Offence", "Law", "In force")
            rows = [
                tuple(plain(text) or "not stated" for text in (line.code, line.label, line.law, line.in_force))
                for line in lines
            ]
            caption = f"Offence codes that answer question {question}"
            _table(document, caption, header, rows, widths=(20, 70, 48, 28), numbers=False)
        case Files():
            document.add_paragraph("Files of this answer:")
            _bullets(document, [f"{name}: {what}" for name, what in DOWNLOADS])
        case _:  # tables stand in the annex; the chart in the page and in its own file, not in the letter
            pass


def _bullets(document: Document, items: Sequence[str]) -> None:
    for item in items:
        document.add_paragraph(item, style="List Bullet")


def _pairs(document: Document, pairs: Sequence[tuple[str, str]]) -> None:
    for name, value in pairs:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(2)
        paragraph.add_run(f"{name}: ").bold = True
        paragraph.add_run(value)


def _figures(document: Document, figures: Figures) -> None:
    table = figures.table
    spans = parts(figures)
    for place, (start, end) in enumerate(spans, start=1):
        caption = figures.caption if len(spans) == 1 else f"{figures.caption} (part {place} of {len(spans)})"
        header = (table.corner, *(column.printed for column in table.columns[start:end]))
        rows = [
            (line.heading, *(cell.shown for cell in cells[start:end]))
            for line, cells in zip(table.lines, table.cells, strict=True)
        ]
        number = min(13, 180 // (end - start))
        _table(document, caption, header, rows, widths=(258 - number * (end - start), *[number] * (end - start)))
    _bullets(document, figures.notes)


def _table(
    document: Document,
    caption: str,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    widths: Sequence[float],
    numbers: bool = True,
) -> None:
    """A table with its caption above, a heading row that repeats on every page, and the caption as alternative text.

    `widths` are millimetres. The XML is rendered whole: python-docx sets a cell in four steps, and an annex has
    thousands of cells.
    """
    title = document.add_paragraph()
    title.add_run(caption).bold = True
    title.paragraph_format.keep_with_next = True
    table = render(
        "docx_table.xml.j2",
        caption=caption,
        lines=(header, *rows),
        widths=[round(Mm(width).twips) for width in widths],
        styles={key: name.replace(" ", "") for key, name in _CELL_STYLES.items()},
        numbers=numbers,
    )
    after = document.add_paragraph()
    after.paragraph_format.space_after = Pt(4)
    after._p.addprevious(parse_xml(table))
