"""Fills a template: its words in their places, its parts where their paragraphs stood."""

from __future__ import annotations

import io
from collections.abc import Sequence
from copy import deepcopy
from datetime import datetime

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from clearcount.writers.blocks import DRAFT, Block
from clearcount.writers.letter.draw import Look, drawn
from clearcount.writers.letter.parts import PARTS, words_of
from clearcount.writers.letter.placeholders import Element, fill_words, first_run, names_in, paragraphs, text_of
from clearcount.writers.letter.starter import starter
from clearcount.writers.letter.styles import ENGLISH, add_missing_styles, language_of, name_language, text_width
from clearcount.writers.letter.template import open_template, stories
from clearcount.writers.printed_release import PrintedRelease
from clearcount.writers.zips import repacked


def letter(release: PrintedRelease) -> bytes:
    """Return the letter in the force's template, or the packaged one; the same template and release give the same
    bytes.

    Raises:
        TemplateError: when the template cannot be filled.
    """
    document = open_template(release.letter_template or starter(), "the letter template")
    language = language_of(document) or ENGLISH
    name_language(document, language)
    look = Look(add_missing_styles(document), 0, language="" if language.startswith("en") else ENGLISH)
    if release.draft_because:
        _say_draft_on_every_page(document)
    words = words_of(release)
    # What is put in is never looked through: a request may itself hold double braces.
    found = [(p, names) for story in stories(document) for p in list(paragraphs(story.root)) if (names := names_in(p))]
    held = frozenset(names[0] for _, names in found if names[0] in PARTS)
    for paragraph, names in found:
        if names[0] in PARTS:
            _put_part(paragraph, PARTS[names[0]].blocks(release, held), look)
        else:
            fill_words(paragraph, words)
            if not text_of(paragraph).strip() and not list(paragraph.iter(qn("w:drawing"))):
                _drop(paragraph)
    _properties(document, release, language)
    out = io.BytesIO()
    document.save(out)
    return repacked(out.getvalue())


def _put_part(paragraph: Element, blocks: Sequence[Block], look: Look) -> None:
    """Puts a part in the place of its paragraph, whose page and section breaks stay before and behind it."""
    if not blocks:
        _drop_heading_of(paragraph)
    properties = _look_of(paragraph)
    run = first_run(paragraph).find(qn("w:rPr"))
    width = text_width(paragraph)
    here = Look(look.styles, width, properties, deepcopy(run) if run is not None else None, look.language)
    if _breaks_before(paragraph):
        before = OxmlElement("w:p")
        before.append(deepcopy(_break_properties()))
        paragraph.addprevious(before)
    for element in drawn(blocks, here):
        paragraph.addprevious(element)
    _drop(paragraph)


def _look_of(paragraph: Element) -> Element | None:
    """A copy of the paragraph's properties without its breaks."""
    if paragraph.pPr is None:
        return None
    properties = deepcopy(paragraph.pPr)
    for name in ("w:sectPr", "w:pageBreakBefore"):
        for each in properties.findall(qn(name)):
            properties.remove(each)
    return properties


def _breaks_before(paragraph: Element) -> bool:
    breaks = paragraph.xpath("./w:pPr/w:pageBreakBefore | .//w:br[@w:type='page']")
    return any(each.get(qn("w:val")) not in ("0", "false", "off") for each in breaks)


def _break_properties() -> Element:
    properties = OxmlElement("w:pPr")
    properties.append(OxmlElement("w:pageBreakBefore"))
    return properties


def _drop(paragraph: Element) -> None:
    """Takes a paragraph away, or only its words where something needs it: a section, a cell, a gap between tables."""
    before, after = paragraph.getprevious(), paragraph.getnext()
    beside_words = any(each is not None and each.tag == qn("w:p") for each in (before, after))
    ends_a_cell = after is None and (before is None or before.tag != qn("w:p"))
    alone = paragraph.getparent().tag != qn("w:body") and (ends_a_cell or not beside_words)
    between_tables = all(each is not None and each.tag == qn("w:tbl") for each in (before, after))
    if paragraph.xpath("./w:pPr/w:sectPr") or alone or between_tables:
        for run in paragraph.findall(qn("w:r")):
            paragraph.remove(run)
    else:
        paragraph.getparent().remove(paragraph)


def _drop_heading_of(paragraph: Element) -> None:
    """Takes away the heading directly before a part that is empty, when nothing else stands under it."""
    before, after = paragraph.getprevious(), paragraph.getnext()
    under_nothing = after is None or after.tag == qn("w:sectPr") or _is_heading(after)
    if before is not None and _is_heading(before) and under_nothing and not paragraph.xpath("./w:pPr/w:sectPr"):
        before.getparent().remove(before)


def _is_heading(element: Element) -> bool:
    if element.tag != qn("w:p"):
        return False
    used = element.xpath("string(./w:pPr/w:pStyle/@w:val)")
    return bool(used) and str(used).lower().replace(" ", "").startswith(("heading", "title"))


def _say_draft_on_every_page(document: Document) -> None:
    """A line in each header that a page can have, unless the placeholder for it stands there."""
    even = document.settings.odd_and_even_pages_header_footer
    sections = list(document.sections)
    for kind in ("header", "first_page_header", "even_page_header"):
        own = False
        for section in sections:
            shown = {
                "header": True,
                "first_page_header": section.different_first_page_header_footer,
                "even_page_header": even,
            }[kind]
            header = getattr(section, kind)
            if header.is_linked_to_previous:
                if own or not shown:
                    continue
                header.is_linked_to_previous = False
            own = True
            if not any("draft" in names_in(p) for p in paragraphs(header._element)):
                said = OxmlElement("w:p")
                run = said.add_r()
                run.get_or_add_rPr().get_or_add_b()
                run.add_t(DRAFT)
                header._element.insert(0, said)


def _properties(document: Document, release: PrintedRelease, language: str) -> None:
    """The properties come from the release, their clock from the version date."""
    day = release.version_date
    moment = datetime(day.year, day.month, day.day)  # noqa: DTZ001  a date that stands for itself
    core = document.core_properties
    core.title, core.subject = release.title[:255], release.reference[:255]
    core.author = core.last_modified_by = release.force.name[:255]
    core.created = core.modified = moment
    core.comments = core.keywords = core.category = ""
    core.language, core.revision = language, 1
