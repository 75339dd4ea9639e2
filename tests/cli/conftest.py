"""What the command-line tests share: a runner, a small export in the default layout, and a request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from clearcount.cli import cli

HEAD = (
    "occurrence_no,crime_no,home_office_code,offence,recorded_on,reported_on,committed_from,committed_to,status,markers"
)
OFFENCES = f"""{HEAD}
A1,C1,086/02,Indecent photographs,2024-02-05,05/02/2024,01/02/2024,03/02/2024,recorded,
A1,C2,88/15,Share intimate image,2024-02-06,2024-02-05,2024-02-01,,recorded,AI
A2,C3,HO 086/02,Indecent photographs,2024-03-01 09:30,2024-03-01,2024-02-28,2024-03-01,recorded,
A3,C4,08602,Indecent photographs,2024-03-02,2024-03-02,2024-03-02,,cancelled,
A4,C5,086/10,Possess indecent photograph,2024-04-09,2024-04-09,2024-04-09,,recorded,
"""
TEXTS = """occurrence_no,field,entry_no,entered_at,text
A1,summary,,2024-02-05,"Report of an image.
Victim says it was made with (AI)."
A1,oel,1,2024-02-06,Officer said that the file was sent by email.
A2,oel,1,2024-03-01,"Image looks like a deepfake, sent again."
A2,oel,2,2024-03-02,No further lines.
A3,oel,1,2024-03-02,AI image.
A4,mo,1,2024-04-09,Two deepfakes found.
"""
REQUEST = """[request]
reference = "01/FOI/24/1"
received = 2024-06-01
[scope]
from = "2024-01"
to = "2024-05"
[[question]]
text = "Sharing, section 66B Sexual Offences Act 2003"
codes = ["88/15"]
[[question]]
text = "Making, section 1(1)(a) Protection of Children Act 1978"
codes = ["086/02"]
[terms]
any = ["AI", "deepfake"]
"""
POLICY = """[disclosure]
rule = "none"
reason = "A test of made-up records."
approved_by = "Tester"
"""


@dataclass(frozen=True)
class Done:
    """What a command left: its exit code and what it printed where."""

    code: int
    out: str
    err: str


@pytest.fixture
def run() -> Callable[..., Done]:
    """Runs `clearcount ARGUMENTS` in this process."""

    def runner(*arguments: object) -> Done:
        result = CliRunner().invoke(cli, [str(argument) for argument in arguments], prog_name="clearcount")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Done(result.exit_code, result.stdout, result.stderr)

    return runner


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A folder with an export, a request and a policy."""
    export = tmp_path / "export"
    export.mkdir()
    (export / "offences.csv").write_text(OFFENCES, encoding="utf-8")
    (export / "texts.csv").write_text(TEXTS, encoding="utf-8")
    (tmp_path / "request.toml").write_text(REQUEST, encoding="utf-8")
    (tmp_path / "policy.toml").write_text(POLICY, encoding="utf-8")
    return tmp_path


@pytest.fixture
def store(work: Path, run: Callable[..., Done]) -> Path:
    """The export of `work`, imported."""
    done = run("import", work / "export", "--store", work / "store", "--as-at", "2024-06-30")
    assert done.code == 0, done.err
    return work / "store"
