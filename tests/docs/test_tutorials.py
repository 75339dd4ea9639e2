"""Every tutorial is walked from the first line to the last: what it types, runs, saves and prints."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from clearcount.cli import COMMANDS, cli
from pages import matches

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
ELSEWHERE = {"reading-the-hits.md": "test_reading_tutorial.py walks it and looks at what was read"}
TUTORIALS = sorted(path.name for path in (DOCS / "tutorials").glob("*.md") if path.name not in ELSEWHERE)
BLOCK = re.compile(
    r"(?:Save this as `([^`]+)`[^\n]*\n(?:[^\n]+\n)*\n)?^```(console|python|toml)\n(.*?)^```$", re.S | re.M
)
FENCED = re.compile(r"^ *```[a-z]*\n(.*?)^ *```$", re.S | re.M)
LINE = re.compile(r"^ *(?:\$ )?(clearcount (?:[^\n]*\\\n)*[^\n]*)$", re.M)


def test_there_are_four() -> None:
    assert len(TUTORIALS) + len(ELSEWHERE) == 4


@pytest.mark.parametrize(
    "name", [pytest.param(each, marks=pytest.mark.slow) if each == "publishing.md" else each for each in TUTORIALS]
)
def test_a_tutorial_prints_what_it_says(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    commands = 0
    for saved, kind, body in BLOCK.findall((DOCS / "tutorials" / name).read_text(encoding="utf-8")):
        if kind == "toml":
            assert saved, "the page says under which name the block is saved"
            Path(saved).write_text(body, encoding="utf-8")
        elif kind == "python":
            names: dict[str, Any] = {}
            exec(compile(body, name, "exec"), names)
        else:
            for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
                command, _, expected = part.partition("\n")
                program, *words = shlex.split(command)
                assert program == "clearcount"
                done = CliRunner().invoke(cli, words)
                assert done.exit_code == 0, f"$ {command}\n{done.output}"
                assert matches(expected.rstrip(), done.stdout), f"$ {command}\n{done.stdout}"
                commands += 1
    assert commands >= 4


def lines() -> list[tuple[str, str]]:
    """Every command line of the docs that calls clearcount, with its page."""
    pages = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
    return [
        (str(page.relative_to(ROOT)), line.replace("\\\n", " "))
        for page in pages
        if page.name != "commands.md"
        for block in FENCED.findall(page.read_text(encoding="utf-8"))
        for line in LINE.findall(block)
    ]


def reads(words: list[str]) -> None:
    """Let the command line read the words as it would, and run nothing. Raises click's own errors."""
    context = click.Context(cli, info_name="clearcount")
    command = cli.get_command(context, words[0])
    assert command is not None, f"no command {words[0]}"
    rest = words[1:]
    if words[0] in ("serve", "worker", "manage"):
        return  # the web service reads these
    while True:
        context = command.make_context(words[0], list(rest), parent=context)
        if not (isinstance(command, click.Group) and [*context._protected_args, *context.args]):
            return
        name, inner, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        assert inner is not None, name
        command = inner


def test_every_command_line_of_the_docs_is_one_that_clearcount_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = lines()
    assert len(found) > 60
    wrong = []
    for page, line in found:
        words = shlex.split(line.split(" # ")[0].split(" | ")[0].split(" > ")[0])[1:]
        if words and words[0] in COMMANDS and "…" not in line:
            try:
                reads(words)
            except (click.ClickException, AssertionError) as error:
                if "does not exist" in str(error):
                    continue  # a folder that the page's reader has
                wrong.append(f"{page}: {line}: {error}")
        elif not words or words[0] not in COMMANDS:
            wrong.append(f"{page}: {line}")
    assert wrong == []


@pytest.mark.skipif(os.name == "nt", reason="the site is built where the docs are written")
def test_the_site_is_built_and_fetches_nothing(tmp_path: Path) -> None:
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    site = load_config(str(ROOT / "mkdocs.yml"), site_dir=str(tmp_path / "site"), strict=True)
    build(site)
    pages = list((tmp_path / "site").rglob("*.html"))
    assert len(pages) >= len(list(DOCS.rglob("*.md")))
    fetched = re.compile(r"<(?:script|img|iframe)[^>]+src=[\"']?(https?:)?//|<link[^>]+href=[\"']?(https?:)?//")
    assert [page.name for page in pages if fetched.search(page.read_text(encoding="utf-8"))] == []
