"""The desk for a shift: flags, filters, notes, links, the hand-over list, statistics and lists that refresh."""

from __future__ import annotations

import copy
import csv
import html
import io
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from nacl import pwhash

from clearcount_web.accounts.models import User
from clearcount_web.accounts.roles import EVERY_ROLE, Role
from clearcount_web.audit.models import Event
from clearcount_web.ground.refusals import Refused
from clearcount_web.occurrences.actions import NewOffence, open_occurrence
from clearcount_web.occurrences.models import Occurrence, Person
from clearcount_web.reporting import actions as reporting
from clearcount_web.reporting import drafts, sealing
from clearcount_web.reporting.answers import ReportAnswers
from clearcount_web.reporting.models import Draft, SealedReport
from clearcount_web.triage import actions, flags, keyring, links, notes, queries, sorting, tally
from clearcount_web.triage.marks import accounts_of, contacts_of, number_in_one_writing
from clearcount_web.triage.models import Mark, Note, OccurrenceLink, Report, ReportLink, WeekCount
from clearcount_web.triage.safe_contact import facts_of, people_of

PASSPHRASES = {"duty": "five made up words here", "recovery": "other made up words here"}
STORY = "A made-up story about a picture that somebody says was made with AI."
PLANTED = "Planted words of a colleague"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "OPS", pwhash.argon2id.OPSLIMIT_MIN)
    monkeypatch.setattr(keyring, "MEM", pwhash.argon2id.MEMLIMIT_MIN)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    keyring.make(tmp_path / "keys", PASSPHRASES)
    return tmp_path / "keys"


@pytest.fixture
def officer(sign_in: Callable[..., User], folder: Path) -> Iterator[User]:
    keys = sealing.read_public_keys(folder / "public.json")
    with override_settings(REPORT_KEYS=keys, DUTY_KEY_FILE=folder / "duty.key"):
        officer = sign_in("corin", Role.CONTACT_OFFICER)
        actions.unlock(PASSPHRASES["duty"], by=officer)
        yield officer


def came(officer: User, *, hours: float = 0, channel: str = "phone", **said: Any) -> Report:
    """A report that staff took some hours ago, not read by anybody since."""
    answers = ReportAnswers(**{"story": STORY + str(Report.objects.count()), **said})
    when = timezone.now() - timedelta(hours=hours)
    report = actions.enter_report(channel=channel, answers=answers, by=officer, now=when)
    Report.objects.filter(pk=report.pk).update(first_read_at=None)
    return report


def online(folder: Path, said: dict[int, dict[str, Any]]) -> tuple[SealedReport, str]:
    """A report that was sent on the public door and taken in; with its follow-up code."""
    now, key = timezone.now(), sealing.new_key()
    answers = {str(step): copy.deepcopy(given) for step, given in said.items()}
    row = Draft.objects.create(
        place=sealing.place_of(key), box=sealing.lock(answers, key), started_at=now, touched_at=now
    )
    sent = reporting.send(drafts.Open(key, row, answers), sealing.read_public_keys(folder / "public.json"), now=now)
    actions.take_reports()
    return SealedReport.objects.get(reference=sent.reference), sent.code


def message(folder: Path, sealed: SealedReport, code: str, text: str) -> None:
    keys = sealing.read_public_keys(folder / "public.json")
    reporting.add_message(sealed, text, code, keys, now=timezone.now())
    actions.take_reports()


def words(page: Any) -> str:
    plain = re.sub(r"<[^>]+>", "", page.content.decode().replace("<br>", "\n"))
    return " ".join(html.unescape(plain).split())


def told(page: Any) -> set[str]:
    """The wishes of a page, each as one line."""
    pairs = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page.content.decode(), re.S)
    return {html.unescape(re.sub(r"<[^>]+>", "", f"{label}: {said}")) for label, said in pairs}


def listed(page: Any) -> list[str]:
    return re.findall(r'data-reference="([RS]-[A-Z0-9]{8})"', page.content.decode())


