"""Four shapes of exports that the proposals were not made from: each becomes a layout with Enter or little more."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import Workbook

from asking import ask, imported, layout_of
from clearcount.cli import cli

START = datetime(2024, 1, 3, 8, 15)
CODES, KINDS = ("008/06", "105/04", "086/02"), ("Assault", "Theft", "Images")
WORDS = (
    "the informant said that an unknown male had come to the door and asked for money for work on the roof, call {n}"
)


def day(n: int, shape: str) -> str:
    return (START + timedelta(days=n % 120, hours=n % 24)).strftime(shape)


def merged_titles(folder: Path) -> Path:
    """A sheet as Niche's report writer leaves it: merged titles, merged headings of groups, then the names."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Occurrences"
    sheet["A1"], sheet["A2"] = "Occurrence extract with qualifiers", "Restricted. Run on 01/07/2024 by report 114"
    for area in ("A1:N1", "A2:N2", "A4:D4", "E4:H4", "I4:N4"):
        sheet.merge_cells(area)
    sheet["A4"], sheet["E4"], sheet["I4"] = "Occurrence", "Dates", "Detail"
    sheet.append(
        ["Occurrence #", "Crime #", "Stats Classification (HO)", "Occ Type", "Reported Time", "Occurred From (Start)",
         "Occurred To (End)", "Created", "Occ Status", "Qualifier(s)", "Beat / Ward", "Policing Area",
         "Officer In Case", "Summary (MO)"]
    )  # fmt: skip
    for n in range(80):
        sheet.append(
            [f"22240{n:05}", f"22C/{n:05}/24", CODES[n % 3], KINDS[n % 3],
             START + timedelta(days=n), START + timedelta(days=n - 2), START + timedelta(days=n - 1),
             START + timedelta(days=n, hours=1), ("Open", "Filed", "Cancelled")[n % 3], ("", "Domestic abuse")[n % 2],
             f"B{n % 7}", ("North", "South", "City")[n % 3], f"PC {n % 9} Heron", WORDS.format(n=n)]
        )  # fmt: skip
    path = folder / "niche.xlsx"
    book.save(path)
    return path


def piped(folder: Path) -> Path:
    """An export of Athena: a pipe between cells, quotes where a text has line breaks or pipes."""
    held = io.StringIO()
    writer = csv.writer(held, delimiter="|", lineterminator="\r\n")
    writer.writerow(
        ["Investigation_Ref", "Crime_Ref", "HO_Code", "Offence_Title", "Investigation_Created_DateTime",
         "Incident_From_DateTime", "Incident_To_DateTime", "Investigation_Outcome", "Investigation_State",
         "Keywords", "Basic_Command_Unit", "Investigation_Summary", "MO_Description"]
    )  # fmt: skip
    for n in range(90):
        writer.writerow(
            [f"42/{n:05}/24", f"42C/{n:05}/24", CODES[n % 3].replace("/", ""), KINDS[n % 3],
             day(n, "%d/%m/%Y %H:%M:%S"), day(n, "%d/%m/%Y %H:%M"), day(n + 1, "%d/%m/%Y %H:%M"),
             ("Charge", "No suspect", "")[n % 3], ("Under investigation", "Filed", "Cancelled")[n % 3],
             ("", "Online|Image")[n % 2], ("West", "East")[n % 2],
             f"First line of number {n}\nand a second | with a pipe\n\nand a third after a blank one",
             f"{WORDS.format(n=n)}\nA line more.\nsaid \"no\"" if n % 2 else ""]
        )  # fmt: skip
    path = folder / "athena.txt"
    path.write_bytes(held.getvalue().encode("cp1252"))
    return path


