"""What may be done to a report. Each act is one transaction with its event; no event holds a word of the report."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localdate

from clearcount_web.audit.actions import record
from clearcount_web.audit.models import Event
from clearcount_web.ground.refusals import Refused
from clearcount_web.occurrences.actions import NewOffence, add_wish, open_occurrence
from clearcount_web.occurrences.models import Occurrence, Wish
from clearcount_web.platform.databases import PUBLIC, STAFF
from clearcount_web.reporting import actions as reporting
from clearcount_web.reporting import sealing
from clearcount_web.reporting.answers import AnswersFault, ReportAnswers, from_sealed
from clearcount_web.reporting.models import SealedMessage, SealedReport
from clearcount_web.triage import keyring
from clearcount_web.triage.carrying import note_waiting, occurrences_of, put_people, still_there
from clearcount_web.triage.marks import digester
from clearcount_web.triage.models import Message, Note, Reply, Report
from clearcount_web.triage.sorting import put

_SIGNS = "BCDFGHJKLMNPQRSTVWXZ23456789"
CHANNELS = ("phone", "counter", "messenger", "e-mail")


def take_reports() -> int:
    """Copy what arrived on the public side into triage, each once, however often it runs; gives the number of new."""
    taken = 0
    arrived = SealedReport.objects.values_list("reference", flat=True)
    fresh = set(arrived) - set(Report.objects.values_list("reference", flat=True))
    for reference in sorted(fresh):
        sealed = SealedReport.objects.get(reference=reference)
        with transaction.atomic(using=STAFF):
            _, made = Report.objects.get_or_create(
                reference=sealed.reference,
                defaults={
                    "duty_box": bytes(sealed.duty_box),
                    "recovery_box": bytes(sealed.recovery_box),
                    "danger": sealed.danger,
                    "received_at": sealed.received_at,
                },
            )
            if made:
                record("report.taken", by="worker", kind="report", key=sealed.reference)
                taken += 1
    have = set(Message.objects.values_list("public_id", flat=True))
    for sent in SealedMessage.objects.filter(from_visitor=True).select_related("report"):
        if sent.pk in have:
            continue
        with transaction.atomic(using=STAFF):
            _, made = Message.objects.get_or_create(
                public_id=sent.pk,
                defaults={
                    "report": Report.objects.get(reference=sent.report.reference),
                    "box": bytes(sent.box),
                    "recovery_box": bytes(sent.recovery_box),
                    "sent_at": sent.sent_at,
                },
            )
            if made:
                occurrences_of(sent.report.reference).update(message_waits=True)
                record("message.taken", by="worker", kind="report", key=sent.report.reference)
    return taken


@dataclass(frozen=True)
class OpenNote:
    """A note with its text."""

    note: Note
    text: str


@dataclass(frozen=True)
class Opened:
    """A report with its content, for the one page that shows it."""

    report: Report
    answers: ReportAnswers
    messages: tuple[dict[str, Any], ...]
    replies: tuple[dict[str, Any], ...]
    notes: tuple[OpenNote, ...]
    like: tuple[str, ...]


def open_report(report: Report, *, by: Any, now: datetime) -> Opened:
    """Open a report with the key that this officer unlocked; the reading is an event.

    Raises:
        Refused: when this officer has not unlocked the key, or it does not open the report.
    """
    keys = keyring.held(by.get_username())
    if not keys:
        raise Refused("The duty key is locked. Unlock it first, then open the report again.")
    try:
        content = keyring.open_with(keys, report.duty_box)
        answers = from_sealed(content)
        shown = list(report.messages.all())
        messages = tuple(keyring.open_with(keys, m.box) | {"sent_at": m.sent_at} for m in shown)
        replies = tuple(
            keyring.open_with(keys, left.box) | {"sent_at": left.sent_at, "sent_by": left.sent_by}
            for left in report.replies.all()
        )
        notes = tuple(
            OpenNote(note, str(keyring.open_with(keys, note.box).get("text", ""))) for note in report.notes.all()
        )
    except (keyring.KeyFault, AnswersFault) as fault:
        raise Refused(str(fault)) from None
    with transaction.atomic(using=STAFF):
        report = still_there(report)
        report.first_read_at = report.first_read_at or now
        report.save(update_fields=["first_read_at"])
        put(report, answers, digester(keys))
        # Only what is shown counts as read: a message that comes in meanwhile stays new.
        report.messages.filter(read_at=None, pk__in=[message.pk for message in shown]).update(read_at=now)
        record("report.read", by=by, kind="report", key=report.reference)
    same = Report.objects.filter(likeness=report.likeness).exclude(pk=report.pk) if report.likeness else []
    return Opened(report, answers, messages, replies, notes, tuple(each.reference for each in same))


def _reference(token: str) -> str:
    """Return a new reference; the same one for the same form, so that a form sent twice is one report."""
    if not token:
        return "S-" + "".join(secrets.choice(_SIGNS) for _ in range(8))
    digest = hashlib.blake2b(token.encode()[:64], key=settings.SECRET_KEY.encode()[:64], digest_size=8).digest()
    return "S-" + "".join(_SIGNS[each % len(_SIGNS)] for each in digest)


def enter_report(*, channel: str, answers: ReportAnswers, token: str = "", by: Any, now: datetime) -> Report:
    """Take a report that came by phone, counter, messenger or e-mail; it is sealed like an online one.

    Raises:
        Refused: when there are no public keys to seal it to.
    """
    keys = settings.REPORT_KEYS
    if keys is None:
        raise Refused("There are no report keys yet; an administrator makes them with: manage keys make DIR")
    reference = _reference(token)
    content = {"reference": reference, "received_at": now.isoformat()} | answers.sealed()
    with transaction.atomic(using=STAFF):
        report, made = Report.objects.get_or_create(
            reference=reference,
            defaults={
                "channel": channel,
                "duty_box": sealing.seal(content, keys.duty),
                "recovery_box": sealing.seal(content, keys.recovery),
                "danger": answers.in_danger,
                "received_at": now,
                "first_read_at": now,
            },
        )
        if not made:
            return report
        record("report.entered", by=by, kind="report", key=reference, changes={"channel": channel})
    return report


def close(
    report: Report, *, outcome: str, number: str, reason: str, carried_on: bool = False, by: Any, now: datetime
) -> None:
    """End a report with an outcome other than an occurrence here.

    `carried_on` says that the officer carried safe contact on to where the report is dealt with from now on.

    Raises:
        Refused: when it has ended already, or a number or reason is missing.
    """
    if outcome in ("force", "passed") and not number.strip():
        raise Refused("Write the number, or the force it was passed to.")
    if outcome in ("not_crime", "information") and not reason.strip():
        raise Refused("Say why, without naming anybody.")
    with transaction.atomic(using=STAFF):
        report = _open_still(report)
        report.outcome, report.outcome_number, report.outcome_at = outcome, number.strip(), now
        # What was carried on to an occurrence here when they were linked stays carried on, unless others take over.
        stays = report.carried_on_at if outcome in ("not_crime", "information") else None
        report.carried_on_at = now if carried_on else stays
        report.save(update_fields=["outcome", "outcome_number", "outcome_at", "carried_on_at"])
        changes: dict[str, tuple[str, str] | bool] = {"outcome": ("", outcome), "carried_on": carried_on}
        record("report.closed", by=by, kind="report", key=report.reference, changes=changes, reason=reason.strip())


@dataclass(frozen=True)
class NewRecord:
    """What an officer writes to record a report as an occurrence."""

    code: str
    committed_from: date | None
    summary: str
    mo: str = ""


def record_here(opened: Opened, new: NewRecord, *, by: Any, now: datetime) -> Occurrence:
    """Record an opened report as an occurrence here, in one transaction with its outcome.

    Safe contact, danger, age group and who it is about go to the people of the occurrence, word for word.

    Raises:
        Refused: when the report has ended already, or a code or date cannot be.
    """
    with transaction.atomic(using=STAFF):
        report = _open_still(opened.report)
        occurrence = open_occurrence(
            by=by,
            now=now,
            reported_on=localdate(report.received_at),
            summary=new.summary,
            mo=new.mo,
            offences=(NewOffence(new.code, new.committed_from),),
            report=report.reference,
            channel=report.channel,
        )
        put_people(occurrence, opened.answers, report=report, by=by)
        report.outcome, report.outcome_number, report.outcome_at = "occurrence", occurrence.number, now
        # A message may have changed a wish in words that no field holds: an officer carries that on by hand.
        occurrence.message_waits = bool(opened.messages)
        occurrence.save(update_fields=["message_waits"])
        report.carried_on_at = None if opened.messages else now
        report.save(update_fields=["outcome", "outcome_number", "outcome_at", "carried_on_at"])
        changes = {"outcome": "occurrence", "occurrence": occurrence.number}
        record("report.closed", by=by, kind="report", key=report.reference, changes=changes)
    return occurrence


def carry_on(opened: Opened, *, later: str, by: Any, now: datetime) -> None:
    """Note that safe contact was carried on to where an ended report is dealt with.

    On an occurrence here the people of the report are added when they are not there yet. `later` is what later
    messages say about safe contact; it goes to the top of their wishes.

    Raises:
        Refused: when the report has not ended.
    """
    with transaction.atomic(using=STAFF):
        report = still_there(opened.report)
        if not report.outcome:
            raise Refused("This report has not ended yet. End it, then carry safe contact on.")
        report.carried_on_at = now
        report.save(update_fields=["carried_on_at"])
        for occurrence in occurrences_of(report.reference):
            put_people(occurrence, opened.answers, report=report, by=by)
            if later.strip():
                for someone in occurrence.people.filter(report=report.reference):
                    add_wish(someone, Wish("Said later", later.strip()), by=by)
            note_waiting(occurrence)
        record("report.carried", by=by, kind="report", key=report.reference)


def _open_still(report: Report) -> Report:
    """The report under the write lock. Raises Refused when somebody has ended it meanwhile."""
    locked = still_there(report)
    if locked.outcome:
        raise Refused("This report has ended already; what was decided stands on its page.")
    return locked


def hold(report: Report, *, holds: bool, seen: str, by: Any, now: datetime) -> None:
    """Note that this officer has the report in hand, or has it no longer.

    `seen` is who had it on the page that was answered. Nobody takes a report over from somebody whom they did not see.

    Raises:
        Refused: when somebody else has taken it, or let it go, since that page was shown.
    """
    with transaction.atomic(using=STAFF):
        report = still_there(report)
        if report.held_by not in (seen, by.get_username()):
            who = f"{report.held_by} has this report by now." if report.held_by else "Nobody has this report any more."
            raise Refused(f"{who} Open it again, then decide.")
        before, after = report.held_by, by.get_username() if holds else ""
        report.held_by, report.held_at = after, now if holds else None
        report.save(update_fields=["held_by", "held_at"])
        verb = "report.held" if holds else "report.released"
        record(verb, by=by, kind="report", key=report.reference, changes={"held_by": (before, after)})


def reply(report: Report, text: str, *, by: Any, now: datetime) -> None:
    """Leave a reply that the visitor's code opens, and keep a copy for the desk, sealed to its keys.

    Raises:
        Refused: when the report did not come online, there is no text, or there are no keys.
    """
    sealed = SealedReport.objects.filter(reference=report.reference).first()
    if sealed is None:
        raise Refused("This report did not come online, so nobody holds a code to read a reply.")
    if not text.strip():
        raise Refused("There is no text; write the reply.")
    keys = settings.REPORT_KEYS
    if keys is None:
        raise Refused("There are no report keys, so the desk could not keep a copy; set CLEARCOUNT_REPORT_KEYS_FILE.")
    content = {"reference": report.reference, "text": text.strip()}
    with transaction.atomic(using=STAFF), transaction.atomic(using=PUBLIC):
        report = still_there(report)
        reporting.reply(sealed, text.strip(), now=now)
        Reply.objects.create(
            report=report,
            box=sealing.seal(content, keys.duty),
            recovery_box=sealing.seal(content, keys.recovery),
            sent_at=now,
            sent_by=by.get_username(),
        )
        record("reply.left", by=by, kind="report", key=report.reference)


def unlock(passphrase: str, *, by: Any) -> None:
    """Unlock the duty key for this officer alone, in this process. Raises Refused for a wrong passphrase."""
    if settings.DUTY_KEY_FILE is None:
        raise Refused("No duty key file is set; an administrator sets CLEARCOUNT_DUTY_KEY_FILE.")
    try:
        keyring.hold(keyring.unlock(settings.DUTY_KEY_FILE, passphrase), officer=by.get_username())
    except keyring.KeyFault as fault:
        with transaction.atomic(using=STAFF):
            record("key.refused", by=by, kind="key", key="duty")
        raise Refused(str(fault)) from None
    with transaction.atomic(using=STAFF):
        record("key.unlocked", by=by, kind="key", key="duty")


def lock(*, by: Any) -> None:
    """Lock the duty key again."""
    keyring.forget(by.get_username())
    with transaction.atomic(using=STAFF):
        record("key.locked", by=by, kind="key", key="duty")


WATCHED = timedelta(minutes=15)
"""How long a list that refreshes itself counts as one look."""


def note_look(told: str, *, again: bool, by: Any, now: datetime) -> None:
    """Note that an officer looks at the list of reports, narrowed to `told`.

    `again`: the page refreshed itself. A list that stays open is one event every quarter of an hour.
    """
    seen = Event.objects.filter(verb="reports.listed", actor=by.get_username(), key=told)
    since = (now - WATCHED).astimezone(UTC).isoformat(timespec="microseconds")
    if again and seen.filter(at__gt=since).exists():
        return
    with transaction.atomic(using=STAFF):
        record("reports.listed", by=by, kind="reports", key=told)
