"""Files that only the service may read: made so whatever the umask, looked at before anything starts.

What another user can reach is tried as another user: these tests run as root, which no mode stops.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from other_user import NOBODY, as_root, group_number, identity, python, reachable_folder, run_as
from ports import free_port
from test_ground_serving import cli, production

from clearcount_web.platform.databases import configuration
from clearcount_web.platform.declared import environment_of
from clearcount_web.platform.files import Guarded, faults, make_file, make_folder
from clearcount_web.platform.paths import open_paths

OTHER_GROUP = 65533


@pytest.fixture
def open_path() -> Iterator[Path]:
    with reachable_folder() as folder:
        yield folder


@pytest.fixture
def wide_umask() -> Iterator[None]:
    before = os.umask(0o000)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o027, 0o077, 0o177])
def test_what_the_service_makes_is_closed_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        make_folder(Guarded(tmp_path / "new"))
        make_file(Guarded(tmp_path / "new/a.sqlite3"))
        make_folder(Guarded(tmp_path / "wide"))
        (tmp_path / "wide").chmod(0o755)
        make_folder(Guarded(tmp_path / "wide"))
    finally:
        os.umask(before)
    assert [mode(tmp_path / name) for name in ("new", "new/a.sqlite3", "wide")] == [0o700, 0o600, 0o700]
    (tmp_path / "new/a.sqlite3").write_text("kept")
    make_file(Guarded(tmp_path / "new/a.sqlite3"))
    assert (tmp_path / "new/a.sqlite3").read_text() == "kept"


@as_root
def test_a_shared_database_is_for_its_group_and_nobody_else(tmp_path: Path, wide_umask: None) -> None:
    shared = Guarded(tmp_path / "both", "shared", OTHER_GROUP)
    make_folder(shared)
    file = Guarded(tmp_path / "both/public.sqlite3", "shared", OTHER_GROUP)
    make_file(file)
    found = [tmp_path / "both", file.path]
    assert [(oct(mode(path)), path.stat().st_gid) for path in found] == [
        ("0o2770", OTHER_GROUP),
        ("0o660", OTHER_GROUP),
    ]
    with sqlite3.connect(
        file.path
    ) as database:  # what SQLite puts beside it has the mode and the group of the database
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE t (a)")
        beside = sorted(file.path.parent.glob("*-*"))
        assert len(beside) == 2
        assert [(mode(path), path.stat().st_gid) for path in beside] == [(0o660, OTHER_GROUP)] * 2
    database.close()
    assert list(faults([shared, file], user=NOBODY)) == []  # by its group
    file.path.chmod(0o664)
    assert "0664" in next(faults([file], user=NOBODY))
    file.path.chmod(0o660)
    assert "belongs to user 0" in next(faults([Guarded(file.path, "shared", OTHER_GROUP + 1)], user=NOBODY))


WIDE = [
    ("private", True, 0o750), ("private", True, 0o701), ("private", True, 0o770), ("private", False, 0o640),
    ("private", False, 0o604), ("private", False, 0o602), ("shared", True, 0o2775), ("shared", False, 0o664),
    ("trusted", False, 0o664), ("trusted", False, 0o646), ("trusted", True, 0o777),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "folder", "given"), WIDE)
def test_a_wider_mode_is_named_with_the_command_that_narrows_it(
    tmp_path: Path, kind: str, folder: bool, given: int
) -> None:
    path = tmp_path / "it"
    path.mkdir() if folder else path.touch()
    path.chmod(given)
    [sentence] = faults([Guarded(path, kind, path.stat().st_gid)])  # type: ignore[arg-type]
    assert str(path) in sentence and f"{given:04o}" in sentence
    command = sentence.partition("run: ")[2].split()
    subprocess.run(command, check=True)
    assert list(faults([Guarded(path, kind, path.stat().st_gid)])) == []  # type: ignore[arg-type]


@as_root
@pytest.mark.parametrize("kind", ["private", "trusted"])
def test_another_owner_is_named(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "it"
    path.touch(mode=0o600)
    os.chown(path, NOBODY, -1)
    assert "65534" in next(faults([Guarded(path, kind)]))  # type: ignore[arg-type]
    assert not list(faults([Guarded(path, kind)], user=NOBODY))  # type: ignore[arg-type]
    assert not list(faults([Guarded(tmp_path / "not there")]))


PRIVATE = ("web", "web/staff.sqlite3", "web/staff.sqlite3-wal", "web/staff.sqlite3-shm", "web/staff.sqlite3-journal")
PRIVATE += ("web/staff.sqlite3.worker-lock", "public", "public/public.sqlite3", "public/public.sqlite3-wal", "duty.key")
TRUSTED = ("force.toml", "public.json")


def test_every_file_of_a_door_is_looked_at(tmp_path: Path) -> None:
    for name in (*PRIVATE, *TRUSTED):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True, mode=0o700)
        if path.name in ("web", "public"):
            path.mkdir(exist_ok=True, mode=0o700)
        else:
            path.touch(0o600)
    of = SimpleNamespace(
        WEB_DIR=tmp_path / "web",
        PUBLIC_GROUP=None,
        DUTY_KEY_FILE=tmp_path / "duty.key",
        OCCURRENCE_EXPORT_DIR=None,
        FORCE_FILE=tmp_path / "force.toml",
        REPORT_KEYS_FILE=tmp_path / "public.json",
        DATABASES={
            "default": configuration("", fallback=tmp_path / "web/staff.sqlite3"),
            "public": configuration("", fallback=tmp_path / "public/public.sqlite3"),
        },
    )
    assert open_paths(of) == []
    for name in (*PRIVATE, *TRUSTED):
        path = tmp_path / name
        narrow = mode(path)
        path.chmod(narrow | (0o002 if name in TRUSTED else 0o010 if path.is_dir() else 0o040))
        assert [sentence.split()[0] for sentence in open_paths(of)] == [str(path)]
        path.chmod(narrow)


@pytest.fixture(scope="module")
def ready() -> Iterator[Path]:
    with reachable_folder() as above:
        yield prepared(above / "web")


def prepared(folder: Path) -> Path:
    """A folder with both databases and keys, made under the widest umask."""
    before = os.umask(0o000)
    try:
        environment = production(folder)
        for command in (("migrate", "--verbosity", "0"), ("collectstatic", "--noinput")):
            done = cli("manage", *command, env=environment)
            assert done.returncode == 0, done.stderr
    finally:
        os.umask(before)
    return folder


def test_no_file_of_a_new_service_is_open_to_others(ready: Path) -> None:
    shown = {"public.json"}  # two public keys
    wide = [each for each in (ready, *ready.rglob("*")) if mode(each) & 0o077 and "static" not in each.parts]
    assert {each.name for each in wide} <= shown
    assert mode(ready / "static") == 0o700


@pytest.mark.parametrize(
    ("command", "name", "code"),
    [
        (("serve", "--only", "public", "--public"), "public.sqlite3", 2),
        (("serve", "--only", "staff", "--staff"), "", 2),
        (("worker", "--once"), "staff.sqlite3", 2),
        (("manage", "audit", "verify"), "keys/duty.key", 2),
        (("manage", "check"), "force.toml", 1),
    ],
)
def test_a_widened_mode_stops_the_start_and_the_check(
    ready: Path, command: tuple[str, ...], name: str, code: int
) -> None:
    path = ready / name
    narrow = mode(path)
    path.chmod(narrow | 0o022 if name else 0o755)
    try:
        more = [str(free_port())] if command[0] == "serve" else []
        refused = cli(*command, *more, env=production(ready))
    finally:
        path.chmod(narrow)
    assert refused.returncode == code, refused.stdout
    assert str(path) in refused.stderr and "chmod" in refused.stderr and "Traceback" not in refused.stderr


@as_root
def test_another_user_reads_nothing_of_the_staff_side(ready: Path) -> None:
    """The attack: the public door's user opens the staff database, its journal, its keys."""
    for name in ("staff.sqlite3", "public.sqlite3", "keys/duty.key", "secrets.json", "static/staticfiles.json"):
        assert (ready / name).exists()
        tried = run_as(NOBODY, "cat", str(ready / name))
        assert tried.returncode != 0 and "Permission denied" in tried.stderr, name
    assert run_as(NOBODY, "ls", str(ready)).returncode != 0


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        return None


