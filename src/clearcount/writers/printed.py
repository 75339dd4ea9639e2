"""Controlled tables as they are printed: the one shape that every file of a bundle is written from and read back into.

A provisional period is marked once, in its column heading (`Jun 2025 [p]`), and in every line of the long CSV.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clearcount.errors import BundleError
from clearcount.model.keys import PeriodKey, Place, is_margin
from clearcount.model.months import TOTAL, Month
from clearcount.model.release import Release
from clearcount.model.table import ControlledTable, Dimension, Leaf

SHORTHAND = {
    "c": "hidden to protect people who might be recognised; the number is not shown",
    "low": "hidden; the number is small, below the threshold that this answer states",
    "z": "not applicable: the offence was not in force in any part of the period and nothing was recorded",
    "x": "not searched or not held; this is not a zero",
    "p": "provisional: the period may still change",
}
"""What each shorthand means, in the order in which it is explained (Government Analysis Function symbols)."""
ROUND = "round"
"""The marker of a rounded number in data; a page says it once, in the heading of the table."""
MARKERS = {**SHORTHAND, ROUND: "rounded, as the title of the table says"}
"""What each marker of the long files means."""

# Control characters break XML and terminals; bidirectional overrides (U+202A-202E, U+2066-2069), zero-width spaces and
# noncharacters can hide or reorder what a reader sees. Joiners (U+200C, U+200D) belong to ordinary spelling and stay.
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\uffff\ud800-\udfff\u2028\u2029]"
)
_SPACES = re.compile(r"\s+")


def plain(text: str) -> str:
    """`text` on one line, without characters that a page cannot show or that change how others are shown."""
    return _SPACES.sub(" ", UNPRINTABLE.sub(" ", text)).strip()


FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def inert(text: str) -> str:
    """`text` as a cell that no spreadsheet runs: one that starts like a formula gets an apostrophe in front."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


@dataclass(frozen=True)
class PrintedCell:
    """What a reader sees in one cell: a whole number as text, or empty, and the shorthand without `p`.

    That a number is rounded stands in the heading of its table, not beside it: `[r]` means revised to readers of
    statistics.
    """

    value: str
    marker: str

    @property
    def shown(self) -> str:
        """`3` or `[c]`; never blank."""
        return self.value if self.marker == ROUND else self.noted

    @property
    def noted(self) -> str:
        """As `shown`, and `5 [round]` for a rounded number."""
        return " ".join(filter(None, (self.value, f"[{self.marker}]" if self.marker else "")))


@dataclass(frozen=True)
class Column:
    """One column: the period as data (`2023-01`, `total`), and its heading (`Jan 2023`, `Total`).

    `first` and `last` are the first and the last day that the column counts (`2023-01-01`), so that a part of a year
    is told from a whole one. Both are empty in bundles of format 1.
    """

    period: str
    heading: str
    provisional: bool = False
    first: str = ""
    last: str = ""

    @property
    def printed(self) -> str:
        """The heading with `[p]` when the period is provisional."""
        return f"{self.heading} [p]" if self.provisional else self.heading


@dataclass(frozen=True)
class Line:
    """One line: `key` unique in its table, `row` as in the bundle's column, `code`, `label`, further dimensions."""

    key: str
    row: str
    code: str
    label: str
    extra: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        """`HO 086/02 Take, make ...`, followed by the further dimensions."""
        return ", ".join((" ".join(filter(None, (self.code, self.label))), *(e for e in self.extra if e != TOTAL)))


