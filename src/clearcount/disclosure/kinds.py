"""The tables of one kind of records out of a document: of offences, or of the people of one role.

What it does: leaves out all other tables, the parts of the records that only they count, and what is known of these.
Why: a person on an offence is no offence, so each kind is tied to its like in other releases and to nothing else.
Example: victims by age beside offences by month: two documents, put together again once each is tied.
Use instead: nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

from clearcount.disclosure.document import Axis, Box, CellLink, Document, PublishedTable, Target, axis
from clearcount.disclosure.filters import RECORDS
from clearcount.disclosure.linked import together


def role_leaf(role: str, leaf: str) -> str:
    """Return the name of a part of the people of a role."""
    return f"{role}: {leaf}"


def of_role(document: Document, role: str) -> Document:
    """Return the tables of the people of one role."""
    return _kept(document, lambda table: table.population == role, lambda leaf: leaf.startswith(role_leaf(role, "")))


def of_others(document: Document, roles: Collection[str]) -> Document:
    """Return the tables of everything but the people of some roles."""
    prefixes = tuple(role_leaf(role, "") for role in roles)
    return _kept(document, lambda table: table.population not in roles, lambda leaf: not leaf.startswith(prefixes))


def in_one(parts: Sequence[Document], documents: Sequence[Document]) -> Document:
    """Return the parts of documents as one document, with the links between tables of different parts."""
    joined = together(parts).document
    there = {link for part in parts for link in part.links}
    across = tuple(link for document in documents for link in document.links if link not in there)
    return replace(joined, links=(*joined.links, *across))


def _kept(document: Document, table: Callable[[PublishedTable], bool], leaf: Callable[[str], bool]) -> Document:
    tables = [each for each in document.tables if table(each)]
    names = {each.name for each in tables}
    whole = document.axes.get(RECORDS)
    leaves = tuple(filter(leaf, whole.leaves)) if whole else ()
    axes = {name: found for name, found in document.axes.items() if name != RECORDS or leaves}
    if whole and leaves:
        axes[RECORDS] = axis(RECORDS, leaves, whole.totals)

    def box(old: Box) -> Box:
        sides = dict(zip(document.axes, old, strict=True))
        return tuple(sides[name] & frozenset(leaves) if name == RECORDS else sides[name] for name in axes)

    def part(old: PublishedTable) -> PublishedTable:
        own: dict[str, Axis] = {name: old.axes[name] for name in axes}
        if whole and leaves and old.axes[RECORDS] == whole:
            own[RECORDS] = axes[RECORDS]
        return replace(old, axes=own, not_empty=tuple(filter(all, map(box, old.not_empty))))

    return Document(
        axes=axes,
        tables=tuple(map(part, tables)),
        known_zero=tuple(filter(all, map(box, document.known_zero))),
        links=tuple(_links(document, names)),
        targets=tuple(each for each in document.targets if isinstance(each, Target) and each.table in names),
        why_hidden={place: why for place, why in document.why_hidden.items() if place[0] in names},
        values={place: value for place, value in document.values.items() if place[0] in names},
    )


def _links(document: Document, names: Collection[str]) -> Iterator[CellLink]:
    for link in document.links:
        if all(name in names for name, _ in (*link.less, *link.than)):
            yield link
