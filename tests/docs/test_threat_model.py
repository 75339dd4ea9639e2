"""The pages on threats and kills name tests that exist: a control whose test was renamed or removed is no control."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ("threat-model.md", "reliability.md")
NAMED = re.compile(r"`((?:[\w./-]+/)?test_\w+\.py)(?:::(\w+))?`")
FOLDERS = re.compile(r"`(tests/[\w/]+)`")


def named(page: str) -> list[tuple[str, str]]:
    """The files of tests that a page names, each with the test in it, or with nothing."""
    return NAMED.findall((ROOT / "docs/explanation" / page).read_text(encoding="utf-8"))


def faults(found: list[tuple[str, str]]) -> list[str]:
    """What is named and is not there."""
    missing = []
    for file, test in found:
        places = [ROOT / file] if "/" in file else list((ROOT / "tests").rglob(file))
        if len(places) != 1 or not places[0].is_file():
            missing.append(file)
        elif test:
            tree = ast.parse(places[0].read_text(encoding="utf-8"))
            if test not in {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}:
                missing.append(f"{file}::{test}")
    return missing


@pytest.mark.parametrize("page", PAGES)
def test_every_test_that_a_page_names_exists(page: str) -> None:
    found = named(page)
    assert len(found) >= 5 and faults(found) == []
    text = (ROOT / "docs/explanation" / page).read_text(encoding="utf-8")
    assert [folder for folder in FOLDERS.findall(text) if not (ROOT / folder).exists()] == []


def test_what_is_not_there_is_found() -> None:
    assert faults([("test_watch.py", ""), ("tests/web/test_watch.py", "test_nothing"), ("test_no_such.py", "")]) == [
        "tests/web/test_watch.py::test_nothing",
        "test_no_such.py",
    ]


def test_each_of_the_sixteen_attacks_has_a_test_of_its_own() -> None:
    text = (ROOT / "docs/explanation/threat-model.md").read_text(encoding="utf-8")
    part = text.partition("## Sixteen attacks")[2].partition("\n## ")[0]
    tests = [test for _file, test in NAMED.findall(part)]
    assert len(tests) == len(set(tests)) == 16 and all(tests)
