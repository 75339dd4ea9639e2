"""The auditor's system: whole unknown counts of the finest cross, and one row of knowledge for each figure.

An atom is a set of leaves that no figure, link or target tells apart, so every figure is a sum of atoms. Known zeros
are taken out. `reduced` makes the system small.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearcount.disclosure.crosses import Crosses
from clearcount.disclosure.document import At, Box, CellLink, Document, Piece, Target
from clearcount.disclosure.once import bits, inequalities
from clearcount.disclosure.solver import Ints

_MOST_SETS = 4096
"""Up to this many sets of cells in which a thing may have records, each is an unknown of its own."""


@dataclass(frozen=True)
class Knowledge:
    """One row: low <= sum of sign * atom <= high. `source` is (table, coordinates) of a cell, None for a link."""

    atoms: Ints
    signs: NDArray[np.int64]
    low: int | None
    high: int | None
    source: tuple[str, tuple[str, ...]] | None


Sum = tuple[Ints, NDArray[np.int64]]
"""Atoms, each with the number of times it counts (below 0 to be taken off)."""


@dataclass(frozen=True)
class AtomSystem:
    """Every row of knowledge over `count` atoms, known zeros left out; what each target adds up."""

    count: int
    rows: tuple[Knowledge, ...]
    targets: tuple[Sum, ...]
    measures: Mapping[tuple[str, str], Measure]

    def pieces(self) -> Mapping[int, Piece]:
        """Return the box of each atom that is a cell, by the atom's number."""
        return {number: piece for measure in self.measures.values() for number, piece in measure.finest().items()}


class Measure:
    """The atoms of one measure: how many there are, and which a box counts."""

    def __init__(
        self, document: Document, name: tuple[str, str], groups: Sequence[Iterable[Box]], offset: int, *, whole: bool
    ) -> None:
        self.name, self.offset = name, offset
        groups = [list(dict.fromkeys(group)) for group in groups]
        self.boxes = list(dict.fromkeys(box for group in groups for box in group))
        self.crosses = Crosses(document, groups, whole=whole or bool(name[1]))
        self._classes = self.crosses.classes
        self.extra: list[tuple[Ints, NDArray[np.int64], int | None, int | None]] = []
        if not name[1]:
            self.count = self.crosses.size
            for one, two in self.crosses.ties():
                both = np.concatenate([one, two]) + offset
                signs = np.array([1] * len(one) + [-1] * len(two), np.int64)
                self.extra.append((*_net(both, signs), 0, 0))
            return
        cells = {box: self.crosses.cells(box) for box in self.boxes}
        met = np.unique(np.concatenate([*cells.values(), np.zeros(0, np.int64)]))
        self._lots = _lots(document, name, self._classes)
        self._of: dict[Box, Ints] = {}
        sets = self._possible_sets(met)
        if sets is not None:  # an atom for each set of cells in which a thing may have records
            self.count = len(sets)
            for box, found in cells.items():
                mask = int((1 << np.searchsorted(met, found)).sum())
                self._of[box] = np.flatnonzero(sets & mask).astype(np.int64)
            return
        kept: dict[bytes, int] = {}
        for found in cells.values():
            if len(found):
                kept.setdefault(found.tobytes(), len(kept))
        self.count = len(kept)
        nothing = np.zeros(0, np.int64)
        self._of = {
            box: np.array([kept[found.tobytes()]], np.int64) if len(found) else nothing for box, found in cells.items()
        }
        self._tie(document)

    def _possible_sets(self, met: Ints) -> Ints | None:
        """Every set of cells in which one thing may have records, as bits; None where there are too many."""
        shape = [max(of.values()) + 1 for of in self._classes]
        places = [np.unravel_index(cell, shape) for cell in met.tolist()]
        if len(met) > 62:
            return None

        def meet(one: int, two: int) -> bool:
            return all(
                lots.get(int(places[one][axis]), -1) in (-1, lots.get(int(places[two][axis]), -1))
                or lots.get(int(places[two][axis]), -1) == -1
                for axis, lots in self._lots
            )

        fits = [sum(1 << two for two in range(len(met)) if meet(one, two)) for one in range(len(met))]
        grown = [0]
        for cell in range(len(met)):
            grown += [held | 1 << cell for held in grown if not held & ~fits[cell]]
            if len(grown) > _MOST_SETS:
                return None
        return np.array(grown[1:], np.int64)

    def of(self, box: Box) -> Ints:
        """Return the atoms of a box."""
        return (self._of[box] if self.name[1] else self.crosses.cells(box)) + self.offset

    def _tie(self, document: Document) -> None:
        """The inequalities between the figures, where there are too many cells to write every set of them."""
        first: dict[int, Box] = {}
        for box in self.boxes:
            if len(self._of[box]):
                first.setdefault(int(self._of[box][0]), box)
        ways: list[dict[frozenset[int], list[tuple[frozenset[int], ...]]]] = [{} for _ in document.axes]
        for table in document.tables:
            if table.measure != self.name:
                continue
            for axis, (dimension, of) in enumerate(zip(document.axes, self._classes, strict=True)):
                for total, parts in table.axes[dimension].parts.items():
                    whole = frozenset(of[leaf] for leaf in table.axes[dimension].members[total] if leaf in of)
                    each = tuple(frozenset(of[leaf] for leaf in part if leaf in of) for part in parts)
                    ways[axis].setdefault(whole, []).append(each)
        sides = [
            tuple(frozenset(of[leaf] for leaf in side) for of, side in zip(self._classes, box, strict=True))
            for box in first.values()
        ]
        names = list(first)
        cells = [bits(self.crosses.cells(box)) for box in first.values()]
        for less, than in inequalities(sides, cells, ways):
            atoms = np.array([names[i] for i in (*less, *than)], np.int64)
            signs = np.array([1] * len(less) + [-1] * len(than), np.int64)
            self.extra.append((*_net(atoms + self.offset, signs), None, 0))

    def finest(self) -> Mapping[int, Piece]:
        """Return the box of every atom; only where the atoms are cells."""
        if self.name[1]:
            return {}
        return {number + self.offset: Piece(self.name, (box,)) for number, box in self.crosses.boxes()}


