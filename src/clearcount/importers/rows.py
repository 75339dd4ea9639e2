"""The grammar of a row of delimited text, on bytes: cells, quoted cells, and where a row ends or goes wrong."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

KEEP = b"+" if sys.version_info >= (3, 11, 5) else b""
"""What makes a repeat of a group possessive, which costs no memory. Before Python 3.11.5, which Debian 12 has, such a
repeat also takes the part of its last try that failed: rows would be cut in the wrong place. There it is left out."""

Verdict = Literal["row", "unclosed", "after quote"]


@dataclass(frozen=True)
class Grammar:
    """How rows are written with one delimiter. A quoted cell ends with its quote, and a quote inside is doubled.

    A quote inside a cell that does not begin with one is a sign like any other.
    """

    delimiter: bytes
    _row: re.Pattern[bytes]
    _cell: re.Pattern[bytes]
    _quoted: bool

    def end_of(self, data: bytes, start: int) -> tuple[Verdict, int]:
        """Read the row that begins at `start`: what it is, and where it ends or where it goes wrong.

        `row` ends at a line end or at the end of `data`. `unclosed` has a cell whose quote is not closed in `data`.
        `after quote` has a character right after a closing quote.
        """
        found = self._row.match(data, start)
        if found is None or data[found.end() : found.end() + 1] == self.delimiter:
            return "unclosed", start if found is None else found.end()
        end = found.end()
        return ("row" if end == len(data) or data[end] in b"\r\n" else "after quote"), end

    def split(self, row: bytes) -> list[bytes]:
        """Return the cells of a whole row without its line end, quotes taken off."""
        first, *rest = self._cell.findall(row)
        cells = [first, *(cell[1:] for cell in rest)]
        return [_bare(cell) for cell in cells] if self._quoted else cells


def _bare(cell: bytes) -> bytes:
    return cell[1:-1].replace(b'""', b'"') if cell[:1] == b'"' else cell


@lru_cache
def grammar(delimiter: str, *, quoted: bool = True) -> Grammar:
    """Return the grammar for a delimiter of one ASCII character; without `quoted`, a quote is a sign like any other."""
    sign = re.escape(delimiter.encode("ascii"))
    plain = b"[^" + sign + rb"\r\n]*+"
    cell = rb'(?:"(?:[^"]++|"")*' + KEEP + rb'"(?!")|(?!")' + plain + b")" if quoted else plain
    return Grammar(
        delimiter.encode("ascii"),
        re.compile(cell + rb"(?:" + sign + cell + rb")*" + KEEP),
        re.compile(rb"(?:^|" + sign + rb")" + cell),
        quoted,
    )


_LINE_END = re.compile(rb"[\r\n]")


def line_end(data: bytes, start: int) -> int:
    """Return where the line of `start` ends, the length of `data` where it does not."""
    found = _LINE_END.search(data, start)
    return found.start() if found else len(data)


def after_line(data: bytes, end: int) -> int:
    """Return where the next line begins after the line end at `end`: CR LF, LF or CR."""
    return end + 2 if data[end : end + 2] == b"\r\n" else min(end + 1, len(data))


def count_lines(data: bytes) -> int:
    """Count the line ends: CR LF, LF or CR."""
    return data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")
