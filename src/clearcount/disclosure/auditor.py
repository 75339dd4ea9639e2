"""The auditor: what a reader who adds, subtracts and knows that counts are whole can work out.

It takes every table together over the finest cross of all dimensions, and answers with exact intervals. A linear
programme bounds a target from each side; where its vertex is whole, that is the answer, else an integer programme is
solved. Every whole table that a solve comes upon is a possible truth, a witness, and narrows the work for all other
targets. A system that contradicts itself is reported, never taken for safe.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clearcount.disclosure.atoms import atom_system
from clearcount.disclosure.clash import smallest_clash
from clearcount.disclosure.document import Document, Piece, PublishedCell, Target
from clearcount.disclosure.document_json import Json, parse_document
from clearcount.disclosure.reduced import Reduced, reduce_system
from clearcount.disclosure.slim import NO_HIGH, floats
from clearcount.disclosure.solver import Floats, Ints, Programme, Work
from clearcount.errors import DisclosureError

AUDITOR_VERSION = "2"
_WHOLE = 1e-6
_STIRS, _FEW, _NEAR = 12, 8, 10


@dataclass(frozen=True)
class ProtectionInterval:
    """The least and the greatest value that a target can have; `high` None is open."""

    target: Target | Piece
    low: int
    high: int | None

    @property
    def exact(self) -> bool:
        """Whether only one value is possible."""
        return self.low == self.high

    @property
    def width(self) -> int | None:
        """The greatest less the least value; None is open."""
        return None if self.high is None else self.high - self.low


@dataclass(frozen=True)
class AuditResult:
    """What can be learnt. `clash` is empty when consistent; when not, `intervals` is."""

    consistent: bool
    intervals: tuple[ProtectionInterval, ...]
    clash: tuple[tuple[str, PublishedCell], ...] = ()

    @property
    def exact(self) -> tuple[ProtectionInterval, ...]:
        """The targets of which only one value is possible."""
        return tuple(interval for interval in self.intervals if interval.exact)

    @property
    def safe(self) -> bool:
        """Whether the tables agree and no target is exact."""
        return self.consistent and not self.exact

    def as_dict(self) -> dict[str, object]:
        """Return the promised JSON: consistent, exact, intervals, and clash when not consistent."""
        found: dict[str, object] = {
            "consistent": self.consistent,
            "exact": [_place(item.target) | {"value": item.low} for item in self.exact],
            "intervals": [_place(item.target) | {"low": item.low, "high": item.high} for item in self.intervals],
        }
        if not self.consistent:
            found["clash"] = [
                {"table": table, "at": list(cell.at), "low": cell.low, "high": cell.high} for table, cell in self.clash
            ]
        return found


def audit(document: Json | Document, work: Work | None = None) -> AuditResult:
    """Return what a reader of all tables of `document` can work out about its targets.

    With `work`, what it takes is a part of that.

    Raises:
        DisclosureError: the document cannot be read, or the solver does not settle an answer.
    """
    parsed = document if isinstance(document, Document) else parse_document(document)
    system = atom_system(parsed)
    reduced = reduce_system(system)
    attack = Attack.begin(reduced, work) if reduced else None
    if attack is None:
        return AuditResult(False, (), smallest_clash(parsed, system))
    intervals = (ProtectionInterval(target, *attack.interval(index)) for index, target in enumerate(parsed.targets))
    return AuditResult(True, tuple(intervals))


def exact_targets(document: Document, work: Work | None = None) -> tuple[Target | Piece, ...]:
    """Return the targets that are exact; quicker than `audit`, because it needs no intervals.

    Raises:
        DisclosureError: the document contradicts itself, or the solver does not settle an answer.
    """
    reduced = reduce_system(atom_system(document))
    attack = Attack.begin(reduced, work) if reduced else None
    if attack is None:
        raise DisclosureError("the tables contradict each other; audit them to see which figures clash")
    attack.stir(range(len(document.targets)))
    return tuple(target for index, target in enumerate(document.targets) if not attack.not_exact(index))


def _place(target: Target | Piece) -> dict[str, object]:
    """Where a target stands: the coordinates of its cell, or a list of coordinates when it is a sum of cells."""
    if isinstance(target, Piece):
        return {"difference": target.called}
    cells = [list(at) for at in target.cells]
    return {"table": target.table, "at": cells[0] if len(cells) == 1 else cells}


class Attack:
    """A reduced system under attack: the witnesses met so far bound every target from inside."""

    def __init__(self, reduced: Reduced, work: Work | None = None) -> None:
        self._reduced = reduced
        self._work = Work(within=work)
        self._linear = reduced.slim.programme(integer=False, work=self._work)
        self._whole: Programme | None = None
        self._first: Ints | None = None
        self.least = np.full(len(reduced.targets), NO_HIGH, np.int64)
        self.greatest = np.full(len(reduced.targets), -1, np.int64)
        self.witnesses = 0
        self._printed = [self._bounds(index) for index in range(len(reduced.targets))]

    def _bounds(self, index: int) -> tuple[int, int]:
        """What the print itself says of a target, which no possible table oversteps."""
        atoms, counts = self._reduced.targets[index]
        row = self._reduced.row_of.get(atoms.tobytes()) if (counts == 1).all() else None
        constant = self._reduced.constant[index]
        if row is None:
            return constant, NO_HIGH
        return constant + max(0, int(self._reduced.low[row])), constant + int(self._reduced.high[row])

    @classmethod
    def begin(cls, reduced: Reduced, work: Work | None = None) -> Attack | None:
        """Return the attack with its first witness, or None when no whole table fits all rows."""
        attack = cls(reduced, work)
        nothing = np.zeros(0, np.int64)
        if not reduced.size:
            attack._must_take(np.zeros(0))
            return attack
        outcome = attack._linear.optimise(nothing, np.zeros(0))
        if outcome.status == "infeasible":
            return None
        if not attack._take(outcome.x):
            outcome = attack._integer().optimise(nothing, np.zeros(0))
            if outcome.status == "infeasible":
                return None
            attack._must_take(outcome.x)
        return attack

    def interval(self, index: int) -> tuple[int, int | None]:
        """Return the least and greatest value of a target."""
        low = self._extreme(index, maximise=False)
        return (low if low is not None else 0), self._extreme(index, maximise=True)

    def not_exact(self, index: int, *, down: bool = False) -> bool:
        """Return whether a target has two values; costs nothing when two witnesses already differ.

        The greatest value is looked for first, with `down` the least.
        """
        atoms, counts = self._reduced.targets[index]
        for maximise in (not down, down):
            if self.least[index] < self.greatest[index]:
                return True
            if not len(atoms) or self.least[index] == self._printed[index][maximise]:
                continue
            outcome = self._linear.optimise(atoms, counts.astype(np.float64), maximise=maximise)
            if outcome.status == "unbounded":
                return True
            if not self._take(outcome.x):
                self._near(outcome.x)
            if self.least[index] == self.greatest[index] != self._end(index, outcome.value, maximise=maximise):
                self._extreme(index, maximise=maximise)
        return bool(self.least[index] < self.greatest[index])

    def stir(self, wanted: Sequence[int]) -> None:
        """Look for possible tables in which many targets differ at once, so that few need a solve of their own."""
        first = self._first
        if first is None or not len(first):
            return
        bottom, top = self._reduced.slim.bottom, self._reduced.slim.top
        columns = np.arange(len(first), dtype=np.int64)
        random = np.random.default_rng(0)
        # near a table that fits, so that every objective has an optimum
        self._linear.bound_columns(columns, floats(bottom), floats(np.minimum(top, first + _NEAR)))
        still = [index for index in wanted if len(self._reduced.targets[index][0])]
        for turn in range(_STIRS):
            before = len(still)
            still = [index for index in still if self.least[index] >= self.greatest[index]]
            if len(still) < _FEW or (len(still) == before and turn > 1):
                break
            costs = np.zeros(len(first))
            for index in still:
                atoms, counts = self._reduced.targets[index]
                np.add.at(costs, atoms, counts * random.uniform(-1, 1))
            found = self._linear.optimise(columns, costs, maximise=True).x
            if not self._take(found):
                self._near(found)
        self._linear.bound_columns(columns, floats(bottom), floats(top))

    def exactly_small(self, index: int, threshold: int) -> bool:
        """Return whether a target can only be one number of 1 to threshold - 1."""
        if not 1 <= self.least[index] < threshold or self.least[index] < self.greatest[index]:
            return False
        return not self.not_exact(index, down=True)

    def _near(self, x: Floats) -> None:
        """Looks for a whole table beside one that is not whole."""
        columns = np.arange(len(x), dtype=np.int64)
        bottom, top = self._reduced.slim.bottom, self._reduced.slim.top
        low = np.maximum(np.floor(x + _WHOLE) - 1, floats(bottom))
        high = np.minimum(np.ceil(x - _WHOLE) + 1, floats(top))
        whole = self._integer()
        whole.bound_columns(columns, low, high)
        found = whole.optimise(columns[:0], np.zeros(0), partial=True)
        whole.bound_columns(columns, floats(bottom), floats(top))
        if found.status == "optimal":
            self._take(found.x)

    def _end(self, index: int, value: float, *, maximise: bool) -> int:
        """The whole number that an extreme over real numbers allows."""
        value += self._reduced.constant[index]
        return int(np.floor(value + _WHOLE) if maximise else np.ceil(value - _WHOLE))

    def _extreme(self, index: int, *, maximise: bool) -> int | None:
        """The exact extreme of a target, None when open."""
        atoms, counts = self._reduced.targets[index]
        constant = self._reduced.constant[index]
        if not len(atoms):
            return constant
        known = self.greatest if maximise else self.least
        if known[index] == self._printed[index][maximise]:  # a witness reaches what the print allows
            return int(known[index])
        costs = counts.astype(np.float64)
        outcome = self._linear.optimise(atoms, costs, maximise=maximise)
        if outcome.status == "unbounded":
            return None
        self._take(outcome.x)
        bound = self._end(index, outcome.value, maximise=maximise)
        if known[index] == bound:
            return bound
        outcome = self._integer().optimise(atoms, costs, maximise=maximise)
        self._must_take(outcome.x)
        if outcome.status != "optimal" or round(outcome.value) + constant != known[index]:
            raise DisclosureError("the solver's whole answer does not add up; nothing is taken for safe")
        return int(known[index])

    def _integer(self) -> Programme:
        if self._whole is None:
            self._whole = self._reduced.slim.programme(integer=True, work=self._work)
        return self._whole

    def _take(self, x: Floats) -> bool:
        """Keeps a solution as a witness when it is whole and adds up exactly."""
        whole = np.rint(x)
        if len(x) and np.abs(x - whole).max() > _WHOLE:
            return False
        table: Ints = whole.astype(np.int64)
        if not self._reduced.holds(table):
            return False
        self.witnesses += 1
        if self._first is None:
            self._first = table
        values = self._reduced.values(table)
        np.minimum(self.least, values, out=self.least)
        np.maximum(self.greatest, values, out=self.greatest)
        return True

    def _must_take(self, x: Floats) -> None:
        if not self._take(x):
            raise DisclosureError("the solver's whole table does not add up; nothing is taken for safe")
