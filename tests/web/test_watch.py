"""Health of both doors, the watch, retention by itself, one officer's unlocked key, what a deployment misses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client, override_settings
from django.utils import timezone
from nacl import pwhash

from clearcount_web.desk import health
from clearcount_web.ground.health import conditions
from clearcount_web.jobs.models import Job
from clearcount_web.jobs.worker import Running
from clearcount_web.reporting.models import SealedReport
from clearcount_web.reporting.sealing import read_public_keys, seal
from clearcount_web.requesting.models import InboxRequest
from clearcount_web.site.models import Complaint, Feedback
from clearcount_web.triage import keyring
from clearcount_web.triage.actions import take_reports
from clearcount_web.triage.models import Report

PASSPHRASES = {"duty": "five plain words for duty", "recovery": "five other words kept apart"}


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(keyring, "OPS", pwhash.argon2id.OPSLIMIT_MIN)
    monkeypatch.setattr(keyring, "MEM", pwhash.argon2id.MEMLIMIT_MIN)
    keyring.forget()
    keyring.make(tmp_path / "keys", PASSPHRASES)
    found = read_public_keys(tmp_path / "keys/public.json")
    with override_settings(REPORT_KEYS=found, DUTY_KEY_FILE=tmp_path / "keys/duty.key"):
        yield tmp_path / "keys"
    keyring.forget()


def arrive(reference: str = "R-BCDFGHJK", ago: timedelta = timedelta(0)) -> SealedReport:
    from django.conf import settings

    content = {"reference": reference, "answers": {"7": {"story": "A made-up story."}}}
    return SealedReport.objects.create(
        place=reference, reference=reference, duty_box=seal(content, settings.REPORT_KEYS.duty),
        recovery_box=b"", danger=False, received_at=timezone.now() - ago, code_hash=reference, reply_key=b"",
    )  # fmt: skip


def worked(ago: timedelta, kind: str = "take-reports", state: str = "done") -> None:
    at = timezone.now() - ago
    Job.objects.create(kind=kind, state=state, run_after=at, created_by="worker", finished_at=at)


def failing() -> set[str]:
    return {each.name for each in conditions() if not each.well}


def test_a_whole_service_is_ready_on_both_doors(staff: Client, keys: Path) -> None:
    worked(timedelta(seconds=20))
    answer = staff.get("/health/")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "not well": []})
    assert staff.get("/health/alive").content == b"alive\n"


def test_the_public_door_says_no_more_than_yes_or_no(public: Client, keys: Path) -> None:
    worked(timedelta(seconds=20))
    assert public.get("/health/").json() == {"ready": True}
    with override_settings(REPORT_KEYS=None):
        refused = public.get("/health/")
    assert (refused.status_code, refused.json()) == (503, {"ready": False})
    assert public.head("/health/").status_code == 200


def test_a_worker_dead_for_an_hour_is_not_well(staff: Client, keys: Path) -> None:
    worked(timedelta(hours=1))
    arrive(ago=timedelta(minutes=30))
    answer = staff.get("/health/")
    assert answer.status_code == 503 and {"worker", "reports taken in"} <= set(answer.json()["not well"])
    assert "A made-up story" not in answer.content.decode()
    take_reports()
    worked(timedelta(seconds=5))
    assert staff.get("/health/").status_code == 200


OVERDUE: dict[str, Callable[[Any], object]] = {
    "an ended report": lambda now: Report.objects.create(
        reference="R-1", duty_box=b"", recovery_box=b"", received_at=now, outcome="passed",
        outcome_at=now - timedelta(33), carried_on_at=now - timedelta(33),
    ),
    "feedback": lambda now: Feedback.objects.create(text="x", received_on=(now - timedelta(93)).date()),
    "a complaint": lambda now: Complaint.objects.create(
        reference="DP-1", name="x", contact="x", text="x", received_on=now.date(),
        closed_on=(now - timedelta(368)).date(),
    ),
    "a request": lambda now: InboxRequest.objects.create(
        token="00000000-0000-0000-0000-000000000001", reference="FOI-1", name="x", contact="x", text="x",
        received_at=now, taken_at=now - timedelta(33),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", OVERDUE)
def test_a_purge_that_is_overdue_is_told_and_the_worker_catches_up(db: None, keys: Path, what: str) -> None:
    from clearcount_web.correspondence.tasks import purge
    from clearcount_web.triage.tasks import purge_reports

    worked(timedelta(seconds=5))
    assert failing() == set()
    OVERDUE[what](timezone.now())
    assert failing() == {"retention"}
    for task in (purge, purge_reports):
        task(Running(1, "x", {}, 1))
    assert failing() == set()


def test_retention_runs_by_itself_and_everything_that_the_notice_names_has_a_purge() -> None:
    from clearcount_web.jobs.registry import kinds
    from clearcount_web.site import retention

    every = {name: kind.every for name, kind in kinds().items() if name.startswith("purge")}
    day = 24 * 60 * 60
    assert every == {"purge-reports": day, "purge-correspondence": day, "purge-drafts": 300}
    assert len(retention.kept()) == 6  # feedback, complaints, page counts, requests, reports, drafts


def test_a_request_that_nobody_took_is_never_deleted(db: None) -> None:
    from clearcount_web.requesting.actions import purge

    now = timezone.now()
    OVERDUE["a request"](now)
    InboxRequest.objects.update(taken_at=None, received_at=now - timedelta(4000))
    assert purge(now=now) == 0 and InboxRequest.objects.count() == 1


def test_a_request_that_nobody_takes_is_told_without_a_word_of_it(db: None, keys: Path) -> None:
    """Whoever asks has the law's clock: that nobody looked is found long before the twentieth working day."""
    worked(timedelta(seconds=5))
    OVERDUE["a request"](timezone.now())
    waited = (timedelta(days=6, hours=23), timedelta(days=7, minutes=1))
    for wait, told in zip(waited, (set(), {"requests taken"}), strict=True):
        InboxRequest.objects.update(taken_at=None, received_at=timezone.now() - wait)
        assert failing() == told
    [found] = [each for each in conditions() if each.name == "requests taken"]
    assert found.says.startswith("1 wait") and "FOI-1" not in found.says
    InboxRequest.objects.update(taken_at=timezone.now())
    assert failing() == set()


