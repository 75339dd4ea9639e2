"""The rows of a faulty delimited file that can be told apart, as a stream; the broken ones are refused by their lines.

A row is broken when a character follows a closing quote, or when a quote is not closed. It is also broken when a cell
of several lines holds what looks like further rows. Its own line is refused then, with the lines after it up to the
next line at which a row begins. So no row is swallowed by the one before it. Where lines end with LF, a CR alone ends a
row only between two whole rows. Otherwise the line is refused up to its LF.
"""

from __future__ import annotations

import io
import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import pyarrow as pa

from clearcount.errors import ExportError
from clearcount.importers.likeness import Likeness
from clearcount.importers.raw import RowFault
from clearcount.importers.rows import KEEP, Grammar, after_line, count_lines, line_end

_CHUNK = 1 << 20
_PLAIN = re.compile(rb'[^"]*[\r\n]')
_PLAIN_WHOLE = re.compile(rb'(?:[^"\r\n]*+\r?\n)+' + KEEP)
"""Whole rows without a quote; the second where a CR alone is looked at."""
_REASONS = {
    "after quote": "a character follows the closing quote of a cell",
    "unclosed": "a quote is opened and not closed",
}
_CR = "a carriage return stands inside the row, where the other rows end with a line feed"
_SWALLOWED = "a cell holds what looks like further rows: a quote is left open"


class RowNumbers:
    """The numbers of rows as a spreadsheet shows them, for a parser that never sees some and refuses others."""

    def __init__(self, header_row: int) -> None:
        self._header_row = header_row
        self._next = header_row + 1
        self._sieved: list[int] = []
        self._gone: list[int] = []

    def keep_back(self, number: int) -> None:
        """Take out a row that the parser does not see; the numbers rise from call to call."""
        self._sieved.append(number)
        insort(self._gone, number)

    def refuse(self, nth: int) -> int:
        """Take out the row that the parser counts as its `nth` (from 1) and refuses; return its number."""
        number = self._header_row + nth
        while (further := self._header_row + nth + bisect_right(self._sieved, number)) != number:
            number = further
        insort(self._gone, number)
        return number

    def following(self, count: int) -> pa.Array:
        """Return the numbers of the next `count` rows that the parser gives."""
        first = self._next
        if bisect_left(self._gone, first) == len(self._gone):
            self._next = first + count
            return pa.array(np.arange(first, first + count))
        gone = self._gone[bisect_left(self._gone, first) :]
        numbers = np.setdiff1d(np.arange(first, first + count + len(gone)), gone, assume_unique=True)[:count]
        self._next = int(numbers[-1]) + 1 if count else first
        return pa.array(numbers)


@dataclass(frozen=True)
class RowReading:
    """How the rows of a file called `name` are written: their cells, and how a row looks where it begins, if known.

    `whole_ends`: its lines end with LF or CR LF.
    """

    name: str
    grammar: Grammar
    width: int
    likeness: Likeness | None
    longest: int
    whole_ends: bool = False


@dataclass
class _Broken:
    """A row that is broken, why, and how many lines after it belong to no row."""

    row: int
    reason: str
    more: int = 0


