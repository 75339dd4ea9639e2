"""The document of published tables: what the suppressor and the auditor share, as values.

Coordinates and leaves are known to exist, because `axis` and `parse_document` check them once. The suppressor and the
auditor each build a system of equations of their own from it. The JSON form is in `document_json`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from clearcount.errors import DisclosureError

At: TypeAlias = tuple[str, ...]
"""Coordinates of a cell, in the order of its table's `by`."""
Place: TypeAlias = tuple[str, At]
"""Where a figure stands: (table, coordinates)."""
Box: TypeAlias = tuple[frozenset[str], ...]
"""The leaves a figure counts, one set per dimension of the document, in the document's order."""


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
    """One table as a reader sees it. `axes` holds every dimension of the document, also those not in `by`.

    Tables of one `population` count the same records; another population has atoms of its own. With `once` set, the
    table counts things (occurrences) of which each may hold several records. Each thing counts once in a figure when
    any of its records lies in the figure's box. In the dimensions `apart` all records of a thing lie in one leaf.
    `width` is how far apart its least and greatest possible value must stay for each small figure that it hides.
    `not_empty` are boxes in which a reader knows of one record at least, because a line of the table is there for it.
    """

    name: str
    by: tuple[str, ...]
    axes: Mapping[str, Axis]
    cells: tuple[PublishedCell, ...]
    population: str = ""
    once: str = ""
    apart: tuple[str, ...] = ()
    width: int = 1
    not_empty: tuple[Box, ...] = ()

    @property
    def measure(self) -> tuple[str, str]:
        """What its figures measure: tables of one measure share their unknowns."""
        return self.population, self.once

    def lots(self, dimension: str) -> tuple[frozenset[str], ...]:
        """Return, for each leaf that the table gives a dimension, what it counts."""
        axis = self.axes[dimension]
        return tuple(side for name, side in axis.members.items() if name not in axis.totals)

    def box(self, at: At) -> Box:
        """Return the leaves that the cell at `at` counts; a dimension outside `by` is summed over its leaves."""
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
class Piece:
    """What is counted in the boxes `whole` and not in the boxes `without`, each a part of the whole: a difference.

    `called` says in words which figures it follows from.
    """

    measure: tuple[str, str]
    whole: tuple[Box, ...]
    without: tuple[Box, ...] = ()
    called: str = field(default="", compare=False)


@dataclass(frozen=True)
class CellLink:
    """The counts at the places `less` come to at most the counts at the places `than`, each side added up."""

    less: tuple[Place, ...]
    than: tuple[Place, ...]


@dataclass(frozen=True)
class Document:
    """Every table given, over one set of dimensions. `why_hidden` is empty where the document does not say.

    `values` are what is printed for figures that were rounded.
    """

    axes: Mapping[str, Axis]
    tables: tuple[PublishedTable, ...]
    known_zero: tuple[Box, ...] = ()
    links: tuple[CellLink, ...] = ()
    targets: tuple[Target | Piece, ...] = ()
    why_hidden: Mapping[Place, str] = field(default_factory=dict)
    values: Mapping[Place, int] = field(default_factory=dict)

    @property
    def leaves(self) -> Mapping[str, tuple[str, ...]]:
        """The leaves of each dimension, in order."""
        return {name: axis.leaves for name, axis in self.axes.items()}

    def table(self, name: str) -> PublishedTable:
        """Return the table called `name`. Raises KeyError."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)


def hidden_targets(tables: Sequence[PublishedTable]) -> tuple[Target, ...]:
    """Return a target for each figure that is not printed: what must not be learnt when a document names nothing."""
    return tuple(
        Target(table.name, (at,))
        for table in tables
        for at in dict.fromkeys(cell.at for cell in table.cells if not cell.printed)
    )


def axis(
    where: str,
    leaves: Sequence[str],
    totals: Mapping[str, Sequence[str]] | None = None,
    outer: Axis | None = None,
) -> Axis:
    """Return an axis with the leaves of every name worked out; names it does not define are taken from `outer`.

    Raises:
        DisclosureError: starting with `where`, for a name that is missing, doubled or its own part.
    """
    leaves = tuple(leaves)
    if not leaves or len(set(leaves)) != len(leaves):
        raise DisclosureError(f"{where}: leaves must be a list of different names, at least one")
    if outer and (strangers := [leaf for leaf in leaves if leaf not in outer.leaves]):
        raise DisclosureError(f"{where}: leaf {strangers[0]!r} is not among the dimension's leaves; list it there")
    children = {name: tuple(part) for name, part in (totals or {}).items()}
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
