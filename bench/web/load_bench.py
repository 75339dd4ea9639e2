"""Mixed public pages at a fixed rate, load tool (`hey`) on the same machine: 300 a second, p99 at most 250 ms.

Needs Debian's `hey`. Memory is sampled every two seconds; it is flat when its last tenth is within 5 % of its second.
"""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import threading

from bench.web.door import Door, door

PATHS = ("/", "/advice/sextortion/", "/advice/under-18/", "/disclosure-log/", "/disclosure-log/made-up-7/", "/cookies/")
RATE, CONNECTIONS, BOUND_MS = 300, 5, 250


def _load(served: Door, seconds: int) -> tuple[list[float], int]:
    """Response times in ms of all pages, and how many did not answer 200."""
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
    for process in running:
        for row in csv.DictReader(io.StringIO(process.communicate()[0])):
            taken.append(float(row["response-time"]) * 1000)
            failed += row["status-code"] != "200"
    return taken, failed


def run(*, full: bool) -> bool:
    """Prints rate, percentiles and memory; True when rate, p99, answers and memory hold."""
    if shutil.which("hey") is None:
        print("load: not measured, `hey` is not installed")
        return False
    seconds = 600 if full else 20
    with door(200) as served:
        _load(served, 3)
        memory, done = [served.memory()], threading.Event()

        def sample() -> None:
            while not done.wait(2):
                memory.append(served.memory())

        sampler = threading.Thread(target=sample)
        sampler.start()
        taken, failed = _load(served, seconds)
        done.set()
        sampler.join()
    taken.sort()
    rate = len(taken) / seconds
    p50, p99 = taken[len(taken) // 2], taken[int(len(taken) * 0.99)]
    early, late = memory[len(memory) // 10], memory[-max(1, len(memory) // 10)]
    print(f"load for {seconds} s: {rate:.0f} pages a second of {RATE} asked, {failed} failed")
    print(f"p50 {p50:.1f} ms, p99 {p99:.1f} ms (bound {BOUND_MS}), worst {taken[-1]:.1f} ms")
    print(f"memory {early:.0f} MB early, {late:.0f} MB late")
    return failed == 0 and rate >= 0.98 * RATE and p99 <= BOUND_MS and late <= 1.05 * early
