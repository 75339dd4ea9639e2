"""What the tests of casework share: people, a case, and the way to each of its states."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

from django.conf import settings
from django.test import override_settings

from clearcount_web.accounts.models import RoleGrant, User
from clearcount_web.accounts.roles import Role
from clearcount_web.cases.actions import current_answer, do
from clearcount_web.cases.models import Answer, Case, Part
from clearcount_web.cases.opening import NewCase, open_case
from clearcount_web.cases.table import S

NAME, ADDRESS = "Briony Quenby-Tarn", "briony@quenby.example"
LETTER = f"Dear force,\n\nHow many thefts were recorded in 2025?\n\nYours,\n{NAME}"
RECEIVED = date(2026, 3, 3)


def person(username: str, *roles: Role) -> User:
    """A member of staff with these roles."""
    user = User.objects.filter(username=username).first() or User.objects.create_user(username)
    for role in roles:
        RoleGrant.objects.get_or_create(user=user, role=role, defaults={"source": RoleGrant.Source.LOCAL})
    user.__dict__.pop("roles", None)
    return user


def officer() -> User:
    """An FOI officer."""
    return person("olive", Role.FOI_OFFICER)


def decider() -> User:
    """A decision maker."""
    return person("dilys", Role.DECISION_MAKER)


def opened(reference: str = "", *, received: date = RECEIVED, title: str = "Thefts by year") -> Case:
    """A case that was just opened."""
    new = NewCase(title, "email", received, NAME, ADDRESS, LETTER, reference)
    return open_case(new, by=officer())


def act(case: Case, name: str, *, by: User | None = None, **given: Any) -> Case:
    """Does one act on the case as it is now."""
    seen = Case.objects.values_list("version", flat=True).get(pk=case.pk)
    reached = replace(settings.FORCE, information_rights={"email": "foi@northmoor.example"})
    with override_settings(FORCE=reached):
        return do(case.pk, name, given, by=by or officer(), seen=seen)


def drafted(case: Case, *texts: str) -> Case:
    """Walks a new case to the draft of an answer in which every part is granted."""
    act(case, "confirm", day=case.received_on)
    act(case, "plan", texts=texts or ("How many thefts were recorded in 2025?",))
    act(case, "draft")
    for part in Part.objects.filter(case=case):
        granted(case, part.number)
    return case


def granted(case: Case, number: int = 1) -> Case:
    """Grants one part."""
    return act(case, "answer_part", number=number, outcome="granted", held="yes")


def submitted(case: Case) -> Case:
    """Walks a new case until it waits for approval."""
    return put_forward(drafted(case))


def put_forward(case: Case, *, by: User | None = None, kind: str = "answer") -> Case:
    """Writes the letter of the answer and puts it forward."""
    act(case, "write_letter", by=by, kind=kind)
    return act(case, "submit", by=by)


def approved(case: Case) -> Case:
    """Walks a new case until it is approved."""
    submitted(case)
    return approve(case)


def approve(case: Case, *, by: User | None = None) -> Case:
    """Approves what waits, on the day of receipt: an answer is not sent before it was approved."""
    answer = current_answer(Case.objects.get(pk=case.pk))
    done = act(case, "approve", by=by or decider(), seal=answer.seal if answer else "")
    Answer.objects.filter(case=case, void_because="", approved_by__isnull=False).update(
        approved_at=datetime.combine(case.received_on, time(12), tzinfo=UTC)
    )
    return done


def issued(case: Case, *, day: date = date(2026, 3, 20)) -> Case:
    """Walks a new case until its answer was sent."""
    return act(approved(case), "sent", day=day)


def bare(state: S, number: int) -> Case:
    """A row in one state, without the way there: for rules that look at the state alone."""
    ended = RECEIVED if state in (S.CLOSED, S.WITHDRAWN, S.LAPSED) else None
    return Case.objects.create(
        reference=f"BARE-{number}", title="Made up", channel="post", received_on=RECEIVED, state=state, ended_on=ended
    )
