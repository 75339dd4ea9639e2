"""Who may come near, who looked, and two officers at once."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

sys.path.insert(0, str(Path(__file__).parent))
from desk_reports import PASSPHRASES, PLANTED, STORY, came, message, online, words

from clearcount_web.accounts.models import User
from clearcount_web.accounts.roles import EVERY_ROLE, Role
from clearcount_web.audit.models import Event
from clearcount_web.ground.refusals import Refused
from clearcount_web.occurrences.models import Occurrence
from clearcount_web.triage import actions, keyring, links, notes
from clearcount_web.triage.models import Note, Report, ReportLink

NEW = ("rows", "find", "hand-over", "statistics", "statistics.csv", "{}/note", "{}/link", "{}/unlink", "{}/note/1/done")


@pytest.mark.parametrize("role", sorted(EVERY_ROLE - {Role.CONTACT_OFFICER}))
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_other_role_comes_near(
    officer: User, sign_in: Callable[..., User], staff: Client, role: Role, method: str
) -> None:
    report = came(officer)
    notes.add_note(report, PLANTED, waits=True, by=officer, now=timezone.now())
    sign_in("other", role)
    for page in NEW:
        answer = getattr(staff, method)(f"/reports/{page.format(report.reference)}")
        assert answer.status_code == 403 and PLANTED not in answer.content.decode(), page
    assert Note.objects.filter(done_at=None).count() == 1


def test_a_report_says_who_opened_it(officer: User, sign_in: Callable[..., User], staff: Client) -> None:
    report = came(officer)
    for _ in range(2):
        staff.get(f"/reports/{report.reference}/")
    other = sign_in("other", Role.CONTACT_OFFICER)
    actions.unlock(PASSPHRASES["duty"], by=other)
    staff.get("/reports/hand-over")
    page = words(staff.get(f"/reports/{report.reference}/"))
    assert "corin: 2 times, last" in page and "other: 2 times, last" in page


@pytest.mark.parametrize("act", ["note", "reply", "hold", "outcome", "carry-on", "link", "record"])
def test_a_purge_in_the_middle_is_said_and_saves_nothing(
    officer: User, staff: Client, folder: Path, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    sealed, _ = online(folder, {3: {"who": "me"}})
    report = Report.objects.get(reference=sealed.reference)
    other = came(officer)
    opened = actions.open_report(report, by=officer, now=timezone.now())
    if act == "carry-on":
        actions.close(report, outcome="force", number="N-1", reason="", by=officer, now=timezone.now())
    now = timezone.now()
    Report.objects.filter(pk=report.pk).delete()
    with pytest.raises(Refused, match="deleted at the end of its time"):
        {
            "note": lambda: notes.add_note(report, "Words.", waits=False, by=officer, now=now),
            "reply": lambda: actions.reply(report, "Words.", by=officer, now=now),
            "hold": lambda: actions.hold(report, holds=True, seen="", by=officer, now=now),
            "outcome": lambda: actions.close(report, outcome="force", number="N-1", reason="", by=officer, now=now),
            "carry-on": lambda: actions.carry_on(opened, later="", by=officer, now=now),
            "link": lambda: links.link_reports(report, other.reference, kind="person", by=officer, now=now),
            "record": lambda: actions.record_here(
                opened, actions.NewRecord("88/15", None, "A summary."), by=officer, now=now
            ),
        }[act]()
    assert not Note.objects.exists() and not ReportLink.objects.exists() and not Occurrence.objects.exists()
    assert staff.get(f"/reports/{report.reference}/").status_code == 404


@pytest.mark.parametrize(
    ("page", "given"),
    [
        ("note", {"text": PLANTED}),
        ("reply", {"text": PLANTED}),
        ("record", {"code": "88/15", "summary": PLANTED}),
        ("outcome", {"outcome": "information", "reason": PLANTED}),
        ("carry-on", {"later": PLANTED, "carried_on": "on"}),
        ("link", {"kind": "occurrence", "number": PLANTED}),
    ],
)
def test_what_was_typed_outlives_a_key_that_was_locked_in_another_tab(
    officer: User, staff: Client, folder: Path, page: str, given: dict[str, str]
) -> None:
    sealed, code = online(folder, {3: {"who": "me"}, 7: {"story": STORY}})
    message(folder, sealed, code, "Do not ring.")
    keys, address = keyring.held("corin"), f"/reports/{sealed.reference}/{page}"
    actions.lock(by=officer)
    events = Event.objects.using("default").count()
    shown = staff.post(address, given)
    assert PLANTED in words(
        shown
    ) + shown.content.decode() and "The duty key is locked, so nothing was saved." in words(shown)
    assert STORY not in words(shown) and "Do not ring." not in words(shown)
    assert staff.get(address)["Location"] == "/reports/unlock"
    report = Report.objects.get()
    assert (report.notes.count(), report.replies.count(), report.outcome) == (0, 0, "")
    assert Event.objects.using("default").count() == events
    keyring.hold(keys, officer="corin")
    if page in ("reply", "carry-on"):  # the page has not shown the message yet
        assert "A new message came in while you wrote." in words(staff.post(address, given))


def test_a_report_that_was_taken_by_phone_and_sent_twice_is_one(officer: User, staff: Client) -> None:
    page = staff.get("/reports/take").content.decode()
    token = re.findall(r'name="token" value="([0-9a-f]{32})"', page)[0]
    form = {"channel": "phone", "story": STORY, "danger": "yes", "token": token}
    wrong = staff.post("/reports/take", form | {"channel": ""})
    assert f'name="token" value="{token}"' in wrong.content.decode()
    for _ in range(2):
        assert staff.post("/reports/take", form).status_code == 302
    report = Report.objects.get()
    assert re.fullmatch(r"S-[BCDFGHJKLMNPQRSTVWXZ2-9]{8}", report.reference)
    assert Event.objects.using("default").filter(verb="report.entered").count() == 1
    for other in ({"token": "0" * 32}, {"token": "Ω" * 900}, {}):  # another form, a long one, none
        assert staff.post("/reports/take", form | other if other else {**form, "token": ""}).status_code == 302
    assert Report.objects.count() == 4


def test_a_reply_is_not_left_twice_nor_over_a_message_that_nobody_read(
    officer: User, staff: Client, folder: Path
) -> None:
    sealed, code = online(folder, {3: {"who": "me"}})
    report = Report.objects.get()
    address = f"/reports/{report.reference}/reply"
    form = {"text": "We will ring.", "seen": "0", "seen_replies": "0"}
    assert staff.post(address, form).status_code == 302
    page = staff.post(address, form)  # pressed twice, or a colleague in another tab
    assert "A reply was left while you wrote." in words(page) and "We will ring." in page.content.decode()
    message(folder, sealed, code, "Do not ring.")
    page = staff.post(address, form | {"seen_replies": "1"})
    assert "A new message came in while you wrote." in words(page) and "Do not ring." in words(page)
    assert report.replies.count() == 1
    assert staff.post(address, form | {"seen": "1", "seen_replies": "1"}).status_code == 302
