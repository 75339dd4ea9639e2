"""`clearcount serve --demo`: both doors, started for real."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from ports import free_port, free_ports

from clearcount_web.platform.declared import DECLARED, environment_of
from clearcount_web.platform.environment import Door
from clearcount_web.project.serving import Address, ServeError, address, demo_environment, serve


def fetch(url: str) -> tuple[int, Any, str]:
    try:
        with urllib.request.urlopen(url, timeout=20) as response:
            return response.status, response.headers, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read().decode()


def descendants(pid: int) -> list[Path]:
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [found for child in children for found in (Path(f"/proc/{child}"), *descendants(child))]


def test_both_doors_answer_with_the_fictional_force(doors: Any) -> None:
    for url, words in (
        (f"{doors.public}/", "Northmoor Police (fictional)"),
        (f"{doors.staff}/accounts/sign-in/", "olive"),
    ):
        status, _headers, page = fetch(url)
        assert status == 200
        assert words in page


def test_the_public_process_has_neither_path_nor_credentials_for_staff(doors: Any) -> None:
    staff_only = {name for name, setting in DECLARED.items() if setting.doors == ("staff",)}
    secrets = re.findall(r'"([\w-]{40,})"', (doors.folder / "secrets.json").read_text())
    assert len(secrets) == 4
    [process] = [
        child for child in descendants(doors.pid) if b"public" in (child / "cmdline").read_bytes().split(b"\0")
    ]
    environ = (process / "environ").read_bytes().decode()
    assert not {line.partition("=")[0] for line in environ.split("\0")} & staff_only
    assert sum(secret in environ for secret in secrets) == 2  # its own key, and that of its own audit chain
    opened = {str(link.readlink()) for link in (process / "fd").iterdir() if link.is_symlink()}
    assert not any("staff.sqlite3" in path for path in opened)
    probe = """
