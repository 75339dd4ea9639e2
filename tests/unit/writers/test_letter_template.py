"""The letter in a template of the force's own: what each placeholder prints, what stays, and what is refused."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.shared import Mm

from clearcount.errors import TemplateError
from clearcount.model.release import Release
from clearcount.model.statement import ControlledLine, ControlledStatement
from clearcount.model.table import _CONTROL, Count
from clearcount.workflow.verifying import verify
from clearcount.writers import scan, write_bundle
from clearcount.writers.blocks import DRAFT
from clearcount.writers.letter import PARTS, WORDS, check_template, letter, starter
from clearcount.writers.printed_release import printed_release
from clearcount.writers.scan import scan_file

from .letters import (
    changed,
    in_part,
    paragraph_with,
    plain_template,
    png,
    repacked,
    saved,
    split_into_runs,
    text_of,
    with_logo,
    with_part,
)

SPEC_WORDS = {
    "reference": "01/FOI/25/000123/X",
    "title": "Image offences that mention AI",
    "force": "Exampleshire Police",
    "department": "Performance analysis",
    "received": "22 July 2025",
    "answered": "19 August 2025",
    "period": "January 2023 to June 2025",
    "records_as_at": "1 August 2025",
    "replaces": "01/FOI/25/000123/X, version of 2025-08-01",
    "heading": "Mentions, not read by a person",
    "licence": "Open Government Licence v3.0",
    "licence_url": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    "draft": "DRAFT, not for publication.",
}
SPEC_PARTS = {
    "facts": ["Reference: 01/FOI/25/000123/X", "Request received: 22 July 2025", "Version date: 19 August 2025"],
    "draft_notice": [f"{DRAFT} These doubts about the request are open:", "088/09 was not asked for"],
    "asked": ["You asked how many offences mention the terms."],
    "summary": ["Question 1: Under section 66B of the Sexual Offences Act 2003",
                "Question 1: 45 offences mention the terms.",
                "Question 2: No offence of this kind was in force."],
    "figures": ["Table 1: Offences whose records mention the terms"],
    "not_counted": ["Offences cancelled or transferred: 12"],
    "data_source": ["Crime record system, records as they stood on 1 August 2025."],
    "data_processing": ["Recorded offences of the codes below, by the month in which they were recorded."],
    "request": ["The number of offences, please, by month.", "1. Sharing intimate images."],
    "answers": ["Offence codes and the questions that they answer",
                "Question 1: One code answers this question and question 3; it is counted once."],
    "method": ["The terms are matched as whole words in three text fields."],
    "quality": ["Nobody read the hits. The records were extracted on 1 August 2025. They can change later."],
    "small_numbers": ["Nothing is hidden. Reason: asked for."],
    "notes": ["A month is the month of recording."],
    "repeat": ["Offence code list: 2026-04.1", "release.json: how to repeat the answer, and the hash of every file"],
    "rights": ["Where to complain: https://ico.org.uk/make-a-complaint/foi-and-eir-complaints/",
               "Email: foi@example.police.uk"],
    "tables": ["Table 2: All recorded offences in scope", "What was counted and what could not be"],
}  # fmt: skip
"""What each placeholder prints for the source table: the whole of a word, and paragraphs of a part in their order."""


ACCOUNT = ControlledStatement(
    "account",
    "What was counted and what could not be",
    (
        ControlledLine("offences", "Offences under the codes of the request", 0, Count(57)),
        ControlledLine("offences: counted", "counted: in scope", 1, Count(45)),
        ControlledLine("offences: cancelled", "cancelled or transferred", 1, Count(12)),
        ControlledLine("offences: undated", "without a recorded date", 1, Count(0)),
    ),
    _CONTROL,
)
"""An account as disclosure control lets it out."""


@pytest.fixture
def release(source_release: Release, releasing: Callable[..., Release]) -> Release:
    """The source table as a draft that replaces an earlier answer, so that every placeholder has something to say."""
    return replace(
        source_release,
        supersedes="01/FOI/25/000123/X, version of 2025-08-01",
        draft_because=("088/09 was not asked for",),
        quality=(("Nobody read the hits.",),),
        statements=(ACCOUNT,),
    )


def in_template(release: Release, template: bytes) -> Release:
    """The release with the force's own letter template, as a count makes it."""
    made = replace(release.provenance, digests={"letter_template": hashlib.sha256(template).hexdigest()})
    return replace(release, letter_template=template, provenance=made)


