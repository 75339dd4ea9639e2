"""Triage: sealed until an operator unlocks the key, every reading an event, every outcome once."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client, override_settings
from django.utils import timezone
from nacl import pwhash

from clearcount_web.accounts.models import User
from clearcount_web.accounts.roles import EVERY_ROLE, Role
from clearcount_web.audit.models import Event
from clearcount_web.ground.refusals import Refused
from clearcount_web.occurrences.models import Occurrence
from clearcount_web.reporting import actions as reporting
from clearcount_web.reporting import drafts, sealing
from clearcount_web.reporting.answers import ReportAnswers
from clearcount_web.reporting.models import Draft, SealedMessage, SealedReport
from clearcount_web.triage import actions, alerts, keyring, queries
from clearcount_web.triage.models import Message, Report
from clearcount_web.triage.safe_contact import facts_of

PASSPHRASES = {"duty": "five made up words here", "recovery": "other made up words here"}
STORY = "A made-up story about a picture that somebody says was made with AI."
ANSWERS: dict[str, dict[str, Any]] = {
    "1": {"danger": "no"},
    "3": {"who": "me"},
    "4": {"age": "18+"},
    "7": {"story": STORY},
    "9": {"contact": "yes"},
    "10": {"phone": "a made-up number", "phone_safe": "yes", "voicemail": "", "times": "After 6 pm"},
}


@pytest.fixture(autouse=True)
def _quick_and_locked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(keyring, "OPS", pwhash.argon2id.OPSLIMIT_MIN)
    monkeypatch.setattr(keyring, "MEM", pwhash.argon2id.MEMLIMIT_MIN)
    keyring.forget()
    yield
    keyring.forget()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    keyring.make(tmp_path / "keys", PASSPHRASES)
    return tmp_path / "keys"


@pytest.fixture
def officer(sign_in: Callable[..., User], folder: Path) -> Iterator[User]:
    keys = sealing.read_public_keys(folder / "public.json")
    with override_settings(REPORT_KEYS=keys, DUTY_KEY_FILE=folder / "duty.key"):
        yield sign_in("corin", Role.CONTACT_OFFICER)


def arrived(folder: Path, *, at: datetime | None = None, **changed: dict[str, Any]) -> tuple[SealedReport, str]:
    """A report that was sent on the public door; with its follow-up code."""
    now = at or timezone.now()
    key = sealing.new_key()
    answers = ANSWERS | {name.removeprefix("s"): given for name, given in changed.items()}
    row = Draft.objects.create(
        place=sealing.place_of(key), box=sealing.lock(answers, key), started_at=now, touched_at=now
    )
    keys = sealing.read_public_keys(folder / "public.json")
    sent = reporting.send(drafts.Open(key, row, answers), keys, now=now)
    return SealedReport.objects.get(reference=sent.reference), sent.code


def taken(folder: Path, **how: Any) -> Report:
    sealed, _ = arrived(folder, **how)
    actions.take_reports()
    return Report.objects.get(reference=sealed.reference)


def verbs(key: str) -> list[str]:
    return list(Event.objects.using("default").filter(key=key).values_list("verb", flat=True))


# Keys


def test_a_key_file_costs_a_try_most_of_a_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    keyring.make(tmp_path, PASSPHRASES)
    entry = json.loads((tmp_path / "duty.key").read_text())[0]
    assert entry["mem"] == 256 * 1024 * 1024
    assert entry["ops"] >= 3
    assert (tmp_path / "duty.key").stat().st_mode & 0o777 == 0o600


def test_keys_are_made_once_checked_and_refused_with_a_sentence(folder: Path, tmp_path: Path) -> None:
    keyring.check(folder, PASSPHRASES)
    with pytest.raises(keyring.KeyFault, match="is there already"):
        keyring.make(folder, PASSPHRASES)
    with pytest.raises(keyring.KeyFault, match="recovery: The passphrase does not open"):
        keyring.check(folder, {**PASSPHRASES, "recovery": "wrong words altogether"})
    with pytest.raises(keyring.KeyFault, match="15 characters"):
        keyring.make(tmp_path / "short", {**PASSPHRASES, "duty": "short"})
    with pytest.raises(keyring.KeyFault, match="are the same"):
        keyring.make(tmp_path / "same", dict.fromkeys(keyring.NAMES, "the same words twice"))
    held = json.loads((folder / "public.json").read_text())
    (folder / "public.json").write_text(json.dumps({**held, "recovery": held["duty"]}))
    with pytest.raises(ValueError, match="one key twice"):
        keyring.check(folder, PASSPHRASES)


@pytest.mark.parametrize("text", ["", "[]", "{}", '[{"salt": "zz"}]', "not json"])
def test_a_damaged_key_file_is_said_to_be_one(folder: Path, text: str) -> None:
    (folder / "duty.key").write_text(text)
    with pytest.raises(keyring.KeyFault):
        keyring.unlock(folder / "duty.key", PASSPHRASES["duty"])


def test_a_key_that_is_not_its_public_half_fails_the_check(folder: Path, tmp_path: Path) -> None:
    keyring.make(tmp_path / "others", PASSPHRASES)
    (folder / "duty.key").write_bytes((tmp_path / "others" / "duty.key").read_bytes())
    with pytest.raises(keyring.KeyFault, match="duty: None of the unlocked keys opens"):
        keyring.check(folder, PASSPHRASES)


def test_after_a_rotation_old_and_new_reports_open(folder: Path) -> None:
    old = sealing.seal({"n": 1}, sealing.read_public_keys(folder / "public.json").duty)
    with pytest.raises(keyring.KeyFault):
        keyring.rotate(folder, "duty", "wrong words altogether")
    keyring.rotate(folder, "duty", PASSPHRASES["duty"])
    new = sealing.seal({"n": 2}, sealing.read_public_keys(folder / "public.json").duty)
    keys = keyring.unlock(folder / "duty.key", PASSPHRASES["duty"])
    assert [keyring.open_with(keys, box)["n"] for box in (old, new)] == [1, 2]
    with pytest.raises(keyring.KeyFault):
        keyring.open_with(keys[1:], new)
    keyring.check(folder, PASSPHRASES)


def test_the_command_makes_checks_and_rotates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, words in PASSPHRASES.items():
        monkeypatch.setenv(f"CLEARCOUNT_{name.upper()}_PASSPHRASE", words)
    for act, said in (("make", "two offline places"), ("check", "duty and recovery: opens"), ("rotate", "restart")):
        out = io.StringIO()
        call_command("keys", act, str(tmp_path / "keys"), stdout=out)
        assert said in out.getvalue()
    monkeypatch.setenv("CLEARCOUNT_DUTY_PASSPHRASE", "wrong words altogether")
    with pytest.raises(CommandError, match="does not open"):
        call_command("keys", "check", str(tmp_path / "keys"), "--key", "duty")


def test_when_the_duty_key_is_lost_the_recovery_key_opens_everything(officer: User, folder: Path) -> None:
    report = taken(folder)
    sealed = SealedReport.objects.get()
    code_report, code = arrived(folder)
    reporting.add_message(
        code_report, "More.", code, sealing.read_public_keys(folder / "public.json"), now=timezone.now()
    )
    actions.take_reports()
    by_phone = actions.enter_report(channel="phone", answers=ReportAnswers(story=STORY), by=officer, now=timezone.now())
    (folder / "duty.key").unlink()
    keys = keyring.unlock(folder / "recovery.key", PASSPHRASES["recovery"])
    for box in (sealed.recovery_box, report.recovery_box, by_phone.recovery_box):
        assert keyring.open_with(keys, box)["answers"]["story"] == STORY
    assert keyring.open_with(keys, Message.objects.get().recovery_box)["text"] == "More."
    with pytest.raises(Refused, match="cannot be read"):
        actions.unlock(PASSPHRASES["duty"], by=officer)


def test_a_key_that_lies_unused_for_eight_hours_is_dropped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr(keyring.time, "monotonic", lambda: clock[0])
    keyring.hold(keyring.unlock(folder / "duty.key", PASSPHRASES["duty"]), officer="corin")
    clock[0] += keyring.IDLE_SECONDS - 1
    assert keyring.held("corin")
    clock[0] += keyring.IDLE_SECONDS + 1
    assert not keyring.held("corin")


# Taking in and the queue


def test_reports_and_messages_are_taken_in_once(officer: User, folder: Path) -> None:
    sealed, code = arrived(folder)
    reporting.add_message(sealed, "More.", code, sealing.read_public_keys(folder / "public.json"), now=timezone.now())
    assert [actions.take_reports() for _ in range(3)] == [1, 0, 0]
    assert (Report.objects.count(), Message.objects.count()) == (1, 1)
    assert verbs(sealed.reference) == ["report.taken", "message.taken"]
    assert STORY.encode() not in bytes(Report.objects.get().duty_box)


def test_the_queue_has_danger_first_then_the_oldest(officer: User, folder: Path) -> None:
    now = timezone.now()
    old = taken(folder, at=now - timedelta(hours=30))
    new = taken(folder, at=now - timedelta(hours=1))
    danger = taken(folder, at=now, s1={"danger": "unsure"})
    lines = queries.waiting(now=now).lines()
    assert [line.report.pk for line in lines] == [danger.pk, old.pk, new.pk]
    assert [(line.hours, line.overdue) for line in lines] == [(0, False), (30, True), (1, False)]


def test_a_late_message_shows_in_the_queue_until_it_is_read(officer: User, folder: Path, staff: Client) -> None:
    sealed, code = arrived(folder)
    actions.take_reports()
    actions.unlock(PASSPHRASES["duty"], by=officer)
    report = Report.objects.get()
    actions.close(report, outcome="information", number="", reason="Nothing to record.", by=officer, now=timezone.now())
    reporting.add_message(sealed, "More.", code, sealing.read_public_keys(folder / "public.json"), now=timezone.now())
    actions.take_reports()
    assert "new message" in staff.get("/reports/").content.decode()
    assert "More." in staff.get(f"/reports/{report.reference}/").content.decode()
    assert "new message" not in staff.get("/reports/").content.decode()


# Reading


def test_a_locked_key_leads_to_the_page_that_unlocks_it(officer: User, folder: Path, staff: Client) -> None:
    report = taken(folder)
    for page in ("", "outcome", "record", "reply"):
        assert staff.get(f"/reports/{report.reference}/{page}")["Location"] == "/reports/unlock"
    assert staff.get(f"/reports/{report.reference}/copy").status_code == 403
    with pytest.raises(Refused, match="locked"):
        actions.open_report(report, by=officer, now=timezone.now())
    wrong = staff.post("/reports/unlock", {"passphrase": "wrong words altogether"})
    assert "does not open the key file" in wrong.content.decode()
    assert "wrong words altogether" not in wrong.content.decode()
    assert staff.post("/reports/unlock", {"passphrase": PASSPHRASES["duty"]})["Location"] == "/reports/"
    assert STORY in staff.get(f"/reports/{report.reference}/").content.decode()
    assert staff.post("/reports/lock").status_code == 302
    assert staff.get(f"/reports/{report.reference}/")["Location"] == "/reports/unlock"
    assert verbs("duty") == ["key.refused", "key.unlocked", "key.locked"]


def test_every_view_is_an_event_and_no_event_holds_a_word(officer: User, folder: Path, staff: Client) -> None:
    report = taken(folder)
    actions.unlock(PASSPHRASES["duty"], by=officer)
    for page in ("", "", "outcome", "record", "reply", "copy"):
        assert staff.get(f"/reports/{report.reference}/{page}").status_code == 200
    assert verbs(report.reference).count("report.read") == 6
    everything = str(list(Event.objects.using("default").values())) + str(list(Event.objects.using("public").values()))
    assert "made-up" not in everything


@pytest.mark.parametrize("page", ["", "outcome", "record", "reply"])
@pytest.mark.parametrize("contact", ["yes", "no", "code"])
def test_voicemail_no_stands_on_every_page_of_a_report(
    officer: User, folder: Path, staff: Client, page: str, contact: str
) -> None:
    ways = {"s10": ANSWERS["10"] | {"voicemail": "no", "text_safe": "no"}} if contact == "yes" else {"s10": {}}
    report = taken(folder, s9={"contact": contact}, **ways)
    actions.unlock(PASSPHRASES["duty"], by=officer)
    shown = staff.get(f"/reports/{report.reference}/{page}").content.decode()
    no = '<strong class="cc-no">NO</strong>'
    assert f"<dt>Voicemail</dt><dd>{no} (do not leave a voicemail)</dd>" in shown
    assert f"<dt>Text messages</dt><dd>{no} (do not send text messages)</dd>" in shown
    assert f"<dt>Calls</dt><dd>{'YES' if contact == 'yes' else f'{no} (do not call)'}</dd>" in shown


def test_who_was_named_by_somebody_else_is_not_to_be_contacted_unless_that_is_safe(officer: User, folder: Path) -> None:
    actions.unlock(PASSPHRASES["duty"], by=officer)
    for reach, said in (
        ("", "NOT SAID (do not contact them before you know that it is safe)"),
        ("no", "NO (do not contact them)"),
        ("unsure", "NO (do not contact them: the person was not sure that it is safe)"),
        ("yes", "YES (may be contacted)"),
    ):
        report = taken(folder, s3={"who": "other"}, s8={"kept": [], "name": "", "knows": "no", "reach": reach})
        opened = actions.open_report(report, by=officer, now=timezone.now())
        facts = {wish.label: wish.said for wish in facts_of(opened.answers).all}
        assert facts["The person it happened to"] == said


def test_the_same_story_sent_twice_is_said_to_be(officer: User, folder: Path, staff: Client) -> None:
    actions.unlock(PASSPHRASES["duty"], by=officer)
    one, two = taken(folder), taken(folder, s7={"story": STORY.upper().replace(" ", "\n")})
    other = taken(folder, s7={"story": STORY + " And more."})
    for report in (one, two, other):
        shown = staff.get(f"/reports/{report.reference}/").content.decode()
    assert "The same story" not in shown
    again = staff.get(f"/reports/{two.reference}/").content.decode()
    assert "The same story came in as" in again and one.reference in again


def test_a_report_sealed_to_another_key_says_so(officer: User, folder: Path, tmp_path: Path, staff: Client) -> None:
    keyring.make(tmp_path / "others", PASSPHRASES)
    report = taken(tmp_path / "others")
    actions.unlock(PASSPHRASES["duty"], by=officer)
    page = staff.get(f"/reports/{report.reference}/")
    assert page.status_code == 403
    assert "None of the unlocked keys opens this report" in page.content.decode()


@pytest.mark.parametrize("role", sorted(EVERY_ROLE - {Role.CONTACT_OFFICER}))
def test_no_other_role_sees_reports(sign_in: Callable[..., User], staff: Client, folder: Path, role: Role) -> None:
    sign_in("other", role)
    report = taken(folder)
    for page in ("", "unlock", "take", f"{report.reference}/", f"{report.reference}/copy"):
        assert staff.get(f"/reports/{page}").status_code == 403


# Outcomes


def test_a_report_becomes_an_occurrence_once(officer: User, folder: Path, staff: Client) -> None:
    report = taken(folder)
    actions.unlock(PASSPHRASES["duty"], by=officer)
    given = {"code": "88/15", "summary": "Caller says a picture was made with AI.", "mo": ""}
    done = staff.post(f"/reports/{report.reference}/record", given)
    occurrence = Occurrence.objects.get()
    assert done["Location"] == f"/occurrences/{occurrence.number}/"
    assert (occurrence.report, occurrence.channel) == (report.reference, "online")
    report.refresh_from_db()
    assert (report.outcome, report.outcome_number) == ("occurrence", occurrence.number)
    again = staff.post(f"/reports/{report.reference}/record", given)
    assert "has ended already" in again.content.decode()
    assert Occurrence.objects.count() == 1
    assert verbs(report.reference).count("report.closed") == 1


def test_a_code_that_is_not_in_force_records_nothing(officer: User, folder: Path, staff: Client) -> None:
    report = taken(folder)
    actions.unlock(PASSPHRASES["duty"], by=officer)
    page = staff.post(f"/reports/{report.reference}/record", {"code": "999/98", "summary": "A summary."})
    assert "no list" in page.content.decode() and "A summary." in page.content.decode()
    report.refresh_from_db()
    assert not Occurrence.objects.exists() and report.outcome == ""


@pytest.mark.parametrize(
    ("outcome", "number", "reason", "fault"),
    [
        ("force", "", "", "Write the number"),
        ("passed", " ", "", "Write the number"),
        ("not_crime", "", "", "Say why"),
        ("information", "", " ", "Say why"),
        ("force", "N-1", "", ""),
        ("passed", "Eastmoor", "", ""),
        ("not_crime", "", "No offence is shown.", ""),
        ("information", "", "Known already.", ""),
    ],
)
def test_each_outcome_asks_for_what_it_needs(
    officer: User, folder: Path, staff: Client, outcome: str, number: str, reason: str, fault: str
) -> None:
    report = taken(folder)
    actions.unlock(PASSPHRASES["duty"], by=officer)
    page = staff.post(f"/reports/{report.reference}/outcome", {"outcome": outcome, "number": number, "reason": reason})
    report.refresh_from_db()
    if fault:
        assert fault in page.content.decode() and report.outcome == ""
    else:
        assert page.status_code == 302 and (report.outcome, report.outcome_number) == (outcome, number)
        assert queries.waiting(now=timezone.now()).keys == []


def test_a_reply_opens_with_the_code_and_with_nothing_else(officer: User, folder: Path, staff: Client) -> None:
    sealed, code = arrived(folder)
    actions.take_reports()
    actions.unlock(PASSPHRASES["duty"], by=officer)
    assert staff.post(f"/reports/{sealed.reference}/reply", {"text": "Keep the messages."}).status_code == 302
    box = SealedMessage.objects.get().box
    with pytest.raises(keyring.KeyFault):
        keyring.open_with(keyring.held("corin"), box)
    found = reporting.conversation(code)
    assert found is not None and found[1][0]["text"] == "Keep the messages."
    shown = staff.get(f"/reports/{sealed.reference}/").content.decode()
    assert "Keep the messages." in shown and "corin" in shown
    by_phone = actions.enter_report(channel="phone", answers=ReportAnswers(), by=officer, now=timezone.now())
    page = staff.post(f"/reports/{by_phone.reference}/reply", {"text": "Hello."})
    assert "nobody holds a code" in page.content.decode()


@pytest.mark.parametrize("channel", actions.CHANNELS)
def test_a_report_taken_by_staff_is_sealed_with_its_channel(
    officer: User, folder: Path, staff: Client, channel: str
) -> None:
    given = {"channel": channel, "danger": "yes", "story": STORY, "name": "", "phone": "a number", "voicemail": "no"}
    assert staff.post("/reports/take", given)["Location"] == "/reports/"
    report = Report.objects.get()
    assert (report.channel, report.danger) == (channel, True)
    actions.unlock(PASSPHRASES["duty"], by=officer)
    shown = staff.get(f"/reports/{report.reference}/").content.decode()
    assert (
        STORY in shown and '<strong class="cc-no">NO</strong> (do not leave a voicemail)' in shown and channel in shown
    )


def test_the_copy_out_has_when_and_where_before_what(officer: User, folder: Path) -> None:
    actions.unlock(PASSPHRASES["duty"], by=officer)
    report = taken(folder, s5={"what": ["fake"], "when": "Monday", "place": "Northmoor"})
    said = queries.copy_out(actions.open_report(report, by=officer, now=timezone.now()))
    assert "Happening: The image is fake or made with AI" in said
    top, below = said.split("\n\n")
    assert [line.split(":")[0] for line in below.splitlines()] == [
        *("Report", "Reported", "Started or last happened", "Place", "Happening", "Account given"),
    ]
    assert [line.split(":")[0] for line in top.splitlines()] == [
        *("Danger", "About", "Age group", "Contact", "Voicemail", "Calls", "Text messages", "Number", "Safe times"),
    ]


def test_one_persons_data_is_exported_whole(officer: User, folder: Path, staff: Client) -> None:
    sealed, code = arrived(folder)
    reporting.add_message(sealed, "More.", code, sealing.read_public_keys(folder / "public.json"), now=timezone.now())
    actions.take_reports()
    actions.unlock(PASSPHRASES["duty"], by=officer)
    answer = staff.get(f"/reports/{sealed.reference}/copy")
    held = json.loads(answer.content)
    assert held["messages"][0]["text"] == "More."
    given = {name: said for page in ANSWERS.values() for name, said in page.items()}
    assert held["answers"].items() >= given.items()
    assert answer["Content-Disposition"] == 'attachment; filename="report.json"'


def test_every_naughty_string_is_shown_to_staff(officer: User, folder: Path, staff: Client, data: Path) -> None:
    strings = json.loads((data / "conformance" / "blns.json").read_text(encoding="utf-8"))
    actions.unlock(PASSPHRASES["duty"], by=officer)
    for at in range(0, len(strings), 40):
        some = "\n".join(strings[at : at + 40])
        report = taken(folder, s7={"story": some}, s8={"kept": [], "name": strings[at]})
        page = staff.get(f"/reports/{report.reference}/")
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()
        assert staff.get(f"/reports/{report.reference}/copy").status_code == 200


# Alerts


class Webhook:
    """A receiver on loopback that keeps what it is sent; `down` makes it answer 503."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.down = False
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(503 if outer.down else 204)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/"


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    hook = Webhook()
    thread = threading.Thread(target=hook.server.serve_forever, daemon=True)
    thread.start()
    yield hook
    hook.server.shutdown()
    hook.server.server_close()
    thread.join()


