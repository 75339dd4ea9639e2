"""Opens a letter template and refuses what cannot be filled, or not without carrying something hidden along.

Every fault is told at once: where it is (part of the file, placeholder) and what to do.
"""

from __future__ import annotations

import difflib
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from lxml.etree import LxmlError

from clearcount.errors import ForeignFileError, TemplateError
from clearcount.foreign import parse_xml
from clearcount.writers.letter.draw import NARROWEST
from clearcount.writers.letter.parts import ASKED_OF_EVERY_LETTER, PARTS, WORDS
from clearcount.writers.letter.placeholders import Element, alone, names_in, paragraphs, stray_braces, text_of
from clearcount.writers.letter.styles import text_width
from clearcount.writers.printed import plain
from clearcount.writers.scan import NOT_TO_BE_PARSED
from clearcount.writers.scan.office import scan_package
from clearcount.writers.scan.pictures import logos

_OLD_FILE = b"\xd0\xcf\x11\xe0"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_NOT_TAKEN = re.compile(r"docProps/(?:app\.xml|thumbnail)|stylesWithEffects|docMetadata/|printerSettings")
"""Parts left behind, never refused: a preview, the program's figures, old styles, labels, the printer's settings."""
_BAGGAGE = (
    "extended-properties", "thumbnail", "stylesWithEffects", "classificationlabels", "core-properties",
    "printerSettings",
)  # fmt: skip
_TOLD_OTHERWISE = re.compile(
    r"bytes .*|comment of the package|comment or extra field.*|content control|document property lastPrinted|picture"
)
"""Findings that do not reach the letter, because it is packed anew, or for which there is a better sentence below."""
_CLEAN = "in Word: File, Info, Inspect Document, Remove All, and save"
_MENDING = {
    "macro or control": "save it as .docx, without macros",
    "comments": "delete every comment (Review, Delete All Comments)",
    "comment": "delete every comment (Review, Delete All Comments)",
    "tracked change": "accept or reject every change (Review)",
    "tracked changes switched on": "switch Track Changes off (Review)",
    "embedded object": "take it out; a logo is a picture in the header or footer",
    "field code": "write the words themselves; only page numbers may be fields",
    "text box": "put its words into a paragraph or table of the header",
    "attached template": "in Word: Developer, Document Template, attach Normal",
    "link to data elsewhere": "break the link; pictures lie in the file, other links begin with https:",
    "mail merge and its data source": "end the mail merge (Mailings, Start Mail Merge, Normal Word Document)",
    "picture or drawing": "take it out; only pictures that are logos in the header or footer stay",
    "hidden text": "show it and take it out, or take Hidden off (Font)",
    "white text": "give the words a colour that is seen on paper",
}
_UNREADABLE = NOT_TO_BE_PARSED | {
    "part that is not XML", "part that cannot be read", "part that stands twice", "encrypted part",
}  # fmt: skip
_NOT_WORD = "is not a whole Word document in the format .docx (.dotx and .odt are none either); save it as .docx"
_PERSONS = ("creator", "lastModifiedBy", "Manager")
_CAPTION = re.compile(r"Table \d+: ")
_BROKEN = (KeyError, ValueError, AttributeError, IndexError, TypeError, LxmlError, zipfile.BadZipFile)


@dataclass(frozen=True)
class Story:
    """One part of a template in which words stand: `document.xml`, `header1.xml`."""

    name: str
    root: Element

    @property
    def is_body(self) -> bool:
        """Whether it is the letter's body and not the head or foot of its pages."""
        return self.name == "document.xml"


def check_template(content: bytes, name: str) -> None:
    """Raise TemplateError with every fault of the template in `content`; `name` is what the sentences call it."""
    open_template(content, name)


