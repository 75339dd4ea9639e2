"""Which further figures to hide, so that no small one can be worked out.

What it does: finds a pattern of suppressed figures of least cost under which every aim is met. It proves by cutting
planes that no pattern costs less. It solves for the cheapest pattern that keeps to all cuts so far, and attacks it. It
adds a cut for each figure that is not protected, until the attack finds none. Why: a suppressed count next to a printed
total is no secret. Hiding more than needed withholds figures without a reason. Example: in a 2 x 2 table with all
totals printed, one small count takes the other three with it. Use instead: coarser rows or periods first; suppression
alone can empty a sparse table.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from clearcount.disclosure.attack import Attacker, Cut
from clearcount.disclosure.equations import Equations
from clearcount.disclosure.policy import Policy
from clearcount.disclosure.primary import Aim
from clearcount.disclosure.solver import INFINITY, PER_SECOND, Floats, Ints, Matrix, Programme, Work

_SMALL = 1e-6
_MENDINGS = 6


@dataclass(frozen=True)
class Pattern:
    """Hidden unknowns. `optimal`: no safe pattern costs less; else none costs less than this one's cost - `gap`."""

    hidden: frozenset[int]
    complements: frozenset[int]
    optimal: bool
    gap: int


def hideable(equations: Equations, policy: Policy) -> Ints:
    """Return the unknowns that may be hidden: not known from before, and zeros only where zeros may be hidden."""
    return np.array(
        [
            index
            for index, unknown in enumerate(equations.unknowns)
            if unknown.count is not None and not unknown.out and (unknown.count > 0 or policy.zeros == "ambiguous")
        ],
        np.int64,
    )


def cheapest_pattern(
    equations: Equations,
    policy: Policy,
    primaries: Sequence[int],
    aims: Sequence[Aim],
    *,
    still_exact: Callable[[frozenset[int]], bool],
    work: Work | None = None,
) -> Pattern:
    """Return the cheapest pattern that meets every aim, given that hiding everything does.

    Args:
        primaries: the unknowns that are hidden in any case.
        aims: what must stay uncertain.
        still_exact: the whole-number audit of a pattern; true when it finds an aim unmet that the linear attacker
            believes met.

    After `work`, the policy's limit where none is given, the best audited pattern is returned with its gap.
    """
    nothing = not aims and not still_exact(frozenset(primaries))
    if nothing or not set(hideable(equations, policy).tolist()) - set(primaries):
        return Pattern(frozenset(primaries), frozenset(), optimal=True, gap=0)
    work = work or Work(policy.time_limit * PER_SECOND, within=Work(), soft=True)
    search = _Search(equations, policy, primaries, aims, still_exact, work)
    search.ties()
    search.relax()
    outcome = search.settle()
    if policy.cost == "cells" and outcome:
        search.count_cells()
        while search.settle() is False:
            search.allow_one_more()
    return search.found()


