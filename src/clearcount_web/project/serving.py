"""`serve`: one process for each door, each with only the settings that are its own; in the demo a worker as well.

The parent imports no Django: it makes the environments, starts the children and ends all of them when one ends. When it
is killed itself, they end as well.
"""

from __future__ import annotations

import json
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from clearcount_web.platform.declared import environment_of
from clearcount_web.platform.environment import Door, is_loopback
from clearcount_web.platform.files import Guarded, make_file, make_folder
from clearcount_web.project.parent import start

DEMO_FOLDER = "clearcount-demo-site"
_SECRETS = (
    "CLEARCOUNT_PUBLIC_SECRET_KEY",
    "CLEARCOUNT_STAFF_SECRET_KEY",
    "CLEARCOUNT_AUDIT_KEY",
    "CLEARCOUNT_PUBLIC_AUDIT_KEY",
)


NOT_THE_DEMO = (
    "CLEARCOUNT_DEMO is set outside the demo, whose passwords are known to everybody; "
    "take it out, or start the demo with: clearcount serve --demo"
)


class ServeError(Exception):
    """Why the service cannot start, in a sentence."""


@dataclass(frozen=True)
class Address:
    """Where a door listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return is_loopback(self.host)


def address(text: str) -> Address:
    """Return `HOST:PORT`, `:PORT`, `PORT` or `[IPV6]:PORT` as an address; without a host, this machine's loopback.

    Raises:
        ServeError: for anything else.
    """
    host, _, port = text.strip().rpartition(":")
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ServeError(f"{text} is not an address; write HOST:PORT, for example 127.0.0.1:8000")
    return Address(host.strip("[]") or "127.0.0.1", int(port))


def ensure_free(where: Address, *, option: str) -> None:
    """Refuse an address that cannot be listened on.

    Raises:
        ServeError: naming the option that moves it.
    """
    family = socket.AF_INET6 if ":" in where.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((where.host, where.port))
        except OSError as error:
            raise ServeError(f"cannot listen on {where} ({error.strerror}); choose another with {option}") from None


def demo_environment(folder: Path, addresses: Mapping[Door, Address]) -> dict[str, str]:
    """Return the settings of the demo: random secrets kept in the folder, a fictional force, plain HTTP on loopback."""
    kept = folder / "secrets.json"
    if not kept.exists():
        make_folder(Guarded(folder))
        make_file(Guarded(kept), json.dumps({name: secrets.token_urlsafe(50) for name in _SECRETS}).encode())
    force = folder / "force.toml"
    make_file(Guarded(force), (Path(__file__).parent / "demo-force.toml").read_bytes())
    policy = folder / "policy.toml"
    make_file(Guarded(policy), (files("clearcount.data") / "demo" / "policy.toml").read_bytes())
    from clearcount_web.publishing.keys import settings_with_keys as seal_keys
    from clearcount_web.triage.demo_keys import settings_with_keys

    hosts = {door: ",".join(sorted({where.host, "127.0.0.1", "localhost"})) for door, where in addresses.items()}
    return {
        **json.loads(kept.read_text(encoding="utf-8")),
        "CLEARCOUNT_DEMO": "yes",
        "CLEARCOUNT_HTTPS": "no",
        "CLEARCOUNT_LOCAL_ACCOUNTS": "demo",
        "CLEARCOUNT_WEB_DIR": str(folder.resolve()),
        "CLEARCOUNT_FORCE_FILE": str(force.resolve()),
        "CLEARCOUNT_POLICY_FILE": str(policy.resolve()),
        "CLEARCOUNT_READING_STORE_DIR": str(folder.resolve() / "records" / "store"),
        "CLEARCOUNT_STORE_DIR": str(folder.resolve() / "records" / "store"),
        "CLEARCOUNT_INBOX_DIR": str(folder.resolve() / "inbox"),
        **settings_with_keys(folder.resolve() / "keys"),
        **seal_keys(folder.resolve() / "keys"),
        **{f"CLEARCOUNT_{door.upper()}_HOSTS": named for door, named in hosts.items()},
    }


def serve(addresses: Mapping[Door, Address], *, demo: bool, environ: Mapping[str, str], quiet: bool = False) -> int:
    """Start the doors and waits until one ends or the process is told to stop; returns the exit code.

    Raises:
        ServeError: when an address is taken, or the demo would be open to other machines.
    """
    if not demo and environ.get("CLEARCOUNT_DEMO", "").strip().lower() not in {"", "0", "no", "false", "off"}:
        raise ServeError(NOT_THE_DEMO)
    for door, where in addresses.items():
        if demo and not where.is_loopback:
            raise ServeError(f"the demo has known passwords and stays on this machine; {where} is open to others")
        ensure_free(where, option=f"--{door}")
    values = dict(environ)
    if demo:
        values.setdefault("CLEARCOUNT_LOG_LEVEL", "WARNING")
        folder = Path(environ.get("CLEARCOUNT_WEB_DIR") or DEMO_FOLDER)
        values.update(demo_environment(folder, addresses))
        prepared = start(environment_of("staff", values), "manage", "prepare_demo").wait()
        if prepared:
            return prepared
    children = {
        door: start(environment_of(door, values), "door", door, str(where)) for door, where in addresses.items()
    }
    everything: list[subprocess.Popen[bytes]] = list(children.values())
    if demo:
        everything.append(start(environment_of("staff", values), "manage", "worker"))
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True

    for name in ("SIGTERM", "SIGINT"):
        signal.signal(getattr(signal, name), stop)
    try:
        for door, child in children.items():
            if _answers(addresses[door], child) and not quiet:
                print(f"{door + ' door:':<13}http://{addresses[door]}/", flush=True)
        if demo and not quiet:
            print(
                f"A made-up force with made-up staff. Data: {values['CLEARCOUNT_WEB_DIR']}. Stop with Ctrl-C.",
                flush=True,
            )
        while not stopping and all(child.poll() is None for child in everything):
            time.sleep(0.2)
    finally:
        ended = [child.poll() for child in everything if child.poll() is not None]
        for child in everything:
            if child.poll() is None:
                child.terminate()
        for child in everything:
            try:
                child.wait(timeout=15)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
    return 0 if stopping or not ended else ended[0] or 1


def _answers(where: Address, child: subprocess.Popen[bytes]) -> bool:
    """Waits until the door accepts connections; False when its process ended first."""
    reached = Address("127.0.0.1", where.port) if where.host == "0.0.0.0" else where  # noqa: S104
    while child.poll() is None:
        try:
            with socket.create_connection((reached.host, reached.port), timeout=1):
                return True
        except OSError:
            time.sleep(0.05)
    return False


def ensure_closed() -> None:
    """Refuse to start while a file of the service is open to others or belongs to another user.

    Raises:
        ServeError: naming each path and the command that mends it.
    """
    from clearcount_web.platform.paths import open_paths

    if found := open_paths():
        raise ServeError("files of the service are open to others:\n" + "\n".join(found))


def ensure_ready() -> None:
    """Refuse to start before the door's static files are collected and its tables are up to date.

    Raises:
        ServeError: naming the command that is still to be run.
    """
    from django.conf import settings
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    ensure_closed()
    if (Path(settings.WEB_DIR) / "restore-in-progress").exists():
        raise ServeError("a restore was begun and has not ended; run it again: clearcount manage restore BACKUP")
    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").is_file():
        raise ServeError(
            "the stylesheet and scripts are not collected yet; run: clearcount manage collectstatic --noinput"
        )
    for alias in [name for name, database in settings.DATABASES.items() if database.get("NAME")]:
        executor = MigrationExecutor(connections[alias])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise ServeError("the tables are missing or of an older version; run: clearcount manage migrate")
        connections[alias].close()
