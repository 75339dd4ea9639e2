"""The proven least of each table, by cost, and the audit of every hidden cell."""

from __future__ import annotations

import resource

from bench.disclosure.instances import instances
from bench.disclosure.measure import POLICY, heading, line, small, timed, truth
from clearcount.disclosure import audit, protect


def optima(names: list[str], costs: tuple[str, ...] = ("sum", "cells")) -> None:
    """Protects the named tables at each cost and prints what came out."""
    heading(
        "table", "cells", "small", "least", "hidden", "their sum", "proven", "gap", "exact", "protect CPU s",
        "protect wall s", "audit CPU s", "audit wall s",
    )  # fmt: skip
    for name, document in instances().items():
        for cost in costs if name in names else ():
            found, took = timed(lambda d=document, c=cost: protect(d, POLICY | {"cost": c}))
            result, audited = timed(lambda f=found: audit(f.document))
            counts = truth(document)
            line(
                name, f"{len(counts):,}", len(small(document)), cost, f"{len(found.hidden):,}",
                f"{sum(counts[tuple(item['at'])] for item in found.hidden):,}", "yes" if found.optimal else "no",
                found.gap, len(result.exact), f"{took.cpu:.1f}", f"{took.wall:.1f}", f"{audited.cpu:.2f}",
                f"{audited.wall:.2f}",
            )  # fmt: skip
    print(f"\nGreatest memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB.\n")
