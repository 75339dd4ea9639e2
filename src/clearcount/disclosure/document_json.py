"""The JSON form of a document of published tables (docs/reference/tables.md): read, checked, and written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from clearcount.disclosure.document import (
    At,
    Axis,
    Box,
    CellLink,
    Document,
    Place,
    PublishedCell,
    PublishedTable,
    Target,
    axis,
    hidden_targets,
)
from clearcount.errors import DisclosureError

Json: TypeAlias = Mapping[str, object]
"""A JSON object as `json.loads` gives it: nothing of it is known before it is read here."""

_DOCUMENT_KEYS = {"dimensions", "tables", "known_zero", "links", "targets"}
_TABLE_KEYS = {"name", "by", "leaves", "totals", "cells", "population", "once", "apart", "width", "not_empty"}
_INFORMATION = {"title", "note", "source", "reference", "hidden", "protects", "optimal", "gap", "rounded"}


def parse_document(raw: Json) -> Document:
    """Return the checked document in `raw` (plain dicts and lists).

    Raises:
        DisclosureError: with the place of the first fault and what to write instead.
    """
    if not isinstance(raw, Mapping):
        raise DisclosureError("document: not a JSON object with dimensions and tables")
    _only_known("document", raw, _DOCUMENT_KEYS)
    dimensions = raw.get("dimensions")
    if not isinstance(dimensions, Mapping) or not dimensions:
        raise DisclosureError("document: dimensions is missing or empty; name each dimension with its leaves")
    base = {}
    for name, given in dimensions.items():
        where = f"dimension {name!r}"
        part = _mapping(where, given)
        base[str(name)] = axis(where, _labels(f"{where}: leaves", part.get("leaves")), _children(where, part))
    tables = tuple(_table(part, base) for part in _list("document: tables", raw.get("tables")))
    names = [table.name for table in tables]
    if twice := {name for name in names if names.count(name) > 1}:
        raise DisclosureError(f"document: two tables are called {min(twice)!r}; names must differ")
    by_name = {table.name: table for table in tables}
    targets = tuple(
        Target(_known_table(part.get("table"), by_name, "target").name, _coordinates_of(part, by_name))
        for part in (_mapping("target", part) for part in _list("document: targets", raw.get("targets", [])))
    )
    return Document(
        axes=base,
        tables=tables,
        known_zero=tuple(
            _box(part, base, "known_zero") for part in _list("document: known_zero", raw.get("known_zero", []))
        ),
        links=tuple(
            CellLink(_end(part, "less", by_name), _end(part, "than", by_name))
            for part in (_mapping("link", part) for part in _list("document: links", raw.get("links", [])))
        ),
        targets=targets if "targets" in raw else hidden_targets(tables),
        why_hidden={
            _marked(part, by_name): str(part.get("why", "primary"))
            for part in (_mapping("hidden", part) for part in _list("document: hidden", raw.get("hidden", [])))
        },
        values={
            _marked(part, by_name): value
            for part in (_mapping("rounded", part) for part in _list("document: rounded", raw.get("rounded", [])))
            if isinstance(value := part.get("value"), int)
        },
    )


def document_json(document: Document) -> dict[str, object]:
    """Return the document as plain dicts and lists; targets that are the default are left out."""
    found: dict[str, object] = {
        "dimensions": {
            name: {"leaves": list(axis.leaves), "totals": _lists(axis.totals)} for name, axis in document.axes.items()
        },
        "tables": [_table_json(table, document) for table in document.tables],
        "known_zero": [_box_json(box, document) for box in document.known_zero],
        "links": [{"less": _end_json(link.less), "than": _end_json(link.than)} for link in document.links],
    }
    named = tuple(target for target in document.targets if isinstance(target, Target))
    if named and named != hidden_targets(document.tables):
        found["targets"] = [{"table": target.table, "cells": [list(at) for at in target.cells]} for target in named]
    if document.values:
        found["rounded"] = [place_json(place) | {"value": value} for place, value in document.values.items()]
    return found


def place_json(place: Place) -> dict[str, object]:
    """Return a place as `{"table", "at"}`."""
    return {"table": place[0], "at": list(place[1])}


def _end_json(places: tuple[Place, ...]) -> object:
    return place_json(places[0]) if len(places) == 1 else [place_json(place) for place in places]


def _table_json(table: PublishedTable, document: Document) -> dict[str, object]:
    own = {name: found for name, found in table.axes.items() if found is not document.axes[name]}
    found: dict[str, object] = {
        "name": table.name,
        "by": list(table.by),
        "leaves": {name: list(found.leaves) for name, found in own.items()},
        "totals": {name: _lists(found.totals) for name, found in own.items()},
        "cells": [[list(cell.at), cell.low, cell.high] for cell in table.cells],
    }
    if table.population:
        found["population"] = table.population
    if table.once:
        found["once"] = table.once
    if table.apart:
        found["apart"] = list(table.apart)
    if table.width > 1:
        found["width"] = table.width
    if table.not_empty:
        found["not_empty"] = [_box_json(box, document) for box in table.not_empty]
    return found


def _box_json(box: Box, document: Document) -> object:
    """One leaf per dimension, or a map with the dimensions that are not whole; a part of a dimension is a list."""
    return {
        name: next(iter(side)) if len(side) == 1 else sorted(side)
        for name, side in zip(document.axes, box, strict=True)
        if side != frozenset(document.axes[name].leaves)
    }


def _lists(totals: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
    return {name: list(children) for name, children in totals.items()}


def _children(where: str, part: Json) -> dict[str, tuple[str, ...]]:
    totals = _mapping(f"{where}: totals", part.get("totals", {}))
    return {_label(where, name): _labels(f"{where}: total {name!r}", children) for name, children in totals.items()}


def _table(raw: object, base: Mapping[str, Axis]) -> PublishedTable:
    part = _mapping("table", raw)
    name = part.get("name")
    if not isinstance(name, str) or not name:
        raise DisclosureError("table: every table needs a name")
    where = f"table {name!r}"
    _only_known(where, part, _TABLE_KEYS)
    by = _labels(f"{where}: by", part.get("by"))
    if unknown := [dimension for dimension in by if dimension not in base]:
        raise DisclosureError(f"{where}: by names {unknown[0]!r}, which is not a dimension of the document")
    if len(set(by)) != len(by):
        raise DisclosureError(f"{where}: by names a dimension twice")
    own = {key: _mapping(f"{where}: {key}", part.get(key, {})) for key in ("leaves", "totals")}
    for key, given in own.items():
        if strange := [dimension for dimension in given if dimension not in base]:
            raise DisclosureError(f"{where}: {key} names {strange[0]!r}, which is not a dimension of the document")
    axes = {dimension: _own_axis(where, dimension, own, outer) for dimension, outer in base.items()}
    cells = tuple(_cell(where, item, by, axes) for item in _list(f"{where}: cells", part.get("cells")))
    population = part.get("population") or ""
    if not isinstance(population, str):
        raise DisclosureError(f"{where}: population must be a name")
    once = part.get("once") or ""
    if not isinstance(once, str):
        raise DisclosureError(f"{where}: once must name the thing that counts once")
    apart = _labels(f"{where}: apart", part.get("apart", []))
    if unknown := [dimension for dimension in apart if dimension not in base]:
        raise DisclosureError(f"{where}: apart names {unknown[0]!r}, which is not a dimension of the document")
    there = tuple(_box(each, base, "not_empty") for each in _list(f"{where}: not_empty", part.get("not_empty", [])))
    width = part.get("width", 1)
    if not isinstance(width, int) or isinstance(width, bool) or width < 1:
        raise DisclosureError(f"{where}: width must be a whole number of at least 1")
    return PublishedTable(name, by, axes, cells, population, once, apart, width, there)


def _own_axis(where: str, dimension: str, own: Mapping[str, Json], outer: Axis) -> Axis:
    """The axis that a table gives itself, or the document's."""
    if dimension not in own["leaves"] and dimension not in own["totals"]:
        return outer
    where = f"{where}, {dimension}"
    leaves = own["leaves"].get(dimension)
    totals = {"totals": own["totals"][dimension]} if dimension in own["totals"] else {"totals": outer.totals}
    named = outer.leaves if leaves is None else _labels(f"{where}: leaves", leaves)
    return axis(where, named, _children(where, totals), outer)


