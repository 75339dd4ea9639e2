"""Every state, role and act: who may, when, and what a forbidden act leaves behind."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

sys.path.insert(0, str(Path(__file__).parent))
from casework import NAME, RECEIVED, act, bare, officer, opened, person

from clearcount_web.accounts.roles import EVERY_ROLE, Role
from clearcount_web.audit.models import Event
from clearcount_web.cases import forms
from clearcount_web.cases.acting import doing
from clearcount_web.cases.models import (
    Answer,
    Applicant,
    Case,
    Complaint,
    Contribution,
    DepartmentTask,
    Letter,
    Part,
    Pause,
    Review,
    Run,
    Worksheet,
)
from clearcount_web.cases.table import ACTS, BY_NAME, EVERY_STATE, S, acts_open_to, refusal
from clearcount_web.ground.refusals import Refused

ROLES = sorted(EVERY_ROLE)


def test_the_table_is_whole() -> None:
    assert len(BY_NAME) == len(ACTS)
    assert len({each.done for each in ACTS}) == len(ACTS)
    reached = {each.to for each in ACTS} - {None}
    assert reached | {S.RECEIVED} == EVERY_STATE, "each state is entered by an act, or by opening the case"
    for state in EVERY_STATE - {S.CLOSED, S.WITHDRAWN, S.LAPSED}:
        assert any(state in each.states and each.to not in (None, state) for each in ACTS), f"no way out of {state}"
    assert {each.name for each in ACTS if each.name in forms.NOT_A_FORM} <= {each.name for each in ACTS}
    assert set(forms.FORMS) <= set(BY_NAME)


@pytest.mark.parametrize("role", ROLES)
def test_nobody_outside_casework_may_do_anything(role: Role) -> None:
    if role in {Role.CONTACT_OFFICER, Role.ADMINISTRATOR}:
        assert all(acts_open_to(state, {role}) == () for state in EVERY_STATE)
    if role is Role.READER:
        assert all(acts_open_to(state, {role}) == (BY_NAME["see_hits"],) for state in EVERY_STATE)


def test_no_role_alone_makes_and_approves() -> None:
    for role in ROLES:
        mine = {each.name for each in ACTS if role in each.roles}
        assert not {"submit", "approve"} <= mine
        assert not {"approve", "publish"} <= mine and not {"submit", "publish"} <= mine


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_every_row_for(db: None, role: Role) -> None:
    rows(role, list(S))


def test_every_act_once_by_state_and_once_by_role(db: None) -> None:
    """The fast twin: each act is refused to somebody without its role, and in a state that is not its own."""
    rows(Role.CONTACT_OFFICER, [S.TRIAGE])
    for role in (Role.FOI_OFFICER, Role.DECISION_MAKER):
        rows(role, [S.LAPSED])


def rows(role: Role, states: list[S]) -> None:
    """Each act in each state by one role: done with its own event, or refused with a sentence and its event alone."""
    user = person(f"one-{role}", role)
    for number, state in enumerate(states):
        case = bare(state, 100 * ROLES.index(role) + number)
        before = Case.objects.filter(pk=case.pk).values().get()
        for each in ACTS:
            why = refusal(each, state, {role})
            assert (why is None) == (role in each.roles and state in each.states)
            if why is None:
                continue
            count = Event.objects.count()
            with pytest.raises(Refused) as refused, doing(case.pk, each.name, by=user):
                raise AssertionError("the block of a refused act runs")
            assert str(refused.value) == why and why.endswith(".") and each.words in why
            told = Event.objects.order_by("-number").first()
            assert told is not None and Event.objects.count() == count + 1
            assert (told.verb, told.key, told.actor) == ("case.refused", case.reference, user.username)
        assert Case.objects.filter(pk=case.pk).values().get() == before
    assert not Contribution.objects.exists()


def test_the_table_row_by_row() -> None:
    """Every state, role and act, without a database: who may is exactly who the table names, when it says."""
    for each in ACTS:
        for state in S:
            for role in ROLES:
                why = refusal(each, state, {role})
                assert (why is None) == (role in each.roles and state in each.states), (each.name, state, role)
                assert why is None or (why.endswith(".") and each.words in why)


def test_an_allowed_act_moves_the_case_and_leaves_one_event(db: None) -> None:
    case = opened()
    count = Event.objects.count()
    moved = act(case, "confirm", day=case.received_on)
    assert (moved.state, moved.version) == (S.TRIAGE, 1)
    told = Event.objects.order_by("-number").first()
    assert told is not None and told.verb == "case.confirmed" and Event.objects.count() == count + 1


def test_a_closed_account_may_do_nothing(db: None) -> None:
    case = opened()
    user = officer()
    user.is_active = False
    with pytest.raises(Refused), doing(case.pk, "confirm", by=user):
        pass


OWN_PAGE = {"sec-fetch-site": "same-origin"}
"""What a browser says of a form on our own page; a form of another site is stopped before it comes to any rule."""
POSTED = {
    "read_letter": "letter/", "write_plan": "plan/", "accept_doubt": "plan/accept", "choose_run": "counts/choose",
    "count": "counts/", "make_bundle": "bundle",
}  # fmt: skip
"""Acts with an address of their own; `see_applicant` is a page, and a department's two acts are on its own pages."""


