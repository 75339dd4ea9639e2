"""WordprocessingML: text that is in the file and not on the page (ECMA-376 part 1, 17)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from xml.etree.ElementTree import Element

from clearcount.writers.scan.finding import Finding

_NS = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_KINDS = {
    "ins": "tracked change",
    "del": "tracked change",
    "moveFrom": "tracked change",
    "moveTo": "tracked change",
    "delText": "tracked change",
    "commentReference": "comment",
    "commentRangeStart": "comment",
    "object": "embedded object",
    "pict": "picture or drawing",
    "docVars": "document variables",
    "attachedTemplate": "attached template",
    "mailMerge": "mail merge and its data source",
    "sdt": "content control",
    "altChunk": "document inside the document",
    "subDoc": "document inside the document",
    "trackRevisions": "tracked changes switched on",
    "txbxContent": "text box",
}
_LIGHTEST = 0xE0
"""The darkest part of a colour from which on letters are not seen on paper: their contrast to white is below 1.35."""
_HIDING = ("vanish", "webHidden", "specVanish")
_OFF = frozenset({"0", "false", "off"})
_PAGE_NUMBER = re.compile(r"\s*(?:PAGE|NUMPAGES|SECTION|SECTIONPAGES)\s*(?:\\\*\s*\w+\s*)*")
"""The fields that hold nothing but a page number (ECMA-376 part 1, 17.16.5); every other field is a finding."""


def too_light(colour: str) -> bool:
    """Return whether letters of a colour `RRGGBB` cannot be seen on white paper."""
    match = re.fullmatch(r"#?([0-9A-Fa-f]{2})([0-9A-Fa-f]{2})([0-9A-Fa-f]{2})", colour)
    return match is not None and min(int(part, 16) for part in match.groups()) >= _LIGHTEST


def hiding_styles(root: Element) -> frozenset[str]:
    """Return the identifiers of the styles that hide the text they are put on, by themselves or by what they rest
    on.
    """
    hiding: set[str] = set()
    below: dict[str, str] = {}
    for style in root.iter(f"{_NS}style"):
        name = style.get(f"{_NS}styleId", "")
        rests = style.find(f"{_NS}basedOn")
        below[name] = rests.get(f"{_NS}val", "") if rests is not None else ""
        hides = [each.get(f"{_NS}val", "") for tag in _HIDING for each in style.iterfind(f"{_NS}rPr/{_NS}{tag}")]
        light = any(too_light(each.get(f"{_NS}val", "")) for each in style.iterfind(f"{_NS}rPr/{_NS}color"))
        ground = style.find(f"{_NS}rPr/{_NS}shd") is not None or style.find(f"{_NS}pPr/{_NS}shd") is not None
        if any(value.lower() not in _OFF for value in hides) or (light and not ground):
            hiding.add(name)
    while more := {name for name, rests in below.items() if rests in hiding} - hiding:
        hiding |= more
    return frozenset(hiding)


def scan_word(
    file: str, name: str, root: Element, *, logos: Collection[Element] = (), hiding: Collection[str] = ()
) -> Iterator[Finding]:
    """Yield hidden, white or tiny text, tracked changes, comments, fields and objects.

    `logos` are drawings that are fine, `hiding` the styles that hide text.
    """
    styles = name.endswith(("styles.xml", "numbering.xml"))
    yield from _fields(file, name, root)
    for element in root.iter():
        tag = element.tag.removeprefix(_NS)
        value = element.get(f"{_NS}val", "")
        where = f"part {name}"
        if tag in ("pStyle", "rStyle") and not styles and value in hiding:
            yield Finding(file, "hidden text", where)
        elif tag in _HIDING:
            # A built-in style may say "hidden until used"; only text that is hidden here is a finding.
            if not styles and value.lower() not in _OFF:
                yield Finding(file, "hidden text", where)
        elif tag in _KINDS:
            yield Finding(file, _KINDS[tag], where)
        elif tag == "drawing" and element not in logos:
            yield Finding(file, "picture or drawing", where)
        elif tag == "color" and not styles and too_light(value):
            yield Finding(file, "white text", where)
        elif tag in ("sz", "szCs") and value.isdecimal() and int(value) <= 4:
            yield Finding(file, "text too small to see", where)


def _fields(file: str, name: str, root: Element) -> Iterator[Finding]:
    """Fields other than page numbers. Word may write one code in several runs, and nest one field in another."""
    open_codes: list[str] = []
    codes: list[str] = []
    for element in root.iter():
        tag = element.tag.removeprefix(_NS)
        if tag == "fldSimple":
            codes.append(element.get(f"{_NS}instr", ""))
        elif tag == "instrText":
            if open_codes:
                open_codes[-1] += element.text or ""
            else:
                codes.append(element.text or "")
        elif tag == "fldChar":
            kind = element.get(f"{_NS}fldCharType")
            if kind == "begin":
                open_codes.append("")
            elif open_codes and kind == "end":
                codes.append(open_codes.pop())
    for code in (*codes, *open_codes):
        if not _PAGE_NUMBER.fullmatch(code):
            yield Finding(file, "field code", f"part {name}")
