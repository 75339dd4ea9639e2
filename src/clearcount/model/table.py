"""Tables of counts, before and after disclosure control.

A cell is not an int: a zero, "not in force", "not searched" and "hidden" are different answers and print differently.
`Table` holds exact counts and never leaves the force. `ControlledTable` is made only by
`clearcount.disclosure.control`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from clearcount.errors import DisclosureError
from clearcount.model.months import TOTAL, Month, Period


@dataclass(frozen=True)
class Count:
    """An exact count; zero is 0."""

    n: int


@dataclass(frozen=True)
class NotInForce:
    """The offence did not exist in any part of the period and nothing was recorded. Printed [z]."""


@dataclass(frozen=True)
class NotSearched:
    """Not searched or not held. Printed [x]."""


@dataclass(frozen=True)
class Suppressed:
    """A hidden count. `low`: labelled as below the threshold, which tells a reader 1..T-1. Printed [c] or [low]."""

    why: Literal["primary", "complementary"]
    low: bool = False


@dataclass(frozen=True)
class Rounded:
    """A count rounded to `base`. Its marker is `round`; a page says so in the heading of the table."""

    n: int
    base: int


Cell: TypeAlias = Count | NotInForce | NotSearched | Suppressed | Rounded
At: TypeAlias = tuple[str, str]
"""Where a cell stands: (row key, period label); either may be TOTAL."""


@dataclass(frozen=True)
class Row:
    """One line of a table.

    `key` is unique in the table and is what a bundle prints in its column `row` (a canonical code, or `q3`).
    `members` are the finest lines it adds up (codes); a line that is not a sum is its own only member.
    `extra` holds further row dimensions in order, such as (("victim_age", "under 18"),); `key` then ends in them.
    """

    key: str
    label: str
    code: str = ""
    row: str = ""
    members: tuple[str, ...] = ()
    extra: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if not self.members:
            object.__setattr__(self, "members", (self.row or self.key,))
        if not self.row:
            object.__setattr__(self, "row", self.key)


@dataclass(frozen=True)
class Table:
    """Exact counts, internal. Every pair of (rows + total) x (periods + total) has a cell.

    `population` names the filter whose records are counted: "all", or a digest of the terms. Two tables of one
    population are cuts of the same records. `additive` is false where the total line is not the sum of the lines
    (occurrences counted once, questions that share a code); then largest line <= total <= sum of lines.
    `known_zero` are (member, month) pairs that a reader knows to be zero because the offence was not in force.
    `total_label` is what the total line is called.
    """

    name: str
    title: str
    rows: tuple[Row, ...]
    periods: tuple[Period, ...]
    cells: Mapping[At, Cell]
    population: str = "all"
    unit: Literal["offences", "occurrences"] = "offences"
    additive: bool = True
    total_label: str = "Total"
    known_zero: frozenset[tuple[str, Month]] = frozenset()
    provisional: frozenset[str] = frozenset()
    dropped_rows: tuple[Row, ...] = ()
    dropped_periods: tuple[Period, ...] = ()

    def __post_init__(self) -> None:
        missing = [at for at in self.coordinates() if at not in self.cells]
        if missing:
            raise ValueError(f"table {self.name!r} lacks {len(missing)} cells, the first at {missing[0]}")

    def coordinates(self) -> tuple[At, ...]:
        """Every coordinate in print order, margins last."""
        return coordinates(self.rows, self.periods)


def coordinates(rows: tuple[Row, ...], columns: tuple[Period, ...]) -> tuple[At, ...]:
    """(row key, period label) for every line and column and their totals, in print order."""
    keys = [*(row.key for row in rows), TOTAL]
    labels = [*(column.label for column in columns), TOTAL]
    return tuple((key, label) for key in keys for label in labels)


@dataclass(frozen=True)
class Link:
    """Every cell of table `less` is at most the cell of table `than` at the same coordinates."""

    less: str
    than: str


_CONTROL = object()


@dataclass(frozen=True)
class ControlledTable:
    """A table that disclosure control has let out; the same shape as `Table`, but its cells are safe to print.

    Only `clearcount.disclosure.control` can make one: it passes `controlled_by`.
    """

    name: str
    title: str
    rows: tuple[Row, ...]
    periods: tuple[Period, ...]
    cells: Mapping[At, Cell]
    population: str
    unit: Literal["offences", "occurrences"]
    additive: bool
    total_label: str
    provisional: frozenset[str]
    dropped_rows: tuple[Row, ...]
    dropped_periods: tuple[Period, ...]
    controlled_by: object = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.controlled_by is not _CONTROL:
            raise DisclosureError(
                "a ControlledTable is made only by clearcount.disclosure.control; pass the table through it"
            )

    def coordinates(self) -> tuple[At, ...]:
        """Every coordinate in print order, margins last."""
        return coordinates(self.rows, self.periods)

    def value(self, at: At) -> str:
        """The column `value` of a bundle: a whole number, or empty for a cell that prints a marker only."""
        cell = self.cells[at]
        return str(cell.n) if isinstance(cell, Count | Rounded) else ""

    def marker(self, at: At) -> str:
        """The column `marker` of a bundle: `c`, `low`, `z`, `x`, `round`, `p`, several joined by `|`, or empty."""
        marks = {Suppressed: "c", NotInForce: "z", NotSearched: "x", Rounded: "round"}
        cell = self.cells[at]
        mark = "low" if isinstance(cell, Suppressed) and cell.low else marks.get(type(cell), "")
        return "|".join(filter(None, (mark, "p" if at[1] in self.provisional else "")))

    def shown(self, at: At) -> str:
        """What a page prints in the cell: the number, or the shorthand in brackets, such as `[c]`; never blank."""
        marks = (mark for mark in self.marker(at).split("|") if mark and mark != "round")
        return " ".join(filter(None, (self.value(at), *(f"[{mark}]" for mark in marks))))
