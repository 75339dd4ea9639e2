"""A run that is killed between any two steps of the file system leaves a whole folder or none, to the next one too."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clearcount.files import whole_folder

STEPS = ("rename", "unlink", "rmdir", "mkdir")
NAMES = ("a.csv", "b.html", "release.json")


def killed_at(step: int, work: Callable[[], None]) -> bool:
    """Run `work` in a child that dies without a word before its step number `step`; whether it died."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    left = [step]

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                os._exit(9)
            return real(*arguments, **named)

        return call

    for name in STEPS:
        setattr(os, name, counted(getattr(os, name)))
    work()
    os._exit(0)


def writing(folder: Path, text: str) -> Callable[[], None]:
    """A run that puts a bundle of three files with this text in place."""

    def work() -> None:
        with whole_folder(folder, replace=True) as fresh:
            for name in NAMES:
                (fresh / name).write_text(text)

    return work


def is_whole(folder: Path) -> bool:
    """Whether the folder holds all files of one run, and no other."""
    held = {path.name: path.read_text() for path in folder.iterdir()}
    return tuple(sorted(held)) == NAMES and len(set(held.values())) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork there")
@pytest.mark.parametrize("removed", [False, True], ids=["kept", "removed between"])
@pytest.mark.parametrize("first", range(1, 10))
def test_two_runs_killed_anywhere_leave_a_whole_folder_or_none(
    tmp_path: Path, monkeypatch: Any, first: int, removed: bool
) -> None:
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)  # a kill loses nothing that was written
    for second in (0, 1, 2, 4, 7, 15) if removed else (0, 5, 15):
        place = tmp_path / f"{second}"
        place.mkdir()
        target = place / "answer"
        writing(target, "old")()
        killed_at(first, writing(target, "new"))
        if removed:
            shutil.rmtree(target, ignore_errors=True)
        died = killed_at(second, writing(target, "newer"))
        assert not target.exists() or is_whole(target), (first, second, sorted(each.name for each in target.iterdir()))
        assert died or {path.name for path in place.iterdir()} == {"answer"}
        writing(target, "last")()
        assert {path.name for path in place.iterdir()} == {"answer"}
        assert is_whole(target)
