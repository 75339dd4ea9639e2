"""A request and a snapshot in, exact tables and mentions out. Nothing here may be sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from clearcount.counting import Found, InScope
from clearcount.counting.dimensions import axes_of
from clearcount.counting.found import Flag, InPart, Same
from clearcount.counting.plan import CountingFacts, Counts, Numbers, Wanted, wanted_tables
from clearcount.counting.tabulate import TableHeading, dropped, tabulate
from clearcount.engines import Engine, Search, SearchedPart, engine
from clearcount.model.facts import NOT_CODED
from clearcount.model.keys import CodeKey, Key, QuestionKey
from clearcount.model.months import Month, Period, month_range
from clearcount.model.population import State
from clearcount.model.record import OFFENCE, Noun, spoken_of
from clearcount.model.request import CountRequest, DateBasis, Scope
from clearcount.model.request_reader import DIMENSIONS
from clearcount.model.table import Leaf, Link, Table
from clearcount.offences import CodeList
from clearcount.store import Snapshot, Store
from clearcount.workflow.selecting import codes_of, group_of_code, last_day, resolved
from clearcount.workflow.snapshot_records import SnapshotRecords

_LONGEST_LABEL = 300
_NAMES: dict[Counts, str] = {"terms": "mentions", "marked": "marked", "scope": "offences", "decided": "marker_decided"}


@dataclass(frozen=True)
class CountedTable:
    """One table of the answer with all in scope in its shape, where that makes sense."""

    wanted: Wanted
    table: Table
    denominator: Table | None = None


@dataclass(frozen=True)
class Counted:
    """One run: what was asked of which snapshot, what was found, and the exact tables with their links.

    `search` is what the engine looked for in `records`. `request` has the codes of every part written out. `answers`
    are the tables asked for, `further` those that go with the first: the marker's. `last` is the month in which the
    period of the first part ends.
    """

    request: CountRequest
    snapshot: Snapshot
    last: Month
    codes: CodeList
    found: Found
    facts: CountingFacts
    answers: tuple[CountedTable, ...]
    further: tuple[Table, ...]
    links: tuple[Link, ...]
    engine: Engine = field(repr=False)
    search: Search = field(repr=False)
    records: SnapshotRecords = field(repr=False)

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every exact table: the first answer, its denominators, then the others."""
        first, *others = self.answers
        denominators = [each.denominator for each in others if each.denominator]
        return (first.table, self.denominator, *(each.table for each in others), *denominators, *self.further)

    @property
    def answer(self) -> Table:
        """The headline table."""
        return self.answers[0].table

    @property
    def denominator(self) -> Table:
        """Every record in scope of the headline table."""
        return self.answers[0].denominator or self.answers[0].table

    @property
    def occurrences(self) -> int:
        """How many occurrences hold the offences in scope."""
        return self.engine.tally(self.found.offences, all_in_scope(self.request), (), True, 0).get((), 0)

    @property
    def tabulator(self) -> Tabulator:
        """What its tables are made from."""
        return Tabulator(self.found, self.facts, self.engine)

    @property
    def kind(self) -> str:
        """What the headline table counts: `mentions`, `marked` or `offences`; its name where it leads the answer."""
        return _NAMES[self.answers[0].wanted.counts]

    @property
    def suffix(self) -> str:
        """What stands behind the names of the headline table and those beside it."""
        return _suffix(self.answers[0].wanted)

    @property
    def lines(self) -> tuple[Leaf, ...]:
        """The offences or questions of the headline table; none where it has neither."""
        dimensions = [each for each in self.answer.dimensions if each.name in ("offence", "question")]
        return dimensions[0].leaves if dimensions else ()

    @property
    def until(self) -> date:
        """The last day of the first part."""
        return self.facts.until[self.request.questions[0].number]

    @property
    def period(self) -> Period:
        """The whole period of the first part as one stretch."""
        first, last = self.request.scope_of(self.request.questions[0]).start, self.until
        months = tuple(month_range(Month.of(first), Month.of(last)))
        return Period(f"{months[0]} to {months[-1]}", months, first, last)


