"""Tables of several documents together: a new release beside everything that was published before.

What it does: puts documents into one, so that leaves of the same name are the same records.
Why: releases that are each safe alone undo each other, because a figure that one hides the next gives away.
Example: a total for January to June and, a month later, one for January to July: the difference is July.
Use instead: nothing; a force that keeps no ledger of what it published cannot know what a new table gives away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from clearcount.disclosure.document import (
    Axis,
    Box,
    CellLink,
    Document,
    Piece,
    Place,
    PublishedCell,
    PublishedTable,
    Target,
)
from clearcount.errors import CodeError
from clearcount.model.codes import HomeOfficeCode

OFFENCE, MONTH, FORCE = "offence", "month", "force"
_MONTH = re.compile(r"^\d{4}-\d{2}$")


@dataclass(frozen=True)
class Part:
    """One document among several. `meaning` gives leaves of a dimension as sets of the joint document's leaves."""

    document: Document
    meaning: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)


@dataclass(frozen=True)
class JointDocument:
    """Several documents as one, and what each table is called in it, one map for each document."""

    document: Document
    names: tuple[Mapping[str, str], ...]


def together(
    parts: Sequence[Part | Document],
    home: Mapping[str, str] | None = None,
    zeros: Sequence[Mapping[str, frozenset[str]]] = (),
) -> JointDocument:
    """Return one document with the tables of all, each keeping its own leaves and totals.

    A table whose name an earlier document has gets a number behind it. A dimension that a document lacks is summed over
    all leaves that the others name. Or it is the one leaf that `home` gives for it (the force that answers). `zeros`
    are boxes that are known to be empty, by dimension; a dimension left out means all its leaves.
    """
    given = [part if isinstance(part, Part) else Part(part) for part in parts]
    leaves: dict[str, dict[str, None]] = {}
    for part in given:
        for name, axis in part.document.axes.items():
            own = (_sense(part, name, leaf) for leaf in axis.leaves)
            leaves.setdefault(name, {}).update(dict.fromkeys(new for found in own for new in sorted(found)))
    for zero in zeros:
        for name, side in zero.items():
            leaves.setdefault(name, {}).update(dict.fromkeys(sorted(side)))
    for name, leaf in (home or {}).items():
        if name in leaves:
            leaves[name][leaf] = None
    axes = {name: _plain(tuple(found)) for name, found in leaves.items()}
    taken: set[str] = set()
    merged = Document(axes, ())
    names_of = []
    for part in given:
        names = _names(part.document.tables, taken)
        names_of.append(names)
        merged = _added(merged, part, names, home or {})
    boxes = tuple(tuple(zero.get(name, frozenset(found)) for name, found in leaves.items()) for zero in zeros)
    return JointDocument(replace(merged, known_zero=(*merged.known_zero, *boxes)), tuple(names_of))


def renamed(document: Document, names: Mapping[str, str]) -> Document:
    """Return the document with its tables called otherwise, each as `names` says."""
    return _added(Document(document.axes, ()), Part(document), names, {})


def _sense(part: Part, dimension: str, leaf: str) -> frozenset[str]:
    """The joint leaves that a leaf of a document stands for: itself, unless its meaning is given."""
    return part.meaning.get(dimension, {}).get(leaf, frozenset((leaf,)))


def _plain(leaves: tuple[str, ...]) -> Axis:
    return Axis(leaves, {}, {leaf: frozenset((leaf,)) for leaf in leaves}, {})


def _names(tables: Iterable[PublishedTable], taken: set[str]) -> dict[str, str]:
    names = {}
    for table in tables:
        name, number = table.name, 1
        while name in taken:
            number += 1
            name = f"{table.name} ({number})"
        taken.add(name)
        names[table.name] = name
    return names


