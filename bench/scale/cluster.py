"""A Spark cluster of its own processes on this machine: a master and workers, which end with the block."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cluster:
    """Where the master listens, and the processes of the workers."""

    master: str
    workers: tuple[subprocess.Popen[bytes], ...]

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs in its environment to count on the cluster."""
        return {"MASTER": self.master, "SPARK_LOCAL_IP": "127.0.0.1"}


@contextmanager
def standalone(workers: int = 2, memory: str = "2g") -> Iterator[Cluster]:
    """Start a master and `workers` of one core each; give the cluster once all of them are there."""
    import pyspark

    home = Path(pyspark.__file__).parent
    environment = {
        **os.environ,
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_NO_DAEMONIZE": "1",
        "SPARK_DAEMON_JAVA_OPTS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    }
    port, running = _free_port(), []
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"

        def start(*arguments: str) -> subprocess.Popen[bytes]:
            command = [str(home / "bin" / "spark-class"), *arguments]
            process = subprocess.Popen(command, env=environment, stdout=log.open("ab"), stderr=subprocess.STDOUT)
            running.append(process)
            return process

        try:
            deploy = "org.apache.spark.deploy"
            start(f"{deploy}.master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0")
            master = f"spark://127.0.0.1:{port}"
            asked = ("--cores", "1", "--memory", memory, "--host", "127.0.0.1", "--webui-port", "0")
            made = tuple(
                start(f"{deploy}.worker.Worker", *asked, "--work-dir", f"{folder}/work{number}", master)
                for number in range(workers)
            )
            while log.read_text(errors="replace").count("Successfully registered with master") < workers:
                if ended := next((process for process in running if process.poll() is not None), None):
                    raise RuntimeError(f"a process of the cluster ended with {ended.returncode}")
                time.sleep(0.1)
            yield Cluster(master, made)
        finally:
            for process in reversed(running):
                process.terminate()
            for process in running:
                process.wait()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