def filled(release: Release, template: bytes) -> bytes:
    return letter(printed_release(replace(release, letter_template=template)))


def test_the_spec_names_every_placeholder() -> None:
    assert set(SPEC_WORDS) == set(WORDS) and set(SPEC_PARTS) == set(PARTS)


@pytest.mark.parametrize("name", SPEC_WORDS)
def test_a_word_is_printed_in_its_line_as_often_as_it_stands(release: Release, name: str) -> None:
    def ask(document: Document) -> None:
        document.paragraphs[0].insert_paragraph_before(f"Before {{{{ {name} }}}} between {{{{{name}}}}} after")

    said = SPEC_WORDS[name]
    assert text_of(filled(release, changed(ask)))[0] == f"Before {said} between {said} after"


@pytest.mark.parametrize("name", SPEC_PARTS)
def test_a_part_takes_the_place_of_its_paragraph(release: Release, name: str) -> None:
    def ask(document: Document) -> None:
        place = paragraph_with(document, f"{{{{ {name} }}}}")
        place.insert_paragraph_before("START OF PART")
        place._p.addnext(place.insert_paragraph_before("END OF PART")._p)

    lines = text_of(filled(release, changed(ask)))
    part = lines[lines.index("START OF PART") + 1 : lines.index("END OF PART")]
    places = [part.index(line) for line in SPEC_PARTS[name]]
    assert places == sorted(places)


def test_a_plain_letterhead_without_any_style_is_enough(release: Release, tmp_path: Path) -> None:
    """Lists, headings, quotations and table cells get styles of their own where the letterhead has none."""
    content = filled(release, plain_template())

    lines = text_of(content)
    for wanted in (line for name, part in SPEC_PARTS.items() if PARTS[name].required for line in part):
        assert wanted in lines
    document = docx.Document(io.BytesIO(content))
    bullet = paragraph_with(document, "Question 1: One code answers")
    assert bullet.style.name == "List Bullet" and bullet.style.element.xpath("./w:pPr/w:numPr/w:numId")
    assert paragraph_with(document, "Mentions, not read by a person").style.name == "Heading 2"


@pytest.mark.parametrize(
    "pieces",
    [
        ["Ref {{ ref", "erence }}."],
        ["Ref {", "{ reference }", "}."],
        ["Ref ", "{{", " ", "reference", " ", "}}", "."],
        ["Ref {{\u00a0reference\u00a0}}."],
    ],
    ids=["inside the name", "inside the braces", "every word", "no-break spaces"],
)
def test_a_placeholder_that_word_cut_into_runs_is_one(release: Release, pieces: list[str]) -> None:
    def cut(document: Document) -> None:
        split_into_runs(document.paragraphs[0].insert_paragraph_before(), pieces)

    assert text_of(filled(release, changed(cut)))[0] == "Ref 01/FOI/25/000123/X."


def test_a_value_has_the_look_of_the_run_in_which_it_opens(release: Release) -> None:
    def cut(document: Document) -> None:
        paragraph = document.paragraphs[0].insert_paragraph_before()
        split_into_runs(paragraph, ["plain ", "{{ ref", "erence }}", " plain"])
        paragraph.runs[1].bold = True

    runs = docx.Document(io.BytesIO(filled(release, changed(cut)))).paragraphs[0].runs
    assert [(run.text, run.bold) for run in runs] == [
        ("plain ", None), ("01/FOI/25/000123/X", True), (" plain", None),
    ]  # fmt: skip


