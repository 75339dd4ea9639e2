"""Child processes that end when their parent is gone, however it went: also when it was killed with SIGKILL.

A child holds the reading end of a pipe as its standard input. The kernel closes the other end with the parent, on every
system that Python runs on. No process has to be asked, and a number of a process is never taken for another's.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping

TIED = "--tied"
"""The first argument of a child that was started by `start`."""


def start(environment: Mapping[str, str], *arguments: str) -> subprocess.Popen[bytes]:
    """Return a command of the web service in a process of its own, for as long as this process lives and holds the
    result.
    """
    command = [sys.executable, "-m", "clearcount_web", TIED, *arguments]
    return subprocess.Popen(command, env=environment, stdin=subprocess.PIPE)  # noqa: S603


def end_with_parent() -> None:
    """Let this process tell itself to stop (SIGTERM) as soon as its standard input ends."""

    def watch() -> None:
        while os.read(0, 1024):  # not sys.stdin: its lock would be held when the interpreter ends
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()
