"""The tutorial on reading the hits is walked from the first line to the last: what it types, runs and prints."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from clearcount.cli import cli
from pages import matches

PAGE = Path(__file__).parent.parent.parent / "docs" / "tutorials" / "reading-the-hits.md"
BLOCK = re.compile(r"^```(console|python)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def test_reading_tutorial_prints_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    commands = 0
    for kind, body in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if kind == "python":
            exec(compile(body, PAGE.name, "exec"), names)
            continue
        for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
            command, _, expected = part.partition("\n")
            program, *words = shlex.split(command)
            assert program == "clearcount"
            done = CliRunner().invoke(cli, words)
            assert done.exit_code == 0, f"$ {command}\n{done.output}"
            assert matches(expected.rstrip(), done.stdout), f"$ {command}\n{done.stdout}"
            commands += 1
    assert commands >= 14
    assert Path("answer/counts.csv").exists()