def flagged() -> dict[str, set[str]]:
    """The words of the flags of each report that waits."""
    lines = queries.waiting(now=timezone.now()).lines()
    return {line.report.reference: {flag.word for flag in line.flags} for line in lines}


def sort_all(officer: User) -> None:
    sorting.sort_new(by=officer, keys=keyring.held(officer.get_username()))


# Marks: one thing in many writings, many things in one


@pytest.mark.parametrize(
    "writing",
    ["07700 900123", "+44 7700 900123", "0044 7700 900 123", "+44 (0)7700 900123", "447700900123", "07700-900-123",
     "(07700) 900123", "０７７００ ９００１２３", "+44\u00a07700\u00a0900123"],
)  # fmt: skip
def test_a_number_is_one_number_in_any_writing(writing: str) -> None:
    assert number_in_one_writing(writing) == "7700900123"
    assert "7700900123" in set(accounts_of(ReportAnswers(names=f"They ring from {writing} at night")))
    assert set(contacts_of(ReportAnswers(phone=writing))) == {"7700900123"}


@pytest.mark.parametrize(
    "said",
    ["sample_account_1", "@Sample_Account_1", "  sample_account_1.", "Snapchat: sample_account_1", "SAMPLE_ACCOUNT_1",
     "sample_account_1 and another_one", "“sample_account_1”", "sample\u200b_account_1", "ｓａｍｐｌｅ_account_1",
     "https://chat.example/sample_account_1", "www.chat.example/u/Sample_Account_1/?a=b",
     "one@post.example, sample_account_1"],
)  # fmt: skip
def test_an_account_name_is_one_in_any_writing(said: str) -> None:
    assert "sample_account_1" in set(accounts_of(ReportAnswers(names=said)))


@pytest.mark.parametrize(
    "said",
    [
        "",
        " ",
        "unknown",
        "I don't know",
        "I don’t know",
        "They have many different accounts",
        "A stranger who found me in the chat of a game",
        "No",
        "n/a",
        "none",
        "Snapchat",
        "Instagram account",
        "not sure",
        "-",
        "…",
        "12",
    ],
)
def test_words_that_name_nobody_make_no_mark(said: str) -> None:
    assert set(accounts_of(ReportAnswers(names=said))) == set()


@pytest.mark.parametrize(
    ("links", "names"),
    [("https://chat.example/sample_account_1", {"sample_account_1"}), ("https://chat.example/", set()),
     ("https://chat.example", set()), ("chat.example/p/4711?x=1 www.two.example/other.name", {"4711", "other.name"})],
)  # fmt: skip
def test_a_link_to_a_profile_is_its_account_name(links: str, names: set[str]) -> None:
    assert set(accounts_of(ReportAnswers(links=links))) == names


def test_marks_are_keyed_digests_that_nothing_but_the_duty_key_makes(
    officer: User, folder: Path, tmp_path: Path
) -> None:
    report = came(officer, names="sample_account_1", phone="07700 900123")
    sort_all(officer)
    first = set(report.marks.values_list("kind", "digest"))
    assert {kind for kind, _ in first} == {"account", "contact"}
    stored = str(list(Report.objects.values())) + str(list(Mark.objects.values()))
    assert "sample_account" not in stored and "900123" not in stored
    keyring.rotate(folder, "duty", PASSPHRASES["duty"])
    actions.unlock(PASSPHRASES["duty"], by=officer)
    assert sorting.unsorted(sorting.digester(keyring.held("corin"))).count() == 0  # a rotation keeps them
    keyring.make(tmp_path / "others", PASSPHRASES)
    other = sorting.digester(keyring.unlock(tmp_path / "others" / "duty.key", PASSPHRASES["duty"]))
    assert not {digest for _, digest in first} & {other.digest(kind, "sample_account_1") for kind in ("account",)}
    assert sorting.unsorted(other).count() == 1


