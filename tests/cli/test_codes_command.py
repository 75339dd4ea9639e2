"""`clearcount codes` as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from clearcount.cli import cli


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["codes", *arguments])


def test_a_code_in_any_spelling_gives_its_law_and_dates() -> None:
    shown = run("88/15").stdout
    assert shown == run("HO", "088/15").stdout == run("08815").stdout
    assert "in force: from 31 January 2024" in shown
    assert "Threaten to share" in shown


def test_a_section_without_a_code_says_so() -> None:
    done = run("section 66E Sexual Offences Act 2003")
    assert done.exit_code == 0
    assert "no Home Office code" in done.stdout and "6 February 2026" in done.stdout


def test_json_holds_codes_and_provisions() -> None:
    found = json.loads(run("section 66B SOA 2003", "--json").stdout)
    assert [code["code"] for code in found["codes"]] == ["008/71", "088/15", "175/08"]
    assert found["codes"][0]["in_force_to"] == "2024-01-30"
    assert [(each["id"], each["before"]) for each in found["provisions"]] == [("SOA 2003 s66B", ["008/71"])]


def test_everyday_words_that_no_list_prints_are_understood() -> None:
    found = json.loads(run("cyberflashing", "--json").stdout)
    assert [code["code"] for code in found["codes"]] == ["088/14"]
    assert [code["code"] for code in json.loads(run("revenge porn", "--json").stdout)["codes"]] == [
        *("008/71", "088/15", "175/08")
    ]
    assert run("8/71", "--on", "2024-01-31").exit_code == 1


def test_on_a_day_only_codes_in_force() -> None:
    found = json.loads(run("section 66B SOA 2003", "--on", "2024-01-31", "--json").stdout)
    assert [code["code"] for code in found["codes"]] == ["088/15", "175/08"]


def test_nothing_found_is_exit_1_and_a_wrong_day_exit_2() -> None:
    nothing = run("zebra crossing wizard")
    assert (nothing.exit_code, nothing.stdout) == (1, "")
    assert "nothing found" in nothing.stderr
    assert run("86/2", "--on", "31/02/2025").exit_code == 2


def test_an_overlay_file_adds_a_code_and_a_broken_one_is_named(tmp_path: Path) -> None:
    good = tmp_path / "force.toml"
    good.write_text('[[code]]\ncode = "900/01"\ndescription = "Local matter"\nfrom = 2025-01-01\n', encoding="utf-8")
    assert run("900/1", "--codes", str(good), "--quiet").stdout == "900/01  Local matter\n"
    bad = tmp_path / "bad.toml"
    bad.write_text("[[code]\n", encoding="utf-8")
    broken = run("86/2", "--codes", str(bad))
    assert broken.exit_code == 2 and "bad.toml: is not TOML" in broken.stderr
    bad.write_text('[[code]]\ncode = "900/01"\n', encoding="utf-8")
    assert "bad.toml: code[1] has no description" in run("86/2", "--codes", str(bad)).stderr
    assert run("86/2", "--codes", str(tmp_path / "none.toml")).exit_code == 2


def test_a_broad_query_prints_one_line_a_code() -> None:
    lines = run("86").stdout.splitlines()
    assert len(lines) == 18 and lines[2].startswith("086/02  Take/ make / distribute")
