"""What tables a request asks for: for each, the parts it answers, the records it counts, and its shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, TypeAlias

from clearcount.counting.found import Decided, Flag, HoldsTerm, InPart, Marked, Matched
from clearcount.model.keys import ClassKey, Key
from clearcount.model.months import Month
from clearcount.model.population import Dates, Population, State, Words
from clearcount.model.record import OFFENCE, Noun
from clearcount.model.request import CountRequest, Question, Scope, TableShape, Terms

Counts = Literal["scope", "terms", "marked", "decided", "confirmed", "confirmed_or_unclear", "undecided"]
"""Which records of a part a table counts: all in scope, those that match, those that carry the marker, those of which
the marker says anything, and those of the matches on which readers decided this."""
READ: tuple[Counts, ...] = ("confirmed", "confirmed_or_unclear", "undecided")
InForce = Callable[[Key, Month], bool]
"""(code or question, month) -> whether its offence was in force in any part of the month, or is recorded after its
end."""


@dataclass(frozen=True)
class CountingFacts:
    """What is known before anything is counted.

    `in_force` answers for codes and for questions without a code. `until` gives the last day of each part. `held_to` is
    the last day that the snapshot holds. Later months are "not held", and the month of a last day that does not end it
    is provisional. `label` names a code, `group` the class, sub-class or category of one. `named` are the codes that
    records in scope name. `own` says that the codes are the data's own, `noun` what a record is called.
    """

    in_force: InForce
    until: Mapping[int, date]
    held_to: date | None = None
    label: Callable[[str], str] = str
    group: Callable[[str, str], ClassKey | None] = lambda kind, code: None
    own: bool = False
    named: frozenset[str] = frozenset()
    noun: Noun = OFFENCE

    @property
    def partial(self) -> Month | None:
        """The month that the snapshot holds in part."""
        if self.held_to is None or self.held_to == Month.of(self.held_to).last_day:
            return None
        return Month.of(self.held_to)


@dataclass(frozen=True)
class Wanted:
    """One table that the request asks for: `number` counts them from 1, `shape` is its layout.

    All its parts count the same population, unless one of its dimensions is `question`.
    """

    number: int
    shape: TableShape
    parts: tuple[Question, ...]
    request: CountRequest = field(repr=False)

    @property
    def scope(self) -> Scope:
        """The scope of its first part; the others differ only in codes, or in what each question says."""
        return self.request.scope_of(self.parts[0])

    @property
    def unit(self) -> str:
        """What is counted."""
        return self.scope.unit

    @property
    def terms(self) -> Terms | None:
        """The words of its first part."""
        return self.parts[0].terms

    @property
    def counts(self) -> Counts:
        """What the table counts: the marker where it is used instead of words, else the words, else everything."""
        marker = self.request.marker
        if any(part.terms for part in self.parts) and not (marker and marker.use == "instead"):
            return "terms"
        return "marked" if marker else "scope"

    @property
    def is_wide(self) -> bool:
        """Whether some part names many codes at once; lines then print only where something was counted."""
        return any(part.is_wide for part in self.parts)

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The names of its dimensions, those of the rows first."""
        return self.shape.dimensions

    @property
    def whole(self) -> Wanted:
        """All in scope in the same shape, without the lines by term or by what readers say: these hold matches only."""
        of_matches = {"term", "state", *(fact.name for fact in self.request.facts)}
        rows, columns = (
            tuple(name for name in side if name not in of_matches) for side in (self.shape.rows, self.shape.columns)
        )
        return replace(self, shape=replace(self.shape, rows=rows, columns=columns))

    def flags(self, counts: Counts) -> tuple[Flag, ...]:
        """Return the flags of the records that a table of this kind counts."""
        return tuple(flag_of(part, counts) for part in self.parts)

    def population(self, counts: Counts, facts: CountingFacts, state: State = "") -> Population:
        """Return the records that a table of this kind counts."""
        scopes = [self.request.scope_of(part) for part in self.parts]
        scope = self.scope
        timed = any(name in TIMES for name in self.dimensions)
        coded = any(name in OFFENCES for name in self.dimensions)
        basis = scope.date_basis
        first, last = min(each.start for each in scopes), max(facts.until[part.number] for part in self.parts)
        dates = Dates(first, last, basis) if not timed else Dates(first, None, basis) if basis != "recorded" else None
        codes = () if coded else tuple(sorted({code for part in self.parts for code in part.codes}))
        words = words_of(self.terms) if counts in ("terms", *READ) and self.terms else None
        several = len({group_of(self.request, part, facts.until) for part in self.parts}) > 1
        return Population(
            records=scope.records,
            codes=codes,
            dates=dates,
            cancelled=scope.cancelled == "include",
            where=tuple(sorted((column, condition.normal) for column, condition in scope.where.items())),
            alongside=tuple(sorted(f"{each.kind}:{each.name}" for each in scope.alongside)),
            words=words,
            marker=self.request.marker.name if self.request.marker and counts in ("marked", "decided") else "",
            state="any mark" if counts == "decided" else state,
            aside=f"table {self.number}, {counts}, each question by itself" if several else "",
        )


