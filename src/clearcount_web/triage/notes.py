"""Notes of officers on a report: sealed like the report, deleted with it, and never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from clearcount_web.accounts.models import User
from clearcount_web.accounts.roles import Role
from clearcount_web.audit.actions import record
from clearcount_web.ground.refusals import Refused
from clearcount_web.platform.databases import STAFF
from clearcount_web.reporting import sealing
from clearcount_web.triage.carrying import still_there
from clearcount_web.triage.models import Note, Report

ANYBODY = ""
"""For whoever has the desk."""


def officers() -> list[tuple[str, str]]:
    """Return sign-in name and name of everybody who may work at the desk, by name."""
    found = User.objects.filter(is_active=True, grants__role=Role.CONTACT_OFFICER).distinct().order_by("name")
    return [(officer.username, officer.name) for officer in found]


def add_note(report: Report, text: str, *, waits: bool, for_whom: str = ANYBODY, by: Any, now: datetime) -> Note:
    """Keep a note, sealed to the duty and the recovery key. `waits`: what it says is still to be done.

    Raises:
        Refused: when there is no text, there are no keys, or it waits for somebody who is not at the desk.
    """
    if not text.strip():
        raise Refused("There is no text; write the note.")
    keys = settings.REPORT_KEYS
    if keys is None:
        raise Refused("There are no report keys, so a note cannot be sealed; set CLEARCOUNT_REPORT_KEYS_FILE.")
    if for_whom and for_whom not in dict(officers()):
        raise Refused("That person is no contact officer; choose another, or whoever has the desk.")
    content = {"reference": report.reference, "text": text.strip()}
    with transaction.atomic(using=STAFF):
        report = still_there(report)
        note = Note.objects.create(
            report=report,
            box=sealing.seal(content, keys.duty),
            recovery_box=sealing.seal(content, keys.recovery),
            written_at=now,
            written_by=by.get_username(),
            waits=waits,
            for_whom=for_whom if waits else ANYBODY,
        )
        record("note.written", by=by, kind="report", key=report.reference, changes={"waits": waits})
    return note


def finish(report: Report, number: int, *, by: Any, now: datetime) -> None:
    """Note that what a note asks for is done.

    Raises:
        Refused: when the report has no such note, or a colleague has said so already.
    """
    with transaction.atomic(using=STAFF):
        note = Note.objects.select_for_update().filter(report=report, pk=number, waits=True).first()
        if note is None:
            raise Refused("There is no such thing to do on this report. Open the report again.")
        if note.done_at is not None:
            raise Refused(f"{note.done_by} has said already that this is done. Open the report again.")
        note.done_at, note.done_by = now, by.get_username()
        note.save(update_fields=["done_at", "done_by"])
        record("note.done", by=by, kind="report", key=report.reference)
