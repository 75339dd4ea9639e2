"""A force's logo in a letter: which pictures show all that they hold.

A picture in a header or footer, PNG or JPEG, uncropped, large enough to see and without anything beside its pixels.
Every other picture in a package is a finding.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from clearcount.errors import ForeignFileError
from clearcount.foreign import parse_xml
from clearcount.writers.scan.finding import UNPACKED

LARGEST_LOGO = 1_000_000
"""Bytes of a logo."""
_EMU = 36_000
"""English Metric Units in a millimetre (ECMA-376 part 1, 20.1)."""
_SMALLEST = 3
"""Millimetres that a logo measures at least, in both directions."""
_FINEST = 100
"""Pixels of a logo in a millimetre; more are not seen on any page."""
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_PIC = "{http://schemas.openxmlformats.org/drawingml/2006/picture}"
_PAGE_EDGE = re.compile(r"word/(?:header|footer)\d*\.xml")
_PNG_CHUNKS = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"pHYs", b"sBIT"})
_JPEG_APPS = (b"\xe0", b"\xee")
"""The application segments of a JPEG that hold size and colour only: JFIF and Adobe."""


@dataclass(frozen=True)
class Logo:
    """A drawing of a header or footer: where it stands, what it shows, and why it is not fine (empty when it is)."""

    part: str
    drawing: int
    """Its place among the drawings of the part, from 0."""
    media: str
    described: bool
    fault: str


def logos(archive: zipfile.ZipFile) -> tuple[Logo, ...]:
    """Return every drawing in the headers and footers of a DOCX; parts that cannot be read have none."""
    return tuple(logo for name in archive.namelist() if _PAGE_EDGE.fullmatch(name) for logo in _of_part(archive, name))


def drawings(root: Element) -> list[Element]:
    """Return the drawings of a part, in order."""
    return list(root.iter(f"{_W}drawing"))


def _of_part(archive: zipfile.ZipFile, name: str) -> Iterator[Logo]:
    try:
        root = parse_xml(archive.read(name), name)
        folder, _, file = name.rpartition("/")
        rels = f"{folder}/_rels/{file}.rels"
        relations = parse_xml(archive.read(rels), rels) if rels in archive.namelist() else Element("none")
    except (ForeignFileError, *UNPACKED):
        return
    targets = {
        relation.get("Id"): posixpath.normpath(posixpath.join("/word", relation.get("Target", ""))).lstrip("/")
        for relation in relations
        if relation.get("TargetMode") != "External" and relation.get("Type", "").endswith("/image")
    }
    for place, drawing in enumerate(drawings(root)):
        blips = list(drawing.iter(f"{_A}blip"))
        media = targets.get(blips[0].get(f"{_R}embed"), "") if len(blips) == 1 else ""
        told = next(drawing.iter(f"{_WP}docPr"), None)
        described = bool(told is not None and told.get("descr", "").strip()) or _decorative(drawing)
        yield Logo(name, place, media, described, _fault(archive, drawing, media))


def _decorative(drawing: Element) -> bool:
    return any(each.tag.endswith("}decorative") and each.get("val") in ("1", "true") for each in drawing.iter())


def _fault(archive: zipfile.ZipFile, drawing: Element, media: str) -> str:
    """Why a drawing shows less than it holds, or empty."""
    tags = {element.tag for element in drawing.iter()}
    if not media or media not in archive.namelist() or f"{_PIC}pic" not in tags:
        return "is not one picture that lies in the file"
    hidden = any(element.get("hidden") in ("1", "true") for element in drawing.iter())
    cropped = any(
        int(value) for element in drawing.iter(f"{_A}srcRect") for value in element.attrib.values() if _number(value)
    )
    if hidden or cropped or any(tag.endswith(("}svgBlip", "}imgLayer", "}alphaModFix")) for tag in tags):
        return "is hidden, cropped, see-through or holds a second picture"
    if archive.getinfo(media).file_size > LARGEST_LOGO:
        return f"is larger than {LARGEST_LOGO // 1000} kB"
    try:
        width, height = pixels(archive.read(media))
    except ValueError as error:
        return str(error)
    except UNPACKED:
        return "cannot be read"
    extent = next(drawing.iter(f"{_WP}extent"), None)
    given = [extent.get(side, "") if extent is not None else "" for side in ("cx", "cy")]
    sides = [int(side) / _EMU if _number(side) else 0 for side in given]
    if min(sides) < _SMALLEST or width > sides[0] * _FINEST or height > sides[1] * _FINEST:
        return "is too small to see on the page"
    return ""


def _number(value: str) -> bool:
    return re.fullmatch(r"-?\d+", value) is not None


def pixels(content: bytes) -> tuple[int, int]:
    """Return width and height of a PNG or JPEG that holds nothing else.

    Raises:
        ValueError: with the reason, as the end of a sentence, when it holds more or is neither.
    """
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png(content)
    if content.startswith(b"\xff\xd8\xff"):
        return _jpeg(content)
    raise ValueError("is neither PNG nor JPEG")


def _png(content: bytes) -> tuple[int, int]:
    at, kind = 8, b""
    while at + 12 <= len(content) and kind != b"IEND":
        length, kind = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        if kind not in _PNG_CHUNKS:
            raise ValueError("carries data beside its pixels (PNG metadata)")
        at += 12 + length
    if kind != b"IEND" or at != len(content) or content[12:16] != b"IHDR":
        raise ValueError("is cut short or carries data behind its end")
    return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")


def _jpeg(content: bytes) -> tuple[int, int]:
    at, size = 2, (0, 0)
    while content[at : at + 1] == b"\xff" and content[at + 1 : at + 2] != b"\xda":
        kind, length = content[at + 1 : at + 2], int.from_bytes(content[at + 2 : at + 4], "big")
        thumbnail = kind == b"\xe0" and length > 16
        if kind == b"\xfe" or thumbnail or (b"\xe0" <= kind <= b"\xef" and kind not in _JPEG_APPS):
            raise ValueError("carries data beside its pixels (JPEG metadata)")
        if b"\xc0" <= kind <= b"\xcf" and kind not in (b"\xc4", b"\xc8", b"\xcc"):
            height, width = content[at + 5 : at + 7], content[at + 7 : at + 9]
            size = int.from_bytes(width, "big"), int.from_bytes(height, "big")
        if length < 2:
            break
        at += 2 + length
    if re.search(rb"\xff[\xe1-\xed\xef\xfe]", content[at:]):  # between scans; inside one, 00 follows every FF
        raise ValueError("carries data beside its pixels (JPEG metadata)")
    if content[at : at + 2] != b"\xff\xda" or content.find(b"\xff\xd9", at) != len(content) - 2 or not all(size):
        raise ValueError("is cut short or carries data behind its end")
    return size
