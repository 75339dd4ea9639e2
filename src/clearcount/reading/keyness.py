"""How much more often a word stands in one set of records than in another."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Keyness:
    """`log_likelihood` grows with the evidence of a difference. Above 10.83, p < 0.001 for one word looked at.
    `log_ratio` is its size in doublings: 1 is twice as often, -1 half as often.
    """

    log_likelihood: float
    log_ratio: float


def keyness(a: int, b: int, size_a: int, size_b: int) -> Keyness:
    """Compare `a` of `size_a` records that hold a word with `b` of `size_b`.

    Log-likelihood after Rayson, Garside, "Comparing corpora using frequency profiling" (2000). A count of 0 is put as
    0.5 in the ratio only.

    Raises:
        ValueError: unless 0 <= a <= size_a, 0 <= b <= size_b and both sizes are 1 or more.
    """
    for name, count, size in (("a", a, size_a), ("b", b, size_b)):
        if size < 1:
            raise ValueError(f"size_{name} must be at least 1, not {size}")
        if not 0 <= count <= size:
            raise ValueError(f"{name} must lie between 0 and size_{name} ({size}), not {count}")
    both, sizes = a + b, size_a + size_b
    likelihood = 2 * (_part(a, size_a * both / sizes) + _part(b, size_b * both / sizes))
    ratio = math.log2((a or 0.5) / size_a) - math.log2((b or 0.5) / size_b)
    return Keyness(max(0.0, likelihood), ratio)


def _part(count: int, expected: float) -> float:
    return count * math.log(count / expected) if count else 0.0
