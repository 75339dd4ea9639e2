"""A command loads the libraries it works with, and no others: it starts at once and needs little memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from force import make_force

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


REQUEST = """
[request]
reference = "R"
title = "T"
received = "2025-07-01"
[scope]
from = "2024-01"
to = "2024-12"
[[question]]
codes = ["088/15"]
text = "How many?"
"""
ARROW = {"pyarrow", "numpy", "duckdb", "deltalake"}
WRITERS = {"docx", "lxml", "jinja2", "xlsxwriter"}


def test_check_without_a_store_loads_no_arrow(tmp_path: Path) -> None:
    (tmp_path / "request.toml").write_text(REQUEST, encoding="utf-8")
    assert loaded("check", str(tmp_path / "request.toml")) <= CLICK


def test_check_with_a_store_loads_what_reads_records_and_nothing_that_writes(tmp_path: Path) -> None:
    make_force(tmp_path, 50)
    (tmp_path / "request.toml").write_text(REQUEST, encoding="utf-8")
    found = loaded("check", str(tmp_path / "request.toml"), "--store", str(tmp_path / "crimes" / "store"))
    assert {"pyarrow", "numpy"} <= found
    assert not found & {
        *WRITERS,
        "duckdb",
        "deltalake",
        "highspy",
        "pandas",
        "xlrd",
        "python_calamine",
        "charset_normalizer",
    }


@pytest.mark.parametrize("name", ["demo", "import", "count", "verify"])
def test_no_command_loads_pandas_which_arrow_would(name: str) -> None:
    assert "pandas" not in loaded(name, "--help")


def test_pandas_is_there_again_for_an_engine_that_needs_it() -> None:
    code = (
        "from clearcount.frugal import leave_pandas_out, let_pandas_in\n"
        "leave_pandas_out(); leave_pandas_out()\n"
        "import pyarrow as pa; assert pa.scalar('x').as_py() == 'x'\n"
        "import sys; assert 'pandas' not in sys.modules\n"
        "let_pandas_in(); let_pandas_in(); import pandas\n"
        "assert pa.table({'a': [1]}).to_pandas()['a'].tolist() == [1]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("words", ["clearcount", "clearcount co", "clearcount --"])
def test_completion_loads_click_alone(words: str) -> None:
    found = loaded(_CLEARCOUNT_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD="1")
    assert found <= CLICK


def test_a_command_written_wrongly_is_answered_with_the_nearest() -> None:
    done = subprocess.run([sys.executable, "-m", "clearcount", "cuont"], capture_output=True, text=True)
    assert (done.returncode, "Did you mean 'count'?" in done.stderr) == (2, True)
