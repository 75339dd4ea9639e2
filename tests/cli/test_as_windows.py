"""The command line where Windows has no locks of POSIX, keeps open files, and prints in a code page."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from clearcount.store.delta import _LONGEST_ON_WINDOWS
from clearcount.workflow.storing import check_store

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the player of Windows reads /proc")
AS_WINDOWS = Path(__file__).with_name("as_windows.py")


def _play(work: Path, *commands: list[str], encoding: str = "cp850") -> list[dict[str, Any]]:
    listed = work / "commands.json"
    listed.write_text(json.dumps(commands), encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, str(AS_WINDOWS), str(listed)]
    done = subprocess.run(command, cwd=work, capture_output=True, timeout=600, env=environment)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_store_lives_its_life(tmp_path: Path) -> None:
    """Made, counted, checked, published, imported again, laid out anew, purged, and whole after all of it."""
    changed = tmp_path / "changed"
    (made,) = _play(tmp_path, ["demo", "--out", "demo", "--occurrences", "300", "--quiet"])
    assert made["code"] == 0, made
    changed.mkdir()
    for name in ("offences.csv", "texts.csv"):
        lines = (tmp_path / "demo" / "export" / name).read_text(encoding="utf-8")
        (changed / name).write_text(lines.replace("officer", "constable"), encoding="utf-8")
    number = (changed / "offences.csv").read_text(encoding="utf-8").splitlines()[1].split(",")[0]
    (tmp_path / "purge.txt").write_text(f"{number}\n", encoding="utf-8")
    store, given = "demo/store", ["--policy", "demo/policy.toml", "--force", "demo/force.toml", "--quiet"]
    ends = _play(
        tmp_path,
        ["verify", "demo/answer", "--store", store],
        ["publish", "demo/answer", "--store", store],
        ["ledger", store, "list"],
        ["count", "demo/request.toml", "--store", store, "--out", "demo/answer", "--replace", *given],
        ["review", "export", "demo/request.toml", "--store", store, "--out", "hits.xlsx"],
        ["import", "changed", "--store", store, "--reason", "a test", "--quiet"],
        ["store", store, "compact"],
        ["store", store, "purge", "--list", "purge.txt", "--yes"],
        ["store", store, "--check"],
        ["import", "nothing", "--store", "fresh"],
        ["serve", "--demo"],
    )
    *worked, missing, web = ends
    assert [end["code"] for end in worked] == [0] * len(worked), worked
    assert missing["code"] == 2 and "does not exist" in missing["err"]
    assert web["code"] == 2 and "does not run on Windows" in web["err"]
    assert check_store(tmp_path / store) == ()
    left = [path.name for path in (tmp_path / "demo").rglob(".*") if path.is_dir()]
    assert not left


def test_a_file_that_excel_holds_open_stops_a_replacement_and_says_so(tmp_path: Path) -> None:
    (made,) = _play(tmp_path, ["demo", "--out", "demo", "--occurrences", "300", "--quiet"])
    assert made["code"] == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "demo" / "answer").iterdir()}
    script = (
        "import sys, pathlib; sys.argv = ['x', 'none']; import as_windows as player; player.play_windows(); "
        "from clearcount import files; files._WINDOWS_TRIES = 2; from clearcount.cli import cli; "
        "held = open('demo/answer/counts.csv', 'rb'); "
        "cli(['count', 'demo/request.toml', '--store', 'demo/store', '--policy', 'demo/policy.toml', "
        "'--force', 'demo/force.toml', '--out', 'demo/answer', '--replace', '--quiet'])"
    )
    path = os.pathsep.join((str(AS_WINDOWS.parent), os.environ.get("PYTHONPATH", "")))
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=300, env=environment
    )
    assert done.returncode == 2 and "close the program that has it open" in done.stderr, done
    assert {path.name: path.read_bytes() for path in (tmp_path / "demo" / "answer").iterdir()} == before
    assert sorted(path.name for path in (tmp_path / "demo").iterdir() if path.name.startswith(".")) == []


def test_json_loses_no_sign_to_a_code_page() -> None:
    said = {"place": "Llŷn – “north”"}
    for encoding in ("utf-8", "cp437"):
        environment = {**os.environ, "PYTHONIOENCODING": f"{encoding}:replace", "PYTHONDONTWRITEBYTECODE": "1"}
        code = f"from clearcount.cli.common import echo_json; echo_json({said!r})"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment, check=True)
        assert json.loads(done.stdout.decode(encoding)) == said
        assert (b"\\u0177" in done.stdout) is (encoding != "utf-8")


def test_a_path_too_long_for_windows_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * (_LONGEST_ON_WINDOWS - 40)) / ("e" * 60)
    export = tmp_path / "export"
    export.mkdir()
    (export / "offences.csv").write_text(
        "occurrence_no,crime_no,home_office_code,status\nA1,C1,086/02,recorded\n", encoding="utf-8"
    )
    (done,) = _play(tmp_path, ["import", "export", "--store", str(deep)])
    assert done["code"] == 2 and "nearer to the drive" in done["err"], done
    assert not deep.exists()
