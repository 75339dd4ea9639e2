"""Background work: due days follow the bank holidays in use."""

from __future__ import annotations

from clearcount_web.cases.recomputing import recompute_due_days
from clearcount_web.jobs.registry import Run, task


@task("recompute-due-days", every=60 * 60)
def recompute(run: Run) -> None:
    """Set the day of each open case again when the bank holidays have changed, with an event for each change."""
    recompute_due_days(progress=run.progress)