def open_template(content: bytes, name: str) -> Document:
    """Return the template as a document without what does not belong in a letter.

    Raises:
        TemplateError: with one line for each fault.
    """
    if (why := _no_document(content)) is not None:
        raise TemplateError(f"{name}: {why}")
    faults = list(_package_faults(content))
    try:
        document = docx.Document(io.BytesIO(content))
        _leave_behind(document)
        found = stories(document)
    except _BROKEN:
        raise TemplateError(f"{name}: {_NOT_WORD}") from None
    faults += [fault for story in found for fault in (*_text_faults(story), *_table_faults(story))]
    faults += _elsewhere(document, found)
    faults += _missing(found)
    if faults:
        raise TemplateError("\n".join(f"{name}: {fault}" for fault in dict.fromkeys(faults)))
    return document


def stories(document: Document) -> tuple[Story, ...]:
    """Return the body, and the headers and footers of its pages."""
    kinds = (RELATIONSHIP_TYPE.HEADER, RELATIONSHIP_TYPE.FOOTER)
    edges = {
        relation.target_part.partname.filename: relation.target_part.element
        for relation in document.part.rels.values()
        if relation.reltype in kinds
    }
    return (
        Story("document.xml", document.element.body),
        *(Story(name, root) for name, root in sorted(edges.items())),
    )


def _no_document(content: bytes) -> str | None:
    """Why the file is none that can be read at all, or None."""
    if content.startswith(_OLD_FILE):
        return "is protected by a password, or of a Word before 2007; save it as .docx without a password"
    if any(each.kind in _UNREADABLE for each in scan_package("letter.docx", content)):
        return _NOT_WORD
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        listed = "[Content_Types].xml" in archive.namelist()
        kinds = archive.read("[Content_Types].xml").decode("utf-8", "replace") if listed else ""
    if "macroEnabled" in kinds:
        return f"holds macros; {_MENDING['macro or control']}"
    return None if _MAIN in kinds else _NOT_WORD


def _package_faults(content: bytes) -> Iterator[str]:
    """What the file carries that no letter may carry on."""
    for each in scan_package("letter.docx", content):
        if not _NOT_TAKEN.search(each.where) and not _TOLD_OTHERWISE.fullmatch(each.kind):
            yield f"{each.kind} ({each.where}); {_MENDING.get(each.kind, f'take it out ({_CLEAN})')}"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        yield from _picture_faults(archive)
        yield from _person_faults(archive)


def _picture_faults(archive: zipfile.ZipFile) -> Iterator[str]:
    seen = logos(archive)
    for logo in seen:
        if logo.fault:
            yield (
                f"a picture in {_file(logo.part)} {logo.fault}; a logo is a PNG or JPEG without metadata, whole, "
                "inserted as a copy, at least as large as saved"
            )
        elif not logo.described:
            yield f"a picture in {_file(logo.part)} has no alternative text; right-click it, View Alt Text"
    for name in archive.namelist():
        if name.startswith("word/media/") and name not in {logo.media for logo in seen}:
            yield f"a picture ({name}) stands outside the headers and footers; put the logo into the header"


def _person_faults(archive: zipfile.ZipFile) -> Iterator[str]:
    for part in ("docProps/core.xml", "docProps/app.xml"):
        if part not in archive.namelist():
            continue
        try:
            root = parse_xml(archive.read(part), part)
        except ForeignFileError:
            continue
        for element in root:
            tag = element.tag.rpartition("}")[2]
            if tag in _PERSONS and (element.text or "").strip():
                yield f"the document property {tag} names somebody ({part}); take it out ({_CLEAN})"


def _file(part: str) -> str:
    return part.rpartition("/")[2]


def _leave_behind(document: Document) -> None:
    """Drops what a letter has no use for, and takes the frames of content controls off their words."""
    for rels in (document.part.package.rels, document.part.rels):
        for key in [key for key, rel in rels.items() if any(word in rel.reltype for word in _BAGGAGE)]:
            del rels[key]
    for settings in list(document.element.body.iter(qn("w:printerSettings"))):
        settings.getparent().remove(settings)
    for story in stories(document):
        for control in list(story.root.iter(qn("w:sdt"))):
            inner = control.find(qn("w:sdtContent"))
            for child in list(inner) if inner is not None else ():
                control.addprevious(child)
            control.getparent().remove(control)


