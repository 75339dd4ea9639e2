"""The one list: what is due and why, narrowed, as a backlog and as a calendar file; and a calendar that changes."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.timezone import localdate

sys.path.insert(0, str(Path(__file__).parent))
from casework import act, approved, drafted, granted, issued, opened, person, put_forward

from clearcount.errors import CalendarError
from clearcount.foi import due, packaged_calendar
from clearcount_web.accounts.roles import Role
from clearcount_web.audit.models import Event
from clearcount_web.cases import queries, recomputing
from clearcount_web.cases.clock import Steps, clock_of, days_left, in_words
from clearcount_web.cases.ics import calendar_file
from clearcount_web.cases.models import Case, Part, Pause
from clearcount_web.cases.opening import take_from_form
from clearcount_web.cases.recomputing import recompute_due_days
from clearcount_web.correspondence.queries import waiting_requests
from clearcount_web.requesting.actions import keep_request
from clearcount_web.requesting.models import InboxRequest

TODAY = date(2026, 3, 25)


@pytest.mark.parametrize(
    "received",
    [
        date(2026, 1, 1),  # a bank holiday everywhere
        date(2026, 3, 17),  # Northern Ireland's alone
        date(2026, 4, 3),  # Good Friday
        date(2026, 4, 5),  # Easter Sunday
        date(2025, 12, 25),
        date(2026, 1, 2),  # Scotland's alone
        date(2026, 7, 11),  # a Saturday, with a bank holiday on the Monday in Northern Ireland
    ],
    ids=str,
)
def test_a_case_that_comes_on_a_day_off_is_due_as_the_law_counts(db: None, received: date) -> None:
    case = opened(received=received)
    wanted = due(received).due
    assert case.due == wanted and wanted is not None
    assert f"{received.day} {received:%B %Y}" in case.due_why and case.calendar == packaged_calendar().digest


def test_the_reason_names_the_days_left_out(db: None) -> None:
    case = opened()
    assert case.due_why == (
        "The 20th working day after it was received on 3 March 2026. "
        "Not counted: weekends, 17 March 2026 (St Patrick’s Day)."
    )


def test_beyond_the_bank_holidays_no_day_is_made_up() -> None:
    last = packaged_calendar().last
    case = Case(received_on=last - timedelta(days=5), state="triage")
    clock = clock_of(case, [], [], Steps())
    assert clock.due is None and "lies outside the bank-holiday table" in clock.why


@pytest.mark.parametrize(
    ("day", "left", "words"),
    [
        (TODAY, 0, "due today"),
        (date(2026, 3, 26), 1, "1 working day left"),
        (date(2026, 4, 7), 7, "7 working days left"),
        (date(2026, 3, 24), -1, "LATE by 1 working day"),
        (date(2026, 3, 13), -7, "LATE by 7 working days"),
        (date(2199, 1, 1), None, "unknown"),
    ],
    ids=str,
)
def test_days_left_are_said_in_words(day: date, left: int | None, words: str) -> None:
    assert days_left(day, today=TODAY) == left and in_words(left) == words


def listed(only: str = "", words: str = "", state: str = "") -> list[str]:
    by = person("olive", Role.FOI_OFFICER)
    found = queries.cases(queries.Narrowed(words, only, state), by=by, today=TODAY)
    return [line.case.reference for line in queries.lines(found, today=TODAY)]


def test_the_list_is_in_the_order_of_due_days_and_can_be_narrowed(db: None) -> None:
    late = opened("LATE-1", received=date(2026, 2, 2), title="Fraud by ward")
    soon = opened("SOON-1", received=date(2026, 2, 27))
    waits = opened("WAIT-1", received=date(2026, 2, 3))
    act(waits, "confirm", day=waits.received_on)
    act(waits, "ask", day=date(2026, 2, 10))
    approved(opened("APPR-1"))
    act(soon, "take", free=True)
    ended = opened("ENDS-1")
    act(ended, "confirm", day=ended.received_on)
    act(ended, "withdraw", day=TODAY)
    assert listed() == ["LATE-1", "SOON-1", "APPR-1", "WAIT-1"], "what has no day comes last"
    assert listed("late") == ["LATE-1"]
    assert listed("soon") == ["SOON-1", "APPR-1"]
    assert listed("waiting") == ["WAIT-1"]
    assert listed("approval") == ["APPR-1"]
    assert listed("free") == ["SOON-1"]
    assert listed("mine") == ["LATE-1", "APPR-1", "WAIT-1"]
    assert listed("ended") == ["ENDS-1"]
    assert listed(words="ward") == ["LATE-1"] == listed(words="late-")
    assert listed(state="clarifying") == ["WAIT-1"]
    assert listed(state="nonsense") == listed()
    rows = {row.label: (row.number, row.late) for row in queries.backlog(today=TODAY)}
    assert rows == {"received": (2, 1), "waiting for clarification": (1, 0), "approved, not sent": (1, 0)}
    assert late.held_by is not None


def test_the_page_says_late_and_what_it_waits_for_in_words(staff: Client, sign_in: Callable[..., Any]) -> None:
    case = opened("LATE-1", received=date(2026, 2, 2))
    act(case, "confirm", day=case.received_on)
    act(case, "plan", texts=["One", "Two"])
    act(case, "draft")
    granted(case, 1)
    act(case, "test_interest", number=2, limb="31(1)(a)", days=10)
    put_forward(case)
    sign_in("reader", Role.READER)
    page = staff.get("/cases/").content.decode()
    assert "LATE by" in page and "approval; the public interest test of part 2" in page
    assert "The 20th working day after it was received on 2 February 2026." in page
    assert "1 case, the one that is due first at the top" in page
    assert "Open a case" not in page, "a reader is not offered what a reader may not do"
    one = staff.get(f"/cases/{case.pk}/").content.decode()
    assert "day of receipt" in one and "own day" in one


def test_a_page_of_the_list_takes_few_queries(staff: Client, sign_in: Callable[..., Any]) -> None:
    from django.db import connection

    for number in range(12):
        opened(f"MANY-{number:02}")
    sign_in("olive", Role.FOI_OFFICER)
    with CaptureQueriesContext(
        connection,
    ) as few:
        assert staff.get("/cases/").status_code == 200
    assert len(few) <= 12, [each["sql"][:80] for each in few]


def test_the_calendar_file_holds_references_and_days_and_nothing_else(
    staff: Client, sign_in: Callable[..., Any]
) -> None:
    case = opened("FOI/26/1", title="A title; with, signs")
    waits = opened("WAIT-1")
    act(waits, "confirm", day=waits.received_on)
    act(waits, "ask", day=date(2026, 3, 10))
    sign_in("percy", Role.PUBLISHER)
    answer = staff.get("/cases/due-days.ics")
    text = answer.content.decode()
    assert answer.headers["content-type"].startswith("text/calendar")
    assert text.count("BEGIN:VEVENT") == 1 and "SUMMARY:FOI/26/1 is due" in text and "A title" not in text
    assert f"DTSTART;VALUE=DATE:{case.due:%Y%m%d}\r\n" in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n")) and text.endswith("END:VCALENDAR\r\n")
    assert "\n" not in text.replace("\r\n", "")


def test_signs_of_the_format_are_escaped_and_long_lines_folded() -> None:
    case = Case(pk=1, reference="A", due=TODAY, due_why="a; b, c\\d\nBEGIN:VEVENT " + "é" * 100)
    text = calendar_file([case], host="h", at=datetime(2026, 1, 1, tzinfo=UTC))
    assert text.count("\r\nBEGIN:VEVENT") == 1 and "a\\; b\\, c\\\\d BEGIN:VEVENT" in text
    assert text.replace("\r\n ", "").count("é") == 100


def proclaimed(folder: Path, day: date) -> Path:
    """A table of bank holidays with one more."""
    raw = packaged_calendar().to_mapping()
    raw["days"] = sorted([*raw["days"], [day.isoformat(), {"Scotland": "A made-up holiday"}]])
    path = folder / "bank-holidays.json"
    path.write_text(json.dumps(raw), encoding="utf-8")
    return path


def test_a_proclaimed_holiday_moves_the_open_cases_with_an_event(db: None, tmp_path: Path) -> None:
    case, waits, done = opened("OPEN-1"), opened("WAIT-1"), issued(opened("DONE-1"))
    act(waits, "confirm", day=waits.received_on)
    act(waits, "ask", day=date(2026, 3, 10))
    tested = drafted(opened("PART-1"), "One", "Two")
    act(tested, "test_interest", number=2, limb="31(1)(a)", days=10)
    before = case.due
    with override_settings(CALENDAR_FILE=proclaimed(tmp_path, date(2026, 3, 24))):
        assert recompute_due_days() == 2
        assert recompute_due_days() == 0, "once"
    case.refresh_from_db()
    assert before == date(2026, 4, 1) and case.due == date(2026, 4, 2) and "A made-up holiday" in case.due_why
    assert Part.objects.get(case=tested, number=2).due == due(tested.received_on, "pit:11").due
    told = Event.objects.filter(verb="case.recomputed").order_by("number")
    assert [event.key for event in told] == ["OPEN-1", "PART-1"]
    assert json.loads(told[0].changes)["due"] == ["2026-04-01", "2026-04-02"]
    done.refresh_from_db()
    assert done.due is None and Pause.objects.get(case=waits).ended_on is None


def test_a_case_whose_days_cannot_be_worked_out_stops_no_other(
    db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck, case = opened("STUCK-1"), opened("OPEN-1")
    refresh = recomputing.refresh_clock

    def beyond(of: Case) -> dict[str, tuple[str, str]]:
        if of.pk == stuck.pk:
            raise CalendarError("no bank holidays are known for 2031")
        return refresh(of)

    monkeypatch.setattr(recomputing, "refresh_clock", beyond)
    moved = override_settings(CALENDAR_FILE=proclaimed(tmp_path, date(2026, 3, 24)))
    with moved, pytest.raises(CalendarError, match="days of 1 open cases"):
        recompute_due_days()
    case.refresh_from_db()
    assert case.due == date(2026, 4, 2)


def test_a_page_that_is_sent_twice_opens_one_case_and_never_swallows_another(
    staff: Client, sign_in: Callable[..., Any]
) -> None:
    sign_in("olive", Role.FOI_OFFICER)
    page = staff.get("/cases/new/").content.decode()
    token = re.search(r'name="token" value="([0-9a-f]{10})"', page)
    assert token is not None
    given = {"title": "Counts", "reference": "", "channel": "post", "received_on_0": "3", "received_on_1": "3",
             "received_on_2": "2026", "name": "Sam Uphill", "address": "1 Road", "letter": "How many?",
             "token": token[1]}  # fmt: skip
    first, second = (staff.post("/cases/new/", given).headers["location"] for _ in range(2))
    assert first == second and Case.objects.count() == 1
    for change in ({"letter": "Another question?"}, {"name": "Ida Downey"}, {"title": "Robberies"}):
        said = staff.post("/cases/new/", {**given, **change})
        assert said.status_code == 200 and "has opened the case" in said.content.decode()
    assert Case.objects.count() == 1
    for odd in ("", "zz", "a" * 11):
        staff.post("/cases/new/", {**given, "token": odd})
    assert Case.objects.count() == 2, "only a page without a token opens one without looking back"


def test_a_request_of_the_form_becomes_one_case(staff: Client, sign_in: Callable[..., Any]) -> None:
    from uuid import UUID

    kept = keep_request(token=UUID(int=1), name="Sam Uphill", contact="s@post.example", text="How many?",
                        at=datetime(2026, 3, 3, 23, 30, tzinfo=UTC))  # fmt: skip
    officer = sign_in("olive", Role.FOI_OFFICER)
    assert kept.reference in staff.get("/cases/new/").content.decode()
    assert "Sam Uphill" in staff.get(f"/cases/new/form/{kept.reference}/").content.decode()
    sent = staff.post(f"/cases/new/form/{kept.reference}/", {"title": "Counts"})
    case = Case.objects.get()
    assert sent.headers["location"] == f"/cases/{case.pk}/"
    assert (case.received_on, case.channel, case.inbox) == (date(2026, 3, 3), "form", kept.reference)
    InboxRequest.objects.update(taken_at=None)  # a stop between the two databases
    again = take_from_form(InboxRequest.objects.get(), title="Counts", by=officer, at=timezone.now())
    assert again.pk == case.pk and Case.objects.count() == 1 and waiting_requests() == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"reference": "has space"}, "Use capital letters"),
        ({"received_on_0": "31", "received_on_1": "2"}, "real date"),
        ({"title": "For Sam Uphill"}, "say who asked"),
        ({"name": ""}, "required"),
        ({"received_on_2": str(localdate().year + 1)}, "still to come"),
        ({"letter": "x" * 50_001}, "at most"),
    ],
    ids=range(6),
)
def test_a_case_by_hand_is_asked_for_again_until_it_fits(
    staff: Client, sign_in: Callable[..., Any], change: dict[str, str], says: str
) -> None:
    sign_in("olive", Role.FOI_OFFICER)
    given = {"title": "Counts", "reference": "", "channel": "post", "received_on_0": "3", "received_on_1": "3",
             "received_on_2": "2026", "name": "Sam Uphill", "address": "1 Road", "letter": "How many?"}  # fmt: skip
    assert says in staff.post("/cases/new/", {**given, **change}).content.decode()
    assert not Case.objects.exists()
    assert staff.post("/cases/new/", given).status_code == 302


def test_two_references_of_one_year_follow_each_other(db: None) -> None:
    assert [opened().reference, opened().reference] == ["FOI-2026-00001", "FOI-2026-00002"]
    opened("FOI-2026-00041")
    assert opened().reference == "FOI-2026-00042"
