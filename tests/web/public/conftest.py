"""A real public door on loopback, a stub of the site that people leave to, and three browsers."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
import tomllib
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from cluster import new_pair
from ports import free_port

# Playwright keeps an event loop in this thread; Django would take every later query here for one inside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM = "/usr/bin/chromium"
CHROMEDRIVER = "/usr/bin/chromedriver"
FIREFOX = "/usr/bin/firefox-esr"
CHROMIUM_ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
FORCE = """[force]
name = "Northmoor Police (fictional)"
department = "Information rights"
[force.contact]
telephone = "101"
textphone = "18001 101"
counter = "1 Example Street, Northmoor"
messenger = "NorthmoorPolice on a social network"
post = "Northmoor Police, 1 Example Street, Northmoor"
email = "help@northmoor.example"

[force.information_rights]
email = "foi@northmoor.example"
"""


@dataclass
class ExitSite:
    """The harmless site: says what was asked of it, and can be slow."""

    url: str
    delay: float = 0.0
    requests: list[dict[str, str]] = field(default_factory=list)


@pytest.fixture(scope="session")
def _exit_site() -> Iterator[ExitSite]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/weather":
                found.requests.append({"path": self.path, **{k.lower(): v for k, v in self.headers.items()}})
                time.sleep(found.delay)
            body = b"<!DOCTYPE html><html lang=en><title>Weather</title><h1>Weather</h1>"
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(BrokenPipeError, ConnectionResetError):  # the browser asked again meanwhile
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.daemon_threads = True
    found = ExitSite(f"http://localhost:{server.server_port}/weather")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def exit_site(_exit_site: ExitSite) -> Iterator[ExitSite]:
    """Where people leave to; its record of requests starts empty."""
    _exit_site.requests.clear()
    _exit_site.delay = 0.0
    yield _exit_site
    _exit_site.delay = 0.0


@dataclass(frozen=True)
class Site:
    """A running public door: its address, its folder, and its environment for management commands."""

    url: str
    folder: Path
    environment: dict[str, str]

    def manage(self, *arguments: str) -> str:
        """Runs a management command as staff would, and returns what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "clearcount_web", "manage", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @contextmanager
    def database(self) -> Iterator[Callable[..., list[Any]]]:
        """`ask(sql, *values)` on the public database, as somebody with its password could; commits at once."""
        from django.db import ConnectionHandler

        from clearcount_web.platform.databases import configuration

        url = self.environment.get("CLEARCOUNT_PUBLIC_DB_URL", "")
        reached = configuration(url, fallback=self.folder / "public.sqlite3")
        connection = ConnectionHandler({"default": reached})["default"]

        def ask(sql: str, *values: Any) -> list[Any]:
            with connection.cursor() as cursor:
                cursor.execute(sql, values or None)
                return cursor.fetchall() if cursor.description else []

        yield ask
        connection.close()


@contextmanager
def running_site(folder: Path, exit_url: str, **settings: str) -> Iterator[Site]:
    """A public door with its own databases in `folder`."""
    from clearcount_web.project.serving import environment_of
    from clearcount_web.publishing.keys import settings_with_keys

    port = free_port()
    (folder / "force.toml").write_text(FORCE, encoding="utf-8")
    (folder / "policy.toml").write_text(POLICY, encoding="utf-8")
    values = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CLEARCOUNT_")},
        "CLEARCOUNT_WEB_DIR": str(folder),
        "CLEARCOUNT_FORCE_FILE": str(folder / "force.toml"),
        "CLEARCOUNT_PUBLIC_SECRET_KEY": "public-" * 10,
        "CLEARCOUNT_STAFF_SECRET_KEY": "staff-" * 10,
        "CLEARCOUNT_PUBLIC_HOSTS": "127.0.0.1,localhost",
        "CLEARCOUNT_STAFF_HOSTS": "127.0.0.1",
        "CLEARCOUNT_AUDIT_KEY": "audit-key-" * 4,
        "CLEARCOUNT_PUBLIC_AUDIT_KEY": "public-audit-key-" * 3,
        "CLEARCOUNT_HTTPS": "no",
        "CLEARCOUNT_LOG_LEVEL": "ERROR",
        "CLEARCOUNT_EXIT_URL": exit_url,
        "CLEARCOUNT_READS_PER_MINUTE": "1000000",
        **settings_with_keys(folder / "keys"),
        "CLEARCOUNT_POLICY_FILE": str(folder / "policy.toml"),
        **new_pair(),
        **settings,
    }
    staff = environment_of("staff", values)
    site = Site(f"http://127.0.0.1:{port}", folder, staff)
    site.manage("migrate", "--verbosity", "0")
    site.manage("collectstatic", "--noinput", "--verbosity", "0")
    door = subprocess.Popen(
        [sys.executable, "-m", "clearcount_web", "door", "public", f"127.0.0.1:{port}"],
        env=environment_of("public", values),
    )
    try:
        for _ in range(400):
            assert door.poll() is None, "the public door ended"
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
            except OSError:
                time.sleep(0.05)
        yield site
    finally:
        door.terminate()
        door.wait(timeout=20)


