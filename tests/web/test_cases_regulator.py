"""The regulator has a case: its days, what it orders, and the bundle that is checked again by one command."""

from __future__ import annotations

import hashlib
import io
import json
import re
import sys
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction
from django.test import Client, override_settings
from django.utils.timezone import localdate

sys.path.insert(0, str(Path(__file__).parent))
from casework import act, approve, decider, drafted, granted, issued, officer, opened, person, put_forward
from test_cases_counts import made, planned, room, worked

from clearcount.writers.zips import package
from clearcount_web.accounts.roles import Role
from clearcount_web.audit.models import Event
from clearcount_web.cases import runs
from clearcount_web.cases.checking_bundle import BundleFault, check_bundle
from clearcount_web.cases.models import Case, Complaint, Letter
from clearcount_web.cases.regulator_bundle import KIND, LISTED, SIGNED
from clearcount_web.cases.seals import digest_of
from clearcount_web.cases.table import S
from clearcount_web.disclosure_log.seals import sign
from clearcount_web.ground.refusals import Refused

__all__ = ["made", "room"]
SHEET = {
    "records": 1144,
    "minutes": [2.0, 3.0, 4.0, 3.0, 3.0],
    "other_minutes": 0,
    "method": "Read.",
    "advice": "Less.",
}
TOLD = re.compile(rb"Briony|Quenby|\bTarn\b|briony@", re.IGNORECASE)


def refused(case: Case, name: str, **given: Any) -> str:
    with pytest.raises(Refused) as why:
        act(case, name, **given)
    return str(why.value)


def test_an_order_of_the_regulator_has_its_day_and_a_fresh_answer(db: None) -> None:
    case = issued(opened())
    with_it = act(case, "to_regulator", day=date(2026, 3, 25))
    assert (with_it.state, with_it.due) == (S.ICO, None)
    given = {"day": date(2026, 5, 5), "decision": "upheld", "steps_due": date(2026, 6, 9)}
    assert "before the decision" in refused(case, "answer_order", **{**given, "steps_due": date(2026, 5, 4)})
    assert "only when it upholds" in refused(case, "answer_order", **{**given, "decision": "not_upheld"})
    assert "is before 2026-03-25" in refused(case, "answer_order", **{**given, "day": date(2026, 3, 24)})
    again = act(case, "answer_order", **given)
    assert (again.state, again.due, again.round) == (S.DRAFTING, date(2026, 6, 9), 2)
    assert "section 50(4)" in again.due_why
    act(case, "answer_part", number=1, outcome="not-held", held="no")
    act(case, "write_letter", kind="ordered")
    Letter.objects.filter(case=case, kind="ordered").update(kind="answer")
    assert "needs the letter" in refused(case, "submit")
    Letter.objects.filter(case=case, round=2).update(kind="ordered")
    act(case, "submit")
    approve(case)
    act(case, "sent", day=date(2026, 6, 1))
    complaint = Complaint.objects.get(case=case)
    assert (complaint.decision, complaint.answered_on) == ("upheld", date(2026, 6, 1))
    assert Case.objects.get(pk=case.pk).due is None


def test_an_open_review_is_not_lost_with_the_regulator(db: None) -> None:
    case = issued(opened())
    act(case, "ask_review", day=date(2026, 3, 25))
    act(case, "to_regulator", day=date(2026, 4, 1))
    assert "not answered yet" in refused(case, "regulator_ended", day=date(2026, 4, 8), decision="settled")
    back = act(case, "back_to_review", day=date(2026, 4, 8))
    assert (back.state, back.due) == (S.INTERNAL_REVIEW, date(2026, 4, 24))
    act(case, "write_letter", kind="review-received")
    done = issued(opened())
    act(done, "to_regulator", day=date(2026, 4, 1))
    assert "No internal review" in refused(done, "back_to_review", day=date(2026, 4, 8))
    assert act(done, "regulator_ended", day=date(2026, 5, 8), decision="not_upheld").state == S.ISSUED


def test_only_somebody_else_works_on_the_decision_of_a_review(db: None) -> None:
    case = issued(opened())
    act(case, "ask_review", day=date(2026, 3, 25))
    rory = person("rory", Role.FOI_OFFICER)
    act(case, "begin_review", by=rory)
    for name, given in (
        ("answer_part", {"number": 1, "outcome": "not-held", "held": "no"}),
        ("write_letter", {"kind": "review"}),
        ("plan", {"texts": ["One more?"]}),
        ("submit", {}),
    ):
        assert "Somebody else reviews it" in refused(case, name, by=officer(), **given)


