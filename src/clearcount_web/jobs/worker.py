"""The worker: takes one job after another and runs it.

A job that the database calls running while this worker holds the lock belongs to a worker that died. It goes back into
the queue, or fails when its attempts are used up.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import InterfaceError, OperationalError, connections, transaction
from django.utils import timezone

from clearcount_web.jobs.actions import enqueue
from clearcount_web.jobs.lock import sole_worker
from clearcount_web.jobs.models import Job
from clearcount_web.jobs.registry import Kind, kinds
from clearcount_web.platform.databases import STAFF

log = logging.getLogger("clearcount_web.jobs")
DIED = "the worker stopped in the middle of the job"


class Cancelled(Exception):
    """Somebody asked the job to stop."""


class Superseded(Exception):
    """The job is no longer this run's: another worker has taken it since."""


@dataclass
class Running:
    """One attempt at one job."""

    id: int
    kind: str
    payload: dict[str, object]
    attempt: int

    def progress(self, done: int, total: int) -> None:
        """Note how far the work is.

        Raises:
            Cancelled: when somebody asked to stop it.
            Superseded: when another worker runs this job now.
        """
        mine = Job.objects.filter(id=self.id, state=Job.State.RUNNING, attempts=self.attempt)
        if not mine.update(done=done, total=total):
            raise Superseded
        if mine.filter(cancel_asked=True).exists():
            raise Cancelled


def recover() -> int:
    """Put jobs of a dead worker back into the queue, or ends them; returns how many. Only under the worker's lock."""
    orphans = Job.objects.filter(state=Job.State.RUNNING)
    recovered = 0
    for job in orphans:
        if job.cancel_asked:
            changes = {"state": Job.State.CANCELLED, "finished_at": timezone.now()}
        elif job.attempts < job.most_attempts:
            changes = {"state": Job.State.QUEUED}
        else:
            changes = {"state": Job.State.FAILED, "error": DIED, "finished_at": timezone.now()}
        recovered += orphans.filter(id=job.id).update(**changes)
        log.warning("job of a stopped worker", extra={"job": job.id, "kind": job.kind, "outcome": changes["state"]})
    return recovered


def take() -> Running | None:
    """Return the next job that is due, marked as running; None when nothing waits."""
    with transaction.atomic(using=STAFF):
        now = timezone.now()
        job = Job.objects.filter(state=Job.State.QUEUED, run_after__lte=now).order_by("run_after", "id").first()
        if job is None:
            return None
        taken = Job.objects.filter(id=job.id, state=Job.State.QUEUED).update(
            state=Job.State.RUNNING, attempts=job.attempts + 1, started_at=now, done=0
        )
    return Running(job.id, job.kind, job.payload, job.attempts + 1) if taken else None


def run(job: Running, tasks: dict[str, Kind]) -> Job.State:
    """Run one job to its end and writes down how it ended; a task's exception never reaches the caller."""
    error = ""
    try:
        kind = tasks.get(job.kind)
        if kind is None:
            raise LookupError("no such task")
        kind.task(job)
        state = Job.State.DONE
    except Cancelled:
        state = Job.State.CANCELLED
    except Superseded:
        return Job.State.RUNNING
    except Exception as failure:
        error = type(failure).__name__  # never its text, which may quote a record
        log.exception("job failed", extra={"job": job.id, "kind": job.kind, "attempt": job.attempt})
        state = Job.State.FAILED
    mine = Job.objects.filter(id=job.id, state=Job.State.RUNNING, attempts=job.attempt)
    if state is Job.State.FAILED:
        again = mine.filter(most_attempts__gt=job.attempt, cancel_asked=False).update(
            state=Job.State.QUEUED,
            error=error,
            run_after=timezone.now() + timedelta(seconds=5 * 4 ** (job.attempt - 1)),
        )
        if again:
            return Job.State.QUEUED
    mine.update(state=state, error=error, finished_at=timezone.now())
    log.info("job ended", extra={"job": job.id, "kind": job.kind, "attempt": job.attempt, "outcome": state.value})
    return state


def schedule(tasks: dict[str, Kind]) -> None:
    """Enqueue every periodic task whose last run began longer ago than its period."""
    for kind in tasks.values():
        if kind.every is None:
            continue
        since = timezone.now() - timedelta(seconds=kind.every)
        if not Job.objects.filter(kind=kind.name, created_at__gt=since).exists():
            enqueue(kind.name, by="worker", unique=f"every:{kind.name}")


def work(*, stop: Callable[[], bool], pause: float = 1.0, until_empty: bool = False) -> int:
    """Work until `stop()`; return how many jobs were run. Wait while another worker holds the lock.

    A database that was restarted or cannot be reached is waited for. The job in hand is then one of a dead worker.
    `until_empty`: returns when nothing is due, instead of waiting for more, and raises when the database is lost.
    """
    tasks = kinds()
    count = 0
    while not stop():
        try:
            with sole_worker() as alone:
                if alone():
                    recover()
                    count += _drain(tasks, stop, pause, until_empty, alone)
                    if until_empty and alone():
                        return count
        except (OperationalError, InterfaceError) as lost:
            connections.close_all()
            if until_empty:
                raise
            log.warning("the database cannot be reached; trying again", extra={"outcome": type(lost).__name__})
        time.sleep(pause)
    return count


def _drain(
    tasks: dict[str, Kind], stop: Callable[[], bool], pause: float, until_empty: bool, alone: Callable[[], bool]
) -> int:
    """Run what is due until `stop()`, or until the lock is lost."""
    count = 0
    while not stop() and alone():
        schedule(tasks)
        job = take()
        if job is not None:
            run(job, tasks)
            count += 1
        elif until_empty:
            break
        else:
            time.sleep(pause)
    if not alone():  # a lost connection took the lock with it
        connections[STAFF].close()
    return count
