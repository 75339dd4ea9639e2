"""A public door of its own for a measurement: temporary databases, made-up releases, one process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from clearcount_web.project.serving import environment_of
from clearcount_web.project.static_site import environment


@dataclass(frozen=True)
class Door:
    """A running public door and its process."""

    url: str
    process: int

    def memory(self) -> float:
        """Resident memory of the process in MB. Raises OSError when the process has ended."""
        status = Path(f"/proc/{self.process}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024


@contextmanager
def door(releases: int) -> Iterator[Door]:
    """A door whose disclosure log holds `releases` made-up answers."""
    with tempfile.TemporaryDirectory(prefix="clearcount-bench-") as folder:
        values = environment(os.environ, Path(folder), force=None, exit_url="https://weather.invalid/")
        values |= {"CLEARCOUNT_LOG_LEVEL": "ERROR", "CLEARCOUNT_READS_PER_MINUTE": "100000000"}
        staff = environment_of("staff", values)
        for step in (["migrate", "--verbosity", "0"], ["collectstatic", "--noinput", "--verbosity", "0"]):
            subprocess.run([sys.executable, "-m", "clearcount_web", "manage", *step], env=staff, check=True)
        subprocess.run([sys.executable, "-m", "bench.web.fill", str(releases)], env=staff, check=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "-m", "clearcount_web", "door", "public", f"127.0.0.1:{port}"]
        process = subprocess.Popen(command, env=environment_of("public", values))
        patience = time.monotonic() + 60
        try:
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    if process.poll() is not None or time.monotonic() > patience:
                        raise SystemExit("the public door did not open") from None
                    time.sleep(0.05)
            yield Door(f"http://127.0.0.1:{port}", process.pid)
        finally:
            process.terminate()
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
