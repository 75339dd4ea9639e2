"""Answers about people one after another: tied by the people that they count, not by how the requests are written."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from clearcount.store.ledger import Ledger

Person = tuple[str, str, str, str]
"""(month, ethnicity, age, sex)"""


@dataclass
class People:
    """A store of victims, one on each offence, and answers about them."""

    folder: Path
    run: Callable[..., Any]

    @property
    def store(self) -> Path:
        return self.folder / "store"

    def imports(self, people: Sequence[Person], as_at: str = "2025-01-31") -> None:
        export = self.folder / f"export-{as_at}"
        export.mkdir()
        head = ["occurrence_no", "crime_no", "home_office_code", "recorded_on", "status"]
        offences = [[f"O{n}", f"O{n}/1", "086/02", f"{month}-05", "recorded"] for n, (month, *_) in enumerate(people)]
        for name, columns, rows in (
            ("offences.csv", head, offences),
            (
                "persons.csv",
                ["occurrence_no", "crime_no", "person_no", "role", "age", "sex", "ethnicity"],
                [[f"O{n}", f"O{n}/1", 1, "victim", age, sex, kind] for n, (_, kind, age, sex) in enumerate(people)],
            ),
        ):
            with (export / name).open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows([columns, *rows])
        done = self.run("import", export, "--store", self.store, "--as-at", as_at)
        assert done.code == 0, done.err

    def answers(
        self,
        name: str,
        *,
        last: str = "2024-02",
        where: str = "",
        table: str = "rows = []\ncolumns = []",
    ) -> Any:
        """Count and publish an answer; return how publishing ended."""
        request = self.folder / f"{name}.toml"
        text = (
            f'[request]\nreference = "FOI/{name}"\nreceived = 2025-02-03\n[scope]\nfrom = "2024-01"\nto = "{last}"\n'
            f'unit = "victims"\n{where}\n[[question]]\ntext = "Victims"\ncodes = ["086/02"]\n[[table]]\n{table}\n'
        )
        request.write_text(text, encoding="utf-8")
        checked = json.loads(self.run("check", request, "--store", self.store, "--json").out)
        for doubt in checked["doubts"]:
            text += f'[[accepted]]\ndoubt = "{doubt["id"]}"\nreason = "made up"\n'
        request.write_text(text, encoding="utf-8")
        policy = self.folder / "policy.toml"
        policy.write_text('[disclosure]\nrule = "suppress"\nreason = "r"\napproved_by = "a"\n', encoding="utf-8")
        place = ["--store", self.store, "--policy", policy, "--out", self.folder / name]
        done = self.run("count", request, *place)
        assert done.code == 0, done.err
        assert "cannot be compared" not in done.out + done.err
        return self.run("publish", self.folder / name, "--store", self.store)

    def cells(self, name: str) -> Mapping[tuple[str, ...], str]:
        with (self.folder / name / "counts.csv").open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
        keys = [key for key in ("age", "sex", "period") if key in rows[0]]
        return {tuple(row[key] for key in keys): row["value"] or f"[{row['marker']}]" for row in rows}


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
    for period in ((JAN,), ("total",)):
        assert "[c]" in (first[period], whole[period]) or int(whole[period]) - int(first[period]) not in range(1, 5)


def test_an_age_band_and_a_filter_on_ages(people: People) -> None:
    """Nine children in one answer, by band in the next, and everybody of another filter."""
    bands = 'rows = ["age"]\ncolumns = []\n[column.age]\nbands = ["0-17", "18+"]'
    assert people.answers("children", where="where = { age = { below = 18 } }").code == 0
    assert people.answers("bands", table=bands).code == 0
    assert list(people.cells("children").values()) == ["9"]
    assert people.cells("bands")["0-17", ""] == "9"


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