def test_the_database_lets_nobody_approve_or_publish_what_they_worked_on(db: None) -> None:
    """Whoever worked on a part, and did not put the answer forward, is refused by the database too."""
    from django.utils import timezone

    from clearcount_web.cases.models import Answer, Contribution

    bo = person("bo", Role.ANALYST, Role.DECISION_MAKER, Role.PUBLISHER)
    case = opened()
    act(case, "confirm", day=case.received_on)
    act(case, "plan", by=bo, texts=["How many?"])
    act(case, "draft")
    granted(case)
    put_forward(case)
    rows = Answer.objects.filter(case=case)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(approved_by=bo, approved_at=timezone.now())
    approve(case)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(published_by=bo, published_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Contribution.objects.create(case=case, round=1, user=decider())
    rows.update(published_by=person("percy", Role.PUBLISHER), published_at=timezone.now())


def test_the_days_of_a_complaint_are_kept_in_order(db: None) -> None:
    case = issued(opened())
    act(case, "to_regulator", day=date(2026, 3, 25))
    rows = Complaint.objects.filter(case=case)
    for values in (
        {"ended_on": date(2026, 3, 24), "decision": "upheld"},
        {"ended_on": date(2026, 3, 26)},
        {"decision": "upheld"},
        {"steps_due": date(2026, 6, 1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        Complaint.objects.create(case=case, began_on=date(2026, 3, 26))


def with_the_regulator(made: Path) -> Case:
    """A case with a count, an estimate and a sent answer that the regulator has."""
    case = planned(made)
    act(case, "count", by=person("amir", Role.ANALYST), snapshot=None)
    worked(runs.JOB)
    act(case, "choose_run", number=1)
    act(case, "estimate_cost", **SHEET)
    act(case, "draft")
    act(case, "answer_part", number=1, outcome="granted", held="yes", tables="1")
    put_forward(case)
    approve(case)
    act(case, "sent", day=date(2026, 3, 20))
    act(case, "to_regulator", day=date(2026, 3, 25))
    return case


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: dict[str, bytes], place: Path, *, sealed_again: bool) -> Path:
    """The bundle with other files; `sealed_again` as somebody would who holds the force's key."""
    if sealed_again:
        listed = json.loads(files[LISTED])
        names = set(files) - {LISTED, SIGNED}
        listed["files"] = {name: hashlib.sha256(files[name]).hexdigest() for name in names}
        files = {**files, LISTED: json.dumps(listed).encode()}
        files[SIGNED] = sign(KIND + files[LISTED]).encode()
    place.write_bytes(package(files))
    return place


def faults(path: Path, store: Path | None = None) -> list[str]:
    try:
        return [f"{check.name}: {fault}" for check in check_bundle(path, store=store) for fault in check.faults]
    except BundleFault as fault:
        return [str(fault)]


def changed(files: dict[str, bytes], name: str, change: Callable[[Any], Any]) -> dict[str, bytes]:
    """The files with what one JSON file holds changed."""
    value = json.loads(files[name])
    change(value)
    return {**files, name: json.dumps(value, ensure_ascii=False).encode()}


def sooner(case: Any) -> None:
    case["received_on"] = "2026-03-09"


def another_sheet(told: Any) -> None:
    told.clear()


TOLD_OTHERWISE: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
    ("case.json", "received_on 2026-03-09, and the events say 2026-03-03", sooner),
    ("case.json", "issued_on 2026-03-10, and the events say", lambda case: case.update(issued_on="2026-03-10")),
    ("case.json", "state closed, and the events say ico", lambda case: case.update(state="closed")),
    ("case.json", "due 2027-01-01, and the events say none", lambda case: case.update(due="2027-01-01")),
    ("case.json", "other pauses", lambda case: case["pauses"].append({"kind": "clarify", "began_on": "2026-03-04"})),
    ("case.json", "other complaints", lambda case: case["complaints"].clear()),
    ("case.json", "other internal reviews", lambda case: case["reviews"].append({"asked_on": "2026-03-22"})),
    ("answers.json", "other answers than were put forward", lambda answers: answers.clear()),
    ("answers.json", "is said to be void", lambda answers: answers[0].update(void_because="sent back")),
    ("answers.json", "which answers were published", lambda answers: answers[0].update(published_by="percy")),
    ("letters.json", "sent on 2026-03-05", lambda letters: letters[0].update(sent_on="2026-03-05")),
    ("search.json", "count 1 is not here as the events tell it", lambda told: told["counts"][0].update(snapshot=9)),
    ("search.json", "count 1 is not here as the events tell it", lambda told: told["counts"].clear()),
    ("estimate.json", "an event without its estimate", another_sheet),
)
"""What somebody with the force's key for files, and without that of its events, could tell the regulator."""


def test_the_bundle_checks_and_whatever_is_changed_in_it_is_found(
    room: Path, staff: Client, sign_in: Callable[..., Any], tmp_path: Path
) -> None:
    case = with_the_regulator(room)
    sign_in("olive", Role.FOI_OFFICER)
    answer = staff.post(f"/cases/{case.pk}/bundle")
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    files = unpacked(answer.content)
    told = Event.objects.get(verb="case.bundle_made")
    assert hashlib.sha256(answer.content).hexdigest() in told.changes
    for name, content in files.items():
        assert not TOLD.search(content), f"{name} says who asked"
    whole = tmp_path / "whole.zip"
    whole.write_bytes(answer.content)
    assert faults(whole, room / "store") == []
    out = io.StringIO()
    call_command("case_bundle", str(whole), stdout=out)
    assert out.getvalue().count("yes ") == 8 and "NO " not in out.getvalue() and "counted again" in out.getvalue()

    for name in files:  # by somebody without the key: each file, changed, left out, and one more
        harmed = {**files, name: files[name][:-1] + bytes([files[name][-1] ^ 1])}
        assert faults(packed(harmed, tmp_path / "harmed.zip", sealed_again=False)), name
        less = {each: content for each, content in files.items() if each != name}
        assert faults(packed(less, tmp_path / "harmed.zip", sealed_again=False)), name
    assert faults(packed({**files, "more.txt": b"x"}, tmp_path / "harmed.zip", sealed_again=False))

    def found(harmed: dict[str, bytes], says: str, *, store: Path | None = None) -> None:
        said = faults(packed(harmed, tmp_path / "harmed.zip", sealed_again=True), store)
        assert any(says in fault for fault in said), (says, said)

    events = files["events.jsonl"].decode().splitlines(keepends=True)
    again = faults(packed(files, tmp_path / "again.zip", sealed_again=True))
    assert again == ["it is the very file that the force made: no event here says that this file was made"]
    found({**files, "events.jsonl": "".join(events[:2] + events[3:]).encode()}, "left out")
    found(
        {**files, "events.jsonl": files["events.jsonl"].replace(b"case.counted", b"case.guessed")}, "as it was written"
    )
    found({**files, "events.jsonl": "".join(events[::-1]).encode()}, "comes after")

    def other_outcome(answers: Any) -> None:
        answers[0]["sealed"] = answers[0]["sealed"].replace('"granted"', '"withheld"')

    def one_person(answers: Any) -> None:
        answers[0]["approved_by"] = answers[0]["prepared_by"]

    def somebody_else(answers: Any) -> None:
        answers[0]["approved_by"] = "nobody"

    def other_words(letters: Any) -> None:
        letters[-1]["paragraphs"][0][0] = "Dear somebody"
        letters[-1]["digest"] = digest_of(letters[-1]["paragraphs"])

    def cheaper(told: Any) -> None:
        told["figures"]["fits"] += 1

    found(changed(files, "answers.json", other_outcome), "its seal is of other words")
    found(changed(files, "answers.json", one_person), "two have to do")
    found(changed(files, "answers.json", somebody_else), "no event says")
    found(changed(files, "letters.json", other_words), "a letter that was sealed with it is not here")
    found(changed(files, "estimate.json", cheaper), "the figures are others")
    for file, says, change in TOLD_OTHERWISE:
        found(changed(files, file, change), says)
    found({**files, "events.jsonl": "".join(events[:-2]).encode()}, "no event here says that this file was made")
    name = "counts/run-1/counts.csv"
    found({**files, name: files[name].replace(b",0,", b",1,", 1)}, "run-1")
    release = "counts/run-1/release.json"
    printed = json.loads(files[release])
    cells = printed["printed"][0]["cells"]
    at = next(
        (row, column) for row, line in enumerate(cells) for column, cell in enumerate(line) if str(cell).isdigit()
    )
    cells[at[0]][at[1]] = str(int(cells[at[0]][at[1]]) + 7)
    harmed = {**files, release: json.dumps(printed).encode()}
    digest = hashlib.sha256(harmed[release]).hexdigest()
    harmed = changed(harmed, "search.json", lambda told: told["counts"][0].update(release_sha256=digest))
    found(harmed, "the count that was sealed with it is not here")
    found(harmed, "counted again it differs", store=room / "store")


def test_a_file_that_is_no_bundle_is_refused_in_a_sentence(db: None, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(b"made up")
    with pytest.raises(CommandError, match="cannot be read as a ZIP"):
        call_command("case_bundle", str(path), "--without-records")
    with pytest.raises(CommandError, match="name the record store"):
        call_command("case_bundle", str(path))
    for names, says in ((["../x"], "leads elsewhere"), (["a"], "no manifest.json")):
        path.write_bytes(package(dict.fromkeys(names, b"x")))
        with pytest.raises(CommandError, match=says):
            call_command("case_bundle", str(path), "--without-records")


def test_without_a_key_no_bundle_is_made(db: None, staff: Client, sign_in: Callable[..., Any]) -> None:
    case = issued(opened())
    sign_in("olive", Role.FOI_OFFICER)
    with override_settings(SEAL_KEY=None):
        answer = staff.post(f"/cases/{case.pk}/bundle")
    assert answer.status_code == 403 and "CLEARCOUNT_SEAL_KEY_FILE" in answer.content.decode()
    assert Event.objects.filter(verb="case.refused").exists() and drafted(opened())


def test_a_case_of_many_turns_is_told_as_its_events_tell_it(
    staff: Client, sign_in: Callable[..., Any], tmp_path: Path
) -> None:
    """Clarified, asked of a department, sent back, opened again, reviewed, ordered: nothing differs from the events."""
    case, rory, dora = opened(), person("rory", Role.FOI_OFFICER), person("dora", Role.DECISION_MAKER)
    dep = person("dep", Role.DEPARTMENT)
    act(case, "confirm", day=case.received_on)
    act(case, "mend_receipt", day=date(2026, 3, 2), reason="It came on the day before.")
    act(case, "ask", day=date(2026, 3, 5))
    act(case, "clarified", day=date(2026, 3, 9))
    act(case, "plan", texts=["How many thefts?", "How many were solved?"])
    act(case, "ask_department", to=dep.pk, asks="How many?", due_on=localdate())
    act(case, "answer_task", by=dep, number=1, held="yes", answer="Forty.", searched="The register.", minutes=20)
    act(case, "estimate_cost", **SHEET)
    act(case, "draft")
    act(case, "write_letter", kind="acknowledgement")
    act(case, "letter_sent", number=1, day=date(2026, 3, 10), how="by post")
    granted(case)
    act(case, "test_interest", number=2, limb="31(1)(b)", days=20)
    put_forward(case)
    act(case, "send_back", by=decider(), reason="Say more.")
    put_forward(case)
    approve(case)
    act(case, "reopen", by=decider(), reason="A word is wrong.")
    put_forward(case)
    approve(case)
    act(case, "sent", day=date(2026, 3, 20))
    act(case, "go_on")
    granted(case, 2)
    put_forward(case)
    approve(case)
    act(case, "sent", day=date(2026, 3, 25))
    act(case, "ask_review", day=date(2026, 3, 27))
    act(case, "begin_review", by=rory)
    put_forward(case, by=rory, kind="review")
    approve(case, by=dora)
    act(case, "sent", by=rory, day=date(2026, 4, 9))
    act(case, "to_regulator", day=date(2026, 4, 15))
    sign_in("olive", Role.FOI_OFFICER)
    path = tmp_path / "case.zip"
    path.write_bytes(staff.post(f"/cases/{case.pk}/bundle").content)
    assert faults(path) == []
    act(case, "regulator_ended", day=date(2026, 5, 8), decision="not_upheld")
    act(case, "close", day=date(2026, 5, 9))
    path.write_bytes(staff.post(f"/cases/{case.pk}/bundle").content)
    assert faults(path) == []