def test_an_alert_says_how_many_and_whether_danger_and_nothing_else(
    officer: User, folder: Path, webhook: Webhook
) -> None:
    mail.outbox = []
    taken(folder), taken(folder, s1={"danger": "yes"})
    with override_settings(REPORT_ALERT_WEBHOOK=webhook.address, REPORT_ALERT_EMAIL="desk@example.org"):
        assert alerts.alert(now=timezone.now()) == 2
        assert alerts.alert(now=timezone.now()) == 0
    assert [json.loads(body) for body in webhook.bodies] == [{"reports": 2, "danger": True, "what": "new"}]
    (letter,) = mail.outbox
    assert letter.subject == letter.body == "Reports new: 2. Danger: yes."
    assert letter.to == ["desk@example.org"]


def test_an_alert_that_did_not_go_out_is_tried_again(officer: User, folder: Path, webhook: Webhook) -> None:
    taken(folder)
    with override_settings(REPORT_ALERT_WEBHOOK=webhook.address):
        webhook.down = True
        assert alerts.alert(now=timezone.now()) == 0
        webhook.down = False
        assert alerts.alert(now=timezone.now()) == 1
    with override_settings(REPORT_ALERT_WEBHOOK="http://127.0.0.1:9/"):
        taken(folder)
        assert alerts.alert(now=timezone.now()) == 0
    assert Report.objects.filter(alerted_at=None).count() == 1


