"""Background work: counts, publications, and due days that follow the bank holidays in use."""

from __future__ import annotations

from django.utils.timezone import localdate

from clearcount_web.cases import found, releasing, runs
from clearcount_web.cases.recomputing import recompute_due_days
from clearcount_web.cases.retention import delete_identities
from clearcount_web.jobs.registry import Run, task


@task("recompute-due-days", every=60 * 60)
def recompute(run: Run) -> None:
    """Set the day of each open case again when the bank holidays have changed, with an event for each change."""
    recompute_due_days(progress=run.progress)


@task(runs.JOB)
def count_case(run: Run) -> None:
    """Count the plan of a case on its snapshot."""
    runs.count_run(run)


@task(found.JOB)
def compare_rules(run: Run) -> None:
    """Compare the rules of matching on the plan of a count."""
    found.compare_rules(run)


@task(releasing.JOB)
def publish_answer(run: Run) -> None:
    """Publish an approved answer."""
    releasing.publish_answer(run)


@task("delete-identities", every=24 * 60 * 60)
def delete(run: Run) -> None:
    """Delete who asked, where the day has come and nobody said why it is kept."""
    delete_identities(today=localdate())
