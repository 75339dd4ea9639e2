"""The packaged template: what a letter looks like that no force has changed, and what `clearcount new` writes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from functools import cache

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from clearcount.writers.letter.styles import ENGLISH, add_missing_styles, name_language
from clearcount.writers.zips import repacked

_INK = RGBColor(0x0B, 0x1F, 0x33)
_FONT = "Arial"
_SIZES = (("Normal", 9.5), ("Title", 14), ("Heading 1", 11.5), ("Heading 2", 9.5), ("Quote", 9.5))
_BAGGAGE = ("customXml", "thumbnail", "stylesWithEffects", "extended-properties")
_LETTER = (
    ("Our answer", "summary"),
    ("What was not counted", "not_counted"),
    ("How sure this is", "quality"),
    ("The figures: {{ heading }}", "figures"),
    ("Your rights", "rights"),
)
"""The headings of the letter itself, which is to take two pages, and the parts under each."""
_ANNEX = (
    ("The request", "request"),
    ("Codes", "answers"),
    ("Data source", "data_source"),
    ("Data processing", "data_processing"),
    ("How the count was made", "method"),
    ("Small numbers", "small_numbers"),
    ("Notes", "notes"),
    ("Tables", "tables"),
    ("To repeat this answer", "repeat"),
)
"""The headings of the annex in the order of published answers, and the part under each."""
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001  a template has no day of its own, and its bytes must repeat


@cache
def starter() -> bytes:
    """Return the packaged template as a file; the same bytes every time."""
    document = docx.Document()
    _strip(document)
    _style(document)
    _page(document, landscape=False)
    for line in ("{{ department }}", "{{ force }}", "{{ answered }}"):
        _tight(document.add_paragraph(line))
    document.add_paragraph("To the person who made this request").paragraph_format.space_before = Pt(8)
    document.add_paragraph("Dear requester")
    document.add_heading("{{ title }}", level=0)
    document.add_paragraph(
        "Thank you for your request {{ reference }}, which reached us on {{ received }}. Our answer comes first. "
        "The annex says how it was made."
    )
    for name in ("draft_notice", "asked"):
        document.add_paragraph(f"{{{{ {name} }}}}")
    for heading, name in _LETTER:
        document.add_heading(heading, level=1)
        document.add_paragraph(f"{{{{ {name} }}}}")
    document.add_paragraph("Yours faithfully, {{ department }}, {{ force }}")
    document.add_section(WD_SECTION.NEW_PAGE)
    _page(document, landscape=True)
    document.add_heading("Annex", level=1)
    document.add_paragraph("{{ facts }}")
    for heading, name in _ANNEX:
        document.add_heading(heading, level=1)
        document.add_paragraph(f"{{{{ {name} }}}}")
    _properties(document)
    out = io.BytesIO()
    document.save(out)
    return repacked(out.getvalue())


def _tight(paragraph: Paragraph) -> None:
    """Lines of one block without a gap between them."""
    paragraph.paragraph_format.space_after = Pt(0)


def _strip(document: Document) -> None:
    """Drops what python-docx's template brings along: a thumbnail, custom XML, another program's name, table styles."""
    for rels in (document.part.package.rels, document.part.rels):
        for key in [key for key, rel in rels.items() if any(word in rel.reltype for word in _BAGGAGE)]:
            del rels[key]
    for style in list(document.styles):
        if style.type == WD_STYLE_TYPE.TABLE and style.name != "Normal Table":
            style.delete()


def _style(document: Document) -> None:
    for name, size in _SIZES:
        style = document.styles[name]
        style.font.name, style.font.size, style.font.color.rgb, style.font.italic = _FONT, Pt(size), _INK, False
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        for script in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{script}"), _FONT)
    document.styles["Normal"].paragraph_format.space_after = Pt(4)
    for name, gap in (("Title", 4), ("Heading 1", 10), ("Heading 2", 6)):
        shape = document.styles[name].paragraph_format
        shape.space_before, shape.space_after = Pt(gap), Pt(3)
    document.styles["Quote"].paragraph_format.left_indent = Mm(8)
    add_missing_styles(document)
    name_language(document, ENGLISH)
    for language in document.styles.element.findall(
        f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}/{qn('w:lang')}"
    ):
        language.set(qn("w:val"), ENGLISH)


def _page(document: Document, *, landscape: bool) -> None:
    """A4 with the reference, and "draft" while it is one, at the head of every page and its number at the foot."""
    section = document.sections[-1]
    long, short = Mm(297), Mm(210)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if landscape else (short, long)
    section.left_margin = section.right_margin = Mm(18 if landscape else 20)
    section.top_margin = section.bottom_margin = Mm(15)
    section.header_distance = section.footer_distance = Mm(8)
    if landscape:  # header and footer go on from the pages before
        return
    draft = section.header.paragraphs[0]
    draft.add_run("{{ draft }}").bold = True
    section.header.add_paragraph("{{ force }}   {{ reference }}", style="Header")
    _number_pages(section.footer.paragraphs[0], ("Page ", "PAGE", " of ", "NUMPAGES"))


def _number_pages(paragraph: Paragraph, said: Sequence[str]) -> None:
    for text in said:
        if not text.isupper():
            paragraph.add_run(text)
            continue
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), text)
        number = field.makeelement(qn("w:r"))
        shown = number.makeelement(qn("w:t"))
        shown.text = "1"
        number.append(shown)
        field.append(number)
        paragraph._p.append(field)


def _properties(document: Document) -> None:
    core = document.core_properties
    core.title, core.language, core.revision = "Letter template", ENGLISH, 1
    core.author = core.last_modified_by = core.comments = core.keywords = core.category = core.subject = ""
    core.created = core.modified = _MADE
    # Word then takes the names of those who change the template out each time it is saved.
    settings = document.settings.element
    for name in ("w:removeDateAndTime", "w:removePersonalInformation"):
        settings.insert(1, OxmlElement(name))
