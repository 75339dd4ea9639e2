"""Faults and doubts about the shape of an answer: its columns, groups, units and selections, against the snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations

from clearcount.counting.found import Flag, InPart, InScope
from clearcount.model.nearest import nearest
from clearcount.model.request import RECORD_UNITS, CountRequest, Doubt, Fault, Question
from clearcount.model.request_reader import DIMENSIONS
from clearcount.store import Snapshot
from clearcount.workflow.counting import Counted, CountedTable


def _shares_records(one: CountedTable, counted: Counted) -> bool:
    """Return whether a table that is tied to no other counts a record in two of its questions, or one of another."""
    if not one.table.population.aside:
        return False
    records = counted.found.records(one.wanted.unit)
    mine = _flags(one, records)
    others = [each for each in counted.answers if each is not one and each.table.unit == one.table.unit]
    across = ((first, flag) for each in others for first in mine for flag in _flags(each, records))
    return any(counted.engine.share(records, *pair) for pair in chain(combinations(mine, 2), across))


def _flags(table: CountedTable, records: InScope) -> list[Flag]:
    """Return the flags of the records that each question of a table counts."""
    return [flag for flag in table.wanted.flags(table.wanted.counts) if flag in records.flags]


def faults_of_shape(request: CountRequest, shot: Snapshot) -> Iterator[Fault]:
    """Return a fault for each column, unit, field or store that the request names and the snapshot lacks."""
    for part in request.questions:
        where = _where(request, part)
        scope = request.scope_of(part)
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
    if scope == request.scope:
        return  # said once, for the request
    known = (*shot.extra_columns, *(shot.person_columns if scope.counts_people else ()))
    for column in scope.where:
        if column not in known:
            where = f"{_where(request, part)}.where.{column}"
            yield Fault(where, "is not a column that the layout names", nearest(column, known))


def _columns_of_tables(request: CountRequest, shot: Snapshot) -> Iterator[Fault]:
    for shape in request.tables:
        where = f"table[{shape.place}]" if len(request.tables) > 1 or shape.place > 1 else "table"
        people = all(request.scope_of(part).counts_people for part in request.parts(shape))
        facts = tuple(fact.name for fact in request.facts)
        known = (*facts, *shot.extra_columns, *(shot.person_columns if people else ()))
        for name in shape.dimensions:
            if name in facts and name in shot.extra_columns:
                what = f"{name!r} is a fact that readers code and a column that the layout names"
                yield Fault(f"{where}.rows", what, "give the fact another name")
            if name not in DIMENSIONS and name not in known:
                do = f"use {', '.join(DIMENSIONS)} or a column; {nearest(name, (*DIMENSIONS, *known))}"
                yield Fault(f"{where}.rows", f"{name!r} is no dimension and no column that the layout names", do)
            if name == "hour":
                bases = {request.scope_of(part).date_basis for part in request.parts(shape)}
                for column in sorted(f"{basis}_time" for basis in bases):
                    if column not in shot.extra_columns:
                        what = f"the store holds no time of day: no column {column!r}"
                        yield Fault(f"{where}.rows", what, f"import with a layout that keeps the time as {column}")
    known = (*shot.extra_columns, *shot.person_columns)
    for name in request.groupings:
        if name not in known:
            yield Fault(f"column.{name}", "is not a column that the layout names", nearest(name, known))


def doubts_of_shape(counted: Counted) -> Iterator[Doubt]:
    """Return a doubt for each part without any record in scope, and one where people stand beside their offences."""
    units = {each.wanted.unit for each in counted.answers}
    people = sorted(units.difference(RECORD_UNITS))
    if people and len(units) > 1:
        yield Doubt(
            "people-beside-others",
            "scope.unit",
            f"{' and '.join(people)} are counted beside other records, and small counts of each are protected apart. "
            "Where an offence has one of each, one table may show what another suppresses",
            "answer them in requests of their own, or say why a reader cannot put the tables side by side",
        )
    if apart := sorted(each.wanted.number for each in counted.answers if _shares_records(each, counted)):
        tables = "table" if len(apart) == 1 else "tables"
        yield Doubt(
            "questions-by-themselves",
            "table",
            f"the questions of {tables} {', '.join(map(str, apart))} have periods, filters or words of their own, and "
            "some records answer several of its lines or tables. What a reader learns from their differences is not "
            "audited: one question for January to June and one for January to July give July away",
            "ask them in requests of their own, which are audited together, or say why no difference can be small",
        )
    for part in counted.request.questions:
        records = counted.found.records(counted.request.scope_of(part).unit)
        if part.codes and part.number > 1 and not counted.engine.tally(records, (InPart(part.number),), (), False, 0):
            yield Doubt(
                f"q{part.number}-nothing-in-scope",
                f"question[{part.number}]",
                f"no record at all is in scope of question {part.number}, mentioned or not",
                "see whether period, codes and filters are what was meant, or say why there can be none",
            )
