"""The files for an installation: units that hold, settings that exist, a proxy that keeps slow connections away."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import yaml
from other_user import NOBODY, as_root, identity, python, reachable_folder, run_as
from own_advice import checked_advice, name_in
from ports import free_ports
from test_ground_serving import cli, production

from clearcount_web.platform.declared import DECLARED, environment_of

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def settings_in(file: Path) -> dict[str, str]:
    lines = [line for line in file.read_text().splitlines() if line and not line.startswith("#")]
    return dict(line.partition("=")[::2] for line in lines)


@pytest.mark.parametrize("door", ["public", "staff"])
def test_an_env_file_has_every_setting_that_its_door_needs_and_none_of_the_other(door: str) -> None:
    given = settings_in(DEPLOY / "env" / f"{door}.env")
    assert set(given) <= set(DECLARED)
    assert set(environment_of(door, given)) - {"DJANGO_SETTINGS_MODULE"} == set(given)  # type: ignore[arg-type]
    needed = {name for name, setting in DECLARED.items() if setting.default is None and door in setting.doors}
    assert needed <= set(given)
    secret = {name for name, setting in DECLARED.items() if setting.secret and not name.endswith("_DB_URL")}
    assert all(given[name] == "CHANGE" for name in secret & set(given))


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_is_valid_and_leaves_little_open(unit: Path) -> None:
    found = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True)
    other = [line for line in found.stderr.splitlines() if "is not executable" not in line]  # not installed here
    assert other == []
    told = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", str(unit)], capture_output=True, text=True
    ).stdout
    assert float(re.findall(r"Overall exposure level.*?: ([\d.]+)", told)[0]) < 2.0
    assert {"NoNewPrivileges=yes", "ProtectSystem=strict", "UMask=0077"} <= set(unit.read_text().splitlines())


def test_each_door_has_its_own_user_and_its_own_settings() -> None:
    text = {unit.stem: unit.read_text() for unit in UNITS}
    users = {name: re.findall(r"^User=(.+)$", unit, re.MULTILINE)[0] for name, unit in text.items()}
    assert users["clearcount-public"] != users["clearcount-staff"] == users["clearcount-worker"]
    assert users["clearcount-anchor"] not in {users["clearcount-public"], users["clearcount-staff"]}
    assert "staff.env" not in text["clearcount-public"] and "public.env" not in text["clearcount-staff"]
    assert "EnvironmentFile" not in text["clearcount-anchor"]


def test_the_installation_makes_closed_folders_and_changes_no_settings_that_are_there(tmp_path: Path) -> None:
    command = ["sh", str(DEPLOY / "install.sh")]
    for _again in range(2):
        done = subprocess.run(command, env={**os.environ, "ROOT": str(tmp_path)}, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        (tmp_path / "etc/clearcount/staff.env").write_text("kept")
    assert (tmp_path / "etc/clearcount/staff.env").read_text() == "kept"
    for name in (
        "etc/clearcount",
        "var/lib/clearcount-public",
        "var/lib/clearcount-staff",
        "var/lib/clearcount-anchor",
    ):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "etc/clearcount/public.env").stat().st_mode & 0o777 == 0o600
    assert len(list((tmp_path / "etc/systemd/system").iterdir())) == 5


def test_both_proxies_have_timeouts_and_limits() -> None:
    nginx = (DEPLOY / "nginx/clearcount.conf").read_text()
    for wanted in ("client_header_timeout", "client_body_timeout", "send_timeout", "limit_conn clearcount_address"):
        assert nginx.count(wanted) == 2  # one for each door
    assert "proxy_set_header X-Forwarded-For $remote_addr" in nginx  # never what the visitor says of themselves
    caddy = (DEPLOY / "caddy/Caddyfile").read_text()
    assert all(wanted in caddy for wanted in ("read_header", "read_body", "idle", "max_size 3MB"))


@pytest.mark.slow
@pytest.mark.parametrize("door", ["public", "staff"])
def test_the_health_check_of_a_container_finds_its_door(tmp_path: Path, door: str) -> None:
    """The door answers to its own name alone, and asks for HTTPS everywhere else."""
    service = yaml.safe_load((DEPLOY / "compose/compose.yaml").read_text())["services"][door]
    word, *program = service["healthcheck"]["test"]
    assert (word, program[0]) == ("CMD", "python")
    given = settings_in(DEPLOY / "env" / f"{door}.env")
    hosts = f"CLEARCOUNT_{door.upper()}_HOSTS"
    environment = production(tmp_path / "web", **{hosts: given[hosts]})
    for command in (["migrate", "--verbosity", "0"], ["collectstatic", "--noinput"]):
        assert cli("manage", *command, env=environment).returncode == 0
    port = free_ports(1)[0]
    listening = program[-1].replace({"public": "8000", "staff": "8001"}[door], str(port))
    command = [sys.executable, "-m", "clearcount", "serve", "--only", door, f"--{door}", str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None and "door" in process.stdout.readline()
            done = subprocess.run([sys.executable, "-c", listening], capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
            elsewhere = listening.replace(given[hosts], "elsewhere.example")
            assert subprocess.run([sys.executable, "-c", elsewhere], capture_output=True).returncode != 0
        finally:
            process.terminate()
            process.wait(timeout=60)


def test_the_scripts_are_scripts() -> None:
    for script in DEPLOY.glob("*.sh"):
        subprocess.run(["sh", "-n", str(script)], check=True)


@contextmanager
def nginx(folder: Path, public: int, staff: int, https: int, http: int) -> Iterator[None]:
    """The shipped configuration with other ports and a certificate made here."""
    for name in ("www", "staff"):
        made = [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            f"/CN={name}.force.example",
        ]
        subprocess.run(
            [*made, "-keyout", f"{folder}/{name}.key", "-out", f"{folder}/{name}.pem"], check=True, capture_output=True
        )
    shipped = (DEPLOY / "nginx/clearcount.conf").read_text()
    for old, new in (
        ("listen 443 ssl", f"listen 127.0.0.1:{https} ssl"), ("listen 80", f"listen 127.0.0.1:{http}"),
        ("127.0.0.1:8000", f"127.0.0.1:{public}"), ("127.0.0.1:8001", f"127.0.0.1:{staff}"),
        ("/etc/ssl/clearcount/", f"{folder}/"), ("/var/log/nginx/clearcount.log", f"{folder}/nginx.log"),
    ):  # fmt: skip
        assert old in shipped
        shipped = shipped.replace(old, new)
    (folder / "nginx.conf").write_text(
        f"pid {folder}/nginx.pid;\ndaemon off;\nerror_log {folder}/main.log;\nevents {{ worker_connections 2048; }}\n"
        f"http {{\n{shipped}\n}}\n"
    )
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin")
    assert program is not None
    with subprocess.Popen([program, "-p", str(folder), "-c", f"{folder}/nginx.conf"]) as process:
        try:
            until = time.monotonic() + 60
            while True:
                try:
                    socket.create_connection(("127.0.0.1", https), timeout=5).close()
                    break
                except OSError:
                    assert process.poll() is None and time.monotonic() < until, (folder / "main.log").read_text()
                    time.sleep(0.1)
            yield
        finally:
            process.terminate()
            process.wait(timeout=60)


def over_tls(port: int, host: str, path: str) -> tuple[int, str]:
    """The status and the whole answer to one request, as a browser would send it."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", port), timeout=60) as plain,
        context.wrap_socket(plain, server_hostname=host) as secure,
    ):
        secure.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while part := secure.recv(65536):
            answer += part
    return int(answer.split(b" ", 2)[1]), answer.decode("utf-8", "replace")


