"""Doing something to a case: one transaction with its rule, its clock and its event, or nothing but the refusal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from clearcount.errors import ClearcountError
from clearcount_web.accounts.models import User
from clearcount_web.audit.actions import Scalar, record
from clearcount_web.cases.answers import order_of, review_asked_on
from clearcount_web.cases.clock import Steps, clock_of, deadline
from clearcount_web.cases.identity import says_who
from clearcount_web.cases.models import Applicant, Case, Contribution
from clearcount_web.cases.table import BY_NAME, ENDED, Act, S, refusal
from clearcount_web.cases.two_people import may_review
from clearcount_web.ground.refusals import Refused, enforce
from clearcount_web.platform.databases import STAFF

STALE = (
    "Somebody changed this case after your page was opened, or you have sent this page before. Nothing was done. "
    "Open the case again and look at what is new."
)


@dataclass
class Doing:
    """An act under way: the locked case, who does it, and what its event will say."""

    case: Case
    act: Act
    by: User
    changes: dict[str, tuple[Scalar, Scalar] | Scalar] = field(default_factory=dict)
    reason: str = ""

    def ensure_nameless(self, *texts: str) -> None:
        """Raise Refused when a text that others read says who asked."""
        applicant = Applicant.objects.filter(case=self.case).first()
        if applicant is not None:
            enforce(says_who(applicant, texts))


@contextmanager
def doing(case_id: int, act_name: str, *, by: User, seen: int | None = None) -> Iterator[Doing]:
    """Do an act: everything in the block happens with its event, or nothing does.

    `seen` is the version of the case on the page that the act was sent from. A refused act leaves an event of its own.

    Raises:
        Refused: with a sentence, when the table, the version or the block forbids it.
        Http404: when there is no such case.
    """
    act = BY_NAME[act_name]
    reference = ""
    try:
        with transaction.atomic(using=STAFF):
            case = get_object_or_404(Case.objects.select_for_update(), pk=case_id)
            reference = case.reference
            enforce(refusal(act, case.state, by.roles if by.is_active else ()))
            if seen is not None and seen != case.version:
                raise Refused(STALE)
            if act.makes and case.state == S.DRAFTING and review_asked_on(case) is not None:
                enforce(may_review(case, by))
            now = Doing(case, act, by)
            before = {"state": case.state, "due": str(case.due or "")}
            yield now
            _finish(now, before)
    except Refused:
        note_refusal(reference, act, by=by)
        raise
    except ClearcountError as error:
        note_refusal(reference, act, by=by)
        raise Refused(f"{str(error)[:300]}.") from None
    except IntegrityError:
        note_refusal(reference, act, by=by)
        raise Refused(f"The database refused to {act.words}: a rule that it keeps would be broken.") from None


def _finish(now: Doing, before: Mapping[str, str]) -> None:
    case = now.case
    if now.act.to is not None:
        case.state = now.act.to
    case.version += 1
    parts_moved = refresh_clock(case)
    if now.act.makes:
        Contribution.objects.get_or_create(case=case, round=case.round, user=now.by)
    after = {"state": case.state, "due": str(case.due or "")}
    moved: dict[str, tuple[Scalar, Scalar] | Scalar] = {
        name: (before[name], after[name]) for name in before if before[name] != after[name]
    }
    case.save()
    record(
        f"case.{now.act.done}",
        by=now.by,
        kind="case",
        key=case.reference,
        changes={**now.changes, **moved, **parts_moved},
        reason=now.reason,
    )


def refresh_clock(case: Case) -> dict[str, tuple[str, str]]:
    """Work the stored day of a case and the own days of its parts out again; the caller saves the case.

    Gives the parts whose day moved, with the day before and after.

    Raises:
        RequestError, CalendarError: for days that the clock refuses.
    """
    pauses, parts = list(case.pauses.all()), list(case.parts.all())
    moved = {}
    for part in parts:
        if part.issued_on is None and part.test_days and case.state not in ENDED:
            day = deadline(case, pauses, more_days=part.test_days).due
            if day != part.due:
                moved[f"part_{part.number}"] = (str(part.due or ""), str(day or ""))
                part.due = day
                part.save(update_fields=["due"])
    order = order_of(case)
    steps = Steps(
        review_asked=review_asked_on(case),
        ordered_on=order.ended_on if order else None,
        steps_due=order.steps_due if order else None,
    )
    clock = clock_of(case, pauses, parts, steps)
    case.due, case.due_why, case.calendar = clock.due, clock.why[:400], clock.calendar
    return moved


def note_refusal(reference: str, act: Act, *, by: User) -> None:
    """Keep an event of an act that was refused; nothing else of it stays."""
    with transaction.atomic(using=STAFF):
        record("case.refused", by=by, kind="case", key=reference, changes={"act": act.name})


def seen_by(request: HttpRequest, case: Case) -> int:
    """Return the version that a page shows: its own again after a refusal, so that sending it twice changes nothing."""
    sent = whole_number(request.POST.get("seen")) if request.method == "POST" else case.version
    return -1 if sent is None else sent


def whole_number(value: Any) -> int | None:
    """Return the number in a form's field, or None."""
    text = str(value or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
