"""What a request says of an extra column: which values count, and how its values are grouped, ordered and named."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from clearcount.model.keys import BandKey, BlankKey, OtherKey, ValueKey

ColumnKey: TypeAlias = ValueKey | BandKey | BlankKey | OtherKey
NOT_RECORDED = "not recorded"

_NUMBER = re.compile(r"\s*(\d{1,9})\s*(?:years?)?\s*$", re.IGNORECASE)
_BAND = re.compile(r"\s*(\d{1,9})\s*(?:-|–|—|to)\s*(\d{1,9})\s*$", re.IGNORECASE)
_OPEN = re.compile(
    r"\s*(\d{1,9})\s*(?:\+|and\s+(?:over|above|older)|or\s+(?:over|above|older|more))\s*$", re.IGNORECASE
)
_OVER = re.compile(r"\s*(?:over|above|older\s+than|>)\s*(\d{1,9})\s*$", re.IGNORECASE)
_UNDER = re.compile(r"\s*(?:under|below|younger\s+than|<)\s*(\d{1,9})\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class NumberRange:
    """A stretch of whole numbers, `low` to `high`; `high` None is open. A plain number is a span of one."""

    low: int
    high: int | None

    @classmethod
    def parse(cls, text: str) -> NumberRange | None:
        """Return the span that `17`, `10-17`, `65+`, `under 18` or `over 64` means, or None for anything else."""
        if found := _NUMBER.match(text):
            return cls(int(found[1]), int(found[1]))
        if found := _BAND.match(text):
            low, high = int(found[1]), int(found[2])
            return cls(low, high) if low <= high else None
        if found := _OPEN.match(text):
            return cls(int(found[1]), None)
        if found := _OVER.match(text):
            return cls(int(found[1]) + 1, None)
        if found := _UNDER.match(text):
            return cls(0, int(found[1]) - 1) if int(found[1]) else None
        return None

    def within(self, low: int | None, high: int | None) -> bool:
        """Return whether the whole span lies in `low` to `high`; None is open."""
        return (low is None or self.low >= low) and (high is None or (self.high is not None and self.high <= high))

    def meets(self, low: int | None, high: int | None) -> bool:
        """Return whether some part of the span lies in `low` to `high`."""
        return (high is None or self.low <= high) and (low is None or self.high is None or self.high >= low)


def folded(value: str) -> str:
    """Return the value as it is compared: no capitals, single spaces, none outside."""
    return " ".join(value.split()).casefold()


@dataclass(frozen=True)
class Condition:
    """What a column must hold. Every part that is given must be met.

    `values`: one of these. `low` and `high`: a number, or a band that lies wholly between them. `blank`: whether it
    must be blank, or must not. `excluded`: none of these; a blank is then kept.
    """

    values: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    blank: bool | None = None
    excluded: tuple[str, ...] = ()

    def holds(self, value: str) -> bool:
        """Return whether a record with this value counts."""
        held = folded(value)
        if self.blank is not None and self.blank != (not held):
            return False
        if self.values and held not in map(folded, self.values):
            return False
        if self.excluded and held in map(folded, self.excluded):
            return False
        if self.is_range:
            span = NumberRange.parse(value)
            return span is not None and span.within(self.low, self.high)
        return True

    def cannot_say(self, value: str) -> bool:
        """Return whether a range cannot be answered for this value: it is no number, or a band across its edge."""
        if not self.is_range or not folded(value):
            return False
        span = NumberRange.parse(value)
        return span is None or (span.meets(self.low, self.high) and not span.within(self.low, self.high))

    @property
    def is_range(self) -> bool:
        """Whether a lowest or highest number is asked for."""
        return self.low is not None or self.high is not None

    @property
    def normal(self) -> tuple[str, ...]:
        """The condition in normal form: two spellings of one condition are equal."""
        parts = [f"={value}" for value in sorted(set(map(folded, self.values)))]
        parts += [f"!{value}" for value in sorted(set(map(folded, self.excluded)))]
        parts += [f">={self.low}"] if self.low is not None else []
        parts += [f"<={self.high}"] if self.high is not None else []
        parts += [f"blank={self.blank}"] if self.blank is not None else []
        return tuple(parts)

    @classmethod
    def of(cls, normal: Iterable[str]) -> Condition:
        """Return the condition of a normal form, with its values in their folded spelling."""
        held: dict[str, list[str]] = {}
        for part in normal:
            sign = next(sign for sign in (">=", "<=", "blank=", "=", "!") if part.startswith(sign))
            held.setdefault(sign, []).append(part.removeprefix(sign))
        numbers: dict[str, int | None] = {sign: int(held[sign][0]) for sign in (">=", "<=") if sign in held}
        blank = {"True": True, "False": False}.get(held.get("blank=", [""])[0])
        return cls(tuple(held.get("=", ())), numbers.get(">="), numbers.get("<="), blank, tuple(held.get("!", ())))

    @property
    def spoken(self) -> str:
        """The condition behind the name of the column: `is North or South`, `is below 18`, `is not recorded`."""
        parts = [f"is {_or(self.values)}"] if self.values else []
        if self.low is not None and self.high is not None:
            parts.append(f"is {self.low} to {self.high}")
        elif self.low is not None:
            parts.append(f"is {self.low} or more")
        elif self.high is not None:
            parts.append(f"is below {self.high + 1}")
        if self.blank is not None:
            parts.append("is not recorded" if self.blank else "is recorded")
        parts += [f"is not {_or(self.excluded)}"] if self.excluded else []
        return " and ".join(parts)


def _or(values: tuple[str, ...]) -> str:
    named = [value.strip() or NOT_RECORDED for value in values]
    return " or ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)


@dataclass(frozen=True)
class Grouping:
    """How the values of a column become the lines of a table, in order.

    `bands` and `groups` name sets of values; without both, each value is a line. `blank` names the records that hold
    nothing, which are never left out. `other` names those outside every band and group; without it they are a doubt.
    """

    bands: tuple[BandKey, ...] = ()
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    blank: str = NOT_RECORDED
    other: str = ""
    by_value: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        for name, values in self.groups:
            for value in values:
                self.by_value.setdefault(folded(value), name)

    @property
    def leaves(self) -> tuple[ColumnKey, ...]:
        """The lines that the request names, in its order, without the blank and the others."""
        return (*self.bands, *(ValueKey(name) for name, _ in self.groups))

    @property
    def is_plain(self) -> bool:
        """Whether each value is a line of its own."""
        return not self.bands and not self.groups

    def key(self, value: str) -> ColumnKey:
        """Return the line of a record with this value. What fits no band or group is an `OtherKey`."""
        held = folded(value)
        if not held:
            return BlankKey(self.blank)
        if self.is_plain:
            return ValueKey(" ".join(value.split()))
        if held in self.by_value:
            return ValueKey(self.by_value[held])
        if self.bands and (span := NumberRange.parse(value)):
            for band in self.bands:
                if span.within(band.low, band.high):
                    return band
        return OtherKey(self.other or OUTSIDE)


OUTSIDE = "in none of these groups"
"""What records outside every group are called while the request gives them no name."""
