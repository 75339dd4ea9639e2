"""Reading the queue and laying out an opened report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.timezone import localtime

from clearcount_web.accounts.models import User
from clearcount_web.audit.models import Event
from clearcount_web.occurrences.models import Occurrence
from clearcount_web.reporting.forms import STEPS, field_of, in_words
from clearcount_web.triage import keyring, retention
from clearcount_web.triage.actions import Opened
from clearcount_web.triage.flags import Flag, Shared, flags_of, shared
from clearcount_web.triage.models import Report
from clearcount_web.triage.narrowing import EVERYTHING, Narrowed
from clearcount_web.triage.retention import messages_to_come
from clearcount_web.triage.safe_contact import facts_of


@dataclass(frozen=True)
class Line:
    """One line of a list, without content: hours since it came, whether a day has passed, and its flags."""

    report: Any
    hours: int
    overdue: bool
    flags: tuple[Flag, ...]

    @property
    def unread(self) -> int:
        """How many messages were not read yet."""
        return int(self.report.unread)

    @property
    def to_do(self) -> int:
        """How many notes ask for something that is not done."""
        return int(self.report.to_do)


@dataclass(frozen=True)
class Listing:
    """A list of reports in its order: the key of each, and what is needed to show some of them."""

    reports: QuerySet[Any]
    keys: list[int]
    found: Shared
    now: datetime

    def lines(self, keys: Iterable[int] | None = None) -> list[Line]:
        """Return the lines of these reports, of all by default; one that was deleted meanwhile is left out."""
        wanted = list(self.keys if keys is None else keys)
        rows = {row.pk: row for row in self.reports.filter(pk__in=wanted)}
        return [self._line(rows[key]) for key in wanted if key in rows]

    def _line(self, report: Any) -> Line:
        hours = int((self.now - report.received_at).total_seconds() // 3600)
        return Line(report, hours, self.now > report.record_by, flags_of(report, self.found))


def listing(reports: QuerySet[Any], narrowed: Narrowed, *order: str, now: datetime, found: Shared | None) -> Listing:
    """Return the reports that are left of some, in this order. `found`: what `shared` gave, read here by default."""
    found = found or shared()
    left = narrowed.of(reports, now=now).order_by(*order, "pk")
    return Listing(left, narrowed.shares(list(left.values_list("pk", flat=True)), found), found, now)


def waiting(narrowed: Narrowed = EVERYTHING, *, now: datetime, found: Shared | None = None) -> Listing:
    """Return the reports without an outcome: danger first, then the oldest. A report that is not listed is lost."""
    return listing(Report.objects.filter(outcome=""), narrowed, "-danger", "received_at", now=now, found=found)


def ended(narrowed: Narrowed = EVERYTHING, *, now: datetime, found: Shared | None = None) -> Listing:
    """Return the reports that ended last, those with messages not yet read (`unread`) before all others."""
    return listing(Report.objects.exclude(outcome=""), narrowed, "-unread", "-outcome_at", now=now, found=found)


@dataclass(frozen=True)
class Lookers:
    """One member of staff who opened a report: how often, and when last."""

    name: str
    times: int
    last: datetime


LOOKS = ("report.read", "report.sorted", "report.handed_over")


def lookers(report: Report) -> tuple[Lookers, ...]:
    """Return who opened a report, the latest first, as the audit says."""
    found = (
        Event.objects.filter(kind="report", key=report.reference, verb__in=LOOKS)
        .values("actor")
        .annotate(times=Count("number"), last=Max("at"))
        .order_by("-last")
    )
    return tuple(Lookers(row["actor"], row["times"], datetime.fromisoformat(row["last"])) for row in found)


def found(reference: str) -> Report:
    """Return the report of that reference, unopened. Raises Http404."""
    return get_object_or_404(Report, reference=reference)


def flags_shown(report: Report) -> tuple[Flag, ...]:
    """Return the flags of one report."""
    return flags_of(report, shared())


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
    return retention.not_carried_on(Report.objects.filter(pk=report.pk, outcome__gt=""), coming).exists()


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
        "notes": [{"written_at": str(each.note.written_at), "text": each.text} for each in opened.notes],
    }
