"""Acting as another user: tests run as root, which no mode stops."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reachable import reachable_python

NOBODY = 65534
GROUP = "daemon"
"""A group that every Unix has and that no test user is in by itself."""

as_root = pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can act as another user")


def group_number() -> int:
    """The number of `GROUP`."""
    import grp

    return grp.getgrnam(GROUP).gr_gid


def run_as(number: int, *command: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command as another user, in `GROUP` and no other."""
    return subprocess.run(command, **identity(number), env=env, capture_output=True, text=True, cwd="/")  # type: ignore[call-overload]


def identity(number: int) -> dict[str, object]:
    """What Popen needs to start a process as that user."""
    return {"user": number, "group": group_number(), "extra_groups": []}


@contextmanager
def reachable_folder() -> Iterator[Path]:
    """A folder that every user may walk through; pytest closes its own ones to others again whenever a run begins."""
    with tempfile.TemporaryDirectory(prefix="clearcount-users-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def python() -> tuple[str, dict[str, str]]:
    """An interpreter that another user may run, with the variables that let it find this code and its libraries."""
    found = reachable_python()
    if found is None:
        pytest.skip("another user may not run any Python that has the libraries")
    return found
