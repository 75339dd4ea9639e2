"""Answers about people one after another: tied by the people that they count, not by how the requests are written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.cli.people import People, Person

from clearcount.store.ledger import Ledger

JAN, FEB = "2024-01", "2024-02"
PEOPLE: list[Person] = [
    *[(JAN, "A1", "34", "Female")] * 30,
    *[(JAN, "A1", "16", "Female")] * 9,
    *[(JAN, "B1", "34", "Male")] * 2,
    *[(FEB, "A1", "34", "Female")] * 12,
]


@pytest.fixture
def people(tmp_path: Path, run: Callable[..., Any]) -> People:
    made = People(tmp_path, run)
    made.imports(PEOPLE)
    return made


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ('where = { sex = ["Female"] }', ""),
        ('where = { sex = ["female"] }', 'where = { sex = ["Female", "MALE"] }'),
        ('where = { ethnicity = ["A1"] }', ""),
        ('where = { ethnicity = ["A1"] }', "where = { age = { from = 10 } }"),
    ],
    ids=["a sex", "another spelling", "an ethnicity", "another column"],
)
def test_a_part_of_the_people_and_then_all_of_them(people: People, part: str, whole: str) -> None:
    """51 of 53 are women of A1: the two others are not to be had by subtraction."""
    assert people.answers("part", where=part).code == 0
    done = people.answers("all", where=whole)
    assert done.code == 0, done.err
    shown = people.cells("part"), people.cells("all")
    assert [list(each.values()) for each in shown] == [["51"], ["[c]"]]


def test_the_parts_one_by_one_and_then_the_whole(people: People) -> None:
    """By month: B1 is hidden in its own answer, and must not come out of the whole less A1."""
    table = 'rows = []\ncolumns = ["month"]'
    for name, where in (
        ("first", 'where = { ethnicity = ["A1"] }'),
        ("second", 'where = { ethnicity = ["B1"] }'),
        ("all", ""),
    ):
        assert people.answers(name, where=where, table=table).code == 0
    first, whole = people.cells("first"), people.cells("all")
    for period in ((("period", JAN),), (("period", "total"),)):
        assert "[c]" in (first[period], whole[period]) or int(whole[period]) - int(first[period]) not in range(1, 5)


def test_an_age_band_and_a_filter_on_ages(people: People) -> None:
    """Nine children in one answer, by band in the next, and everybody of another filter."""
    bands = 'rows = ["age"]\ncolumns = []\n[column.age]\nbands = ["0-17", "18+"]'
    assert people.answers("children", where="where = { age = { below = 18 } }").code == 0
    assert people.answers("bands", table=bands).code == 0
    assert list(people.cells("children").values()) == ["9"]
    assert people.cells("bands")[("age", "0-17"), ("period", "")] == "9"


def test_what_is_kept_of_people_is_in_the_ledger_with_its_offences(people: People) -> None:
    """Nothing but digests, days and lines is kept, and the ledger reads it back."""
    assert people.answers("all", table='rows = ["sex"]\ncolumns = ["month"]').code == 0
    (entry,) = Ledger(people.store).entries()
    assert entry.records is not None and not len(entry.records.keys)
    held = entry.records.people["victims"]
    assert len(held.keys) == len(set(held.keys.tolist())) == len(PEOPLE)
    assert held.leaves["sex"] == ("Female", "Male") and held.leaves["records"] == ("victims: all",)


def test_a_person_who_was_revised_does_not_untie_the_rest(people: People) -> None:
    """One woman is a man in the next extract; the answers are still about the same people."""
    assert people.answers("part", where='where = { sex = ["Female"] }').code == 0
    people.imports([(JAN, "A1", "34", "Male"), *PEOPLE[1:]], as_at="2025-02-01")
    assert people.answers("all").code == 0
    assert list(people.cells("all").values()) == ["[c]"]