def test_cells_headers_and_footers_are_filled(release: Release) -> None:
    def ask(document: Document) -> None:
        table = document.add_table(1, 2)
        table.cell(0, 0).text = "Your reference"
        table.cell(0, 1).text = "{{ reference }}"
        table.cell(0, 1).add_paragraph("{{ rights }}")
        document.paragraphs[0]._p.addprevious(table._tbl)
        paragraph_with(document, "Your rights")._p.getnext().getparent().remove(
            paragraph_with(document, "Your rights")._p.getnext()
        )
        document.sections[0].footer.add_paragraph("{{ answered }}")

    document = docx.Document(io.BytesIO(filled(release, changed(ask))))
    cell = document.tables[0].cell(0, 1).text
    assert cell.startswith("01/FOI/25/000123/X\nIf you are not content") and "{{" not in cell
    assert [p.text for p in document.sections[0].header.paragraphs] == [
        DRAFT, "Exampleshire Police   01/FOI/25/000123/X",
    ]  # fmt: skip
    assert document.sections[0].footer.paragraphs[-1].text == "19 August 2025"


def test_the_forces_letterhead_stays(source_release: Release, tmp_path: Path) -> None:
    """Header, footer, logo, A4 landscape, font and the language Welsh are the template's; the file is its own again."""

    def welsh(document: Document) -> None:
        for section in document.sections:
            section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
        document.sections[0].header.paragraphs[-1].text = "Heddlu Enghraifft {{ reference }}"
        document.sections[0].footer.paragraphs[0].text = "Rhodfa'r Orsaf"
        document.styles["Normal"].font.name = "Georgia"
        for language in document.styles.element.iter(qn("w:lang")):
            language.set(qn("w:val"), "cy-GB")
        paragraph_with(document, "Your rights").text = "Eich hawliau"

    made = in_template(source_release, changed(welsh))
    write_bundle(made, tmp_path / "out")
    document = docx.Document(str(tmp_path / "out" / "response.docx"))

    assert {section.orientation for section in document.sections} == {WD_ORIENT.LANDSCAPE}
    assert [p.text for p in document.sections[0].header.paragraphs] == ["Heddlu Enghraifft 01/FOI/25/000123/X"]
    assert document.sections[0].footer.paragraphs[0].text == "Rhodfa'r Orsaf"
    assert document.styles["Normal"].font.name == "Georgia"
    assert document.core_properties.language == "cy-GB"
    assert "Eich hawliau" in [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    # The answer's own words are English, and a screen reader is told so.
    assert paragraph_with(document, "internal review").runs[0]._r.xpath("./w:rPr/w:lang/@w:val") == ["en-GB"]
    assert not paragraph_with(document, "Eich hawliau").runs[0]._r.xpath("./w:rPr/w:lang")
    assert verify(tmp_path / "out").ok, verify(tmp_path / "out").as_dict()


@pytest.mark.parametrize("template", [starter, plain_template, lambda: with_logo(png())], ids=["own", "plain", "logo"])
def test_the_bundle_is_whole_and_its_bytes_repeat(
    release: Release, tmp_path: Path, template: Callable[[], bytes]
) -> None:
    made = in_template(release, template())
    write_bundle(made, tmp_path / "a")
    write_bundle(made, tmp_path / "b")

    assert (tmp_path / "a" / "response.docx").read_bytes() == (tmp_path / "b" / "response.docx").read_bytes()
    assert scan(tmp_path / "a") == ()
    assert verify(tmp_path / "a").ok, verify(tmp_path / "a").as_dict()


def test_properties_and_dates_are_those_of_the_request(release: Release) -> None:
    content = filled(release, plain_template())
    core = docx.Document(io.BytesIO(content)).core_properties

    assert (core.title, core.subject) == ("Image offences that mention AI", "01/FOI/25/000123/X")
    assert core.author == core.last_modified_by == "Exampleshire Police"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        text = b"".join(archive.read(info) for info in archive.infolist())
    assert set(re.findall(rb"20\d\d-\d\d-\d\dT", text)) == {b"2025-08-19T"}


def test_what_is_put_in_is_never_looked_through(source_release: Release) -> None:
    made = replace(source_release, title="About {{ rights }} and {{ nothing }}", request_text="{{ tables }}")
    lines = text_of(letter(printed_release(made)))

    assert "About {{ rights }} and {{ nothing }}" in lines and "{{ tables }}" in lines


def test_an_empty_part_takes_its_heading_along(source_release: Release) -> None:
    headings = [
        p.text
        for p in docx.Document(io.BytesIO(letter(printed_release(source_release)))).paragraphs
        if p.style.name == "Heading 1"
    ]
    assert not source_release.quality and "Quality" not in headings and "Small numbers" in headings


def test_breaks_of_the_page_and_of_the_section_stay(source_release: Release) -> None:
    def breaks(document: Document) -> None:
        paragraph_with(document, "{{ rights }}").paragraph_format.page_break_before = True

    before, after = (
        docx.Document(io.BytesIO(changed(breaks))),
        docx.Document(io.BytesIO(filled(source_release, changed(breaks)))),
    )
    assert len(after.sections) == len(before.sections) == 2
    broken = [p for p in after.paragraphs if p.paragraph_format.page_break_before]
    assert len(broken) == 1
    assert broken[0]._p.getnext().xpath("string(.)").startswith("If you are not content with this answer")


def test_a_draft_says_so_on_every_page_whatever_the_template_asks_for(release: Release) -> None:
    def no_word_of_it(document: Document) -> None:
        section = document.sections[0]
        section.header.paragraphs[0].text = "Exampleshire"
        section.different_first_page_header_footer = True
        document.settings.odd_and_even_pages_header_footer = True

    section = docx.Document(io.BytesIO(filled(release, changed(no_word_of_it)))).sections[0]
    for header in (section.header, section.first_page_header, section.even_page_header):
        assert header.paragraphs[0].text == DRAFT


def test_a_table_is_cut_to_the_page_on_which_it_stands(source_release: Release) -> None:
    def portrait(document: Document) -> None:
        section = document.sections[-1]
        section.orientation, section.page_width, section.page_height = WD_ORIENT.PORTRAIT, Mm(210), Mm(297)

    content = filled(source_release, changed(portrait))
    for table in docx.Document(io.BytesIO(content)).tables:
        across = sum(int(column.get(qn("w:w"))) for column in table._tbl.tblGrid.iter(qn("w:gridCol")))
        assert across / 1440 * 25.4 < 210 - 2 * 18 + 1


def test_page_numbers_wrapped_by_word_in_a_content_control_are_kept(source_release: Release) -> None:
    def gallery(members: dict[str, bytes]) -> None:
        footer = members["word/footer1.xml"]
        start, end = footer.index(b"<w:p>"), footer.rindex(b"</w:p>") + len(b"</w:p>")
        wrapped = (
            b'<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Page Numbers (Bottom of Page)"/></w:docPartObj>'
            b"</w:sdtPr><w:sdtContent>" + footer[start:end] + b"</w:sdtContent></w:sdt>"
        )
        members["word/footer1.xml"] = footer[:start] + wrapped + footer[end:]

    content = filled(source_release, repacked(starter(), gallery))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        footer = archive.read("word/footer1.xml")
    assert b"w:sdt" not in footer and b"NUMPAGES" in footer


def _say(text: str, *, where: str = "Your rights") -> bytes:
    return changed(lambda document: paragraph_with(document, where).insert_paragraph_before(text) and None)


def _without(name: str, *words: str) -> bytes:
    def take(document: Document) -> None:
        for text in (f"{{{{ {name} }}}}", *words):
            paragraph = paragraph_with(document, text)._p
            paragraph.getparent().remove(paragraph)

    return changed(take)


def _in_header(text: str) -> bytes:
    return changed(lambda document: document.sections[0].header.add_paragraph(text) and None)


def _in_cell(name: str) -> bytes:
    def move(document: Document) -> None:
        place = paragraph_with(document, f"{{{{ {name} }}}}")
        table = document.add_table(1, 1)
        table.cell(0, 0).text = place.text
        place._p.addprevious(table._tbl)
        place._p.getparent().remove(place._p)

    return changed(move)


def _narrow(document: Document) -> None:
    document.sections[-1].left_margin = document.sections[-1].right_margin = Mm(110)


def _named(document: Document) -> None:
    document.core_properties.last_modified_by = "A. Person"


def _keywords(document: Document) -> None:
    document.core_properties.keywords = "draft 3"


def _called_like_an_answer(document: Document) -> None:
    table = document.add_table(1, 1)
    caption = table._tbl.tblPr.makeelement(qn("w:tblCaption"))
    caption.set(qn("w:val"), "Table 1: Offences")
    table._tbl.tblPr.append(caption)


def _hiding_style(document: Document) -> None:
    hidden = document.styles.add_style("Note to self", WD_STYLE_TYPE.PARAGRAPH)
    hidden.font.hidden = True
    below = document.styles.add_style("Another", WD_STYLE_TYPE.PARAGRAPH)
    below.base_style = hidden
    document.add_paragraph("old", style="Another")


def _body_picture(document: Document) -> None:
    document.add_picture(io.BytesIO(png()))


BODY = "<w:body>"
RUN = "<w:body><w:p><w:r>{}</w:r></w:p>"
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "not a package": (lambda: b"Dear requester", "is not a whole Word document"),
    "old or protected": (lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600, "without a password"),
    "another package": (lambda: repacked(starter(), lambda m: m.pop("[Content_Types].xml")),
                        "is not a whole Word document"),
    "a workbook": (lambda: in_part("[Content_Types].xml", "wordprocessingml.document.main", "spreadsheetml.sheet.main"),
                   "is not a whole Word document"),
    "a .dotx": (lambda: in_part("[Content_Types].xml", "wordprocessingml.document.main+",
                                "wordprocessingml.template.main+"),
                ".dotx and .odt are none either"),
    "a .docm": (lambda: in_part("[Content_Types].xml",
                                "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
                                "application/vnd.ms-word.document.macroEnabled.main+xml"), "holds macros; save it as"),
    "macros": (lambda: with_part("word/vbaProject.bin"), "macro or control (part word/vbaProject.bin)"),
    "damaged": (lambda: in_part("word/document.xml", "</w:body>", "<w:bad></w:body>"), "is not a whole Word document"),
    "entity": (lambda: in_part("word/document.xml", "<w:document", '<!DOCTYPE a [<!ENTITY b "c">]><w:document'),
               "is not a whole Word document"),
    "unknown placeholder": (lambda: _say("{{ refrence }}"),
                            "document.xml: {{ refrence }} is no placeholder; did you mean {{ reference }}?"),
    "nothing like a placeholder": (lambda: _say("{{ 7*7 }}"), "{{ 7*7 }} is no placeholder; use one of reference,"),
    "unknown in the header": (lambda: _in_header("{{ ref }}"), "header1.xml: {{ ref }} is no placeholder"),
    "braces left open": (lambda: _say("Ref {{ reference }"), "document.xml: {{ belongs to no placeholder"),
    "braces never opened": (lambda: _say("reference }}"), "}} belongs to no placeholder"),
    "a statement": (lambda: _say("{% if draft %}"), "{% belongs to no placeholder"),
    "a line break in a name": (lambda: _say("{{ refer\nence }}"), "is no placeholder"),
    "a part beside words": (lambda: _say("See {{ notes }}"), "{{ notes }} stands beside other words"),
    "a part twice": (lambda: _say("{{ rights }}"), "{{ rights }} stands 2 times; a part stands once"),
    "a part in the header": (lambda: _in_header("{{ notes }}"), "header1.xml: {{ notes }} stands in the head or foot"),
    "tables in a cell": (lambda: _in_cell("tables"), "{{ tables }} stands in a table"),
    "no width for tables": (lambda: changed(_narrow), "mm of text; its tables need 84 mm"),
    "no rights": (lambda: _without("rights"), "{{ rights }} is missing (internal review"),
    "no answers": (lambda: _without("answers"), "{{ answers }} is missing"),
    "no tables": (lambda: _without("tables"), "{{ tables }} is missing"),
    "no method": (lambda: _without("method"), "{{ method }} is missing"),
    "no dates": (lambda: _without("facts", "which reached us on"),
                 "{{ received }} is missing (the day on which the request arrived)"),
    "a table called like one of the answer": (lambda: changed(_called_like_an_answer), "text Table and a number"),
    "a person in the properties": (lambda: changed(_named), "the document property lastModifiedBy names somebody"),
    "keywords": (lambda: changed(_keywords), "document property keywords (part docProps/core.xml); take it out"),
    "a manager": (lambda: with_part("docProps/app.xml", b"<Properties><Manager>A. Person</Manager></Properties>"),
                  "the document property Manager names somebody"),
    "custom XML": (lambda: with_part("customXml/item1.xml"), "custom properties or data"),
    "comments": (lambda: with_part("word/comments.xml"), "delete every comment"),
    "a tracked change": (lambda: in_part("word/document.xml", BODY, f"{BODY}<w:p><w:ins><w:r/></w:ins></w:p>"),
                         "tracked change (part word/document.xml); accept or reject"),
    "hidden text": (lambda: in_part("word/document.xml", BODY,
                                    RUN.format("<w:rPr><w:vanish/></w:rPr><w:t>old</w:t>")), "hidden text (part"),
    "text hidden by a style": (lambda: changed(_hiding_style), "hidden text (part word/document.xml); show it"),
    "a shape": (lambda: in_part("word/header1.xml", "<w:p>", "<w:p><w:r><w:pict/></w:r></w:p><w:p>"),
                "picture or drawing (part word/header1.xml)"),
    "a drawing without a picture": (lambda: in_part("word/header1.xml", "<w:p>",
                                                    "<w:p><w:r><w:drawing/></w:r></w:p><w:p>"),
                                    "is not one picture that lies in the file"),
    "white text": (lambda: in_part("word/document.xml", BODY, RUN.format(
        '<w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t>old</w:t>')), "white text"),
    "an embedded object": (lambda: with_part("word/embeddings/book.xlsx"), "embedded object"),
    "an attached template": (lambda: in_part("word/settings.xml", "</w:settings>",
                                             "<w:attachedTemplate/></w:settings>"), "attach Normal"),
    "a link to a picture elsewhere": (lambda: in_part(
        "word/_rels/document.xml.rels", "</Relationships>",
        '<Relationship Id="x1" TargetMode="External" Target="file:///c:/logo.png" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"/></Relationships>'),
        "link to data elsewhere"),
    "a date field": (lambda: in_part("word/document.xml", BODY, RUN.format("<w:instrText>DATE</w:instrText>")),
                     "field code (part word/document.xml); write the words themselves"),
    "a text box": (lambda: in_part("word/document.xml", BODY, RUN.format("<w:txbxContent/>")), "text box"),
    "invisible characters": (lambda: _say("a\u2063b"), "invisible character U+2063"),
    "a placeholder in a footnote": (lambda: in_part(
        "word/numbering.xml", "</w:numbering>", "<w:x>{{ reference }}</w:x></w:numbering>"),
        "stands where none is filled"),
    "a picture in the body": (lambda: changed(_body_picture), "put the logo into the header"),
    "a logo with metadata": (lambda: with_logo(png(more=b"Author\0A. Person")), "carries data beside its pixels"),
    "a logo with data behind it": (lambda: with_logo(png() + b"more"), "carries data behind its end"),
    "a logo too small to see": (lambda: with_logo(png(), millimetres=0.5), "too small to see"),
    "a logo without alternative text": (lambda: with_logo(png(), alt=""), "has no alternative text"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_template_that_cannot_be_filled_is_refused_with_what_where_and_what_to_do(case: str) -> None:
    made, sentence = REFUSED[case]
    with pytest.raises(TemplateError) as refused:
        check_template(made(), "letter.docx")

    told = str(refused.value)
    assert sentence in told
    assert all(line.startswith("letter.docx: ") and ";" in line for line in told.splitlines()), told
    assert "A. Person" not in told


def test_every_fault_is_told_at_once() -> None:
    def spoil(document: Document) -> None:
        _named(document)
        document.add_paragraph("{{ one }}")
        document.add_paragraph("{{ two }}")

    with pytest.raises(TemplateError) as refused:
        check_template(changed(spoil), "letter.docx")
    told = str(refused.value)
    assert "lastModifiedBy" in told and "{{ one }} is no placeholder" in told and "{{ two }}" in told


def test_a_template_is_refused_when_the_letter_is_made_too(source_release: Release) -> None:
    with pytest.raises(TemplateError, match="is no placeholder"):
        filled(source_release, _say("{{ nothing_like_it }}"))


def _leak_body_picture(content: bytes) -> bytes:
    document = docx.Document(io.BytesIO(content))
    _body_picture(document)
    return saved(document)


def _leak_crop(content: bytes) -> bytes:
    def crop(members: dict[str, bytes]) -> None:
        (name,) = [name for name in members if b"<a:blip " in members[name]]
        members[name] = re.sub(rb"(<a:blip [^>]*/>)", rb'\1<a:srcRect r="90000"/>', members[name])

    return repacked(content, crop)


def _leak_metadata(content: bytes) -> bytes:
    def add(members: dict[str, bytes]) -> None:
        (name,) = [name for name in members if name.startswith("word/media/")]
        members[name] = png(more=b"Comment\0leftover")

    return repacked(content, add)


def _leak_field(content: bytes) -> bytes:
    def add(members: dict[str, bytes]) -> None:
        members["word/footer1.xml"] = members["word/footer1.xml"].replace(b'"PAGE"', b'"QUOTE leftover"')

    return repacked(content, add)


def _leak_second_picture(content: bytes) -> bytes:
    return repacked(content, lambda members: members.update({"word/media/image9.png": png()}))


@pytest.mark.parametrize(
    ("leak", "kind"),
    [
        (_leak_body_picture, "picture"),
        (_leak_crop, "picture"),
        (_leak_metadata, "picture"),
        (_leak_second_picture, "picture (part word/media/image9.png)"),
        (_leak_field, "field code"),
    ],
)
def test_a_leak_beside_the_forces_logo_and_page_numbers_is_found(
    source_release: Release, tmp_path: Path, leak: Callable[[bytes], bytes], kind: str
) -> None:
    clean = filled(source_release, with_logo(png()))
    path = tmp_path / "response.docx"
    path.write_bytes(clean)
    assert scan_file(path) == ()
    path.write_bytes(leak(clean))
    assert any(kind in str(finding) for finding in scan_file(path))


def test_the_packaged_template_is_the_same_file_every_time_and_keeps_names_out() -> None:
    first = starter()
    starter.cache_clear()
    assert starter() == first
    check_template(first, "letter.docx")
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert b"removePersonalInformation" in archive.read("word/settings.xml")


def test_the_packaged_letter_can_be_read_aloud(bundle: Any) -> None:
    """Language, title, heading levels in order, a heading row that repeats and an alternative text for each table."""
    document = docx.Document(str(bundle.folder / "response.docx"))

    assert document.core_properties.title == bundle.release.title
    assert document.styles["Normal"].element.xpath("./w:rPr/w:lang/@w:val") == ["en-GB"]
    levels = [
        0 if p.style.name == "Title" else int(p.style.name[-1])
        for p in document.paragraphs
        if p.style.name == "Title" or p.style.name.startswith("Heading")
    ]
    assert levels[0] == 0 and levels.count(0) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    for table in document.tables:
        first, *others = table._tbl.tr_lst
        assert first.xpath("./w:trPr/w:tblHeader") and not [row for row in others if row.xpath("./w:trPr/w:tblHeader")]
        assert table._tbl.tblPr.xpath("string(./w:tblDescription/@w:val)")
