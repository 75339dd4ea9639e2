"""Keeping the session tables short."""

from __future__ import annotations

from datetime import timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from clearcount_web.jobs.registry import Run, task
from clearcount_web.platform.databases import PUBLIC, STAFF


@task("tidy-sessions", every=60 * 60)
def tidy(run: Run) -> None:
    """Delete sessions of both doors that have ended, and counts of wrong passwords older than a day."""
    now = timezone.now()
    for alias in (STAFF, PUBLIC):
        Session.objects.using(alias).filter(expire_date__lt=now).delete()
    kept = max(timedelta(days=1), settings.AXES_COOLOFF_TIME)
    AccessAttempt.objects.filter(attempt_time__lt=now - kept).delete()
