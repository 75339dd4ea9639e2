"""Refuses a workbook whose cells lie so far apart that a library which lays sheets out would ask for all memory."""

from __future__ import annotations

from clearcount.errors import ForeignFileError
from clearcount.foreign.bounds import MEGABYTE, Bounds
from clearcount.foreign.packages import open_package
from clearcount.foreign.workbooks.ods import read_ods
from clearcount.foreign.workbooks.values import Row, SheetHead
from clearcount.foreign.workbooks.xlsx import read_xlsx

_SMALL = Bounds(members=500, unpacked=64 * MEGABYTE, ratio=150)
_MOST_CELLS = 2_000_000
_MOST_TEXT = 20_000_000
"""Characters of all cells together: a text that is stored once may stand in every cell."""


def check_extent(content: bytes, name: str) -> None:
    """Walk over the cells of an XLSX or ODS file without laying them out; `name` is what messages call it.

    Raises:
        ForeignFileError: when it is damaged, unpacks too far, a sheet reaches over more than 2,000,000 cells, or the
            cells hold more than 20,000,000 characters.
    """
    with open_package(content, name, _SMALL) as package:
        width = text = 0
        for item in read_ods(package) if "content.xml" in package.members else read_xlsx(package):
            if isinstance(item, SheetHead):
                width = 0
            elif isinstance(item, Row):
                width = max(width, len(item.cells))
                text += sum(map(len, item.cells))
                if width * item.number > _MOST_CELLS or text > _MOST_TEXT:
                    raise ForeignFileError(f"{name} claims to be far larger than what it holds; save it as a new file")
