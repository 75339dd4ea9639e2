"""The account of one count: every offence under the request's codes and every row of the exports, each once.

It is made from the store apart from the engine that counted, and held against it: when the two disagree there is no
answer.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clearcount.answer.account import LeftOut, Named, OffenceAccount, RequestAccount, RowAccount
from clearcount.counting.found import Searched
from clearcount.engines.base import DATE_COLUMN, RecordSource, Search, SearchedPart
from clearcount.errors import StoreError
from clearcount.model.columns import Condition
from clearcount.model.months import Month
from clearcount.model.table import Count
from clearcount.store import Account, Store
from clearcount.workflow.accounting_people import people_accounts
from clearcount.workflow.counting import Counted

Mask = np.ndarray
_KINDS = ("offences", "texts", "persons")
_CANCELLED, _LEFT_OUT, _ALONE, _UNDATED, _OUTSIDE, _COUNTED = range(6)
"""How far an offence under the codes of a part comes; over several parts it stands where it comes furthest."""


@dataclass(frozen=True)
class Accounted:
    """The account of a count, and the exports' own."""

    account: RequestAccount
    exports: Account


def account_for(counted: Counted, store: Store) -> Accounted:
    """Return the account of `counted` on its store.

    Raises:
        StoreError: when the offences that the engine counted are not those that the account finds in scope.
    """
    shot = counted.snapshot
    search, records = counted.search, counted.records
    under, uncoded = _Came(), _Came()
    for coded, without in counted.engine.over(records, partial(_came_of, search=search)):
        under, uncoded = under + coded, uncoded + without
    offences = _account(under, uncoded, counted, search)
    if offences.counted != len(counted.found.offences):
        raise StoreError(
            f"the count finds {len(counted.found.offences):,} offences in scope and its account {offences.counted:,}; "
            "nothing was written. Please report this"
        )
    exports = store.account(shot)
    rows = tuple(_rows(kind, exports, counted, search) for kind in _KINDS if exports.change(kind).read)
    return Accounted(RequestAccount(offences, rows, people_accounts(counted, records, search)), exports)


@dataclass(frozen=True)
class _Came:
    """How many offences came how far, why those that a filter left out did, and the months outside of the period."""

    stages: Counter[int] = field(default_factory=Counter)
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)
    outside: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: _Came) -> _Came:
        return _Came(self.stages + other.stages, self.left_out + other.left_out, self.outside + other.outside)


def _came_of(records: RecordSource, search: Search) -> tuple[_Came, _Came]:
    """How far the offences under the codes of a search came, and those without a code."""
    found = records.offences({*search.codes, ""} if search.codes is not None else None)
    coded = pc.not_equal(found["code"], "")
    beside = {part.number: _neighbours(part, records) for part in search.parts if part.alongside is not None}
    under = _Sorted.of(found.filter(coded), search, beside)
    return under.came(), _Sorted.of(found.filter(pc.invert(coded)), search, beside, any_code=True).came()


def _neighbours(part: SearchedPart, records: RecordSource) -> Counter[str]:
    """How many offences of the codes asked for beside it each occurrence holds."""
    others = records.offences(part.alongside)
    if part.scope.cancelled == "exclude":
        others = others.filter(pc.equal(others["status"], "recorded"))
    return Counter(others["occurrence_no"].to_pylist())


