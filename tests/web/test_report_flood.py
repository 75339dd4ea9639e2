"""A flood of reports: most are turned away with 999 and 101, honest ones get in, and what was acknowledged is kept."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from ports import free_port
from visitors import Visitor

from clearcount_web.platform.declared import environment_of
from clearcount_web.project.serving import Address, demo_environment

A_SECOND = 50


@pytest.fixture
def door(doors: Any) -> Iterator[int]:
    """A second public door on the demo's databases with the limits that a force has."""
    port = free_port()
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("CLEARCOUNT_", "DJANGO_"))}
    ports = {"public": Address("127.0.0.1", port), "staff": Address("127.0.0.1", port)}
    environment = environment_of(
        "public", {**clean, **demo_environment(doors.folder, ports), **doors.databases, "CLEARCOUNT_LOG_LEVEL": "ERROR"}
    )
    command = [sys.executable, "-m", "clearcount_web", "door", "public", f"127.0.0.1:{port}"]
    with subprocess.Popen(command, env=environment) as process:
        try:
            for _ in range(600):
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=5).close()
                    break
                except OSError:
                    time.sleep(0.1)
            yield port
        finally:
            process.terminate()
            process.wait(timeout=30)


def flood(port: int, *, addresses: int, seconds: float) -> tuple[Counter[int], list[str], list[str]]:
    """Fifty attempts a second; gives the statuses, the references told, and a page that turned somebody away."""
    statuses: Counter[int] = Counter()
    told: list[str] = []
    pages: list[str] = []
    lock = threading.Lock()

    def attempt(number: int) -> None:
        visitor = Visitor(port, f"127.0.{addresses}.{1 + number % addresses}")
        try:
            status, said = visitor.report()
        finally:
            visitor.connection.close()
        with lock:
            statuses[status] += 1
            if status == 200:
                told.append(said)
            elif len(pages) < 3:
                pages.append(said)

    begun = time.monotonic()
    with ThreadPoolExecutor(32) as pool:
        for number in range(int(seconds * A_SECOND)):
            pool.submit(attempt, number)
            time.sleep(max(0.0, begun + number / A_SECOND - time.monotonic()))
    return statuses, told, pages


def stored(doors: Any) -> set[str]:
    return {row[0] for row in doors.public_rows("SELECT reference FROM reporting_sealedreport")}


def endure(doors: Any, door: int, *, addresses: int, seconds: float) -> Counter[int]:
    before = stored(doors)
    honest: list[tuple[int, str]] = []
    over = threading.Event()

    def elsewhere() -> None:
        number = 1
        while not over.is_set():
            visitor = Visitor(door, f"127.9.{number // 200}.{1 + number % 200}")
            honest.append(visitor.report())
            visitor.connection.close()
            number += 1
            over.wait(1)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    statuses, told, pages = flood(door, addresses=addresses, seconds=seconds)
    over.set()
    thread.join()
    assert {status for status, _ in honest} == {200}, honest
    kept = stored(doors) - before
    everybody = told + [reference for _, reference in honest]
    assert len(set(everybody)) == len(everybody)
    assert set(everybody) == kept, "what was acknowledged is kept, and nothing else is"
    assert set(statuses) <= {200, 429}, statuses
    for page in pages:
        assert "999" in page and "101" in page
    print(f"{sum(statuses.values())} attempts, {dict(statuses)}, honest {len(honest)}")
    return statuses


def test_a_flood_from_one_address_is_turned_away_and_others_get_in(doors: Any, door: int) -> None:
    statuses = endure(doors, door, addresses=1, seconds=4)
    assert statuses[429] > statuses[200]


def test_a_flood_from_many_addresses_loses_nothing(doors: Any, door: int) -> None:
    statuses = endure(doors, door, addresses=5, seconds=3)
    assert statuses[429] and statuses[200]


@pytest.mark.slow
@pytest.mark.parametrize("addresses", [1, 100])
def test_two_minutes_of_flood(doors: Any, door: int, addresses: int) -> None:
    endure(doors, door, addresses=addresses, seconds=120)
