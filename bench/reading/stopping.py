"""How often the stop test says "enough" when recall is below the target: one look, three planned looks, ten unplanned.

Recall counts the sample's own finds. Shown is the number of relevant records left that is hardest for one look.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from clearcount.quality import stop_test

LOOKS = {"three planned at 0.05 / 3": (3, 0.05 / 3), "ten unplanned at 0.05": (10, 0.05)}
CASES = ((45, 1_000, 600), (95, 3_000, 1_800), (190, 3_000, 1_200))


def exact(before: int, frame: int, read: int, left: int, level: float = 0.05) -> float:
    """The chance that one look passes although recall, the sample's finds included, is below target."""
    ways = sum(
        math.comb(left, found) * math.comb(frame - left, read - found)
        for found in range(min(left, read) + 1)
        if 20 * (before + found) < 19 * (before + left) and stop_test(before, found, read, frame).p < level
    )
    return float(Fraction(ways, math.comb(frame, read)))


def hardest(before: int, frame: int, read: int) -> int:
    """How many relevant records left make one look's false assurance highest."""
    return max(range(1, before), key=lambda left: exact(before, frame, read, left))


def false_assurance(
    before: int, frame: int, read: int, looks: int, level: float, *, left: int, draws: int, seed: int = 1
) -> float:
    """The share of draws in which some look passes although recall, the sample's finds included, is below target."""
    generator = np.random.default_rng(seed)
    ends = [read * (look + 1) // looks for look in range(looks)]
    wrong = 0
    for _ in range(draws):
        places = generator.choice(frame, left, replace=False)  # where the relevant ones lie in the random order
        for end in ends:
            found = int((places < end).sum())
            still_below = (before + found) < 0.95 * (before + left)
            if still_below and stop_test(before, found, end, frame).p < level:
                wrong += 1
                break
    return wrong / draws


def main(draws: int) -> bool:
    """Prints a line per case; whether one look keeps its promise exactly and three planned looks do in the draws."""
    good = True
    print(f"stop test at a target of 0.95, false assurance: one look exactly, several in {draws:,} draws")
    for before, frame, read in CASES:
        left = hardest(before, frame, read)
        one = exact(before, frame, read, left)
        several = [
            false_assurance(before, frame, read, looks, level, left=left, draws=draws)
            for looks, level in LOOKS.values()
        ]
        print(f"  {before} found, {read:,} of {frame:,} read: one look {one:.4f}", end="")
        print("".join(f", {name} {share:.3f}" for name, share in zip(LOOKS, several, strict=True)))
        good &= one <= 0.05 and several[0] <= 0.05
    return good
