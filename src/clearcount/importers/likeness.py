"""What the beginning of a row looks like in a file, learned from its first rows.

It says whether the lines after a quote that is left open are rows of their own. It also says whether a cell of several
lines has swallowed rows. Only shapes are kept: which of the first columns hold letters, figures and signs.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from clearcount.importers.rows import Grammar, after_line, line_end

_SAMPLE = 256 << 10
"""So many bytes under the header are looked at."""
_SURE = 50
"""With so many rows in the sample, what no row of it looks like is none."""
_LONGEST, _MOST_SHAPES = 40, 24
_LEADING = 4
_LINE_ENDS = re.compile(rb"\r\n|\r|\n")
_KINDS = (string.digits.encode(), string.ascii_letters.encode())
_RUNS = re.compile(rb"[A-Za-z]+|[0-9]+|[^A-Za-z0-9]")


@dataclass(frozen=True)
class Likeness:
    """What matches where a row begins, and whether enough rows were seen to say that all begin like that.

    `first` holds the bytes with which a row may begin.
    """

    pattern: re.Pattern[bytes]
    sure: bool
    first: frozenset[int]

    def within(self, row: bytes) -> bool:
        """Return whether a row begins on a later line of `row`."""
        return any(self.pattern.match(row, found.end()) for found in _LINE_ENDS.finditer(row))


def row_start(sample: bytes, grammar: Grammar, width: int) -> Likeness | None:
    """Return how rows of `width` cells begin, from the first bytes under the header.

    It speaks of the key and as many further columns as make it telling, up to the first that holds prose. None when too
    little can be said: a file without rows, or whose first column is prose.
    """
    rows = _rows(sample[:_SAMPLE], grammar, width)
    columns = list(zip(*rows, strict=True))[: min(_LEADING, width - 1)]
    if not columns:
        return None
    telling = sum(len(cell) >= 4 and any(48 <= sign < 58 for sign in cell) for cell in columns[0]) * 2 > len(rows)
    shapes = list(_leading(columns, 2 if telling else _LEADING))
    if not shapes or (len(shapes) < 2 and not telling):
        return None
    sign = re.escape(grammar.delimiter)
    pattern = b"".join(rb'"?(?:' + shape + rb')"?' + sign for shape in shapes)
    return Likeness(re.compile(pattern), len(rows) >= _SURE, _first_bytes(cell for cell in columns[0] if cell))


def _first_bytes(cells: Iterable[bytes]) -> frozenset[int]:
    """The first bytes of the cells, all letters where one is a letter and all figures where one is a figure."""
    found = {cell[:1] for cell in cells}
    return frozenset(b"".join(next((kind for kind in _KINDS if byte in kind), byte) for byte in found))


def _rows(sample: bytes, grammar: Grammar, width: int) -> list[list[bytes]]:
    """The lines that are whole rows for themselves."""
    rows, start = [], 0
    while start < len(sample):
        end = line_end(sample, start)
        line = sample[start:end]
        if end < len(sample) and grammar.end_of(line, 0) == ("row", len(line)):
            cells = grammar.split(line)
            if len(cells) == width and any(cells):
                rows.append(cells)
        start = after_line(sample, end)
    return rows


def _leading(columns: Sequence[Sequence[bytes]], most: int) -> Iterator[bytes]:
    """A regular expression for each of the first columns, up to the first that holds prose."""
    for at, cells in enumerate(columns[:most]):
        filled = {cell for cell in cells if cell}
        if not filled or any(len(cell) > _LONGEST or cell.count(b" ") > 2 for cell in filled):
            return
        shapes = _shapes(filled)
        if len(shapes) > _MOST_SHAPES:
            return
        yield b"|".join(shapes) + (b"|" if at else b"")


def _shapes(cells: set[bytes]) -> list[bytes]:
    """The shapes of some cells: runs of letters or figures that are as long as the shortest of them or longer."""
    shortest: dict[tuple[bytes, ...], list[int]] = {}
    for cell in cells:
        runs = _RUNS.findall(cell)
        kinds = tuple(map(_kind, runs))
        lengths = shortest.setdefault(kinds, [len(run) for run in runs])
        shortest[kinds] = [min(pair) for pair in zip(lengths, map(len, runs), strict=True)]
    return [
        b"".join(
            kind + (b"{%d,}" % length if kind in _CLASSES else b"") for kind, length in zip(kinds, lengths, strict=True)
        )
        for kinds, lengths in sorted(shortest.items())
    ]


_CLASSES = (b"[0-9]", b"[A-Za-z]")


def _kind(run: bytes) -> bytes:
    return _CLASSES[0] if run[:1].isdigit() else _CLASSES[1] if run[:1].isalpha() else re.escape(run)
