"""One dimension over all releases: the ways in which records lie in its leaves, and what is known to be empty.

What it does: gives each way in which a record lies in the leaves of all releases a leaf of its own. It says in which
codes and months no record lies in it. Why: another spelling, a district by its number or a revised record are then no
guess of a name but a fact of records. Example: North in one release and North or South in the next: a record is in
both, or in the second alone. Use instead: nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from clearcount.disclosure.filters import RECORDS
from clearcount.disclosure.linked import MONTH, OFFENCE
from clearcount.disclosure.records import Numbers
from clearcount.disclosure.union import NONE, Tied, Union

Signature: TypeAlias = tuple[int, ...]
"""For each release of a family the number of the leaf in which a record lies there, -1 for none."""
Rectangle: TypeAlias = tuple[frozenset[str], frozenset[str], frozenset[int]]
"""Codes, months, and the releases whose boxes hold them all."""
Zero: TypeAlias = Mapping[str, frozenset[str]]
"""A box that is empty, by dimension; a dimension left out means all its leaves."""


def rectangles(tied: Sequence[Tied]) -> Iterator[Rectangle]:
    """Yield codes and months with the releases whose boxes hold them all, for every way in which boxes overlap."""

    def classes(sides: list[frozenset[str]]) -> dict[frozenset[int], set[str]]:
        found: dict[frozenset[int], set[str]] = {}
        for leaf in sorted(frozenset().union(*sides)):
            found.setdefault(frozenset(i for i, side in enumerate(sides) if leaf in side or not side), set()).add(leaf)
        return found

    codes = classes([each.codes for each in tied])
    months = classes([each.months for each in tied])
    for (one, leaves), (two, stretch) in product(codes.items(), months.items()):
        yield frozenset(leaves), frozenset(stretch), one & two


class Family:
    """One dimension over all releases that have it: the ways in which a record lies in its leaves."""

    def __init__(
        self,
        name: str,
        union: Union,
        counted: NDArray[np.bool_],
        over: Sequence[Rectangle],
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
        self._unmet = phantoms = self._phantoms(matrix[counted])
        for covering in dict.fromkeys(rectangle[2] for rectangle in over):
            inside = self._inside(covering)
            rows = counted & union.covered[:, sorted(covering)].all(axis=1)
            seen = {tuple(row) for row in np.unique(matrix[rows][:, inside], axis=0).tolist()}
            seen |= self.expected(covering)
            self._possible[covering] = seen
            whole = {tuple(row) for row in np.unique(matrix[rows], axis=0).tolist()}
            whole |= set(phantoms)
            for part in sorted(seen):
                if not any(tuple(full[place] for place in inside) == part for full in whole):
                    full = [NONE] * len(self.releases)
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
        to = np.array([order.get(leaf, NONE) for leaf in records.leaves.get(self.name, ())] + [NONE], np.int32)
        return np.asarray(to[self._union.side(release, self.name)], np.int32)

    def _phantoms(self, matrix: NDArray[np.int32]) -> list[Signature]:
        """For a leaf in which no record lies: the leaves of the same name, so that it is not known to be empty."""
        found: dict[Signature, None] = {}
        for place, names in enumerate(self.names):
            met = set(np.unique(matrix[:, place]).tolist())
            for number, name in enumerate(names):
                if number not in met:
                    same = [others.index(name) if name in others else NONE for others in self.names]
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

    def parts(self, rows: NDArray[np.bool_], covering: frozenset[int]) -> set[Signature]:
        """Return the signatures of some records over the releases that cover a rectangle."""
        return {tuple(row) for row in np.unique(self.matrix[rows][:, self._inside(covering)], axis=0).tolist()}

    def lies(self, part: Signature, covering: frozenset[int]) -> NDArray[np.bool_]:
        """Return which records have a signature over the releases that cover a rectangle."""
        return np.asarray((self.matrix[:, self._inside(covering)] == np.array(part, np.int32)).all(axis=1), bool)

    def expected(self, covering: frozenset[int]) -> set[Signature]:
        """Return the signatures over the releases of a rectangle that are possible whether a record has them or not."""
        inside = self._inside(covering)
        found = {tuple(phantom[place] for place in inside) for phantom in self._unmet}
        if len(inside) == 1:
            found |= {(leaf,) for leaf in range(len(self.names[inside[0]]))}
        return found

    def called(self, part: Signature, covering: frozenset[int]) -> frozenset[str]:
        """Return the joint leaves that have a signature over the releases of a rectangle."""
        return frozenset(name for signature, name in self.leaf.items() if self.part(signature, covering) == part)

    def apart(self, met: set[Signature], covering: frozenset[int]) -> frozenset[str]:
        """Return the joint leaves that have none of the signatures over the releases of a rectangle."""
        return frozenset(name for signature, name in self.leaf.items() if self.part(signature, covering) not in met)

    def _inside(self, covering: frozenset[int]) -> list[int]:
        return [place for place, release in enumerate(self.releases) if release in covering]

    def standing_for(self, leaf: str) -> frozenset[str]:
        """Return the joint leaves that a leaf of this name in some release has a part in."""
        return frozenset(
            called
            for signature, called in self.leaf.items()
            if any(at >= 0 and names[at] == leaf for names, at in zip(self.names, signature, strict=True))
        )

    def part(self, signature: Signature, covering: frozenset[int]) -> Signature:
        """Return a signature over the releases that cover a rectangle alone."""
        return tuple(leaf for leaf, release in zip(signature, self.releases, strict=True) if release in covering)

    def impossible(self, covering: frozenset[int]) -> frozenset[str]:
        """Return the joint leaves in which no record of a rectangle can lie."""
        return self.apart(self._possible[covering], covering)


def between(
    records: Family,
    other: Family,
    over: Sequence[Rectangle],
    counted: NDArray[np.bool_],
) -> Iterator[Mapping[str, frozenset[str]]]:
    """Yield what no record is at once: a part of a release without a dimension, and a leaf of that dimension elsewhere.

    An answer for one district, and another with a line for each: the first lies in one line of the second.
    """
    union = records._union
    for codes, months, covering in over:
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
            apart = other.apart(met, covering)
            within = frozenset(
                name for signature, name in records.leaf.items() if tuple(signature[place] for place in places) == part
            )
            if apart and within:
                yield {OFFENCE: codes, MONTH: months, RECORDS: within, other.name: apart}


def counted_at_all(
    records: Family, other: Family, over: Sequence[Rectangle], counted: NDArray[np.bool_]
) -> Iterator[Mapping[str, frozenset[str]]]:
    """Yield what no record is at once: in a line of a release and not in the release, or the other way round."""
    for codes, months, covering in over:
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


def only_where(families: Sequence[Family], union: Union, over: Sequence[Rectangle]) -> Iterator[Zero]:
    """Yield what is empty because no record of a rare way to lie is there: neither in the code and month nor the leaf.

    Where records were revised, a reader who knows of it knows where. All other figures are still what they were.
    """
    for codes, months, covering in over:
        covered = union.covered[:, sorted(covering)].all(axis=1)
        rare, usual = covered & union.rare, covered & ~union.rare
        if not rare.any():
            continue
        met = [family for family in families if any(release in covering for release in family.releases)]
        known = {family.name: family.parts(usual, covering) | family.expected(covering) for family in met}
        ways: list[tuple[Zero, NDArray[np.bool_], list[Family]]] = []
        for family in met:
            for part in sorted(family.parts(rare, covering) - known[family.name]):
                others = [other for other in met if other is not family]
                names = {family.name: family.called(part, covering)}
                ways.append((names, rare & family.lies(part, covering), others))
        for one, two in combinations(met, 2):
            for first in sorted(one.parts(rare, covering) & known[one.name]):
                mine = one.lies(first, covering)
                common = two.parts(rare & mine, covering) & known[two.name]
                for second in sorted(common - two.parts(usual & mine, covering)):
                    pair = {one.name: one.called(first, covering), two.name: two.called(second, covering)}
                    ways.append((pair, rare & mine & two.lies(second, covering), []))
        for way, rows, others in ways:
            places = set(zip(union.code[rows].tolist(), union.month[rows].tolist(), strict=True))
            if any(code < 0 or not 0 <= month < len(union.months) for code, month in places):
                continue  # a record without a code or a day may be anywhere
            for side, stretch in _without(codes, months, union.named(places)):
                yield {OFFENCE: side, MONTH: stretch, **way}
            for other in others:
                yield from _elsewhere(union, other, covering, rows, way)


def _without(
    codes: frozenset[str], months: frozenset[str], places: set[tuple[str, str]]
) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """The boxes of codes and months that hold none of the places."""
    groups: dict[frozenset[str], set[str]] = {}
    for code in sorted(codes):
        groups.setdefault(months - {month for at, month in places if at == code}, set()).add(code)
    for stretch, side in groups.items():
        if stretch:
            yield frozenset(side), stretch


def _elsewhere(
    union: Union, other: Family, covering: frozenset[int], rows: NDArray[np.bool_], names: Zero
) -> Iterator[Zero]:
    """The leaves of another dimension in which no record of a rare way to lie is, code and month by code and month."""
    groups: dict[frozenset[str], dict[str, set[str]]] = {}
    for place in sorted(set(zip(union.code[rows].tolist(), union.month[rows].tolist(), strict=True))):
        here = rows & (union.code == place[0]) & (union.month == place[1])
        apart = other.apart(other.parts(here, covering), covering)
        code, month = next(iter(union.named({place})))
        groups.setdefault(apart, {}).setdefault(code, set()).add(month)
    for apart, found in groups.items():
        stretches: dict[frozenset[str], set[str]] = {}
        for code, months in found.items():
            stretches.setdefault(frozenset(months), set()).add(code)
        for months_of, side in stretches.items():
            if apart:
                yield {OFFENCE: frozenset(side), MONTH: months_of, **names, other.name: apart}
