"""The suppressor's system: one unknown for each figure, and the sums that tie figures to each other.

A figure that is printed twice is one unknown. Where a sum has parts that no table prints, the parts become unknowns
that nobody sees. The auditor does not use this module.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from clearcount.disclosure.cliques import Clique, tree
from clearcount.disclosure.document import At, Box, Document, Piece, Place, PublishedTable, Target
from clearcount.disclosure.once import bits, inequalities
from clearcount.errors import DisclosureError

Measure: TypeAlias = tuple[str, str]
_Side: TypeAlias = frozenset[int]
_Parts: TypeAlias = tuple[_Side, ...]
_Key: TypeAlias = tuple[Measure, tuple[_Side, ...]]

_MOST_CROSSINGS = 20_000_000


@dataclass
class Unknown:
    """One figure. `count` is set for what is to be published now; `low` and `high` are known from before.

    `places` are where the tables to be published print it, `earlier` where tables published before do.
    """

    count: int | None = None
    low: int = 0
    high: int | None = None
    places: list[Place] = field(default_factory=list)
    earlier: list[Place] = field(default_factory=list)

    @property
    def out(self) -> bool:
        """Whether the value is known from before: printed by an earlier table, or zero because it must be."""
        return self.low == self.high


@dataclass(frozen=True)
class Equations:
    """The unknowns, the sums (total, parts) among them, and pairs (less, than) of groups of unknowns.

    The sum of the group `less` is at most the sum of the group `than`. `of_piece` are the unknowns of differences.
    """

    unknowns: tuple[Unknown, ...]
    sums: tuple[tuple[int, tuple[int, ...]], ...]
    at_most: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]
    of_place: Mapping[Place, int]
    of_piece: Mapping[Piece, int]


def equations(document: Document, own: frozenset[str]) -> Equations:
    """Return the system of a document whose tables named in `own` are to be published and hold true counts."""
    builder = _Builder(document)
    for table in document.tables:
        for cell in table.cells:
            unknown = builder.unknowns[builder.number(table.measure, table.box(cell.at))]
            if table.name in own:
                unknown.count = cell.low
                unknown.places.append((table.name, cell.at))
            else:
                unknown.low = max(unknown.low, cell.low)
                if cell.high is not None:
                    unknown.high = cell.high if unknown.high is None else min(unknown.high, cell.high)
                unknown.earlier.append((table.name, cell.at))
        for box in table.not_empty:
            unknown = builder.unknowns[builder.number(table.measure, box)]
            unknown.low = max(unknown.low, 1 if unknown.high != 0 else 0)
    named = {table.name: table for table in document.tables}

    def place(name: str, at: At) -> int:
        return builder.number(named[name].measure, named[name].box(at))

    at_most = [
        (tuple(place(*end) for end in link.less), tuple(place(*end) for end in link.than)) for link in document.links
    ]
    of_piece = {}
    for target in document.targets:
        if isinstance(target, Target):
            for at in target.cells:
                place(target.table, at)
        else:
            of_piece[target] = builder.piece(target)
    builder.tie()
    at_most = [pair for pair in [*at_most, *builder.once()] if set(pair[0]) != set(pair[1])]
    _spread_zeros(builder.unknowns, builder.sums)
    of_place = {where: index for index, unknown in enumerate(builder.unknowns) for where in unknown.places}
    of_place |= {where: index for index, unknown in enumerate(builder.unknowns) for where in unknown.earlier}
    return Equations(tuple(builder.unknowns), tuple(builder.sums), tuple(at_most), of_place, of_piece)


def _spread_zeros(unknowns: Sequence[Unknown], sums: Iterable[tuple[int, tuple[int, ...]]]) -> None:
    """Notes what is 0 because it is a part of 0, or the sum of nothing else: counts are 0 or more.

    What must be empty is known in one clique, and figures of another may lie in it.
    """
    found = True
    while found:
        found = False
        for total, parts in sums:
            if unknowns[total].high == 0:
                more = [part for part in parts if unknowns[part].high != 0]
            else:
                more = [] if any(unknowns[part].high != 0 for part in parts) else [total]
            for index in more:
                unknowns[index].high, found = 0, True


class _Builder:
    """Numbers figures by what they count, then writes each as the sum of its parts until nothing can be parted."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.unknowns: list[Unknown] = []
        self.sums: dict[tuple[int, tuple[int, ...]], None] = {}
        self._keys: dict[_Key, int] = {}
        populations = dict.fromkeys(table.measure for table in document.tables)
        self._classes = {name: _classes(document, name) for name in populations}
        self._ways = {name: _declared(document, name, self._classes[name]) for name in populations}
        self._crosses = {name: _Crosses(document, name, self._classes[name]) for name in populations}

    def number(self, population: Measure, box: Box) -> int:
        """Return the unknown that counts the records of a box."""
        classes = self._classes[population]
        return self._number(population, tuple(_within(of, part) for of, part in zip(classes, box, strict=True)))

    def _number(self, population: Measure, sides: tuple[_Side, ...]) -> int:
        key = (population, sides)
        if key not in self._keys:
            self._keys[key] = len(self.unknowns)
            self.unknowns.append(Unknown(high=0 if self._crosses[population].empty(sides) else None))
        return self._keys[key]

    def tie(self) -> None:
        """Add the sums: all that tables print for figures that are seen, one way down for the others.

        A figure is written as a sum in each clique of the tables that holds it.
        """
        for population, crosses in self._crosses.items():
            for _, _, meet in crosses.tree.meets if not population[1] else ():
                for sides in product(*meet.blocks):
                    self._number(population, sides)
        done = 0
        while done < len(self._keys):
            waiting = list(self._keys.items())[done:]
            done = len(self._keys)
            for (population, sides), index in waiting:
                if population[1]:  # counted once: lines do not add up
                    continue
                unknown = self.unknowns[index]
                seen = bool(unknown.places or unknown.earlier)
                if self._crosses[population].empty(sides) and not seen:
                    continue  # a figure that is printed tells its parts in other cliques that they are empty
                for clique in self._crosses[population].holding(sides):
                    self._part(population, sides, clique, index, seen=seen)

    def _part(self, population: Measure, sides: tuple[_Side, ...], clique: Clique, index: int, *, seen: bool) -> None:
        """Writes a figure as the sums of its parts in a clique: in every way that is printed, or in one."""
        for axis, side in enumerate(sides):
            blocks = tuple(block for block in clique.blocks[axis] if block <= side)
            if len(blocks) == 1:
                continue
            ways = [
                parts
                for parts in self._ways[population][axis].get(side, [])
                if all(block <= part or not block & part for block in blocks for part in parts)
            ]
            for parts in ways or [blocks]:
                numbers = (self._number(population, (*sides[:axis], x, *sides[axis + 1 :])) for x in parts)
                self.sums[index, tuple(numbers)] = None
                if not seen:
                    return

    def piece(self, piece: Piece) -> int:
        """Return the unknown that counts a difference: its wholes are the sum of what is without and of itself."""
        whole = [self.number(piece.measure, box) for box in piece.whole]
        without = [self.number(piece.measure, box) for box in piece.without]
        if len(whole) == 1 and not without:
            return whole[0]
        index = len(self.unknowns)
        self.unknowns.append(Unknown())
        if len(whole) == 1:
            self.sums[whole[0], (*without, index)] = None
        else:
            self.sums[index, tuple(whole)] = None
        return index

    def once(self) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
        """Return what ties the figures that count things once, to each other and to the figures that count records."""
        found: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
        for population in dict.fromkeys(population for population, _ in self._keys if population[1]):
            keys = {sides: index for (name, sides), index in self._keys.items() if name == population}
            zeros = _known_zeros(self._document, self._classes[population])
            numbers, shape, possible = list(keys.values()), zeros.shape, ~zeros.ravel()
            cells = []
            for sides, index in keys.items():
                grid = np.ravel_multi_index(np.ix_(*map(sorted, sides)), shape).ravel()
                cells.append(bits(grid[possible[grid]]))
                if not possible[grid].any():
                    self.unknowns[index].high = 0
            for less, than in inequalities(list(keys), cells, self._ways[population]):
                found.append((tuple(numbers[i] for i in less), tuple(numbers[i] for i in than)))
            found += self._no_more_than_records(population, keys)
        return found

    def _no_more_than_records(
        self, population: Measure, keys: Mapping[tuple[_Side, ...], int]
    ) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
        records = (population[0], "")
        if records not in self._classes:
            return []
        return [
            ((index,), (self._keys[records, sides],)) for sides, index in keys.items() if (records, sides) in self._keys
        ]


