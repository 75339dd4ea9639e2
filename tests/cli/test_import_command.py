"""`clearcount import` and `clearcount store` as a user runs them: output, exit codes, nothing half-written."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from clearcount.cli import cli

OFFENCES = (
    "occurrence_no,crime_no,home_office_code,offence,recorded_on,reported_on,committed_from,committed_to,status,markers"
)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


@pytest.fixture
def export(tmp_path: Path) -> Path:
    folder = tmp_path / "export"
    folder.mkdir()
    rows = [
        OFFENCES,
        "O1,C1,086/02,x,2024-01-05,,,,recorded,",
        "O2,C2,088/15,x,2024-02-05,,,,recorded,",
        "O3,C3,Jane Roe,x,2024-02-05,,,,recorded,",
    ]
    (folder / "offences.csv").write_text("\n".join([*rows, ""]), encoding="utf-8")
    (folder / "texts.csv").write_text("occurrence_no,field,text\nO1,oel,kept inside\n", encoding="utf-8")
    return folder


def test_the_counts_are_printed_and_add_up(export: Path, tmp_path: Path) -> None:
    done = run("import", export, "--store", tmp_path / "store")
    assert done.exit_code == 0, done.output
    counts = {word: int(n) for word, n in re.findall(r"(read|added|changed|unchanged|quarantined) (\d+)", done.output)}
    assert counts == {"read": 4, "added": 3, "changed": 0, "unchanged": 0, "quarantined": 1}
    assert "snapshot 1" in done.output
    again = run("import", export, "--store", tmp_path / "store", "--json")
    found = json.loads(again.stdout)
    assert (found["read"], found["unchanged"], found["snapshot"], found["new"]) == (4, 3, 1, False)


def test_the_store_shows_its_snapshots_and_findings_and_never_content(export: Path, tmp_path: Path) -> None:
    run("import", export, "--store", tmp_path / "store", "--as-at", "2024-03-01")
    shown = run("store", tmp_path / "store")
    assert shown.exit_code == 0
    for said in ("2024-03-01", "086/02 1; 088/15 1", "quarantine: 1 rows", "occurrences without text [text]: 1 rows"):
        assert said in shown.output
    for secret in ("kept inside", "Jane", "O1"):
        assert secret not in shown.output
    found = json.loads(run("store", tmp_path / "store", "--json").stdout)
    assert found["rows"] == {"occurrences": 2, "offences": 2, "texts": 1}
    assert found["quarantine"][0]["file"] == "offences.csv"
    assert (found["quarantine"][0]["row"], found["quarantine"][0]["column"]) == (4, "home_office_code")


def test_options_may_stand_behind_the_folder_and_subcommands_follow_it(export: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    run("import", export, "--store", store)
    (export / "texts.csv").write_text("occurrence_no,field,text\nO1,oel,edited\n", encoding="utf-8")
    run("import", export, "--store", store)
    difference = json.loads(run("store", store, "--diff", 1, 2, "--json").stdout)
    assert difference["changes"] == [{"kind": "texts", "month": "2024-01", "added": 0, "changed": 1, "removed": 0}]
    assert json.loads(run("store", store, "--check", "--json").stdout) == {"sound": True, "faults": []}
    assert run("store", store, "compact").exit_code == 0
    assert "up to date" in run("store", store, "upgrade").output
    assert run("store", store, "--diff", 1, 9).exit_code == 2
    next((store / "tables" / "texts").glob("*.parquet")).write_bytes(b"damaged")
    assert run("store", store, "--check").exit_code in (0, 1)
    for file in (store / "tables" / "texts").glob("*.parquet"):
        file.write_bytes(b"damaged")
    assert run("store", store, "--check").exit_code == 1


def test_a_purge_asks_first(export: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    run("import", export, "--store", store)
    (tmp_path / "list.txt").write_text("O1\n", encoding="utf-8")
    asked = run("store", store, "purge", "--list", tmp_path / "list.txt")
    assert (asked.exit_code, "1 occurrences would be purged" in asked.output) == (1, True)
    done = run("store", store, "purge", "--list", tmp_path / "list.txt", "--yes")
    assert done.exit_code == 0
    assert json.loads(run("store", store, "--json").stdout)["rows"]["offences"] == 1
    assert run("store", store, "purge", "--yes").exit_code == 2


def test_explaining_and_drafting_store_nothing(export: Path, tmp_path: Path) -> None:
    explained = run("import", export, "--explain")
    assert explained.exit_code == 0
    assert "home_office_code" in explained.output
    assert "'999/99'" in explained.output
    assert "Jane" not in explained.output
    draft = run("import", export / "offences.csv", "--write-layout", tmp_path / "ours.toml")
    assert draft.exit_code == 0
    assert run("import", export / "offences.csv", "--write-layout", tmp_path / "ours.toml").exit_code == 2
    assert run("import", export / "offences.csv", "--layout", tmp_path / "ours.toml", "--explain").exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export", "ours.toml"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["import"], "name an EXPORT"),
        (["import", "absent.csv", "--store", "s"], "does not exist"),
        (["import", ".", "--store", "s"], "no file that the layout niche names"),
        (["import", ".", "--store", "s", "--layout", "nicke"], "nearest is 'niche'"),
        (["import", "x.csv", "--query", "SELECT 1", "--store", "s"], "belong to --db"),
        (["store", "absent"], "is not a record store"),
    ],
)
def test_wrong_use_is_exit_code_two_and_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*arguments)
    assert done.exit_code == 2
    assert sentence in done.output
    assert list(tmp_path.iterdir()) == []
