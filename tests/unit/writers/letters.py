"""Letter templates for tests, made with python-docx the way a person would make them, and changed part by part."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from typing import Any

import docx
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm

from clearcount.writers.letter import PARTS
from clearcount.writers.letter.starter import _strip, starter

Change = Callable[[bytes], bytes]


def saved(document: Document) -> bytes:
    """The document as a file."""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def plain_template(change: Callable[[Document], None] = lambda document: None) -> bytes:
    """A letterhead that has nothing but a line for each part: no style of the packaged template is in it."""
    document = docx.Document()
    _strip(document)
    for style in list(document.styles):
        if style.name not in ("Normal", "Header", "Footer", "Default Paragraph Font", "Normal Table", "No List"):
            style.delete()
    document.core_properties.author = document.core_properties.comments = ""
    document.add_paragraph("Our reference {{ reference }}, received {{ received }}, answered {{ answered }}")
    for name, part in PARTS.items():
        if part.required:
            document.add_paragraph(f"{{{{ {name} }}}}")
    change(document)
    return saved(document)


def changed(change: Callable[[Document], None]) -> bytes:
    """The packaged template, changed."""
    document = docx.Document(io.BytesIO(starter()))
    change(document)
    return saved(document)


def repacked(content: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The package with its members changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    change(members)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, member in members.items():
            archive.writestr(zipfile.ZipInfo(name), member)  # a fixed day, not today's
    return out.getvalue()


def in_part(name: str, old: str, new: str) -> bytes:
    """The packaged template with `old` replaced once in one of its parts."""

    def edit(members: dict[str, bytes]) -> None:
        assert old.encode() in members[name], f"the test no longer fits {name}"
        members[name] = members[name].replace(old.encode(), new.encode(), 1)

    return repacked(starter(), edit)


def with_part(name: str, body: bytes = b"<a/>") -> bytes:
    """The packaged template with one more part."""
    return repacked(starter(), lambda members: members.update({name: body}))


def paragraph_with(document: Document, text: str) -> Any:
    """The first paragraph of the body that holds `text`."""
    return next(p for p in document.paragraphs if text in p.text)


def split_into_runs(paragraph: Any, pieces: Sequence[str]) -> None:
    """Writes a paragraph as Word does: one run a piece, with a spelling mark between them."""
    for run in list(paragraph.runs):
        run._r.getparent().remove(run._r)
    for piece in pieces:
        run = paragraph.add_run(piece)
        run._r.addnext(parse_xml(f'<w:proofErr {nsdecls("w")} w:type="spellEnd"/>'))


def png(width: int = 80, height: int = 40, more: bytes = b"") -> bytes:
    """A grey picture; `more` is put in before its pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress((b"\0" + b"\x80" * width) * height))
    return b"\x89PNG\r\n\x1a\n" + head + (chunk(b"tEXt", more) if more else b"") + pixels + chunk(b"IEND", b"")


def with_logo(picture: bytes, *, millimetres: float = 20, alt: str = "The force's crest") -> bytes:
    """The packaged template with a picture in the header."""

    def put(document: Document) -> None:
        run = document.sections[0].header.add_paragraph().add_run()
        run.add_picture(io.BytesIO(picture), width=Mm(millimetres))
        for told in run._r.iter(qn("wp:docPr")):
            told.set("descr", alt)

    return changed(put)


def text_of(content: bytes) -> list[str]:
    """The paragraphs of a letter's body."""
    return [paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs]
