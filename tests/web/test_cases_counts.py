"""The count in the case, by the worker; and its answer published, taken down and checked, each by the right person."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client, override_settings
from django.utils import timezone

sys.path.insert(0, str(Path(__file__).parent))
from casework import NAME, act, approve, decider, issued, officer, opened, person, put_forward

from clearcount_web.accounts.roles import EVERY_ROLE, Role
from clearcount_web.audit.models import Event
from clearcount_web.cases import releasing, runs
from clearcount_web.cases.folders import answer_folder
from clearcount_web.cases.models import Answer, Case, Part, Run
from clearcount_web.cases.narrowing import LEAST, narrowing_of
from clearcount_web.cases.table import S
from clearcount_web.disclosure_log.models import Release
from clearcount_web.ground.refusals import Refused
from clearcount_web.jobs.models import Job


class Work:
    """What the worker hands to a task."""

    attempt = 1

    def __init__(self, job: Job) -> None:
        self.payload = job.payload
        self.told: list[tuple[int, int]] = []

    def progress(self, done: int, total: int) -> None:
        self.told.append((done, total))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up example: a store, a policy and a request."""
    folder = tmp_path_factory.mktemp("cases") / "demo"
    command = [sys.executable, "-m", "clearcount", "demo", "--out", str(folder), "--occurrences", "300", "--quiet"]
    subprocess.run(command, check=True)
    return folder


@pytest.fixture
def room(db: None, made: Path, tmp_path: Path) -> Iterator[Path]:
    """The example's store and policy as the service's, and a folder of its own for the files of cases."""
    with override_settings(
        STORE_DIR=made / "store", POLICY_FILE=made / "policy.toml", FORCE_FILE=made / "force.toml", WEB_DIR=tmp_path
    ):
        yield made


def planned(made: Path) -> Case:
    """A case whose plan is the example's request, ready to be counted."""
    case = opened()
    act(case, "confirm", day=case.received_on)
    act(case, "plan", texts=["How many offences mention AI, by month?"])
    text = (made / "request.toml").read_text(encoding="utf-8")
    text = text.replace('reference = "FS/FOI/25/0117"', f'reference = "{case.reference}"')
    act(case, "write_plan", plan=text.replace("2025-07-22", "2026-03-03").replace("2025-08-19", "2026-03-20"))
    act(case, "search")
    return case


def worked(kind: str) -> Work:
    """Does the job of a kind that waits, as the worker would."""
    job = Job.objects.filter(kind=kind).latest("id")
    work = Work(job)
    {runs.JOB: runs.count_run, releasing.JOB: releasing.publish_answer}[kind](work)
    return work


def refused(case: Case, name: str, **given: Any) -> str:
    with pytest.raises(Refused) as why:
        act(case, name, **given)
    return str(why.value)


