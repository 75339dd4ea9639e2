"""The cost limit, what may be counted towards it, and the events of the clock that cannot be read."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction

import pytest

from clearcount.errors import RequestError
from clearcount.foi import (
    ACTIVITIES,
    LIMITS,
    CostedWork,
    aggregate,
    cost,
    due,
    estimate,
    exemption,
    exemptions,
    minutes_from_sample,
    outcomes,
)


@pytest.mark.parametrize(
    ("records", "minutes", "other", "hours", "exceeds"),
    [
        (360, 3, 0, 18, False),
        (361, 3, 0, Fraction(361, 20), True),
        (216, 5, 0, 18, False),
        (217, 5, 0, Fraction(217, 12), True),
        (1144, 3, 0, Fraction(286, 5), True),
        (3715, 3, 0, Fraction(743, 4), True),
        (0, 5, 0, 0, False),
        (100, 0.1, 0, Fraction(1, 6), False),
        (340, 3, 1, 18, False),
        (340, 3, 1.01, Fraction(1801, 100), True),
        (0, 0, 18, 18, False),
    ],
)
def test_hours_cost_and_limit(records: int, minutes: float, other: float, hours: Fraction | int, exceeds: bool) -> None:
    found = cost(records, minutes, other)
    assert found.hours == hours
    assert found.as_dict() == {
        "hours": hours if isinstance(hours, int) else float(hours),
        "limit_hours": 18,
        "cost": int(hours * 25) if (hours * 25) == int(hours * 25) else float(hours * 25),
        "limit": 450,
        "exceeds": exceeds,
    }


def test_the_limit_is_exact_at_its_edge() -> None:
    """10,800 records at a tenth of a minute are 18 hours; binary fractions would say a little more."""
    assert not cost(10_800, 0.1).exceeds
    assert cost(10_801, 0.1).exceeds


@pytest.mark.parametrize("values", [(-1, 3, 0), (1, -3, 0), (1, 3, -0.5), (1, float("nan"), 0), (1, float("inf"), 0)])
def test_a_number_that_is_none_is_refused(values: tuple[int, float, float]) -> None:
    with pytest.raises(RequestError, match="0 or more"):
        cost(*values)


def test_four_activities_count_and_nothing_else() -> None:
    lines = [CostedWork(activity, 10, 6, "measured on ten records") for activity in ACTIVITIES]
    assert len(ACTIVITIES) == 4
    assert estimate(lines).hours == 4 and estimate([]).hours == 0
    for other in ("redaction", "considering exemptions", "consultation", "public interest test"):
        with pytest.raises(RequestError, match=r"may not be counted .* regulation 4\(3\)"):
            CostedWork(other, 1, 1)  # type: ignore[arg-type]


def test_a_timed_sample_gives_the_minutes() -> None:
    assert minutes_from_sample([2, 3, 4]) == 3
    assert minutes_from_sample([0.1, 0.2]) == 0.15
    for wrong in ([], [-1], [float("nan")]):
        with pytest.raises(RequestError):
            minutes_from_sample(wrong)


def test_limits_are_dated() -> None:
    assert cost(1, 1, on=date(2025, 1, 1)).limit == LIMITS[-1]
    assert [limit.since for limit in LIMITS] == sorted(limit.since for limit in LIMITS)
    with pytest.raises(RequestError, match="before 1 January 2005"):
        cost(1, 1, on=date(2004, 12, 31))


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ("2025-06-02", "2025-06-02", True),
        ("2025-06-02", "2025-08-26", True),
        ("2025-06-02", "2025-08-27", True),
        ("2025-06-02", "2025-08-28", False),
        ("2025-08-27", "2025-06-02", True),
        ("2025-09-06", "2025-09-07", True),
        ("2025-10-01", "2026-01-01", False),
        ("2025-06-01T23:30:00Z", "2025-08-27", True),
    ],
)
def test_sixty_consecutive_working_days(first: str, second: str, together: bool) -> None:
    assert aggregate(first, second) is together


@pytest.mark.parametrize(
    ("received", "said"),
    [
        ("2025-02-30", "is not a date"),
        ("22/07/2025", "is not a date"),
        ("20250722", "is not a date"),
        ("2025-W30-2", "is not a date"),
        ("", "is not a date"),
        ("tomorrow", "is not a date"),
        ("2025-07-22T25:00Z", "is not a date"),
        ("2025-07-22T10:00", "has no zone"),
        ("2025-07-22 10:00:00", "has no zone"),
        ("0001-01-01T00:00+14:00", "is not a date"),
        ("2025-07-22T10:00Europe", "is not a date"),
    ],
)
def test_a_receipt_that_is_not_certainly_one_day_is_refused(received: str, said: str) -> None:
    with pytest.raises(RequestError, match=said):
        due(received)


def test_a_time_object_without_a_zone_is_refused() -> None:
    with pytest.raises(RequestError, match="has no zone"):
        due(datetime(2025, 7, 22, 10))
    assert due(date(2025, 9, 3)).due == date(2025, 10, 1)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ("pause:2025-09-10", "cannot be read"),
        ("clarify", "cannot be read"),
        ("2025-09-10", "cannot be read"),
        ("pit:", "cannot be read"),
        ("pit:-1", "cannot be read"),
        ("pit:ten", "cannot be read"),
        ("pit:1001", "cannot be read"),
        ("pit:²", "cannot be read"),
        ("clarify:/2025-09-10", "has no first date"),
        ("clarify:2025-09-10/2025-09-09", "comes before the question"),
        ("clarify:2025-09-01/2025-09-09", "comes before the receipt"),
        ("clarify:2025-09-31/", "is not a date"),
        ("fee:2025-09-10/2025-09-09", "comes before the fees notice"),
        ("fee:2025-09-10/soon", "is not a date"),
    ],
)
def test_an_event_that_cannot_be_read_is_refused_with_the_way_to_write_it(event: str, said: str) -> None:
    with pytest.raises(RequestError, match=said):
        due("2025-09-03", [event])


def test_events_come_one_by_one_or_joined_and_blank_ones_are_nothing() -> None:
    joined = due("2025-09-03", "fee:2025-09-10/2025-09-16; pit:5 ;")
    assert (
        joined
        == due("2025-09-03", ["fee:2025-09-10/2025-09-16", "pit:5"])
        == due("2025-09-03", ["pit:2;pit:3", "fee:2025-09-10/2025-09-16"])
    )
    assert due("2025-09-03", "").due == date(2025, 10, 1)


def test_recorded_events_are_named_in_the_trace() -> None:
    days = {day.date.isoformat(): day for day in due("2025-09-03", "advice:2025-09-05;ack:2025-09-03").trace}
    assert days["2025-09-05"].counted == 2 and "section 16" in days["2025-09-05"].why
    assert "acknowledgement recorded, no effect" in days["2025-09-03"].why


def test_every_exemption_of_part_two_is_there() -> None:
    sections = [each.section for each in exemptions()]
    assert sections == ["21", "22", "22A", "23", "24", *map(str, range(26, 45))]
    absolute = {each.section for each in exemptions() if each.kind == "absolute"}
    assert absolute == {"21", "23", "32", "34", "41", "44"}, "section 2(3)"
    assert {each.section for each in exemptions() if each.kind == "mixed"} == {"36", "37", "40"}
    assert all(each.note for each in exemptions() if each.kind == "mixed")
    assert not exemption("23").needs_public_interest_test if exemption("23") else False


@pytest.mark.parametrize("spelling", ["40", "s40", "s.40", "S40(2)", "Section 40 (2)", " section 40(5A) "])
def test_an_exemption_in_any_spelling(spelling: str) -> None:
    found = exemption(spelling)
    assert found is not None and found.title == "Personal information" and found.needs_public_interest_test
    assert exemption("25") is None and exemption("") is None


def test_every_refusal_needs_a_notice_and_names_its_basis() -> None:
    known = {each.key: each for each in outcomes()}
    assert len(known) == len(outcomes()) >= 10
    assert all(each.basis and each.statistic and each.title for each in outcomes())
    for key in ("part", "withheld", "ncnd"):
        assert known[key].notice == "s17(1)"
    for key in ("cost", "cost-to-confirm", "vexatious", "repeated"):
        assert known[key].notice == "s17(5)"
