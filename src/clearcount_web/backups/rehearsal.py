"""A backup tried out beside the service: put back into places that are thrown away, and looked at there."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from django.conf import settings

from clearcount_web.backups.actions import read
from clearcount_web.backups.scratch import scratch
from clearcount_web.backups.unpack import fill_in, settings_of

_LEFT_OUT = ("CLEARCOUNT_AUDIT_ANCHORS", "CLEARCOUNT_OCCURRENCE_EXPORT_DIR", "CLEARCOUNT_PUBLIC_GROUP")


def rehearse(folder: Path) -> Iterator[tuple[str, bool, str]]:
    """Yield each step of a rehearsal: its name, whether it went well, and what was printed.

    Files and databases of SQLite go into a folder, and a dump of PostgreSQL into a new database. All of it is thrown
    away in the end.

    Raises:
        BackupFault: when the backup is damaged, or there is no server to load a dump into.
    """
    told = read(folder)
    kinds = dict(told["items"])
    yield "every file is there and unchanged", True, f"{len(told['files'])} files, made at {told['made_at']}"
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="clearcount-rehearsal-")))
        environment = _environment(place, kinds)
        for item, kind in kinds.items():
            if kind == "postgresql":
                which = item.removesuffix(".pgdump")
                setting = f"CLEARCOUNT_{which.upper()}_DB_URL"
                server = settings.REHEARSAL_DB_URL or os.environ[setting]
                environment[setting] = stack.enter_context(scratch(server, which))
        for setting, copy in settings_of(folder):
            environment[setting] = str(place / "files" / copy.name)
        fill_in(folder, environment)
        manage = ["clearcount_web", "manage"]
        steps = [
            ("it can be put back", [*manage, "restore", str(folder.resolve()), "--replace"]),
            ("this version can work with it", [*manage, "migrate", "--verbosity", "0"]),
            ("the audit chains are whole", [*manage, "audit", "verify"]),
            ("published answers match their seals", [*manage, "seal", "compare"]),
        ]
        if "store" in kinds:
            steps.append(("the records are what was written", ["clearcount", "store", f"{place}/store", "--check"]))
        for title, command in steps:
            done = subprocess.run(  # noqa: S603 - our own modules
                [sys.executable, "-m", *command],
                env=environment, capture_output=True, text=True, check=False,
            )  # fmt: skip
            yield title, done.returncode == 0, (done.stdout + done.stderr).strip()
            if done.returncode:
                return


def _environment(folder: Path, kinds: dict[str, str]) -> dict[str, str]:
    values = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}
    web = folder / "web"
    values["CLEARCOUNT_WEB_DIR"] = str(web)
    for which in ("staff", "public"):
        values[f"CLEARCOUNT_{which.upper()}_DB_URL"] = f"sqlite:///{web}/{which}.sqlite3"
    return values | ({"CLEARCOUNT_STORE_DIR": str(folder / "store")} if "store" in kinds else {})