def two_lines(folder: Path) -> Path:
    """A workbook of Connect: a line of groups over the names, some of which stand under two groups."""
    book = Workbook()
    sheet = book.active
    sheet.title = "CON_CRIME"
    sheet.append(["Crime", None, None, None, None, "Committed", None, "Victim", None, "Suspect", None, "Text", None])
    sheet.append(
        ["Crime Number", "HO Code", "Offence Description", "Recorded Date", "Status", "From", "To", "Age", "Gender",
         "Age", "Gender", "MO", "Crime Notes"]
    )  # fmt: skip
    for area in ("A1:E1", "F1:G1", "H1:I1", "J1:K1", "L1:M1"):
        sheet.merge_cells(area)
    for n in range(70):
        sheet.append(
            [f"CRI-2024-{n:06}", CODES[n % 3], KINDS[n % 3], START + timedelta(days=n),
             ("Filed", "No Crime")[n % 9 == 0], START + timedelta(days=n - 2), START + timedelta(days=n - 1),
             10 + n % 60,
             "FM"[n % 2], 20 + n % 40, "MF"[n % 2], WORDS.format(n=n), f"Note {n}"]
        )  # fmt: skip
    path = folder / "connect.xlsx"
    book.save(path)
    return path


def city(folder: Path) -> Path:
    """Open data of a city in the United States: 22 columns, a clock of twelve hours, codes of its own, coordinates."""
    names = (
        "ID,Case Number,Date,Block,IUCR,Primary Type,Description,Location Description,Arrest,Domestic,Beat,District,"
        "Ward,Community Area,FBI Code,X Coordinate,Y Coordinate,Year,Updated On,Latitude,Longitude,Location"
    )
    clock = "%m/%d/%Y %I:%M:%S %p"
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\n")
    writer.writerow(names.split(","))
    for n in range(110):
        writer.writerow(
            [13000000 + n, f"JH{100000 + n}", day(n, clock), f"0{n:03}XX W MADE UP ST", ("0486", "0820", "1310")[n % 3],
             ("BATTERY", "THEFT", "CRIMINAL DAMAGE")[n % 3], ("SIMPLE", "$500 AND UNDER", "TO PROPERTY")[n % 3],
             ("STREET", "APARTMENT", "")[n % 3], ("true", "false")[n % 2], ("false", "true")[n % 3 == 0], 1011 + n % 9,
             f"{n % 20:03}", n % 50, n % 77, ("08B", "06", "14")[n % 3], 1160000 + n, 1900000 + n, 2024,
             day(n + 3, clock), f"41.{n:09}", f"-87.{n:09}", f"(41.{n:09}, -87.{n:09})"]
        )  # fmt: skip
    path = folder / "city.csv"
    path.write_text(held.getvalue(), encoding="utf-8")
    return path


def offence(folder: Path) -> dict[str, object]:
    [file] = layout_of(folder / "any")["file"]
    return dict(file["offence"])


def test_merged_titles_and_groups_stand_over_the_names(tmp_path: Path) -> None:
    """13 of 14 columns; the officer is not kept. `Occ Status` is the status, by its name and by its words."""
    export = merged_titles(tmp_path)
    done = ask(export, "", "")
    assert done.exit_code == 0, done.output
    found = offence(tmp_path)
    assert (found["recorded_on"], found["reported_on"]) == ("Created", "Reported Time")
    assert (found["committed_from"], found["committed_to"]) == ("Occurred From (Start)", "Occurred To (End)")
    assert (found["status"], found["offence"]) == ("Occ Status", "Occ Type")
    assert found["extra"] == {"beat_ward": "Beat / Ward", "policing_area": "Policing Area"}
    assert "Heron" not in done.output and "Officer" not in str(found)
    assert layout_of(export)["file"][0]["text"][0]["field"] == {"constant": "summary"}
    assert imported(export) == "read 80, added 80, changed 0, unchanged 0, quarantined 0"


def test_a_pipe_parts_cells_and_line_breaks_stay_in_their_text(tmp_path: Path) -> None:
    """All 13 columns."""
    export = piped(tmp_path)
    done = ask(export, "", "")
    assert done.exit_code == 0, done.output
    found = offence(tmp_path)
    assert found["recorded_on"] == "Investigation_Created_DateTime"
    assert (found["committed_from"], found["committed_to"]) == ("Incident_From_DateTime", "Incident_To_DateTime")
    assert found["status"] == "Investigation_State" and len(found) == 10
    assert [text["field"]["constant"] for text in layout_of(export)["file"][0]["text"]] == ["summary", "mo"]
    assert imported(export) == "read 90, added 90, changed 0, unchanged 0, quarantined 0"


