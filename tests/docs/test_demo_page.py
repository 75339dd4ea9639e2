"""The numbers on the page about the made-up export are those of its plan and of the golden tables."""

from __future__ import annotations

import csv
from pathlib import Path
from random import Random

from clearcount.demo import SEED
from clearcount.demo.plan import PUBLISHED, plan

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "demo.md").read_text(encoding="utf-8")


def test_the_plan_is_as_large_as_the_page_says() -> None:
    planned = plan(Random(SEED))
    assert f"A fixed plan of {len(planned)} occurrences" in PAGE
    inside = [each for each in planned[:-88] if each.offences[0][1] == "recorded"]
    further = inside[43:142]
    assert sum(each.offences[0][0] in PUBLISHED for each in further) == 59 and "59 under the codes" in PAGE
    assert sum(each.offences[0][0] in ("086/10", "008/71") for each in further) == 40
    assert len(planned) == 43 + 99 + 24 + 88


def test_the_two_totals_are_those_of_the_golden_tables() -> None:
    said = []
    for name in ("published_table.csv", "honest_table.csv"):
        with (ROOT / "tests" / "golden" / name).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        said.append((sum(int(row["value"]) for row in rows), len({row["period"] for row in rows})))
    (literal, months), (honest, more) = said
    assert f"the literal one has {literal} offences in {months} months" in PAGE
    assert f"the honest one {honest} in {more} of 30 months" in PAGE
