"""The whole service on PostgreSQL as a force runs it: each door and each worker a process, each with its own role."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cluster import Cluster
from ports import free_ports

PATIENCE = 300
"""Seconds for what must happen; how long it takes is nobody's claim."""


@dataclass(frozen=True)
class Service:
    """Running processes: their ports, and the settings of each side with its own role and of the tables' owner."""

    public: int
    staff: tuple[int, ...]
    environment: Mapping[str, Mapping[str, str]]
    owner: Mapping[str, str]
    processes: tuple[subprocess.Popen[bytes], ...]
    workers: tuple[subprocess.Popen[bytes], ...]

    def manage(self, *arguments: str) -> str:
        """Runs a management command as the owner of the tables; gives what it printed."""
        return _manage(self.owner, *arguments)


def _manage(environment: Mapping[str, str], *arguments: str) -> str:
    command = [sys.executable, "-m", "clearcount_web", "manage", *arguments]
    done = subprocess.run(command, env=dict(environment), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def service(
    cluster: Cluster, folder: Path, *, doors: int = 2, workers: int = 2, worker: tuple[str, ...] = (), **settings: str
) -> Iterator[Service]:
    """One public door, so many staff doors and so many workers with new databases, until the block ends.

    `worker` is the command of a worker of the test's own.
    """
    from clearcount_web.project.serving import Address, demo_environment, environment_of

    public, *staff = free_ports(1 + doors)
    addresses: Any = {"public": Address("127.0.0.1", public), "staff": Address("127.0.0.1", staff[0])}
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("CLEARCOUNT_", "DJANGO_"))}
    pair = cluster.pair()
    values = {
        **clean,
        **demo_environment(folder, addresses),
        "CLEARCOUNT_LOG_LEVEL": "ERROR",
        "CLEARCOUNT_READS_PER_MINUTE": "1000000",
        "CLEARCOUNT_WRITES_PER_MINUTE": "1000000",
        **pair,
        **settings,
    }
    owner = environment_of("staff", values)
    for step in (("migrate", "--verbosity", "0"), ("collectstatic", "--noinput", "--verbosity", "0")):
        _manage(owner, *step)
    roles = cluster.with_roles(pair, lambda *arguments: _manage(owner, *arguments))
    sides: dict[str, dict[str, str]] = {
        "public": environment_of("public", {**values, **roles["public"]}),
        "staff": environment_of("staff", {**values, **roles["staff"]}),
    }
    door = [sys.executable, "-m", "clearcount_web", "door"]
    commands = [(sides["public"], [*door, "public", f"127.0.0.1:{public}"])]
    commands += [(sides["staff"], [*door, "staff", f"127.0.0.1:{port}"]) for port in staff]
    work = list(worker) or [sys.executable, "-m", "clearcount_web", "manage", "worker"]
    with ExitStack() as stack:

        def started(environment: Mapping[str, str], command: list[str]) -> subprocess.Popen[bytes]:
            process = subprocess.Popen(command, env=dict(environment))
            stack.callback(process.wait, timeout=30)
            stack.callback(process.kill)
            return process

        processes = [started(environment, command) for environment, command in commands]
        at_work = [started(sides["staff"], work) for _worker in range(workers)]
        for port, process in zip((public, *staff), processes, strict=True):
            until(lambda port=port, process=process: _listens(port, process))
        yield Service(public, tuple(staff), sides, owner, tuple(processes), tuple(at_work))


def _listens(port: int, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, "a door ended"
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


def until(happened: Callable[[], Any]) -> None:
    """Waits for something that must happen."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.1)