def count_request(
    request: CountRequest,
    store: Store,
    *,
    codes: CodeList,
    snapshot: int | None = None,
    engine_name: str = "local",
    numbers: Numbers | None = None,
    hints: bool = True,
) -> Counted:
    """Count `request` on a snapshot of `store` (the newest unless numbered).

    `numbers` are those of its tables in the whole answer, where other stores answer the other parts. Without `hints`
    its mentions carry none.

    Raises:
        RequestError, StoreError, EngineUnavailable: with a sentence.
    """
    chosen = engine(engine_name)
    shot = store.snapshot(snapshot)
    held = store.codes(shot) if request.is_wide or _wide_alongside(request) else ()
    request = resolved(request, codes, held)
    until = last_days(request, shot)
    search = replace(search_of(request, until, codes, held, shot), hints=hints)
    records = SnapshotRecords(store, shot)
    found = chosen.run(records, search)
    if cut_by_readers(request):  # nobody has decided on anything yet
        people = {role: _undecided(request, records) for role, records in found.people.items()}
        found = replace(found, offences=_undecided(request, found.offences), people=people)
    facts = facts_of(request, _labels(request, found.offences, chosen), codes, shot, until)
    answers, further, links = _tables(request, Tabulator(found, facts, chosen), numbers)
    last = Month.of(until[request.questions[0].number])
    return Counted(request, shot, last, codes, found, facts, answers, further, links, chosen, search, records)


def recounted(counted: Counted) -> Counted:
    """Return the count with its tables made again, where one of them has a line by what readers decided."""
    if not cut_by_readers(counted.request):
        return counted
    numbers = {(at.shape.place, at.parts[0].number): at.number for at in (each.wanted for each in counted.answers)}
    answers, further, links = _tables(counted.request, counted.tabulator, numbers)
    return replace(counted, answers=answers, further=further, links=links)


def all_in_scope(request: CountRequest) -> tuple[Flag, ...]:
    """Return flags of which every record in scope carries one."""
    return tuple(InPart(part.number) for part in request.questions)


def last_days(request: CountRequest, shot: Snapshot) -> dict[int, date]:
    """Return the last day of each part on a snapshot. Raises RequestError when no day of a period is in it."""
    return {part.number: last_day(request.scope_of(part), shot.as_at) for part in request.questions}


def cut_by_readers(request: CountRequest) -> bool:
    """Return whether a table has lines by what readers decided, or by a fact that they coded."""
    names = {"state", *(fact.name for fact in request.facts)}
    return any(names.intersection(shape.dimensions) for shape in request.tables)


def _undecided(request: CountRequest, records: InScope) -> InScope:
    said = {fact.name: Same(NOT_CODED, len(records)) for fact in request.facts}
    return replace(records, values={**records.values, **said, "state": Same("undecided", len(records))})


def _wide_alongside(request: CountRequest) -> bool:
    return any(each.is_wide for question in request.questions for each in request.scope_of(question).alongside)


def search_of(
    request: CountRequest, until: dict[int, date], codes: CodeList, held: Collection[str], shot: Snapshot
) -> Search:
    """Return what an engine must look for to count a request whose codes are written out."""
    parts = tuple(
        SearchedPart(
            number=part.number,
            codes=None if any(each.kind == "all" for each in part.selections) else frozenset(part.codes),
            scope=request.scope_of(part),
            until=until[part.number],
            terms=part.terms if not (request.marker and request.marker.use == "instead") else None,
            alongside=_alongside(request.scope_of(part), codes, held),
        )
        for part in request.questions
    )
    return Search(
        parts=parts,
        columns=columns_of(request),
        marker=request.marker.name if request.marker else "",
        person_columns=frozenset(shot.person_columns),
    )


def _alongside(scope: Scope, codes: CodeList, held: Collection[str]) -> frozenset[str] | None:
    if not scope.alongside:
        return None
    return frozenset(code for each in scope.alongside for code in codes_of(each, codes, held))