def test_an_unread_report_is_told_of_once_more_and_a_read_one_is_not(
    officer: User, folder: Path, webhook: Webhook
) -> None:
    now = timezone.now()
    unread, read = taken(folder, at=now), taken(folder, at=now)
    with override_settings(REPORT_ALERT_WEBHOOK=webhook.address, REPORT_ESCALATE_MINUTES=30):
        alerts.alert(now=now)
        actions.unlock(PASSPHRASES["duty"], by=officer)
        actions.open_report(read, by=officer, now=now)
        assert alerts.alert(now=now + timedelta(minutes=29)) == 0
        assert alerts.alert(now=now + timedelta(minutes=31)) == 1
        assert alerts.alert(now=now + timedelta(minutes=90)) == 0
    assert json.loads(webhook.bodies[-1]) == {"reports": 1, "danger": False, "what": "unread for too long"}
    unread.refresh_from_db()
    assert unread.escalated_at is not None


# Retention


def test_the_purge_deletes_each_outcome_after_its_days_on_both_sides(officer: User, folder: Path) -> None:
    now = timezone.now()
    reports = [taken(folder) for _ in range(3)]
    for report, outcome, age in zip(reports[:2], ("force", "information"), (31, 31), strict=True):
        when = now - timedelta(days=age)
        actions.close(report, outcome=outcome, number="N-1", reason="Why.", carried_on=True, by=officer, now=when)
    out = io.StringIO()
    call_command("purge_reports", "--dry-run", stdout=out)
    assert "force (kept 30 days): 1 reports would be deleted" in out.getvalue()
    assert Report.objects.count() == SealedReport.objects.count() == 3
    call_command("purge_reports", stdout=io.StringIO())
    left = set(Report.objects.values_list("reference", flat=True))
    assert left == {report.reference for report in reports[1:]}
    assert left == set(SealedReport.objects.values_list("reference", flat=True))
    assert actions.take_reports() == 0
    assert verbs("force") == ["reports.purged"]