class _Crosses:
    """The cliques of one measure's figures, and which of their cells must be empty."""

    def __init__(self, document: Document, population: Measure, classes: list[dict[str, int]]) -> None:
        def sides(box: Box) -> tuple[_Side, ...]:
            return tuple(_within(of, part) for of, part in zip(classes, box, strict=True))

        sizes = [max(of.values()) + 1 for of in classes]
        groups = [
            [sides(table.box(cell.at)) for cell in table.cells]
            + [sides(box) for box in (*map(table.box, _ends(document, table)), *table.not_empty)]
            for table in document.tables
            if table.measure == population or (table.population == population[0] and not population[1])
        ]
        pieces = [piece for piece in document.targets if isinstance(piece, Piece) and piece.measure[0] == population[0]]
        groups += [[sides(box)] for piece in pieces for box in (*piece.whole, *piece.without)]
        zeros = [sides(box) for box in document.known_zero]
        self.tree = tree(sizes, groups, zeros)
        for clique in self.tree.cliques:
            if clique.size > _MOST_CROSSINGS:
                raise DisclosureError(
                    f"the tables cross {clique.size:,} combinations of their dimensions, "
                    f"more than {_MOST_CROSSINGS:,}; give fewer tables or dimensions at a time"
                )
        self._empty = [_empty_cells(clique, zeros) for clique in self.tree.cliques]
        self._holding: dict[tuple[_Side, ...], list[int]] = {}

    def holding(self, sides: tuple[_Side, ...]) -> list[Clique]:
        """Return the cliques that hold a box."""
        if sides not in self._holding:
            self._holding[sides] = [at for at, clique in enumerate(self.tree.cliques) if clique.holds(sides)]
        return [self.tree.cliques[at] for at in self._holding[sides]]

    def empty(self, sides: tuple[_Side, ...]) -> bool:
        """Return whether a box must be empty."""
        self.holding(sides)
        for at in self._holding[sides]:
            cells = np.ix_(
                *(
                    [number for number, block in enumerate(blocks) if block <= side]
                    for blocks, side in zip(self.tree.cliques[at].blocks, sides, strict=True)
                )
            )
            if self._empty[at][cells].all():
                return True
        return False


