"""Django for the web tests, without a plugin.

One process holds both doors' apps under the staff settings (they are a superset) with two throw-away databases: SQLite
files, or on PostgreSQL (`cluster.py`).
`db` rolls both databases back after a test; `committed_db` lets a test commit, and new ones follow it.
`public` and `staff` are Django test clients whose settings (addresses, middleware, templates, cookies) are those of
their door. What only the real process can show is tested against real servers by `doors`.
"""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import cluster
from ports import free_ports

FORCE = """[force]
name = "Northmoor Police (fictional)"
department = "Information rights"
[force.contact]
telephone = "101"
"""
DOOR_SETTINGS = (
    "DOOR",
    "OWN_DATABASE",
    "ROOT_URLCONF",
    "MIDDLEWARE",
    "TEMPLATES",
    "SESSION_COOKIE_NAME",
    "CSRF_COOKIE_NAME",
    "SESSION_COOKIE_AGE",
)


def _environment(folder: Path) -> dict[str, str]:
    from clearcount_web.publishing.keys import settings_with_keys

    (folder / "force.toml").write_text(FORCE, encoding="utf-8")
    return {
        **settings_with_keys(folder / "keys"),
        "CLEARCOUNT_WEB_DIR": str(folder),
        "CLEARCOUNT_FORCE_FILE": str(folder / "force.toml"),
        "CLEARCOUNT_PUBLIC_SECRET_KEY": "public-" * 10,
        "CLEARCOUNT_STAFF_SECRET_KEY": "staff-" * 12,
        "CLEARCOUNT_PUBLIC_HOSTS": "testserver,127.0.0.1,localhost",
        "CLEARCOUNT_STAFF_HOSTS": "testserver,127.0.0.1,localhost",
        "CLEARCOUNT_AUDIT_KEY": "audit-key-" * 4,
        "CLEARCOUNT_PUBLIC_AUDIT_KEY": "public-audit-key-" * 3,
        "CLEARCOUNT_HTTPS": "no",
        "CLEARCOUNT_LOCAL_ACCOUNTS": "pilot",
        "CLEARCOUNT_LOG_LEVEL": "ERROR",
        "CLEARCOUNT_READS_PER_MINUTE": "1000000",
        "CLEARCOUNT_WRITES_PER_MINUTE": "1000000",
        **cluster.new_pair(),
    }


_folder = tempfile.TemporaryDirectory(prefix="clearcount-web-tests-")
WEB_ENVIRONMENT = _environment(Path(_folder.name))
os.environ.update(WEB_ENVIRONMENT)
os.environ["DJANGO_SETTINGS_MODULE"] = "clearcount_web.project.settings.staff"

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth.hashers import Argon2PasswordHasher  # noqa: E402
from django.core import mail  # noqa: E402
from django.core.cache import caches  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections, transaction  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from clearcount_web.triage import keyring  # noqa: E402

setup_test_environment(debug=False)
Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost = 1, 64  # the real cost is a fifth of a second each
_ready = False


def _create_databases() -> None:
    global _ready
    if not _ready:
        Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
        call_command("migrate", verbosity=0, interactive=False)
        connections.close_all()
        for name in _names():
            if shared := cluster.shared():
                shared.create(f"{name}_empty", like=name)
            else:
                shutil.copy(Path(_folder.name) / name, Path(_folder.name) / f"{name}.empty")
        _ready = True


