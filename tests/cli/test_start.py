"""A command loads the libraries it works with, and no others: it starts at once and needs little memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

LOADED = """
import atexit, json, sys
from importlib.metadata import packages_distributions
names = set(packages_distributions())
def here():
    return names & {name.split(".")[0] for name in sys.modules}
before = here()
atexit.register(lambda: print(json.dumps(sorted(here() - before)), file=sys.stderr))
from clearcount.__main__ import main
sys.argv[0] = "clearcount"
main()
"""
CLICK = {"click", "clearcount"}


def loaded(*arguments: str, **environment: str) -> set[str]:
    """The third-party packages that a command has loaded when it ends."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments], capture_output=True, text=True, env={**os.environ, **environment}
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("--version",),
        ("deadline", "--help"),
        ("deadline", "--received", "2025-07-01"),
        ("cost", "--help"),
        ("calendar", "--help"),
        ("codes", "--help"),
        ("codes", "66B"),
        ("site", "--help"),
        ("serve", "--help"),
        ("manage", "--help"),
    ],
    ids=" ".join,
)
def test_light_commands_load_click_alone(arguments: tuple[str, ...]) -> None:
    assert loaded(*arguments) <= CLICK


@pytest.mark.parametrize("words", ["clearcount", "clearcount co", "clearcount --"])
def test_completion_loads_click_alone(words: str) -> None:
    found = loaded(_CLEARCOUNT_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD="1")
    assert found <= CLICK


def test_a_command_written_wrongly_is_answered_with_the_nearest() -> None:
    done = subprocess.run([sys.executable, "-m", "clearcount", "cuont"], capture_output=True, text=True)
    assert (done.returncode, "Did you mean 'count'?" in done.stderr) == (2, True)
