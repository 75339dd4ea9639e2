"""Backup, restore and rehearsal, also killed half-way and on another machine, on SQLite and PostgreSQL."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cluster import running
from test_ground_serving import cli, production

FILL = """
import django; django.setup()
from django.conf import settings
from django.utils import timezone
from django.db import transaction
from clearcount_web.audit.actions import record
from clearcount_web.reporting.models import SealedReport
from clearcount_web.reporting.sealing import seal
from clearcount_web.triage.actions import take_reports
content = {"reference": "R-1", "answers": {"7": {"story": "A made-up story."}}}
keys = settings.REPORT_KEYS
SealedReport.objects.create(place="x", reference="R-1", duty_box=seal(content, keys.duty),
    recovery_box=seal(content, keys.recovery), danger=False, received_at=timezone.now(), code_hash="x", reply_key=b"x")
with transaction.atomic(using="public"):
    record("report.received", by="public", using="public", kind="report", key="R-1")
print(take_reports())
"""
OPEN = """
import django; django.setup()
from django.conf import settings
from clearcount_web.triage import keyring
from clearcount_web.triage.demo_keys import PASSPHRASES
from clearcount_web.triage.models import Report
keys = keyring.unlock(settings.DUTY_KEY_FILE, PASSPHRASES["duty"])
print(keyring.open_with(keys, Report.objects.get().duty_box)["answers"]["7"]["story"])
"""
KILLED = """
import os, signal, sys
import django; django.setup()
from clearcount_web.backups import actions, databases
wrapped = ("_copy", "_stage", "_write_mark", "put_back", "_swap", "_note_restored")
names = {name: getattr(actions, name) for name in wrapped}
left = [int(sys.argv[1])]
def counting(name):
    def call(*given, **named):
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1
        result = names[name](*given, **named)
        if left[0] == 0 and len(sys.argv) > 4:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    return call
for name in names:
    setattr(actions, name, counting(name))
from django.core.management import call_command
call_command(sys.argv[2], sys.argv[3], **({"replace": True} if sys.argv[2] == "restore" else {}))
"""


def python(program: str, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    values = {**environment, "DJANGO_SETTINGS_MODULE": "clearcount_web.project.settings.staff"}
    return subprocess.run([sys.executable, "-c", program, *arguments], env=values, capture_output=True, text=True)


def manage(environment: dict[str, str], *arguments: str, code: int = 0) -> str:
    done = cli("manage", *arguments, env=environment)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def service(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A service with one report, one store and heads noted outside."""
    folder = tmp_path_factory.mktemp("service")
    environment = production(folder / "web")
    (folder / "heads").touch()
    (folder / "offences.csv").write_text(
        "occurrence_no,crime_no,home_office_code,recorded_on,status\nO1,C1,086/02,2024-01-05,recorded\n"
    )
    assert cli("import", f"{folder}/offences.csv", "--store", f"{folder}/store", env=environment).returncode == 0
    (folder / "store" / "some-file").write_text("records")
    del environment["CLEARCOUNT_READING_STORE_DIR"]  # the readers use the same store
    environment |= {"CLEARCOUNT_AUDIT_ANCHORS": f"file:{folder}/heads", "CLEARCOUNT_STORE_DIR": str(folder / "store")}
    if request.param == "sqlite":
        filled(environment)
        yield environment
        return
    with running() as cluster:
        environment |= cluster.pair()
        filled(environment)
        yield environment


def filled(environment: dict[str, str]) -> None:
    manage(environment, "migrate", "--verbosity", "0")
    done = python(FILL, environment)
    assert done.stdout == "1\n", done.stderr


def elsewhere(environment: dict[str, str], folder: Path) -> dict[str, str]:
    """The settings of another machine: every path is another, the secrets are the same."""
    other = dict(environment)
    for name, value in environment.items():
        if name.startswith("CLEARCOUNT_") and value.startswith("/"):
            other[name] = str(folder / name.lower() / Path(value).name)
    other["CLEARCOUNT_AUDIT_ANCHORS"] = f"file:{folder}/heads"
    (folder / "heads").touch()
    return other


