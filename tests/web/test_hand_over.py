"""The hand-over: what a person wished for contact is found, word for word, wherever their report goes."""

from __future__ import annotations

import copy
import csv
import html
import io
import itertools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client, override_settings
from django.utils import timezone
from nacl import pwhash

from clearcount.store import open_store
from clearcount.workflow.importing import import_export
from clearcount_web.accounts.models import User
from clearcount_web.accounts.roles import EVERY_ROLE, Role
from clearcount_web.audit.models import Event
from clearcount_web.ground.refusals import Refused
from clearcount_web.occurrences.export import export_occurrences
from clearcount_web.occurrences.models import Occurrence
from clearcount_web.reporting import actions as reporting
from clearcount_web.reporting import drafts, sealing
from clearcount_web.reporting.answers import NAMES, AnswersFault, ReportAnswers, from_sealed
from clearcount_web.reporting.forms import STEPS, answers_of
from clearcount_web.reporting.models import Draft, SealedMessage, SealedReport
from clearcount_web.triage import actions, keyring, queries, retention
from clearcount_web.triage.forms import EnterForm
from clearcount_web.triage.models import Report
from clearcount_web.triage.safe_contact import facts_of, people_of

PASSPHRASES = {"duty": "five made up words here", "recovery": "other made up words here"}
STORY = "A made-up story about a picture that somebody says was made with AI."
SAME = {"HTTP_SEC_FETCH_SITE": "same-origin"}
TYPED: dict[int, dict[str, Any]] = {
    1: {"danger": "unsure"},
    3: {"who": "me"},
    4: {"age": "13-15"},
    5: {"what": ["threat"], "when": "Last week", "place": "Northmoor"},
    6: {"apps": "A chat app", "names": "sample_account_1", "links": ""},
    7: {"story": STORY},
    8: {"kept": ["messages"], "name": "Sam"},
    9: {"contact": "yes"},
    10: {"phone": "a made-up number", "phone_safe": "no", "voicemail": "no", "text_safe": "yes",
         "email": "sam@post.example", "post": "",
         "times": "After school, not on Sunday", "other": "Say it is the library",
         "help": "BSL"},
    11: {"unsafe": "They read my messages <b>at home</b>"},
}  # fmt: skip
RECORD = {"code": "88/15", "summary": "Caller says a picture was made with AI.", "mo": ""}


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
        officer = sign_in("corin", Role.CONTACT_OFFICER)
        actions.unlock(PASSPHRASES["duty"], by=officer)
        yield officer


def arrived(folder: Path, typed: dict[int, dict[str, Any]]) -> tuple[SealedReport, str]:
    """A report that was sent on the public door and taken in; with its follow-up code."""
    now, key = timezone.now(), sealing.new_key()
    answers = {str(step): copy.deepcopy(given) for step, given in typed.items()}
    row = Draft.objects.create(
        place=sealing.place_of(key), box=sealing.lock(answers, key), started_at=now, touched_at=now
    )
    sent = reporting.send(drafts.Open(key, row, answers), sealing.read_public_keys(folder / "public.json"), now=now)
    actions.take_reports()
    return SealedReport.objects.get(reference=sent.reference), sent.code


def words(page: Any) -> str:
    """What a page says, without its tags, spaces as one."""
    plain = re.sub(r"<[^>]+>", "", page.content.decode().replace("<br>", "\n"))
    return " ".join(html.unescape(plain).split())


