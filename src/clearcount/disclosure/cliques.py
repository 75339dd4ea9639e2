"""Which dimensions must be crossed with which: as few as the tables ask for.

What it does: parts the cross of all dimensions into cliques, each the cross of some of them. Every figure lies in one
clique. Counts that agree where two cliques meet are those of one whole cross.
Why: offence by month and offence by age need no cross of month and age. Five tables of ten lines and sixty columns
cross into millions of cells, and their cliques into some thousands.
Example: AB, BC: two cliques that meet in B. AB, BC, CA: one clique, because every two tables tie the third.
Use instead: the whole cross, where a figure of it is asked for that no clique holds.

The hypergraph of what the tables cross is made acyclic by joining what stands in its way (Graham 1979; Yu and Ozsoyoglu
1979). Take whole counts of the cliques of an acyclic one that agree where these meet. They can be put together one
clique at a time, as a table with the given margins can be filled (Vorob'ev 1962).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import prod
from typing import TypeAlias

Side: TypeAlias = frozenset[int]
Sides: TypeAlias = tuple[Side, ...]
_Variable: TypeAlias = tuple[int, int]
_Edge: TypeAlias = frozenset[_Variable]


@dataclass(frozen=True)
class Clique:
    """For each dimension the blocks that are told apart; one block where it is counted whole."""

    blocks: tuple[tuple[Side, ...], ...]

    @property
    def size(self) -> int:
        """How many cells the clique has."""
        return prod(map(len, self.blocks))

    def holds(self, sides: Sides) -> bool:
        """Return whether a box is made up of cells of this clique."""
        return all(
            all(block <= side or not block & side for block in blocks)
            for blocks, side in zip(self.blocks, sides, strict=True)
        )


@dataclass(frozen=True)
class Tree:
    """The cliques, and where they meet: pairs of their numbers, with the cells in which both must agree."""

    cliques: tuple[Clique, ...]
    meets: tuple[tuple[int, int, Clique], ...]


def tree(sizes: Sequence[int], groups: Iterable[Iterable[Sides]], zeros: Iterable[Sides] = ()) -> Tree:
    """Return the cliques of `groups` of boxes over dimensions of `sizes` leaves.

    Each group lies in one clique, and so does each of `zeros`, the boxes that are empty.
    """
    listed = [list(group) for group in groups]
    covered = [frozenset[int]().union(*(box[axis] for group in listed for box in group)) for axis in range(len(sizes))]
    apart: dict[tuple[bool, ...], list[Sides]] = {}
    for zero in zeros:
        inside = tuple(side & of for side, of in zip(zero, covered, strict=True))
        if all(inside):
            apart.setdefault(tuple(map(frozenset.__eq__, inside, covered)), []).append(inside)
    found = [
        tuple(_told_apart(of, {box[axis] for box in group}) for axis, of in enumerate(covered))
        for group in [*listed, *apart.values()]
    ]
    levels = [_levels(of, {each[axis] for each in found}) for axis, of in enumerate(covered)]
    edges = {
        frozenset(
            (axis, level)
            for axis, blocks in enumerate(each)
            for level in range(_level(levels[axis], blocks) + 1)
            if len(blocks) > 1
        )
        for each in found
    }
    widest = {edge for edge in edges if not any(edge < other for other in edges)} or {_Edge()}
    joined = sorted(widest, key=lambda edge: (-len(edge), sorted(edge)))

    def clique(edge: _Edge) -> Clique:
        deepest = dict(sorted(edge))
        return Clique(
            tuple(levels[axis][deepest[axis]] if axis in deepest else (of,) for axis, of in enumerate(covered))
        )

    while True:
        meets, stuck = _reduced(joined)
        if not stuck:
            break
        both = min(_around(stuck), key=lambda edge: (_filled(edge, stuck), clique(edge).size, sorted(edge)))
        joined = [edge for edge in joined if not edge <= both] + [both]
    return Tree(tuple(map(clique, joined)), tuple((one, two, clique(edge)) for one, two, edge in meets))


def _told_apart(covered: Side, sides: Iterable[Side]) -> tuple[Side, ...]:
    """The sets of leaves that the sides tell apart."""
    marks: dict[int, list[int]] = {leaf: [] for leaf in covered}
    for number, side in enumerate(sides):
        for leaf in side:
            marks[leaf].append(number)
    found: dict[tuple[int, ...], set[int]] = {}
    for leaf, mark in marks.items():
        found.setdefault(tuple(mark), set()).add(leaf)
    return tuple(sorted(map(frozenset, found.values()), key=min))


def _levels(covered: Side, wanted: set[tuple[Side, ...]]) -> list[tuple[Side, ...]]:
    """Ways to part one dimension, each finer than the one before; every wanted way is one of them or coarser than one.

    Months and years are kept apart; a way that is not nested with the others counts as the next finer one.
    """
    ordered = sorted(
        (blocks for blocks in wanted if len(blocks) > 1),
        key=lambda blocks: (-len(blocks), [sorted(block) for block in blocks]),
    )
    if not ordered:
        return []
    found = [_told_apart(covered, [block for blocks in ordered for block in blocks])]
    for blocks in ordered:
        if len(blocks) < len(found[-1]) and _finer(found[-1], blocks):
            found.append(blocks)
    return found[::-1]


def _finer(fine: tuple[Side, ...], coarse: tuple[Side, ...]) -> bool:
    return all(any(part <= block for block in coarse) for part in fine)


def _level(levels: list[tuple[Side, ...]], blocks: tuple[Side, ...]) -> int:
    """The coarsest level that tells apart what `blocks` does."""
    return next((level for level, found in enumerate(levels) if _finer(found, blocks)), 0)


def _around(edges: Sequence[_Edge]) -> Iterator[_Edge]:
    """For each variable all edges that have it, as one."""
    for variable in sorted(frozenset[_Variable]().union(*edges)):
        yield frozenset[_Variable]().union(*(edge for edge in edges if variable in edge))


def _filled(edge: _Edge, edges: Sequence[_Edge]) -> int:
    """How many pairs of an edge no other edge has: what joining them would add."""
    return sum(not any({*pair} <= other for other in edges) for pair in combinations(edge, 2))


def _reduced(edges: list[_Edge]) -> tuple[list[tuple[int, int, _Edge]], list[_Edge]]:
    """Where edges meet as they are taken off one by one, and what is left of those that cannot be: the cycles.

    What an edge shares with no other stands in nobody's way; an acyclic hypergraph leaves nothing.
    """
    left = dict(enumerate(edges))
    meets: list[tuple[int, int, _Edge]] = []
    while len(left) > 1:
        shared = {
            one: frozenset(x for x in edge if any(x in other for two, other in left.items() if two != one))
            for one, edge in left.items()
        }
        for one, common in shared.items():
            home = next((two for two, other in left.items() if two != one and common <= other), None)
            if home is not None:
                meets.append((one, home, common))
                del left[one]
                break
        else:
            return meets, list(shared.values())
    return meets, []
