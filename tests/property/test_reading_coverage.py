"""The bound for missed records holds as often as it promises, on samples really drawn; small beside bench/reading."""

from __future__ import annotations

import pytest

from clearcount.quality import missed_records
from clearcount.reading.sampling import Candidate, draw

SIZES = {"086/02 2023": 300, "086/02 2024": 150, "088/15 2024": 100, "008/71 2023": 40, "086/10 2024": 10}
FRAME = [Candidate(f"{name}-{n}", *name.split()) for name, size in SIZES.items() for n in range(size)]


@pytest.mark.parametrize(
    "relevant",
    [
        {each.key for at, each in enumerate(FRAME) if at % 30 == 0},  # 20, spread evenly
        {each.key for each in FRAME[:20]},  # 20, all in the largest stratum
        {each.key for each in FRAME[-10:]},  # 10, the whole of the smallest stratum
    ],
    ids=["even", "in the largest", "in the smallest"],
)
def test_reading_missed_records_bound_covers_at_least_nominally(relevant):
    held, draws = 0, 300
    for seed in range(draws):
        drawn = draw(FRAME, 60, seed=seed)
        found = sum(each.candidate.key in relevant for each in drawn)
        held += missed_records(found, 60, len(FRAME), sided="upper").upper >= len(relevant)
    # Nominal is 285 of 300; 11 fewer would happen once in a thousand to a bound that covers exactly 95 per cent.
    assert held >= 274
