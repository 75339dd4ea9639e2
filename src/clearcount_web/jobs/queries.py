"""Reading the queue."""

from __future__ import annotations

from clearcount_web.jobs.models import Job


def latest(count: int) -> list[Job]:
    """Return the jobs asked for last, newest first."""
    return list(Job.objects.order_by("-id")[:count])
