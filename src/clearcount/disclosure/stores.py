"""The tables of several record stores in one document, and those of one of them out of it.

What it does: gives the document a dimension that says in which store a record lies; each table counts in one store.
Why: each store has a ledger of its own, and what left it is told by its own records. A store's part of a document is
what its ledger would hold had it answered alone. So later answers are compared with it, whether it did or not. Example:
crimes by month beside incidents by month: no figure of one store is a sum over the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from clearcount.disclosure.control import Controlled, digest_of
from clearcount.disclosure.document import Axis, Box, Document, PublishedTable, axis
from clearcount.disclosure.document_json import Json, document_json, parse_document
from clearcount.disclosure.linked import together

STORE = "record store"
"""The dimension; a column of a layout has no space in its name."""


def documents_in_one(documents: Mapping[str, Document]) -> Document:
    """Return one document of the tables of several stores, whose names differ, by the names of the stores."""
    return together([_in_store(document, name) for name, document in documents.items()]).document


def document_of(raw: Json, name: str) -> dict[str, object]:
    """Return the part of one store of a document as it is in release.json; all of it where it names no stores.

    Raises:
        DisclosureError: the document cannot be read.
    """
    if STORE not in _names(raw):
        return dict(raw)
    return document_json(_of_store(parse_document(raw), name))


def _names(raw: Json) -> Mapping[str, object]:
    dimensions = raw.get("dimensions")
    return dimensions if isinstance(dimensions, Mapping) else {}


def _in_store(document: Document, name: str) -> Document:
    own = axis(STORE, (name,))

    def box(old: Box) -> Box:
        return frozenset((name,)), *old

    return replace(
        document,
        axes={STORE: own, **document.axes},
        tables=tuple(
            replace(table, axes={STORE: own, **table.axes}, not_empty=tuple(map(box, table.not_empty)))
            for table in document.tables
        ),
        known_zero=tuple(map(box, document.known_zero)),
    )


def _of_store(document: Document, name: str) -> Document:
    tables = [table for table in document.tables if table.axes[STORE].leaves == (name,)]
    axes: dict[str, Axis] = {}
    for dimension, whole in document.axes.items():
        own = [table.axes[dimension] for table in tables if table.axes[dimension] is not whole]
        if dimension != STORE and own:
            named = frozenset().union(*(found.members[leaf] for found in own for leaf in found.leaves))
            axes[dimension] = axis(dimension, tuple(leaf for leaf in whole.leaves if leaf in named))
    names = {table.name for table in tables}

    def cut(table: PublishedTable) -> PublishedTable:
        kept = {dimension: _own(table.axes[dimension], whole) for dimension, whole in axes.items()}
        return replace(table, axes=kept, not_empty=tuple(map(box, table.not_empty)))

    def box(old: Box) -> Box:
        sides = dict(zip(document.axes, old, strict=True))
        return tuple(sides[dimension] & frozenset(whole.leaves) for dimension, whole in axes.items())

    at = list(document.axes).index(STORE)
    return Document(
        axes=axes,
        tables=tuple(map(cut, tables)),
        known_zero=tuple(box(zero) for zero in document.known_zero if zero[at] == frozenset((name,))),
        links=tuple(link for link in document.links if {table for table, _ in link.less} <= names),
        values={place: value for place, value in document.values.items() if place[0] in names},
    )


def _own(found: Axis, whole: Axis) -> Axis:
    """The axis of a table; the dimension's own where the two say the same, as one store's document has it."""
    return whole if (found.leaves, dict(found.totals)) == (whole.leaves, dict(whole.totals)) else found


def controlled_in_one(parts: Mapping[str, Controlled]) -> Controlled:
    """Return what left disclosure control store by store as one; that of one store as it is.

    The record adds up what was hidden and what the audits looked at; the answer is proved where each part is.
    """
    if len(parts) == 1:
        return next(iter(parts.values()))
    document = documents_in_one({name: parse_document(part.document) for name, part in parts.items()})
    each = list(parts.values())
    first = each[0].record
    audits = [_object(part.record["audit"]) for part in each]
    record = {
        **first,
        "hidden": sum(_number(part.record["hidden"]) for part in each),
        "optimal": all(part.record["optimal"] for part in each),
        "gap": sum(_number(part.record["gap"]) for part in each),
        "audit": {
            **audits[0],
            "consistent": all(audit["consistent"] for audit in audits),
            "targets": sum(_number(audit["targets"]) for audit in audits),
            "document_sha256": digest_of(document),
        },
        "ledger": [name for part in each for name in _names_in(part.record["ledger"])],
    }
    return Controlled(
        tables={name: table for part in each for name, table in part.tables.items()},
        document=document_json(document),
        record=record,
        internal={"stores": {name: dict(part.internal) for name, part in parts.items()}},
        untied=tuple(dict.fromkeys(name for part in each for name in part.untied)),
    )


def _object(value: object) -> Mapping[str, object]:
    assert isinstance(value, Mapping)
    return value


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value


def _names_in(value: object) -> tuple[str, ...]:
    assert isinstance(value, list)
    return tuple(map(str, value))
