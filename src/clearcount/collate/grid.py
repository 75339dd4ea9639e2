"""A published table as it was printed: cells with their place, their spans, and what is no part of the number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from clearcount.errors import ExportError

MOST_CELLS = 110_000
"""Cells of one table, spans spelled out. A published answer is a small table."""


@dataclass(frozen=True)
class Cell:
    """One printed cell.

    `text` is what a reader sees, note marks and struck words apart; line breaks are kept, because two lines are two
    texts. `notes` are raised marks and struck words, as printed. `fault` says why the value cannot be trusted, such as
    a number format that shows another number. `origin` names the place for people: "line 2, column 3".
    """

    text: str
    origin: str
    rows: int = 1
    columns: int = 1
    notes: tuple[str, ...] = ()
    fault: str = ""
    heading: bool = False

    @property
    def words(self) -> str:
        """The text on one line."""
        return " ".join(self.text.split())

    @property
    def blank(self) -> bool:
        """Whether nothing is printed."""
        return not self.words


@dataclass(frozen=True)
class Grid:
    """One sheet, page table or file: rows of one width; a spanning cell is the same object in each place it covers.

    `name` tells it from the other grids of its file; empty when there is one. `title` is what stands above it.
    `said` are facts a reader of the table must be told: hidden rows, sheets, columns that were left out.
    """

    rows: tuple[tuple[Cell, ...], ...]
    name: str = ""
    title: str = ""
    said: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """How many columns."""
        return len(self.rows[0]) if self.rows else 0


@dataclass(frozen=True)
class Page:
    """What was read of one file: its tables, its words, and what must be said of it.

    `outside` are the words that stand in no table, where `words` hold those of tables as well.
    """

    grids: tuple[Grid, ...]
    words: str = ""
    said: tuple[str, ...] = ()
    outside: str = ""


def lay_out(
    placed: Iterable[tuple[int, int, Cell]],
    origin: Callable[[int, int], str],
    *,
    name: str = "",
    title: str = "",
    said: Sequence[str] = (),
) -> Grid:
    """Return the grid of cells placed by (row, column), counted from 0; spans are spelled out, gaps are blank cells.

    `origin` names the place of a gap.

    Raises:
        ExportError: when the table would have more than `MOST_CELLS` cells.
    """
    held: dict[tuple[int, int], Cell] = {}
    height = width = 0
    for row, column, cell in placed:
        height, width = max(height, row + cell.rows), max(width, column + cell.columns)
        if height * width > MOST_CELLS:
            raise ExportError(f"{name or 'a table'} spans more than {MOST_CELLS:,} cells; a published table is small")
        for down in range(cell.rows):
            for right in range(cell.columns):
                held.setdefault((row + down, column + right), cell)
    rows = tuple(
        tuple(held.get((row, column)) or Cell("", origin(row, column)) for column in range(width))
        for row in range(height)
    )
    return Grid(rows, name, title, tuple(said))