def _text_faults(story: Story) -> Iterator[str]:
    """Placeholders that are unknown, broken, or stand where they cannot."""
    for paragraph in paragraphs(story.root):
        if stray := stray_braces(text_of(paragraph)):
            yield (
                f"{story.name}: {stray} belongs to no placeholder; write {{{{ name }}}} in one line, "
                "with two braces on each side"
            )
        for name in names_in(paragraph):
            if name in PARTS:
                yield from _part_faults(story, paragraph, name)
            elif name not in WORDS:
                yield _unknown(story, name)
    for element in story.root.iter():
        if any("{{" in value for value in map(str, element.attrib.values())):
            yield f"{story.name}: a placeholder stands in a link or an alternative text; write it into the text"


def _unknown(story: Story, name: str) -> str:
    known = [*WORDS, *PARTS]
    near = difflib.get_close_matches(re.sub(r"\W+", "_", name.lower()), known, n=1, cutoff=0.6)
    said = plain(name)[:40] or "nothing"
    if near:
        return f"{story.name}: {{{{ {said} }}}} is no placeholder; did you mean {{{{ {near[0]} }}}}?"
    return f"{story.name}: {{{{ {said} }}}} is no placeholder; use one of {', '.join(known)}"


def _part_faults(story: Story, paragraph: Element, name: str) -> Iterator[str]:
    where = f"{story.name}: {{{{ {name} }}}}"
    if not story.is_body:
        yield f"{where} stands in the head or foot of the page; put it into the body of the letter"
    elif not alone(paragraph):
        yield f"{where} stands beside other words; give it a paragraph of its own"
    elif PARTS[name].tables and paragraph.getparent().tag != qn("w:body"):
        yield f"{where} stands in a table; its own tables need a paragraph outside"
    elif PARTS[name].tables and text_width(paragraph) < NARROWEST:
        yield (
            f"{where} stands on a page with {text_width(paragraph):.0f} mm of text; its tables need {NARROWEST} mm: "
            "make the margins narrower, or one column"
        )


def _table_faults(story: Story) -> Iterator[str]:
    for caption in story.root.iter(qn("w:tblCaption")):
        if _CAPTION.match(caption.get(qn("w:val"), "")):
            yield (
                f"{story.name}: a table has the alternative text Table and a number, as the answer's have; give it "
                "another title (Table Properties, Alt Text)"
            )


def _elsewhere(document: Document, found: tuple[Story, ...]) -> Iterator[str]:
    """Placeholders in footnotes and other parts that are not filled, and what should have been left behind."""
    for part in document.part.package.iter_parts():
        name = part.partname.filename
        if name in {story.name for story in found}:
            continue
        if _NOT_TAKEN.search(str(part.partname)):
            yield f"{name}: does not belong in a letter; take it out ({_CLEAN})"
        if b"{{" in re.sub(rb"<[^>]*>", b"", part.blob):
            yield f"{name}: a placeholder stands where none is filled; put it into the body, a header or a footer"


def _missing(found: tuple[Story, ...]) -> Iterator[str]:
    names = Counter(name for story in found for paragraph in paragraphs(story.root) for name in names_in(paragraph))
    for name, part in PARTS.items():
        if names[name] > 1:
            yield f"{{{{ {name} }}}} stands {names[name]} times; a part stands once"
        elif part.required and not names[name]:
            yield f"{{{{ {name} }}}} is missing ({part.prints}); give it a paragraph of its own in the letter"
    for name in ASKED_OF_EVERY_LETTER:
        if not names[name] and not names["facts"]:
            yield f"{{{{ {name} }}}} is missing ({WORDS[name].prints}); add it, or {{{{ facts }}}}, which says it too"
