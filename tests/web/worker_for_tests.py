"""A worker with one task of its own, run as a process that the tests may kill.

Each attempt appends a line to a file when it begins and when it ends, so that two at a time would be seen.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import django

django.setup()

from clearcount_web.jobs.registry import Run, task  # noqa: E402
from clearcount_web.jobs.worker import work  # noqa: E402

LOG = Path(sys.argv[1])


def note(word: str, run: Run) -> None:
    with LOG.open("a", encoding="utf-8") as lines:
        lines.write(f"{word} {run.payload['name']} {run.attempt} {os.getpid()} {time.monotonic()}\n")


@task("slow")
def slow(run: Run) -> None:
    """Takes `payload["steps"]` steps of a twentieth of a second."""
    note("begin", run)
    steps = int(str(run.payload["steps"]))
    for step in range(steps):
        time.sleep(0.05)
        run.progress(step + 1, steps)
    note("end", run)


work(stop=lambda: False, pause=0.05)