@dataclass
class _Sorted:
    """Offences sorted by how far each comes towards being counted, and why it comes no further."""

    offences: pa.Table
    stage: Mask
    why: list[tuple[str, str]] = field(default_factory=list)
    reason: Mask = field(default_factory=lambda: np.zeros(0, np.int64))
    month: Mask = field(default_factory=lambda: np.zeros(0, "datetime64[M]"))

    @classmethod
    def of(
        cls, offences: pa.Table, search: Search, neighbours: dict[int, Counter[str]], *, any_code: bool = False
    ) -> _Sorted:
        """Sort `offences` by the parts of a search; with `any_code` the codes are not asked."""
        size = len(offences)
        made = cls(offences, np.full(size, -1), [], np.zeros(size, np.int64), np.full(size, "NaT", "datetime64[M]"))
        for part in search.parts:
            made._part(part, search, neighbours.get(part.number), any_code=any_code)
        return made

    def _part(self, part: SearchedPart, search: Search, neighbours: Counter[str] | None, *, any_code: bool) -> None:
        size = len(self.offences)
        left = np.ones(size, bool)
        if part.codes is not None and not any_code:
            left = _mask(pc.is_in(self.offences["code"], pa.array(sorted(part.codes), pa.string())))
        if part.scope.cancelled == "exclude":
            recorded = _mask(pc.equal(self.offences["status"], "recorded"))
            self._come(left & ~recorded, _CANCELLED)
            left &= recorded
        for name, condition in part.scope.where.items():
            if part.scope.counts_people and name in search.person_columns:
                continue
            holds, blank, unsaid = _verdicts(self.offences, name, condition)
            out = left & ~holds
            self._come(out & blank, _LEFT_OUT, (name, "blank"))
            self._come(out & ~blank & unsaid, _LEFT_OUT, (name, "unsaid"))
            self._come(out & ~blank & ~unsaid, _LEFT_OUT, (name, "other"))
            left &= holds
        if neighbours is not None:
            beside = self._beside(part, neighbours)
            self._come(left & ~beside, _ALONE)
            left &= beside
        days = self.offences[DATE_COLUMN[part.scope.date_basis]]
        undated = _mask(pc.is_null(days))
        first, last = (pa.scalar(day, pa.date32()) for day in (part.scope.start, part.until))
        inside = _mask(pc.and_(pc.greater_equal(days, first), pc.less_equal(days, last)))
        self._come(left & undated, _UNDATED)
        outside = left & ~undated & ~inside
        moments = np.asarray(days.cast(pa.int32()).fill_null(0)).astype("datetime64[D]").astype("datetime64[M]")
        self.month = np.where(outside & (self.stage < _OUTSIDE), moments, self.month)
        self._come(outside, _OUTSIDE)
        self._come(left & inside, _COUNTED)

    def _beside(self, part: SearchedPart, neighbours: Counter[str]) -> Mask:
        """Whether the occurrence holds another offence of the codes asked for beside it."""
        itself = _mask(pc.is_in(self.offences["code"], pa.array(sorted(part.alongside or ()), pa.string())))
        if part.scope.cancelled == "exclude":
            itself &= _mask(pc.equal(self.offences["status"], "recorded"))
        held = np.array([neighbours[number] for number in self.offences["occurrence_no"].to_pylist()], np.int64)
        return held > itself.astype(np.int64)

    def _come(self, mask: Mask, stage: int, why: tuple[str, str] = ("", "")) -> None:
        """Note that offences come so far, where they came less far before."""
        further = mask & (self.stage < stage)
        if why not in self.why:
            self.why.append(why)
        self.stage = np.where(further, stage, self.stage)
        self.reason = np.where(further, self.why.index(why), self.reason)

    def came(self) -> _Came:
        """Return how many came how far."""
        out = Counter(self.why[number] for number in self.reason[self.stage == _LEFT_OUT].tolist())
        months = np.unique(self.month[self.stage == _OUTSIDE], return_counts=True)
        return _Came(
            Counter(self.stage.tolist()), out, Counter({str(month): int(n) for month, n in zip(*months, strict=True)})
        )


def _account(under: _Came, uncoded: _Came, counted: Counted, search: Search) -> OffenceAccount:
    """What became of each offence; `uncoded` are those without a code, sorted in the same way."""
    with_text = None
    if any(part.terms for part in counted.request.questions) and looks_for_words(counted):
        with_text = counted.engine.tally(counted.found.offences, (Searched(),), (), False, 0).get((), 0)
    columns = dict.fromkeys(
        name
        for part in search.parts
        for name in part.scope.where
        if not (part.scope.counts_people and name in search.person_columns)
    )
    tally = under.left_out
    return OffenceAccount(
        counted=under.stages[_COUNTED],
        cancelled=under.stages[_CANCELLED],
        left_out=tuple(
            LeftOut(name, tally[name, "blank"], tally[name, "unsaid"], tally[name, "other"]) for name in columns
        ),
        alone=under.stages[_ALONE],
        undated=under.stages[_UNDATED],
        outside={Month.parse(month): n for month, n in sorted(under.outside.items())},
        with_text=with_text,
        uncoded=uncoded.stages[_COUNTED],
        uncoded_undated=uncoded.stages[_UNDATED],
    )


