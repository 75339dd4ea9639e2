"""Keeping the queue short: work that the worker starts by itself leaves a row each time."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Max
from django.utils import timezone

from clearcount_web.jobs.models import Job
from clearcount_web.jobs.registry import Run, task

KEPT = timedelta(days=7)


@task("tidy-jobs", every=60 * 60)
def tidy(run: Run) -> None:
    """Delete ended jobs of the worker's own that are older than a week, but never the last of a kind."""
    own = Job.objects.filter(created_by="worker")
    last = own.order_by().values("kind").annotate(last=Max("id")).values_list("last", flat=True)
    good = own.filter(state=Job.State.DONE).order_by().values("kind").annotate(last=Max("id"))
    kept = [*last, *good.values_list("last", flat=True)]
    own.filter(finished_at__lt=timezone.now() - KEPT).exclude(id__in=kept).delete()