def _cell(where: str, raw: object, by: tuple[str, ...], axes: Mapping[str, Axis]) -> PublishedCell:
    if not isinstance(raw, Sequence) or isinstance(raw, str) or len(raw) != 3:
        raise DisclosureError(f"{where}: a cell is [coordinates, low, high], not {raw!r}")
    at = _at(where, raw[0], by, axes)
    low, high = (_bound(where, at, value) for value in raw[1:])
    low = max(low or 0, 0)
    if high is not None and high < low:
        raise DisclosureError(f"{where}: cell {list(at)} has its high {high} below its low {low}")
    return PublishedCell(at, low, high)


def _at(where: str, raw: object, by: tuple[str, ...], axes: Mapping[str, Axis]) -> At:
    at = tuple(_label(where, name) for name in _list(f"{where}: coordinates", raw))
    if len(at) != len(by):
        raise DisclosureError(f"{where}: coordinates {list(at)} do not follow by = {list(by)}")
    for dimension, name in zip(by, at, strict=True):
        if name not in axes[dimension].members:
            raise DisclosureError(f"{where}: {name!r} is neither a leaf nor a total of {dimension!r} in this table")
    return at


def _bound(where: str, at: At, value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise DisclosureError(f"{where}: cell {list(at)} has a bound that is not a whole number or null")
    if value < 0:
        raise DisclosureError(f"{where}: cell {list(at)} has a bound below 0; counts are 0 or more")
    return value


def _box(raw: object, base: Mapping[str, Axis], key: str) -> Box:
    if isinstance(raw, Mapping):
        if unknown := [name for name in raw if name not in base]:
            raise DisclosureError(f"{key}: {unknown[0]!r} is not a dimension of the document")
        given = dict(raw)
    else:
        places = _list(key, raw)
        if len(places) != len(base):
            raise DisclosureError(f"{key}: {places!r} needs one leaf per dimension ({', '.join(base)}), or a map")
        given = dict(zip(base, places, strict=True))
    sides: dict[str, frozenset[str]] = {}
    for dimension, named in given.items():
        names = named if isinstance(named, list | tuple) else [named]
        for name in names:
            if name not in base[dimension].members:
                raise DisclosureError(f"{key}: {name!r} is not a leaf of {dimension!r}")
        sides[dimension] = frozenset().union(*(base[dimension].members[name] for name in names))
    return tuple(sides.get(dimension, frozenset(axis.leaves)) for dimension, axis in base.items())


def _end(part: Json, key: str, tables: Mapping[str, PublishedTable]) -> tuple[Place, ...]:
    given = part.get(key)
    found: list[Place] = []
    for each in given if isinstance(given, list | tuple) else [given]:
        end = _mapping(f"link: {key}", each)
        table = _known_table(end.get("table"), tables, "link")
        found.append((table.name, _at(f"link to table {table.name!r}", end.get("at"), table.by, table.axes)))
    return tuple(found)


def _marked(part: Json, tables: Mapping[str, PublishedTable]) -> Place:
    """The place that an entry of `hidden` or `rounded` names."""
    table = _known_table(part.get("table"), tables, "hidden")
    return table.name, _at(f"hidden in table {table.name!r}", part.get("at"), table.by, table.axes)


def _coordinates_of(part: Json, tables: Mapping[str, PublishedTable]) -> tuple[At, ...]:
    table = _known_table(part.get("table"), tables, "target")
    where = f"target in table {table.name!r}"
    cells = tuple(_at(where, at, table.by, table.axes) for at in _list(f"{where}: cells", part.get("cells")))
    if not cells:
        raise DisclosureError(f"{where}: cells is empty")
    return cells


def _known_table(name: object, tables: Mapping[str, PublishedTable], what: str) -> PublishedTable:
    if not isinstance(name, str) or name not in tables:
        raise DisclosureError(f"{what}: there is no table called {name!r}")
    return tables[name]


def _label(where: str, value: object) -> str:
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise DisclosureError(f"{where}: {value!r} is not a name")
    return str(value)


def _labels(where: str, value: object) -> tuple[str, ...]:
    return tuple(_label(where, each) for each in _list(where, value))


def _mapping(where: str, value: object) -> Json:
    if not isinstance(value, Mapping):
        raise DisclosureError(f"{where}: must be a JSON object")
    return value


def _list(where: str, value: object) -> Sequence[object]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise DisclosureError(f"{where}: must be a list")
    return value


def _only_known(where: str, part: Json, known: Iterable[str]) -> None:
    """A misspelt key would silently lose what a reader knows, so it is refused."""
    if unknown := [key for key in part if key not in known and key not in _INFORMATION]:
        raise DisclosureError(f"{where}: unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}")
