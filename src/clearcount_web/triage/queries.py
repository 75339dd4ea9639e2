"""Reading the queue and laying out an opened report."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.timezone import localtime

from clearcount_web.accounts.models import User
from clearcount_web.occurrences.models import Occurrence
from clearcount_web.reporting.forms import STEPS, field_of, in_words
from clearcount_web.triage import keyring
from clearcount_web.triage.actions import Opened
from clearcount_web.triage.models import Report
from clearcount_web.triage.retention import held_back, messages_to_come
from clearcount_web.triage.safe_contact import facts_of


@dataclass(frozen=True)
class Waiting:
    """One line of the queue, without content: hours since it came, whether a day has passed, messages not yet read."""

    report: Report
    hours: int
    overdue: bool
    unread: int


_UNREAD = Count("messages", filter=Q(messages__read_at=None))


@dataclass(frozen=True)
class Narrowed:
    """What a list of reports is narrowed to: a part of a reference, and danger, unread, mine or free."""

    reference: str = ""
    only: str = ""
    officer: str = ""

    def of(self, reports: QuerySet[Any]) -> QuerySet[Any]:
        """Return the reports that are left."""
        if words := "".join(self.reference.split()).upper():
            fits = words.isascii() and words.replace("-", "").isalnum()  # no other sign is in a reference
            reports = reports.filter(reference__contains=words) if fits else reports.none()
        narrower = {
            "danger": Q(danger=True),
            "unread": Q(first_read_at=None) | Q(unread__gt=0),
            "mine": Q(held_by=self.officer),
            "free": Q(held_by=""),
        }
        return reports.filter(narrower[self.only]) if self.only in narrower else reports


def queue(*, now: datetime, narrowed: Narrowed = Narrowed()) -> list[Waiting]:
    """Return all reports without an outcome: danger first, then the oldest. A report that is not listed is lost."""
    reports: QuerySet[Any] = Report.objects.filter(outcome="").annotate(unread=_UNREAD)
    reports = narrowed.of(reports)
    reports = reports.order_by("-danger", "received_at")
    return [
        Waiting(each, int((now - each.received_at).total_seconds() // 3600), now > each.record_by, each.unread)
        for each in reports
    ]


def ended(narrowed: Narrowed = Narrowed()) -> QuerySet[Any]:
    """Return the reports that ended last, those with messages not yet read (`unread`) before all others."""
    reports: QuerySet[Any] = Report.objects.exclude(outcome="").annotate(unread=_UNREAD)
    reports = narrowed.of(reports)
    return reports.order_by("-unread", "-outcome_at")


def found(reference: str) -> Report:
    """Return the report of that reference, unopened. Raises Http404."""
    return get_object_or_404(Report, reference=reference)


def unlocked(officer: User) -> bool:
    """Return whether this officer has unlocked the duty key in this process."""
    return bool(keyring.held(officer.get_username()))


def answered(opened: Opened) -> list[tuple[str, str]]:
    """Return every question that was answered, with its answer in words."""
    found = []
    for form in STEPS.values():
        for name, field in form.base_fields.items():
            if said := in_words(field, getattr(opened.answers, name)):
                found.append((str(field.label), said))
    return found


_COPY_ORDER = (
    ("Started or last happened", "when"),
    ("Place", "place"),
    ("App or website", "apps"),
    ("Happening", "what"),
    ("Accounts", "names"),
    ("Links", "links"),
    ("Account given", "story"),
    ("Kept", "kept"),
)


def copy_out(opened: Opened) -> str:
    """Return the report as plain lines: first what whoever calls must know, then when, where and what."""
    lines = [wish.line for wish in facts_of(opened.answers).all]
    for message in opened.messages:  # it may change what stands above
        lines.append(f"Later message, {localtime(message['sent_at']):%d/%m/%Y %H:%M}: {message.get('text', '')}")
    if opened.answers.name:
        lines.append(f"Name to use: {opened.answers.name}")
    lines += ["", f"Report: {opened.report.reference}"]
    lines.append(f"Reported: {localtime(opened.report.received_at):%d/%m/%Y %H:%M}, {opened.report.channel}")
    for label, name in _COPY_ORDER:
        if said := in_words(field_of(name), getattr(opened.answers, name)):
            lines.append(f"{label}: {said}")
    return "\n".join(lines)


def occurrence_of(report: Report) -> Occurrence | None:
    """Return the occurrence that was made from a report."""
    return Occurrence.objects.filter(report=report.reference).first()


def not_carried_on(report: Report) -> bool:
    """Return whether the report has ended and safe contact, or a later message, was not carried on yet."""
    coming = messages_to_come(of=report.reference)
    return held_back(Report.objects.filter(pk=report.pk), coming).exists()


def person_export(opened: Opened) -> dict[str, Any]:
    """Return everything held of one report, for the person it is about (right of access)."""
    report = opened.report
    return {
        "reference": report.reference,
        "channel": report.channel,
        "received_at": report.received_at.isoformat(),
        "outcome": report.get_outcome_display(),
        "outcome_number": report.outcome_number,
        "answers": asdict(opened.answers),
        "messages": [{"sent_at": str(m["sent_at"]), "text": m.get("text", "")} for m in opened.messages],
        "replies": [{"sent_at": str(m["sent_at"]), "text": m.get("text", "")} for m in opened.replies],
    }
