"""The numbers on the pages about codes and the law's clock are those of the data; test_blocks.py runs the commands."""

from __future__ import annotations

from pathlib import Path

from clearcount.foi import exemptions, outcomes
from clearcount.offences import code_list

DOCS = Path(__file__).parents[2] / "docs" / "reference"


def test_the_numbers_on_the_codes_page_are_those_of_the_list() -> None:
    page = (DOCS / "codes.md").read_text(encoding="utf-8")
    listed = [code for code in code_list().codes.values() if code.listed]
    several = [code for code in listed if sum(row.source == "home-office" for row in code.rows) > 1]
    rows = [row for code in code_list().codes.values() for row in code.rows]
    assert f"{len(several)} of the {len(listed):,} codes" in page
    assert f"{sum(row.source == 'home-office' for row in rows):,} rows, {len(listed):,} codes" in page
    assert f"{sum(row.source == 'moj' for row in rows):,} further descriptions" in page


def test_every_exemption_and_outcome_says_what_it_rests_on() -> None:
    assert all(each.title and each.test for each in exemptions()) and all(each.basis for each in outcomes())
