"""The quarterly return, and the deletion of who asked."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

sys.path.insert(0, str(Path(__file__).parent))
from casework import NAME, act, approve, drafted, granted, issued, opened, put_forward

from clearcount_web.accounts.roles import Role
from clearcount_web.audit.models import Event
from clearcount_web.cases.models import Applicant, Case, Part
from clearcount_web.cases.retention import delete_identities, due_for_deletion
from clearcount_web.cases.statistics import TIMES, Quarter, ended_as, measures

TODAY = date(2026, 6, 1)


def told() -> dict[str, int]:
    return dict(measures(Quarter(2026, 1), today=TODAY))


@pytest.mark.parametrize(
    ("number", "first", "after"),
    [(1, date(2026, 1, 1), date(2026, 4, 1)), (2, date(2026, 4, 1), date(2026, 7, 1)),
     (3, date(2026, 7, 1), date(2026, 10, 1)), (4, date(2026, 10, 1), date(2027, 1, 1))],
    ids=["1", "2", "3", "4"],
)  # fmt: skip
def test_a_quarter_has_its_days(number: int, first: date, after: date) -> None:
    assert (Quarter(2026, number).first, Quarter(2026, number).after) == (first, after)


def test_the_return_counts_requests_by_the_quarter_in_which_they_came(db: None) -> None:
    issued(opened("IN-TIME"), day=date(2026, 4, 1))
    issued(opened("LATE"), day=date(2026, 4, 2))
    opened("OPEN-LATE")
    opened("OTHER", received=date(2026, 4, 1))
    lapsed = opened("LAPSED")
    act(lapsed, "confirm", day=lapsed.received_on)
    act(lapsed, "plan", texts=["One?"])
    act(lapsed, "ask", day=date(2026, 3, 10))
    act(lapsed, "lapse", day=date(2026, 5, 10))
    found = told()
    assert found["received"] == 4 and found["answered in time"] == 1 and found["answered late"] == 1
    assert found["open and late"] == 1 and found["open"] == 0 and found["ended unanswered"] == 1
    assert found["granted in full"] == 2 and found["lapsed"] == 1
    assert sum(found[name] for name in TIMES) == found["received"]
    assert found["answered in full"] == 2


def test_a_part_under_test_is_late_by_its_own_day(db: None) -> None:
    case = drafted(opened(), "One?", "Two?")
    act(case, "test_interest", number=2, limb="31(1)(a)", days=20)
    put_forward(case)
    approve(case)
    act(case, "sent", day=date(2026, 4, 1))
    assert told()["open and late"] == 1 and told()["with a public interest test"] == 1
    act(case, "go_on")
    granted(case, 2)
    put_forward(case)
    approve(case)
    act(case, "sent", day=date(2026, 5, 1))
    found = told()
    assert found["answered in extended time"] == 1 == found["answered in full"] and not found["answered in time"]
    Part.objects.filter(case=case, number=2).update(test_told_on=date(2026, 4, 2))
    assert told()["answered late"] == 1, "who was told of the test after the twentieth day was answered late"


@pytest.mark.parametrize(
    ("outcomes", "line"),
    [
        (["granted", "granted"], "granted in full"),
        (["granted", "withheld"], "granted in part"),
        (["granted", "not-held"], "granted in part"),
        (["part"], "granted in part"),
        (["withheld", "cost"], "withheld"),
        (["not-held", "not-held"], "not held"),
        (["not-held", "withheld"], "withheld"),
        (["withdrawn"], "not counted"),
        (["granted", "other-regime"], "granted in full"),
        (["granted", ""], ""),
    ],
    ids=range(10),
)
def test_how_a_request_of_several_parts_ended(outcomes: list[str], line: str) -> None:
    parts = [Part(number=n, outcome=each, issued_on=TODAY if each else None) for n, each in enumerate(outcomes)]
    assert ended_as(Case(state="issued"), parts) == line


def test_the_file_has_a_heading_and_a_line_for_each_measure(staff: Client, sign_in: Callable[..., Any]) -> None:
    issued(opened())
    sign_in("dilys", Role.DECISION_MAKER)
    answer = staff.get("/cases/quarterly.csv?year=2026&quarter=1")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert (
        {row["quarter"] for row in rows} == {"2026-Q1"}
        and rows[0]["measure"] == "received"
        and rows[0]["number"] == "1"
    )
    assert 'filename="foi-2026-q1.csv"' in answer.headers["Content-Disposition"]
    for strange in ("year=x&quarter=1", "year=2026&quarter=9", "year=99999999999&quarter=1", ""):
        assert staff.get(f"/cases/quarterly.csv?{strange}").status_code == 200


def test_who_asked_is_deleted_by_its_day_and_the_case_stays(staff: Client, sign_in: Callable[..., Any]) -> None:
    case, kept, still = issued(opened("GOES")), issued(opened("KEPT")), issued(opened("OPEN"))
    for each in (case, kept):
        act(each, "close", day=date(2026, 3, 25))
    act(kept, "keep", reason="The regulator has it.")
    last = date(2026, 3, 25) + timedelta(days=settings.CASE_IDENTITY_DAYS)
    assert delete_identities(today=last) == 0
    assert delete_identities(today=last + timedelta(days=1)) == 1
    assert delete_identities(today=last + timedelta(days=1)) == 0
    who = Applicant.objects.get(case=case)
    assert (who.name, who.address, who.letter) == ("", "", "") and who.deleted_on is not None
    assert Applicant.objects.get(case=kept).name == NAME == Applicant.objects.get(case=still).name
    assert Event.objects.filter(verb="case.identity_deleted").count() == 1
    sign_in("olive", Role.FOI_OFFICER)
    assert "were deleted on" in staff.get(f"/cases/{case.pk}/applicant/").content.decode()
    assert Part.objects.filter(case=case).exists() and staff.get(f"/cases/{case.pk}/").status_code == 200
    act(kept, "keep", reason="")
    assert due_for_deletion(today=last + timedelta(days=1)).count() == 1
