"""Where the column names of a delimited file are, and what parts its cells, from its first bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clearcount.importers.rows import after_line, grammar, line_end

_DELIMITERS = (",", ";", "\t", "|")
_LOOKED_AT = 60
"""Rows in which the column names are looked for when nobody says where they are."""


@dataclass(frozen=True)
class Header:
    """The row of column names: its cells as bytes, the delimiter, where the next row begins, and how the row ends.

    `fault` says why the row cannot be told: "short" when there are fewer rows, "open" when a quote is not closed.
    """

    delimiter: str
    cells: tuple[bytes, ...]
    start: int
    fault: str = ""
    line_end: bytes = b""

    def names(self, encoding: str) -> tuple[str, ...]:
        """Return the column names, white space and line breaks in them each one blank."""
        return tuple(" ".join(cell.decode(encoding, errors="replace").split()) for cell in self.cells)


def find_header(head: bytes, wanted: Sequence[str], *, delimiter: str, header_row: int) -> Header:
    """Return the header in row `header_row` of `head`, the first bytes of a file in an encoding that extends ASCII.

    The delimiter is the one given, the one of a line `sep=` as Excel writes it, or the one under which the header has
    most of the `wanted` columns, then most columns. A line `sep=` is no row.
    """
    start, stated = separator_line(head)
    known = {" ".join(name.split()).lower() for name in wanted}
    choices = (delimiter,) if delimiter else (stated,) if stated else _DELIMITERS
    found = [_header(head, start, choice, header_row) for choice in choices]
    return max(found, key=lambda header: (not header.fault, len(known & _folded(header)), len(header.cells)))


def separator_line(head: bytes) -> tuple[int, str]:
    """Return (where the first row begins, the delimiter that a line `sep=` before it states or "")."""
    if head[:4].lower() != b"sep=" or head[5:6] not in (b"\r", b"\n"):
        return 0, ""
    sign = head[4:5].decode("latin-1")
    return after_line(head, 5), sign if sign.isascii() and sign not in '"\r\n' else ""


def first_rows(head: bytes, delimiter: str) -> list[list[str]]:
    """Return the cells of the first rows of a file, as far as they can be told apart; blank rows are rows."""
    rows: list[list[str]] = []
    start = separator_line(head)[0]
    reading = grammar(delimiter)
    while start < len(head) and len(rows) < _LOOKED_AT:
        verdict, end = reading.end_of(head, start)
        if verdict != "row" or (end == len(head) and rows):
            break
        rows.append([cell.decode("utf-8", errors="replace") for cell in reading.split(head[start:end])])
        start = after_line(head, end)
    return rows


def _header(head: bytes, start: int, delimiter: str, header_row: int) -> Header:
    reading = grammar(delimiter)
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
            return Header(delimiter, tuple(reading.split(head[start:end])), after, line_end=head[end:after])
        start = after_line(head, end)
    return Header(delimiter, (), start, "short")


def _folded(header: Header) -> set[str]:
    """The column names in either encoding that a file without a mark may have."""
    return {name.lower() for encoding in ("utf-8", "cp1252") for name in header.names(encoding)}