def columns_of(request: CountRequest) -> tuple[str, ...]:
    """Return the extra columns that the tables of a request need."""
    known = {*DIMENSIONS, *(fact.name for fact in request.facts)}
    found = dict.fromkeys(name for shape in request.tables for name in shape.dimensions if name not in known)
    if any("hour" in shape.dimensions for shape in request.tables):
        found |= dict.fromkeys(f"{request.scope_of(part).date_basis}_time" for part in request.questions)
    found |= dict.fromkeys(column for part in request.questions for column in request.scope_of(part).where)
    return tuple(found)


def facts_of(
    request: CountRequest, labels: Mapping[str, str], codes: CodeList, shot: Snapshot, until: dict[int, date]
) -> CountingFacts:
    """Return the names of codes, the law's dates and what the snapshot holds; `labels` are the force's own names."""

    def label(code: str) -> str:
        known = codes.get(code)
        return labels.get(code) or (known.label if known else code)

    return CountingFacts(
        in_force=in_force(request, codes, own_codes=shot.own_codes),
        until=until,
        held_to=shot.as_at,
        label=label,
        group=lambda kind, code: group_of_code(codes, kind, code),
        own=shot.own_codes,
        named=frozenset(labels),
        noun=shot.noun,
    )


def in_force(request: CountRequest, codes: CodeList, *, own_codes: bool) -> Callable[[Key, Month], bool]:
    """Return (code or question, month) -> whether a record of it can lie there. A question without a code goes by its
    law.

    With no known start an offence counts as in force. After its end a record can still belong to a month where the list
    says so. Some part that asks for it must then go by the date of record or report.
    """
    law = {each.number: codes.law(each.text) for each in request.questions if not each.codes}
    bases = {each.number: request.scope_of(each).date_basis for each in request.questions}
    of_code: dict[str, set[DateBasis]] = {}
    for each in request.questions:
        for code in each.codes:
            of_code.setdefault(code, set()).add(bases[each.number])

    def answer(key: Key, month: Month) -> bool:
        if isinstance(key, QuestionKey):
            provisions = law.get(key.number, ())
            basis = bases.get(key.number, request.scope.date_basis)
            return not provisions or any(codes.can_be_recorded(each, month, basis) for each in provisions)
        if own_codes or not isinstance(key, CodeKey):
            return True
        return any(codes.can_hold(key.code, month, b) for b in of_code.get(key.code, {request.scope.date_basis}))

    return answer


@dataclass(frozen=True)
class Tabulator:
    """What tables are made from: the records found, what is known before counting, and the engine that adds up."""

    found: Found
    facts: CountingFacts
    engine: Engine

    def table(
        self,
        wanted: Wanted,
        counts: Counts,
        heading: TableHeading,
        *,
        recorded: Table | None = None,
        state: State = "",
        drop: bool = False,
    ) -> Table:
        """Return one table of a kind in the shape asked for."""
        records, facts = self.found.records(wanted.unit), self.facts
        axes = axes_of(wanted, counts, lambda flags, column: self.engine.distinct(records, flags, column), facts)
        once = wanted.unit == "occurrences"
        tally = self.engine.tally(records, wanted.flags(counts), (*axes[0], *axes[1]), once, len(axes[0]))
        made = tabulate(
            tally,
            axes,
            wanted=wanted,
            facts=facts,
            heading=heading,
            population=wanted.population(counts, facts, state),
            recorded=recorded,
        )
        return dropped(made) if drop else made


