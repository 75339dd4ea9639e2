"""The same promises on PostgreSQL: the audit's role, the worker's lock. A throw-away cluster on a Unix socket."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from cluster import running

pytestmark = pytest.mark.slow
PROGRAM = Path(__file__).parent / "worker_for_tests.py"


@pytest.fixture(scope="module")
def cluster() -> Iterator[dict[str, str]]:
    """The environment of a door whose two databases are in a running cluster."""
    with running() as found:
        yield {**os.environ, "DJANGO_SETTINGS_MODULE": "clearcount_web.project.settings.staff", **found.pair()}


def manage(environment: dict[str, str], *arguments: str, ok: bool = True) -> str:
    answer = subprocess.run(
        [sys.executable, "-m", "clearcount_web", "manage", *arguments], env=environment, capture_output=True, text=True
    )
    assert (answer.returncode == 0) is ok, answer.stderr
    return answer.stdout


def python(environment: dict[str, str], program: str) -> str:
    head = "import django; django.setup()\nfrom django.db import connections, transaction\n"
    answer = subprocess.run([sys.executable, "-c", head + program], env=environment, capture_output=True, text=True)
    return answer.stdout + answer.stderr


RECORD = """
from clearcount_web.audit.actions import record
with transaction.atomic():
    for number in range(3):
        record("case.opened", by="ana", kind="case", key=number)
"""


def test_the_doors_role_may_add_events_and_never_change_or_remove_them(cluster: dict[str, str]) -> None:
    manage(cluster, "migrate", "--verbosity", "0")
    grants = manage(cluster, "audit", "grants", "door")
    sql = "CREATE ROLE door LOGIN;" + grants
    for alias in ("default", "public"):
        text = sql if alias == "default" else grants
        assert python(cluster, f"connections[{alias!r}].cursor().execute({text!r})") == ""
    as_door = {name: value.replace("//owner@", "//door@") for name, value in cluster.items()}
    assert python(as_door, RECORD) == ""
    assert "3 events, whole" in manage(as_door, "audit", "verify", "--chain", "staff")
    for change in ("UPDATE audit_event SET actor = 'x'", "DELETE FROM audit_event", "TRUNCATE audit_event"):
        assert "permission denied" in python(as_door, f"connections['default'].cursor().execute({change!r})")
        assert "never changed or removed" in python(cluster, f"connections['default'].cursor().execute({change!r})")
    forged = "ALTER TABLE audit_event DISABLE TRIGGER USER; UPDATE audit_event SET actor = 'x' WHERE number = 2"
    assert python(cluster, f"connections['default'].cursor().execute({forged!r})") == ""
    assert "event 2:" in manage(as_door, "audit", "verify", "--chain", "staff", ok=False)


AS_VISITOR = """
from datetime import datetime, UTC
from clearcount_web.audit.actions import record
from clearcount_web.reporting.models import Draft
from clearcount_web.site.actions import keep_complaint, keep_feedback
now = datetime(2026, 11, 22, tzinfo=UTC)
with transaction.atomic(using="public"):
    record("report.received", by="public", using="public", kind="report", key="R-1")
