"""A shift's end: what waits on which report, and for whom, with how somebody may be reached before all else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.timezone import localtime

from clearcount_web.audit.actions import record
from clearcount_web.ground.refusals import Refused
from clearcount_web.occurrences.models import Wish
from clearcount_web.platform.databases import STAFF
from clearcount_web.reporting.answers import AnswersFault, from_sealed
from clearcount_web.triage import keyring, queries
from clearcount_web.triage.actions import OpenNote
from clearcount_web.triage.links import number_as_kept, reports_of_number
from clearcount_web.triage.models import Message, Note, Report
from clearcount_web.triage.narrowing import EVERYTHING
from clearcount_web.triage.safe_contact import facts_of

ADDRESSES = ("Number", "E-mail", "Letter")
"""Facts that a list on paper does without: who calls opens the report first."""


@dataclass(frozen=True)
class HandedOver:
    """One report of the list: its wishes, what waits on it, and what is to be done. `fault`: why it did not open."""

    line: queries.Line
    facts: tuple[Wish, ...]
    messages: int
    waits: tuple[str, ...]
    to_do: tuple[OpenNote, ...]
    fault: str = ""


def to_hand_over(*, now: datetime) -> queries.Listing:
    """Return the reports of the list: those without an outcome, and ended ones on which something still waits."""
    message = Exists(Message.objects.filter(report=OuterRef("pk"), read_at=None))
    to_do = Exists(Note.objects.filter(report=OuterRef("pk"), waits=True, done_at=None))
    reports = Report.objects.filter(Q(outcome="") | Q(message) | Q(to_do))
    return queries.listing(reports, EVERYTHING, "-danger", "received_at", now=now, found=None)


def handed_over(line: queries.Line, *, by: Any, now: datetime) -> HandedOver:
    """Open a report for the list: its wishes and notes, not its story. It stays unread; the look is an event.

    Raises:
        Refused: when this officer has not unlocked the key.
    """
    keys = keyring.held(by.get_username())
    if not keys:
        raise Refused("The duty key is locked. Unlock it first, then open the list again.")
    report = line.report
    with transaction.atomic(using=STAFF):
        record("report.handed_over", by=by, kind="report", key=report.reference)
    messages = report.messages.count()
    try:
        answers = from_sealed(keyring.open_with(keys, report.duty_box))
        to_do = tuple(
            OpenNote(note, str(keyring.open_with(keys, note.box).get("text", "")))
            for note in report.notes.filter(waits=True, done_at=None)
        )
    except (keyring.KeyFault, AnswersFault) as fault:
        return HandedOver(line, (), messages, _waits(line, now=now), (), str(fault))
    facts = tuple(wish for wish in facts_of(answers).all if wish.label not in ADDRESSES)
    return HandedOver(line, facts, messages, _waits(line, now=now), to_do)


def _waits(line: queries.Line, *, now: datetime) -> tuple[str, ...]:
    """Return what waits on a report, in words."""
    report, said = line.report, []
    if report.first_read_at is None:
        said.append("It was not read yet.")
    if line.unread:
        several = f"{line.unread} later messages were not read yet."
        said.append("A later message was not read yet." if line.unread == 1 else several)
    if not report.outcome:
        by = f"{localtime(report.record_by):%d %B, %H:%M}".lstrip("0")
        said.append(f"It was to be recorded by {by}: over." if line.overdue else f"It is to be recorded by {by}.")
    return tuple(said)


def find(number: str, *, by: Any, now: datetime) -> list[queries.Line]:
    """Return the reports that belong to an occurrence; the search is an event.

    Raises:
        Refused: when that is no number of an occurrence.
    """
    number = number_as_kept(number)
    found = reports_of_number(number)
    with transaction.atomic(using=STAFF):
        record("reports.searched", by=by, kind="occurrence", key=number, changes={"found": len(found)})
    shown = Report.objects.filter(pk__in=[report.pk for report in found])
    return queries.listing(shown, EVERYTHING, "received_at", now=now, found=None).lines()


def note_statistics(*, by: Any) -> None:
    """Note that somebody looked at the statistics."""
    with transaction.atomic(using=STAFF):
        record("statistics.read", by=by, kind="reports", key="weeks")