def _empty_cells(clique: Clique, zeros: list[tuple[_Side, ...]]) -> NDArray[np.bool_]:
    """Which cells of a clique lie in a box that must be empty."""
    found = np.zeros([len(blocks) for blocks in clique.blocks], bool)
    for zero in zeros:
        if clique.holds(zero):
            found[
                np.ix_(
                    *(
                        [number for number, block in enumerate(blocks) if block <= side]
                        for blocks, side in zip(clique.blocks, zero, strict=True)
                    )
                )
            ] = True
    return found


def _ends(document: Document, table: PublishedTable) -> list[At]:
    """The places of a table that links and targets name."""
    ends = [at for link in document.links for name, at in (*link.less, *link.than) if name == table.name]
    targets = [target for target in document.targets if isinstance(target, Target) and target.table == table.name]
    return [*ends, *(at for target in targets for at in target.cells)]


def _within(classes: Mapping[str, int], leaves: frozenset[str]) -> _Side:
    return frozenset(classes[leaf] for leaf in leaves)


def _classes(document: Document, population: Measure) -> list[dict[str, int]]:
    """For each dimension, the class of each leaf: leaves of one class are told apart by no figure."""
    named = {table.name: table for table in document.tables if table.population == population[0]}
    places = {(table.name, cell.at) for table in named.values() for cell in table.cells}
    places |= {end for link in document.links for end in (*link.less, *link.than) if end[0] in named}
    targets = [target for target in document.targets if isinstance(target, Target)]
    places |= {(target.table, at) for target in targets for at in target.cells if target.table in named}
    pieces = [piece for piece in document.targets if isinstance(piece, Piece) and piece.measure[0] == population[0]]
    boxes = {*document.known_zero, *(named[name].box(at) for name, at in places)}
    boxes |= {box for piece in pieces for box in (*piece.whole, *piece.without)}
    boxes |= {box for table in named.values() for box in table.not_empty}
    found = []
    for axis, leaves in enumerate(document.leaves.values()):
        sets = {box[axis] for box in boxes}
        numbers: dict[frozenset[frozenset[str]], int] = {}
        found.append(
            {leaf: numbers.setdefault(frozenset(s for s in sets if leaf in s), len(numbers)) for leaf in leaves}
        )
    return found


def _declared(
    document: Document, population: Measure, classes: list[dict[str, int]]
) -> list[dict[_Side, list[_Parts]]]:
    """For each dimension, the ways in which tables write a total as a sum; only ways that keep classes whole."""
    found: list[dict[_Side, list[_Parts]]] = []
    for dimension, of in zip(document.leaves, classes, strict=True):
        ways: dict[_Side, list[_Parts]] = {}
        for table in document.tables:
            axis = table.axes[dimension]
            for name, children in axis.parts.items() if table.population == population[0] else ():
                whole, parts = _within(of, axis.members[name]), tuple(_within(of, child) for child in children)
                if sum(map(len, parts)) == len(whole) and len(parts) > 1 and parts not in ways.get(whole, []):
                    ways.setdefault(whole, []).append(parts)
        found.append(ways)
    return found


def _known_zeros(document: Document, classes: list[dict[str, int]]) -> NDArray[np.bool_]:
    """Which crossings of classes must be zero."""
    shape = [max(of.values()) + 1 for of in classes]
    if prod(shape) > _MOST_CROSSINGS:
        raise DisclosureError(
            f"the tables cross {prod(shape):,} combinations of their dimensions, more than {_MOST_CROSSINGS:,}; "
            "give fewer tables or dimensions at a time"
        )
    zero = np.zeros(shape, bool)
    for box in document.known_zero:
        zero[np.ix_(*(sorted(_within(of, part)) for of, part in zip(classes, box, strict=True)))] = True
    return zero