def named(counted: Counted, account: RequestAccount) -> Named:
    """Return what the lines of the account need to know of the answer."""
    request, table = counted.request, counted.denominator
    whole = table.cells.get(table.whole)
    same = table.unit == "offences" and isinstance(whole, Count) and whole.n == account.offences.counted
    return Named(
        counted_by=table.name if same else "",
        date=request.scope.date_basis,
        snapshot=counted.snapshot.number,
        has_codes=bool(request.codes),
        people_by=_people_by(counted, account),
        status_matters=any(request.scope_of(part).cancelled == "exclude" for part in request.questions),
        noun=counted.snapshot.noun,
    )


def _people_by(counted: Counted, account: RequestAccount) -> dict[str, str]:
    """For each role the table whose grand total is everybody counted."""
    found: dict[str, str] = {}
    for people in account.people:
        for table in counted.tables:
            whole = table.cells.get(table.whole)
            scope = table.population.words is None and not table.population.marker
            if scope and table.unit == people.unit and isinstance(whole, Count) and whole.n == people.counted:
                found.setdefault(people.unit, table.name)
    return found


def looks_for_words(counted: Counted) -> bool:
    """Return whether the count looks for words, and not for the force's marker instead."""
    marker = counted.request.marker
    return not (marker and marker.use == "instead")


def _mask(array: pa.Array | pa.ChunkedArray) -> Mask:
    return np.asarray(pc.fill_null(array, False)).astype(bool)


def _verdicts(offences: pa.Table, column: str, condition: Condition) -> tuple[Mask, Mask, Mask]:
    """Of each offence: whether the condition holds, whether the column is blank, whether nobody can say."""
    held = offences["extra"].combine_chunks()
    values = pc.fill_null(pc.map_lookup(held, pa.scalar(column, pa.string()), "first").cast(pa.string()), "")
    coded = values.dictionary_encode()
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    different = coded.dictionary.to_pylist()
    at = np.asarray(coded.indices)
    if not different:
        none = np.zeros(0, bool)
        return none, none, none
    holds = np.array([condition.holds(value) for value in different], bool)
    blank = np.array([not value.strip() for value in different], bool)
    unsaid = np.array([condition.cannot_say(value) for value in different], bool)
    return holds[at], blank[at], unsaid[at]


def _rows(kind: str, exports: Account, counted: Counted, search: Search) -> RowAccount:
    change, kept = exports.change(kind), exports.rows.get(kind, 0)
    reach = _reach_of_offences(exports, search) if kind == "offences" else _reach_of(kind, exports, counted)
    lost = sum(reach.values())
    if lost > change.quarantined:  # rows of format 1, whose kind nobody knows, stand under each
        reach, lost = Counter(unread=change.quarantined), change.quarantined
    return RowAccount(
        kind=kind,
        kept=kept,
        changed=change.changed,
        unchanged=change.unchanged,
        gone=change.removed,
        purged=change.added - change.removed - kept,
        in_reach=reach["in reach"],
        unread=reach["unread"],
        out_of_reach=reach["out of reach"],
        mended=change.quarantined - lost,
    )


def _reach_of_offences(exports: Account, search: Search) -> Counter[str]:
    """Refused rows by whether their offence could have counted; a row counts once, as the worst of its offences."""
    worst: dict[tuple[int, str, int], int] = {}
    for row in exports.refused_offences():
        rank = 0
        for part in search.parts:
            column = DATE_COLUMN[part.scope.date_basis]
            day: date | None = getattr(row, column)
            unread = "code" in row.unread or not row.code
            asked = not unread and (part.codes is None or row.code in part.codes)
            away = day is not None and not part.scope.start <= day <= part.until
            if away or not (unread or asked):
                continue
            rank = max(rank, 2 if asked and day is not None else 1)
        place = (row.snapshot, row.file, row.row)
        worst[place] = max(worst.get(place, 0), rank)
    return Counter(("out of reach", "unread", "in reach")[rank] for rank in worst.values())


def _reach_of(kind: str, exports: Account, counted: Counted) -> Counter[str]:
    """Refused rows by whether they belong to an occurrence in scope, or to one that nobody knows."""
    worst: dict[tuple[int, str, int], int] = {}
    refused = exports.refused_of(kind).select(["snapshot", "file", "row", "occurrence_no"])
    scope = counted.found.offences.among(frozenset(filter(None, refused["occurrence_no"].to_pylist())))
    for row in refused.to_pylist():
        rank = 1 if not row["occurrence_no"] else 2 if row["occurrence_no"] in scope else 0
        place = (row["snapshot"], row["file"], row["row"])
        worst[place] = max(worst.get(place, 0), rank)
    return Counter(("out of reach", "unread", "in reach")[rank] for rank in worst.values())