def test_the_walk_from_count_to_published_and_taken_down(
    room: Path, staff: Client, sign_in: Callable[..., Any]
) -> None:
    case = planned(room)
    act(case, "count", by=person("amir", Role.ANALYST), snapshot=None)
    assert "under way" in refused(case, "count")
    work = worked(runs.JOB)
    assert work.told == [(0, 3), (1, 3), (2, 3), (3, 3)]
    run = Run.objects.get(case=case)
    assert (run.fault, run.doubts, run.snapshot) == ("", [], 1) and run.digest and run.hits is not None
    folder = answer_folder(run)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    worked(runs.JOB)  # the same job once more, after a stop: nothing is counted again
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before

    sign_in("rhona", Role.READER)
    page = staff.get(f"/cases/{case.pk}/counts/1/").content.decode()
    assert "Offences whose records mention the terms" in page and run.digest in page and "Jan 2023" in page
    assert "counted" in staff.get(f"/cases/{case.pk}/counts/").content.decode()

    sign_in("amir", Role.ANALYST)
    for found in ("hits", "rules"):
        answer = staff.get(f"/cases/{case.pk}/counts/1/{found}/")
        assert answer.status_code == 200 and NAME not in answer.content.decode()

    sign_in("olive", Role.FOI_OFFICER)
    page = staff.get(f"/cases/{case.pk}/do/estimate_cost/").content.decode()
    narrowing = narrowing_of(case)
    assert narrowing is not None and max(narrowing.by_term.values()) <= (run.hits or 0)
    assert 0 < max(narrowing.by_year.values()) <= (run.hits or 0)
    assert "exact and internal" in page and "Narrowed to one of these" in page
    small = [number for number in narrowing.by_code.values() if number < LEAST]
    told = re.findall(r"about ([\d,]+) ", narrowing.advice())
    assert (
        small
        and told
        and all(int(each.replace(",", "")) % 10 == 0 and int(each.replace(",", "")) >= LEAST for each in told)
    )

    act(case, "choose_run", number=1)
    act(case, "draft")
    act(case, "answer_part", number=1, outcome="granted", held="yes", tables="1")
    put_forward(case)
    sign_in("dilys", Role.DECISION_MAKER)
    page = staff.get(f"/cases/{case.pk}/do/approve/").content.decode()
    assert "The reviewer's sheet" in page and "This sheet never leaves the force." in page and "Jan 2023" in page
    sign_in("rhona", Role.READER)
    assert "never leaves the force" not in staff.get(f"/cases/{case.pk}/counts/1/").content.decode()
    approve(case)
    act(case, "sent", day=date(2026, 3, 20))

    both = person("bo", *EVERY_ROLE)
    assert "You worked on this answer" in refused(case, "publish", by=person("olive", *EVERY_ROLE))
    Part.objects.filter(case=case).update(reading="changed behind everybody's back")
    act(case, "publish", by=both)
    worked(releasing.JOB)
    answer = Answer.objects.get(case=case)
    assert "changed after it was approved" in answer.publish_fault and not Release.objects.exists()
    Part.objects.filter(case=case).update(reading="")
    Job.objects.filter(kind=releasing.JOB).update(state=Job.State.DONE)
    act(case, "publish", by=both)
    worked(releasing.JOB)
    worked(releasing.JOB)  # once more, after a stop
    answer.refresh_from_db()
    release = Release.objects.get()
    assert (answer.publish_fault, answer.slug, answer.published_by) == ("", release.slug, both)
    assert Event.objects.filter(verb="case.published").count() == 1
    assert "published already" in refused(case, "publish", by=both)

    act(case, "ask_review", day=date(2026, 3, 25))  # a later answer under way keeps no published one up
    assert "Take the published answer down" in page_of(staff, case, sign_in("percy", Role.PUBLISHER))
    rory = person("rory", Role.FOI_OFFICER)
    act(case, "begin_review", by=rory)
    act(case, "answer_part", by=rory, number=1, outcome="granted", held="yes", tables="1, 2")
    put_forward(case, by=rory, kind="review")
    approve(case, by=person("dora", Role.DECISION_MAKER))
    act(case, "withdraw_answer", by=both, reason="A figure may be wrong.")
    release.refresh_from_db()
    assert release.withdrawn_at is not None
    assert "Somebody else checks that" in refused(case, "check_withdrawal", by=both)
    act(case, "check_withdrawal", by=decider())
    answer.refresh_from_db()
    assert answer.withdrawal_checked_by == decider()
    act(case, "sent", day=date(2026, 4, 20))
    assert "taken down by" in page_of(staff, case, sign_in("percy", Role.PUBLISHER))


def test_a_page_offers_to_take_down_only_what_is_published(
    db: None, staff: Client, sign_in: Callable[..., Any]
) -> None:
    case = issued(opened())
    page = page_of(staff, case, sign_in("percy", Role.PUBLISHER))
    assert "Publish the answer" in page and "Take the published answer down" not in page
    assert "No answer of this case is published" in refused(case, "withdraw_answer", by=decider(), reason="x")