@dataclass(frozen=True)
class PrintedTable:
    """A table as printed, margins last. `cells[i][j]` stands in line i and column j; both margins included."""

    name: str
    title: str
    unit: str
    dimensions: tuple[str, ...]
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    cells: tuple[tuple[PrintedCell, ...], ...]
    dropped: tuple[str, ...] = ()

    @property
    def corner(self) -> str:
        """The heading of the first column, such as `Offence` or `Offence, victim age`."""
        lines = self.lines[:-1]
        # a code of the data's own may look like the key of a question, and then stands in `code` too
        asked = [line for line in lines if re.fullmatch(r"q\d+", line.row) and line.code != line.row]
        first = "Question" if lines and len(asked) == len(lines) else "Offence"
        return ", ".join((first, *(dimension.replace("_", " ") for dimension in self.dimensions)))

    @property
    def left_out(self) -> tuple[str, ...]:
        """One sentence that names the lines and columns left out, or nothing when none was."""
        named = "; ".join(self.dropped)
        return (f"Left out because no count in them is above 0: {named}.",) if named else ()

    @property
    def shorthand(self) -> tuple[str, ...]:
        """The shorthand that stands in this table, in the order of `SHORTHAND`."""
        used = {cell.marker for row in self.cells for cell in row}
        if any(column.provisional for column in self.columns):
            used.add("p")
        return tuple(mark for mark in SHORTHAND if mark in used)

    def as_dict(self) -> dict[str, Any]:
        """The table for release.json; `from_dict` reads it back."""
        return {
            "name": self.name,
            "title": self.title,
            "unit": self.unit,
            "dimensions": list(self.dimensions),
            "columns": [[c.period, c.heading, c.provisional, c.first, c.last] for c in self.columns],
            "lines": [[line.key, line.row, line.code, line.label, *line.extra] for line in self.lines],
            "cells": [[cell.noted for cell in row] for row in self.cells],
            "dropped": list(self.dropped),
        }

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> PrintedTable:
        """The table that `as_dict` wrote. Raises BundleError when its shape is not that of a table."""
        try:
            columns = tuple(
                Column(str(period), str(heading), bool(p), *map(str, days))
                for period, heading, p, *days in raw["columns"]
            )
            lines = tuple(
                Line(str(key), str(row), str(code), str(label), tuple(map(str, extra)))
                for key, row, code, label, *extra in raw["lines"]
            )
            cells = tuple(tuple(parse_shown(shown) for shown in row) for row in raw["cells"])
            dimensions = tuple(map(str, raw["dimensions"]))
            table = cls(
                str(raw["name"]), str(raw["title"]), str(raw["unit"]), dimensions, columns, lines, cells,
                tuple(map(str, raw.get("dropped", ()))),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as error:
            raise BundleError("release.json: 'printed' does not hold tables as clearcount prints them") from error
        if len(cells) != len(lines) or any(len(row) != len(columns) for row in cells):
            raise BundleError(
                f"release.json: the printed table {table.name!r} has more or fewer cells than its margins"
            )
        return table


_SHOWN = re.compile(rf"^(?:(\d+)(?: \[(r|{ROUND})\])?|\[({'|'.join(SHORTHAND)})\])$")


def parse_shown(text: str) -> PrintedCell:
    """The cell that `3`, `[c]` or `5 [round]` notes; `[r]` is what bundles of format 1 write for the last.

    Raises ValueError for anything else, also for a blank.
    """
    if not (match := _SHOWN.match(text)):
        raise ValueError(f"{text!r} is not a cell as clearcount prints one")
    return PrintedCell(match[1] or "", ROUND if match[2] else match[3] or "")


def _cell(table: ControlledTable, at: Place) -> PrintedCell:
    return PrintedCell(table.value(at), "|".join(mark for mark in table.marks(at) if mark != "p"))


def _days(months: Sequence[Month]) -> tuple[str, str]:
    """The first and the last day of some months in order, as ISO dates; blank for none."""
    return (months[0].first_day.isoformat(), months[-1].last_day.isoformat()) if months else ("", "")


def printed(table: ControlledTable) -> PrintedTable:
    """`table` as printed."""
    columns = tuple(_column(table, head) for head in table.heads)
    lines = tuple(_line(table, line) for line in table.lines)
    cells = tuple(tuple(_cell(table, (*line, *head)) for head in table.heads) for line in table.lines)
    dropped = (
        *(plain(" ".join(filter(None, _words(table, line)))) for line in table.omitted_rows),
        *(", ".join(leaf.label for leaf in _leaves(table.columns, head)) for head in table.omitted_columns),
    )
    dimensions = tuple(dimension.name for dimension in table.rows[1:])
    return PrintedTable(table.name, plain(table.title), table.unit, dimensions, columns, lines, cells, dropped)


def _leaves(dimensions: tuple[Dimension, ...], place: Place) -> tuple[Leaf, ...]:
    return tuple(dimension.leaf(key) for dimension, key in zip(dimensions, place, strict=True))


def _words(table: ControlledTable, line: Place) -> Iterator[str]:
    """The code, the label and the further values of a line."""
    first, *further = _leaves(table.rows, line)
    yield from (first.code, first.label, *(leaf.key.text for leaf in further))


def _column(table: ControlledTable, head: Place) -> Column:
    leaves = _leaves(table.columns, head)
    text = ", ".join(leaf.key.text for leaf in leaves)
    keys = [leaf.key for dimension in table.columns for leaf in dimension.leaves] if is_margin(head) else head
    months = sorted(month for key in keys if isinstance(key, PeriodKey) for month in key.period.months)
    label = ", ".join(leaf.label for leaf in leaves)
    return Column(text, label, not table.provisional.isdisjoint(head), *_days(months))


def _line(table: ControlledTable, line: Place) -> Line:
    leaves = _leaves(table.rows, line)
    if is_margin(line):
        return Line(TOTAL, TOTAL, "", plain(leaves[0].label), (TOTAL,) * (len(leaves) - 1))
    texts = [key.text for key in line]
    key = "|".join(texts)
    return Line(key, texts[0], leaves[0].code, plain(leaves[0].label), tuple(plain(text) for text in texts[1:]))


def printed_tables(release: Release) -> tuple[PrintedTable, ...]:
    """Every table of the release as printed, the answer first, the denominators second."""
    return tuple(printed(table) for table in release.tables)