# Flags


def test_flags_are_shown_before_anybody_reads_and_each_sorting_is_an_event(officer: User, staff: Client) -> None:
    child = came(officer, age="13-15", danger="no")
    grown = came(officer, age="18+")
    unsaid = came(officer)
    shut = keyring.held("corin")
    actions.lock(by=officer)
    assert flagged() == {r.reference: {"NOT SORTED"} for r in (child, grown, unsaid)}
    assert "NOT SORTED" in words(staff.get("/reports/"))
    keyring.hold(shut, officer="corin")
    page = staff.get("/reports/")
    assert flagged() == {
        child.reference: {"CHILD"},
        grown.reference: set(),
        unsaid.reference: {"AGE NOT KNOWN"},
    }
    assert "CHILD" in words(page) and "unread" in words(page)
    events = Event.objects.using("default").filter(verb="report.sorted")
    assert sorted(events.values_list("key", flat=True)) == sorted(r.reference for r in (child, grown, unsaid))
    assert set(events.values_list("actor", flat=True)) == {"corin"}
    assert not Report.objects.exclude(first_read_at=None).exists()


BOTH = [{"SEVERAL VICTIMS"}, {"REPEAT", "SEVERAL VICTIMS"}]
AGAIN = [set(), {"REPEAT"}]
ONE, TWO = "07700 900001", "07700 900002"
CASES: dict[str, tuple[list[dict[str, str]], list[set[str]]]] = {
    "nothing shared": ([{"names": "one_name"}, {"names": "two_name"}], [set(), set()]),
    "same phone, two writings": ([{"phone": ONE}, {"phone": "+44 7700 900001"}], AGAIN),
    "same e-mail": ([{"email": "A@post.example"}, {"email": "a@POST.example "}], AGAIN),
    "same address": ([{"post": "1 Made-up Road, Moor"}, {"post": "1 made up road\nMoor"}], AGAIN),
    "same account, other people": ([{"names": "@bad_one", "phone": ONE}, {"names": "bad_one", "phone": TWO}], BOTH),
    "same account, same person": ([{"names": "bad_one", "phone": ONE}, {"names": "bad_one", "phone": ONE}], AGAIN),
    "same account, nobody known": ([{"names": "bad_one"}, {"names": "bad_one"}], BOTH),
    "same story twice": (
        [{"names": "bad_one", "story": STORY}, {"names": "bad_one", "story": STORY.upper()}],
        AGAIN,
    ),
    "a link and a name": ([{"links": "https://chat.example/bad_one"}, {"names": "bad_one"}], BOTH),
    "the victim's number is no account": ([{"phone": ONE}, {"names": ONE}], [set(), set()]),
    "nothing said": ([{"names": "unknown", "phone": ""}, {"names": "Unknown", "phone": ""}], [set(), set()]),
    "one person by way of a third report": (
        [
            {"names": "bad_one", "phone": ONE},
            {"phone": ONE, "email": "a@post.example"},
            {"names": "bad_one", "email": "a@post.example"},
        ],
        [set(), {"REPEAT"}, {"REPEAT"}],
    ),
    "three, two of one person": (
        [{"names": "bad_one", "phone": ONE}, {"names": "bad_one", "phone": ONE}, {"names": "bad_one"}],
        [*BOTH, {"REPEAT", "SEVERAL VICTIMS"}],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_repeats_and_several_victims_of_one_account(officer: User, name: str) -> None:
    said, wanted = CASES[name]
    reports = [came(officer, hours=10 - number, age="18+", **each) for number, each in enumerate(said)]
    sort_all(officer)
    found = flagged()
    assert [found[report.reference] for report in reports] == wanted


def test_a_flood_from_one_contact_does_not_stop_the_list(officer: User, staff: Client) -> None:
    """The work grows with the number of marks, not with its square: counted in statements and marks, not in time."""
    now = timezone.now()
    Report.objects.bulk_create(
        Report(reference=f"R-{n:08d}", duty_box=b"", recovery_box=b"", received_at=now, sorted_by="1:x!")
        for n in range(1500)
    )
    Mark.objects.bulk_create(
        Mark(report=report, kind=kind, digest="same")
        for report in Report.objects.all()
        for kind in ("contact", "account")
    )
    with CaptureQueriesContext(connections["default"]) as asked:
        found = flags.shared()
    assert len(asked) == 2 and "EXISTS" not in str(asked.captured_queries)
    assert (len(found.repeat), len(found.several)) == (1499, 0)
    page = staff.get("/reports/")
    assert "Showing 1 to 50 of 1500." in words(page) and "SEVERAL VICTIMS" not in words(page).replace("Several", "")
    report = came(officer, names="bad_one")
    sort_all(officer)
    digests = report.marks.values_list("digest", flat=True)
    Mark.objects.filter(digest="same", kind="account").update(digest=digests[0])
    page = words(staff.get(f"/reports/{report.reference}/"))
    assert "and 1470 more" in page and "SEVERAL VICTIMS another person reports the same account" in page


def test_a_purge_takes_marks_and_flags_with_it(officer: User) -> None:
    first, second = (came(officer, hours=9 - n, age="18+", names="bad_one") for n in range(2))
    sort_all(officer)
    actions.close(first, outcome="information", number="", reason="Why.", by=officer, now=timezone.now())
    Report.objects.filter(pk=first.pk).update(outcome_at=timezone.now() - timedelta(days=400))
    call_command("purge_reports", stdout=io.StringIO())
    assert set(Mark.objects.values_list("report", flat=True)) == {second.pk}
    assert flagged() == {second.reference: set()}


def test_filters_by_flag_state_holder_age_and_type(officer: User, staff: Client) -> None:
    child = came(officer, hours=30, age="under13", what=("threat",), danger="yes")
    unknown = came(officer, hours=5, what=("fake", "threat"))
    grown = came(officer, hours=2, age="18+", what=("paid",), names="bad_one")
    again = came(officer, hours=1, age="18+", names="bad_one")
    staff.post(f"/reports/{grown.reference}/hold", {"holds": "yes", "seen": ""})
    notes.add_note(again, "Call the school.", waits=True, by=officer, now=timezone.now())
    assert staff.get(f"/reports/{grown.reference}/").status_code == 200
    wanted = {
        "": [child, unknown, grown, again],
        "flag=danger": [child],
        "flag=child": [child, unknown],
        "flag=repeat": [again],
        "flag=several": [grown, again],
        "state=unread": [child, unknown, again],
        "state=read": [grown],
        "state=message": [],
        "state=to-do": [again],
        "state=over": [child],
        "holder=mine": [grown],
        "holder=free": [child, unknown, again],
        "holder=by:corin": [grown],
        "holder=by:mine": [],
        "older=1": [child, unknown, grown, again],
        "older=4": [child, unknown],
        "older=24": [child],
        "type=threat": [child, unknown],
        "type=fake": [unknown],
        "type=paid": [grown],
        "type=paid&flag=several&holder=mine&older=1&state=read": [grown],
        "type=paid&flag=child": [],
        "flag=x&state=x&holder=x&older=-1&type=x": [child, unknown, grown, again],
    }
    for query, reports in wanted.items():
        for address in ("/reports/", "/reports/rows"):
            page = staff.get(f"{address}?{query}")
            assert listed(page) == [report.reference for report in reports], query
    assert listed(staff.get("/reports/?older=1&page=1&ended=7"))


def test_paging_keeps_what_the_list_is_narrowed_to_and_the_other_list_stays(officer: User, staff: Client) -> None:
    for number in range(53):
        came(officer, hours=2 + number / 100, age="18+", what=("fake",))
    page = staff.get("/reports/?type=fake").content.decode()
    assert 'href="/reports/?type=fake&amp;ended=1&amp;page=2"' in page
    # the page that refreshes itself pages to the list, not to the bare rows
    assert 'href="/reports/?type=fake&amp;ended=1&amp;page=2"' in staff.get("/reports/rows?type=fake").content.decode()
    assert len(listed(staff.get("/reports/?type=fake&page=2"))) == 3


# Notes


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


# Links


def test_reports_are_linked_both_ways_and_found_by_what_they_share(officer: User, staff: Client) -> None:
    one, two = (came(officer, hours=9 - n, names="bad_one") for n in range(2))
    assert words(staff.get(f"/reports/{one.reference}/")).count("the same account name") == 0  # two is not sorted yet
    page = staff.get(f"/reports/{two.reference}/")
    assert f"{one.reference}: the same account name" in words(page)
    address = f"/reports/{two.reference}/link"
    for _ in range(2):
        given = {"kind": "account", "number": f" {one.reference.lower()} "}
        assert staff.post(address, given)["Location"] == f"/reports/{two.reference}/#links"
    link = ReportLink.objects.get()
    assert (link.first, link.second) == (one, two)
    for here, there in ((one, two), (two, one)):
        assert f"{there.reference}: the same suspect account (corin" in words(staff.get(f"/reports/{here.reference}/"))
    for number, fault in (("R-NOTHING2", "no report of that reference"), (two.reference, "That is this report")):
        assert fault in words(staff.post(address, {"kind": "person", "number": number}))
    assert staff.post(f"/reports/{one.reference}/unlink", {"report": str(link.pk)}).status_code == 302
    assert staff.post(f"/reports/{one.reference}/unlink", {"report": str(link.pk)}).status_code == 403
    assert staff.post(f"/reports/{one.reference}/unlink", {"report": "x"}).status_code == 403
    verbs = list(Event.objects.using("default").filter(verb__contains="link").values_list("verb", "key"))
    assert verbs == [("report.linked", two.reference), ("report.unlinked", one.reference)]


def recorded(officer: User, **said: Any) -> Occurrence:
    now = timezone.now()
    return open_occurrence(
        by=officer, now=now, reported_on=timezone.localdate(now), summary="A summary.",
        offences=(NewOffence("88/15", timezone.localdate(now)),), **said,
    )  # fmt: skip


def test_a_report_linked_to_an_occurrence_here_brings_its_wishes_there(
    officer: User, staff: Client, folder: Path
) -> None:
    first = came(officer, who="me", voicemail="no", contact="yes")
    opened = actions.open_report(first, by=officer, now=timezone.now())
    new = actions.NewRecord("88/15", None, "A summary.")
    occurrence = actions.record_here(opened, new, by=officer, now=timezone.now())
    said = {3: {"who": "me"}, 4: {"age": "13-15"}, 9: {"contact": "yes"}, 10: {"voicemail": "no", "phone": "a number"}}
    sealed, code = online(folder, said)
    second = Report.objects.get(reference=sealed.reference)
    given = {"kind": "occurrence", "number": occurrence.number.lower()}
    assert staff.post(f"/reports/{second.reference}/link", given).status_code == 302
    page = staff.get(f"/occurrences/{occurrence.number}/")
    for report in (first, second):
        assert f'href="/reports/{report.reference}/"' in page.content.decode()
        assert (
            f'href="/occurrences/{occurrence.number}/"' in staff.get(f"/reports/{report.reference}/").content.decode()
        )
    opened = actions.open_report(second, by=officer, now=timezone.now())
    assert {wish.line for wish in facts_of(opened.answers).all} <= told(page)
    assert Person.objects.filter(report=second.reference).count() == len(people_of(opened.answers, report="x"))
    # ended as information it may go: its wishes stand where it is dealt with
    actions.close(second, outcome="information", number="", reason="Same event.", by=officer, now=timezone.now())
    assert not queries.not_carried_on(second)
    # a later message puts the sign on the occurrence, and one report's word does not take another's off
    message(folder, sealed, code, "Do not ring at all.")
    occurrence.refresh_from_db()
    assert occurrence.message_waits and queries.not_carried_on(second)
    page = staff.get(f"/occurrences/{occurrence.number}/")
    assert f"Read it and carry it on: {second.reference}" in words(page)
    first.refresh_from_db()
    actions.carry_on(
        actions.open_report(first, by=officer, now=timezone.now()), later="", by=officer, now=timezone.now()
    )
    occurrence.refresh_from_db()
    assert occurrence.message_waits
    actions.carry_on(
        actions.open_report(second, by=officer, now=timezone.now()), later="Never ring.", by=officer, now=timezone.now()
    )
    occurrence.refresh_from_db()
    assert not occurrence.message_waits
    assert "Never ring." in words(staff.get(f"/occurrences/{occurrence.number}/"))
    # after the purge the occurrence says that the report is gone and keeps the wishes
    Report.objects.filter(pk=second.pk).update(outcome_at=timezone.now() - timedelta(days=400))
    call_command("purge_reports", stdout=io.StringIO())
    page = staff.get(f"/occurrences/{occurrence.number}/")
    assert f"{second.reference}, deleted on" in words(page) and "Never ring." in words(page)
    assert f'href="/reports/{second.reference}/"' not in page.content.decode()


def test_a_link_made_by_mistake_takes_the_people_off_again(officer: User, staff: Client) -> None:
    occurrence, report = recorded(officer), came(officer, name="Sam", contact="yes")
    staff.post(f"/reports/{report.reference}/link", {"kind": "occurrence", "number": occurrence.number})
    assert occurrence.people.count() == 1
    link = OccurrenceLink.objects.get()
    staff.post(f"/reports/{report.reference}/unlink", {"occurrence": str(link.pk)})
    assert not occurrence.people.exists() and not OccurrenceLink.objects.exists()
    report.refresh_from_db()
    assert report.carried_on_at is None
    verbs = Event.objects.using("default").filter(key=occurrence.number).values_list("verb", flat=True)
    assert list(verbs)[-2:] == ["person.added", "person.removed"]


@pytest.mark.parametrize("number", ["N/2026/000123", "NM 4711-26", "nm-77"])
def test_a_report_is_linked_to_an_occurrence_of_the_store_both_ways(
    officer: User, staff: Client, tmp_path: Path, number: str
) -> None:
    from clearcount.workflow.importing import import_export

    out = tmp_path / "out"
    out.mkdir()
    (out / "offences.csv").write_text(
        "occurrence_no,crime_no,home_office_code,offence,recorded_on,reported_on,committed_from,committed_to,status,markers\n"
        f"{number},C-1,088/15,Offence,2026-03-01,2026-03-01,,,recorded,\n",
        encoding="utf-8",
    )
    (out / "texts.csv").write_text(
        f"occurrence_no,field,entry_no,entered_at,text\n{number},summary,1,2026-03-01 10:00,Words.\n", encoding="utf-8"
    )
    import_export([out], tmp_path / "store", now=timezone.now())
    report = came(officer)
    address = f"/reports/{report.reference}/link"
    with override_settings(STORE_DIR=tmp_path / "store"):
        staff.post(address, {"kind": "occurrence", "number": f" {number} "})
        staff.post(address, {"kind": "occurrence", "number": "N/2026/999999"})
    with override_settings(STORE_DIR=tmp_path / "nothing"):
        staff.post(address, {"kind": "occurrence", "number": "N/2026/888888"})
    found = dict(OccurrenceLink.objects.values_list("number", "in_store"))
    assert found == {number: True, "N/2026/999999": False, "N/2026/888888": None}
    page = words(staff.get(f"/reports/{report.reference}/"))
    for said in ("in the record store (", "not in the record store yet", "no record store could be asked"):
        assert said in page
    # and back: from the number to the report; the number is in no address
    assert report.reference in staff.post("/reports/find", {"number": number.lower()}).content.decode()
    assert "0 reports" in words(staff.post("/reports/find", {"number": "N/2026/777777"}))
    assert "Number of an occurrence: That is no number" in words(staff.post("/reports/find", {"number": "Sam Sample"}))
    # whoever deals with it there must be told how the person may be reached
    actions.close(report, outcome="information", number="", reason="Same event.", by=officer, now=timezone.now())
    assert queries.not_carried_on(report)
    staff.post(f"/reports/{report.reference}/carry-on", {"later": "", "carried_on": "on"})
    assert not queries.not_carried_on(report)


@pytest.mark.parametrize("number", ["W26999999", "w00000000", "Sam", "'; drop", "x" * 41, "12\x00", "<b>1</b>"])
def test_a_number_that_is_none_is_refused(officer: User, staff: Client, number: str) -> None:
    report = came(officer)
    page = staff.post(f"/reports/{report.reference}/link", {"kind": "occurrence", "number": number})
    assert page.status_code == 200 and "There is a problem" in words(page)
    assert not OccurrenceLink.objects.exists()


# The hand-over list


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


# Statistics


def test_statistics_add_up_before_and_after_a_purge(officer: User, staff: Client, folder: Path) -> None:
    online(folder, {3: {"who": "me"}, 4: {"age": "13-15"}, 5: {"what": ["fake", "threat"]}})
    actions.reply(Report.objects.get(), "A reply.", by=officer, now=timezone.now() + timedelta(hours=3))
    came(officer, hours=24 * 21, age="18+", what=("paid",))
    came(officer, hours=24 * 21)
    sort_all(officer)
    before = staff.get("/reports/statistics.csv").content.decode()
    rows = list(csv.DictReader(io.StringIO(before)))
    counts = {(row["counted_by"], row["value"]): 0 for row in rows}
    for row in rows:
        counts[row["counted_by"], row["value"]] += int(row["reports"])
    assert counts["All reports", "Reports"] == 3
    assert counts["Channel", "online"] == 1 and counts["Channel", "phone"] == 2
    assert counts["Age group", "13 to 15"] == counts["Age group", "18 or over"] == 1
    assert counts["Age group", "Not asked, or not said"] == 1
    assert counts["What is happening", "The image is fake or made with AI"] == 1
    assert counts["What is happening", "Nothing ticked"] == 1
    assert counts["Time to the first reply", "1 to 4 hours"] == 1
    weeks = {row["week_beginning"] for row in rows}
    assert len(weeks) == 4 and all(date.fromisoformat(week).weekday() == 0 for week in weeks)
    assert {row["status"] for row in rows} == {tally.STAFF_ONLY}
    for report in Report.objects.all():
        how = {"outcome": "information", "number": "", "reason": "Why."}
        actions.close(report, **how, by=officer, now=timezone.now())
    Report.objects.update(outcome_at=timezone.now() - timedelta(days=400))
    call_command("purge_reports", stdout=io.StringIO())
    assert not Report.objects.exists() and WeekCount.objects.exists()
    assert staff.get("/reports/statistics.csv").content.decode() == before
    assert "Staff only." in words(staff.get("/reports/statistics"))
    assert Event.objects.using("default").filter(verb="statistics.read").count() == 3


def test_a_report_that_nobody_could_open_is_counted_as_that(officer: User, tmp_path: Path) -> None:
    keyring.make(tmp_path / "others", PASSPHRASES)
    with override_settings(REPORT_KEYS=sealing.read_public_keys(tmp_path / "others" / "public.json")):
        came(officer, age="18+", what=("fake",))
    sort_all(officer)
    counted = tally.counts_of(Report.objects.all())
    assert {(about, value) for _, about, value in counted if about in ("age", "type")} == {
        ("age", tally.NOT_SORTED),
        ("type", tally.NOT_SORTED),
    }


def test_every_week_is_on_some_page_of_the_statistics(officer: User, staff: Client) -> None:
    came(officer, hours=24 * 7 * 40)
    seen: list[str] = []
    for number in range(1, 5):
        page = staff.get(f"/reports/statistics?page={number}").content.decode()
        assert "of 41, the newest first" in page
        table = page[page.index('id="s-all"') : page.index('id="s-channel"')]
        seen += re.findall(r'<th scope="row"[^>]*>([^<]+)</th>', table)
    assert len(seen) == len(set(seen)) == 41


# The list that refreshes itself


def test_a_refresh_keeps_nothing_unlocked_and_is_one_event_a_quarter_of_an_hour(
    officer: User, staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    came(officer, age="under13")
    clock = [1000.0]
    monkeypatch.setattr(keyring.time, "monotonic", lambda: clock[0])
    keyring.hold(keyring.held("corin", uses=False), officer="corin")
    assert "CHILD" in words(staff.get("/reports/rows"))
    looks = Event.objects.using("default").filter(verb="reports.listed")
    assert looks.count() == 1
    for _ in range(3):
        clock[0] += keyring.IDLE_SECONDS / 3 + 1
        page = staff.get("/reports/rows")
        assert page.status_code == 200 and "<html" not in page.content.decode()
    assert not keyring.held("corin")
    assert looks.count() == 1
    staff.get("/reports/rows?flag=child")
    assert list(looks.values_list("key", flat=True)) == ["all", "child"]
    staff.get("/reports/"), staff.get("/reports/")
    assert looks.count() == 4
    before = (timezone.now() - timedelta(minutes=16)).isoformat()
    assert not looks.filter(at__lt=before).exists()


@pytest.mark.parametrize(
    "typed", ["Sam", "Sam Sample", "sample_account_1", "07700900123", "sam@post.example", "Ω" * 40]
)
def test_words_typed_into_the_search_are_in_no_event_and_no_address(officer: User, staff: Client, typed: str) -> None:
    came(officer)
    page = staff.get("/reports/", {"q": typed, "flag": typed, "holder": f"by:{typed}", "state": typed})
    assert listed(page) == []
    assert not [each for each in Event.objects.using("default").values() if typed.upper() in str(each).upper()]
    addresses = re.findall(r'(?:href|data-rows|action)="([^"]*)"', page.content.decode())
    assert not [address for address in addresses if typed.upper() in address.upper()]


# Who may, who looked, and two at once


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


# Lists of staff have no end that nobody is told of


def test_every_row_of_every_staff_list_can_be_reached(
    officer: User, sign_in: Callable[..., User], staff: Client
) -> None:
    from clearcount_web.jobs.models import Job
    from clearcount_web.site.actions import keep_feedback

    numbers = {recorded(officer).number for _ in range(103)}
    seen: set[str] = set()
    for page in (1, 2):
        shown = staff.get(f"/occurrences/?page={page}")
        seen |= set(re.findall(r'href="/occurrences/(W\d{8})/"', shown.content.decode()))
        assert "of 103." in words(shown)
    assert seen == numbers
    for number in range(103):
        keep_feedback(text=f"Remark {number}.", today=timezone.localdate())
        Job.objects.create(kind="take-reports", state="done", created_by="worker", run_after=timezone.now())
    sign_in("ada", Role.ADMINISTRATOR)
    for address, pattern, count in (
        ("/correspondence/", r"Remark (\d+)\.", 103),
        ("/jobs/", r'<th scope="row">(\d+)</th>', Job.objects.count()),
        ("/audit/?verb=occurrence.opened", r'<th scope="row" class="cc-number">(\d+)</th>', 103),
    ):
        found: list[str] = []
        sign = "&" if "?" in address else "?"
        for number in (1, 2):
            page = staff.get(f"{address}{sign}page={number}")
            rows = re.findall(pattern, page.content.decode())
            found += [row for row in rows if row not in found]
            assert f"of {count}." in words(page), address
        assert len(found) == count, address