def _tables(
    request: CountRequest, made: Tabulator, numbers: Numbers | None = None
) -> tuple[tuple[CountedTable, ...], tuple[Table, ...], tuple[Link, ...]]:
    answers: list[CountedTable] = []
    further: list[Table] = []
    links: list[Link] = []
    several, called = wanted_tables(request, made.facts.until, numbers), made.facts.noun
    seen: set[object] = set()
    for wanted in several:
        counts, drop = wanted.counts, wanted.shape.empty == "drop"
        first, suffix = not answers, _suffix(wanted)
        heading = TableHeading(f"denominators{suffix}", _title(wanted.whole, "scope", several, called, whole=True))
        whole = made.table(wanted.whole, "scope", heading)
        heading = TableHeading(f"{_NAMES[counts]}{suffix}", _title(wanted, counts, several, called))
        table = made.table(wanted, counts, heading, recorded=whole, drop=drop)
        shown = first or (counts != "scope" and whole.population not in seen)
        seen.add(whole.population)
        answers.append(CountedTable(wanted, table, whole if shown else None))
        if shown and table.population != whole.population:
            links.append(Link(table.name, whole.name))
        if request.marker and first:
            for kind in ("marked", "decided"):
                if kind != counts:
                    heading = TableHeading(f"{_NAMES[kind]}{suffix}", _title(wanted.whole, kind, several, called))
                    further.append(made.table(wanted.whole, kind, heading, recorded=whole, drop=drop))
                    links.append(Link(heading.name, whole.name))
            links.append(Link(f"marked{suffix}", f"marker_decided{suffix}"))
    return tuple(answers), tuple(further), tuple(links)


def _title(wanted: Wanted, counts: Counts, several: Sequence[Wanted], called: Noun, *, whole: bool = False) -> str:
    """The title of a table: what it counts, and in an answer of several tables how it is laid out."""
    noun = spoken_of(wanted.unit, called)[1]
    marker = wanted.request.marker.name if wanted.request.marker else ""
    what = {
        "scope": f"All recorded {noun} in scope, whether or not the words were found",
        "terms": f"{noun.capitalize()} whose records mention the terms",
        "marked": f"{noun.capitalize()} marked {marker}",
        "decided": f"{noun.capitalize()} on which somebody decided whether they are {marker}",
    }[counts]
    if counts == "scope" and not whole:
        what = f"Recorded {noun}"
    if wanted.shape.title and not whole:
        return wanted.shape.title + _of_parts(wanted)
    if len(several) == 1 and not wanted.request.records:
        return what
    return f"{what}{_by(wanted, called)}{_of_parts(wanted)}"


def _by(wanted: Wanted, called: Noun) -> str:
    names = [name.replace("_", " ").replace("-", " ") for name in wanted.dimensions]
    if called != OFFENCE:
        names = ["code" if name == "offence" else name for name in names]
    return f", by {' and '.join([', '.join(names[:-1]), names[-1]] if len(names) > 1 else names)}" if names else ""


def _suffix(wanted: Wanted) -> str:
    """What stands behind the name of a table that is not the first of the answer."""
    return f" {wanted.number}" if wanted.number > 1 else ""


def _of_parts(wanted: Wanted) -> str:
    """`: question 2`, where the tables of one shape answer different questions, and the store where there are some."""
    store = f" ({wanted.request.records})" if wanted.request.records else ""
    return store + _questions_of(wanted)


def _questions_of(wanted: Wanted) -> str:
    if len(wanted.parts) == len(wanted.request.questions):
        return ""
    numbers = [str(part.number) for part in wanted.parts]
    named = " and ".join([", ".join(numbers[:-1]), numbers[-1]] if len(numbers) > 1 else numbers)
    return f": question{'s' if len(numbers) > 1 else ''} {named}"


def _labels(request: CountRequest, offences: InScope, engine: Engine) -> dict[str, str]:
    """The force's own name for each code: the commonest in scope, when it is short enough to be a name."""
    names: dict[str, Counter[str]] = {}
    held = engine.grouped(offences, all_in_scope(request), {"code": str, "label": str})
    for (code, label), count in held.items():
        if label and len(label) <= _LONGEST_LABEL and "\n" not in label:
            names.setdefault(code, Counter())[label] += count
    return {code: min(counter, key=lambda label: (-counter[label], label)) for code, counter in names.items()}
