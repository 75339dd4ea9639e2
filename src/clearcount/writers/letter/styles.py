"""The styles, language and page of a template: what the answer's paragraphs need is added where it is missing."""

from __future__ import annotations

from collections.abc import Mapping

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.parts.numbering import NumberingPart
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle

from clearcount.writers.letter.draw import CELL_STYLES
from clearcount.writers.letter.placeholders import Element

ENGLISH = "en-GB"
_BULLET = (
    '<w:abstractNum {space} w:abstractNumId="{number}"><w:multiLevelType w:val="singleLevel"/>'
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/><w:lvlJc w:val="left"/>'
    '<w:pPr><w:ind w:left="360" w:hanging="360"/></w:pPr></w:lvl></w:abstractNum>'
)
_PAGE = (12240, 1440, 1440)
"""Width and side margins that a page has where its section names none, in twips (ECMA-376 part 1, 17.6.13)."""


def language_of(document: Document) -> str:
    """Return the language that a template's words are in, as its default style says, or empty."""
    styles = document.styles.element
    found = [
        *styles.findall(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}/{qn('w:lang')}"),
        *styles.xpath("./w:style[@w:default='1'][@w:type='paragraph']/w:rPr/w:lang"),
    ]
    return next((str(value) for each in reversed(found) if (value := each.get(qn("w:val")))), "")


def name_language(document: Document, language: str) -> None:
    """Write the language into the default paragraph style."""
    for style in document.styles.element.xpath("./w:style[@w:default='1'][@w:type='paragraph']"):
        properties = style.get_or_add_rPr()
        for old in properties.findall(qn("w:lang")):
            properties.remove(old)
        named = OxmlElement("w:lang")
        named.set(qn("w:val"), language)
        properties.append(named)


def add_missing_styles(document: Document) -> Mapping[str, str]:
    """Return the identifiers of the styles that an answer's paragraphs use, by name; those a template lacks are
    added.
    """
    have = {style.name for style in document.styles}
    for name in ("Heading 2", "Quote", "List Bullet", *CELL_STYLES.values()):
        if name not in have:
            _add(document, name)
    bullet = document.styles["List Bullet"].element
    if not bullet.xpath("./w:pPr/w:numPr"):
        bullet.get_or_add_pPr().get_or_add_numPr().get_or_add_numId().set(qn("w:val"), str(_bullet(document)))
    return {style.name: style.style_id for style in document.styles if style.type == WD_STYLE_TYPE.PARAGRAPH}


def _add(document: Document, name: str) -> None:
    style: ParagraphStyle = document.styles.add_style(
        name, WD_STYLE_TYPE.PARAGRAPH, builtin=name not in CELL_STYLES.values()
    )
    style.base_style = document.styles.default(WD_STYLE_TYPE.PARAGRAPH)
    if name == "Heading 2":
        style.font.bold = True
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(10), Pt(4)
        style.paragraph_format.keep_with_next = True
        level = OxmlElement("w:outlineLvl")
        level.set(qn("w:val"), "1")
        style.element.get_or_add_pPr().append(level)
    elif name == "Quote":
        style.paragraph_format.left_indent = Mm(8)
    else:
        for (heavy, number), cell in CELL_STYLES.items():
            if cell == name:
                style.font.size, style.font.bold = Pt(8), heavy
                style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0.5)
                style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT if number else WD_ALIGN_PARAGRAPH.LEFT


def _bullet(document: Document) -> int:
    """The number of a list of bullets that is added to the template."""
    part = document.part
    numbering: Element
    try:
        numbering = part.part_related_by(RELATIONSHIP_TYPE.NUMBERING)
    except KeyError:
        element = parse_xml(f"<w:numbering {nsdecls('w')}/>")
        numbering = NumberingPart(PackURI("/word/numbering.xml"), CONTENT_TYPE.WML_NUMBERING, element, part.package)
        part.relate_to(numbering, RELATIONSHIP_TYPE.NUMBERING)
    root = numbering.element
    taken = [int(each.get(qn("w:abstractNumId"))) for each in root.findall(qn("w:abstractNum"))]
    number = max(taken, default=-1) + 1
    abstract = parse_xml(_BULLET.format(space=nsdecls("w"), number=number))
    first = root.find(qn("w:num"))
    if first is None:
        root.append(abstract)
    else:
        first.addprevious(abstract)
    return int(root.add_num(number).numId)


def text_width(paragraph: Element) -> float:
    """Return millimetres of text across on the page where a paragraph of the body stands."""
    body = paragraph
    while body.getparent().tag != qn("w:body"):
        body = body.getparent()
    section = next(
        (
            found
            for following in (body, *body.itersiblings())
            for found in ([following] if following.tag == qn("w:sectPr") else following.iter(qn("w:sectPr")))
        ),
        None,
    )
    width, left, right = _PAGE
    columns = 1
    if section is not None:
        size, margins, cols = (section.find(qn(name)) for name in ("w:pgSz", "w:pgMar", "w:cols"))
        width = _twips(size, "w:w", width)
        left, right = _twips(margins, "w:left", left), _twips(margins, "w:right", right)
        left += _twips(margins, "w:gutter", 0)
        columns = max(_twips(cols, "w:num", 1), 1)
    return (width - left - right) / columns / 1440 * 25.4


def _twips(element: Element, name: str, otherwise: int) -> int:
    value = element.get(qn(name)) if element is not None else None
    return int(float(value)) if value is not None else otherwise
