"""PostgreSQL for the web tests: a throw-away cluster on a Unix socket.

With CLEARCOUNT_TEST_DATABASE=postgresql in the environment every web test that makes databases makes them there
(`conftest.py`); without it they are SQLite files, as in a fresh installation.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest

_of_this_run = ExitStack()
DOORS = ("staff", "public")


def programs() -> Path | None:
    """Where PostgreSQL's programs are: on the path, or in Debian's place for them."""
    found = [Path(name).resolve().parent for name in [shutil.which("initdb")] if name]
    return next(iter([*found, *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]), None)


@dataclass(frozen=True)
class Cluster:
    """A running cluster: its folder, which holds its socket, and how its programs are started."""

    folder: Path
    start: tuple[str, ...]
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def run(self, program: str, *arguments: str) -> None:
        """Runs one of PostgreSQL's programs as the user that the cluster belongs to."""
        command = [*self.start, f"{programs()}/{program}", *arguments]
        quiet = {**os.environ, "PGOPTIONS": "--client-min-messages=warning"}
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder, env=quiet)

    def create(self, name: str, *, like: str = "template0") -> None:
        """A database of that name, in place of the one that there may be."""
        at = ("-h", str(self.folder), "-U", "owner")
        self.run("dropdb", *at, "--force", "--if-exists", name)
        self.run("createdb", *at, "-T", like, name)

    def pair(self) -> dict[str, str]:
        """Two new databases, one for each door, as settings."""
        number = next(self._numbers)
        names = {door: f"{door}_{number}" for door in DOORS}
        for name in names.values():
            self.create(name)
        return {f"CLEARCOUNT_{door.upper()}_DB_URL": self.url(name) for door, name in names.items()}

    def url(self, name: str, role: str = "owner") -> str:
        """The address of a database of the cluster, for the role that made it or for another."""
        return f"postgresql://{role}@/{name}?host={self.folder}"

    def ask(self, database: str, sql: str) -> None:
        """Runs a statement as the owner."""
        self.run("psql", "-h", str(self.folder), "-U", "owner", "-d", database, "-v", "ON_ERROR_STOP=1", "-c", sql)

    def with_roles(self, pair: dict[str, str], manage: Callable[..., str]) -> dict[str, dict[str, str]]:
        """The settings of each door that signs in with its own role, which has the rights that `audit grants` prints.

        `manage(*arguments)` runs a command as the owner, whose databases have their tables already.
        """
        databases = {door: pair[f"CLEARCOUNT_{door.upper()}_DB_URL"].split("/")[3].split("?")[0] for door in DOORS}
        for door in DOORS:
            exists = f"SELECT FROM pg_roles WHERE rolname = '{door}_door'"
            self.ask(
                "postgres", f"DO $$BEGIN IF NOT EXISTS ({exists}) THEN CREATE ROLE {door}_door LOGIN; END IF; END$$"
            )
        for name in databases.values():
            self.ask(name, manage("audit", "grants", "staff_door"))
        self.ask(databases["public"], manage("audit", "grants", "public_door", "--door", "public"))
        return {
            "staff": {name: url.replace("//owner@", "//staff_door@") for name, url in pair.items()},
            "public": {"CLEARCOUNT_PUBLIC_DB_URL": self.url(databases["public"], "public_door")},
        }

    def rows(self, url: str, sql: str) -> list[tuple[Any, ...]]:
        """What the database at that address answers."""
        import psycopg  # where tests run on SQLite alone it need not be there

        with psycopg.connect(url) as connection:
            return connection.execute(sql).fetchall()

    def log(self) -> str:
        """What the server had to say."""
        return (self.folder / "log").read_text()

    def halt(self) -> None:
        """Stops the server without a word to those who are connected, as a crash does."""
        self.run("pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "-w", "stop")

    def begin(self) -> None:
        """Starts the server."""
        self.run("pg_ctl", "-D", f"{self.folder}/data", "-o", self.options, "-w", "-l", f"{self.folder}/log", "start")

    @property
    def options(self) -> str:
        """How the server is started: on its socket alone."""
        return f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c fsync=off"


@contextmanager
def running() -> Iterator[Cluster]:
    """A new cluster, stopped and removed at the end; the test is skipped where PostgreSQL is not installed."""
    found = programs()
    if found is None:
        pytest.skip("PostgreSQL is not installed")
    with tempfile.TemporaryDirectory(prefix="clearcount-pg-") as name:
        folder = Path(name)
        start: tuple[str, ...] = ()
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            shutil.chown(folder, "postgres")
            start = ("runuser", "-u", "postgres", "--")
        cluster = Cluster(folder, start)
        cluster.run("initdb", "-D", f"{folder}/data", "-U", "owner", "-A", "trust", "-E", "UTF8", "--no-sync")
        cluster.begin()
        try:
            yield cluster
        finally:
            cluster.halt()


@cache
def shared() -> Cluster | None:
    """The cluster that all tests of this run share, when they are to stand on PostgreSQL."""
    if os.environ.get("CLEARCOUNT_TEST_DATABASE") != "postgresql":
        return None
    if programs() is None:
        raise RuntimeError("CLEARCOUNT_TEST_DATABASE asks for PostgreSQL, which is not installed here")
    return _of_this_run.enter_context(running())


def new_pair() -> dict[str, str]:
    """Settings for two new databases of the shared cluster; none on SQLite."""
    found = shared()
    return found.pair() if found else {}


def stop() -> None:
    """Stops the shared cluster."""
    _of_this_run.close()
