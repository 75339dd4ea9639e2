"""The auditor's rows with nothing in them twice: the same whole tables fit, and each solve takes far less time.

A row over one atom is a bound of that atom. A printed total loses the parts that are printed themselves. Of a year with
four printed quarters nothing is left, of a year with three only the fourth quarter. A row that the bounds of its atoms
grant anyway says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clearcount.disclosure.solver import INFINITY, Floats, Ints, Matrix, Programme, Work

NO_LOW, NO_HIGH = -(1 << 62), 1 << 62
"""The bounds of a row that has none."""


@dataclass(frozen=True)
class Slim:
    """bottom <= x <= top and low <= matrix * x <= high, x whole; a missing bound is NO_LOW or NO_HIGH."""

    bottom: Ints
    top: Ints
    matrix: Matrix
    low: Ints
    high: Ints

    def programme(self, *, integer: bool, work: Work) -> Programme:
        """Return the rows as a programme, with whole atoms or with any."""
        bounds = floats(self.bottom), floats(self.top)
        return Programme(*bounds, self.matrix, floats(self.low), floats(self.high), integer=integer, work=work)


def slim(matrix: Matrix, low: Ints, high: Ints, size: int) -> Slim | None:
    """Return the rows low <= matrix * x <= high over `size` atoms of 0 or more; None when two printed figures
    contradict.
    """
    rows = [
        (matrix.columns[start:end], matrix.values[start:end])
        for start, end in zip(matrix.starts[:-1], matrix.starts[1:], strict=True)
    ]
    bottom, top = np.zeros(size, np.int64), np.full(size, NO_HIGH, np.int64)
    printed: dict[int, frozenset[int]] = {}
    others: list[int] = []
    for index, (columns, values) in enumerate(rows):
        if not (values == 1).all():
            others.append(index)
        elif len(columns) == 1:
            atom = columns[0]
            bottom[atom], top[atom] = max(bottom[atom], low[index]), min(top[atom], high[index])
        elif low[index] == high[index]:
            printed[index] = frozenset(columns.tolist())
        else:
            others.append(index)
    if (bottom > top).any():
        return None
    rest = _without_parts(printed, low, size)
    if any(left and not atoms for atoms, left in rest):
        return None
    kept = [(np.array(sorted(atoms), np.int64), np.ones(len(atoms)), left, left) for atoms, left in rest if atoms]
    kept += [(*rows[i], int(low[i]), int(high[i])) for i in others if not _granted(rows[i], low[i], high[i], bottom)]
    return Slim(
        bottom,
        top,
        Matrix.of([(columns, values) for columns, values, _, _ in kept]),
        np.array([least for _, _, least, _ in kept], np.int64),
        np.array([most for _, _, _, most in kept], np.int64),
    )


def _without_parts(printed: dict[int, frozenset[int]], value: Ints, size: int) -> list[tuple[set[int], int]]:
    """Each printed sum without the longest printed sums inside it: the atoms left, and what they add up to."""
    shorter: list[list[int]] = [[] for _ in range(size)]
    found = []
    for index in sorted(printed, key=lambda i: (len(printed[i]), i)):
        atoms = printed[index]
        rest, left = set(atoms), int(value[index])
        for atom in sorted(atoms):
            if atom not in rest:
                continue
            for part in reversed(shorter[atom]):
                if printed[part] <= rest:
                    rest -= printed[part]
                    left -= int(value[part])
                    break
        found.append((rest, left))
        for atom in atoms:
            shorter[atom].append(index)
    return found


def _granted(row: tuple[Ints, Floats], low: int, high: int, bottom: Ints) -> bool:
    """Whether a row without an upper bound follows from the lower bounds of its atoms."""
    columns, values = row
    return bool((values == 1).all() and high == NO_HIGH and bottom[columns].sum() >= low)


def floats(values: Ints) -> Floats:
    """Return whole bounds as the solver takes them."""
    return np.where(values == NO_LOW, -INFINITY, np.where(values == NO_HIGH, INFINITY, values.astype(np.float64)))
