"""Lines of numbers that an answer prints beside its tables, such as what was counted and what could not be.

`Statement` is exact and never leaves the force. `ControlledStatement` is made only by `clearcount.disclosure`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from clearcount.errors import DisclosureError
from clearcount.model.table import _CONTROL, Cell, Count, Rounded, Suppressed


@dataclass(frozen=True)
class StatementLine:
    """One line: a name that stays, what a page calls it, its number, how deep it is a part of the line above.

    `is_sum`: it adds up other lines. `table`: it is the grand total of that table. `rest`: a reader knows a whole of
    which the line is all but so many.
    """

    key: str
    label: str
    n: int
    level: int = 0
    is_sum: bool = False
    table: str = ""
    rest: int | None = None


@dataclass(frozen=True)
class Statement:
    """The exact lines of one statement, in print order."""

    name: str
    title: str
    lines: tuple[StatementLine, ...]


@dataclass(frozen=True)
class ControlledLine:
    """One line as it may be printed."""

    key: str
    label: str
    level: int
    cell: Cell

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
    """A statement that disclosure control has let out. Only `clearcount.disclosure` can make one."""

    name: str
    title: str
    lines: tuple[ControlledLine, ...]
    controlled_by: object = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.controlled_by is not _CONTROL:
            raise DisclosureError(
                "a ControlledStatement is made only by clearcount.disclosure; pass the statement through it"
            )
