"""A question about people, from the export to the bundle, and everything that could have counted and did not."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from clearcount.cli import cli

OFFENCES = [
    "occurrence_no,crime_no,home_office_code,recorded_on,status",
    *("O1,O1/1,086/02,2024-01-05,recorded", "O1,O1/2,086/10,2024-02-05,recorded", "O2,O2/1,086/02,2024-01-07,recorded"),
    *(
        "O3,O3/1,086/02,2024-03-05,cancelled",
        "O4,O4/1,030/01,2024-03-05,recorded",
        "O5,O5/1,086/10,2024-03-09,recorded",
    ),
]
PEOPLE = [
    "occurrence_no,crime_no,person_no,role,age,sex",
    *("O1,,1,victim,16,Female", "O1,O1/1,2,victim,34,Male", "O1,,3,suspect,40,Male", "O2,O2/1,1,victim,,Female"),
    *("O3,O3/1,1,victim,12,Female", "O4,,1,victim,9,Male", "O2,,2,charged,17,Male", "O2,O2/1,3,victim,16-20,"),
]
POLICY = '[disclosure]\nrule = "none"\nreason = "made up"\napproved_by = "a test"\n'
REQUEST = """[request]
reference = "P/1"
received = 2024-06-01
[scope]
from = "2024-01"
to = "2024-03"
codes = ["086/02", "086/10"]
unit = "victims"
{scope}
[[question]]
text = "Victims"
{rest}
"""


class Force:
    """A folder with an export; `run` is the command line in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *words: str) -> tuple[int, str]:
        done = CliRunner().invoke(cli, list(words))
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.output

    def imports(self, people: list[str], offences: list[str] = OFFENCES) -> None:
        export = self.folder / "export"
        export.mkdir(exist_ok=True)
        (export / "offences.csv").write_text("\n".join(offences) + "\n")
        (export / "persons.csv").write_text("\n".join(people) + "\n")
        code, said = self.run(
            "import", str(export), "--store", str(self.folder / "store"), "--as-at", "2024-05-01", "--quiet"
        )
        assert code == 0, said

    def request(self, scope: str = "", rest: str = "") -> str:
        path = self.folder / "request.toml"
        path.write_text(REQUEST.format(scope=scope, rest=rest))
        return str(path)

    def doubts(self, scope: str = "", rest: str = "") -> dict[str, str]:
        code, said = self.run("check", self.request(scope, rest), "--store", str(self.folder / "store"), "--json")
        found = json.loads(said)
        assert code == 0, found
        return {doubt["id"]: doubt["what"] for doubt in found["doubts"]}

    def faults(self, scope: str = "", rest: str = "") -> str:
        code, said = self.run("check", self.request(scope, rest), "--store", str(self.folder / "store"), "--json")
        assert code == 2
        return "; ".join(fault["what"] + ": " + fault["do"] for fault in json.loads(said)["faults"])

    def counts(self, scope: str = "", rest: str = "", *more: str) -> list[dict[str, str]]:
        (self.folder / "policy.toml").write_text(POLICY)
        out = self.folder / "out"
        store, policy = str(self.folder / "store"), str(self.folder / "policy.toml")
        words = (
            "count",
            self.request(scope, rest),
            "--store",
            store,
            "--out",
            str(out),
            "--policy",
            policy,
            "--replace",
        )
        code, said = self.run(*words, *more)
        assert code == 0, said
        code, said = self.run("verify", str(out), "--store", store)
        assert code == 0, said
        with (out / "counts.csv").open(newline="") as file:
            return list(csv.DictReader(file))


@pytest.fixture
def force(tmp_path: Path) -> Force:
    made = Force(tmp_path)
    made.imports(PEOPLE)
    return made


def leaves(rows: list[dict[str, str]], *names: str) -> dict[tuple[str, ...], int]:
    picked = [(tuple(row[name] for name in names), row["value"]) for row in rows]
    return {key: int(value) for key, value in picked if "total" not in key and value not in ("", "0")}


def test_each_victim_counts_once_for_each_offence(force: Force) -> None:
    rows = force.counts()
    assert leaves(rows, "row", "period") == {
        ("086/02", "2024-01"): 4,
        ("086/10", "2024-02"): 1,
    }
    page = (force.folder / "out" / "response.html").read_text()
    assert "Each line counts victims" in page and "A person may be counted under several offences" in page
    assert "Offences in scope on which no victims are recorded" in page


@pytest.mark.parametrize("engine", ["local", "memory"])
def test_ages_in_bands_with_not_recorded_and_a_band_across_the_edge(force: Force, engine: str) -> None:
    rest = '[[table]]\nrows = ["age"]\ncolumns = ["sex"]\n[column.age]\nbands = ["0-17", "18+"]\nother = "other"\n'
    assert leaves(force.counts("", rest, "--engine", engine), "age", "sex") == {
        ("0-17", "Female"): 2,
        ("18+", "Male"): 1,
        ("not recorded", "Female"): 1,
        ("other", "not recorded"): 1,
    }


def test_what_a_filter_leaves_out_is_a_doubt_and_in_the_account(force: Force) -> None:
    doubts = force.doubts("where = { age = { below = 18 } }")
    assert doubts["where-age-of-victims-blank"].startswith("1 victim on offences in scope with nothing in age")
    assert doubts["where-age-of-victims-unsaid"].startswith("1 victim on offences in scope with no number in age")
    assert leaves(force.counts("where = { age = { below = 18 } }"), "row", "period") == {
        ("086/02", "2024-01"): 1,
        ("086/10", "2024-02"): 1,
    }
    release = json.loads((force.folder / "out" / "release.json").read_text())
    text = json.dumps(release)
    assert "Victims on offences in scope, each once for each offence" in text
    assert "left out by the filter: age is not recorded" in text