def address_of(act_name: str, case: Case, task: DepartmentTask) -> str:
    """The address to which an act is sent."""
    if act_name in ("see_task", "answer_task"):
        return f"/cases/asked/{task.pk}/"
    if act_name == "see_applicant":
        return f"/cases/{case.pk}/applicant/"
    return f"/cases/{case.pk}/{POSTED.get(act_name, f'do/{act_name}/')}"


def kept() -> dict[str, list[Any]]:
    """Every row of casework."""
    models = (
        Answer,
        Applicant,
        Case,
        Complaint,
        Contribution,
        DepartmentTask,
        Letter,
        Part,
        Pause,
        Review,
        Run,
        Worksheet,
    )
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def over_the_wire(staff: Client, user: Any, role: Role, states: list[S]) -> None:
    """Each act in each state, as a browser sends it: what the table forbids is a sentence, and its event alone."""
    for number, state in enumerate(states):
        case = bare(state, number)
        Applicant.objects.create(case=case, name=NAME, address="a", letter="b")
        task = DepartmentTask.objects.create(
            case=case, number=1, kind="department", to=user, asks="x", asked_by=user, due_on=RECEIVED, asked_on=RECEIVED
        )
        for each in ACTS:
            address = address_of(each.name, case, task)
            if refusal(each, state, {role}) is None:
                continue
            before, count = kept(), Event.objects.count()
            send = staff.get if each.name in ("see_applicant", "see_task") else staff.post
            send = staff.get if each.name in ("see_applicant", "see_task") else staff.post
            answer = send(address, {"seen": str(case.version)}, headers=OWN_PAGE)
            assert answer.status_code in (403, 404, 405), (each.name, state, role, answer.status_code)
            assert "." in re.sub("<[^>]*>", "", answer.content.decode().partition("<main")[2]), "a sentence"
            assert kept() == before, (each.name, state, role)
            verbs = list(Event.objects.order_by("number").values_list("verb", flat=True))[count:]
            looked = {"case.task_seen"} if role is Role.DEPARTMENT else set()
            assert set(verbs) <= {"case.refused", *looked}, (each.name, state, role, verbs)
            assert len(verbs) <= 1 + len(looked)


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_every_act_in_every_state_over_the_wire_by(staff: Client, sign_in: Any, role: Role) -> None:
    over_the_wire(staff, sign_in(f"wire-{role}", role), role, list(S))


@pytest.mark.parametrize("role", ROLES)
def test_an_act_over_the_wire_by(staff: Client, sign_in: Any, role: Role) -> None:
    """The fast twin: one state for each role, another for each."""
    over_the_wire(staff, sign_in(f"wire-{role}", role), role, [list(S)[2 * ROLES.index(role) % len(S)]])


@pytest.mark.parametrize("role", ROLES)
def test_the_page_of_each_act_for(staff: Client, sign_in: Any, role: Role) -> None:
    case = opened()
    sign_in(f"page-{role}", role)
    for each in ACTS:
        if each.name in forms.NOT_A_FORM:
            continue
        asked = staff.get(f"/cases/{case.pk}/do/{each.name}/")
        sent = staff.post(f"/cases/{case.pk}/do/{each.name}/", {"seen": "99"})
        if refusal(each, S.RECEIVED, {role}) is None:
            assert asked.status_code == 200
        else:
            assert asked.status_code == 403 and sent.status_code == 403
    case.refresh_from_db()
    assert (case.state, case.version) == (S.RECEIVED, 0), "a page of another version does nothing"
