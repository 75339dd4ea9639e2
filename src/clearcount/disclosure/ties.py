"""A release beside earlier ones, tied by the records that they count and not by how a request was written.

What it does: compares the keyed digests of the records of each release. Where the parts of two releases are the same,
inside each other or apart, the joint document says so: each dimension gets a leaf for each way in which a record
lies in the parts of all releases, and what no record does is known to be empty.
Why: another spelling, a term that finds nothing more, districts one by one and then the area are the same records.
Example: an answer for district N, one for S and one for both: each record of the third is in one of the first two.
Use instead: nothing. For tables without records, leaves of one name are taken for the same records.

Two things may be true for a reader: that nothing was revised between two releases, and that what the records show was.
Where records were revised, both are written down, and a release must be safe in both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from clearcount.disclosure.document import Document
from clearcount.disclosure.filters import RECORDS
from clearcount.disclosure.linked import FORCE, MONTH, OFFENCE, Part, together
from clearcount.disclosure.protection import Join
from clearcount.disclosure.records import Earlier, Numbers, Records
from clearcount.disclosure.stretches import days_of, leaf_of, meanings, segments

Signature: TypeAlias = tuple[int, ...]
"""For each release of a family the number of the leaf in which a record lies there, -1 for none."""
Rectangle: TypeAlias = tuple[frozenset[str], frozenset[str], frozenset[int]]
"""Codes, months, and the releases whose boxes hold them all."""
_NONE = -1
_FEW, _FEW_OF = 4, 10
"""Strays: one of so many, or a part of so many."""


@dataclass(frozen=True)
class _Tied:
    """A release whose records are known."""

    index: int
    document: Document
    records: Records
    codes: frozenset[str]
    months: frozenset[str]


def beside(earlier: Sequence[Earlier], records: Records | None, force: str = "") -> Join:
    """Return what puts the document of a release, whose records are `records`, beside the earlier ones."""

    def join(own: Document) -> tuple[Document, ...]:
        documents = _in_days([own, *(each.document for each in earlier)])
        known = [records, *(each.records for each in earlier)]
        home = _home(documents, force)
        if records is None or sum(each is not None for each in known) < 2:
            return (together(documents, home).document,)
        tied = [
            _Tied(
                index,
                document,
                found,
                frozenset(document.leaves.get(OFFENCE, ())),
                frozenset(document.leaves.get(MONTH, ())),
            )
            for index, (document, found) in enumerate(zip(documents, known, strict=True))
            if found is not None
        ]
        return _worlds(documents, tied, home)

    return join


def agrees(document: Document, records: Records) -> bool:
    """Return whether the records of a release come to the totals of its tables of true counts.

    Records that do not would tie the release wrongly to others, so such records are not used.
    """
    for table in document.tables:
        if table.population or table.once:
            continue
        for cell in table.cells:
            if all(name in table.axes[by].totals for by, name in zip(table.by, cell.at, strict=True)):
                inside = np.ones(len(records.keys), bool)
                for name, side in zip(document.axes, table.box(cell.at), strict=True):
                    inside &= _lies(records, name, side)
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


def _worlds(documents: Sequence[Document], tied: Sequence[_Tied], home: Mapping[str, str]) -> tuple[Document, ...]:
    union = _Union(tied)
    # the stricter world first: the search attacks it, and the other one is held against what it finds
    nothing = np.zeros(len(union.keys), bool)
    left_out = [union.changed, *([nothing] if union.changed.any() else [])]
    return tuple(_joint(documents, tied, home, union, each) for each in left_out)


class _Union:
    """All records of all releases: where each lies, and which releases' boxes it lies in."""

    def __init__(self, tied: Sequence[_Tied]) -> None:
        self.tied = tied
        self.keys = np.unique(np.concatenate([each.records.keys for each in tied]))
        self._at = [np.searchsorted(self.keys, each.records.keys) for each in tied]
        names, code = self._places(OFFENCE)
        days = self._days()
        self.covered = np.zeros((len(self.keys), len(tied)), bool)
        for release, each in enumerate(tied):
            inside = np.ones(len(self.keys), bool)
            if each.codes and names:
                known = np.array([name in each.codes for name in names])
                inside &= np.where(code >= 0, known[code], True)
            if each.months:
                stretches = [found for leaf in each.months if (found := days_of(leaf))]
                within = np.zeros(len(self.keys), bool)
                for first, last in stretches:
                    within |= (days >= first.toordinal()) & (days <= last.toordinal())
                inside &= np.where(days > 0, within, True)
            self.covered[:, release] = inside
        self.changed = self._changed() | self._strays()

    def side(self, release: int, dimension: str) -> Numbers:
        """Return the leaf of each record in one release."""
        found = np.full(len(self.keys), _NONE, np.int32)
        sides = self.tied[release].records.sides
        if dimension in sides:
            found[self._at[release]] = sides[dimension]
        return found

    def _days(self) -> Numbers:
        """The day of each record in the newest release that holds it."""
        found = np.zeros(len(self.keys), np.int32)
        for release in range(len(self.tied) - 1, -1, -1):
            mine = self.tied[release].records.days
            at = self._at[release]
            found[at] = np.where(mine > 0, mine, found[at])
        return found

    def _places(self, dimension: str) -> tuple[list[str], Numbers]:
        """The leaf of each record in the newest release that holds it; the first release given is the newest."""
        names: dict[str, int] = {}
        found = np.full(len(self.keys), _NONE, np.int32)
        for release in range(len(self.tied) - 1, -1, -1):
            leaves = self.tied[release].records.leaves.get(dimension, ())
            number = np.array([names.setdefault(leaf, len(names)) for leaf in leaves], np.int32)
            side = self.side(release, dimension)
            if len(number):
                found = np.where(side >= 0, number[side], found)
        return list(names), found

    def _changed(self) -> NDArray[np.bool_]:
        """The records that one release counts under a filter or leaf and another, which covers them, does not."""
        changed = np.zeros(len(self.keys), bool)
        for one in range(len(self.tied)):
            for two in range(one):
                both = self.covered[:, one] & self.covered[:, two]
                for name in set(self._filters(one)) & set(self._filters(two)):
                    changed |= both & (self._counted(one, name) != self._counted(two, name))
                for dimension in self.families():
                    if dimension != RECORDS:
                        changed |= both & self._moved(one, two, dimension)
        return changed

    def _strays(self) -> NDArray[np.bool_]:
        """The few records that lie apart from all others of their part: moved, dropped or new since, for all we know.

        One record that left a district must not hide that an answer for the district is a line of another.
        """
        strays = np.zeros(len(self.keys), bool)
        counted = [self.side(release, RECORDS) for release in range(len(self.tied))]
        for one in range(len(self.tied)):
            for two in range(len(self.tied)):
                if one == two or RECORDS not in self.tied[two].records.sides:
                    continue
                both = self.covered[:, one] & self.covered[:, two]
                for dimension in [name for name in self.families() if name in self.tied[one].records.sides]:
                    mine = self.side(one, dimension)
                    there = counted[two] if dimension == RECORDS else np.minimum(counted[two], 0)
                    for leaf in np.unique(mine[both]).tolist():
                        inside = both & (mine == leaf)
                        kinds, numbers = np.unique(there[inside], return_counts=True)
                        most = int(numbers.max())
                        few = int(inside.sum()) - most
                        if 0 < few <= max(int(most >= _FEW), most // _FEW_OF):
                            strays |= inside & (there != kinds[numbers.argmax()])
        return strays

    def families(self) -> list[str]:
        """Return the dimensions that releases cut their records by, beside codes, months and forces."""
        names = dict.fromkeys(name for each in self.tied for name in each.document.axes if name in each.records.sides)
        return [name for name in names if name not in (OFFENCE, FORCE) and not name.startswith(MONTH)]

    def _filters(self, release: int) -> set[str]:
        return {name for held in self.tied[release].records.held.values() for name in held}

    def _counted(self, release: int, filter_name: str) -> NDArray[np.bool_]:
        records = self.tied[release].records
        leaves = records.leaves.get(RECORDS, ())
        counted = np.array([filter_name in records.held.get(leaf, ()) for leaf in leaves] + [False])
        return np.asarray(counted[self.side(release, RECORDS)], bool)

    def _moved(self, one: int, two: int, dimension: str) -> NDArray[np.bool_]:
        first, second = (self.tied[each].records.leaves.get(dimension, ()) for each in (one, two))
        shared = {name: number for number, name in enumerate(first) if name in second}
        left, right = self.side(one, dimension), self.side(two, dimension)
        to_first = np.array([shared.get(name, -2) for name in second] + [-3], np.int32)
        same = to_first[right]
        known = (left >= 0) & (right >= 0)
        in_shared = np.isin(left, list(shared.values()))
        return np.asarray(known & (in_shared | (same >= 0)) & (left != same), bool)


def _joint(
    documents: Sequence[Document],
    tied: Sequence[_Tied],
    home: Mapping[str, str],
    union: _Union,
    left_out: NDArray[np.bool_],
) -> Document:
    rectangles = list(_rectangles(tied))
    families = {name: _Family(name, union, ~left_out, rectangles) for name in union.families()}
    meaning: list[dict[str, Mapping[str, frozenset[str]]]] = [{} for _ in documents]
    zeros: list[Mapping[str, frozenset[str]]] = []
    for name, family in families.items():
        for index, document in enumerate(documents):
            if name in document.axes:
                meaning[index][name] = family.meaning(index, document.axes[name].leaves)
        for codes, months, covering in rectangles:
            if empty := family.impossible(covering):
                zeros.append({OFFENCE: codes, MONTH: months, name: empty})
    if RECORDS in families:
        for name, family in families.items():
            if name != RECORDS:
                zeros += _between(families[RECORDS], family, rectangles, ~left_out)
                zeros += _counted_at_all(families[RECORDS], family, rectangles, ~left_out)
    parts = [Part(document, sense) for document, sense in zip(documents, meaning, strict=True)]
    return together(parts, home, [zero for zero in zeros if all(zero.values())]).document


def _rectangles(tied: Sequence[_Tied]) -> Iterator[Rectangle]:
    """(codes, months, the releases whose boxes hold them all), for every way in which boxes overlap."""

    def classes(sides: list[frozenset[str]]) -> dict[frozenset[int], set[str]]:
        found: dict[frozenset[int], set[str]] = {}
        for leaf in sorted(frozenset().union(*sides)):
            found.setdefault(frozenset(i for i, side in enumerate(sides) if leaf in side or not side), set()).add(leaf)
        return found

    codes = classes([each.codes for each in tied])
    months = classes([each.months for each in tied])
    for (one, leaves), (two, stretch) in product(codes.items(), months.items()):
        yield frozenset(leaves), frozenset(stretch), one & two


class _Family:
    """One dimension over all releases that have it: the ways in which a record lies in its leaves."""

    def __init__(
        self,
        name: str,
        union: _Union,
        counted: NDArray[np.bool_],
        rectangles: Sequence[Rectangle],
    ) -> None:
        self.name, self._union = name, union
        self.releases = [
            index for index, each in enumerate(union.tied) if name in each.document.axes and name in each.records.sides
        ]
        self.names = [union.tied[release].document.axes[name].leaves for release in self.releases]
        matrix = np.stack([self._side(release) for release in self.releases], axis=1)
        self.matrix = matrix
        self._possible: dict[frozenset[int], set[Signature]] = {}
        signatures: dict[Signature, None] = {}
        phantoms = self._phantoms(matrix[counted])
        for covering in dict.fromkeys(rectangle[2] for rectangle in rectangles):
            inside = [place for place, release in enumerate(self.releases) if release in covering]
            rows = counted & union.covered[:, sorted(covering)].all(axis=1)
            seen = {tuple(row) for row in np.unique(matrix[rows][:, inside], axis=0).tolist()}
            seen |= {tuple(phantom[place] for place in inside) for phantom in phantoms}
            if len(inside) == 1:
                seen |= {(leaf,) for leaf in range(len(self.names[inside[0]]))}
            self._possible[covering] = seen
            whole = {tuple(row) for row in np.unique(matrix[rows], axis=0).tolist()}
            whole |= set(phantoms)
            for part in sorted(seen):
                if not any(tuple(full[place] for place in inside) == part for full in whole):
                    full = [_NONE] * len(self.releases)
                    for place, leaf in zip(inside, part, strict=True):
                        full[place] = leaf
                    whole.add(tuple(full))
            # every world gets the same leaves, so that what is learnt in one can be asked of the other
            covered = union.covered[:, sorted(covering)].all(axis=1)
            whole |= {tuple(row) for row in np.unique(matrix[covered], axis=0).tolist()}
            signatures |= dict.fromkeys(sorted(whole))
        self.signatures = list(signatures)
        self.leaf = {signature: self._called(signature) for signature in self.signatures}

    def _side(self, release: int) -> Numbers:
        """The leaf of each record, numbered as the release's document numbers it."""
        records = self._union.tied[release].records
        order = {leaf: number for number, leaf in enumerate(self._union.tied[release].document.axes[self.name].leaves)}
        to = np.array([order.get(leaf, _NONE) for leaf in records.leaves.get(self.name, ())] + [_NONE], np.int32)
        return np.asarray(to[self._union.side(release, self.name)], np.int32)

    def _phantoms(self, matrix: NDArray[np.int32]) -> list[Signature]:
        """For a leaf in which no record lies: the leaves of the same name, so that it is not known to be empty."""
        found: dict[Signature, None] = {}
        for place, names in enumerate(self.names):
            met = set(np.unique(matrix[:, place]).tolist())
            for number, name in enumerate(names):
                if number not in met:
                    same = [others.index(name) if name in others else _NONE for others in self.names]
                    found[tuple(same)] = None
        return list(found)

    def _called(self, signature: Signature) -> str:
        said = [names[leaf] if leaf >= 0 else "-" for names, leaf in zip(self.names, signature, strict=True)]
        return said[0] if len(set(said)) == 1 and said[0] != "-" else " | ".join(said)

    def covered(self, release: int) -> NDArray[np.bool_]:
        """Return which records lie in the box of a release."""
        return np.asarray(self._union.covered[:, release], bool)

    def meaning(self, index: int, leaves: Sequence[str]) -> Mapping[str, frozenset[str]]:
        """Return the joint leaves of each leaf of a document; of one without records, those of the same name."""
        mine = [place for place, release in enumerate(self.releases) if self._union.tied[release].index == index]
        found: dict[str, set[str]] = {leaf: set() for leaf in leaves}
        for signature, name in self.leaf.items():
            for place in mine or range(len(self.releases)):
                if signature[place] >= 0 and (leaf := self.names[place][signature[place]]) in found:
                    found[leaf].add(name)
        if not mine:
            return {leaf: frozenset(names or (leaf,)) for leaf, names in found.items()}
        return {leaf: frozenset(names) for leaf, names in found.items()}

    def part(self, signature: Signature, covering: frozenset[int]) -> Signature:
        """Return a signature over the releases that cover a rectangle alone."""
        return tuple(leaf for leaf, release in zip(signature, self.releases, strict=True) if release in covering)

    def impossible(self, covering: frozenset[int]) -> frozenset[str]:
        """Return the joint leaves in which no record of a rectangle can lie."""
        possible = self._possible[covering]
        return frozenset(
            name for signature, name in self.leaf.items() if self.part(signature, covering) not in possible
        )


def _between(
    records: _Family,
    other: _Family,
    rectangles: Sequence[Rectangle],
    counted: NDArray[np.bool_],
) -> Iterator[Mapping[str, frozenset[str]]]:
    """What no record is at once: a part of a release without a dimension, and a leaf of that dimension elsewhere.

    An answer for one district, and another with a line for each: the first lies in one line of the second.
    """
    union = records._union
    for codes, months, covering in rectangles:
        lacking = frozenset(release for release in covering if release not in other.releases)
        if not lacking or not any(release in covering for release in other.releases):
            continue
        rows = counted & union.covered[:, sorted(covering)].all(axis=1)
        places = [place for place, release in enumerate(records.releases) if release in lacking]
        mine = [place for place, release in enumerate(other.releases) if release in covering]
        seen: dict[Signature, set[Signature]] = {}
        both = np.concatenate([records.matrix[rows][:, places], other.matrix[rows][:, mine]], axis=1)
        for row in np.unique(both, axis=0).tolist():
            seen.setdefault(tuple(row[: len(places)]), set()).add(tuple(row[len(places) :]))
        for part, met in seen.items():
            apart = frozenset(
                name for signature, name in other.leaf.items() if other.part(signature, covering) not in met
            )
            within = frozenset(
                name for signature, name in records.leaf.items() if tuple(signature[place] for place in places) == part
            )
            if apart and within:
                yield {OFFENCE: codes, MONTH: months, RECORDS: within, other.name: apart}


def _counted_at_all(
    records: _Family, other: _Family, rectangles: Sequence[Rectangle], counted: NDArray[np.bool_]
) -> Iterator[Mapping[str, frozenset[str]]]:
    """What no record is at once: in a line of a release and not in the release, or the other way round."""
    for codes, months, covering in rectangles:
        for place, release in enumerate(other.releases):
            if release not in covering or release not in records.releases:
                continue
            mine = records.releases.index(release)
            rows = counted & records.covered(release)
            for lies, is_counted in ((True, False), (False, True)):
                if ((other.matrix[rows][:, place] >= 0) == lies)[
                    (records.matrix[rows][:, mine] >= 0) == is_counted
                ].any():
                    continue
                parts = frozenset(name for at, name in records.leaf.items() if (at[mine] >= 0) == is_counted)
                lines = frozenset(name for at, name in other.leaf.items() if (at[place] >= 0) == lies)
                if parts and lines:
                    yield {OFFENCE: codes, MONTH: months, RECORDS: parts, other.name: lines}