def _lots(
    document: Document, name: tuple[str, str], classes: Sequence[Mapping[str, int]]
) -> list[tuple[int, dict[int, int]]]:
    """For each table and dimension in which a thing's records lie in one leaf: the number of that leaf, by class."""
    found = []
    for table in document.tables:
        if table.measure != name:
            continue
        for axis, dimension in enumerate(document.axes):
            if dimension not in table.apart:
                continue
            lot_of: dict[int, set[int]] = {}
            sides = table.lots(dimension)
            for leaf, number in classes[axis].items():
                inside = {at for at, side in enumerate(sides) if leaf in side}
                lot_of.setdefault(number, set()).update(inside or {-1})
            found.append((axis, {number: at for number, (at, *more) in lot_of.items() if not more and at >= 0}))
    return found


def atom_system(document: Document, *, whole: bool = False) -> AtomSystem:
    """Return the system of a document: measures side by side, each with its own atoms.

    The cross of a measure is written whole where it is small, or where `whole` says so, else clique by clique.
    """
    named = {table.name: table for table in document.tables}
    groups: dict[tuple[str, str], list[list[Box]]] = {}
    of_table: dict[str, list[Box]] = {}
    for table in document.tables:
        of_table[table.name] = [*(table.box(cell.at) for cell in table.cells), *table.not_empty]
        groups.setdefault(table.measure, []).append(of_table[table.name])
    ends = [end for link in document.links for end in (*link.less, *link.than)]
    cells = [(target.table, at) for target in document.targets if isinstance(target, Target) for at in target.cells]
    for name, at in [*ends, *cells]:
        of_table[name].append(named[name].box(at))
    for target in document.targets:
        if isinstance(target, Piece):
            groups.setdefault(target.measure, []).extend([box] for box in (*target.whole, *target.without))
    for kind in [kind for kind in groups if kind[1] and (kind[0], "") in groups]:
        groups[kind[0], ""].extend(groups[kind])
    measures: dict[tuple[str, str], Measure] = {}
    count = 0
    for kind, wanted in groups.items():
        measures[kind] = Measure(document, kind, wanted, count, whole=whole)
        count += measures[kind].count

    def atoms(name: str, at: At) -> Ints:
        table = named[name]
        return measures[table.measure].of(table.box(at))

    rows = []
    for table in document.tables:
        for cell in table.cells:
            own = atoms(table.name, cell.at)
            rows.append(Knowledge(own, np.ones(len(own), np.int64), cell.low, cell.high, (table.name, cell.at)))
        for box in table.not_empty:
            own = measures[table.measure].of(box)
            rows.append(Knowledge(own, np.ones(len(own), np.int64), 1, None, None))
    rows += [Knowledge(*_sum(_linked(link, atoms)), None, 0, None) for link in document.links]
    for measure in measures.values():
        rows += [Knowledge(found, signs, low, high, None) for found, signs, low, high in measure.extra]
        rows += _records(document, measure, measures)
    return AtomSystem(
        count,
        tuple(rows),
        tuple(_target(target, atoms, measures) for target in document.targets),
        measures,
    )


def _records(document: Document, once: Measure, measures: Mapping[tuple[str, str], Measure]) -> list[Knowledge]:
    """A box holds at most as many things as records, and none when it holds no record."""
    records = measures.get((once.name[0], ""))
    if not once.name[1] or records is None:
        return []
    found = []
    for box in once.boxes:
        found.append(Knowledge(*_sum([(once.of(box), 1), (records.of(box), -1)]), None, 0, None))
    for table in document.tables:
        for cell in table.cells if table.measure == once.name else ():
            if cell.high == 0:
                found.append(Knowledge(*_sum([(records.of(table.box(cell.at)), 1)]), 0, 0, None))
    return found


def _linked(link: CellLink, atoms: Callable[[str, At], Ints]) -> list[tuple[Ints, int]]:
    return [*((atoms(*end), 1) for end in link.less), *((atoms(*end), -1) for end in link.than)]


def _target(
    target: Target | Piece, atoms: Callable[[str, At], Ints], measures: Mapping[tuple[str, str], Measure]
) -> Sum:
    if isinstance(target, Target):
        return _sum([(atoms(target.table, at), 1) for at in target.cells])
    of = measures[target.measure].of
    return _sum([*((of(box), 1) for box in target.whole), *((of(box), -1) for box in target.without)])


def _sum(parts: Sequence[tuple[Ints, int]]) -> Sum:
    """The atoms of several figures, each with how often it counts; those that cancel are left out."""
    atoms = np.concatenate([found for found, _ in parts])
    signs = np.concatenate([np.full(len(found), sign, np.int64) for found, sign in parts])
    return _net(atoms, signs)


def _net(atoms: Ints, signs: NDArray[np.int64]) -> Sum:
    numbers, place = np.unique(atoms, return_inverse=True)
    net = np.zeros(len(numbers), np.int64)
    np.add.at(net, place, signs)
    return numbers[net != 0], net[net != 0]
