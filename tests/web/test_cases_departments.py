"""A department is asked by a day, sees no applicant, answers once; each look is an event. So does the national unit."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localdate

sys.path.insert(0, str(Path(__file__).parent))
from casework import ADDRESS, NAME, act, approve, decider, drafted, officer, opened, person, put_forward

from clearcount_web.accounts.roles import EVERY_ROLE, Role
from clearcount_web.audit.models import Event
from clearcount_web.cases import queries
from clearcount_web.cases.actions import current_answer
from clearcount_web.cases.letters import text_of
from clearcount_web.cases.models import Answer, Case, Contribution, DepartmentTask, Letter
from clearcount_web.desk.waiting import _BY_ROLE, waits_for
from clearcount_web.ground.refusals import Refused

ASKS = "How many warnings did you write, and where are they kept?"
ANSWER = {"held": "yes", "answer": "Forty, in the register.", "searched": "The register, by month.", "minutes": "20"}


def refused(case: Case, name: str, **given: Any) -> str:
    with pytest.raises(Refused) as why:
        act(case, name, **given)
    return str(why.value)


def asked(case: Case, *, days: int = 5, to: Any = None) -> DepartmentTask:
    """A task of a case for a department, `days` from today."""
    to = to or person("dep", Role.DEPARTMENT)
    act(case, "ask_department", to=to.pk, asks=ASKS, due_on=localdate() + timedelta(max(days, 0)))
    task = DepartmentTask.objects.filter(case=case).latest("number")
    if days < 0:
        task.due_on = localdate() + timedelta(days)
        task.save()
    return task


def test_a_department_answers_on_its_page_and_each_look_is_an_event(staff: Client, sign_in: Callable[..., Any]) -> None:
    case = drafted(opened())
    task = asked(case)
    sign_in("dep", Role.DEPARTMENT)
    assert "Tasks that wait for your answer: 1" in staff.get("/").content.decode()
    page = staff.get("/cases/asked/").content.decode()
    assert case.reference in page and 'aria-current="true"' in page
    shown = staff.get(f"/cases/asked/{task.pk}/").content.decode()
    assert ASKS in shown and "Who made the request is not told" in shown
    for hidden in ("Quenby", "briony@", "How many thefts"):
        assert hidden not in shown and hidden not in page
    looks = Event.objects.filter(verb="case.task_seen", key=case.reference)
    assert [event.actor for event in looks] == ["dep"]
    bad = staff.post(f"/cases/asked/{task.pk}/", {**ANSWER, "answer": f"As {NAME} knows"})
    assert "say who asked" in bad.content.decode()
    assert "This field is required" in staff.post(f"/cases/asked/{task.pk}/", {}).content.decode()
    sent = staff.post(f"/cases/asked/{task.pk}/", ANSWER)
    assert sent.headers["location"] == "/cases/asked/"
    task.refresh_from_db()
    assert (task.held, task.answer, task.minutes, task.answered_on) == ("yes", ANSWER["answer"], 20, localdate())
    again = staff.post(f"/cases/asked/{task.pk}/", {**ANSWER, "answer": "Fifty."})
    assert again.status_code == 403
    task.refresh_from_db()
    assert task.answer == ANSWER["answer"]
    assert looks.all().count() == 5, "a page that is sent is looked at too"
    for address in ("/cases/", f"/cases/{case.pk}/", f"/cases/{case.pk}/applicant/"):
        assert staff.get(address).status_code == 403
    sign_in("olive", Role.FOI_OFFICER)
    assert "Forty, in the register." in staff.get(f"/cases/{case.pk}/").content.decode()


def test_a_task_of_another_department_is_not_there(staff: Client, sign_in: Callable[..., Any]) -> None:
    case = drafted(opened())
    task = asked(case)
    other = sign_in("custody", Role.DEPARTMENT)
    assert staff.get(f"/cases/asked/{task.pk}/").status_code == 404
    assert staff.post(f"/cases/asked/{task.pk}/", ANSWER).status_code == 404
    assert case.reference not in staff.get("/cases/asked/").content.decode()
    assert "for somebody else" in refused(case, "answer_task", by=other, number=1, **ANSWER)
    assert not Event.objects.filter(verb="case.task_seen").exists()


def test_what_waits_and_what_is_late_is_on_the_list(staff: Client, sign_in: Callable[..., Any]) -> None:
    case, other = drafted(opened("LATE-DEPT")), opened("NOT-ASKED")
    asked(case, days=-3)
    today = localdate()
    found = queries.cases(queries.Narrowed(only="department"), by=officer(), today=today)
    assert [each.reference for each in found] == ["LATE-DEPT"] and other.pk
    assert "dep (LATE, by" in queries.lines(found, today=today)[0].waits
    sign_in("olive", Role.FOI_OFFICER)
    page = staff.get(f"/cases/{case.pk}/").content.decode()
    assert "LATE: no answer yet." in page and "A reminder to copy" in page and "was due on" in page
    act(case, "chase", number=1, due_on=today + timedelta(2))
    task = DepartmentTask.objects.get(case=case)
    assert (task.chased, task.chased_on, task.due_on) == (1, today, today + timedelta(2))
    act(case, "drop_task", number=1, reason="The register was enough.")
    assert "no such task" in refused(case, "chase", number=1, due_on=None)
    assert "no such task" in refused(case, "answer_task", by=person("dep"), number=1, **ANSWER)
    assert not queries.cases(queries.Narrowed(only="department"), by=officer(), today=today).exists()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"asks": f"What did {NAME} get?"}, "say who asked"),
        ({"asks": f"Write to {ADDRESS}"}, "say who asked"),
        ({"asks": "What of Quenby?"}, "say who asked"),
        ({"asks": "  "}, "what is asked"),
        ({"due_on": localdate() - timedelta(1)}, "is past"),
        ({"to": 99_999}, "answers for no department"),
    ],
    ids=range(6),
)
def test_a_task_that_cannot_be_is_refused(db: None, given: dict[str, Any], says: str) -> None:
    case = drafted(opened())
    known = {"to": person("dep", Role.DEPARTMENT).pk, "asks": ASKS, "due_on": localdate()}
    assert says in refused(case, "ask_department", **{**known, **given})
    assert not DepartmentTask.objects.exists()


def test_the_national_unit_is_told_no_name_and_its_reply_is_noted(staff: Client, sign_in: Callable[..., Any]) -> None:
    case = drafted(opened())
    act(case, "answer_part", number=1, outcome="withheld", held="yes", limb="40(2)", why="A person is identifiable.")
    act(case, "write_letter", kind="referral", own_words="The same request went to several forces.")
    letter = Letter.objects.get(case=case)
    said = text_of(letter, NAME)
    assert "Quenby" not in said and "Referral of a request" in said and "does not stop the clock" in said
    assert "How many thefts were recorded in 2025?" in said and "We consider section 40(2)" in said
    sign_in("dilys", Role.DECISION_MAKER)
    looks = Event.objects.filter(verb="case.applicant_seen").count()
    assert "Referral of a request" in staff.get(f"/cases/{case.pk}/letters/1/").content.decode()
    assert Event.objects.filter(verb="case.applicant_seen").count() == looks, "a letter without a name is no look"
    before = Case.objects.get(pk=case.pk).due
    act(case, "refer", asks="Is anybody else asked this?", due_on=localdate())
    assert Case.objects.get(pk=case.pk).due == before
    asked(case)
    assert "answers on its own page" in refused(case, "note_reply", number=2, answer="x")
    act(case, "note_reply", number=1, answer="Twelve forces. Answer it.")
    assert DepartmentTask.objects.get(case=case, number=1).answered_by == officer()


def test_whoever_answered_for_a_department_does_not_approve(db: None) -> None:
    case = drafted(opened())
    both = person("both", Role.DEPARTMENT, Role.DECISION_MAKER)
    asked(case, to=both)
    act(case, "answer_task", by=both, number=1, **{**ANSWER, "minutes": 20})
    put_forward(case)
    answer = current_answer(case)
    assert answer is not None
    assert "You worked on this answer" in refused(case, "approve", by=both, seal=answer.seal)


def test_the_database_keeps_the_rules_of_a_task(db: None) -> None:
    task = asked(drafted(opened()))
    rows = DepartmentTask.objects.filter(pk=task.pk)
    for values in (
        {"to": None},
        {"kind": "referral"},
        {"answer": "x"},
        {"answered_on": localdate()},
        {"answered_on": localdate(), "answered_by": officer()},
        {"answer": "x", "answered_on": localdate(), "answered_by": officer(), "dropped_because": "x"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**values)


@pytest.mark.parametrize("role", sorted(EVERY_ROLE))
def test_nobody_lands_on_an_empty_start_page(staff: Client, sign_in: Callable[..., Any], role: Role) -> None:
    """Each role has a bar of rooms, on every page, and a start page that says what waits or that nothing does."""
    user = sign_in(f"starts-{role}", role)
    home = staff.get("/").content.decode()
    main = home.partition("<main")[2]
    assert 'aria-label="Rooms"' in home and ("Nothing waits for you." in main or "What waits for you" in main)
    assert main.count("<li>") >= 2, "a room of its own and the account"
    assert role in _BY_ROLE and isinstance(waits_for(user, today=localdate()), list)
    refused_page = staff.get("/nothing/").content.decode()
    assert 'aria-label="Rooms"' in refused_page, "also on a page that is not there"


def test_somebody_without_a_role_is_told_so(staff: Client, sign_in: Callable[..., Any]) -> None:
    sign_in("new")
    assert "You have no role yet" in staff.get("/").content.decode()


def test_the_start_page_says_what_waits(staff: Client, sign_in: Callable[..., Any]) -> None:
    put_forward(drafted(opened()))
    sign_in("dilys", Role.DECISION_MAKER)
    page = staff.get("/").content.decode()
    assert "Answers that wait for approval: 1" in page and "/cases/?state=review" in page


def test_the_database_lets_nobody_approve_or_publish_what_they_answered_for(db: None) -> None:
    """Whoever answered for a department is refused by the database, and nobody strikes out who worked on an answer."""
    now = timezone.now()
    dep = person("dep", *EVERY_ROLE)
    case = drafted(opened())
    asked(case)
    asked(case)
    act(case, "answer_task", by=dep, number=1, **ANSWER)
    put_forward(case)
    rows = Answer.objects.filter(case=case)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(approved_by=dep, approved_at=now)
    approve(case)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(published_by=dep, published_at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.create(case=case, round=2, seal="b" * 64, prepared_by=officer(), prepared_at=now,
                              approved_by=dep, approved_at=now)  # fmt: skip
    worked = Contribution.objects.filter(case=case)
    for wrong in (worked.delete, lambda: worked.update(round=9), lambda: worked.update(user=dep)):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()
    waiting = DepartmentTask.objects.filter(case=case, number=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        waiting.update(answer="x", answered_on=localdate(), answered_by=decider())
    assert waiting.update(answer="x", answered_on=localdate(), answered_by=dep)
    rows.update(published_by=person("percy", Role.PUBLISHER), published_at=now)
