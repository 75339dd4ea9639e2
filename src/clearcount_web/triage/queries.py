"""Reading the queue and laying out an opened report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.shortcuts import get_object_or_404
from django.utils.timezone import localtime

from clearcount_web.accounts.models import User
from clearcount_web.reporting.forms import STEPS, in_words, summary
from clearcount_web.triage import keyring
from clearcount_web.triage.actions import Opened
from clearcount_web.triage.models import Report


@dataclass(frozen=True)
class Waiting:
    """One line of the queue, without content: hours since it came, whether a day has passed, messages not yet read."""

    report: Report
    hours: int
    overdue: bool
    unread: int


_UNREAD = Count("messages", filter=Q(messages__read_at=None))


def queue(*, now: datetime) -> list[Waiting]:
    """Reports without an outcome: danger first, then the oldest."""
    reports = Report.objects.filter(outcome="").annotate(unread=_UNREAD).order_by("-danger", "received_at")
    return [
        Waiting(each, int((now - each.received_at).total_seconds() // 3600), now > each.record_by, each.unread)
        for each in reports[:500]
    ]


def ended(limit: int = 50) -> list[Any]:
    """The reports that ended last, those with messages not yet read (`unread`) before all others."""
    return list(Report.objects.exclude(outcome="").annotate(unread=_UNREAD).order_by("-unread", "-outcome_at")[:limit])


def found(reference: str) -> Report:
    """The report of that reference, unopened. Raises Http404."""
    return get_object_or_404(Report, reference=reference)


def unlocked(officer: User) -> bool:
    """Whether this officer has unlocked the duty key in this process."""
    return bool(keyring.held(officer.get_username()))


def safe_contact(opened: Opened) -> list[tuple[str, str]]:
    """The facts that must always be in sight before anybody reaches for a phone."""
    answers = opened.answers
    ways = answers.get("10", {})
    wish = {"yes": "Yes, in a safe way", "no": "NO: wants to stay anonymous", "code": "Only by code on the site"}
    facts = [("Contact", wish.get(answers.get("9", {}).get("contact", ""), "not said"))]
    facts.append(("Voicemail", "yes" if ways.get("voicemail") == "yes" else "NO"))
    facts.append(("Calls", "yes" if ways.get("phone_safe") == "yes" else "NO"))
    facts.append(("Text messages", "yes" if ways.get("text_safe") == "yes" else "NO"))
    if answers.get("3", {}).get("who") in ("other", "witness"):
        safe = answers.get("8", {}).get("reach") == "yes"
        facts.append(("The person it happened to", "may be contacted" if safe else "DO NOT contact"))
    shown = (("phone", "Number"), ("email", "E-mail"), ("post", "Letter"), ("times", "Safe times"))
    for name, label in (*shown, ("other", "If someone else answers"), ("help", "Interpreter or BSL")):
        if ways.get(name):
            facts.append((label, str(ways[name])))
    return facts


def answered(opened: Opened) -> list[tuple[str, str]]:
    """Every question that was answered, with its answer in words."""
    return [(str(question), said) for _, question, said in summary(opened.answers) if said]


_COPY_ORDER = (
    ("Started or last happened", 5, "when"),
    ("Place", 5, "place"),
    ("App or website", 6, "apps"),
    ("About", 3, "who"),
    ("Age", 4, "age"),
    ("Happening", 5, "what"),
    ("Accounts", 6, "names"),
    ("Links", 6, "links"),
    ("Account given", 7, "story"),
    ("Kept", 8, "kept"),
    ("Risk", 11, "unsafe"),
)


def copy_out(opened: Opened) -> str:
    """The report as plain lines, in the order in which a crime system usually asks: when, where, who, what."""
    lines = [("Reported", f"{localtime(opened.report.received_at):%d/%m/%Y %H:%M}, {opened.report.channel}")]
    for label, step, name in _COPY_ORDER:
        said = in_words(STEPS[step].base_fields[name], opened.answers.get(str(step), {}).get(name))
        if said:
            lines.append((label, said))
    return "\n".join(f"{label}: {value}" for label, value in lines)


def person_export(opened: Opened) -> dict[str, Any]:
    """Everything held of one report, for the person it is about (right of access)."""
    report = opened.report
    return {
        "reference": report.reference,
        "channel": report.channel,
        "received_at": report.received_at.isoformat(),
        "outcome": report.get_outcome_display(),
        "outcome_number": report.outcome_number,
        "answers": opened.answers,
        "messages": [{"sent_at": str(m["sent_at"]), "text": m.get("text", "")} for m in opened.messages],
    }
