"""`clearcount manage`, `worker` and the doors end in a sentence, whatever happens; no value of a row is printed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.db import DatabaseError, IntegrityError, OperationalError, ProgrammingError

from clearcount_web import __main__ as command_line
from clearcount_web.project.serving import ServeError

SECRET = "Mrs Example of 3 Sample Street"


def _raising(error: BaseException) -> Callable[[list[str]], int]:
    def run() -> None:
        raise error

    return lambda arguments: command_line._guarded(run)


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (ValueError(SECRET), "has a fault here"),
        (IntegrityError(f"DETAIL: Key (name)=({SECRET}) already exists."), "has a fault here"),
        (ProgrammingError(SECRET), "has a fault here"),
        (KeyError(SECRET), "has a fault here"),
        (OperationalError(SECRET), "manage migrate"),
        (DatabaseError(f"file is not a database {SECRET}"), "from a backup"),
        (MemoryError(SECRET), "out of memory"),
        (OSError(28, SECRET, "staff.sqlite3"), "make room"),
        (PermissionError(13, SECRET, "staff.sqlite3"), "its owner"),
        (KeyboardInterrupt(), "stopped by you"),
        (CommandError("say whose file it is"), "say whose file it is"),
        (ImproperlyConfigured("A is not set"), "A is not set"),
    ],
)
def test_each_end_is_a_sentence(
    error: BaseException,
    word: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(command_line, "_manage", _raising(error))
    assert command_line.main(["manage", "audit"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert word in told.err
    files = [path.read_text(encoding="utf-8") for path in tmp_path.glob("clearcount-fault-*.txt")]
    assert len(files) == ("has a fault" in word)
    for text in (told.err, *files):
        assert SECRET not in text
        assert "Traceback" not in text
    assert all("clearcount_web.__main__:" in text for text in files)


@pytest.mark.parametrize("command", ["serve", "site"])
def test_commands_beside_manage_end_so_too(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing(arguments: list[str]) -> int:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(command_line, {"serve": "_serve", "site": "write_static_site"}[command], failing)
    assert command_line.main([command]) == 2
    assert SECRET not in capsys.readouterr().err

    def refusing(arguments: list[str]) -> int:
        raise ServeError("nowhere is no HOST:PORT")

    monkeypatch.setattr(command_line, "_serve", refusing)
    assert command_line.main(["serve"]) == 2
    assert capsys.readouterr().err == "error: nowhere is no HOST:PORT\n"
