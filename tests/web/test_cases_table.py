"""Every state, role and act: who may, when, and what a forbidden act leaves behind."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

sys.path.insert(0, str(Path(__file__).parent))
from casework import act, bare, officer, opened, person

from clearcount_web.accounts.roles import EVERY_ROLE, Role
from clearcount_web.audit.models import Event
from clearcount_web.cases import forms
from clearcount_web.cases.acting import doing
from clearcount_web.cases.models import Case, Contribution
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
