"""Background work of the data room: reading an export, importing it, counting published answers again."""

from __future__ import annotations

from clearcount_web.jobs.actions import enqueue
from clearcount_web.jobs.registry import Run, task
from clearcount_web.records import intakes, living


@task(intakes.EXPLAIN)
def explain(run: Run) -> None:
    """Read an export and say how."""
    intakes.explain_intake(run)


@task(intakes.IMPORT)
def import_(run: Run) -> None:
    """Import an export; then published answers are counted again."""
    result = intakes.import_intake(run)
    if result is not None and result.new:
        enqueue(living.JOB, by="worker", unique=living.JOB)


@task(living.JOB, every=6 * 60 * 60)
def recount(run: Run) -> None:
    """Count published answers again on the newest snapshot, also when it was imported on the command line."""
    living.recount_answers(run)