def aside(page: Any) -> list[tuple[str, str]]:
    """The facts in the first blocks of safe contact of a page: label and what is said."""
    found = re.findall(r"<aside class=\"cc-safe-contact.*?</aside>", page.content.decode(), re.S)
    facts = [pair for block in found for pair in re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", block, re.S)]
    return [(html.unescape(label), html.unescape(re.sub(r"<[^>]+>", "", said))) for label, said in facts]


# Who receives it, how they are told, when it is deleted (the other forms of the public site: test_every_form.py)


@pytest.mark.parametrize("role", sorted(EVERY_ROLE))
@pytest.mark.parametrize("form", ["reporting/step.html", "reporting/conversation.html"])
def test_the_duty_desk_receives_a_report_and_its_later_messages_is_told_and_deletes_both(
    officer: User, folder: Path, staff: Client, sign_in: Callable[..., User], role: Role, form: str
) -> None:
    from django.core import mail

    from clearcount_web.triage import alerts

    later = "A later made-up message."
    sealed, code = arrived(folder, TYPED)
    reference, keys = sealed.reference, sealing.read_public_keys(folder / "public.json")
    said = STORY
    if form == "reporting/conversation.html":
        reporting.add_message(sealed, later, code, keys, now=timezone.now())
        actions.take_reports()
        said = later
    # how they are told: by a note that says nothing of it, once
    mail.outbox = []
    with override_settings(REPORT_ALERT_EMAIL="desk@force.example"):
        alerts.alert(now=timezone.now())
        assert alerts.alert(now=timezone.now()) == 0
    notes = [(letter.to, letter.body) for letter in mail.outbox]
    assert notes and {tuple(to) for to, _ in notes} == {("desk@force.example",)}
    assert not [body for _, body in notes if STORY in body or later in body or reference in body]
    # who receives it: the contact desk and nobody else
    somebody = sign_in("somebody", role)
    if role == Role.CONTACT_OFFICER:
        actions.unlock(PASSPHRASES["duty"], by=somebody)
        assert said in staff.get(f"/reports/{reference}/").content.decode()
    else:
        page = staff.get(f"/reports/{reference}/")
        assert page.status_code == 403 and said not in page.content.decode()
    # when it is deleted: some days after its outcome, on both sides
    opened = actions.open_report(Report.objects.get(reference=reference), by=officer, now=timezone.now())
    assert [message["text"] for message in opened.messages] == ([later] if said == later else [])
    actions.close(
        opened.report, outcome="information", number="", reason="Nothing to record.", by=officer,
        now=timezone.now() - timedelta(days=settings.REPORT_RETENTION_DAYS["information"] + 1),
    )  # fmt: skip
    call_command("purge_reports", stdout=io.StringIO())
    assert not Report.objects.exists() and not SealedReport.objects.exists()
    assert not SealedMessage.objects.exists()


# Every station


@pytest.mark.parametrize("who", ["me", "other", "witness"])
def test_safe_contact_is_word_for_word_the_same_at_every_station(
    officer: User, folder: Path, staff: Client, tmp_path: Path, who: str
) -> None:
    typed = TYPED | {3: {"who": who}} | ({} if who == "me" else {8: {**TYPED[8], "knows": "no", "reach": "no"}})
    sealed, _ = arrived(folder, typed)
    reference = sealed.reference

    # the desk
    desk = staff.get(f"/reports/{reference}/")
    told = aside(desk)
    said = dict(told)
    assert said["Voicemail"] == "NO (do not leave a voicemail)"
    assert said["Calls"] == "NO (do not call)"
    assert said["Text messages"] == "YES"
    assert said["Danger"].startswith("MAY BE IN DANGER")
    assert said["Age group"] == "13 to 15 (a child)"
    for step, name in ((10, "phone"), (10, "email"), (10, "times"), (10, "other"), (10, "help"), (11, "unsafe")):
        assert typed[step][name] in said.values()
    assert desk.content.decode().count('<strong class="cc-no">NO</strong>') == (2 if who == "me" else 4)
    for page in ("outcome", "record", "reply"):
        assert aside(staff.get(f"/reports/{reference}/{page}")) == told

    # the copied text: the facts are its first lines
    copied = queries.copy_out(actions.open_report(Report.objects.get(), by=officer, now=timezone.now()))
    assert copied.splitlines()[: len(told)] == [f"{label}: {words}" for label, words in told]
    assert html.escape(copied.splitlines()[4]) in desk.content.decode()

    # the occurrence: the facts come before everything else on its page, and each person has their own
    done = staff.post(f"/reports/{reference}/record", RECORD)
    occurrence = Occurrence.objects.get()
    assert done["Location"] == f"/occurrences/{occurrence.number}/"
    page = staff.get(done["Location"])
    assert sorted(aside(page)) == sorted(told)
    text = page.content.decode()
    assert text.index("cc-safe-contact") < text.index("Offences") < text.index("Log")
    people = list(occurrence.people.all())
    assert [person.role for person in people] == {
        "me": ["victim"],
        "other": ["victim", "other"],
        "witness": ["victim", "witness"],
    }[who]
    victim = people[0]
    assert (victim.danger, victim.age_group, victim.about) == ("unsure", "13-15", who)
    assert ("The person it happened to" in dict(aside(page))) == (who != "me")

    # both ways
    assert f'href="/reports/{reference}/"' in text
    assert f'href="/occurrences/{occurrence.number}/"' in staff.get(f"/reports/{reference}/").content.decode()

    # the export and the store that it is imported into count the offence and name nobody; its number leads back
    out, store = tmp_path / "out", tmp_path / "store"
    export_occurrences(out, by=officer, now=timezone.now())
    with (out / "offences.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["occurrence_no"] == occurrence.number
    import_export([out], store, now=timezone.now())
    private = [words for label, words in told if label in ("Number", "E-mail", "Safe times", "What makes them unsafe")]
    everything = b"".join(path.read_bytes() for path in (*out.rglob("*"), *store.rglob("*")) if path.is_file())
    assert len(private) == 4
    assert not [words for words in private if words.encode() in everything]
    kept = open_store(store)
    assert kept.offences(kept.snapshot())["occurrence_no"].to_pylist() == [occurrence.number]
    assert sorted(aside(staff.get(f"/occurrences/{row['occurrence_no']}/"))) == sorted(told)


def test_the_people_of_an_occurrence_hold_all_facts_of_the_report_whatever_was_answered() -> None:
    choices: dict[str, tuple[str | None, ...]] = {
        "who": ("me", "other", "witness", "", None),
        "contact": ("yes", "no", "code", "", None),
        "voicemail": ("yes", "no", "", None),
        "phone_safe": ("yes", "no", "", None),
        "danger": ("yes", "no", "unsure", "", None),
        "reach": ("yes", "no", "unsure", "", None),
    }
    for given in itertools.product(*choices.values()):
        answers = replace(ReportAnswers(), **dict(zip(choices, given, strict=True)))
        facts = facts_of(answers)
        people = people_of(answers, report="R-1")
        assert sorted(wish.line for person in people for wish in person.wishes) == sorted(w.line for w in facts.all)
        ways = {wish.label: wish for wish in facts.all}
        for label, said in (("Voicemail", answers.voicemail), ("Calls", answers.phone_safe)):
            # a NO is a NO that the person gave, by this question or by wanting no contact; a YES likewise
            assert ways[label].refuses == (said == "no" or answers.contact in ("no", "code"))
            assert (ways[label].answer == "YES") == (said == "yes" and answers.contact not in ("no", "code"))
            assert ways[label].asks == (not ways[label].refuses and ways[label].answer != "YES")
        assert (ways["Danger"].answer == "nobody") == (answers.danger == "no")


@pytest.mark.parametrize("danger", ["yes", "unsure", "no", ""])
@pytest.mark.parametrize("voicemail", ["yes", "no", ""])
def test_a_report_taken_by_phone_asks_what_the_form_asks_and_makes_no_no_of_not_asked(
    officer: User, staff: Client, danger: str, voicemail: str
) -> None:
    page = staff.get("/reports/take").content.decode()
    assert page.count('value="" id="id_') == page.count("Not asked") - 1  # the words of the page say it once too
    given = {"channel": "phone", "story": STORY, "danger": danger, "voicemail": voicemail, "phone": "a made-up number"}
    assert staff.post("/reports/take", given).status_code == 302
    report = Report.objects.get()
    assert report.danger == (danger in ("yes", "unsure"))
    facts = dict(aside(staff.get(f"/reports/{report.reference}/")))
    ask = "NOT ASKED (do not leave a voicemail before you have asked)"
    assert facts["Voicemail"] == {"yes": "YES", "no": "NO (do not leave a voicemail)", "": ask}[voicemail]
    assert (
        facts["Danger"].split(" (")[0]
        == {
            "yes": "IN DANGER",
            "unsure": "MAY BE IN DANGER",
            "no": "nobody",
            "": "NOT ASKED",
        }[danger]
    )
    assert facts["Calls"].startswith("NOT ASKED") and facts["Age group"].startswith("NOT ASKED")
    assert facts["Number"] == "a made-up number"


def test_every_question_of_the_form_is_a_field_of_the_answers_and_of_the_staff_form() -> None:
    asked = [name for form in STEPS.values() for name in form.base_fields]
    assert sorted(asked) == sorted(NAMES)
    assert set(EnterForm().fields) == {"channel", *NAMES}


# Versions


def test_answers_of_every_version_are_read_and_a_later_one_is_refused() -> None:
    answers = answers_of({str(step): given for step, given in TYPED.items()})
    assert from_sealed(json.loads(json.dumps(answers.sealed()))) == answers
    old = {"answers": {str(step): given for step, given in TYPED.items()}}
    assert from_sealed(json.loads(json.dumps(old))) == answers
    assert from_sealed({"answers": {}}) == ReportAnswers()
    assert asdict(from_sealed({"answers": {"77": {"unknown": "x"}}})) == asdict(ReportAnswers())
    with pytest.raises(AnswersFault, match="later version"):
        from_sealed({"schema": 3, "answers": {}})


@pytest.mark.parametrize(
    "content",
    [
        {}, {"schema": 2}, {"schema": 2, "answers": []}, {"schema": 1, "answers": {"7": "story"}},
        {"schema": 2, "answers": {"what": "fake"}}, {"schema": 2, "answers": {"voicemail": ["no"]}},
        {"schema": 2, "answers": {"kept": [1]}}, {"schema": 2, "answers": {"story": {"a": "b"}}},
    ],
)  # fmt: skip
def test_answers_of_another_type_are_refused_in_a_sentence(content: dict[str, Any]) -> None:
    with pytest.raises(AnswersFault, match=r"version"):
        from_sealed(content)


@pytest.mark.parametrize(
    "name", ["danger", "who", "age", "contact", "voicemail", "phone_safe", "text_safe", "knows", "reach"]
)
def test_an_answer_that_this_version_does_not_know_asks_and_never_reads_as_yes_or_no(name: str) -> None:
    answers = replace(ReportAnswers(who="other"), **{name: "of another version"})
    if name != "who":
        answers = replace(answers, who="other")
    label = {"danger": "Danger", "who": "About", "age": "Age group", "contact": "Contact", "voicemail": "Voicemail",
             "phone_safe": "Calls", "text_safe": "Text messages", "knows": "They know of this report",
             "reach": "The person it happened to"}[name]  # fmt: skip
    wish = {each.label: each for each in facts_of(answers).all}[label]
    assert wish.asks and not wish.refuses
    people = people_of(answers, report="R-1")
    assert all(len(each.danger) <= 8 and len(each.age_group) <= 8 and len(each.about) <= 8 for each in people)


def test_a_question_that_was_not_put_is_none_and_one_left_empty_is_empty() -> None:
    answers = answers_of(
        {"3": {"who": "me"}, "8": {"kept": [], "name": ""}, "9": {"contact": "no"}, "10": {"phone": "a number"}}
    )
    assert answers.name == "" and answers.kept == ()
    assert answers.reach is answers.knows is answers.phone is answers.story is None


# What holds a purge back


def old(report: Report) -> None:
    """Makes a report that ended end 400 days ago."""
    before = timezone.now() - timedelta(days=400)
    Report.objects.filter(pk=report.pk).update(outcome_at=before)


def purged() -> str:
    out = io.StringIO()
    call_command("purge_reports", stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("outcome", ["force", "passed", "not_crime", "information"])
@pytest.mark.parametrize("carried", [True, False])
def test_a_purge_waits_until_safe_contact_was_carried_on(
    officer: User, folder: Path, staff: Client, outcome: str, carried: bool
) -> None:
    sealed, _ = arrived(folder, TYPED)
    given = {"outcome": outcome, "number": "N-1", "reason": "Why."} | ({"carried_on": "on"} if carried else {})
    assert staff.post(f"/reports/{sealed.reference}/outcome", given).status_code == 302
    old(Report.objects.get())
    goes = carried or outcome in ("not_crime", "information")
    with override_settings(REPORT_RETENTION_DAYS={outcome: 30}):
        said = purged()
        assert Report.objects.exists() == SealedReport.objects.exists() == (not goes)
        assert ("1 reports kept. Safe contact was not carried on" in said) == (not goes)
        assert retention.held_past_their_time(now=timezone.now()) == (0 if goes else 1)
    if goes:
        return
    page = staff.get(f"/reports/{sealed.reference}/")
    assert "Safe contact was not carried on yet." in words(page)
    address = f"/reports/{sealed.reference}/carry-on"
    assert "tick this" in staff.post(address, {"later": ""}).content.decode()
    assert staff.post(address, {"later": "", "carried_on": "on"}).status_code == 302
    with override_settings(REPORT_RETENTION_DAYS={outcome: 30}):
        purged()
    assert not Report.objects.exists()


def test_a_report_that_an_earlier_version_recorded_is_kept_until_its_people_are_added(
    officer: User, folder: Path, staff: Client
) -> None:
    sealed, _ = arrived(folder, TYPED)
    staff.post(f"/reports/{sealed.reference}/record", RECORD)
    occurrence, report = Occurrence.objects.get(), Report.objects.get()
    occurrence.people.all().delete()
    Report.objects.update(carried_on_at=None)
    old(report)
    with override_settings(REPORT_RETENTION_DAYS={"occurrence": 30}):
        purged()
        assert Report.objects.exists()
        for _ in range(2):  # saying so twice adds nobody twice
            staff.post(f"/reports/{sealed.reference}/carry-on", {"later": "", "carried_on": "on"})
        assert occurrence.people.count() == 1
        purged()
    assert not Report.objects.exists() and not SealedReport.objects.exists()
    page = staff.get(f"/occurrences/{occurrence.number}/")
    assert dict(aside(page))["Voicemail"] == "NO (do not leave a voicemail)"
    assert f"{sealed.reference}, deleted on" in words(page)
    assert f"/reports/{sealed.reference}/" not in page.content.decode()


def test_a_message_after_the_outcome_holds_the_purge_until_it_was_carried_on(
    officer: User, folder: Path, staff: Client
) -> None:
    sealed, code = arrived(folder, TYPED)
    staff.post(f"/reports/{sealed.reference}/record", RECORD)
    old(Report.objects.get())
    keys = sealing.read_public_keys(folder / "public.json")
    reporting.add_message(sealed, "Do not ring, <i>use</i> the code.", code, keys, now=timezone.now())
    with override_settings(REPORT_RETENTION_DAYS={"occurrence": 30, "information": 30}):
        purged()  # the worker has not taken the message in yet
        assert Report.objects.exists()
        actions.take_reports()
        purged()  # taken in, unread
        assert Report.objects.exists()
        number = Occurrence.objects.get().number
        assert "READ FIRST A later message came in" in words(staff.get(f"/occurrences/{number}/"))
        page = words(staff.get(f"/reports/{sealed.reference}/"))
        assert "Do not ring" in page and "READ FIRST 1 later message below may change this." in page
        copied = queries.copy_out(actions.open_report(Report.objects.get(), by=officer, now=timezone.now()))
        assert "Do not ring" in copied.split("\n\n")[0]
        purged()  # read, and what it says stands nowhere else
        assert Report.objects.exists()
        later = "Do not ring, <i>use</i> the code."
        staff.post(f"/reports/{sealed.reference}/carry-on", {"later": later, "carried_on": "on", "seen": "1"})
        assert "READ FIRST" not in words(staff.get(f"/occurrences/{number}/"))
        assert aside(staff.get(f"/occurrences/{number}/"))[0] == ("Said later", later)
        purged()
    assert not Report.objects.exists()


def test_a_message_before_the_outcome_is_carried_on_by_hand(officer: User, folder: Path, staff: Client) -> None:
    sealed, code = arrived(folder, TYPED)
    keys = sealing.read_public_keys(folder / "public.json")
    reporting.add_message(sealed, "No calls at all now.", code, keys, now=timezone.now())
    actions.take_reports()
    staff.post(f"/reports/{sealed.reference}/record", RECORD)
    number = Occurrence.objects.get().number
    assert "READ FIRST" in words(staff.get(f"/occurrences/{number}/"))
    assert "Safe contact was not carried on yet." in words(staff.get(f"/reports/{sealed.reference}/"))
    staff.post(
        f"/reports/{sealed.reference}/carry-on", {"later": "No calls at all now.", "carried_on": "on", "seen": "1"}
    )
    assert aside(staff.get(f"/occurrences/{number}/"))[0] == ("Said later", "No calls at all now.")
    assert "READ FIRST" not in words(staff.get(f"/occurrences/{number}/"))


@pytest.mark.parametrize("ended", [True, False])
def test_nobody_carries_on_a_message_that_came_while_they_wrote(
    officer: User, folder: Path, staff: Client, ended: bool
) -> None:
    sealed, code = arrived(folder, TYPED)
    if ended:
        staff.post(f"/reports/{sealed.reference}/record", RECORD)
    address = f"/reports/{sealed.reference}/{'carry-on' if ended else 'outcome'}"
    given = {"later": "", "carried_on": "on", "outcome": "force", "number": "N-1", "reason": ""}
    assert 'name="seen" value="0"' in staff.get(address).content.decode()
    keys = sealing.read_public_keys(folder / "public.json")
    reporting.add_message(sealed, "Do not ring.", code, keys, now=timezone.now())
    actions.take_reports()
    for seen in ({"seen": "0"}, {}, {"seen": "x"}):
        page = staff.post(address, given | seen)
        assert "A new message came in while you wrote." in words(page) and "Do not ring." in words(page)
        assert 'name="seen" value="1"' in page.content.decode()
    assert staff.post(address, given | {"seen": "1"}).status_code == 302


def test_what_was_carried_on_is_in_no_event_and_is_refused_before_an_outcome(
    officer: User, folder: Path, staff: Client
) -> None:
    sealed, _ = arrived(folder, TYPED)
    opened = actions.open_report(Report.objects.get(), by=officer, now=timezone.now())
    with pytest.raises(Refused, match="not ended"):
        actions.carry_on(opened, later="", by=officer, now=timezone.now())
    staff.post(f"/reports/{sealed.reference}/record", RECORD)
    staff.post(f"/reports/{sealed.reference}/carry-on", {"later": "Only at noon.", "carried_on": "on"})
    events = str(list(Event.objects.using("default").values()))
    assert "report.carried" in events and "wish.added" in events
    assert not [text for text in ("noon", "made-up number", "Sam", "library", "read my messages") if text in events]


@pytest.mark.parametrize("way", ["number", "transferred"])
def test_another_system_takes_over_only_with_safe_contact(officer: User, folder: Path, staff: Client, way: str) -> None:
    sealed, _ = arrived(folder, TYPED)
    told = aside(staff.get(f"/reports/{sealed.reference}/"))
    staff.post(f"/reports/{sealed.reference}/record", RECORD)
    occurrence = Occurrence.objects.get()
    offence = occurrence.offences.get()
    where = "force-number" if way == "number" else f"status/{offence.crime_no}"
    given = {"number": "N-1"} if way == "number" else {"status": "transferred", "reason": "Another force has it."}
    address = f"/occurrences/{occurrence.number}/{where}"
    assert aside(staff.get(address)) == told
    assert "Carry safe contact on, word for word" in words(staff.post(address, given))
    occurrence.refresh_from_db(), offence.refresh_from_db()
    assert (occurrence.force_number, offence.status) == ("", "recorded")
    assert staff.post(address, given | {"carried_on": "on"}).status_code == 302
    if way == "transferred":  # what stays here asks for nothing
        assert staff.post(address, {"status": "recorded", "reason": "It is ours after all."}).status_code == 302


# The desk


def phoned(officer: User, count: int) -> list[Report]:
    now = timezone.now()
    return [
        actions.enter_report(
            channel="phone", answers=ReportAnswers(story=STORY), by=officer, now=now - timedelta(minutes=number)
        )
        for number in range(count)
    ]


def listed(page: Any) -> set[str]:
    return set(re.findall(r"/reports/([RS]-[A-Z0-9]{8})/", page.content.decode()))


def test_no_report_falls_out_of_the_list(officer: User, staff: Client) -> None:
    reports = phoned(officer, 103)
    seen: set[str] = set()
    for page in (1, 2, 3):
        shown = staff.get(f"/reports/?page={page}")
        seen |= listed(shown)
        assert f"of {len(reports)}." in words(shown)
    assert seen == {report.reference for report in reports}
    assert "Further rows" not in words(shown)
    for report in reports:
        actions.close(report, outcome="information", number="", reason="Why.", by=officer, now=timezone.now())
    seen = set()
    for page in (1, 2, 3):
        seen |= listed(staff.get(f"/reports/?ended={page}"))
    assert seen == {report.reference for report in reports}


@pytest.mark.parametrize("page", ["0", "-1", "99", "x", "", "9" * 400])
def test_a_page_that_is_not_there_shows_one_that_is(officer: User, staff: Client, page: str) -> None:
    (report,) = phoned(officer, 1)
    assert listed(staff.get("/reports/", {"page": page, "ended": page})) == {report.reference}


def test_a_report_is_found_by_a_part_of_its_reference_in_any_writing(officer: User, staff: Client) -> None:
    one, two = phoned(officer, 2)
    actions.close(two, outcome="information", number="", reason="Why.", by=officer, now=timezone.now())
    for asked in (one.reference, one.reference.lower(), f"  {one.reference} ", one.reference[2:]):
        assert listed(staff.get("/reports/", {"q": asked})) == {one.reference}
    assert listed(staff.get("/reports/", {"q": two.reference})) == {two.reference}
    for asked in ("NOTHING", "%", "_", "'; --", "\x00", "🙂"):
        assert listed(staff.get("/reports/", {"q": asked})) == set()
    assert "No report that waits fits this." in words(staff.get("/reports/", {"q": "NOTHING"}))


def test_i_have_this_is_said_taken_over_and_let_go(officer: User, staff: Client, sign_in: Callable[..., User]) -> None:
    one, two = phoned(officer, 2)
    address = f"/reports/{one.reference}/hold"
    assert staff.post(address, {"holds": "yes", "seen": ""}).status_code == 302
    assert listed(staff.get("/reports/?holder=mine")) == {one.reference}
    assert listed(staff.get("/reports/?holder=free")) == {two.reference}
    assert listed(staff.get("/reports/?state=unread")) == set()
    assert listed(staff.get("/reports/?flag=danger")) == set()
    assert listed(staff.get("/reports/?flag=nonsense&state=x&older=x&type=x&holder=x")) == {
        one.reference,
        two.reference,
    }
    assert "You have this. Let it go" in words(staff.get(f"/reports/{one.reference}/"))
    other = sign_in("other", Role.CONTACT_OFFICER)
    actions.unlock(PASSPHRASES["duty"], by=other)
    assert "corin has this, since" in words(staff.get(f"/reports/{one.reference}/"))
    refused = staff.post(address, {"holds": "yes", "seen": ""})  # a page from before corin took it
    assert refused.status_code == 403 and "corin has this report by now." in words(refused)
    assert listed(staff.get("/reports/?holder=by:corin")) == {one.reference}
    staff.post(address, {"holds": "yes", "seen": "corin"})
    staff.post(address, {"holds": "no", "seen": "other"})
    changes = Event.objects.using("default").filter(verb__in=("report.held", "report.released"))
    assert [event.verb for event in changes] == ["report.held", "report.held", "report.released"]
    assert '"corin"' in changes[1].changes and "other" in changes[1].changes
    assert listed(staff.get("/reports/?holder=free")) == {one.reference, two.reference}
