"""Reading the queue."""

from __future__ import annotations

from django.db.models import QuerySet

from clearcount_web.jobs.models import Job


def latest() -> QuerySet[Job]:
    """Return all jobs, those asked for last first."""
    return Job.objects.order_by("-id")
