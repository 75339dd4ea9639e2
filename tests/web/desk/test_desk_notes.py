"""Notes of the desk."""

from __future__ import annotations

import io
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client, override_settings
from django.utils import timezone

sys.path.insert(0, str(Path(__file__).parent))
from desk_reports import PLANTED, came, words

from clearcount_web.accounts.models import User
from clearcount_web.audit.models import Event
from clearcount_web.ground.refusals import Refused
from clearcount_web.triage import actions, keyring, notes
from clearcount_web.triage.models import Note, Report


def test_a_note_is_sealed_shown_and_deleted_with_the_report(officer: User, staff: Client) -> None:
    report = came(officer)
    given = {"text": PLANTED, "waits": "on", "for_whom": "corin"}
    assert staff.post(f"/reports/{report.reference}/note", given).status_code == 302
    note = Note.objects.get()
    assert PLANTED.encode() not in bytes(note.box) + bytes(note.recovery_box)
    assert keyring.open_with(keyring.held("corin"), note.box)["text"] == PLANTED
    for page in ("", "outcome", "record", "note", "link"):
        assert PLANTED in words(staff.get(f"/reports/{report.reference}/{page}")), page
    assert PLANTED in words(staff.get("/reports/hand-over"))
    assert PLANTED in staff.get(f"/reports/{report.reference}/copy").content.decode()
    events = str(list(Event.objects.using("default").values()))
    assert "note.written" in events and PLANTED not in events
    actions.close(report, outcome="information", number="", reason="Why.", by=officer, now=timezone.now())
    Report.objects.update(outcome_at=timezone.now() - timedelta(days=400))
    call_command("purge_reports", stdout=io.StringIO())
    assert Note.objects.count() == 1  # something is still to be done
    done = f"/reports/{report.reference}/note/{note.pk}/done"
    assert staff.post(done).status_code == 302
    assert "corin has said already that this is done" in words(staff.post(done))
    call_command("purge_reports", stdout=io.StringIO())
    assert not Note.objects.exists() and not Report.objects.exists()


@pytest.mark.parametrize(
    ("given", "fault"),
    [({"text": ""}, "Note: This field is required."), ({"text": "  "}, "Note: This field is required."),
     ({"text": "x" * 5001}, "Note: Ensure this value has at most 5000"),
     ({"text": "Words.", "for_whom": "nobody"}, "Who is to do it?: Select a valid choice")],
)  # fmt: skip
def test_a_note_that_cannot_be_says_which_field(
    officer: User, staff: Client, given: dict[str, str], fault: str
) -> None:
    report = came(officer)
    page = staff.post(f"/reports/{report.reference}/note", given)
    assert fault in words(page) and not Note.objects.exists()
    assert given["text"].strip()[:100] in page.content.decode()


def test_a_note_waits_for_an_officer_of_the_desk_alone(officer: User) -> None:
    report = came(officer)
    User.objects.create_user("olive")
    for name in ("olive", "nobody"):
        with pytest.raises(Refused, match="no contact officer"):
            notes.add_note(report, "Words.", waits=True, for_whom=name, by=officer, now=timezone.now())
    with override_settings(REPORT_KEYS=None), pytest.raises(Refused, match="cannot be sealed"):
        notes.add_note(report, "Words.", waits=False, by=officer, now=timezone.now())
