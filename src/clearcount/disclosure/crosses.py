"""The cells of the finest cross of one measure, whole where they are few, else clique by clique.

A cell is a way in which a record can lie in the figures. Where the dimensions cross into many cells, only those of each
clique are written (`cliques`). The counts in which two cliques meet are set equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import prod
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from clearcount.disclosure.cliques import Clique, Side, Sides, tree
from clearcount.disclosure.document import Box, Document
from clearcount.disclosure.once import bits
from clearcount.disclosure.solver import Ints
from clearcount.errors import DisclosureError

MOST_WHOLE = 1_000
"""Up to this many cells the cross is written whole."""
_MOST_CELLS = 5_000_000

Group: TypeAlias = Iterable[Box]
"""Boxes that lie in one clique: the figures of a table."""


@dataclass(frozen=True)
class _Part:
    """The cells of one clique: those numbered from `offset` on; `possible` are the ones that may hold a record."""

    clique: Clique
    offset: int
    possible: NDArray[np.bool_]

    def cells(self, sides: Sides) -> Ints:
        grid = self.grid(sides)
        return np.asarray(grid[self.possible[grid]] + self.offset, np.int64)

    def grid(self, sides: Sides) -> Ints:
        return _grid(self.clique.blocks, sides)


class Crosses:
    """The cells of one measure, and which of them a box holds."""

    def __init__(self, document: Document, groups: Sequence[Group], *, whole: bool = False) -> None:
        held = [list(dict.fromkeys(group)) for group in groups]
        zeros = list(document.known_zero)
        self.classes = _classes(document, [*(box for group in held for box in group), *zeros])
        self.shape = [max(of.values()) + 1 for of in self.classes]
        self._known: dict[tuple[Box, int], Ints] = {}
        self._bits: dict[tuple[Box, int], int] = {}
        self._homes: dict[Box, tuple[int, ...]] = {}
        self._zeros = [self.sides(box) for box in zeros]
        everything = Clique(tuple(tuple(frozenset((n,)) for n in range(size)) for size in self.shape))
        cliques: tuple[Clique, ...] = (everything,)
        self._meets: tuple[tuple[int, int, Clique], ...] = ()
        if not whole and everything.size > MOST_WHOLE:
            found = tree(self.shape, ([self.sides(box) for box in group] for group in held), self._zeros)
            if sum(clique.size for clique in found.cliques) < everything.size:
                cliques, self._meets = found.cliques, found.meets
        if sum(clique.size for clique in cliques) > _MOST_CELLS:
            raise DisclosureError(
                f"the tables cross more than {_MOST_CELLS:,} combinations of their dimensions; "
                "give fewer tables or dimensions at a time"
            )
        self._parts: list[_Part] = []
        self.size = 0
        for clique in cliques:
            possible = np.ones(clique.size, bool)
            for zero in self._zeros:
                if clique.holds(zero):
                    possible[_grid(clique.blocks, zero)] = False
            self._parts.append(_Part(clique, self.size, possible))
            self.size += clique.size

    def sides(self, box: Box) -> Sides:
        """Return the box as classes of leaves that no figure tells apart."""
        return tuple(
            frozenset(of[leaf] for leaf in side if leaf in of) for of, side in zip(self.classes, box, strict=True)
        )

    def homes(self, box: Box) -> tuple[int, ...]:
        """Return the numbers of the cliques that hold a box."""
        if box not in self._homes:
            sides = self.sides(box)
            self._homes[box] = tuple(n for n, part in enumerate(self._parts) if part.clique.holds(sides))
        return self._homes[box]

    def cells(self, box: Box, home: int | None = None) -> Ints:
        """Return the cells of a box in one clique that holds it, known zeros left out."""
        home = self.homes(box)[0] if home is None else home
        if (box, home) not in self._known:
            self._known[box, home] = self._parts[home].cells(self.sides(box))
        return self._known[box, home]

    def inside(self, part: Box, whole: Box) -> bool:
        """Return whether every record of one box lies in the other."""
        common = set(self.homes(part)) & set(self.homes(whole))
        if common:
            home = min(common)
            return not self._mask(part, home) & ~self._mask(whole, home)
        mine, theirs = self.sides(part), self.sides(whole)
        over = [(axis, one - two) for axis, (one, two) in enumerate(zip(mine, theirs, strict=True)) if one - two]
        return all(self._empty((*mine[:axis], rest, *mine[axis + 1 :])) for axis, rest in over)

    def rest(self, part: Box, whole: Box) -> Ints | None:
        """Return the cells of `whole` that are not in `part`; None where no clique holds both."""
        common = set(self.homes(part)) & set(self.homes(whole))
        if not common:
            return None
        home = min(common)
        return np.setdiff1d(self.cells(whole, home), self.cells(part, home))

    def made_of(self, boxes: Iterable[Box], rest: Ints) -> bool:
        """Return whether some of the boxes, one in the other or not, together make up these cells and no others."""
        home = next(n for n, part in enumerate(self._parts) if rest[0] < part.offset + part.clique.size)
        covered = np.zeros(0, np.int64)
        for box in boxes:
            cells = self.cells(box, home) if home in self.homes(box) else covered[:0]
            if len(cells) and np.isin(cells, rest, assume_unique=True).all():
                covered = np.union1d(covered, cells)
                if len(covered) == len(rest):
                    return True
        return False

    def ties(self) -> Iterable[tuple[Ints, Ints]]:
        """Return pairs of sets of cells that hold the same records, in two cliques."""
        for one, two, meet in self._meets:
            shape = [len(blocks) for blocks in meet.blocks]
            for place in np.ndindex(*shape):
                sides = tuple(blocks[at] for blocks, at in zip(meet.blocks, place, strict=True))
                yield self._parts[one].cells(sides), self._parts[two].cells(sides)

    def boxes(self) -> Iterable[tuple[int, Box]]:
        """Return the box of each cell that may hold a record, with the cell's number."""
        leaves = [_leaves(of) for of in self.classes]
        for part in self._parts:
            shape = [len(blocks) for blocks in part.clique.blocks]
            for number in np.flatnonzero(part.possible).tolist():
                place = np.unravel_index(number, shape)
                blocks = (found[int(at)] for found, at in zip(part.clique.blocks, place, strict=True))
                yield (
                    number + part.offset,
                    tuple(
                        frozenset().union(*(of[each] for each in block))
                        for of, block in zip(leaves, blocks, strict=True)
                    ),
                )

    def _mask(self, box: Box, home: int) -> int:
        if (box, home) not in self._bits:
            self._bits[box, home] = bits(self.cells(box, home) - self._parts[home].offset)
        return self._bits[box, home]

    def _empty(self, sides: Sides) -> bool:
        """Whether known zeros cover a box."""
        met = [zero for zero in self._zeros if all(one & two for one, two in zip(sides, zero, strict=True))]
        cut = [any(not side <= zero[axis] for zero in met) for axis, side in enumerate(sides)]
        shape = [len(side) if needed else 1 for side, needed in zip(sides, cut, strict=True)]
        if not met or prod(shape) > _MOST_CELLS:
            return False
        covered = np.zeros(shape, bool)
        for zero in met:
            places = (
                [at for at, leaf in enumerate(sorted(side)) if leaf in zero[axis]] if needed else [0]
                for axis, (side, needed) in enumerate(zip(sides, cut, strict=True))
            )
            covered[np.ix_(*places)] = True
        return bool(covered.all())


def _classes(document: Document, boxes: Sequence[Box]) -> list[dict[str, int]]:
    """For each dimension the class of each leaf: leaves of one class stand in the same boxes."""
    found: list[dict[str, int]] = []
    for axis, leaves in enumerate(document.leaves.values()):
        sets = list(dict.fromkeys(box[axis] for box in boxes))
        signatures: dict[tuple[bool, ...], int] = {}
        found.append(
            {leaf: signatures.setdefault(tuple(leaf in part for part in sets), len(signatures)) for leaf in leaves}
        )
    return found


def _leaves(classes: dict[str, int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for leaf, number in classes.items():
        found.setdefault(number, set()).add(leaf)
    return found


def _grid(blocks: Sequence[Sequence[Side]], sides: Sides) -> Ints:
    """The numbers of the cells of a clique that a box holds."""
    places = [
        [at for at, block in enumerate(found) if block <= side] for found, side in zip(blocks, sides, strict=True)
    ]
    if not all(places):
        return np.zeros(0, np.int64)
    return np.asarray(np.ravel_multi_index(np.ix_(*places), [len(found) for found in blocks]), np.int64).ravel()