def page_of(staff: Client, case: Case, signed_in: Any) -> str:
    """The page of a case, as whoever signed in last sees it."""
    return staff.get(f"/cases/{case.pk}/").content.decode()


def test_a_count_that_cannot_be_made_says_why(room: Path) -> None:
    case = planned(room)
    act(case, "count", snapshot=99)
    worked(runs.JOB)
    run = Run.objects.get(case=case)
    assert run.fault and "snapshot" in run.fault and run.ended_at is not None and not run.digest
    assert "has no bundle" in refused(case, "choose_run", number=1)
    act(case, "count", snapshot=None)
    assert Run.objects.filter(case=case).count() == 2


def test_a_draft_or_a_count_of_another_plan_carries_no_answer(room: Path) -> None:
    case = planned(room)
    plan = Case.objects.get(pk=case.pk).plan
    act(case, "write_plan", plan=plan[: plan.index("[[accepted]]")])
    act(case, "count")
    worked(runs.JOB)
    assert Run.objects.get(case=case).doubts
    assert "draft" in refused(case, "choose_run", number=1)
    act(case, "write_plan", plan=plan)
    assert "plan was changed" in refused(case, "choose_run", number=1)


@pytest.mark.parametrize("harm", ["changed", "further", "missing", "manifest", "gone"])
def test_a_bundle_that_was_changed_on_disk_carries_no_answer(room: Path, harm: str) -> None:
    case = planned(room)
    run = Run.objects.create(
        case=case, number=1, plan=Case.objects.get(pk=case.pk).plan, asked_by=officer(), asked_at=timezone.now()
    )
    job = Job.objects.create(kind=runs.JOB, payload={"run": run.pk}, run_after=timezone.now(), created_by="test")
    runs.count_run(Work(job))
    act(case, "choose_run", number=1)
    act(case, "draft")
    act(case, "answer_part", number=1, outcome="granted", held="yes")
    put_forward(case)
    approve(case)
    folder = answer_folder(Run.objects.get(case=case))
    if harm == "changed":
        (folder / "counts.csv").write_text("made up", encoding="utf-8")
    elif harm == "further":
        (folder / "more.csv").write_text("made up", encoding="utf-8")
    elif harm == "missing":
        (folder / "counts.csv").unlink()
    elif harm == "manifest":
        manifest = folder / "release.json"
        manifest.write_text(manifest.read_text(encoding="utf-8") + " ", encoding="utf-8")
    else:
        folder.rename(folder.with_name("elsewhere"))
    said = refused(case, "sent", day=date(2026, 3, 20))
    assert "void" in said or "cannot be used" in said
    assert Case.objects.get(pk=case.pk).state == S.APPROVED


def test_without_a_store_nothing_is_counted(db: None) -> None:
    case = opened()
    act(case, "confirm", day=case.received_on)
    act(case, "search")
    assert settings.STORE_DIR is None
    assert "CLEARCOUNT_STORE_DIR" in refused(case, "count")


def test_the_database_keeps_the_rules_of_a_run_and_of_a_withdrawal(db: None) -> None:
    case, now = opened(), timezone.now()
    for values in ({"ended_at": now}, {"digest": "a" * 64}, {"ended_at": now, "digest": "a" * 64, "fault": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Run.objects.create(case=case, number=1, plan="", asked_by=officer(), asked_at=now, **values)
    answer = Answer.objects.create(
        case=case,
        round=1,
        seal="a" * 64,
        prepared_by=officer(),
        prepared_at=now,
        approved_by=decider(),
        approved_at=now,
    )
    rows = Answer.objects.filter(pk=answer.pk)
    percy = person("percy", Role.PUBLISHER)
    for values in ({"withdrawn_by": percy}, {"withdrawal_checked_by": percy}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**values)
    rows.update(published_by=percy, published_at=now, withdrawn_by=percy)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(withdrawal_checked_by=percy)