def _added(merged: Document, part: Part, names: Mapping[str, str], home: Mapping[str, str]) -> Document:
    document = part.document

    def place(at: Place) -> Place:
        return names[at[0]], at[1]

    def axis(name: str, found: Axis) -> Axis:
        if name not in part.meaning:
            return found

        def senses(side: Iterable[str]) -> frozenset[str]:
            return frozenset().union(*(_sense(part, name, leaf) for leaf in side))

        return Axis(
            tuple(dict.fromkeys(new for leaf in found.leaves for new in sorted(_sense(part, name, leaf)))),
            found.totals,
            {each: senses(side) for each, side in found.members.items()},
            {each: tuple(map(senses, sides)) for each, sides in found.parts.items()},
        )

    def lacking(name: str, whole: Axis) -> Axis:
        return _plain((home[name],)) if name in home else whole

    def box(old: Box) -> Box:
        sides = dict(zip(document.axes, old, strict=True))
        return tuple(
            frozenset().union(*(_sense(part, name, leaf) for leaf in sides[name]))
            if name in sides
            else frozenset(lacking(name, whole).leaves)
            for name, whole in merged.axes.items()
        )

    def table(old: PublishedTable) -> PublishedTable:
        axes = {
            name: axis(name, old.axes[name]) if name in old.axes else lacking(name, whole)
            for name, whole in merged.axes.items()
        }
        return replace(old, name=names[old.name], axes=axes, not_empty=tuple(map(box, old.not_empty)))

    def target(old: Target | Piece) -> Target | Piece:
        if isinstance(old, Target):
            return replace(old, table=names[old.table])
        return replace(old, whole=tuple(map(box, old.whole)), without=tuple(map(box, old.without)))

    return replace(
        merged,
        tables=(*merged.tables, *map(table, document.tables)),
        known_zero=(*merged.known_zero, *map(box, document.known_zero)),
        links=(
            *merged.links,
            *(CellLink(tuple(map(place, x.less)), tuple(map(place, x.than))) for x in document.links),
        ),
        targets=(*merged.targets, *map(target, document.targets)),
        why_hidden={**merged.why_hidden, **{place(at): why for at, why in document.why_hidden.items()}},
        values={**merged.values, **{place(at): value for at, value in document.values.items()}},
    )


def by_code_and_month(document: Document) -> Document:
    """Return a ledger document with its dimensions called offence and month, and codes in canonical spelling.

    Tables made by hand may call the dimensions what they like. A dimension whose leaves are all offence codes is the
    offences. One whose leaves are all months is the months.
    """
    renamed: dict[str, str] = {}
    spelled: dict[str, dict[str, str]] = {}
    for name, axis in document.axes.items():
        codes = {leaf: code for leaf in axis.leaves if (code := _code(leaf))}
        if len(codes) == len(axis.leaves) and OFFENCE not in renamed.values():
            renamed[name], spelled[name] = OFFENCE, codes
        elif all(_MONTH.match(leaf) for leaf in axis.leaves) and MONTH not in renamed.values():
            renamed[name] = MONTH
    others = set(document.axes) - set(renamed)
    if others & set(renamed.values()) or (all(a == b for a, b in renamed.items()) and not _respelt(spelled)):
        return document
    return _renamed(document, renamed, spelled)


def _respelt(spelled: Mapping[str, Mapping[str, str]]) -> bool:
    return any(leaf != code for codes in spelled.values() for leaf, code in codes.items())


def _code(leaf: str) -> str | None:
    try:
        return str(HomeOfficeCode.parse(leaf))
    except CodeError:
        return None


def _renamed(document: Document, renamed: Mapping[str, str], spelled: Mapping[str, Mapping[str, str]]) -> Document:
    def name(dimension: str) -> str:
        return renamed.get(dimension, dimension)

    def leaf(dimension: str, text: str) -> str:
        return spelled.get(dimension, {}).get(text, text)

    def side(dimension: str, found: frozenset[str]) -> frozenset[str]:
        return frozenset(leaf(dimension, text) for text in found)

    def axis(dimension: str, found: Axis) -> Axis:
        return Axis(
            tuple(leaf(dimension, text) for text in found.leaves),
            {total: tuple(leaf(dimension, x) for x in children) for total, children in found.totals.items()},
            {leaf(dimension, x): side(dimension, members) for x, members in found.members.items()},
            {x: tuple(side(dimension, part) for part in parts) for x, parts in found.parts.items()},
        )

    by = {table.name: table.by for table in document.tables}

    def at(table: str, places: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(leaf(dimension, text) for dimension, text in zip(by[table], places, strict=True))

    def place(found: Place) -> Place:
        return found[0], at(*found)

    def box(found: Box) -> Box:
        return tuple(side(dimension, part) for dimension, part in zip(document.axes, found, strict=True))

    def table(found: PublishedTable) -> PublishedTable:
        return replace(
            found,
            by=tuple(map(name, found.by)),
            apart=tuple(map(name, found.apart)),
            axes={name(dimension): axis(dimension, each) for dimension, each in found.axes.items()},
            cells=tuple(PublishedCell(at(found.name, cell.at), cell.low, cell.high) for cell in found.cells),
            not_empty=tuple(map(box, found.not_empty)),
        )

    return Document(
        axes={name(dimension): axis(dimension, found) for dimension, found in document.axes.items()},
        tables=tuple(map(table, document.tables)),
        known_zero=tuple(map(box, document.known_zero)),
        links=tuple(CellLink(tuple(map(place, x.less)), tuple(map(place, x.than))) for x in document.links),
        targets=tuple(
            replace(x, cells=tuple(at(x.table, cell) for cell in x.cells))
            for x in document.targets
            if isinstance(x, Target)
        ),
        why_hidden={place(where): why for where, why in document.why_hidden.items()},
        values={place(where): value for where, value in document.values.items()},
    )
