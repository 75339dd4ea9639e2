"""Twenty staff who decide reading cards while counts run, on PostgreSQL: 95 of 100 decisions answered within 300 ms.

A page fetches the next card while its reader reads, so nobody waits for that; how long it takes is printed too. All
twenty begin at the same moment, which is the worst of it.

Two staff doors, two workers and the database are on this machine, and so are the staff. Each reads a card for five
seconds on average (`--full`: half of that). Needs PostgreSQL's server.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

STAFF, CARDS, BOUND_MS = 20, 200, 300
SECONDS, FULL_SECONDS = 10.0, 5.0
"""The longest time for a card; on average it is half of that."""


def run(*, full: bool) -> bool:
    """Print the median and the 95th percentile of an answer, and return whether the latter is within the bound."""
    sys.path.insert(0, str(Path(__file__).parents[2] / "tests/web"))
    import at_once
    from cluster import programs, running
    from reading_store import make_store
    from service import service

    if programs() is None:
        print("staff at once: not measured, PostgreSQL is not installed")
        return False
    longest = FULL_SECONDS if full else SECONDS
    with tempfile.TemporaryDirectory(prefix="clearcount-bench-") as name:
        store = make_store(Path(name), hits=CARDS, quiet=CARDS)
        places = {"CLEARCOUNT_STORE_DIR": str(store), "CLEARCOUNT_READING_STORE_DIR": str(store)}
        with (
            running() as cluster,
            service(cluster, Path(name) / "site", **places) as up,
            at_once.room(up, STAFF) as made,
        ):
            told = at_once.read_all(up.staff, made, pause=longest)
    print(f"staff at once: {STAFF} staff, {len(told.decided)} cards, {len(made.faults)} counts meanwhile")
    p95 = {}
    for what, seconds in told.seconds.items():
        taken = sorted(1000 * each for each in seconds)
        p95[what] = taken[int(len(taken) * 0.95)]
        print(f"{what}: {len(taken)} answers, median {statistics.median(taken):.0f} ms, p95 {p95[what]:.0f} ms")
    print(f"bound for a decision: {BOUND_MS} ms")
    return p95["decide"] <= BOUND_MS and not told.faults and len(told.decided) == made.cards
