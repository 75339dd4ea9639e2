"""A release beside earlier ones, tied by the records that they count and not by how a request was written.

What it does: compares the keyed digests of the records of each release. The parts of two releases may be the same,
inside each other or apart, and the joint document says so. Each dimension gets a leaf for each way in which a record
lies in the parts of all releases. What no record does is known to be empty.
Why: another spelling, a term that finds nothing more, districts one by one and then the area are the same records.
Example: an answer for district N, one for S and one for both: each record of the third is in one of the first two.
Use instead: nothing. For tables without records, leaves of one name are taken for the same records.

Two things may be true for a reader: that nothing was revised between two releases, and that what the records show was.
Where records were revised, both are written down, and a release must be safe in both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from clearcount.disclosure.document import Document, axis
from clearcount.disclosure.families import Family, Zero, between, counted_at_all, only_where, rectangles
from clearcount.disclosure.filters import RECORDS
from clearcount.disclosure.kinds import in_one, of_others, of_role
from clearcount.disclosure.linked import FORCE, MONTH, OFFENCE, Part, renamed, together
from clearcount.disclosure.protection import Join
from clearcount.disclosure.records import Earlier, Records
from clearcount.disclosure.stretches import days_of, leaf_of, meanings, segments
from clearcount.disclosure.union import Tied, Union

_ASIDE = "counted aside"


def beside(earlier: Sequence[Earlier], records: Records | None, force: str = "") -> Join:
    """Return what puts the document of a release, whose records are `records`, beside the earlier ones."""

    def join(own: Document) -> tuple[Document, ...]:
        documents = _in_days([own, *(each.document for each in earlier)])
        known = [records, *(each.records for each in earlier)]
        home = _home(documents, force)
        if records is None or sum(each is not None for each in known) < 2:
            return (together(documents, home).document,)
        names = together(documents, home).names
        documents = [renamed(document, found) for document, found in zip(documents, names, strict=True)]
        roles = list(dict.fromkeys(role for each in known if each for role in each.people))
        offences = [_with_aside(of_others(document, roles) if roles else document) for document in documents]
        kinds = [_worlds(offences, _tied(offences, known), home)]
        for role in roles:
            people = [of_role(document, role) for document in documents]
            kinds.append(_worlds(people, _tied(people, [each and each.of(role) for each in known]), home))
        if len(kinds) == 1:
            return kinds[0]
        most = max(map(len, kinds))
        worlds = ([each[min(world, len(each) - 1)] for each in kinds] for world in range(most))
        return tuple(in_one(world, documents) for world in worlds)

    return join


def _tied(documents: Sequence[Document], known: Sequence[Records | None]) -> list[Tied]:
    """The releases with tables of a kind whose records are known."""
    return [
        Tied.of(index, document, found)
        for index, (document, found) in enumerate(zip(documents, known, strict=True))
        if found is not None and document.tables
    ]


def agrees(document: Document, records: Records) -> bool:
    """Return whether the records of a release come to the totals of its tables of true counts.

    Records that do not would tie the release wrongly to others, so such records are not used.
    """
    for table in document.tables:
        known = records.of(table.population)
        if known is None or table.once:
            continue
        for cell in table.cells:
            if all(name in table.axes[by].totals for by, name in zip(table.by, cell.at, strict=True)):
                inside = np.ones(len(known.keys), bool)
                for name, side in zip(document.axes, table.box(cell.at), strict=True):
                    inside &= _lies(known, name, side)
                if int(inside.sum()) != cell.low:
                    return False
    return True


def _lies(records: Records, dimension: str, side: frozenset[str]) -> NDArray[np.bool_]:
    """Which records lie in a side of a box, as far as they say."""
    if dimension in records.sides:
        inside = np.array([leaf in side for leaf in records.leaves[dimension]] + [False])
        return np.asarray(inside[records.sides[dimension]], bool)
    found = np.ones(len(records.keys), bool)
    if dimension == MONTH:
        within = ~(records.days > 0)
        for first, last in filter(None, map(days_of, side)):
            within |= (records.days >= first.toordinal()) & (records.days <= last.toordinal())
        return within
    return found


def _with_aside(document: Document) -> Document:
    """The document with a part of the records of its own for tables that its filters do not cut.

    An earlier version beside a new one counts what was recorded then. What no record does now says nothing of it.
    """
    whole = document.axes.get(RECORDS)
    apart = [table for table in document.tables if table.population and table.axes.get(RECORDS) == whole]
    if whole is None or not apart:
        return document
    leaves = (*whole.leaves, _ASIDE)
    alone = axis(RECORDS, (_ASIDE,))
    place = list(document.axes).index(RECORDS)
    zeros = [
        (*box[:place], box[place] | {_ASIDE}, *box[place + 1 :]) if box[place] == frozenset(whole.leaves) else box
        for box in document.known_zero
    ]
    return replace(
        document,
        axes={**document.axes, RECORDS: axis(RECORDS, leaves, whole.totals)},
        tables=tuple(
            replace(table, axes={**table.axes, RECORDS: alone}) if table in apart else table
            for table in document.tables
        ),
        known_zero=tuple(zeros),
    )


def _in_days(documents: Sequence[Document]) -> list[Document]:
    """The documents with their times cut into the finest stretches of days that any of them names."""
    found = list(documents)
    for name in dict.fromkeys(name for each in documents for name in each.axes if name.startswith(MONTH)):
        leaves = [leaf for each in documents if name in each.axes for leaf in each.leaves[name]]
        named = [days for leaf in leaves if (days := days_of(leaf))]
        finest = segments(named)
        if {leaf_of(days) for days in finest} == set(leaves):
            continue
        for index, document in enumerate(found):
            if name in document.axes:
                sense = meanings(document.leaves[name], finest)
                found[index] = together([Part(document, {name: sense})]).document
    return found


def _home(documents: Sequence[Document], force: str) -> Mapping[str, str]:
    """The leaf of this force in tables that name forces; another spelling of its name is its name."""
    leaves = [leaf for document in documents for leaf in document.leaves.get(FORCE, ())]
    same = [leaf for leaf in leaves if _plain(leaf) == _plain(force)]
    return {FORCE: (same or [force])[0]} if leaves and force else {}


def _plain(name: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in name.casefold()).split())


def _worlds(documents: Sequence[Document], tied: Sequence[Tied], home: Mapping[str, str]) -> tuple[Document, ...]:
    if len(tied) < 2:
        return (together(documents, home).document,)
    union = Union(tied)
    # the stricter world first: the search attacks it, and the other one is held against what it finds
    nothing = np.zeros(union.size, bool)
    left_out = [union.changed, *([nothing] if union.changed.any() else [])]
    return tuple(_joint(documents, tied, home, union, each) for each in left_out)


def _joint(
    documents: Sequence[Document],
    tied: Sequence[Tied],
    home: Mapping[str, str],
    union: Union,
    left_out: NDArray[np.bool_],
) -> Document:
    over = list(rectangles(tied))
    families = {name: Family(name, union, ~left_out, over) for name in union.families()}
    meaning: list[dict[str, Mapping[str, frozenset[str]]]] = [{} for _ in documents]
    zeros: list[Zero] = []
    for name, family in families.items():
        for index, document in enumerate(documents):
            if name in document.axes:
                meaning[index][name] = family.meaning(index, document.axes[name].leaves)
        for codes, months, covering in over:
            if empty := family.impossible(covering):
                zeros.append({OFFENCE: codes, MONTH: months, name: empty})
    if RECORDS in families:
        for name, family in families.items():
            if name != RECORDS:
                zeros += between(families[RECORDS], family, over, ~left_out)
                zeros += counted_at_all(families[RECORDS], family, over, ~left_out)
        if not left_out.any():  # where a revised record lies is known to a reader who knows of it
            zeros += only_where(list(families.values()), union, over)
        records = families[RECORDS]
        cut = frozenset(records.leaf.values()) - records.standing_for(_ASIDE)
        zeros = [{**zero, RECORDS: zero.get(RECORDS, cut) & cut} for zero in zeros]
    parts = [Part(document, sense) for document, sense in zip(documents, meaning, strict=True)]
    return together(parts, home, [zero for zero in zeros if all(zero.values())]).document