def test_a_backup_is_put_back_on_another_machine_and_a_report_is_opened(
    service: dict[str, str], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    assert "prove it with" in manage(service, "backup", str(tmp_path / "backup"))
    assert {oct(path.stat().st_mode & 0o777) for path in (tmp_path / "backup").rglob("*") if path.is_file()} == {
        "0o600"
    }
    told = manage(service, "rehearse", str(tmp_path / "backup"))
    assert "FAILED" not in told and "ok" in told
    for step in (
        "can be put back",
        "this version can work with it",
        "chains are whole",
        "records are what was written",
    ):
        assert step in told
    assert rehearsed_databases(service) == []
    other = elsewhere(service, tmp_path)
    if "CLEARCOUNT_STAFF_DB_URL" in service:  # the other machine's server: here two new databases
        with running() as cluster:
            put_back_and_open(other | cluster.pair(), tmp_path)
    else:
        put_back_and_open(other, tmp_path)


def sql(environment: dict[str, str], statement: str, url: str = "") -> list[Any]:
    """What a statement gives on PostgreSQL, outside a transaction."""
    import psycopg

    with psycopg.connect(url or environment["CLEARCOUNT_STAFF_DB_URL"], autocommit=True) as connection:
        found = connection.execute(statement)
        return found.fetchall() if found.description else []


def rehearsed_databases(environment: dict[str, str]) -> list[str]:
    """Databases that a rehearsal has left; none on SQLite."""
    if "CLEARCOUNT_STAFF_DB_URL" not in environment:
        return []
    return [name for (name,) in sql(environment, "SELECT datname FROM pg_database WHERE datname LIKE '%rehearsal%'")]


@pytest.mark.slow
@pytest.mark.parametrize("service", ["postgresql"], indirect=True)
def test_a_dump_is_loaded_where_that_is_allowed_and_what_a_killed_rehearsal_left_is_dropped(
    service: dict[str, str], tmp_path: Path
) -> None:
    """A dump whose end is missing its rows, a role without the right, a server that is gone, a rehearsal before it."""
    manage(service, "backup", str(tmp_path / "backup"))
    sql(service, "CREATE DATABASE clearcount_rehearsal_staff_left")
    assert "FAILED" not in manage(service, "rehearse", str(tmp_path / "backup"))
    assert rehearsed_databases(service) == []

    url = service["CLEARCOUNT_STAFF_DB_URL"]
    sql(service, "CREATE ROLE poor LOGIN")
    poor = service | {"CLEARCOUNT_REHEARSAL_DB_URL": url.replace("//owner@", "//poor@")}
    told = manage(poor, "rehearse", str(tmp_path / "backup"), code=2)
    assert "may not make a database" in told and "CLEARCOUNT_REHEARSAL_DB_URL" in told
    gone = service | {"CLEARCOUNT_REHEARSAL_DB_URL": f"postgresql://owner@/x?host={tmp_path}"}
    assert "does not answer" in manage(gone, "rehearse", str(tmp_path / "backup"), code=2)

    sql(service, "DROP TRIGGER audit_event_append_only ON audit_event")
    sql(service, "UPDATE audit_event SET actor = 'x' WHERE number = 1")
    try:
        manage(service, "backup", str(tmp_path / "edited"))
        told = manage(service, "rehearse", str(tmp_path / "edited"), code=1)
        assert "FAILED the audit chains are whole" in told
    finally:
        sql(service, "UPDATE audit_event SET actor = 'worker' WHERE number = 1")
    assert rehearsed_databases(service) == []


def put_back_and_open(other: dict[str, str], folder: Path) -> None:
    assert "put back: staff" in manage(other, "restore", str(folder / "backup"))
    opened = python(OPEN, other)
    assert opened.stdout == "A made-up story.\n", opened.stderr
    verified = manage(other, "audit", "verify")
    assert "staff: note: a backup that ends at event" in verified and "whole" in verified
    assert (Path(other["CLEARCOUNT_STORE_DIR"]) / "some-file").read_text() == "records"
    checked = cli("store", other["CLEARCOUNT_STORE_DIR"], "--check", env=other)
    assert checked.returncode == 0, checked
    assert "would be overwritten" in manage(other, "restore", str(folder / "backup"), code=2)


def test_a_damaged_or_foreign_backup_changes_nothing(service: dict[str, str], tmp_path: Path) -> None:
    manage(service, "backup", str(tmp_path / "whole"))
    name = next(path.name for path in (tmp_path / "whole").iterdir() if path.name.startswith("public."))
    for number, damage in enumerate((b"", b"garbage", None)):
        folder = Path(shutil.copytree(tmp_path / "whole", tmp_path / f"damaged-{number}"))
        (folder / name).unlink() if damage is None else (folder / name).write_bytes(damage)
        assert name in manage(service, "restore", str(folder), "--replace", code=2)
    told = json.loads((tmp_path / "whole/backup.json").read_text())
    (tmp_path / "whole/backup.json").write_text(json.dumps(told | {"format": 2}))
    assert "format 2" in manage(service, "restore", str(tmp_path / "whole"), "--replace", code=2)
    assert python(OPEN, service).stdout == "A made-up story.\n"
    assert "not empty" in manage(service, "backup", str(tmp_path / "whole"), code=2)


def test_a_backup_killed_half_way_is_no_backup(service: dict[str, str], tmp_path: Path) -> None:
    for step in (0, 3):
        killed = python(KILLED, service, str(step), "backup", str(tmp_path / "backup"))
        assert killed.returncode == -9, killed.stderr
        assert not (tmp_path / "backup").exists()
    manage(service, "backup", str(tmp_path / "backup"))  # what was killed is not in its way
    assert python(OPEN, service).stdout == "A made-up story.\n"


@pytest.mark.parametrize(
    "every", [[9], pytest.param(list(range(20)), marks=pytest.mark.slow)], ids=["some", "every step"]
)
def test_a_restore_killed_half_way_keeps_the_doors_closed_and_is_begun_again(
    service: dict[str, str], tmp_path: Path, every: list[int]
) -> None:
    manage(service, "backup", str(tmp_path / "backup"))
    mark = Path(service["CLEARCOUNT_WEB_DIR"]) / "restore-in-progress"
    died = 0
    for step in every:
        killed = python(KILLED, service, str(step), "restore", str(tmp_path / "backup"))
        died += killed.returncode == -9
        if mark.exists():
            refused = cli("serve", "--only", "staff", "--staff", "1", env=service)
            assert refused.returncode == 2 and ("restore" in refused.stderr or "listen" in refused.stderr)
        manage(service, "restore", str(tmp_path / "backup"), "--replace")
        assert not mark.exists()
        assert python(OPEN, service).stdout == "A made-up story.\n"
        left = [path.name for path in Path(service["CLEARCOUNT_WEB_DIR"]).iterdir() if "restoring" in path.name]
        assert left == [] and (Path(service["CLEARCOUNT_STORE_DIR"]) / "some-file").exists()
        assert cli("store", service["CLEARCOUNT_STORE_DIR"], "--check", env=service).returncode == 0
    assert died >= max(1, len(every) - 7)
    assert "whole" in manage(service, "audit", "verify")
