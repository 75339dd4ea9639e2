"""Figures that count a thing once, though several of its records lie in their boxes: what ties them.

What it does: writes that a part is at most the whole. It writes that a whole is at most the sum of the boxes that cover
it. For two boxes F and G that differ along one dimension, H is their union and K their intersection. It writes that H +
K is at most F + G. Why: an occurrence with two offences is in two lines and once in the total, so lines do not add up.
But a total is never below its largest line, nor above the sum of its lines. Example: lines of 6 and 7 with a total of
9; with lines 6 and 7 known, the total is 7 to 13. Use instead: the exact logic of sets, for which the auditor writes an
unknown per set of cells where these are few.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Side: TypeAlias = frozenset[int]
Sides: TypeAlias = tuple[Side, ...]
Inequality: TypeAlias = tuple[tuple[int, ...], tuple[int, ...]]
"""(less, than): the figures numbered in `less` come to at most those numbered in `than`."""


def inequalities(
    boxes: Sequence[Sides], cells: Sequence[int], ways: Sequence[dict[Side, list[tuple[Side, ...]]]]
) -> list[Inequality]:
    """Return what ties the counts of `boxes`, no two alike.

    `cells` are the cells of each that may hold a record, as `bits`; `ways` are, by dimension, the sums that tables
    print.
    """
    number = {sides: index for index, sides in enumerate(boxes)}
    found: dict[Inequality, None] = {}
    for small, larger in enumerate(_parents(cells)):
        for large in larger:
            found[(small,), (large,)] = None
    for whole, sides in enumerate(boxes):
        for axis, side in enumerate(sides):
            for parts in ways[axis].get(side, []):
                covering = [number.get((*sides[:axis], part, *sides[axis + 1 :])) for part in parts]
                if None not in covering and whole not in covering:
                    found[(whole,), tuple(n for n in covering if n is not None)] = None
    for less, than in _submodular(boxes, number):
        found[less, than] = None
    return list(found)


def bits(cells: NDArray[np.int64]) -> int:
    """Return a set of cells as the bits of a number, so that one set is quickly held against another."""
    mask = np.zeros(int(cells.max(initial=-1)) + 1, np.uint8)
    mask[cells] = 1
    return int.from_bytes(np.packbits(mask, bitorder="little").tobytes(), "little")


def _parents(cells: Sequence[int]) -> list[list[int]]:
    """For each box the smallest boxes that hold it; of boxes of the same cells each holds the next."""
    sizes = [each.bit_count() for each in cells]
    order = sorted(range(len(cells)), key=lambda index: (sizes[index], index))
    found: list[list[int]] = [[] for _ in cells]
    for place, index in enumerate(order):
        mine = cells[index]
        for other in order[place + 1 :]:
            theirs = cells[other]
            if mine & ~theirs:
                continue
            if not any(not cells[between] & ~theirs for between in found[index]):
                found[index].append(other)
            if mine == theirs:
                found[other].append(index)
                break
    return found


def _submodular(boxes: Sequence[Sides], number: dict[Sides, int]) -> Iterator[Inequality]:
    for axis in range(len(boxes[0]) if boxes else 0):
        along: dict[tuple[Sides, Sides], list[Side]] = {}
        for box in boxes:
            along.setdefault((box[:axis], box[axis + 1 :]), []).append(box[axis])
        shapes: dict[tuple[Side, ...], list[tuple[tuple[Side, ...], tuple[Side, Side]]]] = {}
        for (before, after), sides in along.items():
            key = tuple(sides)
            if key not in shapes:
                shapes[key] = list(_overlaps(sides))
            for less, than in shapes[key]:
                numbers = [tuple(number[*before, side, *after] for side in group) for group in (less, than)]
                yield numbers[0], numbers[1]


def _overlaps(sides: Sequence[Side]) -> Iterator[tuple[tuple[Side, ...], tuple[Side, Side]]]:
    """Sides along one dimension: (H, K) and (F, G), K left out where nothing lies in the intersection."""
    for first, one in enumerate(sides):
        for two in sides[first + 1 :]:
            if one <= two or two <= one:
                continue
            union, common = one | two, one & two
            wide = [side for side in sides if side <= union and not side <= one and not side <= two]
            deep = _largest([side for side in sides if side <= common])
            for high in _largest(wide):
                yield from (((high, low), (one, two)) for low in deep)
                if not deep:
                    yield (high,), (one, two)


def _largest(sides: Sequence[Side]) -> list[Side]:
    return [side for side in sides if not any(side < other for other in sides)]