@as_root
@pytest.mark.slow
def test_both_doors_come_up_over_tls_under_separate_users_behind_the_shipped_proxy() -> None:
    """nginx from Debian, doors whose users cannot read each other, 110 slow connections, `check --deploy` clean."""
    if not shutil.which("nginx", path="/usr/sbin:/usr/bin"):
        subprocess.run(["apt-get", "install", "-y", "-qq", "nginx-light"], capture_output=True, check=False)
    if not shutil.which("nginx", path="/usr/sbin:/usr/bin"):
        pytest.skip("nginx is not installed and cannot be installed here")
    with reachable_folder() as folder:
        come_up(folder)


def come_up(tmp_path: Path) -> None:
    """Both doors, the proxy and a worker in a folder that every user may walk through."""
    interpreter, found = python()
    group = "daemon"
    users = {"staff": 65533, "public": NOBODY}
    ports = dict(zip(("public", "staff", "https", "http"), free_ports(4), strict=True))
    environment = production(tmp_path / "made")
    shared = tmp_path / "shared"
    shared.mkdir()
    for name in ("force.toml", "policy.toml", "keys/public.json", "keys/seal.pub"):
        shutil.copy(tmp_path / "made" / name, shared / Path(name).name)
        (shared / Path(name).name).chmod(0o644)
    name_in(shared / "force.toml", checked_advice(shared / "advice"))
    (tmp_path / "heads").touch()
    (tmp_path / "heads").chmod(0o660)
    shutil.chown(tmp_path / "heads", 0, group)
    for door, user in users.items():
        folder = tmp_path / door
        folder.mkdir(mode=0o700)
        shutil.chown(folder, user)
    for key in ("duty.key", "seal.key"):
        shutil.copy(tmp_path / "made/keys" / key, tmp_path / "staff" / key)
        (tmp_path / "staff" / key).chmod(0o600)
        shutil.chown(tmp_path / "staff" / key, users["staff"])
    database = tmp_path / "database"
    database.mkdir(mode=0o2770)
    database.chmod(0o2770)
    shutil.chown(database, users["staff"], group)
    database.chmod(0o2770)
    both = environment | found | {
        "CLEARCOUNT_PUBLIC_GROUP": group,
        "CLEARCOUNT_PUBLIC_DB_URL": f"sqlite:///{database}/public.sqlite3",
        "CLEARCOUNT_FORCE_FILE": str(shared / "force.toml"),
        "CLEARCOUNT_REPORT_KEYS_FILE": str(shared / "public.json"),
        "CLEARCOUNT_SEAL_PUBLIC_FILE": str(shared / "seal.pub"),
        "CLEARCOUNT_REPORT_WATCHED": "Day and night.",
        "CLEARCOUNT_AUDIT_ANCHORS": f"file:{tmp_path}/heads",
        "CLEARCOUNT_TRUSTED_PROXY": "127.0.0.1",
        "CLEARCOUNT_PUBLIC_HOSTS": "www.force.example",
        "CLEARCOUNT_STAFF_HOSTS": "staff.force.example",
        "CLEARCOUNT_SECURITY_CONTACT": "mailto:security@force.example",
        "CLEARCOUNT_DUTY_KEY_FILE": str(tmp_path / "staff/duty.key"),
        "CLEARCOUNT_SEAL_KEY_FILE": str(tmp_path / "staff/seal.key"),
        "CLEARCOUNT_POLICY_FILE": str(shared / "policy.toml"),
        "CLEARCOUNT_STORE_DIR": str(tmp_path / "staff/store"),
        "CLEARCOUNT_REPORT_ALERT_EMAIL": "duty@force.example",
        "CLEARCOUNT_OPERATIONS_EMAIL": "it@force.example",
    }  # fmt: skip
    own = {
        door: environment_of(door, both | {"CLEARCOUNT_WEB_DIR": str(tmp_path / door)})  # type: ignore[arg-type]
        for door in users
    }
    web = (interpreter, "-m", "clearcount_web")
    for door, command in (
        ("staff", ["migrate", "--verbosity", "0"]), ("staff", ["collectstatic", "--noinput"]),
        ("public", ["collectstatic", "--noinput"]),
        ("staff", ["check", "--deploy", "--fail-level", "WARNING"]),
        ("public", ["check", "--deploy", "--fail-level", "WARNING"]),
        ("staff", ["worker", "--once"]),
    ):  # fmt: skip
        done = run_as(users[door], *web, "manage", "--door", door, *command, env=own[door])
        assert done.returncode == 0, (door, command, done.stderr)
    with ExitStack() as stack:
        for door, user in users.items():
            process = stack.enter_context(
                subprocess.Popen(
                    [*web, "door", door, f"127.0.0.1:{ports[door]}"], **identity(user), env=own[door], cwd="/"
                )  # type: ignore[call-overload]
            )
            stack.callback(process.wait, 60)
            stack.callback(process.terminate)
            until = time.monotonic() + 120
            while True:
                try:
                    socket.create_connection(("127.0.0.1", ports[door]), timeout=5).close()
                    break
                except OSError:
                    assert process.poll() is None and time.monotonic() < until
                    time.sleep(0.1)
        with nginx(tmp_path, ports["public"], ports["staff"], ports["https"], ports["http"]):
            status, page = over_tls(ports["https"], "www.force.example", "/")
            assert status == 200 and "Strict-Transport-Security: max-age=31536000\r\n" in page
            assert over_tls(ports["https"], "staff.force.example", "/accounts/sign-in/")[0] == 200
            assert over_tls(ports["https"], "www.force.example", "/accounts/sign-in/")[0] == 404
            assert over_tls(ports["https"], "www.force.example", "/health/")[0] == 200
            assert over_tls(ports["https"], "staff.force.example", "/health/")[0] == 200
            slow = []
            for _connection in range(110):  # to the proxy and past it, to the door itself
                for port in (ports["https"], ports["public"]):
                    slow.append(stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60)))
                    slow[-1].sendall(b"GET / HTTP/1.1\r\nX: ")
            assert over_tls(ports["https"], "staff.force.example", "/accounts/sign-in/")[0] == 200
            for each in slow:
                each.close()
    for name in ("staff.sqlite3", "duty.key", "seal.key"):
        assert run_as(users["public"], "cat", str(tmp_path / "staff" / name)).returncode != 0