@pytest.mark.parametrize(
    ("scope", "doubt", "near"),
    [
        ('where = { sex = ["Femal"] }', "where-sex-femal-not-held", "Female"),
        ('where = { sex = ["male", "M"] }', "where-sex-m-not-held", ""),
        ('where = { age = ["17"] }', "where-age-17-not-held", ""),
        ('where = { age = { not = ["99"] } }', "where-age-99-not-held", ""),
    ],
)
def test_a_value_that_no_victim_holds_is_a_doubt(force: Force, scope: str, doubt: str, near: str) -> None:
    assert doubt in force.doubts(scope)
    _, said = force.run("check", force.request(scope), "--store", str(force.folder / "store"))
    assert near in said


def test_a_value_that_only_another_role_holds_is_a_doubt(force: Force) -> None:
    assert "where-age-40-not-held" in force.doubts('where = { age = ["40"] }')
    rest = 'unit = "suspects"\n'
    assert "where-age-40-not-held" not in force.doubts('where = { age = ["40"] }', rest)


@pytest.mark.parametrize(
    ("scope", "rest", "said"),
    [
        ("", 'unit = "witnesses"', "the store holds no witnesses"),
        ("", 'unit = "victim"', "use offences, occurrences, victims, suspects, charged"),
        ('where = { ages = ["1"] }', "", "is not a column that the layout names"),
        ("", 'unit = "offences"\nwhere = { age = ["1"] }', "is not a column"),
        ("", '[[table]]\nrows = ["ethnicity_code"]\n', "is no dimension and no column"),
        ("", '[[question]]\ntext = "b"\nunit = "offences"\n[[table]]\nrows = ["age"]\n', "is no dimension"),
    ],
)
def test_a_role_or_a_column_that_the_store_lacks_is_a_fault(force: Force, scope: str, rest: str, said: str) -> None:
    assert said in force.faults(scope, rest)


@pytest.mark.parametrize(
    ("row", "doubt"),
    [
        ("O1,O1/9,7,victim,16,", "victims-of-unknown-crimes"),
        ("O9,,1,victim,16,", "victims-of-unknown-occurrences"),
        ("O1,O1/2,1,victim,19,Female", "victims-given-twice"),
        ("O2,,8,victim,01/02/2008,Male", "victims-age-unread"),
        ("O2,,8,IP,30,Male", "person-rows-set-aside"),
        ("O2,,Ms Made Up,victim,30,Male", "person-rows-set-aside"),
        (",,8,victim,30,Male", "person-rows-set-aside"),
    ],
)
def test_a_clumsy_row_of_people_is_a_doubt_where_people_are_counted(force: Force, row: str, doubt: str) -> None:
    assert doubt not in force.doubts()
    force.imports([*PEOPLE, row])
    assert doubt in force.doubts()
    about_offences = force.doubts("", 'unit = "offences"\n')
    assert not [name for name in about_offences if "victim" in name or "person" in name or "people" in name]


def test_rows_of_people_on_other_occurrences_are_no_doubt(force: Force) -> None:
    force.imports([*PEOPLE, "O4,,8,IP,30,Male", "O4,O4/8,9,victim,3,", "O4,,10,victim,old,"])
    assert not [name for name in force.doubts() if "victim" in name or "person" in name]


def test_a_role_without_anybody_in_scope_is_a_doubt_and_no_clean_zero(force: Force) -> None:
    assert "charged-none-in-scope" in force.doubts('where = { }\nalongside = ["086/10"]', 'unit = "charged"\n')


def test_offences_and_people_stand_in_one_answer(force: Force) -> None:
    rest = 'unit = "offences"\n[[question]]\ntext = "b"\n[[question]]\ntext = "c"\nunit = "suspects"\n'
    rows = force.counts("", rest + "[[table]]\nrows = []\ncolumns = []\n")
    assert [row["value"] for row in rows if row["table"] in "123"] == ["4", "5", "2"]


@pytest.mark.parametrize(
    ("unit", "beside", "doubted"),
    [
        *(("victims", "victims", False), ("offences", "offences", False), ("occurrences", "offences", False)),
        *(("victims", "offences", True), ("occurrences", "suspects", True), ("victims", "charged", True)),
    ],
)
def test_people_beside_other_records_are_a_doubt(force: Force, unit: str, beside: str, doubted: bool) -> None:
    rest = f'unit = "{unit}"\n[[question]]\ntext = "b"\nunit = "{beside}"\n'
    doubts = force.doubts("", rest)
    assert ("people-beside-others" in doubts) == doubted


def test_small_counts_of_people_are_suppressed_like_others(force: Force) -> None:
    policy = force.folder / "hide.toml"
    policy.write_text('[disclosure]\nrule = "suppress"\nthreshold = 5\nreason = "r"\napproved_by = "a"\n')
    rest = '[[table]]\nrows = ["age"]\ncolumns = ["sex"]\n[column.age]\nbands = ["0-17", "18+"]\nother = "other"\n'
    out = force.folder / "hidden"
    words = ("--store", str(force.folder / "store"), "--out", str(out), "--policy", str(policy))
    code, said = force.run("count", force.request("", rest), *words)
    assert code == 0, said
    with (out / "counts.csv").open(newline="") as file:
        rows: list[dict[str, Any]] = list(csv.DictReader(file))
    assert not [row for row in rows if row["value"] in ("1", "2", "3", "4")]
    for name in ("release.json", "response.html", "counts.csv"):
        assert "O1/1" not in (out / name).read_text()
