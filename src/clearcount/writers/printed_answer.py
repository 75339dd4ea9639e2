"""The lines of a small table as release.json holds them: words, and the places of their numbers in the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

CellAt: TypeAlias = tuple[int, int, int]
"""A cell of the printed tables: the place of its table, of its line and of its column, each from 0."""


def _place_of_cell(raw: object) -> CellAt:
    if not isinstance(raw, list | tuple) or len(raw) != 3:
        raise TypeError
    table, line, column = (int(at) for at in raw)
    return table, line, column


@dataclass(frozen=True)
class PrintedAnswerLine:
    """One line of the small table of an answer; its numbers are cells of the printed tables and stand there alone."""

    code: str
    label: str
    cells: tuple[CellAt, ...]

    @property
    def heading(self) -> str:
        """`HO 086/02 Take, make ...`."""
        return " ".join(filter(None, (self.code, self.label)))

    def as_list(self) -> list[object]:
        """Return the line for release.json."""
        return [self.code, self.label, *(list(cell) for cell in self.cells)]

    @classmethod
    def from_list(cls, raw: Sequence[object]) -> PrintedAnswerLine:
        """Return the line that `as_list` wrote. Raises TypeError or ValueError for another shape."""
        code, label, *cells = raw
        return cls(str(code), str(label), tuple(map(_place_of_cell, cells)))
