"""SpreadsheetML (ECMA-376 part 1): hidden sheets, rows and columns, names, formulas, what no plain table needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from clearcount.writers.printed import FORMULA_STARTS
from clearcount.writers.scan.finding import Finding
from clearcount.writers.scan.word import too_light

_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_NARROWEST, _LOWEST = 0.5, 2.0
"""Column width in characters and row height in points below which nobody sees what is there."""
_HEADING_ROW = re.compile(r"(?:'([^']{1,40})'|(\w{1,40}))!\$\d{1,7}:\$\d{1,7}")
_NOT_NEEDED = {
    "dataValidations": "list of allowed values",
    "conditionalFormatting": "conditional format",
    "autoFilter": "filter that may hide rows",
    "oleObjects": "embedded object",
    "controls": "control",
    "legacyDrawing": "comments or drawing",
    "drawing": "drawing",
    "customSheetViews": "hidden view",
    "scenarios": "scenarios",
    "extLst": "extension",
    "sheetProtection": "protection",
    "headerFooter": "header or footer",
}


def scan_workbook(file: str, name: str, root: Element) -> Iterator[Finding]:
    """Yield hidden sheets, defined names, links and caches that the workbook lists."""
    for place, sheet in enumerate(root.iter(f"{_NS}sheet"), start=1):
        if sheet.get("state", "visible") != "visible":
            yield Finding(file, "hidden sheet", f"sheet {place}")
    for place, name_of in enumerate(root.iter(f"{_NS}definedName"), start=1):
        if not _repeats_a_heading(name_of, root):
            yield Finding(file, "defined name", f"name {place}")
    for tag, kind in (
        ("externalReferences", "link to data elsewhere"),
        ("pivotCaches", "pivot table or its cache"),
        ("customWorkbookViews", "hidden view"),
        ("extLst", "extension"),
        ("fileSharing", "sharing and its user name"),
    ):
        if root.find(f"{_NS}{tag}") is not None:
            yield Finding(file, kind, f"part {name}")


def _repeats_a_heading(defined: Element, root: Element) -> bool:
    """Whether a defined name only says which row of a sheet is printed on each of its pages."""
    match = _HEADING_ROW.fullmatch(defined.text or "")
    if defined.get("name") != "_xlnm.Print_Titles" or set(defined.keys()) != {"name", "localSheetId"} or not match:
        return False
    names = [sheet.get("name", "") for sheet in root.iter(f"{_NS}sheet")]
    at = defined.get("localSheetId", "")
    return at.isdecimal() and int(at) < len(names) and names[int(at)] == (match[1] or match[2])


def scan_sheet(file: str, name: str, root: Element) -> Iterator[Finding]:
    """Yield hidden rows and columns, formulas, cells that look like formulas, and parts that a plain table does not
    need.
    """
    for place, column in enumerate(root.iter(f"{_NS}col"), start=1):
        width = _number(column.get("width"), 10.0)
        if column.get("hidden") in ("1", "true") or width < _NARROWEST:
            yield Finding(file, "hidden column", f"part {name}, column {place}")
    for place, row in enumerate(root.iter(f"{_NS}row"), start=1):
        if row.get("hidden") in ("1", "true") or _number(row.get("ht"), 15.0) < _LOWEST:
            yield Finding(file, "hidden row", f"part {name}, row {place}")
        for across, cell in enumerate(row, start=1):
            if cell.find(f"{_NS}f") is not None:
                yield Finding(file, "formula and its stored result", f"part {name}, row {place}, cell {across}")
            inline = "".join(text.text or "" for text in cell.iter(f"{_NS}t"))
            if inline.startswith(FORMULA_STARTS):
                yield Finding(file, "text cell that starts like a formula", f"part {name}, row {place}, cell {across}")
    for element in root:
        tag = element.tag.removeprefix(_NS)
        if tag in _NOT_NEEDED and (len(element) or element.attrib):
            yield Finding(file, _NOT_NEEDED[tag], f"part {name}")


def scan_strings(file: str, name: str, root: Element) -> Iterator[Finding]:
    """Yield cells of text that look like formulas; the texts of a workbook stand in one part."""
    for place, item in enumerate(root, start=1):
        if "".join(text.text or "" for text in item.iter(f"{_NS}t")).startswith(FORMULA_STARTS):
            yield Finding(file, "text cell that starts like a formula", f"part {name}, text {place}")


def scan_styles(file: str, name: str, root: Element) -> Iterator[Finding]:
    """Yield formats under which a cell shows nothing: the number format `;;;` and white letters."""
    for number in root.iter(f"{_NS}numFmt"):
        if not number.get("formatCode", "").strip("; "):
            yield Finding(file, "number format that shows nothing", f"part {name}")
    for font in root.iterfind(f"{_NS}fonts/{_NS}font"):
        colour = font.find(f"{_NS}color")
        if colour is not None and (too_light(colour.get("rgb", "")[-6:]) or colour.get("theme") == "0"):
            yield Finding(file, "white text", f"part {name}")


def _number(text: str | None, otherwise: float) -> float:
    try:
        return float(text) if text is not None else otherwise
    except ValueError:
        return otherwise
