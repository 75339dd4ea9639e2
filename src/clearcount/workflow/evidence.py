"""Gathers from a store what the doubts about one count are made from: numbers and names, never a text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from clearcount.answer.doubts import Evidence, FieldTexts, HeldColumn, NoticedInStore, searched_fields
from clearcount.model.keys import CodeKey, OtherKey
from clearcount.model.months import Month, month_range
from clearcount.model.request import CountRequest
from clearcount.store import Account, Snapshot, Store
from clearcount.workflow.accounting import Accounted
from clearcount.workflow.counting import Counted, all_in_scope
from clearcount.workflow.evidence_texts import texts_in_scope
from clearcount.workflow.selecting import codes_of


def gather(counted: Counted, store: Store, accounted: Accounted) -> Evidence:
    """Return everything that doubts about `counted` are made from."""
    request, shot = counted.request, counted.snapshot
    texts: tuple[FieldTexts, ...] = ()
    if searched_fields(request) and len(counted.found.offences):
        texts = texts_in_scope(counted)
    return Evidence(
        account=accounted.account,
        reasons={rows.kind: _reasons(accounted.exports, rows.kind) for rows in accounted.account.rows},
        texts=texts,
        columns=tuple(_column(name, request, _held(name, request, store, shot)) for name in _columns(request, shot)),
        noticed=tuple(_noticed(counted, accounted.exports)),
        crimes_twice=counted.engine.crimes_twice(counted.found.offences),
        codes_held=frozenset(store.held(shot, "code")) - {""} if shot.own_codes else None,
        alongside_lacking=_alongside_lacking(counted, store),
        marked=bool(set(_states(counted)) - {"undecided"}),
        in_force=_in_force(counted),
        extract=Month.of(shot.as_at),
    )


def _alongside_lacking(counted: Counted, store: Store) -> tuple[str, ...]:
    """The codes that must be recorded alongside and that no record holds."""
    request = counted.request
    wanted = {
        each.spoken: each
        for part in request.questions
        for each in request.scope_of(part).alongside
        if each.kind != "all"
    }
    held = frozenset(store.codes(counted.snapshot)) if wanted else frozenset()
    return tuple(name for name, each in wanted.items() if held.isdisjoint(codes_of(each, counted.codes, held)))


def _columns(request: CountRequest, shot: Snapshot) -> tuple[str, ...]:
    """The extra columns of offences that a filter or a grouping of the request names."""
    named = dict.fromkeys(name for part in request.questions for name in request.scope_of(part).where)
    named |= dict.fromkeys(name for name, each in request.groupings.items() if not each.is_plain)
    return tuple(name for name in named if name in (*shot.extra_columns, *shot.person_columns))


def _held(name: str, request: CountRequest, store: Store, shot: Snapshot) -> dict[str, int]:
    """What a column holds: of the people that the request counts where they have it, and of offences."""
    units = list(dict.fromkeys(request.scope_of(part).unit for part in request.questions))
    people = [unit for unit in units if unit in shot.roles and name in shot.person_columns]
    held: Counter[str] = Counter()
    for unit in people:
        held.update(store.held_by_people(shot, name, unit))
    if len(people) < len(units) and name in shot.extra_columns:  # offences and occurrences have the same columns
        held.update(store.held(shot, name))
    return dict(held)


def _column(name: str, request: CountRequest, held: dict[str, int]) -> HeldColumn:
    """What a column holds, and what filters and groups ask of it."""
    asked: dict[tuple[str, str], None] = {}
    blank = False
    for part in request.questions:
        condition = request.scope_of(part).where.get(name)
        if condition is None:
            continue
        where = (
            f"scope.where.{name}" if part.scope in (None, request.scope) else f"question[{part.number}].where.{name}"
        )
        named = (*condition.values, *condition.excluded)
        asked |= {(value, where): None for value in named if value.strip()}
        blank |= condition.blank is True or any(not value.strip() for value in condition.values)
    grouping = request.groupings.get(name)
    ungrouped: dict[str, int] = {}
    if grouping and not grouping.is_plain:
        asked |= {(value, f"column.{name}.groups"): None for _, values in grouping.groups for value in values}
        if not grouping.other:
            ungrouped = {value: n for value, n in held.items() if isinstance(grouping.key(value), OtherKey)}
    filled = {value: n for value, n in held.items() if value}
    return HeldColumn(name, filled, held.get("", 0), tuple(asked), blank, ungrouped)


def _in_force(counted: Counted) -> bool:
    """Whether any offence asked for was in force in any month of its period."""
    request, own = counted.request, counted.snapshot.own_codes
    return any(
        counted.facts.in_force(CodeKey(code, own), month)
        for part in request.questions
        for code in part.codes
        for month in month_range(request.scope_of(part).first, Month.of(counted.facts.until[part.number]))
    )


def _noticed(counted: Counted, exports: Account) -> Iterator[NoticedInStore]:
    whole = (finding for finding in counted.snapshot.findings if not finding.of_import)
    for finding in (*exports.findings, *whole):
        yield NoticedInStore(finding.kind, finding.rows, finding.what, finding.column, finding.file, finding.codes)


def _reasons(exports: Account, kind: str) -> tuple[tuple[str, int], ...]:
    """Why rows were refused, the commonest first, without anything that a row holds."""
    counts = Counter(_without_values(reason) for reason in exports.refused_of(kind)["reason"].to_pylist())
    return tuple(sorted(counts.items(), key=lambda each: (-each[1], each[0])))


def _without_values(reason: str) -> str:
    bare = re.sub(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", "a value", reason.split(";")[0])
    return re.sub(r"\d+", "#", bare)[:80].strip()


def _states(counted: Counted) -> list[object]:
    """What the force's marker says of the records in scope."""
    return counted.engine.distinct(counted.found.offences, all_in_scope(counted.request), "state")
