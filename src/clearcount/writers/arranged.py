"""How a table lies on a page: as it is, or turned so that many periods run down and few offences across.

Pages, letters and sheets lay a table out in the same way, and the readers of a bundle expect it so. The CSV files
keep one column for each period.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby

from clearcount.writers.printed import PrintedCell, PrintedColumn, PrintedTable

MANY_PERIODS = 13
"""Periods from which on a table is turned, the total included: a year of months still reads across."""
FEW_LINES = 10
"""Lines up to which a table is turned; more would not fit side by side."""
LONGEST_HEAD = 200
"""Letters of a line up to which it can head a column; a spreadsheet takes 255, and no two heads of one table alike."""
_PERIOD = "period"
_MONTH = re.compile(r"([A-Z][a-z]{2}) (\d{4})( \[p\])?")


@dataclass(frozen=True)
class ColumnHead:
    """The heading of a column of numbers. `over` is what stands over it and its neighbours: the year of a month."""

    text: str
    over: str = ""
    short: str = ""
    is_margin: bool = False


@dataclass(frozen=True)
class ArrangedRow:
    """A row: its heading, its cells, whether it is a total, and whether a new year begins with it."""

    heading: str
    cells: tuple[PrintedCell, ...]
    is_margin: bool = False
    opens: bool = False


@dataclass(frozen=True)
class Arranged:
    """A table as it lies on a page; `corner` is the heading of the first column."""

    corner: str
    heads: tuple[ColumnHead, ...]
    rows: tuple[ArrangedRow, ...]
    turned: bool = False

    @property
    def over(self) -> tuple[tuple[str, int], ...]:
        """What stands over the headings, each with the number of columns below it; nothing where no head has any."""
        if not any(head.over for head in self.heads):
            return ()
        return tuple((over, len(list(same))) for over, same in groupby(head.over for head in self.heads))

    def bare(self, place: int) -> tuple[ColumnHead, ...]:
        """Return the heads of the group at `place` of `over`, over which nothing stands."""
        start = sum(width for _, width in self.over[:place])
        return self.heads[start : start + self.over[place][1]]

    @property
    def is_wide(self) -> bool:
        """Whether so many columns stand side by side that they need small letters."""
        return len(self.heads) > 14

    @property
    def grid(self) -> tuple[tuple[str, ...], ...]:
        """The heading line and the rows as text."""
        head = (self.corner, *(head.text for head in self.heads))
        return (head, *((row.heading, *(cell.shown for cell in row.cells)) for row in self.rows))


def is_turned(table: PrintedTable) -> bool:
    """Say whether the periods of a table run down the page: there are many of them and few lines."""
    periods = [column for column in table.columns if not column.is_margin]
    names = [line.printed.casefold() for line in table.lines]
    return (
        len(table.columns) > MANY_PERIODS
        and all(column.period and not column.extra and not column.row for column in periods)
        and len(table.lines) <= FEW_LINES
        and not any(line.period for line in table.lines)
        and len({*names, _PERIOD}) > len(names)
        and max(map(len, names)) <= LONGEST_HEAD
    )


def arranged(table: PrintedTable) -> Arranged:
    """Return the table as it lies on a page."""
    if not is_turned(table):
        heads = tuple(_head(column) for column in table.columns)
        if sum(1 for head in heads if head.over) < 2:
            heads = tuple(ColumnHead(head.text, is_margin=head.is_margin) for head in heads)
        rows = (
            ArrangedRow(line.printed, cells, line.is_margin)
            for line, cells in zip(table.lines, table.cells, strict=True)
        )
        return Arranged(table.corner, heads, tuple(rows))
    corner = table.axes[1][0].replace("-", " ").capitalize() if table.axes[1] else "Period"
    turned = []
    before = ""
    for column, cells in zip(table.columns, zip(*table.cells, strict=True), strict=True):
        year = column.period[:4]
        turned.append(ArrangedRow(column.printed, cells, column.is_margin, opens=bool(before) and year != before))
        before = year
    lines = tuple(ColumnHead(line.printed, is_margin=line.is_margin) for line in table.lines)
    return Arranged(corner, lines, tuple(turned), turned=True)


def _head(column: PrintedColumn) -> ColumnHead:
    match = _MONTH.fullmatch(column.printed)
    if match and column.period and not column.extra and not column.row:
        return ColumnHead(column.printed, match[2], match[1] + (match[3] or ""))
    return ColumnHead(column.printed, is_margin=column.is_margin)