@pytest.fixture(scope="session")
def site(_exit_site: ExitSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The public door."""
    with running_site(tmp_path_factory.mktemp("site"), _exit_site.url) as found:
        yield found


@pytest.fixture(scope="session")
def open_site(_exit_site: ExitSite) -> Callable[..., Any]:
    """`open_site(folder, **settings)`: another public door, for a test that changes what the others look at."""
    return partial(running_site, exit_url=_exit_site.url)


@pytest.fixture(scope="session")
def published(site: Site, bundle: Path) -> str:
    """The path of an answer published on the disclosure log of `site`."""
    site.manage(
        "publish", str(bundle), "--store", str(bundle.parent / "store"), "--store", str(bundle.parent / "store")
    )
    return "/disclosure-log/01-fin-25-003516-c/"


@pytest.fixture
def tab(browser: Any) -> Iterator[Callable[..., Any]]:
    """`tab(width, height, **options)`: a page in a fresh context, so that every visit is a first visit."""
    contexts = []

    def opened(width: int = 1280, height: int = 800, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def selenium() -> Iterator[Any]:
    """Chromium through chromedriver, with its real back/forward cache."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", *CHROMIUM_ARGS):
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=Service(CHROMEDRIVER))
    driver.set_page_load_timeout(30)
    yield driver
    driver.quit()


