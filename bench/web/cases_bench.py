"""The list of cases with 10,000 cases on it: the whole answer of the staff door's first page at most 300 ms."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from clearcount_web.project.serving import environment_of
from clearcount_web.project.static_site import environment

CASES = 10_000
BOUND_MS = 300.0


def run(*, full: bool) -> bool:
    """Return whether the slowest of the pages measured keeps its bound."""
    with tempfile.TemporaryDirectory(prefix="clearcount-bench-") as folder:
        values = environment(os.environ, Path(folder), force=None, exit_url="https://weather.invalid/")
        values |= {"CLEARCOUNT_LOG_LEVEL": "ERROR", "CLEARCOUNT_READS_PER_MINUTE": "100000000"}
        staff = environment_of("staff", values)
        for step in (["migrate", "--verbosity", "0"], ["collectstatic", "--noinput", "--verbosity", "0"]):
            subprocess.run([sys.executable, "-m", "clearcount_web", "manage", *step], env=staff, check=True)
        command = [sys.executable, "-m", "bench.web.cases_list", str(CASES), str(50 if full else 15), str(BOUND_MS)]
        return subprocess.run(command, env=staff, check=False).returncode == 0
