"""Every bad input is a sentence and exit code 2, and leaves nothing half-written."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def untouched(work: Path) -> None:
    """No bundle and no half of one."""
    assert not (work / "answer").exists()
    assert not [path for path in work.iterdir() if path.name.startswith(".")]


def refused(done: Any, *words: str) -> None:
    assert done.code == 2, (done.code, done.out, done.err)
    assert "Traceback" not in done.err
    assert len(done.err.strip()) > 20
    for word in words:
        assert word in done.err, done.err


def spoil_empty(work: Path) -> None:
    (work / "export" / "offences.csv").write_bytes(b"")


def spoil_header_only(work: Path) -> None:
    path = work / "export" / "offences.csv"
    path.write_text(path.read_text().splitlines()[0] + "\n")


def spoil_delimiter(work: Path) -> None:
    path = work / "export" / "offences.csv"
    path.write_text(path.read_text().replace(",", "~"))


def spoil_nul(work: Path) -> None:
    path = work / "export" / "offences.csv"
    path.write_bytes(path.read_bytes().replace(b"Indecent", b"Inde\x00cent", 1))


def spoil_no_known_file(work: Path) -> None:
    for path in (work / "export").iterdir():
        path.rename(path.with_suffix(".bin"))


def spoil_binary(work: Path) -> None:
    (work / "export" / "offences.csv").write_bytes(bytes(range(256)) * 50)


@pytest.mark.parametrize(
    "spoil", [spoil_empty, spoil_header_only, spoil_delimiter, spoil_nul, spoil_no_known_file, spoil_binary]
)
def test_an_export_that_cannot_be_read(work: Path, run: Callable[..., Any], spoil: Callable[[Path], None]) -> None:
    spoil(work)
    refused(run("import", work / "export", "--store", work / "store", "--as-at", "2024-06-30"))


def test_a_very_long_single_line(work: Path, run: Callable[..., Any]) -> None:
    (work / "export" / "offences.csv").write_bytes(b"x" * 30_000_000)
    refused(run("import", work / "export", "--store", work / "store", "--as-at", "2024-06-30"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root to give a file away")
def test_a_file_that_cannot_be_read(work: Path) -> None:
    """The file belongs to somebody else, and the command runs without root's right to read everything."""
    export = work / "export" / "offences.csv"
    export.chmod(0o600)
    os.chown(export, 65534, 65534)
    command = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", sys.executable, "-B", "-m", "clearcount"]
    command += ["import", str(export.parent), "--store", str(work / "store"), "--as-at", "2024-06-30"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert "offences.csv" in done.stderr


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('codes = ["88/15"]', 'codes = ["999/98"]', "999/98"),
        ("received = 2024-06-01", 'received = "31/02/2025"', "31/02/2025"),
        ('from = "2024-01"', 'from = "2024-09"', "scope.from"),
        ("[terms]", "[terms]\nfields = ['diary']", "diary"),
        ("[scope]", "[scope]\nwhere = { shoe_size = ['9'] }", "shoe_size"),
        ("[request]", "[request", "line 1"),
    ],
)
def test_a_request_that_cannot_be_counted(work: Path, run: Callable[..., Any], old: str, new: str, word: str) -> None:
    path = work / "request.toml"
    path.write_text(path.read_text().replace(old, new, 1))
    done = run("count", path, "--store", work / "store", "--policy", work / "policy.toml", "--out", work / "answer")
    refused(done, word)
    untouched(work)


def test_a_request_with_ten_faults_names_them_all(work: Path, run: Callable[..., Any]) -> None:
    (work / "request.toml").write_text(
        """colour = 1
[request]
received = "soon"
shape = "round"
[scope]
from = "2024-13"
to = "later"
unit = "people"
date_basis = "whenever"
[[question]]
codes = ["nonsense"]
[terms]
rule = "magic"
any = ["AI~1"]
"""
    )
    done = run("check", work / "request.toml")
    refused(done)
    assert len([line for line in done.err.splitlines() if line.startswith("fault")]) >= 10


@pytest.mark.usefixtures("store")
def test_faults_of_the_file_the_list_and_the_store_come_at_once(work: Path, run: Callable[..., Any]) -> None:
    path = work / "request.toml"
    path.write_text(
        """[request]
reference = "R/1"
received = 2025-07-22
[scope]
from = "2023-01"
to = "2023-02"
unit = "people"
where = { colour = ["red"] }
[[question]]
text = "Which?"
codes = ["999/99", "nonsense"]
[terms]
fields = ["diary"]
"""
    )
    done = run("check", path, "--store", work / "store")
    refused(done, "scope.unit", "'nonsense'", "999/99 is on no list", "'diary'", "scope.where.colour")


@pytest.mark.usefixtures("store")
def test_no_policy_no_count(work: Path, run: Callable[..., Any]) -> None:
    done = run("count", work / "request.toml", "--store", work / "store", "--out", work / "answer")
    refused(done, "--policy")
    done = run(
        "count",
        work / "request.toml",
        "--store",
        work / "store",
        "--out",
        work / "answer",
        "--policy",
        work / "none.toml",
    )
    refused(done, "none.toml")
    untouched(work)


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('[disclosure]\nrule = "magic"\nreason = "r"\napproved_by = "a"', "magic"),
        ('[disclosure]\nrule = "none"\napproved_by = "a"', "reason"),
        ('[disclosure]\nrule = "none"\nreason = "r"\napproved_by = "a"\nthreshhold = 5', "threshhold"),
    ],
)
def test_a_policy_that_is_not_one(work: Path, run: Callable[..., Any], text: str, word: str) -> None:
    (work / "policy.toml").write_text(text)
    done = run(
        "count",
        work / "request.toml",
        "--store",
        work / "store",
        "--out",
        work / "answer",
        "--policy",
        work / "policy.toml",
    )
    refused(done, word)
    untouched(work)


def test_no_store(work: Path, run: Callable[..., Any]) -> None:
    done = run(
        "count",
        work / "request.toml",
        "--store",
        work / "none",
        "--out",
        work / "answer",
        "--policy",
        work / "policy.toml",
    )
    refused(done, "none")
    untouched(work)
