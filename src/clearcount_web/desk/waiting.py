"""What waits for the person who has just signed in, in one line each with the page that shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.urls import reverse

from clearcount_web.accounts.models import User
from clearcount_web.accounts.roles import Role
from clearcount_web.cases.models import Answer, Case, DepartmentTask
from clearcount_web.cases.queries import SOON
from clearcount_web.cases.table import ENDED, S
from clearcount_web.correspondence.queries import waiting_requests
from clearcount_web.jobs.models import Job
from clearcount_web.review.models import ReadingRound
from clearcount_web.triage.models import Report


@dataclass(frozen=True)
class Waits:
    """How many of something wait, and where they are seen."""

    number: int
    words: str
    address: str


def waits_for(user: User, *, today: date) -> list[Waits]:
    """Return what waits for somebody with these roles; a line of nothing is left out."""
    lines = [line for role, find in _BY_ROLE.items() if user.has_role(role) for line in find(user, today)]
    return [line for line in dict.fromkeys(lines) if line.number]


def _officer(user: User, today: date) -> Iterator[Waits]:
    open_, cases = Case.objects.exclude(state__in=ENDED), reverse("cases:index")
    yield Waits(len(waiting_requests()), "requests of the form on the site that are no case yet", reverse("cases:new"))
    yield Waits(open_.filter(due__lt=today).count(), "cases that are late", f"{cases}?only=late")
    soon = open_.filter(due__gte=today, due__lte=today + SOON)
    yield Waits(soon.count(), "cases that are due within a week", f"{cases}?only=soon")
    late = DepartmentTask.objects.filter(answered_on=None, dropped_because="", due_on__lt=today)
    yield Waits(late.count(), "departments that are late", f"{cases}?only=department")
    yield Waits(open_.filter(state=S.APPROVED).count(), "approved answers to send", f"{cases}?state={S.APPROVED}")


def _analyst(user: User, today: date) -> Iterator[Waits]:
    address = f"{reverse('cases:index')}?state={S.SEARCHING}"
    yield Waits(Case.objects.filter(state=S.SEARCHING).count(), "cases that are being counted", address)


def _reader(user: User, today: date) -> Iterator[Waits]:
    yield Waits(ReadingRound.objects.filter(state=ReadingRound.State.OPEN).count(), "rounds of reading that are open",
                reverse("review:list"))  # fmt: skip


def _decider(user: User, today: date) -> Iterator[Waits]:
    address = f"{reverse('cases:index')}?state={S.REVIEW}"
    yield Waits(Case.objects.filter(state=S.REVIEW).count(), "answers that wait for approval", address)
    yield _withdrawals(user)


def _publisher(user: User, today: date) -> Iterator[Waits]:
    sent = Case.objects.filter(state__in=(S.ISSUED, S.CLOSED), run__isnull=False)
    ready = sent.filter(Q(answers__void_because="", answers__approved_by__isnull=False, answers__slug=""))
    address = f"{reverse('cases:index')}?state={S.ISSUED}"
    yield Waits(ready.distinct().count(), "answers with a count that are sent and not published", address)
    yield _withdrawals(user)


def _withdrawals(user: User) -> Waits:
    taken_down = Answer.objects.filter(withdrawn_by__isnull=False, withdrawal_checked_by=None)
    return Waits(taken_down.exclude(withdrawn_by=user).count(), "answers taken down that somebody else checks",
                 reverse("cases:index"))  # fmt: skip


def _contact(user: User, today: date) -> Iterator[Waits]:
    unread = Report.objects.filter(first_read_at=None)
    yield Waits(unread.count(), "reports that nobody has read", reverse("triage:queue"))


def _department(user: User, today: date) -> Iterator[Waits]:
    mine = DepartmentTask.objects.filter(to=user, answered_on=None, dropped_because="")
    yield Waits(mine.filter(due_on__lt=today).count(), "tasks that are late", reverse("cases:tasks"))
    yield Waits(mine.filter(due_on__gte=today).count(), "tasks that wait for your answer", reverse("cases:tasks"))


def _administrator(user: User, today: date) -> Iterator[Waits]:
    failed = Job.objects.filter(state=Job.State.FAILED)
    yield Waits(failed.count(), "pieces of background work that failed", reverse("jobs"))


_BY_ROLE: dict[Role, Callable[[User, date], Iterator[Waits]]] = {
    Role.FOI_OFFICER: _officer,
    Role.ANALYST: _analyst,
    Role.READER: _reader,
    Role.DECISION_MAKER: _decider,
    Role.PUBLISHER: _publisher,
    Role.CONTACT_OFFICER: _contact,
    Role.DEPARTMENT: _department,
    Role.ADMINISTRATOR: _administrator,
}
"""What each role looks for; a test holds it against the list of roles."""
