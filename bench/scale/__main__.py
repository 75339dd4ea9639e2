"""One count on the local engine, Spark on two cores, a standalone cluster of two workers and Sail, as entries grow.

Processor seconds of all processes together, because they depend least on what else the machine does. Each run is a
process of its own. A line through the sizes gives the cost of a row and the fixed cost; growth is linear when each
size lies near the line. The driver is the process that counts, with its Java beside it. A count here is the tables,
the account and the records for the ledger.

Hits come to the driver. With `--rare` no text holds a word of the request, so the driver's memory is that of the rest.

    python -m bench.scale [--full] [--rare] [--entries N ...] [--engines local spark standalone sail] [--stores DIR]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

USUAL, FULL = (100_000, 200_000), (1_000_000, 2_000_000, 5_000_000, 10_000_000)
ENGINES = ("local", "spark", "standalone", "sail")
RARE = "zeppelin"
NOW = datetime(2025, 7, 1, tzinfo=UTC)
REQUEST: dict[str, Any] = {
    "request": {"reference": "BENCH", "received": "2025-06-30"},
    "scope": {"from": "2022-01", "to": "2024-12", "codes": ["all"]},
    "terms": {"any": ["deepfake*", "AI", "artificial intelligence"], "fields": ["oel"]},
    "question": [{"text": "bench"}],
    "table": [{"rows": ["offence"], "columns": ["year"]}, {"rows": [], "columns": ["month"]}, {"rows": ["term"]}],
}


def store_of(folder: Path, entries: int) -> Path:
    """Return the store of so many entries in `folder`, made when it is not there."""
    from bench.importing.generate import ENTRIES, write_export
    from clearcount.workflow.importing import import_export

    store = folder / f"store-{entries}"
    if not store.exists():
        with tempfile.TemporaryDirectory(dir=folder) as made:
            write_export(Path(made) / "export", entries // ENTRIES)
            import_export([Path(made) / "export"], Path(made) / "store", now=NOW)
            (Path(made) / "store").rename(store)
    return store


def one(store: Path, engine: str, *, rare: bool = False) -> dict[str, Any]:
    """Return what one count costs, with the records that it found."""
    from clearcount.model.request_reader import parse_request
    from clearcount.offences import code_list
    from clearcount.store import open_store
    from clearcount.workflow.accounting import account_for
    from clearcount.workflow.counting import count_request
    from clearcount.workflow.scope_records import records_of

    terms = {**REQUEST["terms"], "any": [RARE]} if rare else REQUEST["terms"]
    with ExitStack() as stack:
        if engine == "sail":
            from pysail.spark import SparkConnectServer

            server = SparkConnectServer()
            server.start()
            stack.callback(server.stop)
            os.environ["SPARK_REMOTE"] = f"sc://localhost:{server.listening_address[1]}"
        elif engine == "spark":
            os.environ["MASTER"] = "local[2]"
        elif engine == "standalone":
            from bench.scale.cluster import standalone

            os.environ |= stack.enter_context(standalone()).environment
        begin, cpu = time.monotonic(), _processor_seconds()
        held = open_store(store)
        name = "local" if engine == "local" else "spark"
        counted = count_request(parse_request({**REQUEST, "terms": terms}), held, codes=code_list(), engine_name=name)
        account = account_for(counted, held).account.offences
        records = records_of(counted, (), b"bench")
        found = {
            "wall": time.monotonic() - begin,
            "cpu": _processor_seconds() - cpu,
            "memory": _peak(os.getpid()),
            "java": max((_peak(pid) for pid in _children(os.getpid()) if _is_java(pid)), default=0),
        }
        total = counted.answer.cells[counted.answer.whole]
        kept = hashlib.sha256(records.keys.tobytes()).hexdigest()
        hits = len(counted.found.mentions)
        return {**found, "hits": hits, "scope": account.counted, "answer": str(total), "records": kept}


def main() -> int:
    """Run every engine at every size and print a line for each; 1 when they do not agree."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.add_argument("--full", action="store_true", help="1, 2, 5 and 10 million entries")
    parser.add_argument("--entries", type=int, nargs="+", default=None)
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    parser.add_argument("--rare", action="store_true", help="look for a word that no text holds")
    parser.add_argument("--stores", type=Path, default=None, help="where stores are kept for the next run")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(one(Path(arguments.one[0]), arguments.one[1], rare=arguments.rare)))
        return 0
    with tempfile.TemporaryDirectory() as made:
        folder = arguments.stores or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        measured: dict[str, list[tuple[int, dict[str, Any]]]] = {engine: [] for engine in arguments.engines}
        answers: dict[int, set[object]] = {}
        for entries in arguments.entries or (FULL if arguments.full else USUAL):
            store = store_of(folder, entries)
            for engine in arguments.engines:
                run = _run(store, engine, rare=arguments.rare)
                measured[engine].append((entries, run))
                answers.setdefault(entries, set()).add((run["hits"], run["scope"], run["answer"], run["records"]))
                print(
                    f"{engine:10} {entries:>11,} entries {run['cpu']:8.1f} CPU s {run['wall']:8.1f} s on the clock; "
                    f"driver {run['memory']:6,.0f} MB, its Java {run['java']:6,.0f} MB; {run['hits']:,} hits",
                    flush=True,
                )
    lines = {engine: line_of([(size, run["cpu"]) for size, run in runs]) for engine, runs in measured.items()}
    for engine, (slope, fixed, off) in lines.items():
        beside = f", {slope / lines['local'][0]:.2f} of local" if "local" in lines else ""
        print(
            f"{engine:10} {slope * 1e6:.2f} CPU s a million entries{beside}; fixed {fixed:.1f} CPU s; "
            f"furthest from the line {off:.0%}"
        )
    return 1 if any(len(found) > 1 for found in answers.values()) else 0


def line_of(points: list[tuple[int, float]]) -> tuple[float, float, float]:
    """Return slope and start of the line of least squares, and how far off it the furthest point is, as a share."""
    if len(points) < 2:
        return points[0][1] / points[0][0], 0.0, 0.0
    many = len(points)
    mean_x, mean_y = sum(x for x, _ in points) / many, sum(y for _, y in points) / many
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)
    fixed = mean_y - slope * mean_x
    return slope, fixed, max(abs(y / (fixed + slope * x) - 1) for x, y in points)


def _run(store: Path, engine: str, *, rare: bool) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.scale", "--one", str(store), engine, *(["--rare"] if rare else [])]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _children(pid: int) -> list[int]:
    """Every process below one, that of the cluster's executors too."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and (stat := _stat(int(entry.name))):
            parents.setdefault(int(stat[1]), []).append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        below = parents.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _processor_seconds() -> float:
    """Processor seconds of this process and all below it, those that ended included."""
    stats = [_stat(pid) for pid in (os.getpid(), *_children(os.getpid()))]
    return sum(sum(map(int, stat[11:15])) for stat in stats if stat) / os.sysconf("SC_CLK_TCK")


def _peak(pid: int) -> float:
    """The most memory in MB that a process had."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def _is_java(pid: int) -> bool:
    """Whether a process is the Java of this driver: a worker's or an executor's is another."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return any(word.endswith(b"java") for word in words[:1]) and b"org.apache.spark.deploy.SparkSubmit" in words


if __name__ == "__main__":
    raise SystemExit(main())