def test_names_that_stand_twice_are_told_apart_by_the_groups_over_them(tmp_path: Path) -> None:
    """All 13 columns, the ages of two people among them."""
    export = two_lines(tmp_path)
    done = ask(export, "", "")
    assert done.exit_code == 0, done.output
    assert "the column names are in row 2, under names of groups in row 1" in done.output
    found, [file] = offence(tmp_path), layout_of(export)["file"]
    assert found["offence"] == "Crime Offence Description"
    assert (file["header_row"], file["group_row"]) == (2, 1)
    assert (found["committed_from"], found["committed_to"]) == ("Committed From", "Committed To")
    assert found["extra"] == {
        "victim_age": "Victim Age",
        "victim_gender": "Victim Gender",
        "suspect_age": "Suspect Age",
        "suspect_gender": "Suspect Gender",
    }
    assert imported(export) == "read 70, added 70, changed 0, unchanged 0, quarantined 0"
    held = CliRunner().invoke(cli, ["values", "suspect_gender", "--store", str(tmp_path / "store")]).output
    assert "M" in held and "F" in held


def test_the_same_two_lines_are_read_in_a_delimited_file(tmp_path: Path) -> None:
    (tmp_path / "crimes.csv").write_text(
        "Crime,,,Victim,,Suspect,\nNumber,HO Code,Recorded Date,Age,Sex,Age,Sex\n"
        + "".join(f"C{n},086/02,2024-01-{1 + n % 28:02},{20 + n % 9},F,{40 + n % 9},M\n" for n in range(40)),
        encoding="utf-8",
    )
    done = ask(tmp_path / "crimes.csv", "", "")
    assert done.exit_code == 0, done.output
    assert offence(tmp_path)["extra"]["suspect_age"] == "Suspect Age"  # type: ignore[index]
    assert imported(tmp_path / "crimes.csv").startswith("read 40, added 40")


def test_a_city_of_its_own_codes_needs_no_answer(tmp_path: Path) -> None:
    """21 of 22 columns are what a person would choose; the one that is not is the second clock."""
    export = city(tmp_path)
    done = ask(export, "")
    assert done.exit_code == 0, done.output
    found = offence(tmp_path)
    assert (found["occurrence_no"], found["code"], found["recorded_on"]) == ("Case Number", "IUCR", "Date")
    assert {"location_description", "district", "ward", "fbi_code", "arrest"} <= set(found["extra"])  # type: ignore[call-overload]
    assert not {"block", "latitude", "location", "x_coordinate", "id"} & set(found["extra"])  # type: ignore[call-overload]
    assert imported(export) == "read 110, added 110, changed 0, unchanged 0, quarantined 0"


HEAD = "Crime Number,HO Code,Date Recorded,{name}"


@pytest.mark.parametrize("name", ["Disposition", "Finalisation", "Outcome", "Xyz"])
def test_a_column_that_says_what_was_cancelled_is_the_status_whatever_its_name(tmp_path: Path, name: str) -> None:
    rows = [f"C{n},086/02,2024-01-{1 + n % 28:02},{('Filed', 'No Crime', 'Odd')[n % 3]}" for n in range(60)]
    export = tmp_path / "crimes.csv"
    export.write_text("\n".join([HEAD.format(name=name), *rows, ""]), encoding="utf-8")
    assert ask(export, "", "Odd=recorded", "").exit_code == 0
    assert offence(tmp_path)["status"] == name
    assert layout_of(export)["status"] == {"Filed": "recorded", "No Crime": "cancelled", "Odd": "recorded"}


def test_a_word_for_cancelled_in_another_column_is_said(tmp_path: Path) -> None:
    """The status says nothing of it, so the rows would count."""
    rows = [
        f"C{n},086/02,2024-01-{1 + n % 28:02},{('Open', 'Closed')[n % 2]},{('', 'Unfounded')[n % 5 == 0]}"
        for n in range(60)
    ]
    export = tmp_path / "crimes.csv"
    export.write_text("\n".join([f"{HEAD.format(name='Status')},Disposition", *rows, ""]), encoding="utf-8")
    done = ask(export, "", "")
    assert "CHECK: 12 rows of Disposition hold a word that may mean cancelled or transferred" in done.output
    assert "# CHECK: 12 rows of Disposition" in (tmp_path / "ours.toml").read_text(encoding="utf-8")
