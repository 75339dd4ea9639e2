"""Real worker processes on a real database: killed, stopped, started twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from clearcount_web.jobs.actions import enqueue
from clearcount_web.jobs.models import Job

PROGRAM = Path(__file__).parent / "worker_for_tests.py"
Start = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    file = tmp_path / "attempts"
    file.touch()
    return file


@pytest.fixture
def start(committed_db: None, log: Path) -> Iterator[Start]:
    """Starts a worker; all of them are gone at the end of the test."""
    with ExitStack() as stack:

        def started() -> subprocess.Popen[bytes]:
            process = subprocess.Popen([sys.executable, str(PROGRAM), str(log)], env=dict(os.environ))
            stack.callback(process.wait, timeout=10)
            stack.callback(process.kill)
            return process

        yield started


def lines(log: Path) -> list[list[str]]:
    return [line.split() for line in log.read_text().splitlines()]


def until(happened: Callable[[], Any], *, seconds: float = 60) -> None:
    """Waits for something that must happen; how long it takes is nobody's claim."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def state_of(job: Job) -> tuple[str, int]:
    connections.close_all()
    job.refresh_from_db()
    return job.state, job.attempts


def test_a_killed_workers_job_is_run_again_once_and_never_two_at_a_time(start: Start, log: Path) -> None:
    job = enqueue("slow", {"name": "a", "steps": 30}, by="ana")
    first = start()
    until(lambda: lines(log))
    second = start()  # stands by: the first one is alive
    until(lambda: state_of(job) == (Job.State.RUNNING, 1))
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    killed = time.monotonic()
    until(lambda: state_of(job)[0] == Job.State.DONE)
    words = [(word, attempt, int(pid)) for word, _name, attempt, pid, _at in lines(log)]
    assert words == [("begin", "1", first.pid), ("begin", "2", second.pid), ("end", "2", second.pid)]
    assert float(lines(log)[1][4]) > killed  # the second attempt began after the first worker had died
    assert state_of(job) == (Job.State.DONE, 2)


@pytest.mark.slow
def test_a_job_that_kills_its_worker_twice_is_not_tried_a_third_time(start: Start, log: Path) -> None:
    job = enqueue("slow", {"name": "a", "steps": 2000}, by="ana")
    for attempt in (1, 2):
        worker = start()
        until(lambda seen=attempt: len(lines(log)) == seen)
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
    start()
    until(lambda: state_of(job)[0] == Job.State.FAILED)
    assert [word for word, *_ in lines(log)] == ["begin", "begin"]
    assert job.error == "the worker stopped in the middle of the job"


def test_a_worker_that_is_only_stopped_keeps_its_job(start: Start, log: Path) -> None:
    job = enqueue("slow", {"name": "a", "steps": 10}, by="ana")
    first = start()
    until(lambda: lines(log))
    os.kill(first.pid, signal.SIGSTOP)
    start()
    time.sleep(1.5)  # a lease or a heartbeat would be tempted to take over
    assert [word for word, *_ in lines(log)] == ["begin"]
    os.kill(first.pid, signal.SIGCONT)
    until(lambda: state_of(job)[0] == Job.State.DONE)
    assert [(word, int(pid)) for word, _n, _a, pid, _t in lines(log)] == [("begin", first.pid), ("end", first.pid)]


@pytest.mark.slow
def test_three_workers_run_twenty_jobs_once_each_one_at_a_time(start: Start, log: Path) -> None:
    jobs = [enqueue("slow", {"name": str(number), "steps": 1}, by="ana") for number in range(20)]
    for _worker in range(3):
        start()
    until(lambda: all(state_of(job)[0] == Job.State.DONE for job in jobs))
    words = [(word, name) for word, name, *_ in lines(log)]
    assert words == [(word, str(number)) for number in range(20) for word in ("begin", "end")]


@pytest.mark.slow
def test_waiting_jobs_survive_a_restart(start: Start, log: Path) -> None:
    jobs = [enqueue("slow", {"name": str(number), "steps": 4}, by="ana") for number in range(3)]
    worker = start()
    until(lambda: lines(log))
    worker.kill()
    worker.wait()
    start()
    until(lambda: all(state_of(job)[0] == Job.State.DONE for job in jobs))
    assert [name for word, name, *_ in lines(log) if word == "end"] == ["0", "1", "2"]