@as_root
def test_the_public_door_under_its_own_user_serves_and_cannot_read_the_staff_side(open_path: Path) -> None:
    """Both doors under separate users on SQLite: the public database is shared through a group, nothing else is."""
    interpreter, found = python()
    staff, public, own = (open_path / name for name in ("staff", "public", "own"))
    environment = production(staff)
    environment["CLEARCOUNT_PUBLIC_GROUP"] = "daemon"
    environment["CLEARCOUNT_PUBLIC_DB_URL"] = f"sqlite:///{public}/public.sqlite3"
    done = cli("manage", "migrate", "--verbosity", "0", env=environment)
    assert done.returncode == 0, done.stderr
    assert (oct(mode(public)), public.stat().st_gid) == ("0o2770", group_number())
    for name, file in (
        ("force.toml", staff / "force.toml"),
        ("public.json", staff / "keys/public.json"),
        ("seal.pub", staff / "keys/seal.pub"),
    ):
        shutil.copy(file, open_path / name)
        (open_path / name).chmod(0o644)
    own.mkdir(mode=0o700)
    os.chown(own, NOBODY, -1)
    environment |= {
        **found,
        "CLEARCOUNT_WEB_DIR": str(own),
        "CLEARCOUNT_FORCE_FILE": str(open_path / "force.toml"),
        "CLEARCOUNT_REPORT_KEYS_FILE": str(open_path / "public.json"),
        "CLEARCOUNT_SEAL_PUBLIC_FILE": str(open_path / "seal.pub"),
    }
    environment = environment_of("public", environment)
    clearcount = (interpreter, "-m", "clearcount_web")
    made = run_as(NOBODY, *clearcount, "manage", "--door", "public", "collectstatic", "--noinput", env=environment)
    assert made.returncode == 0, made.stderr
    port = free_port()
    command = [*clearcount, "serve", "--only", "public", "--public", str(port)]
    with subprocess.Popen(
        command, **identity(NOBODY), env=environment, stdout=subprocess.PIPE, text=True, cwd="/"
    ) as door:  # type: ignore[call-overload]
        try:
            assert door.stdout is not None and "public door" in door.stdout.readline()
            opener = urllib.request.build_opener(_Stay)
            opener.addheaders = [("X-Forwarded-Proto", "https")]
            with pytest.raises(urllib.error.HTTPError) as answer:
                opener.open(f"http://127.0.0.1:{port}/disclosure-log/", timeout=60)
            assert answer.value.code == 301  # it answers, and sends to HTTPS
            answer.value.close()
        finally:
            door.send_signal(signal.SIGTERM)
            door.wait(timeout=60)
    for name in ("staff.sqlite3", "secrets.json", "keys/duty.key"):
        assert run_as(NOBODY, "cat", str(staff / name)).returncode != 0
    write = f"import sqlite3; sqlite3.connect('{public}/public.sqlite3').execute('PRAGMA user_version = 1')"
    assert run_as(NOBODY, interpreter, "-c", write).returncode == 0
