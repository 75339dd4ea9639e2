"""Under a limit of the address space a command does its work or says why not; nothing is left half done."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from clearcount.workflow.storing import check_store

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the limit is one of Linux")
SENTENCE = "out of memory"


def _limited(megabytes: int, work: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["bash", "-c", 'ulimit -v "$0"; exec "$@"', str(megabytes * 1000), sys.executable, "-m", "clearcount"]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [*command, *arguments], cwd=work, capture_output=True, text=True, timeout=600, env=environment
    )


def _ends_well(done: subprocess.CompletedProcess[str]) -> bool:
    """Whether the command did its work; otherwise it has said why not."""
    assert done.returncode in (0, 2), done
    assert "Traceback" not in done.stderr
    assert done.returncode == 0 or SENTENCE in done.stderr, done
    return done.returncode == 0


def _all_is_whole_under(megabytes: int, work: Path) -> bool:
    if not _ends_well(_limited(megabytes, work, "import", "export", "--store", "store", "--quiet")):
        assert not (work / "store").exists()
        return False
    assert check_store(work / "store") == ()
    asked = ("count", "request.toml", "--store", "store", "--policy", "policy.toml", "--out", "answer", "--quiet")
    if not _ends_well(_limited(megabytes, work, *asked)):
        assert not (work / "answer").exists()
        return False
    return (work / "answer" / "release.json").exists()


@pytest.mark.parametrize(("megabytes", "does"), [(150, False), (500, False), (1500, True)])
def test_import_and_count_end_in_their_work_or_a_sentence(work: Path, megabytes: int, does: bool) -> None:
    assert _all_is_whole_under(megabytes, work) is does


@pytest.mark.parametrize(
    "arguments",
    [
        ("store", "store"),
        ("check", "request.toml", "--store", "store"),
        ("verify", "store"),
        ("collate", "export/texts.csv", "--out", "all.csv"),
        ("protect", "export/texts.csv", "--policy", "policy.toml", "--out", "all.json"),
        ("demo", "--out", "demo"),
    ],
)
def test_every_command_that_needs_memory_says_so_before_it_begins(work: Path, arguments: tuple[str, ...]) -> None:
    before = sorted(work.iterdir())
    done = _limited(400, work, *arguments)
    assert (done.returncode, SENTENCE in done.stderr) == (2, True), done
    assert sorted(work.iterdir()) == before


def test_commands_without_records_need_little(work: Path) -> None:
    assert _limited(200, work, "deadline", "--received", "2025-07-01").returncode == 0
    assert _limited(200, work, "codes", "66B").returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("megabytes", range(1000, 2600, 100))
def test_every_limit_ends_well(work: Path, megabytes: int) -> None:
    texts = ["occurrence_no,field,entry_no,entered_at,text"]
    texts += [f"A{n % 5},oel,{n},2024-03-01,{'made up words ' * 40}{n}" for n in range(60_000)]
    (work / "export" / "texts.csv").write_text("\n".join([*texts, ""]), encoding="utf-8")
    _all_is_whole_under(megabytes, work)
