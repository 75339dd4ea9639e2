"""Mixed public pages at a fixed rate, load tool (`hey`) on the same machine: 300 a second, p99 at most 250 ms.

Needs Debian's `hey`. The door's resident memory is sampled every two seconds; it is flat when the second half of the
run adds at most 5 % to it (median of the last tenth against the tenth before the middle). `--full` takes ten minutes.
"""

from __future__ import annotations

import csv
import io
import shutil
import statistics
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bench.web.door import Door, door

PATHS = ("/", "/advice/sextortion/", "/advice/under-18/", "/disclosure-log/", "/disclosure-log/made-up-7/", "/cookies/")
RATE, CONNECTIONS, BOUND_MS = 300, 5, 250
SHORT_SECONDS, FULL_SECONDS, SAMPLE_SECONDS = 20, 600, 2
MOST_GROWTH = 0.05


def _load(served: Door, seconds: int) -> tuple[list[float], int]:
    """Response times in ms, and how many were not answered 200. Ends a minute after `seconds` at the latest."""
    each = RATE / len(PATHS) / CONNECTIONS
    running = [
        subprocess.Popen(
            ["hey", "-z", f"{seconds}s", "-c", str(CONNECTIONS), "-q", str(each), "-o", "csv", served.url + path],
            stdout=subprocess.PIPE,
            text=True,
        )
        for path in PATHS
    ]
    taken, failed = [], 0
    try:
        for process in running:
            for row in csv.DictReader(io.StringIO(process.communicate(timeout=seconds + 60)[0])):
                taken.append(float(row["response-time"]) * 1000)
                failed += row["status-code"] != "200"
    finally:
        for process in running:
            process.kill()
            process.wait()
    return taken, failed


@contextmanager
def _sampled(served: Door) -> Iterator[list[float]]:
    """The door's memory in MB, one number every two seconds for as long as the block lasts."""
    samples, done = [served.memory()], threading.Event()

    def sample() -> None:
        while not done.wait(SAMPLE_SECONDS):
            try:
                samples.append(served.memory())
            except OSError:  # the door has ended; the rate says so
                return

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield samples
    finally:
        done.set()
        thread.join()


def growth(samples: Sequence[float]) -> float:
    """What the second half of the samples adds, as a share of what there was before it."""
    tenth, middle = max(1, len(samples) // 10), max(1, len(samples) // 2)
    before = statistics.median(samples[max(0, middle - tenth) : middle])
    return statistics.median(samples[-tenth:]) / before - 1


def run(*, full: bool) -> bool:
    """Prints rate, percentiles and memory; True when rate, p99, answers and memory hold."""
    if shutil.which("hey") is None:
        print("load: not measured, `hey` is not installed")
        return False
    seconds = FULL_SECONDS if full else SHORT_SECONDS
    with door(200) as served:
        _load(served, 3)
        with _sampled(served) as memory:
            taken, failed = _load(served, seconds)
    if not taken:
        print(f"load for {seconds} s: no page was answered")
        return False
    taken.sort()
    rate = len(taken) / seconds
    p50, p99 = taken[len(taken) // 2], taken[int(len(taken) * 0.99)]
    grown = growth(memory)
    points = " ".join(f"{memory[at * (len(memory) - 1) // 10]:.1f}" for at in range(11))
    print(f"load for {seconds} s: {rate:.0f} pages a second of {RATE} asked, {failed} failed")
    print(f"p50 {p50:.1f} ms, p99 {p99:.1f} ms (bound {BOUND_MS}), worst {taken[-1]:.1f} ms")
    print(f"memory, {len(memory)} samples: first {memory[0]:.1f}, last {memory[-1]:.1f}, most {max(memory):.1f} MB")
    print(f"memory at every tenth of the time: {points} MB")
    flat = "flat" if grown <= MOST_GROWTH else "NOT flat"
    print(f"memory in the second half: {grown:+.1%} (bound +{MOST_GROWTH:.0%}), {flat}")
    return failed == 0 and rate >= 0.98 * RATE and p99 <= BOUND_MS and grown <= MOST_GROWTH
