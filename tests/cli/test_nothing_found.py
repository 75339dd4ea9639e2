"""A request over all codes whose terms nobody wrote: every line is left out, and the answer is a true zero."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.cli.publishing import POLICY, Office, records

NOTHING = {"any": ["a word that nobody wrote"]}


@pytest.fixture
def office(tmp_path: Path, run: Callable[..., Any]) -> Office:
    found = Office(tmp_path, run)
    found.imports(records({("086/02", "2024-01", "North"): 7, ("053/01", "2024-02", "South"): 2}))
    return found


@pytest.mark.parametrize("rule", ["suppress", "none", "round"])
@pytest.mark.parametrize(
    "tables",
    [
        '[table]\nrows = ["offence"]\ncolumns = []\n',
        '[table]\nrows = ["offence"]\ncolumns = ["month"]\n',
        '[table]\nrows = ["class"]\ncolumns = []\n',
        '[table]\nrows = ["offence", "district"]\ncolumns = []\n',
        "[table]\nrows = []\ncolumns = []\n",
        '[[table]]\nrows = ["offence"]\ncolumns = []\n[[table]]\nrows = ["month"]\ncolumns = ["offence"]\n',
    ],
    ids=["offences", "by month", "classes", "with districts", "one number", "two tables"],
)
def test_a_true_zero_is_an_answer(office: Office, tables: str, rule: str) -> None:
    office.policy = POLICY.replace("suppress", rule) + ("base = 5\n" if rule == "round" else "")
    done = office.counts("none", codes=(("all",),), tables=tables, words=NOTHING)
    assert done.code == 0, done.err
    assert set(office.cells("none").values()) == {"0"}