def test_the_watch_tells_operations_once_a_day_and_never_what_was_written(db: None, keys: Path) -> None:
    from clearcount_web.desk.tasks import watch

    cache.clear()
    worked(timedelta(hours=2))
    arrive(ago=timedelta(hours=1))
    with override_settings(OPERATIONS_EMAIL="it@force.example"):
        for _run in range(3):
            watch(Running(1, "watch", {}, 1))
        sent = sorted(message.subject for message in mail.outbox)
        assert sent == ["clearcount: not well: reports taken in: 1.", "clearcount: not well: worker: 1."]
        take_reports()
        worked(timedelta(seconds=1))
        watch(Running(1, "watch", {}, 1))
        assert len(mail.outbox) == 2
    assert "R-BCDFGHJK" not in str([message.message() for message in mail.outbox])


def test_a_condition_that_cannot_be_looked_at_is_not_well(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from clearcount_web.ground import health as ground

    def broken() -> Any:
        raise OperationalError("words of a row")

    monkeypatch.setattr(ground, "_looks", [broken])
    [found] = [each for each in conditions() if each.name == "broken"]
    assert not found.well and "OperationalError" in found.says and "words" not in found.says


def test_the_command_prints_every_condition(db: None, keys: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command("health")
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("NOT WELL worker") for line in lines)
    assert len(lines) == 4 + len(health.LOOKS)


def test_an_officers_unlock_opens_reports_for_that_officer_alone(
    staff: Client, sign_in: Callable[..., Any], keys: Path
) -> None:
    """The attack: a colleague at another desk waits until somebody has unlocked the key."""
    arrive()
    take_reports()
    sign_in("corin", "contact_officer")
    staff.post("/reports/unlock", {"passphrase": PASSPHRASES["duty"]})
    assert staff.get("/reports/R-BCDFGHJK/").status_code == 200
    corin = staff.cookies.copy()
    sign_in("dana", "contact_officer")
    refused = staff.get("/reports/R-BCDFGHJK/")
    assert refused.status_code == 302 and "unlock" in refused.headers["Location"]
    assert staff.get("/reports/R-BCDFGHJK/export").status_code in {302, 403, 404}
    assert b"The duty key is unlocked" not in staff.get("/reports/").content
    staff.cookies = corin
    staff.get("/reports/")
    assert keyring.held("corin") and not keyring.held("dana")


def test_a_new_sign_in_and_a_sign_out_lock_the_key(staff: Client, sign_in: Callable[..., Any], keys: Path) -> None:
    sign_in("corin", "contact_officer")
    staff.post("/reports/unlock", {"passphrase": PASSPHRASES["duty"]})
    assert keyring.held("corin")
    sign_in("corin", "contact_officer")
    assert not keyring.held("corin")
    staff.post("/reports/unlock", {"passphrase": PASSPHRASES["duty"]})
    staff.logout()
    assert not keyring.held("corin")


def deployed(**changes: Any) -> set[str]:
    with override_settings(**changes):
        found = run_checks(tags=["security"], include_deployment_checks=True)
    return {str(each.id) for each in found if str(each.id).startswith("clearcount.")}


WELL: dict[str, Any] = {
    "HTTPS": True, "TRUSTED_PROXY": "127.0.0.1", "AUDIT_ANCHORS": ("x",), "REPORT_KEYS": object(),
    "REPORT_WATCHED": "Day and night.", "REPORT_ALERT_EMAIL": "duty@force.example",
    "OPERATIONS_EMAIL": "it@force.example", "DUTY_KEY_FILE": Path("/nowhere/duty.key"),
    "STORE_DIR": Path("/nowhere"), "POLICY_FILE": Path("/nowhere/policy.toml"), "LOCAL_ACCOUNTS": "break-glass",
}  # fmt: skip


@pytest.mark.parametrize("missing", [name for name in WELL if name != "LOCAL_ACCOUNTS"])
def test_check_deploy_names_what_is_missing_and_nothing_else(missing: str) -> None:
    assert deployed(**WELL) == set()
    empty = (
        ()
        if missing == "AUDIT_ANCHORS"
        else False
        if missing == "HTTPS"
        else ""
        if isinstance(WELL[missing], str)
        else None
    )
    assert len(deployed(**{**WELL, missing: empty})) == 1


def test_security_txt_is_there_when_the_force_has_an_address(public: Client) -> None:
    assert public.get("/.well-known/security.txt").status_code == 404
    with override_settings(SECURITY_CONTACT="mailto:security@force.example"):
        text = public.get("/.well-known/security.txt").content.decode()
    assert text.startswith("Contact: mailto:security@force.example\nExpires: 20") and "Canonical: http" in text
