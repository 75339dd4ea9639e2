"""`clearcount protect` and `clearcount audit` as a statistician without the rest of the product uses them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from clearcount.cli import cli

POLICY = """
[disclosure]
rule = "suppress"
reason = "small counts"
approved_by = "reviewer"
"""
WIDE = """offence,2024-01,2024-02,2024-03,Total
A,1,7,3,11
B,9,8,6,23
C,0,4,5,9
Grand total,10,19,14,43
"""
LONG = """force,reference,row,code,label,period,value,marker
F,1,086/02,HO 086/02,x,2024-01,,c
F,1,086/02,HO 086/02,x,2024-02,7,p
F,1,086/02,HO 086/02,x,total,9,
F,1,total,,Total,2024-01,12,
F,1,total,,Total,2024-02,20,
F,1,total,,Total,total,32,
F,1,086/10,HO 086/10,y,2024-01,,c
F,1,086/10,HO 086/10,y,2024-02,13,
F,1,086/10,HO 086/10,y,total,23,
"""


def _run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "policy.toml").write_text(POLICY)
    (tmp_path / "wide.csv").write_text(WIDE)
    return tmp_path


def test_protect_writes_a_document_that_audit_passes(folder: Path) -> None:
    out = folder / "out.json"
    done = _run("protect", folder / "wide.csv", "--policy", folder / "policy.toml", "--out", out, "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert set(found) == {"hidden", "protects", "optimal", "gap"} and found["optimal"] and found["gap"] == 0
    document = json.loads(out.read_text())
    assert document["hidden"] == found["hidden"] and len(found["hidden"]) == 6
    checked = _run("audit", out, "--json")
    assert checked.exit_code == 0
    answer = json.loads(checked.stdout)
    assert answer["consistent"] and answer["exact"] == [] and len(answer["intervals"]) == 6


def test_protect_does_not_overwrite_unless_told(folder: Path) -> None:
    out = folder / "out.json"
    out.write_text("mine")
    arguments = ("protect", folder / "wide.csv", "--policy", folder / "policy.toml", "--out", out)
    assert _run(*arguments).exit_code == 2 and out.read_text() == "mine"
    assert _run(*arguments, "--replace", "--quiet").output == ""
    assert json.loads(out.read_text())["optimal"]


def test_no_safe_pattern_exits_1_with_coarsenings_and_writes_nothing(folder: Path) -> None:
    (folder / "policy.toml").write_text(POLICY + 'label = "<5"\n')
    (folder / "wide.csv").write_text(
        "offence,2024-01,2024-02,2024-03,2024-04,total\nA,1,1,1,1,4\nB,9,8,7,9,33\ntotal,10,9,8,10,37\n"
    )
    done = _run(
        "protect", folder / "wide.csv", "--policy", folder / "policy.toml", "--out", folder / "o.json", "--json"
    )
    assert done.exit_code == 1
    found = json.loads(done.stdout)
    assert set(found) == {"why", "coarsenings"} and "no pattern is safe" in found["why"]
    assert not (folder / "o.json").exists()


def test_a_table_with_one_hidden_cell_beside_its_totals_is_read_off(folder: Path) -> None:
    leaking = folder / "leak.csv"
    leaking.write_text(WIDE.replace("A,1,", "A,[c],"))
    done = _run("audit", leaking, "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["exact"] == [{"table": "leak", "at": ["A", "2024-01"], "value": 1}]


def test_two_files_are_audited_together(folder: Path) -> None:
    first, second = folder / "first.csv", folder / "second.csv"
    first.write_text("offence,2024-01,2024-02,total\nA,c,c,11\n")
    second.write_text("offence,2024-01,2024-02,2024-03,total\nA,*,7,2,13\n")
    assert _run("audit", first).exit_code == 0
    done = _run("audit", first, second, "--json")
    assert done.exit_code == 1
    assert {item["value"] for item in json.loads(done.stdout)["exact"]} == {4, 7}


def test_zeros_and_labels_bound_a_hidden_cell(folder: Path) -> None:
    table = folder / "t.csv"
    table.write_text("offence;2024-01;2024-02;total\nA;<5;c;9\n")
    found = json.loads(_run("audit", table, "--json").stdout)["intervals"]
    assert [(item["low"], item["high"]) for item in found] == [(1, 4), (5, 8)]
    found = json.loads(_run("audit", table, "--zeros", "ambiguous", "--json").stdout)["intervals"]
    assert [(item["low"], item["high"]) for item in found] == [(0, 4), (5, 9)]


def test_a_blank_is_refused_until_it_is_said_what_it_means(folder: Path) -> None:
    table = folder / "t.csv"
    table.write_text("offence,2024-01,2024-02,total\nA,,7,9\n")
    refused = _run("audit", table)
    assert refused.exit_code == 2
    assert "line 2, column 2 (2024-01)" in refused.output and "--blank" in refused.output
    assert _run("audit", table, "--blank", "hidden").exit_code == 1
    contradiction = _run("audit", table, "--blank", "zero", "--json")
    assert contradiction.exit_code == 1 and not json.loads(contradiction.stdout)["consistent"]


def test_the_long_form_of_a_bundle_is_read(folder: Path) -> None:
    table = folder / "counts.csv"
    table.write_text(LONG)
    done = _run("audit", table, "--json")
    assert done.exit_code == 1
    exact = {tuple(item["at"]): item["value"] for item in json.loads(done.stdout)["exact"]}
    assert exact == {("086/02", "2024-01"): 2, ("086/10", "2024-01"): 10}


def test_an_earlier_release_in_the_ledger_counts(folder: Path) -> None:
    (folder / "published").mkdir()
    (folder / "policy.toml").write_text(POLICY + 'published = "published"\n')
    earlier = {
        "dimensions": {"offence": {"leaves": ["A", "B", "C"], "totals": {}}, "month": {"leaves": ["2024-01"]}},
        "tables": [{"name": "earlier", "by": ["offence", "month"], "cells": [[["B", "2024-01"], 9, 9]]}],
    }
    (folder / "published" / "earlier.json").write_text(json.dumps(earlier))
    out = folder / "out.json"
    assert _run("protect", folder / "wide.csv", "--policy", folder / "policy.toml", "--out", out).exit_code == 0
    assert _run("audit", out, folder / "published" / "earlier.json").exit_code == 0
    (folder / "published").rename(folder / "elsewhere")
    assert (
        _run("protect", folder / "wide.csv", "--policy", folder / "policy.toml", "--out", out, "--replace").exit_code
        == 2
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("offence,2024-01\nA,many\n", "line 2, column 2"),
        ("offence,2024-01\nA,1,2\n", "line 2"),
        ("offence,2024-01\nA,1\nA,2\n", "twice"),
        ("offence,2024-01\n", "no table"),
        ("offence,2024-01\ntotal,1\n", "total"),
        ("offence,2024-01\nA,3 [r]\n", "JSON"),
    ],
)
def test_a_table_that_cannot_be_read_is_exit_2_with_its_place(folder: Path, content: str, said: str) -> None:
    table = folder / "t.csv"
    table.write_text(content)
    done = _run("audit", table)
    assert done.exit_code == 2 and said in done.output and "Traceback" not in done.output


def test_files_that_are_not_there_or_not_json_are_exit_2(folder: Path) -> None:
    assert _run("audit", folder / "none.json").exit_code == 2
    (folder / "broken.json").write_text("{")
    done = _run("audit", folder / "broken.json")
    assert done.exit_code == 2 and "line 1" in done.output
    (folder / "policy.toml").write_text("[disclosure]\nrule = 'suppress'\n")
    done = _run("protect", folder / "wide.csv", "--policy", folder / "policy.toml", "--out", folder / "o.json")
    assert done.exit_code == 2 and "approved_by" in done.output and "reason" in done.output
