"""Asking for work, and asking it to stop."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from clearcount_web.audit.actions import record
from clearcount_web.jobs.models import Job
from clearcount_web.platform.databases import STAFF

OPEN = (Job.State.QUEUED, Job.State.RUNNING)


def enqueue(
    kind: str,
    payload: Mapping[str, object] | None = None,
    *,
    by: Any,
    unique: str = "",
    run_after: datetime | None = None,
    most_attempts: int = 2,
) -> Job:
    """Return a job waiting in the queue, written in the caller's transaction: no act, no job.

    With `unique`, a job of that name that is still open is returned instead of a second one.
    `payload` holds keys and numbers, never text of a record.
    """
    with transaction.atomic(using=STAFF):
        if unique:
            waiting = Job.objects.filter(unique=unique, state__in=OPEN).first()
            if waiting is not None:
                return waiting
        return Job.objects.create(
            kind=kind,
            payload=dict(payload or {}),
            unique=unique,
            run_after=run_after or timezone.now(),
            most_attempts=most_attempts,
            created_by=by if isinstance(by, str) else by.get_username(),
        )


def cancel(job_id: int, *, by: Any) -> bool:
    """Cancel a waiting job, or asks a running one to stop at its next step; False when it had ended already."""
    with transaction.atomic(using=STAFF):
        stopped = Job.objects.filter(id=job_id, state=Job.State.QUEUED).update(
            state=Job.State.CANCELLED, finished_at=timezone.now()
        )
        asked = Job.objects.filter(id=job_id, state=Job.State.RUNNING).update(cancel_asked=True)
        if stopped or asked:
            record("job.cancelled", by=by, kind="job", key=job_id)
    return bool(stopped or asked)


def retry(job_id: int, *, by: Any) -> bool:
    """Put a failed or cancelled job back into the queue with fresh attempts; False when it is neither."""
    with transaction.atomic(using=STAFF):
        again = Job.objects.filter(id=job_id, state__in=(Job.State.FAILED, Job.State.CANCELLED)).update(
            state=Job.State.QUEUED,
            attempts=0,
            cancel_asked=False,
            error="",
            done=0,
            run_after=timezone.now(),
            finished_at=None,
        )
        if again:
            record("job.retried", by=by, kind="job", key=job_id)
    return bool(again)