def _names() -> list[str]:
    return [Path(str(connections[alias].settings_dict["NAME"])).name for alias in connections]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, leaves out the tests of what lies in SQLite's files."""
    if os.environ.get("CLEARCOUNT_TEST_DATABASE") == "postgresql":
        left_out = [item for item in items if item.get_closest_marker("sqlite")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_sessionfinish() -> None:
    """Removes the databases."""
    connections.close_all()
    _folder.cleanup()
    cluster.stop()


@pytest.fixture(autouse=True)
def _as_just_started() -> None:
    """What a process keeps in memory is as at its start: no letter sent, nothing cached, no key unlocked.

    Every web test has it, whether it asks for a database or not, so that no test hangs on the one before it.
    """
    mail.outbox = []
    for cache in caches.all():
        cache.clear()
    keyring.forget()


@pytest.fixture
def db() -> Iterator[None]:
    """Both databases, rolled back after the test."""
    _create_databases()
    with ExitStack() as stack:
        for alias in connections:
            atomic = transaction.atomic(using=alias)
            stack.enter_context(atomic)
            stack.callback(lambda alias=alias: transaction.set_rollback(True, using=alias))
        yield


@pytest.fixture
def committed_db() -> Iterator[None]:
    """Both databases with real commits; both are as new after the test."""
    _create_databases()
    yield
    connections.close_all()
    for name in _names():  # copied back rather than emptied: audit events refuse to be deleted
        if shared := cluster.shared():
            shared.create(name, like=f"{name}_empty")
            continue
        # A new file and not the old one written over: SQLite shares its lock state by file, and a connection that some
        # other thread has left open must not meet a database whose journal has gone.
        fresh = Path(_folder.name) / f"{name}.fresh"
        shutil.copy(Path(_folder.name) / f"{name}.empty", fresh)
        for left in Path(_folder.name).glob(f"{name}-*"):
            left.unlink()
        fresh.replace(Path(_folder.name) / name)


CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium through Playwright, one for the whole run: a second Playwright in one process is refused."""
    if not CHROMIUM.exists():
        pytest.skip("Debian's Chromium is not installed")
    from playwright.sync_api import sync_playwright

    # The driver's loop runs in this thread from here on; Django would take every later test for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(CHROMIUM_ARGUMENTS))
        yield running
        running.close()


def door_settings(door: str) -> dict[str, Any]:
    """The settings in which the doors differ, read from the door's own settings module."""
    module = importlib.import_module(f"clearcount_web.project.settings.{door}")
    found = {name: getattr(module, name) for name in DOOR_SETTINGS if hasattr(module, name)}
    if door == "public":
        found["EXIT_URL"] = module.EXIT_URL
    return found


@pytest.fixture
def public(db: None) -> Iterator[Client]:
    """A visitor of the public door."""
    with override_settings(**door_settings("public"), STORAGES=_plain_static()):
        yield Client()


@pytest.fixture
def staff(db: None) -> Iterator[Client]:
    """A visitor of the staff door who is not signed in."""
    with override_settings(STORAGES=_plain_static()):
        yield Client()


@pytest.fixture
def committed_staff(committed_db: None) -> Iterator[Client]:
    """As `staff`, with real commits, for what happens when a transaction has ended."""
    with override_settings(STORAGES=_plain_static()):
        yield Client()


@pytest.fixture
def sign_in(staff: Client) -> Callable[..., Any]:
    """`sign_in("ana", Role.ANALYST)`: makes the member of staff and signs the `staff` client in as them."""
    from clearcount_web.accounts.models import RoleGrant, User

    def made(username: str, *roles: str) -> Any:
        user = User.objects.filter(username=username).first() or User.objects.create_user(username)
        for role in roles:
            RoleGrant.objects.get_or_create(user=user, role=role, defaults={"source": RoleGrant.Source.LOCAL})
        staff.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
        session = staff.session  # as after a sign-in with a second factor
        session["account_authentication_methods"] = [{"method": "mfa", "at": time.time()}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
        return user

    return made


def _plain_static() -> dict[str, Any]:
    return {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@dataclass(frozen=True)
class Doors:
    """Both doors of a running demo: their addresses, its folder, the parent's process id, where its databases are."""

    public: str
    staff: str
    folder: Path
    pid: int
    databases: dict[str, str]
    """Settings that name the databases; none when they are SQLite files in the folder."""

    def public_rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What the public database answers."""
        from django.db import ConnectionHandler

        from clearcount_web.platform.databases import configuration

        url = self.databases.get("CLEARCOUNT_PUBLIC_DB_URL", "")
        reached = configuration(url, fallback=self.folder / "public.sqlite3")
        connection = ConnectionHandler({"default": reached})["default"]
        with closing(connection), connection.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())


@pytest.fixture(scope="session")
def doors() -> Iterator[Doors]:
    """The real thing: `clearcount serve --demo` on two free ports of loopback, started once and stopped at the end."""
    with tempfile.TemporaryDirectory(prefix="clearcount-doors-") as name:
        folder = Path(name)
        public, staff_port = free_ports(2)
        environment = {
            key: value for key, value in os.environ.items() if not key.startswith(("CLEARCOUNT_", "DJANGO_"))
        }
        environment |= {
            "CLEARCOUNT_WEB_DIR": str(folder),
            "CLEARCOUNT_READS_PER_MINUTE": "1000000",
            "CLEARCOUNT_WRITES_PER_MINUTE": "1000000",
            "CLEARCOUNT_LOG_LEVEL": "WARNING",
        }
        databases = cluster.new_pair()
        environment |= databases
        command = [sys.executable, "-m", "clearcount", "serve", "--demo"]
        command += ["--public", f"127.0.0.1:{public}", "--staff", f"127.0.0.1:{staff_port}"]
        with (
            (folder / "serve.log").open("wb") as log,
            subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log, text=True) as process,
        ):
            try:
                assert process.stdout is not None
                started = [process.stdout.readline() for _line in range(3)]
                if not all(started):
                    process.wait(timeout=30)
                    pytest.fail(f"the demo did not start: {(folder / 'serve.log').read_text()[-2000:]}")
                yield Doors(
                    f"http://127.0.0.1:{public}", f"http://127.0.0.1:{staff_port}", folder, process.pid, databases
                )
            finally:
                process.terminate()
                process.wait(timeout=30)
