"""How often the upper bound for missed records holds: 2,000 draws of each design, beside the bounds it replaces.

Peers: Wald's normal bound on the same samples, and the sum of a bound per stratum at a fifteenth of the error.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from clearcount.quality import missed_records
from clearcount.reading.sampling import allocate

SIZES = {
    f"s{k:02d}": size
    for k, size in enumerate((2400, 1800, 1500, 1200, 1000, 900, 800, 600, 500, 400, 300, 250, 150, 120, 80))
}
DESIGNS = [(missed, read) for missed in (10, 40, 120) for read in (300, 600)]


@dataclass(frozen=True)
class Covered:
    """The share of draws whose bound is at least the truth, and the median bound."""

    share: float
    median: float


@cache
def exact(found: int, read: int, frame: int) -> float:
    """The one-sided 95 per cent bound."""
    return missed_records(found, read, frame, sided="upper").upper


@cache
def exact_at(found: int, read: int, frame: int, strata: int) -> float:
    """The bound of one stratum at its part of the error."""
    return missed_records(found, read, frame, 1 - 0.05 / strata, sided="upper").upper


def wald(found: Mapping[str, int], shares: Mapping[str, int], sizes: Mapping[str, int]) -> float:
    """The stratified normal bound with finite-population correction."""
    estimate = sum(sizes[s] * found[s] / shares[s] for s in sizes)
    variance = sum(
        sizes[s] ** 2 * (1 - shares[s] / sizes[s]) * (p := found[s] / shares[s]) * (1 - p) / max(1, shares[s] - 1)
        for s in sizes
    )
    return estimate + 1.6449 * math.sqrt(variance)


def placed(missed: int, sizes: Mapping[str, int], *, concentrated: bool) -> dict[str, int]:
    """Where the missed records lie: in proportion to the strata, or all of them in the largest ones (a third each)."""
    if concentrated:
        largest = sorted(sizes, key=lambda s: -sizes[s])[:3]
        return {s: (missed // 3 + (missed % 3 if s == largest[0] else 0) if s in largest else 0) for s in sizes}
    return allocate(dict(sizes), missed)


def simulate(missed: int, read: int, *, concentrated: bool, draws: int, seed: int = 1) -> dict[str, Covered]:
    """Draws the sample `draws` times and asks each bound whether it holds."""
    generator = np.random.default_rng(seed)
    where, shares = placed(missed, SIZES, concentrated=concentrated), allocate(dict(SIZES), read)
    frame = sum(SIZES.values())
    finds = {s: generator.hypergeometric(where[s], SIZES[s] - where[s], shares[s], size=draws) for s in SIZES}
    bounds: dict[str, list[float]] = {"pooled exact": [], "Wald": [], "sum of strata": []}
    for k in range(draws):
        found = {s: int(finds[s][k]) for s in SIZES}
        bounds["pooled exact"].append(exact(sum(found.values()), read, frame))
        bounds["Wald"].append(wald(found, shares, SIZES))
        bounds["sum of strata"].append(sum(exact_at(found[s], shares[s], SIZES[s], len(SIZES)) for s in SIZES))
    return {name: Covered(_share(each, missed), statistics.median(each)) for name, each in bounds.items()}


def _share(bounds: Sequence[float], truth: int) -> float:
    return sum(bound >= truth for bound in bounds) / len(bounds)


def main(draws: int) -> bool:
    """Prints a line per design; whether the pooled exact bound covers at least 95 per cent in every one."""
    good = True
    print(
        f"missed-records bound, one-sided 95 per cent: {sum(SIZES.values()):,} records, {len(SIZES)} strata, "
        f"{draws:,} draws"
    )
    print("missed  read  where         " + "".join(f"{name:>24}" for name in ("pooled exact", "Wald", "sum of strata")))
    for missed, read in DESIGNS:
        for concentrated in (False, True):
            result = simulate(missed, read, concentrated=concentrated, draws=draws)
            cells = "".join(f"{each.share:>15.3f} ({each.median:>6,.0f})" for each in result.values())
            print(f"{missed:>6}  {read:>4}  {'concentrated' if concentrated else 'even':<12}{cells}")
            good &= result["pooled exact"].share >= 0.95
    return good
