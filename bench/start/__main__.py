"""Measures what a command costs before and beside its work.

Each command runs several times beside two floors: `python -c pass`, and `python -c "import duckdb"`, which is what
DuckDB's own program would cost here. The figure is the least CPU time of the runs, user and system together, because
other work on the machine only adds to it.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

_RUNS, _RUNS_FULL = 3, 9
_PASS, _DUCKDB = "python -c pass", 'python -c "import duckdb"'


def cpu_seconds(*command: str) -> float:
    """The CPU seconds of one run, children too; the command must end with 0 or 1."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr}")
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def commands(folder: Path) -> dict[str, tuple[str, ...]]:
    """What is measured, by what the table calls it."""
    here = (sys.executable, "-m", "clearcount")
    request, store, policy = (str(folder / name) for name in ("request.toml", "store", "policy.toml"))
    out = str(folder.parent / "answer")
    return {
        _PASS: (sys.executable, "-c", "pass"),
        _DUCKDB: (sys.executable, "-c", "import duckdb"),
        "clearcount --help": (*here, "--help"),
        "clearcount --version": (*here, "--version"),
        "clearcount deadline": (*here, "deadline", "--received", "2025-07-22"),
        "clearcount cost": (*here, "cost", "--records", "360", "--minutes", "3"),
        "clearcount codes deepfake": (*here, "codes", "deepfake"),
        "clearcount check": (*here, "check", request),
        "clearcount check --store": (*here, "check", request, "--store", store),
        "clearcount count": (
            *(*here, "count", request, "--store", store, "--policy", policy),
            *("--out", out, "--replace", "--quiet"),
        ),
        "clearcount verify": (*here, "verify", out),
    }


def main() -> None:
    """Makes the demo, measures, prints a table."""
    parser = argparse.ArgumentParser(prog="python -m bench.start", description=__doc__)
    parser.add_argument("--full", action="store_true", help=f"{_RUNS_FULL} runs of each instead of {_RUNS}")
    runs = _RUNS_FULL if parser.parse_args().full else _RUNS
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package has its compiled files
    with tempfile.TemporaryDirectory() as name:
        os.environ["PYTHONPYCACHEPREFIX"] = str(Path(name) / "compiled")
        demo = Path(name) / "demo"
        subprocess.run(
            [sys.executable, "-m", "clearcount", "demo", "--out", str(demo), "--quiet"], check=True, capture_output=True
        )
        table = commands(demo)
        for command in table.values():  # once, so that everything is compiled
            cpu_seconds(*command)
        taken = {label: min(cpu_seconds(*command) for _ in range(runs)) for label, command in table.items()}
    print(f"{'CPU s':>8}  {'x pass':>6}  {'x duckdb':>8}  command")
    for label, seconds in taken.items():
        print(f"{seconds:8.3f}  {seconds / taken[_PASS]:6.1f}  {seconds / taken[_DUCKDB]:8.2f}  {label}")


if __name__ == "__main__":
    main()
