"""A reader with scipy, who has only what is printed: whole counts of the finest cross, and one row for each cell.

Nothing here is taken from the product's disclosure control.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Printed:
    """One cell: which atoms it counts, what is printed, its true count, and the table it stands in.

    `between` are the counts that a rounded number may stand for.
    """

    mask: Mask
    shown: str
    truth: int
    table: str
    between: tuple[float, float] | None = None

    @property
    def value(self) -> int | None:
        """The number printed, None where it is hidden or rounded."""
        if self.between:
            return int(self.between[0]) if self.between[0] == self.between[1] else None
        return int(self.shown) if self.shown.isdigit() else None

    def bounds(self, floor: int, threshold: int, *, labelled: bool) -> tuple[float, float]:
        """What the print says: the number, or what its label leaves where hidden cells are labelled low or not."""
        if self.between:
            return self.between
        if self.value is not None:
            return self.value, self.value
        if not labelled:
            return floor, np.inf
        return (floor, threshold - 1) if "low" in self.shown else (threshold, np.inf)


@dataclass
class Reader:
    """What one reader has collected over atoms named by `dimensions`."""

    dimensions: Mapping[str, Sequence[str]]
    printed: list[Printed] = field(default_factory=list)
    said: list[tuple[Mask, float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.atoms = list(product(*self.dimensions.values()))

    def mask(self, **sides: Iterable[str]) -> Mask:
        """The atoms of a box; a dimension left out counts whole."""
        allowed = [set(sides.get(name, leaves)) for name, leaves in self.dimensions.items()]
        return np.array([all(leaf in side for leaf, side in zip(atom, allowed, strict=True)) for atom in self.atoms])

    def sees(self, mask: Mask, shown: str, truth: int, table: str, between: tuple[float, float] | None = None) -> None:
        """Take in one printed cell, with what its rounding leaves open."""
        self.printed.append(Printed(mask, shown, truth, table, between))

    def knows(self, mask: Mask, low: float, high: float = np.inf) -> None:
        """Take in what the lines say, whatever their cells print."""
        self.said.append((mask, low, high))

    def learns(
        self, threshold: int = 5, floor: int = 1, *, width: int = 1, labelled: bool = False, printed: bool = True
    ) -> list[str]:
        """What small counts the reader knows exactly, or to less than `width`: hidden cells, differences of figures.

        `printed` false: small numbers in print are no fault, because a policy let them out.
        """
        rows: dict[bytes, tuple[Mask, float, float]] = {}
        told = [(each.mask, *each.bounds(floor, threshold, labelled=labelled)) for each in self.printed]
        for mask, low, high in [*told, *self.said]:
            key = mask.tobytes()
            if key in rows:
                low, high = max(low, rows[key][1]), min(high, rows[key][2])
            rows[key] = mask, low, high
        matrix = np.array([mask for mask, _, _ in rows.values()], float)
        constraint = LinearConstraint(matrix, [low for _, low, _ in rows.values()], [h for _, _, h in rows.values()])
        found = []
        small: dict[bytes, Printed] = {}
        for each in self.printed:
            if each.value is None and 1 <= each.truth < threshold:
                small.setdefault(each.mask.tobytes(), each)
            elif printed and each.value is not None and 1 <= each.value < threshold:
                found.append(f"printed small: {each.table} {each.value}")
        for each in small.values():
            low, high = self._extremes(each.mask.astype(float), constraint)
            if high is not None and high - low < width:
                found.append(f"{'exact' if low == high else 'narrow'}: {each.table} = {low} to {high}")
        return found + list(self._differences(threshold))

    def _extremes(self, goal: NDArray[np.float64], constraint: LinearConstraint) -> tuple[Any, Any]:
        ends: list[Any] = []
        for sign in (1, -1):
            solved = milp(sign * goal, constraints=constraint, bounds=Bounds(0, np.inf), integrality=np.ones(len(goal)))
            if solved.status == 2:
                raise AssertionError("the print contradicts itself")
            ends.append(None if solved.fun is None else sign * round(solved.fun))
        return ends[0], ends[1]

    def _differences(self, threshold: int) -> Iterable[str]:
        """Small differences of two printed figures, one inside the other, that no one table writes out itself."""
        shown = {each.mask.tobytes(): each for each in self.printed if each.value}
        tables: dict[bytes, set[str]] = {}
        for each in self.printed:
            tables.setdefault(each.mask.tobytes(), set()).add(each.table)
        for whole, part in product(shown.values(), repeat=2):
            rest = (whole.value or 0) - (part.value or 0)
            if not 1 <= rest < threshold or (part.mask & ~whole.mask).any():
                continue
            left = whole.mask & ~part.mask
            common = tables[whole.mask.tobytes()] & tables[part.mask.tobytes()]
            if not any(self._written(left, table) for table in common):
                yield f"difference: {whole.table} less {part.table} = {rest}"

    def _written(self, left: Mask, table: str) -> bool:
        inside = [each.mask for each in self.printed if each.table == table and not (each.mask & ~left).any()]
        return bool(inside) and bool((np.any(inside, axis=0) == left).all())
