"""Properties of the clock, for any day of the table, and a second way to compute it."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearcount.foi import LONDON, aggregate, due, packaged_calendar

CALENDAR = packaged_calendar()
RECEIPTS = st.dates(date(2012, 1, 1), date(2028, 6, 30))


def rules() -> ModuleType:
    path = Path(__file__).parents[2] / "tools" / "holiday_rules.py"
    spec = importlib.util.spec_from_file_location("holiday_rules", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


RULES = rules()


def nation_holidays() -> dict[date, set[str]]:
    found: dict[date, set[str]] = {}
    for year in range(2012, 2029):
        for nation in RULES.NATIONS:
            for day in RULES.holidays(year, nation):
                found.setdefault(day, set()).add(nation)
    return found


def test_the_packaged_table_is_what_the_rules_of_the_act_give() -> None:
    assert {day: set(titles) for day, titles in CALENDAR.days.items()} == nation_holidays()


def test_every_receipt_of_seventeen_years_agrees_with_a_plain_count() -> None:
    """The other way round: list the working days once, and take the twentieth after the receipt."""
    off = nation_holidays()
    days = [date(2012, 1, 1) + timedelta(days=n) for n in range((date(2028, 12, 31) - date(2012, 1, 1)).days + 1)]
    working = [day for day in days if day.weekday() < 5 and day not in off]
    at = 0
    for received in days[:-60]:
        while working[at] <= received:
            at += 1
        assert due(received).due == working[at + 19], received


@given(RECEIPTS, st.integers(0, 40))
def test_a_later_receipt_is_never_due_earlier(received: date, later: int) -> None:
    first, second = due(received).due, due(received + timedelta(days=later)).due
    assert first and second and first <= second


@given(RECEIPTS)
def test_due_is_a_working_day_and_the_twentieth(received: date) -> None:
    found = due(received)
    assert found.due and CALENDAR.is_working(found.due)
    assert CALENDAR.working_days(received + timedelta(days=1), found.due) == 20


@given(RECEIPTS)
def test_friday_night_saturday_and_sunday_are_one(received: date) -> None:
    friday = received - timedelta(days=(received.weekday() - 4) % 7)
    friday = max(friday, date(2012, 1, 6))
    assert due(friday).due == due(friday + timedelta(days=1)).due == due(friday + timedelta(days=2)).due


@given(RECEIPTS, st.integers(1, 40))
def test_another_holiday_never_makes_it_earlier(received: date, after: int) -> None:
    day = received + timedelta(days=after)
    more = replace(CALENDAR, days={**CALENDAR.days, day: {"Scotland": "Extra day"}})
    before, now = due(received, calendar=CALENDAR).due, due(received, calendar=more).due
    assert before and now and before <= now
    if received < day <= before and CALENDAR.is_working(day):
        assert before < now


@given(RECEIPTS, st.integers(0, 60), st.integers(0, 30))
def test_an_answer_to_a_clarification_is_a_receipt(received: date, asked: int, answered: int) -> None:
    question = received + timedelta(days=asked)
    answer = min(question + timedelta(days=answered), date(2028, 6, 30))
    question = min(question, answer)
    assert due(received, [f"clarify:{question}/{answer}"]).trace == due(answer).trace
    assert due(received, [f"clarify:{question}/"]).due is None


@given(RECEIPTS, st.integers(0, 30), st.integers(0, 30))
def test_a_fee_disregards_exactly_the_working_days_in_its_range(received: date, notice: int, paid: int) -> None:
    first = received + timedelta(days=notice)
    last = first + timedelta(days=paid)
    found, plain = due(received, f"fee:{first}/{last}").due, due(received).due
    assert found and plain
    inside = CALENDAR.working_days(max(first, received + timedelta(days=1)), min(last, found))
    assert CALENDAR.working_days(received + timedelta(days=1), found) == 20 + inside
    assert found >= plain and CALENDAR.is_working(found) and not first <= found <= last


@given(RECEIPTS, st.integers(0, 40))
def test_the_public_interest_test_adds_working_days(received: date, more: int) -> None:
    found = due(received, f"pit:{more}").due
    assert found and CALENDAR.working_days(received + timedelta(days=1), found) == 20 + more


@given(st.datetimes(), st.integers(-14 * 60, 14 * 60))
def test_a_time_is_read_in_london(moment: object, offset: int) -> None:
    from datetime import datetime, timezone

    assert isinstance(moment, datetime)
    given_time = moment.replace(year=2012 + moment.year % 16, day=min(moment.day, 28)).replace(
        tzinfo=timezone(timedelta(minutes=offset))
    )
    london = given_time.astimezone(LONDON).date()
    if london >= date(2012, 1, 1):
        assert due(given_time).received == due(given_time.isoformat()).received == london
        assert due(given_time).due == due(london).due


@given(RECEIPTS, st.integers(-120, 120))
def test_the_window_of_sixty_working_days(first: date, apart: int) -> None:
    second = min(max(first + timedelta(days=apart), date(2012, 1, 1)), date(2028, 12, 31))
    inside = CALENDAR.working_days(min(first, second), max(first, second))
    assert aggregate(first, second) == aggregate(second, first) == (inside <= 60)


@pytest.mark.parametrize(
    "kind", ["advice:", "referral:", "closure:2025-09-10/2025-09-19", "ack:2025-09-04", "ADVICE: "]
)
def test_what_is_recorded_has_no_effect(kind: str) -> None:
    assert due("2025-09-03", kind).due == due("2025-09-03").due
