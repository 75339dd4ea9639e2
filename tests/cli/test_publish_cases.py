"""Answers that give a small count away together: each is protected or refused, for a user who counts and publishes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.cli.publishing import Office, Record, records

MONTHS = [f"2024-{month:02d}" for month in range(1, 13)]
WORD = {"rule": "word", "any": ["deepfake"]}


@pytest.fixture
def office(tmp_path: Path, run: Callable[..., Any]) -> Office:
    """An office without records."""
    return Office(tmp_path, run)


def _months(*counts: int, code: str = "086/02", district: str = "North") -> dict[tuple[str, ...], int]:
    return {(code, month, district): n for month, n in zip(MONTHS, counts, strict=False)}


def test_a_longer_period_after_a_shorter_one(office: Office) -> None:
    office.imports(records(_months(7, 7, 7, 7, 7, 6, 2)))
    first = office.answers("first", last="2024-06", columns="year")
    assert first["086/02", "2024"] == "41"
    done = office.counts("second", last="2024-07", columns="year")
    assert done.code == 2 or office.cells("second")["086/02", "2024"] == "[c]", office.cells("second")


DISTRICTS = [
    pytest.param({"where": {"district": ["North"]}}, {}, id="a district, then the area"),
    pytest.param({}, {"where": {"district": ["North"]}}, id="the area, then a district"),
    pytest.param({"where": {"district": ["north"]}}, {}, id="in small letters"),
    pytest.param(
        {"where": {"district": ["North"]}}, {"where": {"district": ["South", "North"]}}, id="the area by its values"
    ),
    pytest.param({"where": {"district": ["North"]}}, {"where": {"age": ["adult"]}}, id="the area by another column"),
    pytest.param({"where": {"district": ["North"]}}, {"force": "Another name"}, id="under another name of the force"),
    pytest.param(
        {"where": {"district": ["North"]}}, {"words": {"rule": "contains", "any": ["nothing"]}}, id="by a word in all"
    ),
]


@pytest.mark.parametrize(("one", "two"), DISTRICTS)
def test_a_part_and_the_whole_over_two_releases(office: Office, one: Any, two: Any) -> None:
    office.imports(records(_months(7, 7, 7, 6, 6, 6)) + records(_months(0, 1, 0, 1, district="South"), start=900))
    first = office.answers("first", columns="year", **one)
    done = office.counts("second", columns="year", **two)
    if done.code == 0:
        second = office.cells("second")
        both = {first["086/02", "2024"], second["086/02", "2024"]}
        assert not {"39", "41"} <= both, both


def test_districts_one_by_one_and_then_the_area(office: Office) -> None:
    """Every cell of the area is the sum of two cells that were printed or hidden before."""
    north, south = _months(3, 9, 7, 2, 8, 6), _months(8, 2, 6, 7, 1, 9, district="South")
    office.imports(records(north) + records(south, start=500))
    one = office.answers("one", where={"district": ["North"]})
    two = office.answers("two", where={"district": ["South"]})
    done = office.counts("three")
    if done.code == 0:
        three = office.cells("three")
        for n, month in enumerate(MONTHS[:6]):
            printed = [cells["086/02", month] for cells in (one, two, three)]
            small = min((3, 9, 7, 2, 8, 6)[n], (8, 2, 6, 7, 1, 9)[n]) < 5
            assert not small or sum(cell == "[c]" for cell in printed) >= 2, (month, printed)


REWORDINGS = [
    {"rule": "word", "any": ["Deepfake"]},
    {"rule": "word", "any": ["zzyzx", "deepfake"]},
    {"rule": "contains", "any": ["deepfake"]},
    {"rule": "word", "any": ["deepfakes", "deepfake"]},
    {"rule": "word", "any": ["deepfake"], "none": ["zzyzx deepfake"]},
]


@pytest.mark.parametrize("words", REWORDINGS)
def test_other_words_that_find_the_same_records_are_the_same_records(office: Office, words: Any) -> None:
    """July is 2; the period grows and the words change."""
    found = records(_months(7, 7, 7, 7, 7, 6, 2), text="a deepfake was sent")
    office.imports(found + records(_months(9, 9, 9, 9, 9, 9, 9), start=800))
    first = office.answers("first", columns="year", words=WORD)
    assert first["086/02", "2024"] == "41"
    done = office.counts("second", last="2024-07", columns="year", words=words)
    if done.code == 0:
        assert office.cells("second")["086/02", "2024"] != "43"


def test_a_replaced_version_stays_known_though_no_ledger_holds_it(office: Office) -> None:
    found = records(_months(2, 6, 9, 3, 8, 7), text="a deepfake was sent")
    rest = records(_months(18, 14, 11, 17, 12, 13), start=700)
    office.imports(found + rest)
    assert office.counts("one", last="2024-03", words=WORD).code == 0
    one = office.cells("one")
    done = office.counts("two", last="2024-06", words=WORD, supersedes="one")
    if done.code == 0:
        two = office.cells("two")
        if one["086/02", "total"] == "17" and one["086/02", "2024-03"] == "9":
            assert two["086/02", "2024-02"] == "[c]", two


def test_a_revised_month_loosens_that_month_alone(office: Office) -> None:
    """One more record of March is known later; January, which did not change, must not come out."""
    text = "a deepfake was sent"
    rest = records(_months(20, 20, 20, 20, 20, 20), start=700)
    office.imports(records(_months(2, 6, 9), text=text) + rest)
    one = office.answers("one", last="2024-03", words=WORD)
    office.imports(
        [*records(_months(2, 6, 9, 3, 8, 7), text=text), Record("LATE1", "086/02", "2024-03", text=text), *rest]
    )
    done = office.counts("two", last="2024-06", words=WORD)
    if done.code == 0:
        two = office.cells("two")
        assert one["086/02", "2024-01"] == one["086/02", "2024-02"] == "[c]", one
        assert two["086/02", "2024-01"] == two["086/02", "2024-02"] == "[c]", two


def test_occurrences_after_offences_of_the_same_records(office: Office) -> None:
    """One occurrence an offence: the printed count of offences says what the hidden count of occurrences is at most."""
    office.imports(records(_months(7, 8, 9, 7, 8, 3)))
    first = office.answers("first", columns="month")
    assert first["086/02", "2024-06"] == "[c]"
    done = office.counts("second", unit="occurrences")
    if done.code == 0:
        assert office.cells("second")["086/02", "2024-06"] == "[c]"


def test_two_analysts_at_once_the_second_is_audited_again(office: Office) -> None:
    office.imports(records(_months(7, 7, 7, 7, 7, 6, 2)))
    assert office.counts("first", last="2024-06", columns="year").code == 0
    assert office.counts("second", last="2024-07", columns="year").code == 0
    assert office.cells("second")["086/02", "2024"] == "43"
    assert office.publishes("first").code == 0
    refused = office.publishes("second")
    assert refused.code == 1 and "small count" in refused.err and "what to do" in refused.err
    assert office.publishes("first").code == 0  # once more is no second time
    listed = office.run("ledger", office.store, "list", "--json")
    assert listed.code == 0 and listed.out.count('"number"') == 1
