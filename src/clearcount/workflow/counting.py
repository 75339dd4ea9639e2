"""A request and a snapshot in, exact tables and mentions out. Nothing here may be sent."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date

import pyarrow as pa

from clearcount.counting import Found, InScope
from clearcount.counting.tabulate import Layout, columns_of, rows_of, tabulate
from clearcount.engines import Question, engine
from clearcount.errors import RequestError
from clearcount.model.keys import CodeKey, Key, QuestionKey
from clearcount.model.months import Month
from clearcount.model.population import Dates, Population, Words
from clearcount.model.request import CountRequest
from clearcount.model.table import Link, Table
from clearcount.offences import CodeList
from clearcount.store import Snapshot, Store

_LONGEST_LABEL = 300


@dataclass(frozen=True)
class SnapshotRecords:
    """One snapshot of a store, as an engine reads it."""

    store: Store
    snapshot: Snapshot

    def offences(self, codes: Collection[str] | None = None) -> pa.Table:
        """Every offence, or those of some codes."""
        return self.store.offences(self.snapshot, codes)

    def texts(
        self, occurrences: pa.Array | None = None, fields: Collection[str] | None = None
    ) -> Iterator[pa.RecordBatch]:
        """The texts, or those of some occurrences and fields."""
        return self.store.texts(self.snapshot, occurrences, fields)


@dataclass(frozen=True)
class Counted:
    """One run: what was asked of which snapshot, what was found, and the exact tables with their links.

    `tables[0]` is the answer, `tables[1]` the denominator (every offence in scope, mentioned or not).
    """

    request: CountRequest
    snapshot: Snapshot
    last: Month
    codes: CodeList
    found: Found
    layout: Layout
    tables: tuple[Table, ...]
    links: tuple[Link, ...]

    @property
    def answer(self) -> Table:
        """The headline table."""
        return self.tables[0]

    @property
    def denominator(self) -> Table:
        """Every offence in scope."""
        return self.tables[1]


def count_request(
    request: CountRequest, store: Store, *, codes: CodeList, snapshot: int | None = None, engine_name: str = "local"
) -> Counted:
    """Counts `request` on a snapshot of `store` (the newest unless numbered).

    Raises:
        RequestError, StoreError, EngineUnavailable: with a sentence.
    """
    shot = store.snapshot(snapshot)
    last = last_month(request, shot.as_at)
    found = engine(engine_name)(SnapshotRecords(store, shot), Question(request, last))
    layout = lay_out(request, found.offences, codes, shot, last)
    tables, links = _tables(request, found, layout)
    return Counted(request, shot, last, codes, found, layout, tables, links)


def last_month(request: CountRequest, as_at: date) -> Month:
    """The last month of the period: as written, or for "latest" the last one that was over on the extract date.

    Raises:
        RequestError: when no complete month of the period is in the snapshot.
    """
    if request.scope.last is not None:
        return request.scope.last
    month = Month.of(as_at)
    if as_at.day < calendar.monthrange(as_at.year, as_at.month)[1]:
        month = Month(month.year, month.month - 1) if month.month > 1 else Month(month.year - 1, 12)
    if month < request.scope.first:
        raise RequestError(
            f"scope.to: the latest complete month of the snapshot is {month}, before from = {request.scope.first}; "
            "import a newer export or ask for an earlier month"
        )
    return month


def lay_out(request: CountRequest, offences: InScope, codes: CodeList, shot: Snapshot, last: Month) -> Layout:
    """The lines and columns of the answer, with the law's dates and what the snapshot holds."""
    labels = _labels(offences)

    def label(code: str) -> str:
        known = codes.get(code)
        return labels.get(code) or (known.label if known else code)

    as_at = shot.as_at
    whole = as_at.day == calendar.monthrange(as_at.year, as_at.month)[1]
    return Layout(
        rows=rows_of(request, label, own=shot.own_codes),
        columns=columns_of(request, last),
        in_force=in_force(request, codes, own_codes=shot.own_codes),
        held_to=Month.of(as_at),
        partial=frozenset() if whole else frozenset({Month.of(as_at)}),
    )


def in_force(request: CountRequest, codes: CodeList, *, own_codes: bool) -> Callable[[Key, Month], bool]:
    """(code or question, month) -> in force in any part of it. A question without a code goes by the law it names.

    With no known start an offence counts as in force.
    """
    law = {each.number: codes.law(each.text) for each in request.questions if not each.codes}

    def answer(key: Key, month: Month) -> bool:
        if isinstance(key, QuestionKey):
            provisions = law[key.number]
            return not provisions or any(each.in_force_during(month, month) != "none" for each in provisions)
        return own_codes or not isinstance(key, CodeKey) or codes.in_force(key.code, month)

    return answer


def _tables(request: CountRequest, found: Found, layout: Layout) -> tuple[tuple[Table, ...], tuple[Link, ...]]:
    offences = found.offences
    everything = [True] * len(offences)
    scope = population_of(request)
    denominator = tabulate(
        offences,
        everything,
        request=request,
        layout=layout,
        name="denominators",
        title="All recorded offences in scope, whether or not the words were found",
        population=scope,
    )

    def cut(counted: list[bool], name: str, title: str, population: Population) -> Table:
        return tabulate(
            offences,
            counted,
            request=request,
            layout=layout,
            name=name,
            title=title,
            population=population,
            recorded=denominator,
        )

    tables: list[Table] = []
    if request.terms and not (request.marker and request.marker.use == "instead"):
        hit = {mention.occurrence_no for mention in found.mentions}
        terms = request.terms.set
        words = Words.of(terms.rule, terms.terms, terms.none, request.terms.fields)
        counted = [number in hit for number in offences.occurrence_no]
        title = "Offences whose records mention the terms"
        tables.append(cut(counted, "mentions", title, replace(scope, words=words)))
    if request.marker:
        name = request.marker.name
        marker = replace(scope, marker=name)
        tables.append(cut(list(offences.marked), "marked", f"Offences marked {name}", marker))
        title = f"Offences on which somebody decided whether they are {name}"
        tables.append(cut(list(offences.flagged), "marker_decided", title, replace(marker, state="any mark")))
    if not tables:
        every = cut(everything, "offences", "Recorded offences", scope)
        tables.append(every)
    links = tuple(Link(table.name, denominator.name) for table in tables if table.population != scope)
    if request.marker:
        links += (Link("marked", "marker_decided"),)
    return (tables[0], denominator, *tables[1:]), links


def population_of(request: CountRequest) -> Population:
    """Return the records in the request's scope, mentioned or not; its codes and days are dimensions of its tables."""
    scope = request.scope
    where = sorted((column, tuple(sorted({_spelled(v) for v in values}))) for column, values in scope.where.items())
    basis = scope.date_basis
    return Population(
        dates=Dates(scope.first.first_day, None, basis) if basis != "recorded" else None,
        cancelled=scope.cancelled == "include",
        where=tuple(where),
    )


def _spelled(value: str) -> str:
    return value.strip().casefold()


def _labels(offences: InScope) -> dict[str, str]:
    """The force's own name for each code: the commonest in scope, when it is short enough to be a name."""
    names: dict[str, Counter[str]] = {}
    for code, label in zip(offences.code, offences.label, strict=True):
        if label and len(label) <= _LONGEST_LABEL and "\n" not in label:
            names.setdefault(code, Counter())[label] += 1
    return {code: min(counter, key=lambda label: (-counter[label], label)) for code, counter in names.items()}
