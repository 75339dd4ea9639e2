"""Background work: drafts that nobody came back to."""

from __future__ import annotations

from django.utils import timezone

from clearcount_web.jobs.registry import Run, task
from clearcount_web.reporting.drafts import purge


@task("purge-drafts", every=300)
def purge_drafts(run: Run) -> None:
    """Deletes drafts that have lain idle for 30 minutes or are two hours old."""
    purge(now=timezone.now())
