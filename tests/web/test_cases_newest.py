"""An answer rests on the newest count, or somebody says why not; and an answer that is published again and again."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localdate

sys.path.insert(0, str(Path(__file__).parent))
from casework import act, approve, opened, person, put_forward
from test_cases_counts import refused, worked
from test_records_living import brought, export, issue, later, plan_doubts, published, recounted, room

from clearcount_web.accounts.roles import Role
from clearcount_web.audit.models import Event
from clearcount_web.cases import releasing, runs
from clearcount_web.cases.models import Answer, Case, Regular, Run
from clearcount_web.cases.regular import move_on
from clearcount_web.disclosure_log.models import Release, Version
from clearcount_web.records.models import Recount

__all__ = ["room"]


def counted(case: Case, number: int) -> Run:
    """One more count of the plan, to its end."""
    act(case, "count", snapshot=None)
    worked(runs.JOB)
    run = Case.objects.get(pk=case.pk).runs.get(number=number)
    assert run.digest, run.fault
    return run


def corrected(room: Path) -> Case:
    """A case with a published answer and a correction that was counted on newer records."""
    case = published(room)
    brought(room / "store", export(room / "later", later()), 2, complete=True)
    act(case, "correct", reason="Records were added and changed since.")
    for doubt in plan_doubts(case):
        act(case, "accept_doubt", doubt=doubt, reason="Looked at.")
    counted(case, 2)
    return case


def test_a_correction_rests_on_no_count_that_is_published_or_older(room: Path) -> None:
    case = corrected(room)
    plan = Case.objects.get(pk=case.pk).plan
    act(case, "write_plan", plan=case.runs.get(number=1).plan)
    act(case, "choose_run", number=1, reason="It is the one that people know.")
    act(case, "answer_part", number=1, outcome="granted", held="yes", tables="1")
    act(case, "write_letter", kind="correction")
    assert "is published already, so it corrects nothing" in refused(case, "submit")
    act(case, "write_plan", plan=plan)
    act(case, "choose_run", number=2)
    issue_again(case)
    act(case, "correct", reason="Once more.")
    act(case, "write_plan", plan=case.runs.get(number=1).plan)
    said = refused(case, "choose_run", number=1, reason="It is the one that people know.")
    assert said == "Count 1 is older than count 2, which is published. Count again."
    assert list(Version.objects.values_list("number", flat=True).order_by("number")) == [1, 2]


def issue_again(case: Case) -> None:
    put_forward(case, kind="correction")
    approve(case)
    act(case, "sent", day=date(2026, 3, 30), how="by post")
    act(case, "publish", by=person("percy", Role.PUBLISHER), note="New records came in.")
    worked(releasing.JOB)
    assert Answer.objects.filter(case=case).latest("round").publish_fault == ""


def test_an_older_count_of_the_plan_wants_a_reason_and_is_shown_to_who_approves(
    room: Path, staff: Client, sign_in: Callable[..., Any]
) -> None:
    case = corrected(room)
    counted(case, 3)
    said = refused(case, "choose_run", number=2)
    assert said == "Count 3 of the same plan is newer. Say why the answer rests on count 2."
    sign_in("olive", Role.FOI_OFFICER)
    page = staff.get(f"/cases/{case.pk}/counts/").content.decode()
    assert "Count 3 of the same plan is newer. Why this one?" in page
    seen = str(Case.objects.get(pk=case.pk).version)
    given = {"number": "2", "seen": seen, "reason": "Count 3 was asked for twice by mistake."}
    assert staff.post(f"/cases/{case.pk}/counts/choose", given).status_code == 302
    told = Event.objects.filter(verb="case.run_chosen").latest("number")
    assert told.reason == given["reason"] and '"over":3' in told.changes
    act(case, "answer_part", number=1, outcome="granted", held="yes", tables="1")
    put_forward(case, kind="correction")
    sign_in("dilys", Role.DECISION_MAKER)
    page = staff.get(f"/cases/{case.pk}/do/approve/").content.decode()
    assert "Count 3 of the same plan is newer than count 2" in page and given["reason"] in page
    approve(case)


def test_a_count_that_ends_after_the_choice_is_asked_about_again(room: Path) -> None:
    case = corrected(room)
    act(case, "choose_run", number=2)
    act(case, "count", snapshot=None)
    act(case, "answer_part", number=1, outcome="granted", held="yes", tables="1")
    put_forward(case, kind="correction")
    worked(runs.JOB)  # it was under way when the answer was put forward
    answer = Answer.objects.get(case=case, round=2)
    said = refused(case, "approve", by=person("dilys", Role.DECISION_MAKER), seal=answer.seal)
    assert "Count 3 of the same plan is newer than count 2, on which the answer rests." in said
    act(case, "send_back", by=person("dilys", Role.DECISION_MAKER), reason="A newer count is there.")
    assert "is newer than count 2" in refused(case, "submit")
    act(case, "choose_run", number=3)
    put_forward(case, kind="correction")
    approve(case)


def test_an_answer_is_published_again_by_its_day(room: Path, staff: Client, sign_in: Callable[..., Any]) -> None:
    case = published(room)
    soon = localdate() + timedelta(days=10)
    assert "is not to come" in refused(case, "make_regular", every_months=3, next_on=localdate())
    act(case, "make_regular", every_months=3, next_on=soon)
    with pytest.raises(IntegrityError), transaction.atomic():
        Regular.objects.update(every_months=0)
    sign_in("amir", Role.ANALYST)
    page = staff.get("/cases/").content.decode()
    assert "published regularly" in page and f"{soon.day} {soon:%b %Y}" in page
    assert f"DTSTART;VALUE=DATE:{soon:%Y%m%d}" in staff.get("/cases/due-days.ics").content.decode()
    act(case, "close", day=localdate())
    assert "published regularly" in staff.get("/cases/").content.decode(), "a closed case keeps its days"

    unchanged = export(
        room / "same", [*later()[:1], *later()[1:], ("Z1", "105/01", "2023-06-01", "recorded", "A bus.")]
    )
    brought(room / "store", unchanged, 2)
    recounted()
    change = Recount.objects.get()
    sign_in("olive", Role.FOI_OFFICER)
    assert "(regular)" in staff.get("/records/answers/").content.decode()
    sent = staff.post(f"/records/answers/{change.pk}/", {"settled": "new version", "reason": "Its day comes."})
    assert sent.headers["Location"] == f"/cases/{case.pk}/do/correct/"
    act(case, "correct", reason="The figures of the next quarter.")
    issue(case, 2, day=date(2026, 3, 30))
    moved = Regular.objects.get(case=case).next_on
    assert soon + timedelta(days=80) < moved < soon + timedelta(days=100)
    act(case, "withdraw_answer", by=person("percy", Role.PUBLISHER), reason="A figure may be wrong.")
    assert not Regular.objects.exists() and "no regular publication" in refused(case, "end_regular", reason="x")
    assert "cannot be published regularly" in refused(case, "make_regular", every_months=3, next_on=soon)


def test_an_import_that_changes_nothing_still_offers_the_next_version(
    room: Path, staff: Client, sign_in: Callable[..., Any]
) -> None:
    case = published(room)
    brought(room / "store", export(room / "bus", [("Z1", "105/01", "2023-06-01", "recorded", "A bus.")]), 2)
    recounted()
    change = Recount.objects.get()
    assert (change.changed, change.causes, change.fault) == (0, {}, "")
    sign_in("olive", Role.FOI_OFFICER)
    given = {"settled": "new version", "reason": "Its day comes."}
    assert "nothing to decide" in staff.post(f"/records/answers/{change.pk}/", given).content.decode()
    act(case, "make_regular", every_months=1, next_on=localdate() + timedelta(days=3))
    assert "waits" in staff.get("/records/answers/").content.decode()
    assert staff.post(f"/records/answers/{change.pk}/", given).headers["Location"] == f"/cases/{case.pk}/do/correct/"


@pytest.mark.parametrize(
    ("every", "next_on", "today", "moved"),
    [
        (3, date(2026, 3, 1), date(2026, 2, 27), date(2026, 6, 1)),
        (3, date(2026, 3, 1), date(2026, 3, 1), date(2026, 6, 1)),
        (3, date(2026, 3, 1), date(2026, 9, 4), date(2026, 12, 1)),
        (3, date(2026, 3, 1), date(2025, 12, 10), date(2026, 3, 1)),
        (1, date(2026, 1, 31), date(2026, 1, 31), date(2026, 2, 28)),
        (12, date(2028, 2, 29), date(2028, 2, 1), date(2029, 2, 28)),
    ],
)
def test_the_next_day_of_a_regular_answer(room: Path, every: int, next_on: date, today: date, moved: date) -> None:
    case = opened()
    Regular.objects.create(case=case, every_months=every, next_on=next_on, set_by=person("olive"), set_on=next_on)
    move_on(case, today=today)
    assert Regular.objects.get().next_on == moved


def test_what_a_stopped_worker_published_is_noted_whatever_was_begun_since(room: Path) -> None:
    """The worker dies between the two databases, and an internal review changes the seal before it comes again."""
    case = published(room)
    Answer.objects.filter(case=case).update(published_by=None, published_at=None, slug="")
    act(case, "ask_review", day=date(2026, 3, 25))
    worked(releasing.JOB)
    answer = Answer.objects.get(case=case)
    assert (answer.slug, answer.publish_fault) == (Release.objects.get().slug, "")
    assert Version.objects.count() == 1


def test_what_was_taken_down_before_a_stop_is_noted(room: Path) -> None:
    case = published(room)
    percy = person("percy", Role.PUBLISHER)
    releasing.publishing.withdraw(
        Release.objects.get().slug, at=timezone.now(), reason="A figure may be wrong.", by=percy
    )
    act(case, "withdraw_answer", by=percy, reason="A figure may be wrong.")
    answer = Answer.objects.get(case=case)
    assert answer.withdrawn_by == percy and Release.objects.get().withdrawn_at is not None
