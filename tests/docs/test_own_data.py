"""The README's commands for somebody's own data, run one after another on a report and a letter of their own."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from clearcount.cli import cli

ROOT = Path(__file__).resolve().parents[2]
NAMES = "Occurrence Number,Crime Ref,HO Code,Date Recorded,Crime Status,District,MO"
LETTER = """Dear Sir or Madam,

Under the Freedom of Information Act, please tell me how many offences of sharing an intimate image (section 66B of the
Sexual Offences Act 2003) were recorded from January 2024 to June 2024, by month, where the record mentions "AI" or
"deepfake".

Yours faithfully
"""


def test_the_commands_for_own_data_end_in_an_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        f"O{n},C{n},088/15,{1 + n % 28:02}/0{1 + n % 6}/2024,{('Filed', 'No Crime')[n % 10 == 0]},North,"
        f"the sender said that it was made with {('a camera', 'AI')[n % 2]} and sent it on to others as item {n}"
        for n in range(80)
    ]
    (tmp_path / "report.csv").write_text("\n".join(["Weekly report", "", NAMES, *rows, ""]), encoding="utf-8")
    (tmp_path / "letter.txt").write_text(LETTER, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## Your own data")[1].split("## ")[0]
    commands = re.findall(r"^\$ clearcount (.+)$", section, re.MULTILINE)
    assert len(commands) == 5
    for command in commands:
        done = CliRunner().invoke(cli, shlex.split(command), input="\n\n\n")
        assert done.exit_code == 0, f"{command}\n{done.output}"
    counted = (tmp_path / "answer" / "counts.csv").read_text(encoding="utf-8")
    assert "088/15" in counted
