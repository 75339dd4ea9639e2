"""A backup tried out beside the service: put back into a folder that is thrown away, and looked at there."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from clearcount_web.backups.actions import read
from clearcount_web.backups.unpack import fill_in, settings_of

_LEFT_OUT = ("CLEARCOUNT_AUDIT_ANCHORS", "CLEARCOUNT_OCCURRENCE_EXPORT_DIR", "CLEARCOUNT_PUBLIC_GROUP")


def rehearse(folder: Path) -> Iterator[tuple[str, bool, str]]:
    """Yield each step of a rehearsal: its name, whether it went well, and what was printed.

    A dump of PostgreSQL is read to its end; it is not loaded, which needs a server to load it into.

    Raises:
        BackupFault: when the backup is damaged.
    """
    told = read(folder)
    kinds = dict(told["items"])
    yield "every file is there and unchanged", True, f"{len(told['files'])} files, made at {told['made_at']}"
    if "sqlite" not in kinds.values():
        yield "the dumps can be read to their end", True, "load them into an empty server to go further"
        return
    with tempfile.TemporaryDirectory(prefix="clearcount-rehearsal-") as name:
        environment = _environment(Path(name), kinds)
        for setting, copy in settings_of(folder):
            environment[setting] = str(Path(name) / "files" / copy.name)
        fill_in(folder, environment)
        manage = ["clearcount_web", "manage"]
        steps = [
            ("it can be put back", [*manage, "restore", str(folder.resolve()), "--replace"]),
            ("the audit chains are whole", [*manage, "audit", "verify"]),
            ("published answers match their seals", [*manage, "seal", "compare"]),
        ]
        if "store" in kinds:
            steps.append(("the records are what was written", ["clearcount", "store", f"{name}/store", "--check"]))
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
    values |= {
        "CLEARCOUNT_WEB_DIR": str(web),
        "CLEARCOUNT_STAFF_DB_URL": f"sqlite:///{web}/staff.sqlite3",
        "CLEARCOUNT_PUBLIC_DB_URL": f"sqlite:///{web}/public.sqlite3",
    }
    return values | ({"CLEARCOUNT_STORE_DIR": str(folder / "store")} if "store" in kinds else {})
