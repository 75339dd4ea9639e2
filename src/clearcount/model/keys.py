"""What a line or a column of a table stands for, as a value of its own type.

A key is never a joined string. Two keys are equal only when they mean the same thing. `text` is how a file writes one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from clearcount.model.months import TOTAL, Period

MarkState: TypeAlias = Literal["confirmed", "unclear", "not", "undecided"]


@dataclass(frozen=True)
class CodeKey:
    """One offence code, canonical (`086/02`); with `own` it is opaque and belongs to the data."""

    code: str
    own: bool = False

    @property
    def text(self) -> str:
        """`086/02`."""
        return self.code

    @property
    def printed(self) -> str:
        """`HO 086/02`, which spreadsheets leave as text; an own code as it stands."""
        return self.code if self.own else f"HO {self.code}"


@dataclass(frozen=True)
class QuestionKey:
    """One question of the request, by its number."""

    number: int

    @property
    def text(self) -> str:
        """`q3`."""
        return f"q{self.number}"


@dataclass(frozen=True)
class TermKey:
    """One term, as the request types it."""

    term: str

    @property
    def text(self) -> str:
        """The term."""
        return self.term


@dataclass(frozen=True)
class PeriodKey:
    """One stretch of days: a week, month, quarter or year, or a part of one."""

    period: Period

    @property
    def text(self) -> str:
        """`2023-01`, `2023-Q1`, `2023` or `2023/24`."""
        return self.period.label


@dataclass(frozen=True)
class WeekdayKey:
    """One day of the week; 1 is Monday, as in ISO 8601."""

    number: int

    @property
    def text(self) -> str:
        """`Monday`."""
        return WEEKDAYS[self.number - 1]


WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class HourKey:
    """One hour of the day, 0 to 23."""

    hour: int

    @property
    def text(self) -> str:
        """`07`."""
        return f"{self.hour:02d}"


@dataclass(frozen=True)
class ClassKey:
    """A group of offences that the code list names: a class, a sub-class or a category."""

    kind: str
    name: str

    @property
    def text(self) -> str:
        """The group's name."""
        return self.name


@dataclass(frozen=True)
class ValueKey:
    """One value of a column, in the store's spelling, or the name of a group of values."""

    value: str

    @property
    def text(self) -> str:
        """The value."""
        return self.value


@dataclass(frozen=True)
class BandKey:
    """A band of numbers: `low` to `high`, both included; `high` None is open."""

    low: int
    high: int | None
    named: str = ""

    @property
    def text(self) -> str:
        """`10-17`, `25+`, or as the request names it."""
        return self.named or (f"{self.low}+" if self.high is None else f"{self.low}-{self.high}")


@dataclass(frozen=True)
class BlankKey:
    """The records that hold nothing in the column."""

    named: str = "not recorded"

    @property
    def text(self) -> str:
        """`not recorded`, or as the request names it."""
        return self.named


@dataclass(frozen=True)
class OtherKey:
    """The records whose value lies outside every group or band."""

    named: str

    @property
    def text(self) -> str:
        """As the request names it."""
        return self.named


@dataclass(frozen=True)
class StateKey:
    """What is known of a record: what a reader decided, or what the force's marker says."""

    state: str

    @property
    def text(self) -> str:
        """`confirmed`, `unclear`, `not relevant` or `undecided`."""
        return self.state


@dataclass(frozen=True)
class CodedKey:
    """What readers coded of a confirmed record; `coded` is False for the line of all the others."""

    value: str
    coded: bool = True

    @property
    def text(self) -> str:
        """The value as the request has it, `cannot tell` or `not coded`."""
        return self.value


@dataclass(frozen=True)
class MergedKey:
    """Several lines that the force's policy adds up into one."""

    parts: tuple[Key, ...]

    @property
    def text(self) -> str:
        """`086/02+086/10`."""
        return "+".join(part.text for part in self.parts)


@dataclass(frozen=True)
class TotalKey:
    """All leaves of a dimension."""

    @property
    def text(self) -> str:
        """`total`."""
        return TOTAL


Key: TypeAlias = (
    CodeKey
    | QuestionKey
    | TermKey
    | PeriodKey
    | WeekdayKey
    | HourKey
    | ClassKey
    | ValueKey
    | BandKey
    | BlankKey
    | OtherKey
    | StateKey
    | CodedKey
    | MergedKey
    | TotalKey
)
Place: TypeAlias = tuple[Key, ...]
"""Where a cell stands: one key per dimension, those of the rows first."""

ALL = TotalKey()
"""The margin of a dimension."""


def is_margin(place: Place) -> bool:
    """Return whether `place` has dimensions and is the total of each."""
    return bool(place) and all(isinstance(key, TotalKey) for key in place)
