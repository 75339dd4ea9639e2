"""WordprocessingML: text that is in the file and not on the page (ECMA-376 part 1, 17)."""

from __future__ import annotations

from collections.abc import Iterator
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
    "drawing": "picture or drawing",
    "instrText": "field code",
    "fldSimple": "field code",
    "docVars": "document variables",
    "attachedTemplate": "attached template",
    "mailMerge": "mail merge and its data source",
    "sdt": "content control",
    "altChunk": "document inside the document",
    "subDoc": "document inside the document",
    "trackRevisions": "tracked changes switched on",
    "txbxContent": "text box",
}
_INVISIBLE_COLOURS = frozenset({"ffffff", "fefefe"})
_OFF = frozenset({"0", "false", "off"})


def scan_word(file: str, name: str, root: Element) -> Iterator[Finding]:
    """Hidden, white or tiny text, tracked changes, comments, fields and objects."""
    styles = name.endswith(("styles.xml", "numbering.xml"))
    for element in root.iter():
        tag = element.tag.removeprefix(_NS)
        value = element.get(f"{_NS}val", "")
        where = f"part {name}"
        if tag in ("vanish", "webHidden", "specVanish"):
            # A built-in style may say "hidden until used"; only text that is hidden here is a finding.
            if not styles and value.lower() not in _OFF:
                yield Finding(file, "hidden text", where)
        elif tag in _KINDS:
            yield Finding(file, _KINDS[tag], where)
        elif tag == "color" and not styles and value.lower() in _INVISIBLE_COLOURS:
            yield Finding(file, "white text", where)
        elif tag in ("sz", "szCs") and value.isdecimal() and int(value) <= 4:
            yield Finding(file, "text too small to see", where)
