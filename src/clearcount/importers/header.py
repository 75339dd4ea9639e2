"""Where the column names of a delimited file are, and what parts its cells, from its first bytes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from clearcount.importers.headings import under_groups
from clearcount.importers.layout import Form
from clearcount.importers.rows import Grammar, after_line, grammar, line_end

_DELIMITERS = (",", ";", "\t", "|")
_LOOKED_AT = 60
"""Rows in which the column names are looked for when nobody says where they are."""


@dataclass(frozen=True)
class Header:
    """The row of column names: its cells as bytes, the delimiter, where the next row begins, and how the row ends.

    `groups` are the cells of the row with names of groups, where the layout says one. `fault` says why the row cannot
    be told: "short" when there are fewer rows, "open" when a quote is not closed.
    """

    delimiter: str
    cells: tuple[bytes, ...]
    start: int
    fault: str = ""
    line_end: bytes = b""
    groups: tuple[bytes, ...] = ()

    def names(self, encoding: str) -> tuple[str, ...]:
        """Return the column names behind those of their groups, white space and line breaks each one blank."""
        groups, names = (
            [" ".join(cell.decode(encoding, errors="replace").split()) for cell in cells]
            for cells in (self.groups, self.cells)
        )
        return under_groups(groups, names)


def find_header(head: bytes, wanted: Sequence[str], form: Form) -> Header:
    """Return the header of a file written in `form`, from its first bytes in an encoding that extends ASCII.

    The delimiter is the one that the form says, or the one of a line `sep=` as Excel writes it. Otherwise it is the one
    under which the header has most of the `wanted` columns, then the first rows most cells. A line `sep=` is no row.
    """
    start, stated = separator_line(head)
    known = {" ".join(name.split()).lower() for name in wanted}
    choices = (form.delimiter,) if form.delimiter else (stated,) if stated else _DELIMITERS
    readings = [grammar(choice, quoted=form.quotes != "none") for choice in choices]
    found = [_header(head, start, reading, form) for reading in readings]
    return max(
        zip(found, readings, strict=True),
        key=lambda each: (len(known & _folded(each[0])), not each[0].fault, _cells(head, *each)),
    )[0]


def _cells(head: bytes, header: Header, reading: Grammar) -> tuple[int, int]:
    """How many cells the header has and, where it has one, as a title has, how many delimiters the first rows have."""
    if len(header.cells) > 1:
        return 2, len(header.cells)
    widths = Counter(map(len, first_rows(head, reading)))
    return 1, max(((width - 1) * rows for width, rows in widths.items()), default=0)


def separator_line(head: bytes) -> tuple[int, str]:
    """Return (where the first row begins, the delimiter that a line `sep=` before it states or "").

    The line may be quoted or followed by empty cells, as a program leaves it that took it for a row.
    """
    stated = _SEPARATOR.match(head)
    if not stated:
        return 0, ""
    sign = stated["sign"].decode("latin-1")
    return after_line(head, stated.end()), sign if sign.isascii() else ""


_SEPARATOR = re.compile(rb"""(?P<quote>"?)sep=(?P<sign>[^"\r\n])(?P=quote)[,;|\t]*(?=[\r\n])""", re.IGNORECASE)


def first_rows(head: bytes, reading: Grammar) -> list[list[str]]:
    """Return the cells of the first rows of a file, as far as they can be told apart; blank rows are rows."""
    rows: list[list[str]] = []
    start = separator_line(head)[0]
    while start < len(head) and len(rows) < _LOOKED_AT:
        verdict, end = reading.end_of(head, start)
        if verdict != "row" or (end == len(head) and rows):
            break
        rows.append([cell.decode("utf-8", errors="replace") for cell in reading.split(head[start:end])])
        start = after_line(head, end)
    return rows


def _header(head: bytes, start: int, reading: Grammar, form: Form) -> Header:
    delimiter, header_row = reading.delimiter.decode(), form.header_row or 1
    groups: tuple[bytes, ...] = ()
    for number in range(1, header_row + 1):
        if start >= len(head):
            return Header(delimiter, (), start, "short")
        verdict, end = reading.end_of(head, start)
        if verdict != "row":
            if number == header_row:
                return Header(delimiter, (), start, "open")
            end = line_end(head, start)  # a title may hold any sign
        if number == header_row:
            after = after_line(head, end)
            cells = tuple(reading.split(head[start:end]))
            return Header(delimiter, cells, after, line_end=head[end:after], groups=groups)
        if number == form.group_row:
            groups = tuple(reading.split(head[start:end]))
        start = after_line(head, end)
    return Header(delimiter, (), start, "short")


def _folded(header: Header) -> set[str]:
    """The column names in either encoding that a file without a mark may have."""
    return {name.lower() for encoding in ("utf-8", "cp1252") for name in header.names(encoding)}
