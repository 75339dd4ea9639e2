"""A round trip through a PostgreSQL server that the test itself starts, as a user without rights, on loopback."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from clearcount.cli import cli
from clearcount.errors import ExportError
from clearcount.importers import parse_layout
from clearcount.importers.database import fetch, read_address
from clearcount.store import open_store
from clearcount.workflow.importing import Database, import_export

NOW = datetime(2025, 7, 1, 9, 0, tzinfo=UTC)
_USER = 65534
_PASSWORD = "only-for-this-test"


@dataclass(frozen=True)
class Server:
    """A running server; `url` holds its password."""

    url: str


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.skip("PostgreSQL's server is not installed (Debian: apt-get install postgresql)")
    return found[-1].parent


def _as_user(*command: str) -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return list(command)
    return ["setpriv", f"--reuid={_USER}", f"--regid={_USER}", "--clear-groups", *command]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="clearcount-pg-", dir="/tmp"))
    password = folder / "password"
    password.write_text(_PASSWORD, encoding="utf-8")
    if os.geteuid() == 0:
        os.chown(folder, _USER, _USER)
        os.chown(password, _USER, _USER)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = folder / "data"
    subprocess.run(
        _as_user(
            str(binaries / "initdb"), "-D", str(data), "-U", "clearcount", "-A", "scram-sha-256",
            f"--pwfile={password}", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
        ),
        check=True, capture_output=True, cwd=folder, timeout=120,
    )  # fmt: skip
    log = (folder / "log").open("wb")
    running = subprocess.Popen(
        _as_user(
            str(binaries / "postgres"), "-D", str(data), "-p", str(port), "-c", "listen_addresses=127.0.0.1",
            "-k", str(folder), "-F",
        ),
        stdout=log, stderr=log, cwd=folder,
    )  # fmt: skip
    url = f"postgresql://clearcount:{_PASSWORD}@127.0.0.1:{port}/postgres"
    try:
        for _ in range(300):
            try:
                psycopg.connect(url, connect_timeout=2).close()
                break
            except psycopg.OperationalError:
                assert running.poll() is None, (folder / "log").read_text(encoding="utf-8")
                time.sleep(0.2)
        with psycopg.connect(url) as connection:
            connection.execute(
                "CREATE TABLE crimes (occ text, ref int, ho varchar(9), created date, reported timestamp,"
                " live boolean, flags text[])"
            )
            connection.execute(
                "INSERT INTO crimes VALUES ('O1', 1, '86/2', '2024-01-05', '2024-01-04 23:30', true, '{AI,X}'),"
                " ('O2', 2, '088/15', '2024-02-29', NULL, false, NULL)"
            )
            connection.execute("CREATE TABLE entries (occ text, kind text, no int, entered timestamptz, body text)")
            connection.execute(
                "INSERT INTO entries SELECT 'O1', 'oel', n, '2024-01-06 10:00+00', E'line\\nAI caf\u00e9 ' || n"
                " FROM generate_series(1, 30000) n"
            )
        yield Server(url)
    finally:
        running.terminate()
        running.wait(timeout=60)
        log.close()
        shutil.rmtree(folder)


LAYOUT = """
[status]
"true" = "recorded"
"false" = "cancelled"
[[file]]
match = "table crimes"
table = "public.crimes"
[file.offence]
occurrence_no = "occ"
crime_no = "ref"
code = "ho"
recorded_on = "created"
reported_on = "reported"
status = "live"
markers = "flags"
[[file]]
match = "table entries"
table = "entries"
[[file.text]]
occurrence_no = "occ"
field = "kind"
entry_no = "no"
entered_at = "entered"
text = "body"
"""


def test_tables_of_a_server_become_records(server: Server, tmp_path: Path) -> None:
    database = Database(read_address(server.url))
    layout = parse_layout(LAYOUT)
    result = import_export([database], tmp_path / "store", layout=layout, now=NOW)
    assert (result.read, result.added, result.quarantined) == (30002, 30002, 0)
    store = open_store(tmp_path / "store")
    first, second = store.offences(result.snapshot).to_pylist()
    assert (first["code"], first["recorded_on"], first["reported_on"]) == ("086/02", date(2024, 1, 5), date(2024, 1, 4))
    assert (first["status"], first["markers"]) == ("recorded", ["AI", "X"])
    assert (second["crime_no"], second["reported_on"], second["status"]) == ("2", None, "cancelled")
    texts = {row["entry_no"]: row["text"] for batch in store.texts(result.snapshot) for row in batch.to_pylist()}
    assert len(texts) == 30000
    assert texts["29999"] == "line\nAI café 29999"
    again = import_export([database], tmp_path / "store", layout=layout, now=NOW)
    assert (again.unchanged, again.new) == (30002, False)


def test_the_command_takes_the_address_from_the_environment_or_a_file_and_no_password_itself(
    server: Server, tmp_path: Path
) -> None:
    (tmp_path / "ours.toml").write_text(LAYOUT, encoding="utf-8")
    (tmp_path / "address").write_text(server.url + "\n", encoding="utf-8")
    query = "SELECT * FROM crimes WHERE ref = 1"
    base = ["import", "--layout", str(tmp_path / "ours.toml"), "--query", query]
    tries: dict[str, tuple[list[str], str | None, int]] = {
        "environment": (["--db"], server.url, 0),
        "file": (["--db", "--url-file", str(tmp_path / "address")], None, 0),
        "nothing": (["--db"], None, 2),
        "password": (["--db", server.url], None, 2),
    }
    for name, (options, url, code) in tries.items():
        done = CliRunner().invoke(
            cli, [*base, *options, "--store", str(tmp_path / name)], env={"CLEARCOUNT_DB_URL": url}
        )
        assert done.exit_code == code, (name, done.output)
        assert _PASSWORD not in done.output
        assert (tmp_path / name).exists() == (code == 0)
        if code == 0:
            assert "read 1, added 1" in done.output


def test_a_query_that_would_write_is_refused_by_the_server(server: Server, tmp_path: Path) -> None:
    address = read_address(server.url)
    for query in ("DELETE FROM crimes RETURNING occ", "SELECT * FROM absent", "no SQL at all"):
        with pytest.raises(ExportError, match=r"refuses the query|broke off") as caught:
            fetch(address, {"q": query}, tmp_path)
        assert _PASSWORD not in str(caught.value)
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT count(*) FROM crimes").fetchone() == (2,)
