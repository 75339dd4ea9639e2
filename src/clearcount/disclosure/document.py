"""The document of published tables: what `protect`, `audit` and release.json read and write.

Parsed once, here, into values whose coordinates are known to exist. This is the only thing that the suppressor and
the auditor share; each builds its own system of equations from it. Format: docs/reference/tables.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from clearcount.errors import DisclosureError

At: TypeAlias = tuple[str, ...]
"""Coordinates of a cell, in the order of its table's `by`."""
Box: TypeAlias = tuple[frozenset[str], ...]
"""The leaves a figure counts, one set per dimension of the document, in the document's order."""

_DOCUMENT_KEYS = {"dimensions", "tables", "known_zero", "links", "targets"}
_TABLE_KEYS = {"name", "by", "leaves", "totals", "cells", "population"}
_INFORMATION = {"title", "note", "source", "reference", "hidden", "protects", "optimal", "gap", "rounded"}


@dataclass(frozen=True)
class Axis:
    """One dimension as one table sees it.

    `members` are the leaves of each leaf and total; `parts` the leaves of each child of each total.
    """

    leaves: tuple[str, ...]
    totals: Mapping[str, tuple[str, ...]]
    members: Mapping[str, frozenset[str]]
    parts: Mapping[str, tuple[frozenset[str], ...]]


@dataclass(frozen=True)
class PublishedCell:
    """One figure: `low == high` when printed, else a reader's bounds; `high` None is open."""

    at: At
    low: int
    high: int | None

    @property
    def printed(self) -> bool:
        """Whether the print gives the number itself."""
        return self.low == self.high


@dataclass(frozen=True)
class PublishedTable:
    """One table as a reader sees it. `axes` holds every dimension of the document, also those not in `by`."""

    name: str
    by: tuple[str, ...]
    axes: Mapping[str, Axis]
    cells: tuple[PublishedCell, ...]
    population: str

    def box(self, at: At) -> Box:
        """The leaves that the cell at `at` counts; a dimension outside `by` is summed over the table's leaves."""
        place = dict(zip(self.by, at, strict=True))
        return tuple(
            axis.members[place[dimension]] if dimension in place else frozenset(axis.leaves)
            for dimension, axis in self.axes.items()
        )


@dataclass(frozen=True)
class Target:
    """Cells of one table whose sum must not be learnt."""

    table: str
    cells: tuple[At, ...]


@dataclass(frozen=True)
class CellLink:
    """The count at `less` (table, coordinates) is at most the count at `than`."""

    less: tuple[str, At]
    than: tuple[str, At]


