"""A published answer is counted again after an import; each change has its cause, and a new version is a release."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings

sys.path.insert(0, str(Path(__file__).parent))
from casework import act, approve, opened, person, put_forward
from test_cases_counts import Work, refused, worked

from clearcount.workflow import recounting
from clearcount.workflow.importing import import_export
from clearcount.workflow.recounting import Published, answer_change
from clearcount.workflow.storing import purge_store
from clearcount_web.accounts.roles import Role
from clearcount_web.audit.models import Event
from clearcount_web.cases import found, runs
from clearcount_web.cases.folders import papers_folder
from clearcount_web.cases.models import Case
from clearcount_web.cases.table import S
from clearcount_web.disclosure_log.models import Version
from clearcount_web.ground.refusals import Refused
from clearcount_web.jobs.models import Job
from clearcount_web.records import living
from clearcount_web.records.models import Recount

PLAN = """[request]
reference = "{reference}"
received = 2026-03-03
version_date = 2026-03-20
[scope]
from = "2023-01"
to = "2023-12"
[[question]]
text = "Making, section 1(1)(a) Protection of Children Act 1978"
codes = ["086/02"]
[terms]
any = ["AI"]
"""
POLICY = """[disclosure]
rule = "none"
reason = "Whole years of a whole force."
approved_by = "Head of disclosure"
"""
HEAD = ("occurrence_no", "crime_no", "home_office_code", "offence", "recorded_on", "reported_on", "committed_from",
        "committed_to", "status", "markers")  # fmt: skip


def export(folder: Path, rows: Sequence[tuple[str, str, str, str, str]]) -> Path:
    """An export of (number, code, day, status, text)."""
    folder.mkdir()
    offences = [HEAD, *((n, f"C{n}", code, "", day, day, day, "", status, "") for n, code, day, status, _ in rows)]
    texts = [("occurrence_no", "field", "entry_no", "entered_at", "text"),
             *((n, "summary", "1", "", text) for n, _, _, _, text in rows)]  # fmt: skip
    for name, lines in (("offences.csv", offences), ("texts.csv", texts)):
        with (folder / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(lines)
    return folder


FIRST = [(f"N{n}", "086/02", f"2023-{1 + n % 12:02d}-11", "recorded", f"A picture made with AI, number {n}.")
         for n in range(1, 25)]  # fmt: skip


def later() -> list[tuple[str, str, str, str, str]]:
    """The same records a month on: one of each kind of change, and two new ones."""
    rows = list(FIRST)
    rows[0] = ("N1", "086/10", *rows[0][2:])  # recoded
    rows[1] = (*rows[1][:3], "cancelled", rows[1][4])
    rows[2] = (*rows[2][:4], "A picture that somebody drew.")  # edited
    rows[3] = ("N4", "086/02", "2023-09-30", *rows[3][3:])  # dated otherwise
    del rows[4]  # left out of a complete export
    new = [(f"L{n}", "086/02", "2023-06-01", "recorded", "A picture made with AI.") for n in range(2)]
    return [*rows, *new]


def brought(store: Path, folder: Path, day: int, *, complete: bool = False) -> None:
    now = datetime(2026, 3, day, tzinfo=UTC)
    import_export([folder], store, now=now, as_at=date(2026, 3, day), complete=complete)


@pytest.fixture
def room(db: None, tmp_path: Path) -> Iterator[Path]:
    brought(tmp_path / "store", export(tmp_path / "first", FIRST), 1)
    (tmp_path / "policy.toml").write_text(POLICY, encoding="utf-8")
    with override_settings(
        STORE_DIR=tmp_path / "store", READING_STORE_DIR=None, POLICY_FILE=tmp_path / "policy.toml", WEB_DIR=tmp_path
    ):
        yield tmp_path


def test_every_cause_is_told_apart(tmp_path: Path) -> None:
    store = tmp_path / "store"
    brought(store, export(tmp_path / "first", FIRST), 1)
    brought(store, export(tmp_path / "later", later()), 2, complete=True)
    plan = PLAN.format(reference="R1")
    change = answer_change(plan, store, 1, 2, Published(total=24))
    assert change.causes == {
        recounting.NEW: 2,
        recounting.EDITED: 1,
        recounting.RECODED: 1,
        recounting.DATED: 1,
        recounting.CANCELLED: 1,
        recounting.LEFT_OUT: 1,
    }
    totals = {(each.table, each.line, each.column): (each.before, each.after) for each in change.figures}
    assert (24, 22) in totals.values()
    assert abs(change.figures[0].after - change.figures[0].before) == max(abs(b - a) for b, a in totals.values())
    same = answer_change(plan, store, 2, 2)
    assert (same.figures, same.causes) == ((), {})
    assert answer_change(plan, store, 1, 1, Published(26, "older")).causes == {recounting.LAW: 2}
    assert answer_change(plan, store, 1, 1, Published(26)).causes == {recounting.OTHERWISE: 2}
    purge_store(store, frozenset({"N7"}))
    assert answer_change(plan, store, 1, 1, Published(24)).causes == {recounting.PURGED: 1}


def published(room: Path) -> Case:
    """A case whose answer is published."""
    case = opened("FOI-2026-7")
    act(case, "confirm", day=case.received_on)
    act(case, "plan", texts=["How many pictures were made with AI, by month?"])
    act(case, "write_plan", plan=PLAN.format(reference=case.reference))
    act(case, "search")
    issue(case, 1, day=date(2026, 3, 20))
    return case


def plan_doubts(case: Case) -> list[str]:
    from clearcount_web.cases.plans import check_plan

    plan = Case.objects.values_list("plan", flat=True).get(pk=case.pk)
    return [doubt.id for doubt in check_plan(plan, records=True).open]


def issue(case: Case, number: int, *, day: date) -> None:
    """Counts, answers, approves, sends and publishes."""
    for doubt in plan_doubts(case):
        act(case, "accept_doubt", doubt=doubt, reason="Looked at.")
    act(case, "count", snapshot=None)
    worked(runs.JOB)
    run = Case.objects.get(pk=case.pk).runs.get(number=number)
    assert (run.fault, run.doubts) == ("", []), (run.fault, run.doubts)
    act(case, "choose_run", number=number)
    if Case.objects.get(pk=case.pk).state != S.DRAFTING:
        act(case, "draft")
    act(case, "answer_part", number=1, outcome="granted", held="yes", tables="1")
    put_forward(case, kind="correction" if number > 1 else "answer")
    approve(case)
    act(case, "sent", day=day, how="by post")
    act(case, "publish", by=person("percy", Role.PUBLISHER), note="New records came in." if number > 1 else "")
    worked("publish-answer")
    answer = case.answers.order_by("-round").first()
    assert answer is not None and answer.publish_fault == "" and answer.slug and answer.run_id == run.pk


def recounted() -> None:
    job = Job.objects.create(kind=living.JOB, run_after=datetime(2026, 1, 1, tzinfo=UTC), created_by="test")
    living.recount_answers(Work(job))


def test_a_change_is_offered_and_becomes_a_new_version(room: Path, staff: Client, sign_in: Callable[..., Any]) -> None:
    case = published(room)
    recounted()
    assert not Recount.objects.exists(), "it rests on the newest snapshot"
    brought(room / "store", export(room / "later", later()), 2, complete=True)
    recounted()
    recounted()
    change = Recount.objects.get()
    assert (change.snapshot, change.fault) == (2, "") and change.causes["new record"] == 2 and change.changed > 0
    assert Event.objects.filter(verb="answer.counted_again").count() == 1
    for role, status in ((Role.READER, 403), (Role.PUBLISHER, 403), (Role.DECISION_MAKER, 200)):
        sign_in(f"one-{role}", role)
        assert staff.get(f"/records/answers/{change.pk}/").status_code == status
        assert staff.get("/records/answers/").status_code == status
    assert staff.post(f"/records/answers/{change.pk}/", {"settled": "left", "reason": "x"}).status_code == 403
    sign_in("olive", Role.FOI_OFFICER)
    page = staff.get(f"/records/answers/{change.pk}/").content.decode()
    assert "cancelled or transferred" in page and "exact and internal" in page
    sent = staff.post(f"/records/answers/{change.pk}/", {"settled": "new version", "reason": "Figures moved."})
    assert sent.headers["Location"] == f"/cases/{case.pk}/do/correct/"
    again = staff.post(f"/records/answers/{change.pk}/", {"settled": "left", "reason": "x"})
    assert "Somebody has decided this already" in again.content.decode()

    act(case, "correct", reason="Records were added and changed since.")
    case.refresh_from_db()
    assert (case.state, case.round, case.due) == (S.DRAFTING, 2, None) and "promptly" in case.due_why
    issue(case, 2, day=date(2026, 3, 30))
    assert "corrects that answer" in str(case.letters.first().paragraphs)
    case.refresh_from_db()
    assert case.correction == "" and case.parts.get().issued_on == date(2026, 3, 20), "the first day stays"
    run = case.runs.get(number=2)
    assert run.replaces is not None and run.replaces.number == 1
    assert list(Version.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
    recounted()
    assert Recount.objects.count() == 1, "the new version rests on the newest snapshot"


def test_what_readers_confirmed_is_no_total_of_the_hits(room: Path) -> None:
    case = published(room)
    run = case.runs.get()
    assert living._published(run).total == 24
    run.with_decisions = True
    assert living._published(run).total is None and living._published(run).codes_version


def test_nothing_is_corrected_that_is_not_published(room: Path) -> None:
    case = published(room)
    act(case, "withdraw_answer", by=person("percy", Role.PUBLISHER), reason="A figure may be wrong.")
    assert "nothing to correct" in refused(case, "correct", reason="Why not.")
    recounted()
    brought(room / "store", export(room / "later", later()), 2)
    recounted()
    assert not Recount.objects.exists(), "what was taken down is not counted again"


def test_hits_and_rules_are_for_who_may_see_texts(room: Path, staff: Client, sign_in: Callable[..., Any]) -> None:
    case = published(room)
    address = f"/cases/{case.pk}/counts/1/"
    for role in (Role.FOI_OFFICER, Role.DECISION_MAKER, Role.PUBLISHER, Role.ADMINISTRATOR):
        sign_in(f"one-{role}", role)
        assert staff.get(f"{address}hits/").status_code == 403
    assert not Event.objects.filter(verb="case.hits_seen").exists()
    sign_in("rhona", Role.READER)
    page = staff.get(f"{address}hits/?order=right")
    assert "A picture made with" in page.content.decode() and page.headers["Cache-Control"] == "no-store"
    assert Event.objects.filter(verb="case.hits_seen", actor="rhona").count() == 1
    assert staff.get(f"{address}rules/").status_code == 403
    sign_in("olive", Role.FOI_OFFICER)
    assert staff.post(f"{address}rules/").status_code == 302
    found.compare_rules(Work(Job.objects.get(kind=found.JOB)))
    page = staff.get(f"{address}rules/").content.decode()
    assert "contains" in page and "A picture made with" not in page
    sign_in("amir", Role.ANALYST)
    page = staff.get(f"{address}rules/").content.decode()
    assert "contains" in page
    papers = papers_folder(case.runs.get())
    assert papers.is_dir() and settings.STORE_DIR in papers.parents
    purge_store(room / "store", frozenset({"N7"}))
    assert not papers.exists(), "a purge reaches the working papers of a case"
    with pytest.raises(Refused, match="gone"):
        found.look_at_hits(case, case.runs.get(), "place", by=person("rhona", Role.READER))
