"""The commands on the pages about codes, deadlines and cost print what the pages say."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from clearcount.cli import cli
from clearcount.foi import exemptions, outcomes
from clearcount.offences import code_list

DOCS = Path(__file__).parents[2] / "docs" / "reference"
BLOCK = re.compile(r"```console\n\$ (.*?)\n(.*?)```", re.DOTALL)
SESSIONS = [
    (page, command, printed)
    for page in ("codes.md", "foi.md")
    for command, printed in BLOCK.findall((DOCS / page).read_text(encoding="utf-8"))
]


def test_there_are_sessions_to_run() -> None:
    assert {page for page, _, _ in SESSIONS} == {"codes.md", "foi.md"} and len(SESSIONS) >= 3


@pytest.mark.parametrize(("page", "command", "printed"), SESSIONS, ids=[command for _, command, _ in SESSIONS])
def test_a_command_prints_what_its_page_says(
    page: str, command: str, printed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`…` on a line of its own stands for any lines."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    done = CliRunner().invoke(cli, shlex.split(command)[1:])
    assert done.exit_code == 0, done.output
    pattern = "(?s:.*)".join(re.escape(part) for part in re.split(r"^…\n", printed, flags=re.MULTILINE))
    assert re.match(pattern, done.stdout), f"{page}\n{done.stdout}"


def test_the_numbers_on_the_codes_page_are_those_of_the_list() -> None:
    page = (DOCS / "codes.md").read_text(encoding="utf-8")
    listed = [code for code in code_list().codes.values() if code.listed]
    several = [code for code in listed if sum(row.source == "home-office" for row in code.rows) > 1]
    rows = [row for code in code_list().codes.values() for row in code.rows]
    assert f"{len(several)} of the {len(listed):,} codes" in page
    assert f"{sum(row.source == 'home-office' for row in rows):,} rows, {len(listed):,} codes" in page
    assert f"{sum(row.source == 'moj' for row in rows):,} further descriptions" in page


def test_every_exemption_and_outcome_says_what_it_rests_on() -> None:
    assert all(each.title and each.test for each in exemptions()) and all(each.basis for each in outcomes())
