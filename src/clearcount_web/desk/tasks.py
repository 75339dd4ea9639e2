"""The work that watches over the service: heads noted every minute, conditions, both chains checked every day."""

from __future__ import annotations

import logging

from django.core.cache import cache

from clearcount_web.audit import queries
from clearcount_web.audit.actions import CHAIN_NAMES, anchor_head
from clearcount_web.ground.health import conditions
from clearcount_web.ground.notes import tell_operations
from clearcount_web.jobs.registry import Run, task

log = logging.getLogger("clearcount_web.audit")


@task("anchor-audit", every=60)
def anchor_heads(run: Run) -> None:
    """Note the heads of both chains outside the database.

    Raises:
        RuntimeError: when a place did not take them, so that the job is seen to fail.
    """
    refused = [sentence for alias in CHAIN_NAMES for sentence in anchor_head(alias, always=True)]
    if refused:
        raise RuntimeError("a head of the audit could not be noted")


@task("watch", every=10 * 60)
def watch(run: Run) -> None:
    """Tell the people who run the service of every condition that is not well, once a day for each."""
    for condition in conditions():
        key = f"told:{condition.name.replace(' ', '-')}"
        if condition.well:
            cache.delete(key)
        elif cache.add(key, True, timeout=24 * 60 * 60):
            log.error("a condition is not well", extra={"kind": condition.name})
            if not tell_operations(f"not well: {condition.name}", count=1):
                cache.delete(key)  # tried again in ten minutes


@task("note-audit-heads", every=24 * 60 * 60)
def note_heads(run: Run) -> None:
    """Verify both chains and logs their heads; `manage audit verify --expect` compares with them later.

    Raises:
        RuntimeError: when a chain does not hold, so that the job is seen to fail.
    """
    broken = 0
    for alias, name in CHAIN_NAMES.items():
        checked = queries.verify(alias)
        head = queries.head(alias)
        log.info(
            "audit head",
            extra={
                "kind": name,
                "outcome": f"{head['number']}:{head['mac']}" if head else "none",
                "count": len(checked.faults),
            },
        )
        broken += len(checked.faults)
    if broken:
        log.error("an audit chain does not hold", extra={"count": broken})
        raise RuntimeError("an audit chain does not hold")
