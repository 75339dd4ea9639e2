"""The auditor's system: whole unknown counts of the finest cross, and one row of knowledge for each figure.

An atom is a set of leaves that no figure, link or target tells apart, so every figure is a sum of atoms. Known zeros
are taken out, figures over the same atoms become one row, and atoms that stand in the same rows become one atom.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from clearcount.disclosure.document import Box, Document
from clearcount.disclosure.slim import NO_HIGH, NO_LOW, Slim, slim
from clearcount.disclosure.solver import Floats, Ints, Matrix


@dataclass(frozen=True)
class Knowledge:
    """One row: low <= sum of sign * atom <= high. `source` is (table, coordinates) of a cell, None for a link."""

    atoms: Ints
    signs: NDArray[np.int64]
    low: int | None
    high: int | None
    source: tuple[str, tuple[str, ...]] | None


@dataclass(frozen=True)
class AtomSystem:
    """Every row of knowledge over `count` atoms, known zeros left out; the atoms of each cell of each target."""

    count: int
    rows: tuple[Knowledge, ...]
    targets: tuple[tuple[Ints, ...], ...]


def atom_system(document: Document) -> AtomSystem:
    """The system of a document: populations side by side, each with its own atoms."""
    named = {table.name: table for table in document.tables}
    boxes: dict[str, dict[Box, None]] = {}
    for table in document.tables:
        found = boxes.setdefault(table.population, {})
        found.update((table.box(cell.at), None) for cell in table.cells)
    ends = [end for link in document.links for end in (link.less, link.than)]
    for name, at in [*ends, *((target.table, at) for target in document.targets for at in target.cells)]:
        boxes.setdefault(named[name].population, {})[named[name].box(at)] = None
    crosses: dict[str, dict[Box, Ints]] = {}
    count = 0
    for population, wanted in boxes.items():
        crosses[population], size = _cross(document, wanted, count)
        count += size

    def atoms(name: str, at: tuple[str, ...]) -> Ints:
        table = named[name]
        return crosses[table.population][table.box(at)]

    rows = []
    for table in document.tables:
        for cell in table.cells:
            found_atoms = atoms(table.name, cell.at)
            signs = np.ones(len(found_atoms), np.int64)
            rows.append(Knowledge(found_atoms, signs, cell.low, cell.high, (table.name, cell.at)))
    for link in document.links:
        rows.append(_difference(atoms(*link.less), atoms(*link.than)))
    targets = tuple(tuple(atoms(target.table, at) for at in target.cells) for target in document.targets)
    return AtomSystem(count, tuple(rows), targets)


def _cross(document: Document, boxes: Iterable[Box], offset: int) -> tuple[dict[Box, Ints], int]:
    """The atoms of each box, numbered from `offset`, and how many numbers were used."""
    boxes = list(boxes)
    everything = [*boxes, *document.known_zero]
    classes: list[dict[frozenset[str], Ints]] = []
    sizes: list[int] = []
    for axis, leaves in enumerate(document.leaves.values()):
        sets = list(dict.fromkeys(box[axis] for box in everything))
        signatures: dict[tuple[bool, ...], int] = {}
        of_leaf = {
            leaf: signatures.setdefault(tuple(leaf in part for part in sets), len(signatures)) for leaf in leaves
        }
        classes.append({part: np.unique([of_leaf[leaf] for leaf in part]).astype(np.int64) for part in sets})
        sizes.append(len(signatures))
    size = int(np.prod(sizes))

    def numbers(box: Box) -> Ints:
        grid = np.ix_(*(classes[axis][part] for axis, part in enumerate(box)))
        return np.asarray(np.ravel_multi_index(grid, sizes), np.int64).ravel()

    possible = np.ones(size, bool)
    for box in document.known_zero:
        possible[numbers(box)] = False
    return {box: (found := numbers(box))[possible[found]] + offset for box in boxes}, size


def _difference(less: Ints, than: Ints) -> Knowledge:
    """less - than <= 0; atoms on both sides cancel."""
    only_less, only_than = np.setdiff1d(less, than), np.setdiff1d(than, less)
    signs = np.concatenate([np.ones(len(only_less), np.int64), -np.ones(len(only_than), np.int64)])
    return Knowledge(np.concatenate([only_less, only_than]), signs, None, 0, None)


@dataclass(frozen=True)
class Reduced:
    """The system after fixing and merging: low[i] <= matrix[i] * x <= high[i], x whole and 0 or more.

    A missing bound is NO_LOW or NO_HIGH. Target i is `constant[i]` plus the sum of `counts` times atoms over
    `targets[i]` = (atoms, counts). `slim` is what is solved; every table found is held against the full rows.
    """

    matrix: Matrix
    low: Ints
    high: Ints
    size: int
    targets: tuple[tuple[Ints, Ints], ...]
    constant: tuple[int, ...]
    slim: Slim

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
    for cells in system.targets:
        parts = [np.unique(merged[atoms[merged[atoms] >= 0]]) for atoms in cells]
        targets.append(np.unique(np.concatenate(parts), return_counts=True))
        constants.append(sum(int(np.maximum(fixed[atoms], 0).sum()) for atoms in cells))
    matrix, bottoms, tops = Matrix.of(kept), np.array(low, np.int64), np.array(high, np.int64)
    less = slim(matrix, bottoms, tops, size)
    return Reduced(matrix, bottoms, tops, size, tuple(targets), tuple(constants), less) if less else None


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
    whole = {atoms.tobytes(): (atoms, np.ones(len(atoms), np.int64)) for cells in system.targets for atoms in cells}
    entries = [*signed.values(), *whole.values()]
    nothing = np.zeros(0, np.int64)  # no figure at all: no question has a code
    atoms = np.concatenate([nothing, *(found for found, _ in entries)])
    marks = np.concatenate([nothing, *((number + 1) * signs for number, (_, signs) in enumerate(entries))])
    order = np.lexsort((marks, atoms))
    atoms, marks = atoms[order], marks[order]
    starts = np.searchsorted(atoms, np.arange(system.count + 1))
    merged, classes = np.full(system.count, -1, np.int64), dict[bytes, int]()
    for atom in np.flatnonzero(fixed < 0):
        stands_in = marks[starts[atom] : starts[atom + 1]]
        if len(stands_in):
            merged[atom] = classes.setdefault(stands_in.tobytes(), len(classes))
    return merged, len(classes)
