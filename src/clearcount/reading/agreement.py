"""How far two coders agree.

Percentage, kappa and AC1 are shown together. Kappa falls when nearly all records are of one class, although the coders
hardly differ. The source is Gwet, British Journal of Mathematical and Statistical Psychology 61 (2008) 29-48.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain


@dataclass(frozen=True)
class Agreement:
    """Agreement of two coders over the same records.

    `po` is the share coded alike, `kappa` Cohen's kappa, `ac1` Gwet's AC1. `kappa` is nan where it is not defined:
    both coders put every record into one and the same class.
    """

    po: float
    kappa: float
    ac1: float


def agreement(table: Sequence[Sequence[int]]) -> Agreement:
    """Return the agreement in a square table of counts: coder 1 in rows, coder 2 in columns, the same classes in both.

    Chance agreement is sum(row share * column share) for kappa, and sum(pi * (1 - pi)) / (q - 1) for AC1. Here pi is
    the mean of both coders' shares of a class, and q the number of classes.

    Raises:
        ValueError: when the table is not square, has fewer than two classes, a negative count or no records.
    """
    classes = len(table)
    if classes < 2 or any(len(row) != classes for row in table):
        raise ValueError("the table must be square with two classes or more: coder 1 in rows, coder 2 in columns")
    if any(n < 0 for row in table for n in row):
        raise ValueError("the table holds a negative count")
    total = sum(map(sum, table))
    if total == 0:
        raise ValueError("the table holds no records: nothing was coded twice")
    rows = [sum(row) for row in table]
    columns = [sum(column) for column in zip(*table, strict=True)]
    alike = sum(table[k][k] for k in range(classes))
    # Whole numbers as long as possible, so that "undefined" is a fact and not a rounding.
    by_chance = sum(row * column for row, column in zip(rows, columns, strict=True))
    spread = sum((r + c) * (2 * total - r - c) for r, c in zip(rows, columns, strict=True))
    gwet_share, gwet_whole = spread, 4 * total * total * (classes - 1)
    return Agreement(
        po=alike / total,
        kappa=_beyond(alike * total, by_chance, total * total),
        ac1=_beyond(alike * gwet_whole, gwet_share * total, total * gwet_whole),
    )


def _beyond(observed: int, chance: int, whole: int) -> float:
    """(observed - chance) / (1 - chance), all three over `whole`."""
    return (observed - chance) / (whole - chance) if whole != chance else math.nan


def bootstrap(
    table: Sequence[Sequence[int]], measure: Callable[[Agreement], float], *, seed: int = 1, draws: int = 2000
) -> tuple[float, float]:
    """Return the 95 per cent percentile interval of one measure, by drawing the records anew `draws` times.

    Draws in which the measure is not defined are left out; (nan, nan) when that is all of them.
    """
    classes = len(table)
    cells = range(classes * classes)
    weights = list(chain.from_iterable(table))
    total = sum(weights)
    generator = random.Random(seed)  # noqa: S311  a simulation, not a secret
    values = []
    for _ in range(draws):
        drawn = [0] * len(weights)
        for cell in generator.choices(cells, weights, k=total):
            drawn[cell] += 1
        value = measure(agreement([drawn[k * classes : (k + 1) * classes] for k in range(classes)]))
        if not math.isnan(value):
            values.append(value)
    if not values:
        return math.nan, math.nan
    values.sort()
    cut = len(values) * 25 // 1000
    return values[cut], values[len(values) - 1 - cut]
