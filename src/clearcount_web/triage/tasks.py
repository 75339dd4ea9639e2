"""Background work: taking reports in, telling the desk, and clearing drafts that nobody came back to."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone

from clearcount_web.jobs.registry import Run, task
from clearcount_web.occurrences.export import export_occurrences
from clearcount_web.reporting.drafts import purge
from clearcount_web.triage.actions import take_reports
from clearcount_web.triage.alerts import alert
from clearcount_web.triage.retention import purge as purge_ended


@task("take-reports", every=15)
def take(run: Run) -> None:
    """Copy new reports into triage and alerts the desk."""
    take_reports()
    alert(now=timezone.now())


@task("purge-reports", every=24 * 60 * 60)
def purge_reports(run: Run) -> None:
    """Delete reports that ended longer ago than their outcome is kept for, here and on the public side."""
    purge_ended(now=timezone.now(), dry_run=False, by="worker")


@task("purge-drafts", every=300)
def purge_drafts(run: Run) -> None:
    """Delete drafts that have lain idle for 30 minutes or are two hours old."""
    purge(now=timezone.now())


@task("export-occurrences", every=24 * 60 * 60)
def export(run: Run) -> None:
    """Write the occurrences recorded here to the folder that the settings name, for the next import."""
    if settings.OCCURRENCE_EXPORT_DIR is not None:
        export_occurrences(settings.OCCURRENCE_EXPORT_DIR, by="worker", now=timezone.now())
