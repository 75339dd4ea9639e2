"""The parts of a request that each record store answers, each as a request of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from clearcount.model.request import CountRequest, Fault, Question, Scope


def store_of(scope: Scope, names: Sequence[str]) -> str:
    """Return the name of the store in which a scope counts: the one it names, or the only one there is."""
    return scope.records or (names[0] if len(names) == 1 else "")


def parted(request: CountRequest, names: Sequence[str]) -> dict[str, CountRequest]:
    """Return for each store the request of its own parts, in the order of `names`; a store without a part is left out.

    Parts keep their numbers and tables their places. `names` is one empty name where there is one store without a name;
    the request is then returned as it is. A part names no store any more. So the same filter on the same store is the
    same population, whether other stores are asked or not.
    """
    if list(names) == [""]:
        return {"": request}
    found = {}
    for name in names:
        mine = tuple(
            replace(part, scope=replace(request.scope_of(part), records=""))
            for part in request.questions
            if store_of(request.scope_of(part), names) == name
        )
        if mine:
            found[name] = _of_store(request, name if len(names) > 1 else "", mine)
    return found


def _of_store(request: CountRequest, name: str, mine: tuple[Question, ...]) -> CountRequest:
    numbers = {part.number for part in mine}
    scopes, words = [part.scope for part in mine if part.scope], [part.terms for part in mine]
    own = replace(request.scope, records="")
    tables = tuple(
        replace(shape, of=tuple(number for number in shape.of if number in numbers))
        for shape in request.tables
        if not shape.of or numbers.intersection(shape.of)
    )
    columns = {name for shape in tables for name in shape.dimensions} | {name for each in scopes for name in each.where}
    return replace(
        request,
        scope=own if own in scopes else scopes[0],
        terms=request.terms if request.terms in words else next(filter(None, words), None),
        questions=mine,
        tables=tables,
        groupings={column: each for column, each in request.groupings.items() if not name or column in columns},
        records=name,
    )


def faults_of_stores(request: CountRequest, names: Sequence[str]) -> tuple[Fault, ...]:
    """Return a fault for each part whose store is not among `names`, and for each store that no part names.

    A store without a name counts for parts that name none.
    """
    found = []
    for part in request.questions:
        scope = request.scope_of(part)
        where = "scope" if scope == request.scope else f"question[{part.number}]"
        if list(names) == [""] and scope.records:
            do = f"leave records out: there is one store; or name it with --store {scope.records}=DIR"
            found.append(Fault(f"{where}.records", f"no store is named {scope.records!r}", do))
        elif not scope.records and len(names) > 1:
            known = ", ".join(names)
            found.append(Fault(f"{where}.records", "names no store, and there are several", f"use one of {known}"))
        elif scope.records and scope.records not in names:
            do = f"give it with --store {scope.records}=DIR; there are {', '.join(names)}"
            found.append(Fault(f"{where}.records", f"no store is named {scope.records!r}", do))
    for name, own in parted(request, names).items() if len(names) > 1 else ():
        if not own.tables:
            numbers = ", ".join(str(each.number) for each in own.questions)
            what = f"no table is about the parts that count in the store {name!r}"
            found.append(Fault("table", what, f"write a [[table]] with of = [{numbers}]"))
    asked = {store_of(request.scope_of(part), names) for part in request.questions}
    for name in names if len(names) > 1 and not found else ():
        if name not in asked:
            found.append(Fault("scope.records", f"no part counts in the store {name!r}", "leave out that --store"))
    return tuple(dict.fromkeys(found))


def where_in_whole(request: CountRequest, part: CountRequest, where: str) -> str:
    """Return where in a whole request a place of one store's part of it stands.

    The scope and the words of a part are those of its first question, where the request's own are another store's.
    """
    first = f"question[{part.questions[0].number}]"
    if where.startswith("scope") and part.scope != replace(request.scope, records=""):
        return first + where.removeprefix("scope")
    if where.startswith("terms") and part.terms != request.terms:
        return first + where.removeprefix("terms")
    return where
