"""Rounding: every count becomes a multiple of a base, or the middle of a band.

What it does: `controlled` rounds every figure to a multiple of the base beside it so that all sums still add up. The
sum of changes is the least (an integer programme). `nearest` and `midpoint-6` round the finest figures one by one, and
totals are added from the rounded ones.
Why: it keeps the shape of a table where suppression would empty it. Totals rounded on their own give counts away.
Example: base 5 prints 1 and 7 as 0 and 5 with total 5 or 10.
Use instead: coarser rows or periods keep true figures. Noise by cell key is not offered: it answers with figures that
are not those held. In sparse tables with printed zeros it still revealed some counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from clearcount.disclosure.equations import Equations
from clearcount.disclosure.policy import Policy
from clearcount.disclosure.solver import INFINITY, Ints, Matrix, Programme
from clearcount.errors import DisclosureError


@dataclass(frozen=True)
class RoundedFigure:
    """What is printed for one unknown, and the counts that a reader knows it may stand for."""

    value: int
    low: int
    high: int


def rounded(equations: Equations, policy: Policy, before: Mapping[int, int]) -> dict[int, RoundedFigure]:
    """Return the rounded figure of every unknown that is to be published.

    `before` are values that an earlier release printed. A figure keeps its value while its count can stand for it,
    because two roundings of one count tell more of it than one.

    Raises:
        DisclosureError: no additive rounding to neighbouring multiples, or within two of them, exists.
    """
    own = [index for index, unknown in enumerate(equations.unknowns) if unknown.count is not None]
    if not own:  # no question has a code, so there is no count
        return {}
    controlled = policy.method == "controlled"
    found = _controlled(equations, own, policy.base, before) if controlled else _one_by_one(equations, own, policy)
    impossible = {index: RoundedFigure(0, 0, 0) for index in own if equations.unknowns[index].high == 0}
    return found | impossible


def _controlled(equations: Equations, own: list[int], base: int, before: Mapping[int, int]) -> dict[int, RoundedFigure]:
    """Zero-restricted controlled rounding: a multiple of the base stays; where that adds up to nothing, one step more.

    Cox, "A constructive procedure for unbiased controlled rounding", JASA 82 (1987), posed as an integer programme.
    """
    counts: Ints = np.array([equations.unknowns[index].count or 0 for index in own], np.int64)
    place = {index: position for position, index in enumerate(own)}
    size = len(own)
    below = counts // base
    kept = np.array([before.get(index, -1) for index in own], np.int64)
    for slack, keep in ((0, True), (1, True), (2, True), (0, False), (1, False), (2, False)):
        if not keep and not before:
            break
        low = np.maximum(below - slack, 0)
        high = np.where(counts % base == 0, below, below + 1) + slack
        if keep:
            same = (kept >= 0) & (kept % base == 0) & (kept // base >= low) & (kept // base <= high)
            low, high = np.where(same, kept // base, low), np.where(same, kept // base, high)
        high[[equations.unknowns[index].high == 0 for index in own]] = 0
        # one column for the multiple and one for the change it makes; the change is at least both differences
        rows, bottom, top = [], [], []
        for total, parts in equations.sums:
            members = [total, *parts]
            if all(index in place for index in members):
                columns = np.array([place[index] for index in members], np.int64)
                rows.append((columns, np.array([1.0, *([-1.0] * len(parts))])))
                bottom.append(0.0)
                top.append(0.0)
        for position in range(size):
            for sign in (1.0, -1.0):
                columns = np.array([size + position, position], np.int64)
                rows.append((columns, np.array([1.0, sign * base])))
                bottom.append(sign * float(counts[position]))
                top.append(INFINITY)
        for less, than in equations.at_most:
            if all(index in place for index in (*less, *than)):
                columns = np.array([place[index] for index in (*less, *than)], np.int64)
                rows.append((columns, np.array([*([1.0] * len(less)), *([-1.0] * len(than))])))
                bottom.append(-INFINITY)
                top.append(0.0)
        programme = Programme(
            np.concatenate([low, np.zeros(size)]).astype(np.float64),
            np.concatenate([high, np.full(size, INFINITY)]).astype(np.float64),
            Matrix.of(rows),
            np.array(bottom),
            np.array(top),
            integer=True,
        )
        outcome = programme.optimise(np.arange(size, 2 * size, dtype=np.int64), np.ones(size))
        if outcome.status == "optimal":
            values = np.rint(outcome.x[:size]).astype(np.int64) * base
            reach = base * (slack + 1) - 1
            return {
                index: RoundedFigure(int(value), max(0, int(value) - reach), int(value) + reach)
                for index, value in zip(own, values, strict=True)
            }
    raise DisclosureError(
        f"no rounding to multiples of {base} adds up; use another base, coarser tables or suppression"
    )


def _one_by_one(equations: Equations, own: list[int], policy: Policy) -> dict[int, RoundedFigure]:
    printed = set(own)
    parts_of: dict[int, tuple[int, ...]] = {}
    for total, parts in equations.sums:
        if total in printed and printed.issuperset(parts):
            parts_of.setdefault(total, parts)
    found: dict[int, RoundedFigure] = {}

    def figure(index: int) -> RoundedFigure:
        if index not in found:
            if index in parts_of:
                parts = [figure(part) for part in parts_of[index]]
                found[index] = RoundedFigure(
                    sum(part.value for part in parts), sum(part.low for part in parts), sum(part.high for part in parts)
                )
            else:
                found[index] = _alone(equations.unknowns[index].count or 0, policy)
        return found[index]

    return {index: figure(index) for index in own}


def _alone(count: int, policy: Policy) -> RoundedFigure:
    if policy.method == "midpoint-6":
        if count == 0:
            return RoundedFigure(0, 0, 0)
        value = 6 * -(-count // 6) - 3
        return RoundedFigure(value, value - 2, value + 3)
    base = policy.base
    value = (2 * count + base) // (2 * base) * base  # halves go up
    low = value - base // 2
    return RoundedFigure(value, max(0, low), low + base - 1)
