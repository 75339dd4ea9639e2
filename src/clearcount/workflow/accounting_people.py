"""The account of people: everybody of a role on the offences in scope, made apart from the engine that counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from clearcount.answer.account import LeftOut, PeopleAccount
from clearcount.engines.base import RecordSource, Search, SearchedPart
from clearcount.engines.local import narrow
from clearcount.errors import StoreError
from clearcount.model.columns import Condition
from clearcount.model.record import UNREAD_AGE
from clearcount.workflow.counting import Counted

PersonRow: TypeAlias = Mapping[str, Any]
"""A row of the table of people, with its extra columns."""
_COUNTED = ("", "")


@dataclass(frozen=True)
class _People:
    """What became of the people of some records: how each came out, and what else is counted of them."""

    why: Counter[tuple[str, str]] = field(default_factory=Counter)
    also: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: _People) -> _People:
        return _People(self.why + other.why, self.also + other.also)


def people_accounts(counted: Counted, records: RecordSource, search: Search) -> tuple[PeopleAccount, ...]:
    """Return the account of each role that some part counts.

    Raises:
        StoreError: when the engine counted other people than the account finds.
    """
    return tuple(_account(role, counted, records, search) for role in search.roles)


def _account(role: str, counted: Counted, records: RecordSource, search: Search) -> PeopleAccount:
    pieces = counted.engine.over(records, partial(_people_of, search=search, role=role))
    came = sum(pieces, _People())
    engine = len(counted.found.records(role)) if role in counted.found.people else 0
    if came.why[_COUNTED] != engine:
        raise StoreError(
            f"the count finds {engine:,} {role} in scope and its account {came.why[_COUNTED]:,}; nothing was written. "
            "Please report this"
        )
    asked = (part.scope.where for part in search.parts if part.scope.unit == role)
    names = dict.fromkeys(name for where in asked for name in where if name in search.person_columns)
    why, also = came.why, came.also
    return PeopleAccount(
        unit=role,
        counted=why[_COUNTED],
        left_out=tuple(LeftOut(name, why[name, "blank"], why[name, "unsaid"], why[name, "other"]) for name in names),
        offences=also["offences"],
        offences_without=also["without"],
        astray=also["astray"],
        stray=also["stray"],
        twice=also["twice"],
        unread_age=also["unread"],
    )


def _people_of(records: RecordSource, search: Search, role: str) -> _People:
    """What became of everybody of a role in some records."""
    parts = [part for part in search.parts if part.scope.unit == role]
    crimes = dict(_offences(records, search, parts))
    everybody = records.persons(role)
    numbers = pa.array(sorted({occurrence for occurrence, _ in crimes}), pa.string())
    here = everybody.filter(pc.is_in(everybody["occurrence_no"], numbers))
    by_occurrence: dict[str, list[PersonRow]] = defaultdict(list)
    for row in here.to_pylist():
        by_occurrence[row["occurrence_no"]].append({**dict(row["extra"] or ()), **row})
    why: Counter[tuple[str, str]] = Counter()
    also = Counter(offences=len(crimes))
    for (occurrence, crime), numbers_of in crimes.items():
        people: dict[str, list[PersonRow]] = defaultdict(list)
        for row in by_occurrence.get(occurrence, ()):
            if row["crime_no"] in ("", crime):
                people[row["person_no"]].append(row)
        also["without"] += not people
        for rows in people.values():
            asked = [part for part in parts if part.number in numbers_of]
            reasons = [_why(row, part, search) for row in rows for part in asked]
            why[_COUNTED if _COUNTED in reasons else reasons[0]] += 1
            also["twice"] += len({_said(row) for row in rows}) > 1
            also["unread"] += any(row["age"] == UNREAD_AGE for row in rows)
    also["astray"], also["stray"] = _lost(here, everybody, records)
    return _People(why, also)


def _offences(
    records: RecordSource, search: Search, parts: Sequence[SearchedPart]
) -> Iterator[tuple[tuple[str, str], set[int]]]:
    """The offences in scope of parts that count the role, each with the numbers of these parts."""
    found = narrow(records, search)
    masks = {part.number: found.inside[part.number] for part in parts}
    columns = (found.offences[name].to_pylist() for name in ("occurrence_no", "crime_no"))
    for at, key in enumerate(zip(*columns, strict=True)):
        if held := {number for number, mask in masks.items() if mask[at]}:
            yield key, held


def _why(row: PersonRow, part: SearchedPart, search: Search) -> tuple[str, str]:
    """The column of the first condition that a person does not meet, and how; `_COUNTED` when all are met."""
    for name, condition in part.scope.where.items():
        if name in search.person_columns and (how := _verdict(condition, row.get(name) or "")):
            return name, how
    return _COUNTED


def _verdict(condition: Condition, value: str) -> str:
    if condition.holds(value):
        return ""
    return "blank" if not value.strip() else "unsaid" if condition.cannot_say(value) else "other"


def _said(row: PersonRow) -> tuple[object, ...]:
    return row["age"], row["sex"], tuple(row["extra"] or ())


def _lost(here: pa.Table, everybody: pa.Table, records: RecordSource) -> tuple[int, int]:
    """(rows on occurrences in scope that name an unknown crime, rows of unknown occurrences)."""
    offences = records.offences().select(["occurrence_no", "crime_no"])
    known = pc.is_in(everybody["occurrence_no"], pc.unique(offences["occurrence_no"].combine_chunks()))
    named = here.filter(pc.not_equal(here["crime_no"], "")).select(["occurrence_no", "crime_no"])
    astray = named.join(offences, ["occurrence_no", "crime_no"], join_type="left anti")
    return astray.num_rows, everybody.num_rows - (pc.sum(known).as_py() or 0)
