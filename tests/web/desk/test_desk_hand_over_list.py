"""The hand-over list."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from django.test import Client, override_settings
from django.utils import timezone

sys.path.insert(0, str(Path(__file__).parent))
from desk_reports import PASSPHRASES, STORY, came, flagged, message, online, words

from clearcount_web.accounts.models import User
from clearcount_web.audit.models import Event
from clearcount_web.reporting import sealing
from clearcount_web.triage import actions, keyring, notes
from clearcount_web.triage.models import Report


def test_the_hand_over_list_says_what_waits_for_whom_with_safe_contact_first(
    officer: User, staff: Client, folder: Path
) -> None:
    danger = came(officer, hours=30, danger="yes", contact="yes", voicemail="no", phone="a made-up number",
                  email="sam@post.example", post="1 Made-up Road", times="After school", who="me")  # fmt: skip
    sealed, code = online(folder, {3: {"who": "me"}, 9: {"contact": "code"}})
    message(folder, sealed, code, "A later word.")
    ended = came(officer, age="18+")
    actions.close(ended, outcome="information", number="", reason="Why.", by=officer, now=timezone.now())
    staff.post(f"/reports/{danger.reference}/hold", {"holds": "yes", "seen": ""})
    notes.add_note(danger, "Ring the school.", waits=True, for_whom="corin", by=officer, now=timezone.now())
    notes.add_note(danger, "Only a remark.", waits=False, by=officer, now=timezone.now())
    page = staff.get("/reports/hand-over")
    text, plain = page.content.decode(), words(page)
    assert re.findall(r'id="h-([RS]-[A-Z0-9]{8})"', text) == [danger.reference, sealed.reference]
    assert "2 reports wait." in plain
    section = text[text.index("cc-handed") : text.index(f"h-{sealed.reference}")]
    assert section.index("cc-safe-contact") < section.index("Ring the school.")
    assert '<dt>Voicemail</dt><dd><strong class="cc-no">NO</strong> (do not leave a voicemail)</dd>' in section
    assert '<dd><strong class="cc-no">IN DANGER</strong>' in section
    for said in ("corin has it.", "corin: Ring the school.", "over.", "After school", "It was not read yet.",
                 "1 later message of this report may change this.", "A later message was not read yet.",
                 "Nobody has it."):  # fmt: skip
        assert said in plain, said
    for left_out in ("a made-up number", "sam@post.example", "Made-up Road", STORY, "Only a remark.", "A later word."):
        assert left_out not in plain
    assert not Report.objects.filter(outcome="").exclude(first_read_at=None).exists()  # nobody has read them by this
    events = Event.objects.using("default").filter(verb="report.handed_over").values_list("key", flat=True)
    assert sorted(events) == sorted([danger.reference, sealed.reference])
    notes.add_note(ended, "Send the letter.", waits=True, by=officer, now=timezone.now())
    assert "Whoever has the desk: Send the letter." in words(staff.get("/reports/hand-over"))


def test_a_report_that_does_not_open_is_on_the_list_all_the_same(officer: User, staff: Client, tmp_path: Path) -> None:
    keyring.make(tmp_path / "others", PASSPHRASES)
    with override_settings(REPORT_KEYS=sealing.read_public_keys(tmp_path / "others" / "public.json")):
        report = came(officer, danger="yes")
    page = words(staff.get("/reports/hand-over"))
    assert report.reference in page and "NOT OPENED" in page and "Ask before any contact." in page
    assert "NOT SORTED" in words(staff.get("/reports/")) and flagged() == {report.reference: {"DANGER", "NOT SORTED"}}
    actions.lock(by=officer)
    assert staff.get("/reports/hand-over")["Location"] == "/reports/unlock"


def test_no_report_falls_off_the_hand_over_list(officer: User, staff: Client) -> None:
    reports = {came(officer, hours=n / 100).reference for n in range(103)}
    seen: set[str] = set()
    for number in (1, 2):
        page = staff.get(f"/reports/hand-over?page={number}")
        seen |= set(re.findall(r'id="h-([RS]-[A-Z0-9]{8})"', page.content.decode()))
        assert "of 103. Print each." in words(page)
    assert seen == reports
