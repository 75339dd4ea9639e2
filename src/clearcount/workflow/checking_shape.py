"""Faults and doubts about the shape of an answer: its columns, groups, units and selections, against the snapshot."""

from __future__ import annotations

import re
from collections.abc import Iterator

from clearcount.counting.found import InPart
from clearcount.engines.columns import column_of, mask_of
from clearcount.importers.nearest import nearest
from clearcount.model.columns import Grouping, folded
from clearcount.model.keys import OtherKey
from clearcount.model.request import CountRequest, Doubt, Fault, Question
from clearcount.model.request_reader import DIMENSIONS
from clearcount.store import Snapshot
from clearcount.workflow.counting import Counted

_MOST_NAMED = 5
_WORDS = re.compile(r"[\w .,/&'()+–-]{1,40}")


def faults_of_shape(request: CountRequest, shot: Snapshot) -> Iterator[Fault]:
    """Return a fault for each column, unit, field or store that the request names and the snapshot lacks."""
    for part in request.questions:
        where = _where(request, part)
        scope = request.scope_of(part)
        if scope.records:
            yield Fault(
                f"{where}.records", f"no store is named {scope.records!r}", "leave records out: there is one store"
            )
        if scope.counts_people and scope.unit not in shot.roles:
            held = ", ".join(shot.roles)
            do = f"use offences, occurrences, {held}" if held else "use offences or occurrences, or import persons.csv"
            yield Fault(f"{where}.unit", f"the store holds no {scope.unit}", do)
        yield from _columns_of_where(part, request, shot)
        if part.terms and part.terms != request.terms:
            for field in part.terms.fields:
                if field not in shot.layout_fields:
                    known = ", ".join(shot.layout_fields) or "none: it holds no text"
                    yield Fault(f"question[{part.number}].fields", f"the layout has no field {field!r}", f"use {known}")
    yield from _columns_of_tables(request, shot)


def _where(request: CountRequest, part: Question) -> str:
    return "scope" if request.scope_of(part) == request.scope else f"question[{part.number}]"


def _columns_of_where(part: Question, request: CountRequest, shot: Snapshot) -> Iterator[Fault]:
    scope = request.scope_of(part)
    if scope == request.scope and not scope.counts_people:
        return  # said once, for the request
    known = (*shot.extra_columns, *(shot.person_columns if scope.counts_people else ()))
    for column in scope.where:
        if column not in known:
            where = f"{_where(request, part)}.where.{column}"
            yield Fault(where, "is not a column that the layout names", nearest(column, known))


def _columns_of_tables(request: CountRequest, shot: Snapshot) -> Iterator[Fault]:
    for number, shape in enumerate(request.tables, 1):
        where = f"table[{number}]" if len(request.tables) > 1 else "table"
        people = all(request.scope_of(part).counts_people for part in request.parts(shape))
        known = (*shot.extra_columns, *(shot.person_columns if people else ()))
        for name in shape.dimensions:
            if name not in DIMENSIONS and name not in known:
                do = f"use {', '.join(DIMENSIONS)} or a column; {nearest(name, (*DIMENSIONS, *known))}"
                yield Fault(f"{where}.rows", f"{name!r} is no dimension and no column that the layout names", do)
            if name == "hour":
                bases = {request.scope_of(part).date_basis for part in request.parts(shape)}
                for column in sorted(f"{basis}_time" for basis in bases):
                    if column not in shot.extra_columns:
                        what = f"the store holds no time of day: no column {column!r}"
                        yield Fault(f"{where}.rows", what, f"import with a layout that keeps the time as {column}")
    for name in request.groupings:
        if name not in (*shot.extra_columns, *shot.person_columns):
            yield Fault(f"column.{name}", "is not a column that the layout names", nearest(name, shot.extra_columns))


def doubts_of_shape(counted: Counted) -> Iterator[Doubt]:
    """Return the doubts about groups, ranges and an empty scope that only the records can show."""
    request, done = counted.request, set()
    for part in request.questions:
        records = counted.found.records(request.scope_of(part).unit)
        inside = mask_of(records.flags[InPart(part.number)])
        if not inside.any():
            yield Doubt(
                f"q{part.number}-nothing-in-scope",
                f"question[{part.number}]",
                f"no record at all is in scope of question {part.number}, mentioned or not",
                "see whether period, codes and filters are what was meant, or say why there can be none",
            )
        for name, values in records.values.items():
            if (grouping := request.groupings.get(name)) and not grouping.is_plain and name not in done:
                done.add(name)
                yield from _of_groups(name, grouping, [str(value) for value in column_of(values).encoded[1]])
    yield from _of_ranges(counted)


def _of_groups(name: str, grouping: Grouping, held: list[str]) -> Iterator[Doubt]:
    outside = sorted({value.strip() for value in held if isinstance(grouping.key(value), OtherKey)})
    if outside and not grouping.other:
        yield Doubt(
            f"{name}-outside-groups",
            f"column.{name}",
            f"records in scope hold values that are in no band or group: {_named(outside)}",
            'name what is left with other = "…", or put each value into a group',
        )
    present = {folded(value) for value in held}
    known = [value for value in held if value.strip() and _WORDS.fullmatch(value)][:50]
    for group, values in grouping.groups:
        for value in values:
            if folded(value) not in present:
                yield Doubt(
                    f"{name}-{'-'.join(folded(value).split())}-not-held",
                    f"column.{name}.groups.{group}",
                    f"no record in scope holds {value!r}; {nearest(value, known)}",
                    "mend its spelling, or say that there was none",
                )


def _of_ranges(counted: Counted) -> Iterator[Doubt]:
    request, done = counted.request, set()
    for part in request.questions:
        for name, condition in request.scope_of(part).where.items():
            if not condition.is_range or (name, condition) in done:
                continue
            done.add((name, condition))
            if unclear := sorted({v for v in counted.held.get(name, ()) if condition.cannot_say(v)}):
                yield Doubt(
                    f"{name}-range-cannot-say",
                    f"{_where(request, part)}.where.{name}",
                    f"for some values nobody can say whether {name.replace('_', ' ')} {condition.spoken}: "
                    f"{_named(unclear)}; their records are not counted",
                    "ask for another range, or say that these records are left out",
                )


def _named(values: list[str]) -> str:
    """The first values in words; what may be free text or a number of a person is not repeated."""
    shown = [
        repr(value) if _WORDS.fullmatch(value) and not re.search(r"\d{5}", value) else "(a text)" for value in values
    ]
    more = f" and {len(values) - _MOST_NAMED} more" if len(values) > _MOST_NAMED else ""
    return ", ".join(dict.fromkeys(shown[:_MOST_NAMED])) + more
