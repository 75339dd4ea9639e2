"""PDF: no bundle made here has one; one that came from elsewhere is looked at all the same."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from clearcount.errors import ForeignFileError
from clearcount.foreign import read_apart
from clearcount.writers.scan.finding import Finding

if TYPE_CHECKING:
    from pypdf import PdfReader

_PLAIN_INFORMATION = frozenset({"/Title", "/CreationDate", "/ModDate", "/Producer", "/Creator", "/Trapped"})
_FURTHER_INFORMATION = frozenset({"/Author", "/Subject", "/Keywords"})
"""Information that a message may name."""
_ACTIVE = {"/OpenAction": "action on opening", "/AA": "action", "/AcroForm": "form", "/Collection": "portfolio"}
_ACTIVE_NAMES = {"/JavaScript": "script", "/EmbeddedFiles": "attached file"}


def scan_pdf(file: str, content: bytes) -> Iterator[Finding]:
    """Yield document information, XMP metadata, attachments, scripts, layers, annotations and earlier versions."""
    try:
        for found in read_apart(findings_apart, content, name=file, file=file):
            kind, where = cast(list[str], found)
            yield Finding(file, kind, where)
    except ForeignFileError:
        yield Finding(file, "PDF that cannot be read", "the file")


def findings_apart(stream: BinaryIO, file: str) -> Iterator[list[str]]:
    """Give the kind and the place of each finding in a PDF; runs in a process of its own, as its parts unpack."""
    for finding in _findings(file, stream.read()):
        yield [finding.kind, finding.where]


def _findings(file: str, content: bytes) -> Iterator[Finding]:
    try:
        from pypdf import PdfReader
        from pypdf.errors import PyPdfError
    except ImportError:
        yield Finding(file, "PDF that cannot be scanned here; pip install 'clearcount[collate]'", "the file")
        return
    if content.count(b"%%EOF") > 1:
        yield Finding(file, "earlier version kept inside the file", "the file")
    try:
        reader = PdfReader(io.BytesIO(content))
        yield from _document(file, reader)
        for number, page in enumerate(reader.pages, start=1):
            for annotation in page.get("/Annots") or []:
                if annotation.get_object().get("/Subtype") != "/Link":
                    yield Finding(file, "annotation", f"page {number}")
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        yield Finding(file, "PDF that cannot be read", "the file")


def _document(file: str, reader: PdfReader) -> Iterator[Finding]:
    if reader.is_encrypted:
        yield Finding(file, "encryption", "the file")
        return
    for key in reader.metadata or {}:
        if key not in _PLAIN_INFORMATION:
            yield Finding(file, "document property", key if key in _FURTHER_INFORMATION else "one of its own")
    root: Any = reader.trailer["/Root"]
    if "/Metadata" in root:
        yield Finding(file, "XMP metadata", "the file")
    if "/OCProperties" in root:
        yield Finding(file, "layers that can be hidden", "the file")
    for key, kind in _ACTIVE.items():
        if key in root:
            yield Finding(file, kind, "the file")
    names: Any = root.get("/Names", {}).get_object() if "/Names" in root else {}
    for key, kind in _ACTIVE_NAMES.items():
        if key in names:
            yield Finding(file, kind, "the file")
