"""A request to count as frozen values; `clearcount.model.request_reader` makes them and reports every fault at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from clearcount.errors import RequestError
from clearcount.model.columns import Condition, Grouping
from clearcount.model.facts import FactAsked
from clearcount.model.months import Month
from clearcount.model.selection import Selection
from clearcount.model.terms import TermSet

DateBasis = Literal["recorded", "reported", "committed"]
RECORD_UNITS = ("offences", "occurrences")
Edge = Literal["latest", "extract"]
Cancelled = Literal["exclude", "include"]
MarkerUse = Literal["instead", "beside"]
Empty = Literal["show", "drop"]
DEFAULT_FIELDS = ("oel", "summary", "mo")
DEFAULT_TERMS = ("AI", "artificial intelligence", "deep fake*", "deepfake*")


@dataclass(frozen=True)
class Fault:
    """What cannot be counted: where in the request, what is wrong and what to do."""

    where: str
    what: str
    do: str


@dataclass(frozen=True)
class Doubt:
    """What can be counted but should not be, unmended, unless somebody accepts it with a reason."""

    id: str
    where: str
    what: str
    do: str


@dataclass(frozen=True)
class Scope:
    """Which records count.

    `start` is the first day; `end` the last one, or `latest` (the last complete month in the snapshot) or `extract`
    (the day of the extract). `unit` is offences, occurrences, or a role of people in the plural (`victims`).
    `alongside` selects occurrences that also hold another offence of one of these codes. `records` names the store
    where several are given.
    """

    start: date
    end: date | Edge
    date_basis: DateBasis = "recorded"
    unit: str = "offences"
    cancelled: Cancelled = "exclude"
    where: Mapping[str, Condition] = field(default_factory=dict)
    alongside: tuple[Selection, ...] = ()
    records: str = ""

    @property
    def first(self) -> Month:
        """The month of the first day."""
        return Month.of(self.start)

    @property
    def last(self) -> Month | None:
        """The month of the last day; None while only a snapshot can say."""
        return Month.of(self.end) if isinstance(self.end, date) else None

    @property
    def counts_people(self) -> bool:
        """Whether the unit is a role of people."""
        return self.unit not in RECORD_UNITS


@dataclass(frozen=True)
class Terms:
    """The words looked for, the rule that reads them and the text fields they are looked for in.

    `set` holds `any`, the terms of which one must be met. `together` are further lists: of each, one term must be met
    anywhere in the searched texts of the record.
    """

    set: TermSet
    fields: tuple[str, ...] = DEFAULT_FIELDS
    together: tuple[tuple[str, ...], ...] = ()

    @property
    def searched(self) -> TermSet:
        """Every term that is looked for, those of the further lists too."""
        terms = dict.fromkeys((*self.set.terms, *(term for group in self.together for term in group)))
        return TermSet(self.set.rule, tuple(terms), self.set.none)

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """The lists of which each must be met."""
        return (self.set.terms, *self.together)


@dataclass(frozen=True)
class Question:
    """One part of the request as asked.

    `selections` are its codes as the request names them, `codes` the canonical codes that they hold (none is allowed,
    and said). `scope` and `terms` are those of the request but for what the part says itself.
    """

    number: int
    text: str
    codes: tuple[str, ...]
    selections: tuple[Selection, ...] = ()
    scope: Scope | None = None
    terms: Terms | None = None

    @property
    def is_wide(self) -> bool:
        """Whether it names many codes at once, which an answer does not list one by one."""
        return any(selection.is_wide for selection in self.selections)


@dataclass(frozen=True)
class Marker:
    """The force's own flag, counted instead of the terms or beside them."""

    name: str
    use: MarkerUse


@dataclass(frozen=True)
class TableShape:
    """How one table is laid out: the dimensions in its rows and columns, and the parts that it answers (none: all).

    `place` says which table of the request it is, counted from 1.
    """

    rows: tuple[str, ...] = ("offence",)
    columns: tuple[str, ...] = ("month",)
    empty: Empty = "show"
    title: str = ""
    of: tuple[int, ...] = ()
    place: int = field(default=1, compare=False)

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Every dimension, those of the rows first."""
        return (*self.rows, *self.columns)


@dataclass(frozen=True)
class Accepted:
    """A doubt that somebody accepted, and why; only the reason is printed."""

    doubt: str
    reason: str


@dataclass(frozen=True)
class CountRequest:
    """A whole request, or where several stores answer it the parts that the store called `records` answers.

    `source` is the mapping it was parsed from, as release.json prints it.
    """

    reference: str
    title: str
    received: date
    version_date: date | None
    text: str
    scope: Scope
    questions: tuple[Question, ...]
    terms: Terms | None
    marker: Marker | None
    tables: tuple[TableShape, ...]
    accepted: tuple[Accepted, ...]
    groupings: Mapping[str, Grouping] = field(default_factory=dict)
    facts: tuple[FactAsked, ...] = ()
    unseen: tuple[str, ...] = ()
    records: str = ""
    source: Mapping[str, object] = field(repr=False, compare=False, default_factory=dict)

    @property
    def codes(self) -> tuple[str, ...]:
        """The distinct codes in order of first mention."""
        return tuple(dict.fromkeys(code for question in self.questions for code in question.codes))

    @property
    def table(self) -> TableShape:
        """The first table."""
        return self.tables[0]

    @property
    def is_wide(self) -> bool:
        """Whether some part names many codes at once."""
        return any(question.is_wide for question in self.questions)

    def scope_of(self, question: Question) -> Scope:
        """Return the scope of one part."""
        return question.scope or self.scope

    def parts(self, shape: TableShape) -> tuple[Question, ...]:
        """Return the parts that a table answers, in order."""
        return tuple(question for question in self.questions if not shape.of or question.number in shape.of)


class FaultyRequest(RequestError):
    """A request with faults; `faults` lists them, `request` is what could be read, the rest standing as defaults."""

    def __init__(self, faults: Sequence[Fault], request: CountRequest | None = None) -> None:
        self.faults = tuple(faults)
        self.request = request
        lines = [f"{fault.where}: {fault.what}; {fault.do}" for fault in self.faults]
        super().__init__("\n".join(lines))