class _Search:
    """The cuts so far, over the unknowns whose hiding is to be decided."""

    def __init__(
        self,
        equations: Equations,
        policy: Policy,
        primaries: Sequence[int],
        aims: Sequence[Aim],
        still_exact: Callable[[frozenset[int]], bool],
        work: Work,
    ) -> None:
        self._still_exact = still_exact
        self._fixed = np.zeros(len(equations.unknowns))
        self._fixed[list(primaries)] = 1
        allowed = hideable(equations, policy)
        self._free: Ints = allowed[self._fixed[allowed] == 0]
        self._work = work
        # the attack on a pattern is counted with the search, but an attack that has begun is not broken off
        self._attacker = Attacker(equations, policy, aims, spent=self._work)
        self._counts = np.array([float(equations.unknowns[index].count or 0) for index in self._free])
        self._cost = np.asarray(self._counts + 0.5 / (len(self._counts) + 1), np.float64)
        self._cells_wanted, self._by_cells, self._bound = policy.cost == "cells", False, 0.0
        self._rows: list[tuple[Ints, Floats, float]] = []
        size = len(self._free)
        self._place = np.full(len(equations.unknowns), -1, np.int64)
        self._place[self._free] = np.arange(size)
        none = Matrix.of([])
        zero, one, empty = np.zeros(size), np.ones(size), np.zeros(0)
        self._relaxed = Programme(zero, one, none, empty, empty, work=self._work)
        every = Matrix.of([(np.arange(size, dtype=np.int64), one)])  # how many are hidden
        low, high = np.array([-INFINITY]), np.array([INFINITY])
        self._whole = Programme(zero, one, every, low, high, integer=True, work=self._work)
        self._all = np.arange(size, dtype=np.int64)
        own = np.array([unknown.count is not None for unknown in equations.unknowns])
        sums = (np.array([total, *parts], np.int64) for total, parts in equations.sums)
        self._sums = [members for members in sums if own[members].all()]
        self._best = self._everything()

    def ties(self) -> None:
        """Add the cuts known beforehand: a sum of published figures that hides a small one hides a second one."""
        for members in self._sums:
            if self._fixed[members].sum() == 1:
                free = members[self._place[members] >= 0]
                self._add(Cut(free, np.ones(len(free))))

    def _lonely(self, chosen: Floats) -> bool:
        """Adds the condition that a figure is not the only hidden one of a sum, where the pattern violates it.

        A reader gets a lonely figure by subtraction, so a cheapest pattern leaves it open.
        """
        found = False
        for members in self._sums:
            shares = chosen[members]
            most = int(shares.argmax())
            if 2 * shares[most] > shares.sum() + _SMALL and self._place[members[most]] >= 0:
                free = self._place[members]
                values = np.ones(len(free))
                values[most] = -1
                self._append(free[free >= 0], values[free >= 0], 0)
                found = True
        return found

    def relax(self) -> None:
        """Cut for partly decided patterns: they are cheap to find and spare most integer programmes."""
        costs = np.ones_like(self._counts) if self._by_cells else self._cost
        value, slow = -1.0, 0
        while not self._work.over and slow < 3:
            outcome = self._relaxed.optimise(self._all, costs, partial=True)
            if outcome.status != "optimal":
                break
            slow = slow + 1 if outcome.value < value * 1.002 + 1e-9 else 0
            value = outcome.value
            self._bound = max(self._bound, value)
            if not self.cut_off(self.full(outcome.x), most=150):
                break

    def count_cells(self) -> None:
        """Turn from the least sum to the fewest cells: the least sum with no more complements than a bound allows."""
        self._by_cells, self._bound = True, 0.0
        self.relax()
        self._bound = math.ceil(self._bound - _SMALL)
        self._whole.bound_row(0, -INFINITY, self._bound)

    def allow_one_more(self) -> None:
        """Allow one more complement, when it is proven that the bound is too low."""
        self._bound += 1
        self._whole.bound_row(0, -INFINITY, self._bound)

    def settle(self) -> bool | None:
        """Return True when the best pattern is the cheapest, False when none is so cheap, None at the limit of work."""
        while not self._work.over:
            outcome = self._whole.optimise(self._all, self._cost, partial=True)
            if outcome.status == "infeasible":
                return False
            if not self._by_cells and np.isfinite(outcome.bound):
                self._bound = max(self._bound, outcome.bound)
            if outcome.status != "optimal":
                return None
            if self.try_pattern(self.full(np.rint(outcome.x))):
                return True
        return None

    def full(self, x: Floats) -> Floats:
        """Return a pattern over all unknowns from one over the free ones."""
        chosen = self._fixed.copy()
        chosen[self._free] = np.clip(x, 0, 1)
        return chosen

    def hidden(self, chosen: Floats) -> frozenset[int]:
        """Return the unknowns that a decided pattern hides."""
        return frozenset(np.flatnonzero(chosen > 0.5).tolist())

    def try_pattern(self, chosen: Floats) -> bool:
        """Return whether the cheapest pattern under all cuts is safe; if not, it is mended, which finds many more
        cuts.
        """
        if not self.cut_off(chosen, most=len(self._fixed)):
            if not self._still_exact(self.hidden(chosen)):
                self._best = chosen
                return True
            self.more_than(chosen)
        for _ in range(_MENDINGS):
            chosen = self._mended(chosen)
            if not self.cut_off(chosen, most=len(self._fixed)):
                break
        else:
            return False
        cheaper = float((chosen - self._best)[self._free] @ self._price) < -_SMALL
        if cheaper and not self._still_exact(self.hidden(chosen)):
            self._best = chosen
        return False

    def _mended(self, chosen: Floats) -> Floats:
        """The pattern with further figures hidden, cheapest help first, until it keeps to all cuts."""
        chosen = chosen.copy()
        while True:
            missed = [
                (cells, values) for cells, values, least in self._rows if (chosen[cells] @ values) < least - _SMALL
            ]
            if not missed:
                return chosen
            help_ = np.zeros(len(chosen))
            for cells, values in missed:
                help_[cells] += np.maximum(values, 0)
            help_[chosen > 0.5] = 0
            best = int(self._free[(help_[self._free] / (1 + self._counts)).argmax()])
            if help_[best] <= 0:
                return self._everything()
            chosen[best] = 1

    def _everything(self) -> Floats:
        chosen = self._fixed.copy()
        chosen[self._free] = 1
        return chosen

    def cut_off(self, chosen: Floats, *, most: int) -> bool:
        """Attack a pattern and adds the cuts it violates; whether there were any."""
        lonely = self._lonely(chosen)
        self._attacker.pattern(chosen)
        cuts = self._attacker.cuts(self._free, most=most)
        for cut in cuts:
            self._add(cut)
        return lonely or bool(cuts)

    def more_than(self, chosen: Floats) -> None:
        """Ask for one more hidden figure than in a pattern that the whole-number audit refused."""
        self._add(Cut(self._free, np.where(chosen[self._free] > 0.5, 0.0, 1.0)))

    def _add(self, cut: Cut) -> None:
        used = cut.values > 0
        self._append(self._place[cut.unknowns[used]], cut.values[used], 1)

    def _append(self, columns: Ints, values: Floats, least: float) -> None:
        self._rows.append((self._free[columns], values, least))
        self._relaxed.add_row(columns, values, least, INFINITY)
        self._whole.add_row(columns, values, least, INFINITY)

    @property
    def _price(self) -> Floats:
        return np.ones_like(self._counts) if self._by_cells else self._cost

    @property
    def gap(self) -> int:
        """How much cheaper than the best pattern, in whole units of cost, another might still be."""
        if self._cells_wanted and not self._by_cells:
            return round(float(self._best[self._free].sum()))
        cost = self._best[self._free].sum() if self._by_cells else self._best[self._free] @ self._counts
        ties = 0.0 if self._by_cells else 0.5
        return max(0, round(float(cost)) - math.ceil(self._bound - ties - _SMALL))

    def found(self) -> Pattern:
        """Return the best pattern that was proven safe; hiding everything is the last resort."""
        hidden = self.hidden(self._best)
        complements = hidden & set(self._free.tolist())
        return Pattern(hidden, complements, self.gap == 0 and not self._attacker.fallen_back, self.gap)
