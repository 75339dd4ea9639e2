"""Copies of one database, and a copy put back: SQLite through its backup interface, PostgreSQL through its programs."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any


class BackupFault(Exception):
    """Why a backup cannot be made or put back, in a sentence."""


def is_sqlite(database: Mapping[str, Any]) -> bool:
    """Return whether the database is a SQLite file."""
    return str(database["ENGINE"]).endswith("sqlite3")


def dump(database: Mapping[str, Any], to: Path) -> None:
    """Write a copy of a database that is in use to a file, as of one moment. Raises BackupFault."""
    if is_sqlite(database):
        source = f"file:{database['NAME']}?mode=ro"
        with closing(sqlite3.connect(source, uri=True)) as live, closing(sqlite3.connect(to)) as copy:
            live.backup(copy)
        to.chmod(0o600)
        return
    _run(database, "pg_dump", "--format=custom", "--no-owner", "--no-acl", "--file", str(to))


def whole(kind: str, copy: Path) -> None:
    """Return nothing when a copy can be read to its end. Raises BackupFault."""
    if kind == "sqlite":
        try:
            with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as read:
                found = read.execute("PRAGMA integrity_check").fetchone()[0]
        except sqlite3.DatabaseError:
            found = "not a database"
        if found != "ok":
            raise BackupFault(f"{copy.name} is damaged; take another backup")
        return
    _run({}, "pg_restore", "--list", str(copy))


def put_back(database: Mapping[str, Any], copy: Path) -> None:
    """Replace a database by its copy, whole or not at all. The service must be stopped. Raises BackupFault."""
    if not is_sqlite(database):
        _run(
            database, "pg_restore", "--clean", "--if-exists", "--no-owner", "--no-acl", "--single-transaction",
            "--exit-on-error", str(copy),
        )  # fmt: skip
        return
    place = Path(database["NAME"])
    fresh = place.with_name(f"{place.name}.restoring")
    shutil.copyfile(copy, fresh)
    fresh.chmod(place.stat().st_mode & 0o777 if place.exists() else 0o600)
    with fresh.open("rb") as written:
        os.fsync(written.fileno())
    for left in ("-wal", "-shm", "-journal"):  # of the database that goes: they would be played into the new one
        place.with_name(place.name + left).unlink(missing_ok=True)
    fresh.replace(place)


def _run(database: Mapping[str, Any], program: str, *arguments: str) -> None:
    found = shutil.which(program) or next(
        (str(path) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), reverse=True)), None
    )
    if found is None:
        raise BackupFault(f"{program} is not installed; install PostgreSQL's client programs")
    environment = {**os.environ, "PGPASSWORD": str(database.get("PASSWORD") or "")}
    options = {**database.get("OPTIONS", {})} if database else {}
    parts = {"host": database.get("HOST") or options.get("host"), "port": database.get("PORT"),
             "user": database.get("USER"), "dbname": database.get("NAME")}  # fmt: skip
    parts |= {name: value for name, value in options.items() if name.startswith("ssl")}
    where = " ".join(f"{name}='{value}'" for name, value in parts.items() if value)
    command = [found, *(["--dbname", where] if database else []), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise BackupFault(f"{program} failed: {last[:200]}")
