"""Twins of faults that were found: what is lost at import is a doubt, whatever the loss looks like."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

OFFENCES = (
    "occurrence_no,crime_no,home_office_code,offence,recorded_on,reported_on,committed_from,committed_to,status,markers"
)
TEXTS = "occurrence_no,field,entry_no,entered_at,text"
PERSONS = "occurrence_no,crime_no,person_no,role,age,sex,ethnicity"
REQUEST = """[request]
reference = "R/1"
received = 2025-02-03
version_date = 2025-02-20
[scope]
from = "2024-01"
to = "2024-12"
{scope}
[[question]]
text = "Thefts"
codes = ["044/00"]
[terms]
any = ["lantern"]
fields = ["mo"]
[table]
rows = ["{rows}"]
columns = []
"""
Run = Callable[..., Any]


def crime(number: int, code: str = "044/00") -> str:
    return f"{number},Z/{number}/1,{code},,2024-03-01,2024-03-01,2024-03-01,,recorded,"


def text(number: int | str, words: str, entry: int = 1) -> str:
    return f'{number},mo,{entry},2024-03-01,"{words}"'


class Desk:
    """A folder with an export, a store and a request; `run` is the command line."""

    def __init__(self, folder: Path, run: Run) -> None:
        self.folder, self.run = folder, run
        (folder / "export").mkdir()

    def write(self, name: str, head: str, *rows: str) -> None:
        (self.folder / "export" / name).write_text("\n".join([head, *rows, ""]), encoding="utf-8")

    def imports(self, *options: Any, export: str = "export") -> Any:
        place = ["--store", self.folder / "store", "--as-at", "2025-01-31"]
        return self.run("import", self.folder / export, *place, *options)

    def doubts(self, scope: str = "", rows: str = "offence") -> set[str]:
        request = self.folder / "request.toml"
        request.write_text(REQUEST.format(scope=scope, rows=rows), encoding="utf-8")
        done = self.run("check", request, "--store", self.folder / "store", "--json")
        return {each["id"] for each in json.loads(done.out)["doubts"]}


@pytest.fixture
def desk(tmp_path: Path, run: Run) -> Desk:
    found = Desk(tmp_path, run)
    found.write("offences.csv", OFFENCES, *map(crime, (101, 102, 103)))
    return found


ERRORS = ("#N/A", "#REF!", "#BEZUG!", "#NOM?", "Err:508", "########", "#¿NOMBRE?")


@pytest.mark.parametrize("key", [*ERRORS, "NULL", "", "5.5E+11"])
def test_a_text_whose_key_is_lost_may_be_of_any_occurrence(desk: Desk, key: str) -> None:
    desk.write("texts.csv", TEXTS, *(text(n, "a bag") for n in (101, 102, 103)), text(key, "a lantern"))
    assert desk.imports().code == 0
    assert "text-rows-set-aside" in desk.doubts()


@pytest.mark.parametrize("key", ERRORS)
def test_an_offence_or_a_person_whose_key_is_lost_is_a_doubt(desk: Desk, key: str) -> None:
    desk.write("offences.csv", OFFENCES, crime(101), crime(102), f"{key}{crime(103)[3:]}")
    desk.write("texts.csv", TEXTS, *(text(n, "a bag") for n in (101, 102)))
    people = [f"{n},Z/{n}/1,1,victim,17,F,A" for n in (101, 102)]
    desk.write("persons.csv", PERSONS, *people, f"{key},Z/102/1,2,victim,17,F,A")
    assert desk.imports().code == 0
    assert "offence-rows-set-aside" in desk.doubts()
    assert "person-rows-set-aside" in desk.doubts('unit = "victims"', "sex")


@pytest.mark.parametrize("words", ERRORS)
def test_a_text_that_is_a_spreadsheets_error_is_set_aside(desk: Desk, words: str) -> None:
    desk.write("texts.csv", TEXTS, text(101, "a lantern"), text(102, "a bag"), text(103, words))
    assert desk.imports().code == 0
    assert "text-rows-set-aside" in desk.doubts()


def test_an_error_cell_of_a_workbook_in_the_key_is_a_doubt(desk: Desk) -> None:
    (desk.folder / "export" / "offences.csv").unlink()
    book = Workbook()
    sheet = book.active
    sheet.title = "offences"
    for row in (OFFENCES, *map(crime, (101, 102))):
        sheet.append(row.split(","))
    texts = book.create_sheet("texts")
    for row in (TEXTS, "101,mo,1,2024-03-01,a bag", "102,mo,1,2024-03-01,a bag", "x,mo,1,2024-03-01,a lantern"):
        texts.append(row.split(","))
    texts["A4"] = "#N/A"
    texts["A4"].data_type = "e"
    book.save(desk.folder / "export" / "book.xlsx")
    assert desk.imports().code == 0
    assert "text-rows-set-aside" in desk.doubts()


@pytest.mark.parametrize(
    "words",
    ["a lan\u200btern", "lant\u200b\u200bern", "x l\u200bantern y", "l\u200ba\u200bn\u200bt\u200be\u200br\u200bn"],
)
def test_a_zero_width_space_inside_a_term_is_a_doubt(desk: Desk, words: str) -> None:
    desk.write("texts.csv", TEXTS, text(101, "a lantern"), text(102, "a bag"), text(103, words))
    assert desk.imports().code == 0
    assert "terms-parted-by-zero-width-spaces" in desk.doubts()


@pytest.mark.parametrize(
    "words",
    [
        *("a \u200blantern", "a lantern\u200b", "a lantern \u200b, a bag", "a lantern\u200bbag", "two b\u200bags"),
        "a lan\u200btern and a lantern",
    ],
)
def test_a_zero_width_space_elsewhere_is_none(desk: Desk, words: str) -> None:
    desk.write("texts.csv", TEXTS, text(101, words), text(102, "a bag"), text(103, "x"))
    assert desk.imports().code == 0
    assert not any("zero-width" in each for each in desk.doubts())


LAYOUT = """name = "pieces"
[[file]]
match = ["offences*"]
[file.offence]
occurrence_no = "occurrence_no"
crime_no = "crime_no"
code = "home_office_code"
recorded_on = "recorded_on"
status = "status"
[[file]]
match = ["texts*"]
[[file.text]]
occurrence_no = "occurrence_no"
field = "field"
text = "text"
order = "entry_no"
"""


@pytest.mark.parametrize(
    ("numbers", "is_gap"),
    [((0, 1), False), ((1, 2), True), ((2, 3), True), ((0, 2), True), ((1,), True), ((0,), False)],
)
def test_an_entry_that_begins_later_than_the_others_has_lost_its_first_piece(
    desk: Desk, numbers: tuple[int, ...], is_gap: bool
) -> None:
    (desk.folder / "layout.toml").write_text(LAYOUT, encoding="utf-8")
    others = [text(n, "a bag", at) for n in (101, 103) for at in (0, 1)]
    desk.write("texts.csv", TEXTS, *others, *(text(102, "tern", at) for at in numbers))
    assert desk.imports("--layout", desk.folder / "layout.toml").code == 0
    assert any(each.startswith("gaps-in-the-order-of-pieces") for each in desk.doubts()) is is_gap


@pytest.mark.parametrize(
    ("now", "is_loss"),
    [
        ("a bag and a", True),
        ("a bag", True),
        ("a", True),
        ("a bag and a lantern in it", False),
        ("a bag and a lantern ", False),
        ("a bag and a lamp", False),
        ("and a lantern", False),
    ],
)
def test_a_text_of_which_a_later_import_holds_only_the_beginning_is_a_doubt(
    desk: Desk, now: str, is_loss: bool
) -> None:
    desk.write("texts.csv", TEXTS, text(101, "a bag and a lantern"), text(102, "a bag"), text(103, "x"))
    assert desk.imports().code == 0
    desk.write("texts.csv", TEXTS, text(101, now), text(102, "a bag"), text(103, "x"))
    assert desk.imports().code == 0
    assert ("texts-shortened-mo" in desk.doubts()) is is_loss


def test_a_text_that_lost_its_last_piece_is_a_doubt(desk: Desk) -> None:
    (desk.folder / "layout.toml").write_text(LAYOUT, encoding="utf-8")
    for pieces in (3, 2):
        rows = [text(101, "a bag and", at) for at in range(pieces)]
        desk.write("texts.csv", TEXTS, *rows, text(102, "a lantern"), text(103, "x"))
        assert desk.imports("--layout", desk.folder / "layout.toml").code == 0
    assert "texts-shortened-mo" in desk.doubts()


@pytest.mark.parametrize(
    ("asked", "lacking"),
    [
        (["030/01"], set()),
        (["049/10"], {"alongside-049-10-not-held"}),
        (["030/01", "049/10"], {"alongside-049-10-not-held"}),
        (["049/*"], {"alongside-the-codes-like-049-not-held"}),
        (["all"], set()),
    ],
)
def test_a_code_that_nobody_holds_alongside_is_a_doubt(desk: Desk, asked: list[str], lacking: set[str]) -> None:
    other = crime(101, "030/01").replace("Z/101/1", "Z/101/2")
    desk.write("offences.csv", OFFENCES, *map(crime, (101, 102)), other)
    desk.write("texts.csv", TEXTS, text(101, "a lantern"), text(102, "a bag"))
    assert desk.imports().code == 0
    assert {each for each in desk.doubts(f"alongside = {json.dumps(asked)}") if "alongside" in each} == lacking


@pytest.mark.parametrize("name", ["texts-2.zip", "more.7z", "texts.tar", "older.ZIP"])
def test_an_archive_inside_an_archive_is_left_out_aloud(desk: Desk, name: str) -> None:
    with zipfile.ZipFile(desk.folder / "all.zip", "w") as package:
        package.writestr("offences.csv", "\n".join([OFFENCES, crime(101), ""]))
        package.writestr("texts.csv", "\n".join([TEXTS, text(101, "a bag"), ""]))
        package.writestr(name, b"PK\x03\x04")
    assert desk.imports(export="all.zip").code == 0
    assert "files-left-out" in desk.doubts()


def test_stated_rows_may_name_the_zip_a_member_or_both(desk: Desk) -> None:
    with zipfile.ZipFile(desk.folder / "all.zip", "w") as package:
        package.writestr("a/offences.csv", "\n".join([OFFENCES, crime(101), ""]))
        package.writestr("a/texts.csv", "\n".join([TEXTS, text(101, "a bag"), text(101, "x", 2), ""]))
    assert desk.imports("--expect-rows", "all.zip=4", export="all.zip").code == 2
    stated = ("--expect-rows", "all.zip=3", "--expect-rows", "a/texts.csv=2")
    assert desk.imports(*stated, export="all.zip").code == 0


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("Occurrence No,Crime No,HO Code,Recorded On,Recorded On,MO", "two columns are called 'recorded on'"),
        ("2024-03,Crime No,HO Code,Recorded On,x,MO", "looks like a record"),
    ],
)
def test_a_draft_says_what_is_wrong_with_the_names(desk: Desk, header: str, says: str) -> None:
    desk.write("crimes.csv", header, "1,Z1,044/00,2024-03-01,2024-03-02,a lantern in the yard by the man, they said")
    done = desk.run("import", desk.folder / "export" / "crimes.csv", "--write-layout", desk.folder / "l.toml")
    assert done.code == 2 and says in done.err.lower(), done.err


def test_a_column_without_a_name_is_no_part_of_a_draft(desk: Desk) -> None:
    desk.write("crimes.csv", "Occurrence No,Crime No,HO Code,,Status", "1,Z1,044/00,2024-03-01,recorded")
    draft = desk.folder / "l.toml"
    assert desk.run("import", desk.folder / "export" / "crimes.csv", "--write-layout", draft).code == 0
    assert '""' not in draft.read_text(encoding="utf-8")
    done = desk.run("import", desk.folder / "export" / "crimes.csv", "--layout", draft, "--explain")
    assert done.code == 0, done.err
