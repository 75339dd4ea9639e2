"""The auditor's system made small: what single figures settle is fixed, and atoms in the same rows become one.

Figures over the same atoms become one row. Every table that is found is held against the full rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from clearcount.disclosure.atoms import AtomSystem, Knowledge
from clearcount.disclosure.slim import NO_HIGH, NO_LOW, Slim, slim
from clearcount.disclosure.solver import Floats, Ints, Matrix


@dataclass(frozen=True)
class Reduced:
    """The system after fixing and merging: low[i] <= matrix[i] * x <= high[i], x whole and 0 or more.

    A missing bound is NO_LOW or NO_HIGH. Target i is `constant[i]` plus the sum of `counts` times atoms over
    `targets[i]` = (atoms, counts). `slim` is what is solved; every table found is held against the full rows. `fixed`
    is the value of each atom of the system that single figures settle, else -1. `merged` is the number of each other
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
        """Return what every target comes to in the whole table `x`."""
        return self._totals.times(x) + np.array(self.constant, np.int64)

    def holds(self, x: Ints) -> bool:
        """Return whether whole counts satisfy every row, in exact arithmetic."""
        sums = self.matrix.times(x)
        return bool((x >= 0).all() and (sums >= self.low).all() and (sums <= self.high).all())


def reduce_system(system: AtomSystem) -> Reduced | None:
    """Return the reduced system, or None when it is seen to contradict itself without solving anything."""
    system = replace(system, rows=tuple(_known_sides(system.rows)))
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


def _known_sides(rows: Sequence[Knowledge]) -> Iterable[Knowledge]:
    """The rows, where two cliques that meet in a printed figure are each told that figure."""
    printed = {row.atoms.tobytes(): row.low for row in rows if row.low == row.high and (row.signs == 1).all()}
    for row in rows:
        if row.source is None and row.low == row.high == 0:
            sides = row.atoms[row.signs > 0], row.atoms[row.signs < 0]
            values = [printed.get(side.tobytes()) for side in sides]
            told = next((value for value in values if value is not None), None)
            if told is not None:
                for side in sides:
                    yield Knowledge(side, np.ones(len(side), np.int64), told, told, None)
                continue
        yield row


def _fix(system: AtomSystem) -> Ints | None:
    """The value of every atom that single figures settle, -1 for the others; None on a contradiction."""
    fixed = np.full(system.count, -1, np.int64)
    waiting = [row for row in system.rows if row.high is not None and (row.signs == 1).all()]
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
