"""What an engine hands back: the records in scope as columns, and the mentions in their texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Protocol, TypeAlias, TypeVar, overload

from clearcount.model.decision import State
from clearcount.model.mention import Mention
from clearcount.model.months import Month


@dataclass(frozen=True)
class InPart:
    """The records in scope of one part of the request."""

    number: int


@dataclass(frozen=True)
class Matched:
    """The records of one part in which its words stand."""

    number: int


@dataclass(frozen=True)
class HoldsTerm:
    """The matched records of one part in which one term stands."""

    number: int
    term: str


@dataclass(frozen=True)
class Marked:
    """The records of one part of which the force's marker says this; `decided` is any word of it but none."""

    number: int
    decided: bool = False


@dataclass(frozen=True)
class Decided:
    """The matched records of one part on which readers decided this: a name of a cut, such as `confirmed`."""

    number: int
    cut: str


@dataclass(frozen=True)
class Searched:
    """The records whose occurrence holds a text in one of the fields that are searched."""


@dataclass(frozen=True)
class Mentioned:
    """The records whose occurrence holds a hit that counts for some part."""


Flag: TypeAlias = InPart | Matched | HoldsTerm | Marked | Decided | Searched | Mentioned
_Value = TypeVar("_Value")


class Same(Sequence[_Value]):
    """One value for each of many records."""

    def __init__(self, value: _Value, many: int) -> None:
        self.value, self.many = value, many

    def __len__(self) -> int:
        return self.many

    @overload
    def __getitem__(self, at: int) -> _Value: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[_Value]: ...
    def __getitem__(self, at: int | slice) -> _Value | Sequence[_Value]:
        places = range(self.many)[at]
        return self.value if isinstance(places, int) else Same(self.value, len(places))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    def __hash__(self) -> int:
        return id(self)


class Elsewhere(Protocol):
    """Records that lie with an engine and not in this process."""

    def chunks(self) -> Iterator[InScope]:
        """Yield all of them in their order, as many at a time as fit in memory."""
        ...

    def carrying(self, flag: Flag) -> InScope:
        """Return those that carry a flag, in this process."""
        ...

    def among(self, numbers: Set[str]) -> Set[str]:
        """Return those of some occurrence numbers under which there is one of them."""
        ...


@dataclass(frozen=True)
class InScope:
    """The records in scope of any part, one entry per record in each column, ordered by occurrence and crime number.

    A record is an offence, or a person on an offence (`person_no` is then filled). `days` holds the dates by date
    basis; the first basis is the one of the first part. `values` holds the extra columns asked for, blank where the
    record has none. `states` says what the force's marker says. `flags` says of each record whether it belongs to a
    part and matches. Plain columns and not objects, because a scope may hold millions of rows.

    Where the records are with an engine, `elsewhere` says so. A column then comes here when somebody asks for its
    values. Whoever needs a stretch at a time asks for `chunks`, and whoever needs a sum asks the engine.
    """

    occurrence_no: Sequence[str] = ()
    crime_no: Sequence[str] = ()
    code: Sequence[str] = ()
    label: Sequence[str] = ()
    days: Mapping[str, Sequence[date | None]] = field(default_factory=dict)
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    states: Sequence[State] = ()
    flags: Mapping[Flag, Sequence[bool]] = field(default_factory=dict)
    person_no: Sequence[str] = ()
    elsewhere: Elsewhere | None = field(default=None, compare=False, repr=False)

    def __len__(self) -> int:
        return len(self.occurrence_no)

    def chunks(self) -> Iterator[InScope]:
        """Yield the records in their order, as many at a time as fit in memory."""
        if self.elsewhere is None:
            yield self
            return
        added = {name: column for name, column in self.values.items() if isinstance(column, Same)}
        for chunk in self.elsewhere.chunks():
            same = {name: Same(column.value, len(chunk)) for name, column in added.items()}
            yield replace(chunk, values={**chunk.values, **same})

    def carrying(self, flag: Flag) -> InScope:
        """Return the records that carry a flag; of those that lie here, all that may."""
        return self if self.elsewhere is None else self.elsewhere.carrying(flag)

    def among(self, numbers: Set[str]) -> Set[str]:
        """Return those of some occurrence numbers under which there is a record."""
        if not numbers:
            return frozenset()
        return numbers & set(self.occurrence_no) if self.elsewhere is None else self.elsewhere.among(numbers)

    @cached_property
    def month(self) -> Sequence[Month]:
        """The month of each record by the date basis of the first part; in scope a date of some basis is there."""
        months: dict[tuple[int, int], Month] = {}
        bases = list(self.days.values())
        found = []
        for at in range(len(self)):
            day = next(day for basis in bases if (day := basis[at]) is not None)
            found.append(months.setdefault((day.year, day.month), Month.of(day)))
        return found

    @cached_property
    def marked(self) -> Sequence[bool]:
        """Whether each record carries the force's marker."""
        return [state == "confirmed" for state in self.states]


@dataclass(frozen=True)
class Found:
    """One run of an engine.

    `mentions` are the hits in texts of matched occurrences in scope, in order of occurrence, field, entry and place.
    `dropped` are hits that an exception took out. `searched` are the occurrences in scope that hold a text in one of
    the fields asked for: the others could not be searched. `undated` offences lack the date asked for and are out of
    scope. `spread` offences have a committed range that ends in another month than it starts. `people` holds the
    persons in scope by role.
    """

    offences: InScope
    mentions: tuple[Mention, ...] = ()
    dropped: tuple[Mention, ...] = ()
    searched: Set[str] = frozenset()
    undated: int = 0
    spread: int = 0
    expansion: tuple[tuple[str, str], ...] = field(default=())
    people: Mapping[str, InScope] = field(default_factory=dict)

    def records(self, unit: str) -> InScope:
        """Return the records that a unit counts."""
        return self.people.get(unit, self.offences)
