"""The suppressor's attacker: what a pattern of hidden figures leaves possible, and the cut that says what it lacks.

Fischetti and Salazar-Gonzalez, "Models and algorithms for optimizing cell suppression in tabular data with linear
constraints", JASA 95 (2000). A reader's greatest value of a figure is a linear programme over the sums. Its dual gives
a bound on that value that is linear in the pattern. Where the bound is below what is required, requiring it cuts the
pattern off, and every safe pattern keeps to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clearcount.disclosure.equations import Equations
from clearcount.disclosure.policy import Policy
from clearcount.disclosure.primary import Aim
from clearcount.disclosure.solver import INFINITY, Floats, Ints, Matrix, Programme, SolverOutcome, Work
from clearcount.errors import DisclosureError

_SMALL = 1e-6
_POOL = 600
_STIRS, _FEW = 6, 6


@dataclass(frozen=True)
class Cut:
    """Sum of values * hidden over `unknowns` must be 1 or more (hidden is 1 for a hidden figure, else 0)."""

    unknowns: Ints
    values: Floats


class Attacker:
    """The linear attacker for one pattern at a time; tables it comes upon are kept for the patterns they fit."""

    def __init__(self, equations: Equations, policy: Policy, aims: Sequence[Aim], *, spent: Work | None = None) -> None:
        unknowns = equations.unknowns
        self._aims = tuple(aims)
        self._own = np.array([unknown.count is not None for unknown in unknowns])
        self._count = np.array([float(unknown.count or 0) for unknown in unknowns])
        printed = [policy.hidden_bounds(unknown.count or 0) for unknown in unknowns]
        low = [max(u.low, b[0]) if u.count is not None else u.low for u, b in zip(unknowns, printed, strict=True)]
        high = [_least(u.high, b[1]) if u.count is not None else u.high for u, b in zip(unknowns, printed, strict=True)]
        self._low = np.array(low, np.float64)
        self._high = np.array([INFINITY if value is None else float(value) for value in high])
        # a finite stand-in for "open" keeps every programme bounded; what it limits is wide enough to be safe
        reach = 1000.0 + 10.0 * self._count.max(initial=0)
        self._capped = np.where(self._high >= INFINITY, np.maximum(self._low, self._count) + reach, self._high)
        rows = [_sum_row(total, parts) for total, parts in equations.sums]
        rows += [_at_most_row(less, than) for less, than in equations.at_most]
        ties = len(rows) - len(equations.sums)
        self._programme = Programme(
            self._low.copy(),
            self._capped.copy(),
            Matrix.of(rows),
            np.concatenate([np.zeros(len(equations.sums)), np.full(ties, -INFINITY)]),
            np.zeros(len(rows)),
            work=Work(within=spent),
        )
        self._pool: list[Floats] = []
        self._at = np.array([aim.unknown for aim in self._aims], np.int64)
        self._seen_low: Floats = np.full(len(self._aims), INFINITY)
        self._seen_high: Floats = np.full(len(self._aims), -INFINITY)
        self._widest = max((_needed(aim, self._count[aim.unknown]) for aim in self._aims), default=1.0)
        self._decided = True
        self.fallen_back = False

    def pattern(self, hidden: Floats) -> None:
        """Turn to a pattern: 1 hidden, 0 open, and between for a pattern that is only partly decided."""
        own = np.flatnonzero(self._own)
        share = hidden[own]
        down, up = self._count[own] - self._low[own], self._capped[own] - self._count[own]
        self._decided = not ((share > _SMALL) & (share < 1 - _SMALL)).any()
        if not self._decided:
            # a cut counts no figure for more than what is required, so the attack on shares does not either
            down, up = np.minimum(down, self._widest), np.minimum(up, self._widest)
        low, high = self._count[own] - share * down, self._count[own] + share * up
        self._programme.bound_columns(own, low, high)
        self._hidden = hidden
        if self._pool:
            tables = np.array(self._pool)[:, own]
            fits = ((tables >= low - _SMALL) & (tables <= high + _SMALL)).all(axis=1)
            self._pool = [table for table, fit in zip(self._pool, fits, strict=True) if fit]
        self._see(self._pool)

    def cuts(self, candidates: Ints, *, most: int) -> list[Cut]:
        """Cut that the pattern violates, at most `most`; none when every aim is met.

        `candidates` are the unknowns whose hiding is still to be decided.
        """
        found: list[Cut] = []
        if self._decided:
            self._stir()
        for index in range(len(self._aims)):
            if len(found) >= most:
                break
            if not self._met(index):
                found += filter(None, self._lacking(index, candidates))
        return found

    def without(self, unknown: int) -> list[int]:
        """Return the unknowns whose aims are unmet when one hidden figure of the pattern is opened; the pattern
        stays.
        """
        column = np.array([unknown], np.int64)
        low, high = self._seen_low.copy(), self._seen_high.copy()
        self._programme.bound_columns(column, self._count[column], self._count[column])
        fitting = [table for table in self._pool if abs(table[unknown] - self._count[unknown]) < _SMALL]
        self._see(fitting)
        lost = self.unmet()
        self._programme.bound_columns(column, self._low[column], self._capped[column])
        self._seen_low, self._seen_high = np.minimum(low, self._seen_low), np.maximum(high, self._seen_high)
        return lost

    def _see(self, tables: list[Floats]) -> None:
        """Starts the least and greatest values seen over from the given tables."""
        if tables:
            values = np.array([table[self._at] for table in tables])
            self._seen_low, self._seen_high = values.min(axis=0), values.max(axis=0)
        else:
            self._seen_low = np.full(len(self._aims), INFINITY)
            self._seen_high = np.full(len(self._aims), -INFINITY)

    def unmet(self) -> list[int]:
        """Return the unknowns whose aims the pattern does not meet."""
        missed = []
        self._stir()
        for index, aim in enumerate(self._aims):
            for maximise in (True, False):
                if not self._met(index):
                    self._solve(aim.unknown, maximise=maximise)
            if not self._met(index):
                missed.append(aim.unknown)
        return missed

    def _stir(self) -> None:
        """Looks for tables in which many figures differ at once, so that few aims need a solve of their own."""
        random = np.random.default_rng(0)
        columns = np.arange(len(self._low), dtype=np.int64)
        still = len(self._aims) + 1
        for _ in range(_STIRS):
            unmet = [index for index in range(len(self._aims)) if not self._met(index)]
            if len(unmet) < _FEW or len(unmet) == still:
                return
            still = len(unmet)
            costs = np.zeros(len(columns))
            np.add.at(costs, self._at[unmet], random.uniform(0.1, 1, len(unmet)) * random.choice([-1, 1], len(unmet)))
            for maximise in (True, False):
                self._keep(self._programme.optimise(columns, costs, maximise=maximise))

    def _met(self, index: int) -> bool:
        return self._enough(self._aims[index], self._seen_low[index], self._seen_high[index])

    @staticmethod
    def _enough(aim: Aim, low: float, high: float) -> bool:
        if aim.reach and (low > aim.reach[0] + _SMALL or high < aim.reach[1] - _SMALL):
            return False
        return high - low >= aim.width - _SMALL

    def _lacking(self, index: int, candidates: Ints) -> list[Cut | None]:
        """The cuts of one aim; empty when the solves show that it is met after all."""
        aim = self._aims[index]
        top = self._solve(aim.unknown, maximise=True)
        if self._met(index):
            return []
        bottom = self._solve(aim.unknown, maximise=False)
        found = []
        if aim.reach and top.value < aim.reach[1] - _SMALL:
            found.append(self._cut([(top, 1)], aim.reach[1], candidates))
        if aim.reach and bottom.value > aim.reach[0] + _SMALL:
            found.append(self._cut([(bottom, -1)], -aim.reach[0], candidates))
        if top.value - bottom.value < aim.width - _SMALL:
            found.append(self._cut([(top, 1), (bottom, -1)], aim.width, candidates))
        return found

    def _cut(self, sides: Sequence[tuple[SolverOutcome, int]], needed: float, candidates: Ints) -> Cut | None:
        """The bound that the duals give, as a condition on what is hidden among `candidates`; None if not violated."""
        up, down = np.zeros(len(self._low)), np.zeros(len(self._low))
        for outcome, sign in sides:
            reduced = np.where(np.abs(outcome.reduced) < 1e-9, 0.0, outcome.reduced) * sign
            up += np.maximum(reduced, 0)
            down += np.maximum(-reduced, 0)
        # the bound is: sum of up * high - down * low, where an open figure has high = low = count
        known = ~self._own
        unlimited = known & (self._high >= INFINITY) & (up > 0)
        with np.errstate(invalid="ignore"):
            gain = np.where(up > 0, up * (self._high - self._count), 0.0) + down * (self._count - self._low)
        gain[known] = 0
        constant = float((self._count * (up - down))[self._own].sum())
        constant += float((np.where(unlimited, 0.0, up * self._capped) - down * self._low)[known].sum())
        decided = np.ones(len(self._low), bool)
        decided[candidates] = False
        constant += float(gain[decided & (self._hidden > 0.5)].sum())
        lack = needed - constant
        values = np.minimum(gain[candidates], lack)
        if unlimited.any() or lack <= _SMALL or float((values * self._hidden[candidates]).sum()) >= lack - _SMALL:
            if not self._decided:
                return None
            # numbers too close to call: ask only for something more to be hidden
            self.fallen_back = True
            return Cut(candidates, np.where(self._hidden[candidates] > 0.5, 0.0, 1.0))
        kept = values > 1e-7 * lack
        lack -= float(values[~kept].sum())
        return Cut(candidates[kept], np.minimum(values[kept] / lack, 1.0))

    def _solve(self, unknown: int, *, maximise: bool) -> SolverOutcome:
        outcome = self._programme.optimise(np.array([unknown], np.int64), np.ones(1), maximise=maximise)
        self._keep(outcome)
        return outcome

    def _keep(self, outcome: SolverOutcome) -> None:
        """Keeps the table that a solve came upon."""
        if outcome.status != "optimal":
            raise DisclosureError("the figures to be published contradict each other or what was published before")
        self._note(outcome.x)
        if len(self._pool) < _POOL:
            self._pool.append(outcome.x)

    def _note(self, table: Floats) -> None:
        values = table[self._at]
        np.minimum(self._seen_low, values, out=self._seen_low)
        np.maximum(self._seen_high, values, out=self._seen_high)


def _needed(aim: Aim, count: float) -> float:
    """How far a figure must at least be able to move, up or down."""
    return float(max(aim.width, aim.reach[1] - count, count - aim.reach[0]) if aim.reach else aim.width)


def _least(first: int | None, second: int | None) -> int | None:
    known = [value for value in (first, second) if value is not None]
    return min(known) if known else None


def _sum_row(total: int, parts: Sequence[int]) -> tuple[Ints, Floats]:
    return np.array([total, *parts], np.int64), np.array([1.0, *([-1.0] * len(parts))])


def _at_most_row(less: Sequence[int], than: Sequence[int]) -> tuple[Ints, Floats]:
    return np.array([*less, *than], np.int64), np.array([*([1.0] * len(less)), *([-1.0] * len(than))])