import django
django.setup()
from django.conf import settings
print(sorted(alias for alias, database in settings.DATABASES.items() if database.get("NAME")))
print([app for app in settings.INSTALLED_APPS if any(word in app for word in ("accounts", "jobs", "allauth", "cases"))])
"""
    values = dict(line.partition("=")[::2] for line in environ.split("\0") if "=" in line)
    answer = subprocess.run([sys.executable, "-c", probe], env=values, capture_output=True, text=True, check=True)
    assert answer.stdout.splitlines() == ["['public']", "[]"]


def test_an_address_is_read_and_a_bad_one_refused() -> None:
    assert address("8000") == Address("127.0.0.1", 8000)
    assert address(":8000") == Address("127.0.0.1", 8000)
    assert str(address("[::1]:80")) == "[::1]:80"
    for bad in ("", "localhost", "127.0.0.1:0", "127.0.0.1:70000", "1.2.3.4:x"):
        with pytest.raises(ServeError, match="HOST:PORT"):
            address(bad)


def test_the_demo_refuses_to_be_open_to_other_machines() -> None:
    with pytest.raises(ServeError, match="stays on this machine"):
        serve({"public": Address("0.0.0.0", 8000)}, demo=True, environ={})


def test_a_taken_port_is_named_with_the_option_that_moves_it(doors: Any) -> None:
    taken = doors.public.removeprefix("http://")
    command = [sys.executable, "-m", "clearcount", "serve", "--demo", "--public", taken, "--staff", "127.0.0.1:1"]
    answer = subprocess.run(command, capture_output=True, text=True, cwd=doors.folder)
    assert answer.returncode == 2
    assert "--public" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_missing_settings_are_all_named_at_once_without_a_traceback(tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("CLEARCOUNT_", "DJANGO_"))}
    command = [
        sys.executable,
        "-m",
        "clearcount",
        "serve",
        "--only",
        "staff",
        "--staff",
        "127.0.0.1:18999",
    ]
    answer = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment)
    assert answer.returncode == 2
    for name, setting in DECLARED.items():
        if setting.default is None and "staff" in setting.doors:
            assert f"{name} is not set: {setting.hint}" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_each_door_gets_its_own_settings_only(tmp_path: Path) -> None:
    addresses = {"public": Address("127.0.0.1", 1), "staff": Address("127.0.0.1", 2)}
    values = {
        **demo_environment(tmp_path, addresses),
        "CLEARCOUNT_STAFF_DB_URL": "postgresql://u:p@h/n",
        "PATH": "/bin",
    }
    public, staff = environment_of("public", values), environment_of("staff", values)
    assert "CLEARCOUNT_STAFF_DB_URL" not in public and "CLEARCOUNT_STAFF_SECRET_KEY" not in public
    assert "CLEARCOUNT_PUBLIC_SECRET_KEY" not in staff
    assert public["PATH"] == staff["PATH"] == "/bin"
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("victim", ["the command", "the service"])
def test_a_killed_parent_leaves_no_door_open(tmp_path: Path, victim: str) -> None:
    """SIGKILL gives no chance to end the doors: they notice by themselves."""
    environment = production(tmp_path)
    assert cli("manage", "migrate", "--verbosity", "0", env=environment).returncode == 0
    assert cli("manage", "collectstatic", "--noinput", env=environment).returncode == 0
    ports = free_ports(2)
    command = [sys.executable, "-m", "clearcount", "serve", "--public", str(ports[0]), "--staff", str(ports[1])]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert [process.stdout.readline().split()[0] for _door in ports] == ["public", "staff"]
        children = descendants(process.pid)
        assert len(children) == 3  # the service and two doors
        os.kill(process.pid if victim == "the command" else int(children[0].name), signal.SIGKILL)
        process.wait(timeout=60)
    until = time.monotonic() + 60
    while any(child.exists() for child in children):
        assert time.monotonic() < until, [(child / "cmdline").read_bytes() for child in children if child.exists()]
        time.sleep(0.05)
    for port in ports:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=5)


@pytest.mark.slow
def test_stopping_the_parent_stops_both_doors_and_the_worker(tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("CLEARCOUNT_", "DJANGO_"))}
    environment["CLEARCOUNT_WEB_DIR"] = str(tmp_path)
    ports = tuple(map(str, free_ports(2)))
    command = [sys.executable, "-m", "clearcount", "serve", "--demo", "--public", ports[0], "--staff", ports[1]]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        assert process.stdout is not None
        started = [process.stdout.readline() for _line in range(3)]
        assert ports[0] in started[0] and "Ctrl-C" in started[2]
        children = descendants(process.pid)
        assert len(children) == 4  # the service, two doors and the worker
        process.terminate()
        assert process.wait(timeout=60) == 0
    assert not [child for child in children if child.exists()]


def production(tmp_path: Path, **more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("CLEARCOUNT_", "DJANGO_"))}
    addresses: dict[Door, Address] = {"public": Address("127.0.0.1", 1), "staff": Address("127.0.0.1", 2)}
    values = {**kept, **demo_environment(tmp_path, addresses), "CLEARCOUNT_DEMO": "no", "CLEARCOUNT_HTTPS": "yes"}
    return {**values, "CLEARCOUNT_LOCAL_ACCOUNTS": "break-glass", **more}


def cli(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "clearcount", *arguments], env=env, capture_output=True, text=True)


def test_only_the_named_proxy_is_believed(tmp_path: Path) -> None:
    """Behind the proxy HTTPS is seen and the visitor's address counts; from anybody else both are ignored."""
    assert cli("manage", "migrate", "--verbosity", "0", env=production(tmp_path)).returncode == 0
    assert cli("manage", "collectstatic", "--noinput", env=production(tmp_path)).returncode == 0
    for trusted, status, logged in (("127.0.0.1", 404, "203.0.113.9"), ("198.51.100.1", 301, "127.0.0.1")):
        environment = production(
            tmp_path, CLEARCOUNT_TRUSTED_PROXY=trusted, CLEARCOUNT_LOG_ADDRESSES="full", CLEARCOUNT_LOG_LEVEL="INFO"
        )
        port = free_port()
        command = [sys.executable, "-m", "clearcount", "serve", "--only", "public", "--public", str(port)]
        with (
            (tmp_path / "log").open("w+") as log,
            subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log, text=True) as process,
        ):
            try:
                assert process.stdout is not None and "public door" in process.stdout.readline()
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
                told = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
                connection.request("GET", "/static/nothing.css", headers=told)
                response = connection.getresponse()
                response.read()
                connection.close()
            finally:
                process.terminate()
                assert process.wait(timeout=60) == 0
            assert response.status == status
            log.seek(0)
            assert f'"address": "{logged}"' in log.read()


