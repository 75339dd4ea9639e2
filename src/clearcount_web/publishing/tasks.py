"""Background work: what is published is compared with its seals every day."""

from __future__ import annotations

import logging

from clearcount_web.ground.notes import tell_operations
from clearcount_web.jobs.registry import Run, task
from clearcount_web.publishing.actions import compare

log = logging.getLogger("clearcount_web.publishing")


@task("compare-published", every=24 * 60 * 60)
def compare_published(run: Run) -> None:
    """Compare every published answer with its seals.

    Raises:
        RuntimeError: when one does not match, so that the job is seen to fail.
    """
    found = compare()
    if found.faults:
        log.error("published answers do not match their seals", extra={"count": len(found.faults)})
        tell_operations("published answers do not match their seals", count=len(found.faults))
        raise RuntimeError("published answers do not match their seals")
