"""`--json` and `--quiet` mean one thing in every command, and a word written wrongly is answered with the nearest."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from clearcount.cli import COMMANDS, cli
from clearcount.cli.common import working
from force import make_force

REQUEST = """
[request]
reference = "R"
title = "Images"
received = "2025-07-01"
version_date = "2025-07-20"
[scope]
from = "2024-01"
to = "2024-12"
[terms]
rule = "contains"
fields = ["mo"]
any = ["deepfake", "Snapchat"]
[[question]]
codes = ["086/02", "088/15"]
text = "How many?"
"""
POLICY = """
[disclosure]
rule = "none"
reason = "Made-up records."
approved_by = "A. Officer"
"""
RUNS = [
    ("check", "request.toml", "--store", "STORE"),
    ("check", "request.toml"),
    ("codes", "deepfake"),
    ("compare", "request.toml", "--store", "STORE"),
    ("cost", "--records", "360", "--minutes", "3"),
    ("cost", "--window", "2025-06-02", "2025-08-25"),
    ("count", "request.toml", "--store", "STORE", "--policy", "policy.toml", "--out", "answer", "--replace"),
    ("deadline", "--received", "2025-07-22"),
    ("ledger", "STORE", "list"),
    ("mentions", "request.toml", "--store", "STORE"),
    ("plan", "request.toml", "--store", "STORE"),
    ("store", "STORE"),
    ("values", "--store", "STORE"),
    ("verify", "answer"),
]
BARE = {"check": 0, "count": 0, "plan": 0, "verify": 0, "deadline": 1, "cost": 1}
"""How many lines `--quiet` prints where the result is known beforehand."""


def leaves(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command that does something, with the words that call it."""
    if isinstance(command, click.Group) and command.commands:
        for name, inner in command.commands.items():
            yield from leaves(inner, (*path, name))
    else:
        yield path, command


ALL = [
    each for name in COMMANDS if (found := cli.get_command(click.Context(cli), name)) for each in leaves(found, (name,))
]
FOR_A_PERSON = {("serve",), ("worker",), ("manage",)}
"""Commands that run until they are stopped, or hand over to another program."""


def option(command: click.Command, name: str) -> click.Option | None:
    return next((each for each in command.params if isinstance(each, click.Option) and name in each.opts), None)


def test_each_option_says_the_same_in_every_command() -> None:
    for name in ("--json", "--quiet"):
        helps = {found.help for _, command in ALL if (found := option(command, name))}
        assert len(helps) == 1, helps


def test_every_command_has_quiet() -> None:
    without = [path for path, command in ALL if option(command, "--quiet") is None and path not in FOR_A_PERSON]
    group = cli.get_command(click.Context(cli), "store")
    assert group is not None and option(group, "--quiet") and option(group, "--json")
    assert [path for path in without if path[0] != "store"] == []  # `store DIR --quiet compact`


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("work")
    make_force(folder, 120)
    (folder / "request.toml").write_text(REQUEST, encoding="utf-8")
    (folder / "policy.toml").write_text(POLICY, encoding="utf-8")
    return folder


def run(work: Path, words: tuple[str, ...]) -> Result:
    store = str(work / "crimes" / "store")
    return CliRunner().invoke(cli, [store if word == "STORE" else word for word in words])


@pytest.mark.parametrize("words", RUNS, ids=" ".join)
def test_json_is_one_document_and_nothing_else(
    work: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(work)
    plain, quiet = run(work, (*words, "--json")), run(work, (*words, "--json", "--quiet"))
    assert plain.exit_code == quiet.exit_code == 0, plain.output
    assert isinstance(json.loads(plain.stdout), dict | list)
    assert type(json.loads(quiet.stdout)) is type(json.loads(plain.stdout))


@pytest.mark.parametrize("words", RUNS, ids=" ".join)
def test_quiet_prints_the_bare_result(work: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]) -> None:
    monkeypatch.chdir(work)
    loud, quiet = run(work, words), run(work, (*words, "--quiet"))
    assert quiet.exit_code == loud.exit_code == 0, quiet.output
    assert len(quiet.stdout.splitlines()) <= len(loud.stdout.splitlines())
    if words[0] in BARE:
        assert len(quiet.stdout.splitlines()) == BARE[words[0]], quiet.stdout


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("cuont",), "'count'"),
        (("demno",), "'demo'"),
        (("verfy", "x"), "'verify'"),
        (("review", "exprot"), "'export'"),
        (("calendar", "updat"), "'update'"),
        (("count", "request.toml", "--stroe", "s"), "--store"),
        (("check", "request.toml", "--strickt"), "--strict"),
        (("deadline", "--recieved", "2025-01-01"), "--received"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else each,
)
def test_a_word_written_wrongly_is_answered_with_the_nearest(words: tuple[str, ...], meant: str) -> None:
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 2
    assert "Did you mean" in done.stderr and meant in done.stderr


def test_a_doubt_written_wrongly_is_answered_with_the_nearest(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(work)
    words = ("count", "request.toml", "--store", "STORE", "--policy", "policy.toml", "--out", "other")
    done = run(work, (*words, "--accept", "rule-contain=it is asked for"))
    assert done.exit_code == 2 and "did you mean 'rule-contains'?" in done.stderr, done.stderr
    assert not (work / "other").exists()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_line_that_switches_completion_on_prints_a_script(shell: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "clearcount"],
        env={**os.environ, "_CLEARCOUNT_COMPLETE": f"{shell}_source"},
        capture_output=True,
        text=True,
    )
    page = (Path(__file__).parents[2] / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    assert f"_CLEARCOUNT_COMPLETE={shell}_source clearcount" in page
    assert done.returncode == 0 and "clearcount" in done.stdout, done.stderr


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_work_is_shown_on_a_terminal_only_and_the_line_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream, quiet, shown in ((_Terminal(), False, True), (_Terminal(), True, False), (io.StringIO(), False, False)):
        monkeypatch.setattr(sys, "stderr", stream)
        with working("counting", quiet=quiet):
            while shown and "counting … " not in stream.getvalue():
                time.sleep(0.05)
        assert ("counting … " in stream.getvalue()) == shown
        assert stream.getvalue().endswith("\x1b[K") == shown
