"""`clearcount values`: what a filter may ask for, and nobody's words, name or number."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearcount.answer.values import is_plain, nearest_value, shape_of, shown_values, slug
from clearcount.workflow.library import open_store

LAYOUT = """name = "ours"
[[file]]
match = ["offences*"]
[file.offence]
occurrence_no = "occurrence_no"
crime_no = "crime_no"
code = "code"
recorded_on = "recorded_on"
[file.offence.extra]
district = "district"
officer_name = "officer_name"
victim_dob = "victim_dob"
remark = "remark"
victim_age = "victim_age"
"""
PEOPLE = ("Sam Example", "Robin Sample", "Kit Instance")
ROWS = [
    ("Alder", PEOPLE[0], "1990-02-03", "left the house at ten and saw the blue van again", "17"),
    ("Alder", PEOPLE[1], "1985-12-30", "rang twice", "34"),
    ("alder ", PEOPLE[2], "", "", ""),
    ("Cedar", PEOPLE[0], "2001-07-09", "said to call 07700 900123", "17"),
    ("", PEOPLE[1], "1990-02-03", "", "under 1"),
]


COLUMNS = ("district", "officer_name", "victim_dob", "remark", "victim_age")


@pytest.fixture
def held(work: Path, run: Callable[..., Any]) -> Path:
    export = work / "extra"
    export.mkdir()
    with (export / "offences.csv").open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow([*("occurrence_no", "crime_no", "code", "recorded_on"), *COLUMNS])
        lines.writerows([f"O{at}", f"C{at}", "086/02", "2024-05-01", *row] for at, row in enumerate(ROWS))
    (work / "layout.toml").write_text(LAYOUT, encoding="utf-8")
    done = run("import", export, "--store", work / "held", "--layout", work / "layout.toml", "--as-at", "2024-06-30")
    assert done.code == 0, done.err
    return work / "held"


def test_columns_are_listed_with_blanks_and_different_values(held: Path, run: Callable[..., Any]) -> None:
    found = json.loads(run("values", "--store", held, "--json").out)
    by_name = {each["column"]: each for each in found["columns"]}
    assert found["snapshot"] == 1 and set(by_name) >= {"district", "victim_age", "code", "status"}
    assert (by_name["district"]["records"], by_name["district"]["blank"]) == (5, 1)
    assert by_name["victim_age"]["use"] == "where.victim_age"
    assert "district" in run("values", "--store", held).out


def test_controlled_values_come_in_words_with_counts(held: Path, run: Callable[..., Any]) -> None:
    (column,) = json.loads(run("values", "district", "--store", held, "--json").out)["columns"]
    values = {each["value"]: each["records"] for each in column["values"]}
    assert values == {"Alder": 2, "alder": 1, "Cedar": 1} and column["blank"] == 1
    shown = run("values", "district", "--store", held).out
    assert "Alder" in shown and "(blank)" in shown
    ages = json.loads(run("values", "victim_age", "--store", held, "--json").out)["columns"][0]
    assert {each["value"] for each in ages["values"]} == {"17", "34", "under 1"}


@pytest.mark.parametrize("column", ["officer_name", "victim_dob", "remark"])
def test_names_dates_of_birth_and_free_text_come_as_shapes(held: Path, run: Callable[..., Any], column: str) -> None:
    for more in ((), ("--json",), ("--quiet",)):
        out = run("values", column, "--store", held, *more).out
        words = [word for row in ROWS for cell in row[1:4] for word in cell.split() if len(word) > 2]
        assert not [word for word in words if word in out], "a word of a record is shown"
    (found,) = json.loads(run("values", column, "--store", held, "--json").out)["columns"]
    assert all("shape" in each for each in found["values"])
    assert sum(each["records"] for each in found["values"]) + found["blank"] == len(ROWS)


def test_an_unknown_column_and_snapshot_are_refused_with_the_nearest(held: Path, run: Callable[..., Any]) -> None:
    done = run("values", "distrct", "--store", held)
    assert done.code == 2 and "'district'" in done.err
    assert run("values", "--store", held, "--snapshot", "9").code == 2


def test_python_gives_the_same_counts(held: Path) -> None:
    opened = open_store(held)
    assert opened.values("district")["Alder"] == 2
    assert not set(PEOPLE) & set(opened.values("officer_name"))


@given(st.text(max_size=60))
def test_a_shape_holds_no_letter_or_figure_of_the_value(text: str) -> None:
    assert set(filter(str.isalpha, shape_of(text))) <= {"A", "a"}
    assert set(filter(str.isdigit, shape_of(text))) <= {"9"}


@given(st.dictionaries(st.text(min_size=1, max_size=50), st.integers(1, 30), max_size=90))
def test_every_record_is_shown_once_and_only_plain_values_in_words(held: dict[str, int]) -> None:
    shown = shown_values("district", held)
    assert sum(each.records for each in shown) == sum(held.values())
    assert all(is_plain(each.shown) for each in shown if each.exact)


@pytest.mark.parametrize(
    "value",
    [
        *(
            "07700 900123",
            "sam@post.example",
            "1990-02-03",
            "QQ 12 34 56 C",
            "AB12 3CDE 4567",
            "12 Example Street 10023",
        ),
        *("a" * 41, "one two three four five six seven", "tab\there", "C:\\people\\sam", "<b>x</b>"),
    ],
)
def test_what_may_be_a_number_of_a_person_or_free_text_is_not_plain(value: str) -> None:
    assert not is_plain(value)


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ("Ceder", "Cedar"),
        ("Female", "F"),
        ("alder", "Alder"),
        ("Aldr", "Alder"),
        ("Cedar District", "Cedar"),
        ("x", None),
    ],
)
def test_the_nearest_held_value(asked: str, near: str | None) -> None:
    assert nearest_value(asked, ["Alder", "Cedar", "F", "M"]) == near
    assert slug("Under 18 / not known") == "under-18-not-known"
