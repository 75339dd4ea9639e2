"""Sending a report, and the messages after it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from nacl.public import PublicKey

from clearcount_web.audit.actions import record
from clearcount_web.platform.databases import PUBLIC
from clearcount_web.reporting import sealing
from clearcount_web.reporting.drafts import Open
from clearcount_web.reporting.forms import answers_of
from clearcount_web.reporting.models import Draft, SealedMessage, SealedReport

_LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"


TOLD_FOR = timedelta(minutes=30)
"""How long after sending a browser that never got the answer can still ask for it."""


@dataclass(frozen=True)
class Sent:
    """What the visitor is told, once: the reference and the follow-up code."""

    reference: str
    code: str


def send(draft: Open, keys: sealing.PublicKeys, *, now: datetime) -> Sent:
    """Seal the report to both keys and deletes the draft. The same draft sent twice is one report."""
    code = sealing.code_for(draft.key)
    try:
        with transaction.atomic(using=PUBLIC):
            report = SealedReport.objects.filter(place=draft.row.place).first() or _seal(draft, keys, code, now)
            Draft.objects.filter(pk=draft.row.pk).delete()
    except IntegrityError:  # the other of two submits at once was faster
        report = SealedReport.objects.get(place=draft.row.place)
    return Sent(report.reference, code)


def _seal(draft: Open, keys: sealing.PublicKeys, code: str, now: datetime) -> SealedReport:
    reference = "R-" + "".join(secrets.choice(_LETTERS) for _ in range(8))
    answers = answers_of(draft.answers)
    content = {"reference": reference, "received_at": now.isoformat()} | answers.sealed()
    report = SealedReport.objects.create(
        place=draft.row.place,
        reference=reference,
        duty_box=sealing.seal(content, keys.duty),
        recovery_box=sealing.seal(content, keys.recovery),
        danger=answers.in_danger,
        received_at=now,
        code_hash=sealing.hash_of_code(code),
        reply_key=bytes(sealing.reply_key(code).public_key),
    )
    record("report.received", by="public", using=PUBLIC, kind="report", key=reference)
    return report


def sent_before(key: bytes | None, *, now: datetime) -> Sent | None:
    """Return what is told when the draft of this key was sent in the last half hour; else None.

    Only a browser that never got the answer still has the key: the answer takes it away.
    """
    after = now - TOLD_FOR
    report = SealedReport.objects.filter(place=sealing.place_of(key), received_at__gte=after).first() if key else None
    return Sent(report.reference, sealing.code_for(key)) if report and key else None


def conversation(code: str) -> tuple[SealedReport, list[dict[str, Any]]] | None:
    """Return the report of a follow-up code with the replies that the code opens; None when no report has it."""
    report = SealedReport.objects.filter(code_hash=sealing.hash_of_code(code)).first()
    if report is None:
        return None
    key = sealing.reply_key(code)
    replies = [
        sealing.open_sealed(message.box, key) | {"sent_at": message.sent_at}
        for message in report.messages.filter(from_visitor=False)
    ]
    return report, replies


def add_message(report: SealedReport, text: str, code: str, keys: sealing.PublicKeys, *, now: datetime) -> None:
    """Keep a further message of the visitor, sealed to both keys. The same text sent again is one message."""
    content = {"reference": report.reference, "text": text}
    place = sealing.place_of_message(code, text)
    with transaction.atomic(using=PUBLIC):
        if SealedMessage.objects.filter(place=place).exists():
            return
        SealedMessage.objects.create(
            report=report,
            place=place,
            from_visitor=True,
            box=sealing.seal(content, keys.duty),
            recovery_box=sealing.seal(content, keys.recovery),
            sent_at=now,
        )
        record("message.received", by="public", using=PUBLIC, kind="report", key=report.reference)


def reply(report: SealedReport, text: str, *, now: datetime) -> None:
    """Keep a reply for the visitor, sealed so that only the follow-up code opens it. The staff side calls it."""
    box = sealing.seal({"text": text}, PublicKey(bytes(report.reply_key)))
    SealedMessage.objects.create(report=report, from_visitor=False, box=box, sent_at=now)