@pytest.fixture(scope="session")
def firefox() -> Iterator[Any]:
    """Debian's Firefox through its own Marionette protocol."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # mozinfo is older than Python's rules for escapes in strings
        from marionette_driver.marionette import Marionette

    client = Marionette(
        host="127.0.0.1",
        port=free_port(),
        bin=FIREFOX,
        headless=True,
        prefs={"network.captive-portal-service.enabled": False, "network.connectivity-service.enabled": False},
    )
    client.start_session()
    yield client
    client.quit(in_app=False)


REQUEST = {
    "request": {
        "reference": "01/FIN/25/003516/C",
        "title": "Image offences that mention AI",
        "received": "2025-07-22",
        "version_date": "2025-08-19",
        "text": "The number of offences recorded, by month, since January 2024. For each month since and including "
        "January 2023, could I have the offences that mention AI in the MO notes:\n1. Under section 66B\n"
        "2. Under section 66E-F\n3. Under section 1(1)(a)\n4. Under section 1(1)(b)\n5. Possession",
    },
    "scope": {"from": "2023-01", "to": "2025-06"},
    "question": [
        {"text": "Under section 66B of the Sexual Offences Act 2003", "codes": ["088/15", "175/08", "008/71"]},
        {"text": "Under sections 66E and 66F of the Sexual Offences Act 2003", "codes": []},
        {"text": "Under section 1(1)(a) of the Protection of Children Act 1978", "codes": ["086/02"]},
        {"text": "Under section 1(1)(b) of the Protection of Children Act 1978", "codes": ["086/02"]},
        {"text": "Possession of such photographs", "codes": ["086/02", "086/10"]},
    ],
    "terms": {"rule": "word", "any": ["AI", "artificial intelligence", "deep fake*", "deepfake*"]},
}
POLICY = """[disclosure]
rule = "none"
reason = "The counts are of a whole force by month, and nobody can be recognised from them."
approved_by = "Head of information rights"
"""
COUNTS = {
    "088/15": ("2024-07", "2024-12", "2025-01", "2025-02", "2025-05", "2025-06"),
    "175/08": ("2025-01",),
    "086/02": ("2023-09", "2024-02", "2024-05", "2024-05", "2024-05", "2025-01", "2025-06"),
}
"""Made-up offences that mention a term: code -> month of recording."""


def make_bundle(folder: Path, *, more: int = 0, reference: str = "", accept: bool = True, mark: str = "") -> Path:
    """A release bundle counted by the library from a made-up export.

    `more` adds offences to the last month; `mark` is a word that stands in every table.
    """
    import csv
    from dataclasses import replace

    from clearcount.disclosure import Policy
    from clearcount.model.release import Force
    from clearcount.store import open_store
    from clearcount.workflow.answering import answer_request, write_answer
    from clearcount.workflow.importing import import_export
    from clearcount.workflow.inputs import Inputs, one_store

    export, store = folder / "export", folder / "store"
    export.mkdir(parents=True)
    planned = [(code, month) for code, months in COUNTS.items() for month in months]
    planned += [("086/02", "2025-06")] * more
    silent = [("088/15", "2024-03"), ("086/10", "2024-03"), ("008/71", "2023-02")]
    header = "occurrence_no,crime_no,home_office_code,offence,recorded_on,reported_on,committed_from,committed_to"
    with (
        (export / "offences.csv").open("w", newline="") as offences,
        (export / "texts.csv").open("w", newline="") as texts,
    ):
        lines, words = csv.writer(offences), csv.writer(texts)
        lines.writerow([*header.split(","), "status", "markers"])
        words.writerow(["occurrence_no", "field", "entry_no", "entered_at", "text"])
        for number, (code, month) in enumerate([*planned, *silent]):
            day = f"{month}-15"
            lines.writerow([f"N{number}", f"C{number}", code, "", day, day, day, "", "recorded", ""])
            text = "The picture was made with AI." if number < len(planned) else "A report by phone."
            words.writerow([f"N{number}", "summary", 1, f"{day} 10:00", text])
    import_export([export], store, now=datetime(2025, 8, 1, 9, tzinfo=UTC), as_at=date(2025, 8, 1))
    request = {**REQUEST, "request": {**REQUEST["request"], **({"reference": reference} if reference else {})}}
    if mark:
        request["question"] = [*REQUEST["question"][:-1], {**REQUEST["question"][-1], "text": f"Possession ({mark})"}]
    policy = Policy.parse(tomllib.loads(POLICY))
    opened = open_store(store)
    force = Force(name="Northmoor Police (fictional)", department="Information rights")
    inputs = Inputs(request, one_store(opened), policy=policy, force=force)
    first = answer_request(inputs)
    accepted = {doubt.id: "We asked the requester, who agreed to this reading." for doubt in first.open_doubts}
    answer = answer_request(replace(inputs, accepted=accepted if accept else {}))
    out = folder / "answer"
    write_answer(answer, out, internal=folder / "internal", replace_out=False, engine="local")
    return out


@pytest.fixture(scope="session")
def policy_text() -> str:
    """The policy by which `bundle` was made."""
    return POLICY


@pytest.fixture(scope="session")
def write_bundle() -> Callable[..., Path]:
    """`write_bundle(folder, …)`: a release bundle of a test's own; see `make_bundle`."""
    return make_bundle


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release bundle that may be published."""
    return make_bundle(tmp_path_factory.mktemp("bundle"))


@pytest.fixture(scope="session")
def corrected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A later answer to the same request, with two offences more in June 2025."""
    return make_bundle(tmp_path_factory.mktemp("corrected"), more=2)


@pytest.fixture(scope="session")
def other_answer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An answer to another request."""
    return make_bundle(tmp_path_factory.mktemp("other"), reference="99/FIN/25/000001/X")
