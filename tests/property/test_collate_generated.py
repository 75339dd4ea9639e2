"""Tables with a known truth, in five formats: no wrong figure, and most are read.

A wrong cell is worse than a refused table: both are counted, apart.
"""

from __future__ import annotations

import random
from collections import Counter

import pytest

from clearcount.collate import Line, check_totals, tidy
from clearcount.collate.readers.opening import READERS
from clearcount.errors import ClearcountError

from .made_tables import FORMATS, Made, make

LEAST = {".csv": 0.85, ".html": 0.85, ".xlsx": 0.85, ".docx": 0.85, ".pdf": 0.70}


def read(kind: str, raw: bytes) -> list[Line]:
    page = READERS[kind](raw, f"answer{kind}")
    return [line for grid in page.grids for line in tidy(grid).lines]


def judge(made: Made, lines: list[Line]) -> tuple[int, int, list[str]]:
    """How many figures are read right, how many there are, and what is wrong."""
    left = Counter((t.label, t.group, t.measure, t.first, t.last, t.value, t.marker) for t in made.truths)
    total = left.total()
    wrong = []
    for line in lines:
        if line.unread or (line.marker == "blank" and not line.meaning.startswith("printed")):
            continue
        measure = "" if line.measure in ("Total", "Grand Total") else line.measure
        groups = [key for key in left if key[0] == line.label and key[1] in [*line.group.split(" | "), ""]]
        key = (
            line.label,
            next((k[1] for k in groups if k[1]), ""),
            measure,
            line.period_from,
            line.period_to,
            line.value,
            line.marker,
        )
        if left[key] > 0:
            left[key] -= 1
        else:
            wrong.append(f"{line.origin}: {key}")
    return total - left.total(), total, wrong


def run(seeds: range) -> None:
    right: Counter[str] = Counter()
    held: Counter[str] = Counter()
    faults: list[str] = []
    for seed in seeds:
        rng = random.Random(seed)
        made = make(rng)
        for kind, write in FORMATS.items():
            raw = write(made, rng)
            try:
                lines = read(kind, raw)
            except ClearcountError:
                held[kind] += len(made.truths)
                continue
            good, total, wrong = judge(made, lines)
            right[kind] += good
            held[kind] += total
            faults += [f"seed {seed} {kind} {each}" for each in wrong[:3]]
            faults += [f"seed {seed} {kind} total {each}" for each in check_totals(lines)[:2]]
    assert not faults, "\n".join(faults[:20])
    shares = {kind: right[kind] / held[kind] for kind in FORMATS}
    print(shares)
    assert all(shares[kind] >= LEAST[kind] for kind in FORMATS), shares


def test_no_figure_is_wrong_and_most_are_read() -> None:
    run(range(60))


@pytest.mark.slow
def test_no_figure_of_two_thousand_tables_is_wrong() -> None:
    run(range(1000, 3000))
