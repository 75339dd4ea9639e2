"""Lines of numbers that an answer prints beside its tables, and which records each line counts.

`Statement` is exact and never leaves the force. `ControlledStatement` is made only by `clearcount.disclosure.control`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from clearcount.errors import DisclosureError
from clearcount.model.months import Month
from clearcount.model.table import _CONTROL, Cell, Count, Rounded, Suppressed


@dataclass(frozen=True)
class StatementLine:
    """One line: a name that stays, what a page calls it, its number, how deep it is a part of the line above.

    `at` is the part of the statement and the place in it that this line prints.
    """

    key: str
    label: str
    n: int
    level: int
    at: tuple[str, str]


@dataclass(frozen=True)
class Part:
    """Counts that are cuts of one population along one dimension of the document that the auditor reads.

    `counts` are the numbers by place, `leaves` the places that are no sums, `totals` what the others add up. With
    `like` the part cuts the records of that table further: `own` is the place at which it counts exactly those, and
    `codes` and `months` are the table's. Without it, they bound the part by themselves.
    """

    name: str
    dimension: str
    counts: Mapping[str, int]
    leaves: tuple[str, ...]
    totals: Mapping[str, tuple[str, ...]]
    like: str = ""
    own: str = ""
    population: str = ""
    codes: tuple[str, ...] = ()
    months: tuple[Month, ...] = ()


@dataclass(frozen=True)
class AtLeast:
    """The number at `place` of the part `part` is at least the grand total of the table `table`."""

    part: str
    place: str
    table: str


@dataclass(frozen=True)
class Statement:
    """The exact lines of one statement, in print order, and what ties them to each other and to the tables."""

    name: str
    title: str
    lines: tuple[StatementLine, ...]
    parts: tuple[Part, ...] = ()
    links: tuple[AtLeast, ...] = ()


@dataclass(frozen=True)
class ControlledLine:
    """One line as it may be printed."""

    key: str
    label: str
    level: int
    cell: Cell
    at: tuple[str, str]

    @property
    def shown(self) -> str:
        """The number, or the shorthand in brackets; never blank."""
        match self.cell:
            case Count(n) | Rounded(n):
                return str(n)
            case Suppressed(low=low):
                return "[low]" if low else "[c]"
        return "[x]"


@dataclass(frozen=True)
class ControlledStatement:
    """A statement that disclosure control has let out. Only `clearcount.disclosure.control` can make one."""

    name: str
    title: str
    lines: tuple[ControlledLine, ...]
    controlled_by: object = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.controlled_by is not _CONTROL:
            raise DisclosureError(
                "a ControlledStatement is made only by clearcount.disclosure.control; pass the statement through it"
            )