row = Draft.objects.create(place="x", box=b"x", started_at=now, touched_at=now)
Draft.objects.filter(pk=row.pk).update(touched_at=now)
row.delete()
keep_feedback(text="x", today=now.date())
keep_complaint(name="x", contact="x", text="x", today=now.date())
"""


def test_the_public_doors_role_writes_nothing_that_is_published(cluster: dict[str, str]) -> None:
    manage(cluster, "migrate", "--verbosity", "0")
    grants = "CREATE ROLE visitor LOGIN;" + manage(cluster, "audit", "grants", "visitor", "--door", "public")
    assert python(cluster, f"connections['public'].cursor().execute({grants!r})") == ""
    as_door = {name: value.replace("//owner@", "//visitor@") for name, value in cluster.items()}
    assert python(as_door, AS_VISITOR) == ""
    for table in ("release", "version", "file", "offence", "words"):
        for change in (f"DELETE FROM disclosure_log_{table}", f"TRUNCATE disclosure_log_{table}"):
            assert "permission denied" in python(as_door, f"connections['public'].cursor().execute({change!r})"), change
    for change in (
        "UPDATE disclosure_log_release SET title = 'x'",
        "UPDATE disclosure_log_file SET content = 'x'",
        "DELETE FROM reporting_sealedreport",
        "UPDATE reporting_sealedreport SET danger = false",
        "DELETE FROM site_complaint",
        "DELETE FROM audit_event",
    ):
        assert "permission denied" in python(as_door, f"connections['public'].cursor().execute({change!r})"), change


def test_two_writers_at_once_make_one_whole_chain(cluster: dict[str, str]) -> None:
    manage(cluster, "migrate", "--verbosity", "0")
    program = RECORD.replace("range(3)", "range(40)").replace("atomic()", "atomic(using='public')")
    program = "import django; django.setup()\nfrom django.db import transaction\n" + program.replace(
        "key=number)", "key=number, using='public')"
    )
    writers = [subprocess.Popen([sys.executable, "-c", program], env=cluster) for _writer in range(2)]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    assert "80 events, whole" in manage(cluster, "audit", "verify", "--chain", "public")


def test_a_killed_workers_job_is_run_again_once(cluster: dict[str, str], tmp_path: Path) -> None:
    manage(cluster, "migrate", "--verbosity", "0")
    log = tmp_path / "attempts"
    log.touch()
    asked = "from clearcount_web.jobs.actions import enqueue\nenqueue('slow', {'name': 'a', 'steps': 30}, by='ana')"
    assert python(cluster, asked) == ""

    def until(pattern: str) -> None:
        end = time.monotonic() + 60
        while not re.search(pattern, log.read_text(), re.DOTALL):
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.02)

    first, second = (subprocess.Popen([sys.executable, str(PROGRAM), str(log)], env=cluster) for _worker in range(2))
    try:
        until("begin")
        alive = str(first.pid) if f" {first.pid} " in log.read_text() else str(second.pid)
        os.kill(int(alive), signal.SIGKILL)
        until("end")
        words = [(word, attempt) for word, _name, attempt, *_ in map(str.split, log.read_text().splitlines())]
        assert words == [("begin", "1"), ("begin", "2"), ("end", "2")]
    finally:
        for worker in (first, second):
            worker.kill()
            worker.wait()


SEARCH = """
from datetime import date, datetime, UTC
from clearcount_web.disclosure_log import queries, search
from clearcount_web.disclosure_log.models import Release
now = datetime(2026, 11, 22, tzinfo=UTC)
release = Release.objects.create(slug="one", reference="ONE", title="Image offences", force="F",
    received=date(2025, 1, 1), first_year=2023, last_year=2025, published_at=now, updated_at=now)
search.index(release, "Image offences that mention AI deepfakes, about indecent photographs 01/FIN/25/003516/C")
asked = ("deepfake", "PHOTOGRAPH mentions", "003516", "fin/25", "about photo",
    "burglary", "deepfake burglary", "'; DROP TABLE x --", "& | ! :*", "")
print([queries.found(words=words, code="", year=None).count() for words in asked])
print(len(search.nearest("How many photographs are deepfakes?", most=5)), len(search.nearest("police horses", most=5)))
search.index(release, "Burglary")
print([queries.found(words=words, code="", year=None).count() for words in asked])
"""


def test_the_disclosure_log_is_searched_as_on_sqlite(cluster: dict[str, str]) -> None:
    manage(cluster, "migrate", "--verbosity", "0")
    assert python(cluster, SEARCH).splitlines() == [
        "[1, 1, 1, 1, 1, 0, 0, 0, 1, 1]",
        "1 0",
        "[0, 0, 0, 0, 0, 1, 0, 0, 1, 1]",
    ]
