"""Side by side: clearcount, its peers and the decode floor on the same corpus; processor time, because it does not
depend on what else the machine does. Each run is a process of its own, so that peak memory is its own.

    python -m bench.matching [--rows N] [--full]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench.matching import corpus

FOLDER = Path(__file__).parents[1] / "data" / "matching"
FULL = 10_000_000
USUAL = 500_000
REPEATS = 2  # the better counts: what else the machine does can only slow a run down

RUNS: dict[str, tuple[str, dict[str, Any]]] = {
    "decode only": ("decode", {}),
    "word, hyperscan": ("scan", {"rule": "word", "engine": "hyperscan"}),
    "word, re2": ("scan", {"rule": "word", "engine": "re2"}),
    "word, auto": ("scan", {"rule": "word", "engine": "auto"}),
    "word, auto, 2 threads": ("scan", {"rule": "word", "engine": "auto", "workers": 2}),
    "variant, auto": ("scan", {"rule": "variant", "engine": "auto"}),
    "padded, auto": ("scan", {"rule": "padded", "engine": "auto"}),
    "contains, auto": ("scan", {"rule": "contains", "engine": "auto"}),
    "word, 1,000 terms, hyperscan": ("scan", {"rule": "word", "engine": "hyperscan", "terms": 1000}),
    "word, 1,000 terms, re2": ("scan", {"rule": "word", "engine": "re2", "terms": 1000}),
    "pyarrow mask": ("mask", {}),
    "DuckDB regexp_matches": ("in_duckdb", {}),
    "Polars str.contains": ("in_polars", {}),
    "SQLite LIKE": ("in_sqlite", {}),
    "ripgrep, plain text": ("in_ripgrep", {}),
}


def main() -> int:
    """Makes the corpus when it is missing, runs everything and prints the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.matching", description=__doc__)
    parser.add_argument("--rows", type=int, default=USUAL)
    parser.add_argument("--full", action="store_true", help=f"{FULL:,} rows")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(_measured(arguments.path, arguments.one)))
        return 0
    rows = FULL if arguments.full else arguments.rows
    path = FOLDER / f"corpus-{corpus.SEED}-{rows}.parquet"
    facts = json.loads(path.with_suffix(".json").read_text()) if path.exists() else corpus.make(path, rows)
    _say(facts, path)
    from bench.matching.runs import SQLITE_ROWS, write_plain

    with_ripgrep = shutil.which("rg") is not None
    if with_ripgrep and not path.with_suffix(".txt").exists():
        write_plain(path)
    results: dict[str, dict[str, Any]] = {}
    print(
        f"\n{'':30} {'found':>9} {'prepare':>7} {'cpu s':>7} {'x decode':>8} {'Mrow/s':>6} {'wall s':>7} {'peak MB':>8}"
    )
    for name in RUNS:
        if name.startswith("ripgrep") and not with_ripgrep:
            print(f"{name:30} not installed")
            continue
        results[name] = min((_apart(path, name) for _ in range(REPEATS)), key=lambda result: result["cpu"])
        seen = min(rows, SQLITE_ROWS) if name.startswith("SQLite") else rows
        cpu = results[name]["cpu"] * rows / seen
        ratio = cpu / results["decode only"]["cpu"]
        print(
            f"{name:30} {results[name]['found']:9,} {results[name]['prepare']:7.2f} {cpu:7.2f} {ratio:8.2f} "
            f"{rows / cpu / 1e6:6.2f} "
            f"{results[name]['wall']:7.2f} {results[name]['peak']:8,.0f}",
            flush=True,
        )
    print(f"\nThe best of {REPEATS}. Processor seconds, without what preparing the terms took once.")
    print(f"SQLite ran on {min(rows, SQLITE_ROWS):,} rows; its processor time is scaled up, the rest is as measured.")
    return _verdict(results)


def _say(facts: dict[str, Any], path: Path) -> None:
    rows = facts["rows"]
    print(
        f"{rows:,} entries, {facts['bytes'] / 1e6:,.0f} MB of text, {path.stat().st_size / 1e6:,.0f} MB Parquet; "
        f"{facts['beyond'] / rows:.1%} of entries beyond ASCII, {facts['ai'] / rows:.0%} with the letters ai, "
        f"{facts['hits']:,} hits (1 in {rows // max(1, facts['hits']):,})"
    )


def _apart(path: Path, name: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.matching", "--one", name, "--path", str(path)]
    environment = os.environ | {"POLARS_MAX_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr}")
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _measured(path: Path, name: str) -> dict[str, Any]:
    from bench.matching import runs

    function, arguments = RUNS[name]
    before, start = runs.seconds(), time.perf_counter()
    found = getattr(runs, function)(path, **arguments)
    wall, cpu = time.perf_counter() - start, runs.seconds() - before
    prepare = sum(runs.preparing)
    return {"found": found, "cpu": cpu - prepare, "prepare": prepare, "wall": wall, "peak": _peak()}


def _peak() -> float:
    """Peak memory of this process in MB. Not ru_maxrss, in which the parent's peak lives on."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1000


def _verdict(results: dict[str, dict[str, Any]]) -> int:
    """The targets, each with what was measured; 1 when one of processor time or memory is missed."""
    cpu = {name: result["cpu"] for name, result in results.items()}
    fast = min(cpu["word, hyperscan"], cpu["word, re2"])
    walls = results["word, auto"]["wall"] / results["word, auto, 2 threads"]["wall"]
    checks = [
        ("word, faster engine / decode only", fast / cpu["decode only"], 2.6),
        ("word, re2 / decode only", cpu["word, re2"] / cpu["decode only"], 3.2),
        ("variant / word", cpu["variant, auto"] / cpu["word, auto"], 1.5),
        ("contains / word", cpu["contains, auto"] / cpu["word, auto"], 1.05),
        ("1,000 terms / 8 terms, hyperscan", cpu["word, 1,000 terms, hyperscan"] / cpu["word, hyperscan"], 1.5),
        ("word / DuckDB", fast / cpu["DuckDB regexp_matches"], 1.0),
        ("word / Polars", fast / cpu["Polars str.contains"], 1.0),
        ("peak memory of word, 2 threads, GB", results["word, auto, 2 threads"]["peak"] / 1000, 1.2),
    ]
    print()
    for what, measured, most in checks:
        print(f"{what:40} {measured:6.2f}  (at most {most}) {'' if measured <= most else 'MISSED'}")
    print(f"{'one thread / two threads, wall':40} {walls:6.2f}  (at least 1.7 on an idle machine with 2 cores)")
    return int(any(measured > most for _, measured, most in checks))


if __name__ == "__main__":
    sys.exit(main())
