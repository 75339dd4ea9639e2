"""OpenDocument: hidden sheets, rows and columns, notes, changes, scripts and properties (OASIS ODF 1.3 part 3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from clearcount.writers.printed import FORMULA_STARTS
from clearcount.writers.scan.finding import Finding, words
from clearcount.writers.scan.word import too_light

_ODF = "{urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE, _TABLE, _TEXT, _STYLE = (f"{_ODF}{part}:1.0}}" for part in ("office", "table", "text", "style"))
_META, _DRAW, _FO = f"{_ODF}meta:1.0}}", f"{_ODF}drawing:1.0}}", f"{_ODF}xsl-fo-compatible:1.0}}"
_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
_KINDS = {
    f"{_OFFICE}annotation": "comment",
    f"{_OFFICE}script": "script",
    f"{_OFFICE}event-listeners": "script",
    f"{_OFFICE}forms": "form",
    f"{_TABLE}tracked-changes": "tracked change",
    f"{_TEXT}tracked-changes": "tracked change",
    f"{_TABLE}content-validations": "list of allowed values",
    f"{_TABLE}data-pilot-tables": "pivot table or its cache",
    f"{_TABLE}named-range": "defined name",
    f"{_TABLE}named-expression": "defined name",
    f"{_TABLE}database-range": "defined range",
    f"{_TABLE}dde-link": "link to data elsewhere",
    f"{_TABLE}table-source": "link to data elsewhere",
    f"{_TABLE}scenario": "scenarios",
    f"{_DRAW}frame": "picture or object",
    f"{_DRAW}object": "embedded object",
    f"{_TEXT}hidden-text": "hidden text",
    f"{_TEXT}hidden-paragraph": "hidden text",
    f"{_META}user-defined": "document property user-defined",
    f"{_META}keyword": "document property keyword",
    f"{_META}printed-by": "document property printed-by",
    f"{_META}template": "document property template",
}
_PLAIN_META = words(
    "generator title subject initial-creator creator creation-date date language document-statistic "
    "editing-cycles editing-duration"
)


_OTHER_META = words("description hyperlink-behaviour auto-reload delete")
"""Properties that a message may name."""


def scan_opendocument(file: str, name: str, root: Element) -> Iterator[Finding]:
    """Yield everything in one part that a plain workbook does not need or that a reader does not see."""
    hidden = {style.get(f"{_STYLE}name"): kind for style in root.iter(f"{_STYLE}style") for kind in _hiding(style)}
    for element in root.iter():
        where = f"part {name}"
        if element.tag in _KINDS:
            yield Finding(file, _KINDS[element.tag], where)
        if element.get(f"{_TABLE}visibility", "visible") != "visible":
            yield Finding(file, f"hidden {'column' if element.tag.endswith('column') else 'row'}", where)
        if element.get(f"{_TABLE}display") == "false" and element.tag == f"{_STYLE}table-properties":
            yield Finding(file, "hidden sheet", where)
        if (kind := hidden.get(element.get(f"{_TABLE}style-name"))) is not None:
            yield Finding(file, kind, where)
        if element.get(f"{_TABLE}formula"):
            yield Finding(file, "formula and its stored result", where)
        if element.tag == f"{_TEXT}p" and (element.text or "").startswith(FORMULA_STARTS):
            yield Finding(file, "text cell that starts like a formula", where)
        href = element.get(_XLINK_HREF, "#")
        if not re.match(r"#|https?:|mailto:", href):
            yield Finding(file, "link to data elsewhere", where)
    if name == "meta.xml":
        for element in root.iter(f"{_OFFICE}meta"):
            for part in element:
                tag = part.tag.rpartition("}")[2]
                if tag not in _PLAIN_META and part.tag not in _KINDS:
                    told = tag if tag in _OTHER_META else "of its own"
                    yield Finding(file, f"document property {told}", f"part {name}")


def _hiding(style: Element) -> Iterator[str]:
    """How a style hides what it is put on."""
    for part in style:
        if _millimetres(part.get(f"{_STYLE}column-width")) < 1:
            yield "hidden column"
        if _millimetres(part.get(f"{_STYLE}row-height")) < 0.7:
            yield "hidden row"
        if too_light(part.get(f"{_FO}color") or "") or part.get(f"{_TEXT}display") == "none":
            yield "hidden text"


def _millimetres(length: str | None) -> float:
    """A length of ODF in millimetres; infinite where none is given."""
    units = {"mm": 1.0, "cm": 10.0, "in": 25.4, "pt": 25.4 / 72, "pc": 25.4 / 6, "px": 25.4 / 96}
    match = re.fullmatch(r"(\d*\.?\d+)(mm|cm|in|pt|pc|px)", length or "")
    return float(match[1]) * units[match[2]] if match else float("inf")
