"""All records of all releases: where each lies, which releases' boxes hold it, and which were revised in between.

A record that another extract holds under another code, or in another stretch of days, is two here. One left its old
place, and one came to its new one. So every figure counts what it counted when it was printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearcount.disclosure.document import Document
from clearcount.disclosure.filters import RECORDS
from clearcount.disclosure.linked import FORCE, MONTH, OFFENCE
from clearcount.disclosure.records import Keys, Numbers, Records
from clearcount.disclosure.stretches import days_of

NONE = -1
"""The number of a leaf for a record that lies in none."""
_FEW, _FEW_OF, _RARE_OF = 4, 10, 2
"""Strays: one of so many, or a part of so many; rare is what may be strays."""


@dataclass(frozen=True)
class Tied:
    """A release whose records are known. An earlier version printed beside it has codes and months of its own."""

    index: int
    document: Document
    records: Records
    codes: frozenset[str]
    months: frozenset[str]

    @classmethod
    def of(cls, index: int, document: Document, records: Records) -> Tied:
        """Return the release at `index` with the codes and months that its tables of these records count."""
        tables = [table for table in document.tables if not table.population] or document.tables
        codes, months = (
            frozenset(leaf for table in tables if name in table.axes for leaf in table.axes[name].leaves)
            for name in (OFFENCE, MONTH)
        )
        return cls(index, document, records, codes, months)


class Union:
    """All records of all releases. The first release given is the newest.

    `codes` and `months` name the codes and stretches of days that releases count. `code` and `month` are the number of
    each record's, NONE where it has none. `covered` says for each record and release whether the release's box holds
    it. `changed` says which records were revised between two releases, `rare` which may have been.
    """

    def __init__(self, tied: Sequence[Tied]) -> None:
        self.tied = tied
        keys = np.unique(np.concatenate([each.records.keys for each in tied]))
        at = [np.searchsorted(keys, each.records.keys) for each in tied]
        self.codes = list(dict.fromkeys(x for each in tied for x in each.records.leaves.get(OFFENCE, ())))
        self.months = sorted({leaf for each in tied for leaf in each.months if days_of(leaf)})
        code = self._places(keys, at, self._coded())
        month = self._places(keys, at, self._dated())
        places = [np.stack([at[n], code[n], month[n]], axis=1) for n in range(len(tied))]
        every, number = np.unique(np.concatenate(places), axis=0, return_inverse=True)
        self._at = np.split(number.reshape(-1), np.cumsum([len(each) for each in places])[:-1])
        self.size = len(every)
        self.code, self.month = every[:, 1], every[:, 2]
        self.covered = np.stack([self._covers(each) for each in tied], axis=1)
        changed = self._changed()
        self.changed = changed | self._strays(_FEW_OF)
        self.rare = changed | self._strays(_RARE_OF)

    def side(self, release: int, dimension: str) -> Numbers:
        """Return the leaf of each record in one release."""
        found = np.full(self.size, NONE, np.int32)
        sides = self.tied[release].records.sides
        if dimension in sides:
            found[self._at[release]] = sides[dimension]
        return found

    def families(self) -> list[str]:
        """Return the dimensions that releases cut their records by, beside codes, months and forces."""
        names = dict.fromkeys(name for each in self.tied for name in each.document.axes if name in each.records.sides)
        return [name for name in names if name not in (OFFENCE, FORCE) and not name.startswith(MONTH)]

    def named(self, places: Iterable[tuple[int, int]]) -> set[tuple[str, str]]:
        """Return the code and stretch of days of each place."""
        return {(self.codes[code], self.months[month]) for code, month in places}

    def _coded(self) -> list[Numbers]:
        """The code of each release's records, by the number of all codes."""
        numbers = {leaf: number for number, leaf in enumerate(self.codes)}
        found = []
        for each in self.tied:
            side = each.records.sides.get(OFFENCE, np.full(len(each.records.keys), NONE, np.int32))
            to = np.array([numbers[leaf] for leaf in each.records.leaves.get(OFFENCE, ())] + [NONE], np.int32)
            found.append(np.asarray(to[side], np.int32))
        return found

    def _dated(self) -> list[Numbers]:
        """The stretch of days of each release's records; one beyond the last for a day that no release names."""
        spans = [days_of(leaf) or (0, 0) for leaf in self.months]
        found = []
        for each in self.tied:
            days = each.records.days
            side = np.where(days > 0, len(spans), NONE).astype(np.int32)
            for number, (first, last) in enumerate(spans):
                side[(days >= first.toordinal()) & (days <= last.toordinal())] = number  # type: ignore[union-attr]
            found.append(side)
        return found

    def _places(self, keys: Keys, at: Sequence[NDArray[np.intp]], known: Sequence[Numbers]) -> list[Numbers]:
        """The place of each release's records; one that a release does not say is that of the newest that does."""
        newest = np.full(len(keys), NONE, np.int32)
        for where, mine in reversed(list(zip(at, known, strict=True))):
            newest[where] = np.where(mine >= 0, mine, newest[where])
        return [np.where(mine >= 0, mine, newest[where]) for where, mine in zip(at, known, strict=True)]

    def _covers(self, release: Tied) -> NDArray[np.bool_]:
        """Which records lie in the box of a release."""
        inside = np.ones(self.size, bool)
        if release.codes:
            known = np.array([leaf in release.codes for leaf in self.codes] + [True])
            inside &= known[self.code]
        if release.months:
            known = np.array([leaf in release.months for leaf in self.months] + [False, True])
            inside &= known[self.month]
        return inside

    def _changed(self) -> NDArray[np.bool_]:
        """The records that one release counts under a filter or leaf and another, which covers them, does not."""
        changed = np.zeros(self.size, bool)
        for one in range(len(self.tied)):
            for two in range(one):
                both = self.covered[:, one] & self.covered[:, two]
                for name in set(self._filters(one)) & set(self._filters(two)):
                    changed |= both & (self._counted(one, name) != self._counted(two, name))
                for dimension in self.families():
                    if dimension != RECORDS:
                        changed |= both & self._moved(one, two, dimension)
        return changed

    def _strays(self, of: int) -> NDArray[np.bool_]:
        """The few records that lie apart from all others of their part: moved, dropped or new since, for all we know.

        One record that left a district must not hide that an answer for the district is a line of another.
        """
        strays = np.zeros(self.size, bool)
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
                        if 0 < few <= max(int(most >= _FEW), most // of):
                            strays |= inside & (there != kinds[numbers.argmax()])
        return strays

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