OFFENCES = frozenset(("offence", "question", "class", "sub-class", "category"))
TIMES = frozenset(("week", "month", "quarter", "year", "financial-year"))


def flag_of(part: Question, counts: Counts) -> Flag:
    """Return the flag of the records of one part that a table counts; a part without words counts all in scope."""
    if counts == "terms" and part.terms:
        return Matched(part.number)
    if counts in READ:
        return Decided(part.number, counts)
    if counts in ("marked", "decided"):
        return Marked(part.number, counts == "decided")
    return InPart(part.number)


def term_flags(parts: Sequence[Question], term: str) -> tuple[Flag, ...]:
    """Return the flags of the records of these parts that hold a term."""
    return tuple(HoldsTerm(each.number, term) for each in parts if each.terms and term in each.terms.searched.terms)


def words_of(terms: Terms) -> Words:
    """Return the words of a population in normal form."""
    return Words.of(terms.set.rule, terms.set.terms, terms.set.none, terms.fields, terms.together)


def group_of(request: CountRequest, part: Question, until: Mapping[int, date]) -> object:
    """Return a value that is equal for two parts whose records are cut from one population, whatever their codes."""
    scope = request.scope_of(part)
    where = tuple(sorted((column, condition.normal) for column, condition in scope.where.items()))
    alongside = frozenset(scope.alongside)
    words = words_of(part.terms) if part.terms else None
    period = scope.start, until[part.number], scope.date_basis
    return scope.records, period, scope.unit, scope.cancelled, where, alongside, words


Numbers: TypeAlias = Mapping[tuple[int, int], int]
"""(place of the table in the request, number of its first part) -> number of the table in the answer."""


def wanted_tables(
    request: CountRequest, until: Mapping[int, date], numbers: Numbers | None = None
) -> tuple[Wanted, ...]:
    """Return the tables of a request in order; one whose parts count different records becomes one for each of them.

    `until` gives the last day of each part. `numbers` are those of the tables in the whole answer, where the request is
    one store's part of it. Without them the tables are counted from 1.
    """
    found: list[Wanted] = []
    for shape in request.tables:
        parts = request.parts(shape)
        groups: dict[object, list[Question]] = {}
        for part in parts:
            key = () if "question" in shape.dimensions else group_of(request, part, until)
            groups.setdefault(key, []).append(part)
        for group in groups.values():
            number = numbers[shape.place, group[0].number] if numbers else len(found) + 1
            found.append(Wanted(number, shape, tuple(group), request))
    return tuple(found)


def table_numbers(request: CountRequest, until: Mapping[int, date]) -> Numbers:
    """Return the number of each table of a whole request in its answer."""
    return {(wanted.shape.place, wanted.parts[0].number): wanted.number for wanted in wanted_tables(request, until)}
