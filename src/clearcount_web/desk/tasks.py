"""The daily note of where the chains end, kept with the logs and so away from the database."""

from __future__ import annotations

import logging

from clearcount_web.audit import queries
from clearcount_web.jobs.registry import Run, task
from clearcount_web.platform.databases import PUBLIC, STAFF

log = logging.getLogger("clearcount_web.audit")


@task("note-audit-heads", every=24 * 60 * 60)
def note_heads(run: Run) -> None:
    """Verifies both chains and logs their heads; `manage audit verify --expect` compares with them later.

    Raises:
        RuntimeError: when a chain does not hold, so that the job is seen to fail.
    """
    broken = 0
    for name, alias in (("staff", STAFF), ("public", PUBLIC)):
        faults = queries.verify(alias)
        head = queries.head(alias)
        log.info(
            "audit head",
            extra={
                "kind": name,
                "outcome": f"{head['number']}:{head['mac']}" if head else "none",
                "count": len(faults),
            },
        )
        broken += len(faults)
    if broken:
        raise RuntimeError("an audit chain does not hold")