@dataclass(frozen=True)
class Document:
    """Every table given, over one set of dimensions. `why_hidden` is empty where the document does not say."""

    leaves: Mapping[str, tuple[str, ...]]
    tables: tuple[PublishedTable, ...]
    known_zero: tuple[Box, ...]
    links: tuple[CellLink, ...]
    targets: tuple[Target, ...]
    why_hidden: Mapping[tuple[str, At], str]

    def table(self, name: str) -> PublishedTable:
        """The table called `name`. Raises KeyError."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)


def parse_document(raw: Mapping[str, Any]) -> Document:
    """The checked document in `raw` (plain dicts and lists).

    Raises:
        DisclosureError: with the place of the first fault and what to write instead.
    """
    if not isinstance(raw, Mapping):
        raise DisclosureError("document: not a JSON object with dimensions and tables")
    _only_known("document", raw, _DOCUMENT_KEYS)
    dimensions = raw.get("dimensions")
    if not isinstance(dimensions, Mapping) or not dimensions:
        raise DisclosureError("document: dimensions is missing or empty; name each dimension with its leaves")
    base = {
        str(name): _axis(f"dimension {name!r}", part.get("leaves"), part.get("totals", {}), None)
        for name, part in ((name, _mapping(f"dimension {name!r}", part)) for name, part in dimensions.items())
    }
    tables = tuple(_table(part, base) for part in _list("document: tables", raw.get("tables")))
    names = [table.name for table in tables]
    if twice := {name for name in names if names.count(name) > 1}:
        raise DisclosureError(f"document: two tables are called {min(twice)!r}; names must differ")
    by_name = {table.name: table for table in tables}
    targets = tuple(
        Target(_known_table(part.get("table"), by_name, "target").name, _coordinates_of(part, by_name))
        for part in (_mapping("target", part) for part in _list("document: targets", raw.get("targets", [])))
    )
    if "targets" not in raw:
        targets = tuple(
            Target(table.name, (at,))
            for table in tables
            for at in dict.fromkeys(cell.at for cell in table.cells if not cell.printed)
        )
    return Document(
        leaves={name: axis.leaves for name, axis in base.items()},
        tables=tables,
        known_zero=tuple(_zero(part, base) for part in _list("document: known_zero", raw.get("known_zero", []))),
        links=tuple(
            CellLink(_end(part, "less", by_name), _end(part, "than", by_name))
            for part in (_mapping("link", part) for part in _list("document: links", raw.get("links", [])))
        ),
        targets=targets,
        why_hidden={
            (part["table"], tuple(part["at"])): part.get("why", "primary")
            for part in _list("document: hidden", raw.get("hidden", []))
        },
    )


def _axis(where: str, leaves: Any, totals: Any, outer: Axis | None) -> Axis:
    """An axis with the leaves of every name worked out; names a table does not define are taken from `outer`."""
    leaves = tuple(_label(where, leaf) for leaf in _list(f"{where}: leaves", leaves))
    if not leaves or len(set(leaves)) != len(leaves):
        raise DisclosureError(f"{where}: leaves must be a list of different names, at least one")
    if outer and (strangers := [leaf for leaf in leaves if leaf not in outer.leaves]):
        raise DisclosureError(f"{where}: leaf {strangers[0]!r} is not among the dimension's leaves; list it there")
    children = {
        _label(where, name): tuple(_label(where, child) for child in _list(f"{where}: total {name!r}", part))
        for name, part in _mapping(f"{where}: totals", totals).items()
    }
    members: dict[str, frozenset[str]] = {leaf: frozenset([leaf]) for leaf in leaves}
    parts: dict[str, tuple[frozenset[str], ...]] = {}

    def resolve(name: str, path: tuple[str, ...]) -> frozenset[str]:
        if name in members:
            return members[name]
        if name in path:
            raise DisclosureError(f"{where}: total {name!r} contains itself")
        if name not in children:
            if outer and name in outer.members:
                return outer.members[name]
            raise DisclosureError(f"{where}: total {path[-1]!r} names {name!r}, which is neither a leaf nor a total")
        found: set[str] = set()
        parts[name] = tuple(resolve(child, (*path, name)) for child in children[name])
        for part in parts[name]:
            if found & part:
                raise DisclosureError(f"{where}: total {name!r} counts {min(found & part)!r} twice")
            found |= part
        if not found:
            raise DisclosureError(f"{where}: total {name!r} has no children")
        members[name] = frozenset(found)
        return members[name]

    for name in children:
        if name in leaves:
            raise DisclosureError(f"{where}: {name!r} is both a leaf and a total; rename one")
        resolve(name, ())
    return Axis(leaves, children, members, parts)


def _table(raw: Any, base: Mapping[str, Axis]) -> PublishedTable:
    part = _mapping("table", raw)
    name = part.get("name")
    if not isinstance(name, str) or not name:
        raise DisclosureError("table: every table needs a name")
    where = f"table {name!r}"
    _only_known(where, part, _TABLE_KEYS)
    by = tuple(_label(f"{where}: by", item) for item in _list(f"{where}: by", part.get("by")))
    if unknown := [dimension for dimension in by if dimension not in base]:
        raise DisclosureError(f"{where}: by names {unknown[0]!r}, which is not a dimension of the document")
    if len(set(by)) != len(by):
        raise DisclosureError(f"{where}: by names a dimension twice")
    own = {key: _mapping(f"{where}: {key}", part.get(key, {})) for key in ("leaves", "totals")}
    for key, given in own.items():
        if unknown := [dimension for dimension in given if dimension not in base]:
            raise DisclosureError(f"{where}: {key} names {unknown[0]!r}, which is not a dimension of the document")
    axes = {
        dimension: _axis(
            f"{where}, {dimension}",
            own["leaves"].get(dimension, axis.leaves),
            own["totals"].get(dimension, axis.totals),
            axis,
        )
        if dimension in own["leaves"] or dimension in own["totals"]
        else axis
        for dimension, axis in base.items()
    }
    cells = tuple(_cell(where, item, by, axes) for item in _list(f"{where}: cells", part.get("cells")))
    population = part.get("population") or ""
    if not isinstance(population, str):
        raise DisclosureError(f"{where}: population must be a name")
    return PublishedTable(name, by, axes, cells, population)


def _cell(where: str, raw: Any, by: tuple[str, ...], axes: Mapping[str, Axis]) -> PublishedCell:
    if not isinstance(raw, Sequence) or isinstance(raw, str) or len(raw) != 3:
        raise DisclosureError(f"{where}: a cell is [coordinates, low, high], not {raw!r}")
    at = _at(where, raw[0], by, axes)
    low, high = (_bound(where, at, value) for value in raw[1:])
    low = max(low or 0, 0)
    if high is not None and high < low:
        raise DisclosureError(f"{where}: cell {list(at)} has its high {high} below its low {low}")
    return PublishedCell(at, low, high)


def _at(where: str, raw: Any, by: tuple[str, ...], axes: Mapping[str, Axis]) -> At:
    at = tuple(_label(where, name) for name in _list(f"{where}: coordinates", raw))
    if len(at) != len(by):
        raise DisclosureError(f"{where}: coordinates {list(at)} do not follow by = {list(by)}")
    for dimension, name in zip(by, at, strict=True):
        if name not in axes[dimension].members:
            raise DisclosureError(f"{where}: {name!r} is neither a leaf nor a total of {dimension!r} in this table")
    return at


def _bound(where: str, at: At, value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise DisclosureError(f"{where}: cell {list(at)} has a bound that is not a whole number or null")
    if value < 0:
        raise DisclosureError(f"{where}: cell {list(at)} has a bound below 0; counts are 0 or more")
    return value


def _zero(raw: Any, base: Mapping[str, Axis]) -> Box:
    if isinstance(raw, Mapping):
        if unknown := [name for name in raw if name not in base]:
            raise DisclosureError(f"known_zero: {unknown[0]!r} is not a dimension of the document")
        given = dict(raw)
    else:
        places = _list("known_zero", raw)
        if len(places) != len(base):
            raise DisclosureError(f"known_zero: {places!r} needs one leaf per dimension ({', '.join(base)}), or a map")
        given = dict(zip(base, places, strict=True))
    for dimension, name in given.items():
        if name not in base[dimension].members:
            raise DisclosureError(f"known_zero: {name!r} is not a leaf of {dimension!r}")
    return tuple(
        axis.members[given[dimension]] if dimension in given else frozenset(axis.leaves)
        for dimension, axis in base.items()
    )


def _end(part: Mapping[str, Any], key: str, tables: Mapping[str, PublishedTable]) -> tuple[str, At]:
    end = _mapping(f"link: {key}", part.get(key))
    table = _known_table(end.get("table"), tables, "link")
    return table.name, _at(f"link to table {table.name!r}", end.get("at"), table.by, table.axes)


def _coordinates_of(part: Mapping[str, Any], tables: Mapping[str, PublishedTable]) -> tuple[At, ...]:
    table = _known_table(part.get("table"), tables, "target")
    where = f"target in table {table.name!r}"
    cells = tuple(_at(where, at, table.by, table.axes) for at in _list(f"{where}: cells", part.get("cells")))
    if not cells:
        raise DisclosureError(f"{where}: cells is empty")
    return cells


def _known_table(name: Any, tables: Mapping[str, PublishedTable], what: str) -> PublishedTable:
    if name not in tables:
        raise DisclosureError(f"{what}: there is no table called {name!r}")
    return tables[name]


def _label(where: str, value: Any) -> str:
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise DisclosureError(f"{where}: {value!r} is not a name")
    return str(value)


def _mapping(where: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise DisclosureError(f"{where}: must be a JSON object")
    return value


def _list(where: str, value: Any) -> Sequence[Any]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise DisclosureError(f"{where}: must be a list")
    return value


def _only_known(where: str, part: Mapping[str, Any], known: Iterable[str]) -> None:
    """A misspelt key would silently lose what a reader knows, so it is refused."""
    if unknown := [key for key in part if key not in known and key not in _INFORMATION]:
        raise DisclosureError(f"{where}: unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}")