def test_the_command_line_says_no_with_a_sentence_and_the_right_code(tmp_path: Path) -> None:
    environment = production(tmp_path)
    assert cli("manage", "migrate", "--verbosity", "0", env=environment).returncode == 0
    assert cli("worker", "--once", env=environment).returncode == 0
    assert "staff: 0 events, whole" in cli("manage", "audit", "verify", env=environment).stdout
    refused = cli("manage", "audit", "verify", "--file", "x", env=environment)
    assert (refused.returncode, refused.stderr) == (
        2,
        "error: say whose file it is with --chain staff or --chain public: each has its own key\n",
    )
    demo = cli("manage", "prepare_demo", env=environment)
    assert demo.returncode == 2 and "runs only in the demo" in demo.stderr
    early = cli("serve", "--only", "public", "--public", str(free_port()), env=environment)
    assert early.returncode == 2 and "clearcount manage collectstatic" in early.stderr
    (tmp_path / "static").mkdir()
    (tmp_path / "static/staticfiles.json").write_text("{}")
    (tmp_path / "public.sqlite3").unlink()
    early = cli("serve", "--only", "public", "--public", str(free_port()), env=environment)
    assert early.returncode == 2 and "clearcount manage migrate" in early.stderr
    unknown = cli("serve", "--public", "nowhere", env=environment)
    assert (unknown.returncode, "HOST:PORT" in unknown.stderr) == (2, True)
    for answer in (refused, demo, unknown):
        assert "Traceback" not in answer.stderr


def test_a_database_that_is_no_database_is_a_sentence(tmp_path: Path) -> None:
    environment = production(tmp_path)
    assert cli("manage", "migrate", "--verbosity", "0", env=environment).returncode == 0
    (tmp_path / "staff.sqlite3").write_bytes(b"not what it was " * 512)
    for words in (("manage", "audit", "verify"), ("worker", "--once")):
        refused = cli(*words, env=environment)
        assert refused.returncode == 2, refused
        assert "Put a damaged one back from a backup" in refused.stderr
        assert "Traceback" not in refused.stderr


def test_keys_are_made_where_the_settings_name_them_already(tmp_path: Path) -> None:
    """An installation fills its settings in first: what they name is made by a command that needs the settings."""
    environment = production(tmp_path / "web")
    made = tmp_path / "new"
    environment |= {
        "CLEARCOUNT_REPORT_KEYS_FILE": f"{made}/public.json",
        "CLEARCOUNT_DUTY_KEY_FILE": f"{made}/duty.key",
        "CLEARCOUNT_SEAL_KEY_FILE": f"{made}/seal.key",
        "CLEARCOUNT_SEAL_PUBLIC_FILE": f"{made}/seal.pub",
        "CLEARCOUNT_DUTY_PASSPHRASE": "five plain words for duty",
        "CLEARCOUNT_RECOVERY_PASSPHRASE": "five other words kept apart",
    }
    assert "CLEARCOUNT_DUTY_KEY_FILE" in cli("manage", "migrate", "--verbosity", "0", env=environment).stderr
    for what in ("keys", "seal"):
        done = cli("manage", what, "make", str(made), env=environment)
        assert done.returncode == 0, done.stderr
    assert {path.name for path in made.iterdir()} >= {"public.json", "duty.key", "recovery.key", "seal.key", "seal.pub"}
    assert cli("manage", "migrate", "--verbosity", "0", env=environment).returncode == 0
