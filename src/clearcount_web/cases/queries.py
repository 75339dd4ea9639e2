"""Reading cases: the one list, and one case without its applicant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404

from clearcount_web.accounts.models import User
from clearcount_web.audit.actions import record
from clearcount_web.audit.queries import events
from clearcount_web.cases.asking import open_tasks
from clearcount_web.cases.clock import days_left, in_words
from clearcount_web.cases.models import Applicant, Case, DepartmentTask, Part, Pause
from clearcount_web.cases.table import BY_NAME, ENDED, S, refusal
from clearcount_web.ground.refusals import enforce
from clearcount_web.platform.databases import STAFF

SOON = timedelta(days=7)
ONLY = (
    ("", "Every open case"),
    ("late", "Late"),
    ("soon", "Due within a week"),
    ("waiting", "Waiting for the applicant"),
    ("department", "Waiting for a department"),
    ("approval", "Waiting for approval or to be sent"),
    ("mine", "Those that I have"),
    ("free", "Those that nobody has"),
    ("ended", "Ended"),
)
WAITS = {
    S.RECEIVED: "somebody to confirm the day of receipt",
    S.INVALID: "the applicant, to make it valid",
    S.CLARIFYING: "clarification from the applicant",
    S.FEE_PENDING: "the fee",
    S.REVIEW: "approval",
    S.APPROVED: "sending",
    S.INTERNAL_REVIEW: "a reviewer who did not make the answer",
    S.ICO: "the regulator",
}


@dataclass(frozen=True)
class Narrowed:
    """What a list of cases is narrowed to: words of reference or title, one of ONLY, and one state."""

    words: str = ""
    only: str = ""
    state: str = ""


@dataclass(frozen=True)
class Line:
    """A case as the list shows it; `left` is in words, `late` says whether it is past its day."""

    case: Case
    left: str
    late: bool
    waits: str


def cases(asked: Narrowed, *, by: User, today: date) -> QuerySet[Case]:
    """Return the cases asked for, those that are due first at the top, in one query without text."""
    found = Case.objects.select_related("held_by").defer("plan")
    found = found.filter(state__in=ENDED) if asked.only == "ended" else found.exclude(state__in=ENDED)
    if asked.words:
        found = found.filter(Q(reference__icontains=asked.words) | Q(title__icontains=asked.words))
    if asked.state in S.values:
        found = found.filter(state=asked.state)
    narrowing = {
        "late": Q(due__lt=today),
        "soon": Q(due__gte=today, due__lte=today + SOON),
        "waiting": Q(state__in=(S.CLARIFYING, S.FEE_PENDING, S.INVALID)),
        "department": Q(pk__in=open_tasks().values("case")),
        "approval": Q(state__in=(S.REVIEW, S.APPROVED)),
        "mine": Q(held_by=by),
        "free": Q(held_by=None),
    }
    if asked.only in narrowing:
        found = found.filter(narrowing[asked.only])
    order = ("-ended_on", "-pk") if asked.only == "ended" else ("due_unknown", "due", "pk")
    return found.annotate(due_unknown=Q(due=None)).order_by(*order)


def lines(found: Iterable[Case], *, today: date) -> list[Line]:
    """Return the lines of a page of the list."""
    shown = list(found)
    tested: dict[int, list[int]] = {}
    for case_id, number in Part.objects.filter(case__in=shown, issued_on=None, due__isnull=False).values_list(
        "case_id", "number"
    ):
        tested.setdefault(case_id, []).append(number)
    asked: dict[int, list[str]] = {}
    for task in open_tasks().filter(case__in=shown).select_related("to").only("case_id", "due_on", "kind", "to__name"):
        whom = task.to.name if task.to is not None else "the national unit"
        asked.setdefault(task.case_id, []).append(f"{whom} ({_asked(task, today)})")
    return [_line(case, tested.get(case.pk, []), asked.get(case.pk, []), today) for case in shown]


def _asked(task: DepartmentTask, today: date) -> str:
    """By when a department answers, in words."""
    said = f"by {task.due_on.day} {task.due_on:%B}"
    return f"LATE, {said}" if task.due_on < today else said


def _line(case: Case, tested: Sequence[int], asked: Sequence[str], today: date) -> Line:
    left = in_words(days_left(case.due, today=today)) if case.due else "no day is set"
    waits = [WAITS[S(case.state)]] if case.state in WAITS else []
    if tested:
        waits.append(f"the public interest test of part {', '.join(map(str, tested))}")
    waits += asked
    return Line(case, left, bool(case.due and case.due < today), "; ".join(waits))


@dataclass(frozen=True)
class Backlog:
    """Open cases of one state: how many, how many are late, and the day on which the oldest came."""

    label: str
    number: int
    late: int
    oldest: date | None


def backlog(*, today: date) -> list[Backlog]:
    """Return how many cases are open in each state, in the order of a case's life."""
    found = []
    for state in S:
        if state in ENDED:
            continue
        rows = Case.objects.filter(state=state)
        told = rows.aggregate(number=Count("pk"), late=Count("pk", filter=Q(due__lt=today)))
        oldest = rows.order_by("received_on").values_list("received_on", flat=True).first()
        if told["number"]:
            found.append(Backlog(str(state.label), told["number"], told["late"], oldest))
    return found


def one(case_id: int) -> Case:
    """Return a case, without its applicant. Raises Http404."""
    return get_object_or_404(Case.objects.select_related("held_by"), pk=case_id)


def history(case: Case) -> list[str]:
    """Return what happened to a case, the newest first, without the reasons that were typed."""
    return [f"{event.at[:16].replace('T', ' ')} UTC: {event.verb}, {event.actor}" for event in events(
        kind="case", key=case.reference
    )]  # fmt: skip


def applicant_of(case: Case, *, by: User) -> Applicant:
    """Return who asked; the look is an event.

    Raises:
        Refused: for a role that must not know.
    """
    act = BY_NAME["see_applicant"]
    with transaction.atomic(using=STAFF):
        enforce(refusal(act, case.state, by.roles))
        record(f"case.{act.done}", by=by, kind="case", key=case.reference)
        return get_object_or_404(Applicant, case=case)


def open_pause(case: Case) -> Pause | None:
    """Return the pause that has not ended, or None."""
    return case.pauses.filter(ended_on=None).first()
