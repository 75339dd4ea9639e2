"""From what a request names to codes and days: classes, patterns and "all" through the code list and the snapshot."""

from __future__ import annotations

import calendar
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date

from clearcount.errors import RequestError
from clearcount.model.keys import ClassKey
from clearcount.model.months import Month
from clearcount.model.nearest import nearest
from clearcount.model.request import CountRequest, Fault, Question, Scope
from clearcount.model.selection import Selection
from clearcount.offences import CodeList


def last_day(scope: Scope, as_at: date) -> date:
    """Return the last day of a period: as written, the end of the latest complete month, or the day of the extract.

    Raises:
        RequestError: when no day of the period is in the snapshot.
    """
    if isinstance(scope.end, date):
        return scope.end
    if scope.end == "extract":
        if as_at < scope.start:
            raise RequestError(
                f"scope.to: the extract was taken on {as_at}, before from = {scope.start}; "
                "import a newer export or ask for an earlier day"
            )
        return as_at
    month = Month.of(as_at)
    if as_at.day < calendar.monthrange(as_at.year, as_at.month)[1]:
        month = Month(month.year, month.month - 1) if month.month > 1 else Month(month.year - 1, 12)
    if month.last_day < scope.start:
        raise RequestError(
            f"scope.to: the latest complete month of the snapshot is {month}, before from = {scope.first}; "
            "import a newer export or ask for an earlier month"
        )
    return month.last_day


def group_of_code(codes: CodeList, kind: str, code: str) -> ClassKey | None:
    """Return the class, sub-class or category of a code, or None where no list names one."""
    known = codes.get(code)
    if known is None:
        return None
    name = {"class": known.class_, "sub-class": known.sub_class, "category": known.category}[kind]
    return ClassKey(kind, name) if name else None


def resolved(request: CountRequest, codes: CodeList, held: Collection[str]) -> CountRequest:
    """Return the request with the codes of every selection written out; `held` are the codes in the snapshot."""
    questions = tuple(_resolved(question, codes, held) for question in request.questions)
    return replace(request, questions=questions)


def _resolved(question: Question, codes: CodeList, held: Collection[str]) -> Question:
    if not question.is_wide:
        return question
    found = [code for selection in question.selections for code in codes_of(selection, codes, held)]
    return replace(question, codes=tuple(dict.fromkeys(found)))


def codes_of(selection: Selection, codes: CodeList, held: Collection[str]) -> tuple[str, ...]:
    """Return the codes that a selection names, in order; those of "all" are the codes in the snapshot."""
    if selection.kind == "code":
        return (selection.name,)
    if selection.kind == "all":
        return tuple(sorted(held))
    if selection.kind == "pattern":
        return tuple(sorted(code for code in {*codes.codes, *held} if selection.matches(code)))
    named = selection.name.casefold()
    known = {*codes.codes, *held}
    return tuple(sorted(code for code in known if _is(group_of_code(codes, selection.kind, code), named)))


def _is(key: ClassKey | None, named: str) -> bool:
    """Whether a group has the name asked for; a category also goes by its number (`88`)."""
    if key is None:
        return False
    name = key.name.casefold()
    return name == named or (key.kind == "category" and name.split(" ")[0] == named.lstrip("0"))


def faults_of_selections(request: CountRequest, codes: CodeList, held: Collection[str]) -> tuple[Fault, ...]:
    """Return a fault for every selection that names no code at all."""
    found = []
    for question in request.questions:
        for selection in question.selections:
            if selection.is_wide and selection.kind != "all" and not codes_of(selection, codes, held):
                found.append(Fault(f"question[{question.number}].codes", *_nothing(selection, codes)))
    for where, scope in _scopes(request):
        for selection in scope.alongside:
            if selection.is_wide and selection.kind != "all" and not codes_of(selection, codes, held):
                found.append(Fault(f"{where}.alongside", *_nothing(selection, codes)))
    return tuple(dict.fromkeys(found))


def _scopes(request: CountRequest) -> Iterable[tuple[str, Scope]]:
    yield "scope", request.scope
    yield from ((f"question[{q.number}]", q.scope) for q in request.questions if q.scope and q.scope != request.scope)


def _nothing(selection: Selection, codes: CodeList) -> tuple[str, str]:
    if selection.kind == "pattern":
        return f"no code is like {selection.name!r}", "write a class and a star, like 086/*"
    named = {key.name for code in codes.codes if (key := group_of_code(codes, selection.kind, code))}
    what = f"the code list knows no {selection.kind} {selection.name!r}"
    return what, f"{nearest(selection.name, sorted(named))}; find names with: clearcount codes"
