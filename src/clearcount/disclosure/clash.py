"""Which printed figures contradict each other: a smallest set, for a person to look into.

Implicit hitting sets (Ignatiev, Previti, Liffiton and Marques-Silva, "Smallest MUS extraction with minimal hitting set
dualization", CP 2015). Whatever table satisfies all figures of a set leaves some others violated, and every clash has a
figure among those. The method takes a smallest set that meets every violated group met so far. If it can still be
satisfied, solving it gives a new group. If not, it is a smallest clash.
"""

from __future__ import annotations

import numpy as np

from clearcount.disclosure.atoms import AtomSystem, Knowledge
from clearcount.disclosure.document import At, Document, PublishedCell
from clearcount.disclosure.solver import INFINITY, Ints, Matrix, Programme, Work
from clearcount.errors import DisclosureError

_ROUNDS = 400


def smallest_clash(document: Document, system: AtomSystem) -> tuple[tuple[str, PublishedCell], ...]:
    """Return the cells of a smallest set of figures that no whole table fits, in document order.

    Known zeros and links are taken for granted. A clash may be hidden so deep that it is not found in 400 rounds. Then
    the set is a clash that loses none of its cells, though a smaller one may exist elsewhere.
    """
    cells = [(table.name, cell) for table in document.tables for cell in table.cells]
    rows = [row for row in system.rows if row.source is not None]
    links = [row for row in system.rows if row.source is None]
    relaxed = _Relaxed(rows, links, system.count)
    groups: list[frozenset[int]] = []
    chosen: frozenset[int] = frozenset()
    for _ in range(_ROUNDS):
        violated = relaxed.violated(chosen)
        if violated is None:
            return tuple(cells[index] for index in sorted(chosen))
        if not violated:
            raise DisclosureError("the solver contradicts itself about a clash; nothing is taken for safe")
        groups.append(violated)
        chosen = _hitting_set(groups)
    needed = set(range(len(rows)))
    for index in sorted(needed):
        if relaxed.violated(frozenset(needed - {index})) is None:
            needed.discard(index)
    return tuple(cells[index] for index in sorted(needed))


def least_change(document: Document, system: AtomSystem, tables: frozenset[str]) -> dict[tuple[str, At], int] | None:
    """Return the least changes to figures of `tables` under which everything fits, by place; None when nothing
    helps.
    """
    rows = [row for row in system.rows if row.source is not None]
    links = [row for row in system.rows if row.source is None]
    relaxed = _Relaxed(rows, links, system.count)
    slack = relaxed.slack(frozenset(i for i, row in enumerate(rows) if row.source and row.source[0] not in tables))
    if slack is None:
        return None
    return {row.source: amount for row, amount in zip(rows, slack, strict=True) if amount and row.source}


class _Relaxed:
    """All rows, each with a shortfall and an excess that a solve may use unless the row is held."""

    def __init__(self, rows: list[Knowledge], links: list[Knowledge], atoms: int) -> None:
        self._atoms, self._count = atoms, len(rows)
        parts = []
        for index, row in enumerate(rows):
            slack: Ints = np.array([atoms + 2 * index, atoms + 2 * index + 1], np.int64)
            parts.append((np.concatenate([row.atoms, slack]), np.concatenate([row.signs, [1, -1]]).astype(np.float64)))
        parts += [(row.atoms, row.signs.astype(np.float64)) for row in links]
        both = [*rows, *links]
        low = np.array([-INFINITY if row.low is None else float(row.low) for row in both])
        high = np.array([INFINITY if row.high is None else float(row.high) for row in both])
        size = atoms + 2 * len(rows)
        zero, free = np.zeros(size), np.full(size, INFINITY)
        matrix = Matrix.of(parts)
        work = Work()
        self._linear = Programme(zero, free, matrix, low, high, work=work)
        self._whole = Programme(zero, free, matrix, low, high, integer=True, work=work)
        self._slack: Ints = np.arange(atoms, size, dtype=np.int64)

    def violated(self, held: frozenset[int]) -> frozenset[int] | None:
        """Return rows that some whole table fitting all `held` rows leaves violated; None when no table fits them."""
        slack = self.slack(held)
        return None if slack is None else frozenset(index for index, amount in enumerate(slack) if amount)

    def slack(self, held: frozenset[int]) -> list[int] | None:
        """Return by how much some whole table fitting all `held` rows misses each row; None when no table fits them."""
        upper = np.full(len(self._slack), INFINITY)
        for index in held:
            upper[2 * index : 2 * index + 2] = 0
        for programme in (self._linear, self._whole):
            programme.bound_columns(self._slack, np.zeros(len(self._slack)), upper)
            outcome = programme.optimise(self._slack, np.ones(len(self._slack)))
            if outcome.status == "infeasible":
                return None
            if np.abs(outcome.x - np.rint(outcome.x)).max() < 1e-6:
                break
        missed = np.rint(outcome.x[self._atoms :]).reshape(-1, 2).sum(axis=1)
        return [int(amount) for amount in missed]


def _hitting_set(groups: list[frozenset[int]]) -> frozenset[int]:
    """A smallest set that shares a member with every group."""
    members = sorted(set().union(*groups))
    place = {member: index for index, member in enumerate(members)}
    rows = []
    for group in groups:
        columns = np.array([place[member] for member in sorted(group)], np.int64)
        rows.append((columns, np.ones(len(columns))))
    size = len(members)
    programme = Programme(
        np.zeros(size), np.ones(size), Matrix.of(rows), np.ones(len(rows)), np.full(len(rows), INFINITY), integer=True
    )
    outcome = programme.optimise(np.arange(size, dtype=np.int64), np.ones(size))
    return frozenset(members[index] for index in np.flatnonzero(outcome.x > 0.5))
