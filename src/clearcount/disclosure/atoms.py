"""The auditor's system: whole unknown counts of the finest cross, and one row of knowledge for each figure.

An atom is a set of leaves that no figure, link or target tells apart, so every figure is a sum of atoms. Known zeros
are taken out, figures over the same atoms become one row, and atoms that stand in the same rows become one atom.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from clearcount.disclosure.document import At, Box, CellLink, Document, Piece, Target
from clearcount.disclosure.once import bits, inequalities
from clearcount.disclosure.slim import NO_HIGH, NO_LOW, Slim, slim
from clearcount.disclosure.solver import Floats, Ints, Matrix

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

    def __init__(self, document: Document, name: tuple[str, str], boxes: Iterable[Box], offset: int) -> None:
        self.name, self.offset = name, offset
        self._boxes = list(dict.fromkeys(boxes))
        self._cells, self._classes, size = _cross(document, self._boxes)
        self.extra: list[tuple[Ints, NDArray[np.int64], int | None, int | None]] = []
        if not name[1]:
            self.count = size
            self._of = self._cells
            return
        met = np.unique(np.concatenate([*self._cells.values(), np.zeros(0, np.int64)]))
        self._lots = _lots(document, name, self._classes)
        sets = self._possible_sets(met)
        if sets is not None:  # an atom for each set of cells in which a thing may have records
            self.count = len(sets)
            self._of = {}
            for box, cells in self._cells.items():
                mask = int((1 << np.searchsorted(met, cells)).sum())
                self._of[box] = np.flatnonzero(sets & mask).astype(np.int64)
            return
        kept: dict[bytes, int] = {}
        for cells in self._cells.values():
            if len(cells):
                kept.setdefault(cells.tobytes(), len(kept))
        self.count = len(kept)
        nothing = np.zeros(0, np.int64)
        self._of = {
            box: np.array([kept[cells.tobytes()]], np.int64) if len(cells) else nothing
            for box, cells in self._cells.items()
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
        return self._of[box] + self.offset

    def cells(self, box: Box) -> Ints:
        """Return the cells of the cross that a box holds, known zeros left out."""
        return self._cells[box]

    def _tie(self, document: Document) -> None:
        """The inequalities between the figures, where there are too many cells to write every set of them."""
        first: dict[int, Box] = {}
        for box in self._boxes:
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
        cells = [bits(self._cells[box]) for box in first.values()]
        for less, than in inequalities(sides, cells, ways):
            atoms = np.array([names[i] for i in (*less, *than)], np.int64)
            signs = np.array([1] * len(less) + [-1] * len(than), np.int64)
            self.extra.append((*_net(atoms + self.offset, signs), None, 0))

    def finest(self) -> Mapping[int, Piece]:
        """Return the box of every atom; only where the atoms are cells."""
        if self.name[1]:
            return {}
        of_class: list[dict[int, set[str]]] = []
        for of in self._classes:
            sets: dict[int, set[str]] = {}
            for leaf, number in of.items():
                sets.setdefault(number, set()).add(leaf)
            of_class.append(sets)
        shape = [len(sets) for sets in of_class]
        met = np.unique(np.concatenate([*self._cells.values(), np.zeros(0, np.int64)]))
        found = {}
        for atom in met.tolist():
            place = np.unravel_index(atom, shape)
            box = tuple(frozenset(sets[int(at)]) for sets, at in zip(of_class, place, strict=True))
            found[atom + self.offset] = Piece(self.name, (box,))
        return found


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


def atom_system(document: Document) -> AtomSystem:
    """Return the system of a document: measures side by side, each with its own atoms."""
    named = {table.name: table for table in document.tables}
    boxes: dict[tuple[str, str], dict[Box, None]] = {}
    for table in document.tables:
        found = boxes.setdefault(table.measure, {})
        found.update((table.box(cell.at), None) for cell in table.cells)
    ends = [end for link in document.links for end in (*link.less, *link.than)]
    cells = [(target.table, at) for target in document.targets if isinstance(target, Target) for at in target.cells]
    for name, at in [*ends, *cells]:
        boxes.setdefault(named[name].measure, {})[named[name].box(at)] = None
    for target in document.targets:
        if isinstance(target, Piece):
            boxes.setdefault(target.measure, {}).update(dict.fromkeys((*target.whole, *target.without)))
    for kind in [kind for kind in boxes if kind[1] and (kind[0], "") in boxes]:
        boxes[kind[0], ""].update(boxes[kind])
    measures: dict[tuple[str, str], Measure] = {}
    count = 0
    for kind, wanted in boxes.items():
        measures[kind] = Measure(document, kind, wanted, count)
        count += measures[kind].count

    def atoms(name: str, at: At) -> Ints:
        table = named[name]
        return measures[table.measure].of(table.box(at))

    rows = []
    for table in document.tables:
        for cell in table.cells:
            own = atoms(table.name, cell.at)
            rows.append(Knowledge(own, np.ones(len(own), np.int64), cell.low, cell.high, (table.name, cell.at)))
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
    for box in once._boxes:
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


def _cross(document: Document, boxes: Sequence[Box]) -> tuple[dict[Box, Ints], list[dict[str, int]], int]:
    """The cells of each box, the class of each leaf by dimension, and how many cells there are."""
    everything = [*boxes, *document.known_zero]
    classes: list[dict[frozenset[str], Ints]] = []
    leaves_of: list[dict[str, int]] = []
    for axis, leaves in enumerate(document.leaves.values()):
        sets = list(dict.fromkeys(box[axis] for box in everything))
        signatures: dict[tuple[bool, ...], int] = {}
        of_leaf = {
            leaf: signatures.setdefault(tuple(leaf in part for part in sets), len(signatures)) for leaf in leaves
        }
        classes.append({part: np.unique([of_leaf[leaf] for leaf in part]).astype(np.int64) for part in sets})
        leaves_of.append(of_leaf)
    sizes = [max(of.values()) + 1 for of in leaves_of]
    size = int(np.prod(sizes))

    def numbers(box: Box) -> Ints:
        grid = np.ix_(*(classes[axis][part] for axis, part in enumerate(box)))
        return np.asarray(np.ravel_multi_index(grid, sizes), np.int64).ravel()

    possible = np.ones(size, bool)
    for box in document.known_zero:
        possible[numbers(box)] = False
    return {box: (found := numbers(box))[possible[found]] for box in boxes}, leaves_of, size


@dataclass(frozen=True)
class Reduced:
    """The system after fixing and merging: low[i] <= matrix[i] * x <= high[i], x whole and 0 or more.

    A missing bound is NO_LOW or NO_HIGH. Target i is `constant[i]` plus the sum of `counts` times atoms over
    `targets[i]` = (atoms, counts). `slim` is what is solved; every table found is held against the full rows. `fixed`
    is the value of each atom of the system that single figures settle, else -1; `merged` the number of each other
    atom here, else -1.
    """

    matrix: Matrix
    low: Ints
    high: Ints
    size: int
    targets: tuple[tuple[Ints, Ints], ...]
    constant: tuple[int, ...]
    slim: Slim
    fixed: Ints
    merged: Ints

    @cached_property
    def row_of(self) -> dict[bytes, int]:
        """The row that is the plain sum of some atoms, by those atoms."""
        spans = list(zip(self.matrix.starts[:-1], self.matrix.starts[1:], strict=True))
        plain = ((i, a, b) for i, (a, b) in enumerate(spans) if (self.matrix.values[a:b] == 1).all())
        return {self.matrix.columns[a:b].tobytes(): i for i, a, b in plain}

    @cached_property
    def _totals(self) -> Matrix:
        return Matrix.of([(atoms, counts.astype(np.float64)) for atoms, counts in self.targets])

    def values(self, x: Ints) -> Ints:
        """What every target comes to in the whole table `x`."""
        return self._totals.times(x) + np.array(self.constant, np.int64)

    def holds(self, x: Ints) -> bool:
        """Whether whole counts satisfy every row, in exact arithmetic."""
        sums = self.matrix.times(x)
        return bool((x >= 0).all() and (sums >= self.low).all() and (sums <= self.high).all())


def reduce_system(system: AtomSystem) -> Reduced | None:
    """The reduced system, or None when it is seen to contradict itself without solving anything."""
    fixed = _fix(system)
    if fixed is None:
        return None
    merged, size = _merge(system, fixed)
    rows: dict[bytes, int] = {}
    kept: list[tuple[Ints, Floats]] = []
    low: list[int] = []
    high: list[int] = []
    for row in system.rows:
        settled = int((row.signs * np.maximum(fixed[row.atoms], 0)).sum())
        bottom = NO_LOW if row.low is None else row.low - settled
        top = NO_HIGH if row.high is None else row.high - settled
        free = merged[row.atoms] >= 0
        atoms, first = np.unique(merged[row.atoms[free]], return_index=True)
        signs = row.signs[free][first]
        if not len(atoms):
            if bottom > 0 or top < 0:
                return None
            continue
        if (place := rows.setdefault(atoms.tobytes() + signs.tobytes(), len(kept))) < len(kept):
            low[place], high[place] = max(low[place], bottom), min(high[place], top)
        else:
            kept.append((atoms, signs.astype(np.float64)))
            low.append(bottom)
            high.append(top)
    if any(bottom > top for bottom, top in zip(low, high, strict=True)):
        return None
    targets, constants = [], []
    for atoms, signs in system.targets:
        free = merged[atoms] >= 0
        classes, first = np.unique(merged[atoms[free]], return_index=True)
        targets.append((classes, signs[free][first]))
        constants.append(int((signs * np.maximum(fixed[atoms], 0)).sum()))
    matrix, bottoms, tops = Matrix.of(kept), np.array(low, np.int64), np.array(high, np.int64)
    less = slim(matrix, bottoms, tops, size)
    if less is None:
        return None
    return Reduced(matrix, bottoms, tops, size, tuple(targets), tuple(constants), less, fixed, merged)


def _fix(system: AtomSystem) -> Ints | None:
    """The value of every atom that single figures settle, -1 for the others; None on a contradiction."""
    fixed = np.full(system.count, -1, np.int64)
    waiting = [row for row in system.rows if row.source is not None and row.high is not None]
    changed = True
    while changed:
        changed, still = False, []
        for row in waiting:
            values = fixed[row.atoms]
            free = row.atoms[values < 0]
            rest = (row.high or 0) - int(np.maximum(values, 0).sum())
            if rest < 0:
                return None
            if not len(free):
                continue
            if rest == 0:
                fixed[free] = 0
                changed = True
            elif len(free) == 1 and row.low == row.high:
                fixed[free] = rest
                changed = True
            else:
                still.append(row)
        waiting = still
    return fixed


def _merge(system: AtomSystem, fixed: Ints) -> tuple[Ints, int]:
    """The merged number of every free atom, -1 for fixed ones, and how many numbers there are."""
    signed = {(row.atoms.tobytes(), row.signs.tobytes()): (row.atoms, row.signs) for row in system.rows}
    signed |= {(atoms.tobytes(), signs.tobytes()): (atoms, signs) for atoms, signs in system.targets}
    entries = list(signed.values())
    none = np.zeros(0, np.int64)
    atoms = np.concatenate([none, *(found for found, _ in entries)])
    marks = np.concatenate([none, *(128 * number + 64 + signs for number, (_, signs) in enumerate(entries))])
    order = np.lexsort((marks, atoms))
    atoms, marks = atoms[order], marks[order]
    starts = np.searchsorted(atoms, np.arange(system.count + 1))
    merged, classes = np.full(system.count, -1, np.int64), dict[bytes, int]()
    for atom in np.flatnonzero(fixed < 0):
        stands_in = marks[starts[atom] : starts[atom + 1]]
        if len(stands_in):
            merged[atom] = classes.setdefault(stands_in.tobytes(), len(classes))
    return merged, len(classes)
