"""Where a store may lie, who may read it, and what its damage looks like on the command line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reachable import reachable_python

READ = [
    "plain space",
    "ümläut",
    "#hash",
    "q?mark",
    "star*",
    "a[1]",
    "50%",
    "a%zz",
    "it's",
    '"quoted"',
    "c:d",
    "{x}",
    "~x",
]
REFUSED = ["a%20b", "100%25", "%2e%2e", "a%2Fb", "back\\slash", "tab\tx", "line\nend"]


def _count(run: Callable[..., Any], work: Path, store: Path) -> Any:
    out = work / "answer"
    shutil.rmtree(out, ignore_errors=True)
    return run(
        "count", work / "request.toml", "--store", store, "--policy", work / "policy.toml", "--out", out, "--quiet"
    )


@pytest.mark.parametrize("name", READ)
def test_a_store_in_a_folder_of_any_usual_name_is_written_and_read(
    work: Path, run: Callable[..., Any], name: str
) -> None:
    store = work / name / "store"
    assert run("import", work / "export", "--store", store, "--as-at", "2024-06-30").code == 0
    assert run("import", work / "export", "--store", store, "--as-at", "2024-07-31").code == 0
    assert _count(run, work, store).code == 0
    assert run("store", store, "--check").code == 0


@pytest.mark.parametrize("name", REFUSED)
def test_a_name_that_the_format_misreads_is_refused_before_anything_is_made(
    work: Path, run: Callable[..., Any], store: Path, name: str
) -> None:
    done = run("import", work / "export", "--store", work / name)
    assert done.code == 2
    assert "holds the sign" in done.err
    assert not (work / name).exists()
    store.rename(work / "moved")
    (work / "moved").rename(work / name) if "/" not in name else None
    assert _count(run, work, work / name).code == 0, "one that was moved there can be counted"
    assert run("store", work / name, "--check").code == 0


def test_a_store_behind_a_link_is_the_store(work: Path, run: Callable[..., Any], store: Path) -> None:
    link = work / "link"
    link.symlink_to(store, target_is_directory=True)
    assert run("import", work / "export", "--store", link, "--as-at", "2024-07-31").code == 0
    assert _count(run, work, link).code == 0
    assert link.is_symlink()
    assert run("store", store, "--check").code == 0


def test_another_user_who_may_read_looks_without_writing_and_counts_nothing(work: Path, store: Path) -> None:
    if os.name != "posix" or os.geteuid() != 0:
        pytest.skip("only root can become another user")
    (store / "verified.json").unlink()
    subprocess.run(["chmod", "-R", "a+rX", str(work)], check=True)
    for folder in work.parents:
        if folder == Path("/tmp"):
            break
        folder.chmod(0o755)
    theirs = work / "theirs"
    theirs.mkdir()
    os.chown(theirs, 65534, 65534)
    before = sorted(path.name for path in store.iterdir())
    count = ["count", "request.toml", "--store", "store", "--policy", "policy.toml", "--out"]
    papers = ["--internal", "theirs/papers"]
    asked = {
        0: [["store", "store"], ["store", "store", "--check"], ["check", "request.toml", "--store", "store"]],
        2: [["import", "export", "--store", "store"], [*count, "answer"], [*count, "theirs/answer", *papers]],
    }
    found = reachable_python()
    assert found is not None, "another user can run this code"
    python, variables = found
    user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", python, "-m", "clearcount"]
    environment = {**os.environ, **variables, "HOME": str(theirs)}
    for code, commands in asked.items():
        for command in commands:
            done = subprocess.run(
                [*user, *command], cwd=work, capture_output=True, text=True, timeout=120, env=environment
            )
            assert done.returncode == code, (command, done.stderr)
            assert "Traceback" not in done.stderr
            assert not code or "Permission denied" in done.stderr or "name a place with --internal" in done.stderr
            assert "damaged" not in done.stderr
    assert sorted(path.name for path in store.iterdir()) == before
    assert not (work / "answer").exists()
    assert not (theirs / "answer").exists()


@pytest.mark.parametrize("key", [True, False], ids=["counted before", "never counted"])
def test_a_store_that_nobody_may_write_is_counted_with_papers_elsewhere(work: Path, store: Path, key: bool) -> None:
    """As on a share that is mounted to be read: no file of the store changes, and the figures are the same."""
    if not shutil.which("unshare") or os.geteuid() != 0:
        pytest.skip("only root can mount a folder to be read")
    command = ["-m", "clearcount", "count", "request.toml", "--store", "store", "--policy", "policy.toml", "--quiet"]
    if key:
        subprocess.run([sys.executable, *command, "--out", "before"], cwd=work, check=True)
        (store / "verified.json").unlink()

    def readable(*more: str) -> subprocess.CompletedProcess[str]:
        script = 'mount --bind store store && mount -o remount,bind,ro store && exec "$@"'
        words = ["unshare", "--mount", "sh", "-c", script, "sh", sys.executable, *command, *more]
        return subprocess.run(words, cwd=work, capture_output=True, text=True, timeout=120)

    if "mount:" in (done := readable("--out", "refused")).stderr:
        pytest.skip("nothing can be mounted here")
    assert done.returncode == 2 and "name a place with --internal" in done.stderr, done.stderr
    done = readable("--out", "after", "--internal", "papers")
    if key:
        assert done.returncode == 0, done.stderr
        assert (work / "after/counts.csv").read_bytes() == (work / "before/counts.csv").read_bytes()
        assert not (store / "verified.json").exists()
    else:
        assert done.returncode == 2 and "do this once where the store may be written" in done.stderr, done.stderr
    assert not (work / "refused").exists()


@pytest.mark.parametrize(
    "content", [b"\xcc\xfe\x00\x9f" * 8, b"", b"[" * 9000, b"null", b'{"format": 3}', b"PK\x03\x04"]
)
def test_a_damaged_mark_is_said_and_the_check_answers_no(
    work: Path, run: Callable[..., Any], store: Path, content: bytes
) -> None:
    (store / "clearcount-store.json").write_bytes(content)
    for done in (run("store", store), _count(run, work, store), run("import", work / "export", "--store", store)):
        assert done.code == 2
        assert "is damaged: its file clearcount-store.json is not what was written; restore it" in done.err
        assert "codec" not in done.err
    checked = run("store", store, "--check")
    assert (checked.code, "clearcount-store.json is not what was written" in checked.out) == (1, True)


def test_a_lost_mark_is_no_empty_folder(work: Path, run: Callable[..., Any], store: Path) -> None:
    (store / "clearcount-store.json").unlink()
    for done in (run("store", store), run("import", work / "export", "--store", store)):
        assert done.code == 2
        assert "its file clearcount-store.json is missing" in done.err
    assert run("store", store, "--check").code == 1