class Sieve(io.RawIOBase):
    """A stream of the whole rows of `stream`, which begins under the header and never parts CR from LF.

    Broken rows go to `refused`, their numbers to `keep_back`; the first row has the number `first`.
    """

    def __init__(
        self,
        stream: BinaryIO,
        reading: RowReading,
        first: int,
        keep_back: Callable[[int], None],
        refused: Callable[[RowFault], None],
    ) -> None:
        self._stream = stream
        self._reading = reading
        self._row = first
        self._keep_back = keep_back
        self._refused = refused
        self._broken: _Broken | None = None
        self._rest = b""
        self._ended = False
        self._ready = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes, fewer only at the end.

        Raises:
            ExportError: when the file ends inside a quoted cell.
        """
        pieces, length = [self._ready], len(self._ready)
        while not self._ended and (size < 0 or length < size):
            piece = self._next()
            pieces.append(piece)
            length += len(piece)
        whole = b"".join(pieces)
        self._ready = whole[size:] if size >= 0 else b""
        return whole[:size] if size >= 0 else whole

    def _next(self) -> bytes:
        chunk = self._stream.read(_CHUNK)
        self._ended = not chunk
        data = self._rest + chunk
        kept: list[bytes] = []
        start = 0
        while start < len(data):
            after = self._skip(data, start) if self._broken is not None else self._sift(data, start, kept)
            if after < 0:
                break
            start = after
        self._rest = data[start:]
        if self._ended:
            self._end()
        return b"".join(kept)

    def _more_may_come(self, data: bytes, start: int) -> bool:
        return not self._ended and len(data) - start < self._reading.longest

    def _sift(self, data: bytes, start: int, kept: list[bytes]) -> int:
        """Keep or refuse what begins at `start`; return where the next begins, -1 to ask for more bytes."""
        if plain := (_PLAIN_WHOLE if self._reading.whole_ends else _PLAIN).match(data, start):
            kept.append(plain[0])
            self._row += count_lines(plain[0])
            return plain.end()
        verdict, end = self._reading.grammar.end_of(data, start)
        if (verdict == "unclosed" or end == len(data)) and self._more_may_come(data, start):
            return -1
        fault = _REASONS.get(verdict, "")
        if verdict == "row" and self._reading.likeness is not None and self._reading.likeness.within(data[start:end]):
            fault = _SWALLOWED
        if verdict == "row" and not fault and self._reading.whole_ends and data[end : end + 2] not in (b"\r\n", b""):
            ends = self._ends_at_cr(data, start, end)
            if ends is None:
                return -1
            fault = "" if ends else _CR
        first_line = line_end(data, start)
        if fault == _CR:
            first_line = found if (found := data.find(b"\n", end)) >= 0 else len(data)
        if fault and first_line == len(data) and self._more_may_come(data, start):
            return -1
        number, self._row = self._row, self._row + 1
        if fault:
            self._broken = _Broken(number, fault)
            return after_line(data, first_line)
        kept.append(data[start : after_line(data, end)])
        return after_line(data, end)

    def _ends_at_cr(self, data: bytes, start: int, end: int) -> bool | None:
        """Whether a row ends at `end`: with LF, or with a CR between two whole rows; None to ask for more bytes."""
        if data[end : end + 1] != b"\r" or end == start:
            return True
        following = end
        while data[following : following + 1] in (b"\r", b"\n"):
            following += 1
        last = line_end(data, following)
        if last == len(data) and self._more_may_come(data, following):
            return None
        whole = len(self._reading.grammar.split(data[start:end])) == self._reading.width
        return whole and (following == len(data) or self._begins(data, following, last))

    def _skip(self, data: bytes, start: int) -> int:
        """Step over a line after a broken row, unless a row begins there; -1 to ask for more bytes."""
        end = line_end(data, start)
        if end == len(data) and self._more_may_come(data, start):
            return -1
        if self._begins(data, start, end):
            self._tell()
            return start
        assert self._broken is not None
        self._broken.more += bool(data[start:end].strip())
        return after_line(data, end)

    def _begins(self, data: bytes, start: int, end: int) -> bool:
        """Whether a row begins here: it looks like one or, where few were seen, has as many cells or delimiters."""
        likeness, grammar, width = self._reading.likeness, self._reading.grammar, self._reading.width
        line = data[start:end]
        if likeness is not None and (likeness.sure or likeness.pattern.match(line)):
            return likeness.pattern.match(line) is not None
        verdict, row_end = grammar.end_of(data, start)
        whole = verdict == "row" and len(grammar.split(data[start:row_end])) == width
        return whole or line.count(grammar.delimiter) >= width - 1

    def _tell(self) -> None:
        assert self._broken is not None
        broken, self._broken = self._broken, None
        more = f"; {broken.more:,} lines after it begin no row" if broken.more else ""
        self._keep_back(broken.row)
        self._refused(RowFault(broken.row, "", broken.reason + more))

    def _end(self) -> None:
        if self._broken is None:
            return
        if self._broken.reason == _REASONS["unclosed"]:
            raise ExportError(
                f"{self._reading.name} ends inside a quoted cell that begins in row {self._broken.row}: it was cut "
                "off, or the quote was left open; export it again"
            )
        self._tell()
