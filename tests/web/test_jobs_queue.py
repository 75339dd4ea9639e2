"""The queue inside one process: order, progress, cancelling, retry, periodic work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from clearcount_web.jobs.actions import cancel, enqueue, retry
from clearcount_web.jobs.models import Job
from clearcount_web.jobs.registry import Kind, Run
from clearcount_web.jobs.worker import Cancelled, Running, Superseded, recover, run, schedule, take

DONE: list[object] = []


def note(run: Run) -> None:
    DONE.append(run.payload.get("name"))


def fail(run: Run) -> None:
    raise ValueError("a sentence from a record")


def count_to_ten(run: Run) -> None:
    for step in range(10):
        run.progress(step, 10)
        if step == 4:
            cancel(run.id, by="ana")  # type: ignore[attr-defined]


TASKS = {kind.name: kind for kind in (Kind("note", note), Kind("fail", fail), Kind("count", count_to_ten))}


@pytest.fixture(autouse=True)
def fresh(db: None) -> None:
    DONE.clear()


def run_next() -> Job.State:
    job = take()
    assert job is not None
    return run(job, TASKS)


def test_jobs_run_in_the_order_in_which_they_were_asked_for() -> None:
    for name in "abc":
        enqueue("note", {"name": name}, by="ana")
    assert [run_next() for _ in range(3)] == [Job.State.DONE] * 3
    assert DONE == ["a", "b", "c"]
    assert take() is None


def test_a_job_waits_for_its_time() -> None:
    enqueue("note", by="ana", run_after=timezone.now() + timedelta(hours=1))
    assert take() is None


def test_a_job_asked_for_in_a_transaction_that_fails_is_not_there() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        enqueue("note", by="ana")
        1 / 0  # noqa: B018
    assert not Job.objects.exists()


def test_an_open_job_is_not_asked_for_twice() -> None:
    first = enqueue("note", by="ana", unique="publish:7")
    assert enqueue("note", by="bo", unique="publish:7").pk == first.pk
    run_next()
    assert enqueue("note", by="bo", unique="publish:7").pk != first.pk


def test_a_failure_is_tried_once_more_later_and_keeps_no_text_of_the_error() -> None:
    job = enqueue("fail", by="ana")
    assert run_next() == Job.State.QUEUED
    assert take() is None  # it waits before it is tried again
    Job.objects.update(run_after=timezone.now())
    assert run_next() == Job.State.FAILED
    job.refresh_from_db()
    assert (job.attempts, job.error) == (2, "ValueError")
    assert retry(job.pk, by="ana")
    assert run_next() == Job.State.QUEUED


def test_a_task_nobody_knows_fails() -> None:
    enqueue("no such task", by="ana", most_attempts=1)
    assert run_next() == Job.State.FAILED


def test_progress_is_kept_and_a_running_job_stops_at_its_next_step_when_cancelled() -> None:
    job = enqueue("count", by="ana")
    assert run_next() == Job.State.CANCELLED
    job.refresh_from_db()
    assert (job.done, job.total) == (5, 10)
    assert job.finished_at is not None


def test_a_waiting_job_is_cancelled_at_once_and_an_ended_one_not_at_all() -> None:
    job = enqueue("note", by="ana")
    assert cancel(job.pk, by="bo")
    assert take() is None
    assert not cancel(job.pk, by="bo")
    assert retry(job.pk, by="bo")
    assert run_next() == Job.State.DONE
    assert not retry(job.pk, by="bo")


def test_a_job_of_a_dead_worker_goes_back_once_and_then_fails() -> None:
    job = enqueue("note", by="ana")
    for state in (Job.State.QUEUED, Job.State.FAILED):
        assert take() is not None  # and the worker dies
        assert recover() == 1
        job.refresh_from_db()
        assert job.state == state
    assert job.error == "the worker stopped in the middle of the job"
    assert take() is None


def test_a_cancelled_job_of_a_dead_worker_is_not_run_again() -> None:
    job = enqueue("note", by="ana")
    take()
    cancel(job.pk, by="ana")
    recover()
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED


def test_a_run_that_was_superseded_may_not_write() -> None:
    job = enqueue("note", by="ana")
    old = take()
    assert old is not None
    recover()
    new = take()
    assert new is not None and (old.attempt, new.attempt) == (1, 2)
    with pytest.raises(Superseded):
        old.progress(1, 2)
    assert run(old, TASKS) is not None
    job.refresh_from_db()
    assert job.state == Job.State.RUNNING  # the new run's, untouched by the end of the old one
    run(new, TASKS)
    job.refresh_from_db()
    assert job.state == Job.State.DONE


def test_periodic_work_is_asked_for_once_per_period() -> None:
    tasks = {"tidy": Kind("tidy", note, every=3600)}
    schedule(tasks)
    schedule(tasks)
    assert Job.objects.filter(kind="tidy").count() == 1
    Job.objects.update(created_at=timezone.now() - timedelta(seconds=3601), state=Job.State.DONE)
    schedule(tasks)
    assert Job.objects.filter(kind="tidy").count() == 2


def test_the_page_shows_cancels_and_retries(staff: Client, sign_in: Callable[..., Any]) -> None:
    from clearcount_web.audit.models import Event

    sign_in("ada", "administrator")
    assert "No background work yet" in staff.get("/jobs/").content.decode()
    job = enqueue("note", by="ana")
    assert "waiting" in staff.get("/jobs/").content.decode()
    staff.post(f"/jobs/{job.pk}/cancel")
    assert "cancelled" in staff.get("/jobs/").content.decode()
    staff.post(f"/jobs/{job.pk}/retry")
    job.refresh_from_db()
    assert job.state == Job.State.QUEUED
    assert list(Event.objects.values_list("verb", flat=True))[-2:] == ["job.cancelled", "job.retried"]


def test_every_registered_task_is_found() -> None:
    from clearcount_web.jobs.registry import kinds

    assert {"note-audit-heads", "tidy-sessions"} <= set(kinds())


def test_cancelled_is_not_an_error() -> None:
    job = enqueue("count", by="ana", most_attempts=1)
    started = take()
    assert started == Running(job.pk, "count", {}, 1)
    cancel(job.pk, by="bo")
    with pytest.raises(Cancelled):
        started.progress(1, 10)
