"""codes.csv: what a class, a category or a pattern takes, from the code list and never from the records alone."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from click.testing import CliRunner

from clearcount.cli import cli
from clearcount.offences import code_list

OFFENCES = [
    "occurrence_no,crime_no,home_office_code,recorded_on,status",
    *("O1,C1,086/02,2024-01-05,recorded", "O2,C2,088/15,2024-02-05,recorded", "O3,C3,086/99,2024-02-06,recorded"),
]
POLICY = '[disclosure]\nrule = "suppress"\nthreshold = 5\nreason = "made up"\napproved_by = "a test"\n'
REQUEST = """[request]
reference = "C/1"
received = 2024-06-01
[scope]
from = "2024-01"
to = "2024-03"
[[question]]
text = "First"
codes = {codes}
[[question]]
text = "Second"
codes = ["030/01"]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("codes")
    (made / "export").mkdir()
    (made / "export" / "offences.csv").write_text("\n".join(OFFENCES) + "\n")
    (made / "policy.toml").write_text(POLICY)
    run("import", made / "export", "--store", made / "store", "--as-at", "2024-05-01", "--quiet")
    return made


def run(*words: str | Path, code: int = 0) -> str:
    done = CliRunner().invoke(cli, list(map(str, words)))
    assert done.exit_code == code, done.output
    return done.output


def answered(folder: Path, out: Path, codes: str) -> list[dict[str, str]] | None:
    request = folder / "request.toml"
    request.write_text(REQUEST.format(codes=codes))
    run("count", request, "--store", folder / "store", "--out", out, "--policy", folder / "policy.toml")
    run("verify", out, "--store", folder / "store")
    listed = out / "codes.csv"
    assert listed.exists() == ("codes.csv" in (out / "response.html").read_text())
    return list(csv.DictReader(io.StringIO(listed.read_text()))) if listed.exists() else None


@pytest.mark.parametrize(
    ("codes", "wanted"),
    [
        ('["category:86"]', {code for code, known in code_list().codes.items() if known.category.startswith("86 ")}),
        ('["088/1*"]', {code for code in code_list().codes if code.startswith("088/1")}),
        ('["086/02", "088/15"]', None),
    ],
)
def test_a_selection_is_written_out(folder: Path, tmp_path: Path, codes: str, wanted: set[str] | None) -> None:
    lines = answered(folder, tmp_path / "out", codes)
    if wanted is None:
        assert lines is None
        return
    assert lines is not None and {line["question"] for line in lines} == {"1"}
    assert {line["code"].removeprefix("HO ") for line in lines} == wanted
    assert all(line["label"] and line["law"] for line in lines)


@pytest.mark.slow
@pytest.mark.parametrize(
    "codes", ['["all"]', '["class:Sexual offences", "086/02"]', '["086/*", "all"]', '["sub-class:Rape"]']
)
def test_no_code_is_listed_because_a_record_holds_it(folder: Path, tmp_path: Path, codes: str) -> None:
    lines = answered(folder, tmp_path / "out", codes)
    assert lines and "HO 086/99" not in {line["code"] for line in lines}
    for line in lines:
        assert (line["code"] == "") == ("all offence codes" in line["selection"])


def test_a_changed_code_list_is_found(folder: Path, tmp_path: Path) -> None:
    answered(folder, tmp_path / "out", '["088/1*"]')
    path = tmp_path / "out" / "codes.csv"
    path.write_text(path.read_text().replace("088/15", "088/16"))
    assert "codes.csv" in run("verify", tmp_path / "out", code=1)
    path.unlink()
    assert "codes.csv" in run("verify", tmp_path / "out", code=1)
