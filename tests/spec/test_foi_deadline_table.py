"""Deadlines written from the statute: section 10 of the Act, one row a case, every nation's holidays named.

`deadline_cases.csv` holds, for each case, the receipt, the events, the due day (empty: the clock does not run) and the
weekdays that are skipped because they are holidays, with the nations (EW, SC, NI) that keep them.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest

from clearcount.foi import due

NATIONS = {"EW": "England and Wales", "SC": "Scotland", "NI": "Northern Ireland"}


def cases() -> list[dict[str, str]]:
    with (Path(__file__).parent / "deadline_cases.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


CASES = cases()


def test_there_are_at_least_sixty_cases_each_with_its_own_name() -> None:
    assert len({case["case"] for case in CASES}) == len(CASES) >= 60


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_the_due_day_and_every_skipped_day(case: dict[str, str]) -> None:
    found = due(case["received"], case["events"])
    assert (found.due.isoformat() if found.due else "") == case["due"]
    if found.due is None:
        assert found.trace == ()
        return
    skipped = {}
    for day in found.trace[1:]:
        weekend = day.date.weekday() >= 5
        assert not weekend or (day.counted is None and day.why.startswith(("Saturday", "Sunday")))
        if not weekend and day.counted is None and not day.why.startswith("fee awaited"):
            skipped[day.date.isoformat()] = day.why
    expected = dict(entry.split(" ") for entry in case["holidays_skipped"].split("; ") if entry)
    assert set(skipped) == set(expected)
    for day, nations in expected.items():
        assert all(NATIONS[nation] in skipped[day] for nation in nations.split("/"))
        assert not any(name in skipped[day] for short, name in NATIONS.items() if short not in nations.split("/"))


@pytest.mark.parametrize("case", [case for case in CASES if case["due"]], ids=lambda case: str(case["case"]))
def test_the_trace_is_one_line_a_day_from_the_start_to_the_due_day(case: dict[str, str]) -> None:
    found = due(case["received"], case["events"])
    first, last = found.trace[0], found.trace[-1]
    days = [day.date for day in found.trace]
    assert days == [first.date + timedelta(days=n) for n in range(len(days))]
    assert first.counted is None and first.why.startswith("day of receipt")
    assert last.date == found.due == date.fromisoformat(case["due"])
    counted = [day.counted for day in found.trace if day.counted is not None]
    assert counted == list(range(1, len(counted) + 1))
    assert last.counted == len(counted) >= 20
    assert all(day.why for day in found.trace)
    assert "2012-01-01 to 2028-12-31" in found.calendar and "sha256" in found.calendar


@pytest.mark.parametrize(
    ("events", "late"),
    [
        ("clarify:2025-09-01/2025-09-05", [("clarification", "2025-09-01", "2025-07-30")]),
        ("clarify:2025-07-31/", [("clarification", "2025-07-31", "2025-07-30")]),
        ("clarify:2025-07-30/2025-08-29", []),
        ("clarify:2025-07-02/2025-07-02; clarify:2025-07-31/2025-08-01", []),
        (
            "clarify:2025-07-10/2025-07-14; clarify:2025-10-01/2025-10-02",
            [("clarification", "2025-10-01", "2025-08-12")],
        ),
        ("fee:2025-08-04/2025-08-06", [("fees notice", "2025-08-04", "2025-07-30")]),
        ("pit:20; clarify:2025-08-20/2025-08-22", []),
        ("fee:2025-07-07/2025-07-18; clarify:2025-08-11/2025-08-12", []),
        ("ack:2025-07-02", []),
    ],
)
def test_a_step_after_the_due_day_is_told(events: str, late: list[tuple[str, str, str]]) -> None:
    found = due("2025-07-01", events)
    assert len(found.warnings) == len(late)
    for warning, (what, asked, first_due) in zip(found.warnings, late, strict=True):
        assert what in warning and asked in warning and first_due in warning and "overdue" in warning


def test_a_question_before_the_table_of_holidays_is_no_error() -> None:
    assert due("1999-07-01", "clarify:1999-09-01/2025-09-05").warnings == ()
