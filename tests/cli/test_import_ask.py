"""`clearcount import --ask`: a dialogue that finds what columns are, asks what nobody can know, and writes a layout."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import Workbook

from asking import ask, imported, layout_of
from clearcount.cli import cli

SENTENCE = "a man came to the door and talked about a roof that had to be mended at once, number {n}"


def report(folder: Path) -> Path:
    """A report with title and footer lines, 17 columns, a status in words of its own."""
    names = (
        "Occurrence Number,Crime Ref No,HO Class Sub Class,Offence Description,Recorded Date,Date Reported,"
        "Committed From Date,Committed To Date,Crime Status,Qualifiers,District,Victim Sex,Victim Age,MO Text,"
        "Crime Summary,OIC Collar No,Postcode"
    )
    rows = [
        f"4424000{n:04},44C/{n}/24,086/02,Indecent photos,{1 + n % 28:02}/01/2024,04/01/2024,01/01/2024 10:00,"
        f"02/01/2024 11:00,{('Filed', 'No Crime', 'Awaiting desk')[n % 3]},AI,{('North', 'South')[n % 2]},F,{n % 80},"
        f'"{SENTENCE.format(n=n)}",Text {n} of it,12{n},AB1 2C{n % 9}'
        for n in range(60)
    ]
    path = folder / "report.csv"
    path.write_text(
        "\n".join(["Crime extract", "Run on 01/06/2024", "", names, *rows, "", "Total rows: 60", ""]), encoding="utf-8"
    )
    return path


def incidents(folder: Path) -> Path:
    """An incident log of a city with ranges for dates, month first."""
    rows = [
        f"{n},{1 + n % 12:02}/{1 + n % 28:02}/2023 - {1 + n % 12:02}/{1 + n % 28:02}/2023,"
        f"{('THEFT', 'FRAUD', 'ASSAULT')[n % 3]},{('Open', 'Unfounded')[n % 2]},{n % 5},"
        f'{n}00 BLK MAIN,"{SENTENCE.format(n=n)}"'
        for n in range(60)
    ]
    path = folder / "incidents.csv"
    path.write_text("\n".join(["Case Number,Occurred,Offense,Case Status,Beat,Block Address,Narrative", *rows, ""]))
    return path


def streets(folder: Path) -> Path:
    """A street-level file: months for dates, kinds of crime for codes."""
    names = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type"
    rows = [
        f"{n:064x},2024-0{1 + n % 6},Force,Force,-1.{n},53.{n},On or near {n} Road,E0100{n:04},Town {n:03}C,"
        f"{('Burglary', 'Drugs')[n % 2]},Under investigation,"
        for n in range(60)
    ]
    path = folder / "street.csv"
    path.write_text("\n".join([f"{names},Last outcome category,Context", *rows, ""]), encoding="utf-8")
    return path


def test_a_report_of_17_columns_needs_one_answer(tmp_path: Path) -> None:
    export = report(tmp_path)
    done = ask(export, "", "Awaiting desk=recorded", "")
    assert done.exit_code == 0, done.output
    found = layout_of(export)
    [file] = found["file"]
    assert file["header_row"] == 4 and found["codes"] == "home-office"
    assert found["status"] == {"Filed": "recorded", "No Crime": "cancelled", "Awaiting desk": "recorded"}
    extra = file["offence"].pop("extra")
    assert file["offence"] == {
        "occurrence_no": "Occurrence Number",
        "crime_no": "Crime Ref No",
        "code": "HO Class Sub Class",
        "offence": "Offence Description",
        "recorded_on": "Recorded Date",
        "reported_on": "Date Reported",
        "committed_from": "Committed From Date",
        "committed_to": "Committed To Date",
        "status": "Crime Status",
        "markers": "Qualifiers",
    }
    assert extra == {"district": "District", "victim_sex": "Victim Sex", "victim_age": "Victim Age"}
    assert {text["text"]: text["field"]["constant"] for text in file["text"]} == {
        "MO Text": "mo",
        "Crime Summary": "summary",
    }
    assert "60 rows, 0 would be quarantined" in done.output
    assert imported(export) == "read 60, added 60, changed 0, unchanged 0, quarantined 0"


def test_a_log_with_ranges_of_dates_needs_no_answer(tmp_path: Path) -> None:
    export = incidents(tmp_path)
    done = ask(export, "", "")
    assert done.exit_code == 0, done.output
    [file] = layout_of(export)["file"]
    assert layout_of(export)["codes"] == "own" and file["dates"] == ["%m/%d/%Y"]
    assert file["offence"]["committed_from"] == {"header": "Occurred", "first_of": " - "}
    assert file["offence"]["committed_to"] == {"header": "Occurred", "last_of": " - "}
    assert file["offence"]["code"] == "Offense" and file["offence"]["extra"] == {"beat": "Beat"}
    assert layout_of(export)["status"] == {"Open": "recorded", "Unfounded": "cancelled"}
    assert "quarantined 0" in imported(export)


def test_a_street_level_file_needs_no_answer_and_its_months_are_told(tmp_path: Path) -> None:
    export = streets(tmp_path)
    done = ask(export, "")
    assert done.exit_code == 0, done.output
    [file] = layout_of(export)["file"]
    assert file["dates"] == ["%Y-%m"]
    assert (file["offence"]["recorded_on"], file["offence"]["code"]) == ("Month", "Crime type")
    assert {"reported_by", "falls_within", "last_outcome_category"} <= set(file["offence"]["extra"])
    assert "Longitude" not in str(file) and "Location" not in str(file)
    assert "quarantined 0" in imported(export)
    shown = CliRunner().invoke(cli, ["store", str(tmp_path / "store")]).output
    assert "dates that name a month alone" in shown


def test_a_workbook_of_crimes_and_entries_is_one_layout(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.title = "Crimes"
    for row in [["Weekly report"], [], ["Occ No", "Crime No", "HO Code", "Date Recorded", "Status"]]:
        sheet.append(row)
    for n in range(30):
        sheet.append([f"O{n}", f"C{n}", "086/02", f"{1 + n % 28:02}/02/2024", "recorded"])
    log = book.create_sheet("Entries")
    log.append(["Occ No", "Entry Type", "Entry Number", "Entry Date", "Entry Text"])
    for n in range(30):
        log.append([f"O{n}", ("oel", "mo")[n % 2], str(n), f"{1 + n % 28:02}/02/2024 10:00", SENTENCE.format(n=n)])
    export = tmp_path / "week.xlsx"
    book.save(export)
    done = ask(export, "", "", "")
    assert done.exit_code == 0, done.output
    crimes, entries = layout_of(export)["file"]
    assert (crimes["match"], crimes["header_row"], "text" in crimes) == (["Crimes"], 3, False)
    assert entries["text"] == [
        {
            "occurrence_no": "Occ No",
            "field": "Entry Type",
            "entry_no": "Entry Number",
            "entered_at": "Entry Date",
            "text": "Entry Text",
        }
    ]
    assert imported(export) == "read 60, added 60, changed 0, unchanged 0, quarantined 0"


def test_people_and_short_texts_are_told_from_offences(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    crimes = [f"O{n},C{n},086/02,2024-01-{1 + n % 28:02},recorded" for n in range(40)]
    people = [
        f"O{n},C{n},P{n}-{k},{('victim', 'suspect')[k]},{n},{'FM'[k]},White,Ms {n} Heron"
        for n in range(40)
        for k in range(2)
    ]
    texts = [f"O{n},{('mo', 'summary')[n % 2]},{n},fell off" for n in range(40)]
    (folder / "crimes.csv").write_text(
        "\n".join(["Occurrence No,Crime No,HO Code,Recorded Date,Status", *crimes, ""]), encoding="utf-8"
    )
    (folder / "people.csv").write_text(
        "\n".join(["Occurrence No,Crime No,Nominal Ref,Role,Age,Gender,Ethnicity,Full Name", *people, ""]),
        encoding="utf-8",
    )
    (folder / "notes.csv").write_text("\n".join(["Occurrence No,Field,Entry No,Text", *texts, ""]), encoding="utf-8")
    done = ask(folder, *[""] * 4)
    assert done.exit_code == 0, done.output
    found = {file["match"][0]: file for file in layout_of(folder)["file"]}
    assert set(found["crimes"]) == {"match", "offence"}
    assert found["notes"]["text"][0]["text"] == "Text" and "offence" not in found["notes"]
    [person] = found["people"]["person"]
    assert person == {
        "occurrence_no": "Occurrence No",
        "crime_no": "Crime No",
        "person_no": "Nominal Ref",
        "role": "Role",
        "age": "Age",
        "sex": "Gender",
        "extra": {"ethnicity": "Ethnicity"},
    }
    assert "Heron" not in done.output
    assert imported(folder) == "read 160, added 160, changed 0, unchanged 0, quarantined 0"


def test_columns_are_changed_by_number_and_nonsense_is_asked_again(tmp_path: Path) -> None:
    export = report(tmp_path)
    done = ask(export, "99=extra", "5=sausage", "5=reported_on", "6=recorded_on", "11=skip", "16=extra", "", "")
    assert done.exit_code == 0, done.output
    assert done.output.count("is not understood") == 2
    offence = layout_of(export)["file"][0]["offence"]
    assert (offence["reported_on"], offence["recorded_on"]) == ("Recorded Date", "Date Reported")
    assert "district" not in offence["extra"] and offence["extra"]["oic_collar_no"] == "OIC Collar No"
    assert "Awaiting desk" not in layout_of(export)["status"]
    assert "20 would be quarantined" in done.output, "a word that nobody explained sets its rows aside"


@pytest.mark.parametrize(("answer", "shape"), [("", "%d/%m/%Y"), ("month", "%m/%d/%Y")])
def test_dates_that_read_both_ways_are_asked_for(tmp_path: Path, answer: str, shape: str) -> None:
    rows = [f"C{n},086/02,0{1 + n % 9}/0{1 + n % 7}/2024" for n in range(30)]
    export = tmp_path / "crimes.csv"
    export.write_text("\n".join(["Crime Number,Offence Code,Date Recorded", *rows, ""]), encoding="utf-8")
    done = ask(export, "", answer)
    assert done.exit_code == 0, done.output
    assert "reads both ways; which comes first?" in done.output
    assert layout_of(export)["file"][0].get("dates", ["%d/%m/%Y"]) == [shape]


def test_a_draft_that_nobody_was_asked_about_says_that_its_dates_read_both_ways(tmp_path: Path) -> None:
    rows = [f"C{n},086/02,0{1 + n % 9}/0{1 + n % 7}/2024" for n in range(30)]
    export = tmp_path / "crimes.csv"
    export.write_text("\n".join(["Crime Number,Offence Code,Date Recorded", *rows, ""]), encoding="utf-8")
    draft = ["import", str(export), "--write-layout", str(tmp_path / "draft.toml")]
    assert CliRunner().invoke(cli, draft).exit_code == 0
    assert "# CHECK: every date of Date Recorded reads both ways" in (tmp_path / "draft.toml").read_text()
    assert ask(export, "", "month").exit_code == 0
    assert "CHECK" not in (tmp_path / "ours.toml").read_text()


def test_days_are_told_from_rows_far_down_a_sorted_file(tmp_path: Path) -> None:
    rows = [f"C{n},086/02,{1 + n // 60:02}/{1 + n % 28:02}/2024 {n % 24:02}:{n % 60:02}" for n in range(700)]
    rows.sort(key=lambda row: (row.split(",")[2][3:5], row))  # the first hundreds read both ways
    export = tmp_path / "crimes.csv"
    export.write_text("\n".join(["Crime Number,Offence Code,Date Recorded", *rows, ""]), encoding="utf-8")
    done = ask(export, "", "")
    assert done.exit_code == 0 and "comes first" not in done.output, done.output
    assert layout_of(export)["file"][0]["dates"] == ["%m/%d/%Y %H:%M"]


def test_without_a_key_or_a_code_the_column_is_asked_for(tmp_path: Path) -> None:
    rows = [f"{'ab'[n % 2]},{n % 4},2024-01-0{1 + n % 9}" for n in range(30)]
    export = tmp_path / "odd.csv"
    export.write_text("\n".join(["Alpha,Beta,Gamma", *rows, ""]), encoding="utf-8")
    done = ask(export, "", "9", "2", "1")
    assert done.exit_code == 0, done.output
    offence = layout_of(export)["file"][0]["offence"]
    assert (offence["occurrence_no"], offence["code"], offence["recorded_on"]) == ("Beta", "Alpha", "Gamma")


def test_a_dialogue_that_is_broken_off_writes_nothing(tmp_path: Path) -> None:
    done = ask(report(tmp_path), "")
    assert done.exit_code == 1 and sorted(path.name for path in tmp_path.iterdir()) == ["report.csv"]


def test_no_free_text_or_name_is_shown(tmp_path: Path) -> None:
    done = ask(report(tmp_path), "", "", "")
    for word in ("roof", "AB1", "44C", "44240"):
        assert word not in done.output


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    export = report(tmp_path)
    (tmp_path / "ours.toml").write_text("mine", encoding="utf-8")
    assert ask(export, "", "", "").exit_code == 2
    assert (tmp_path / "ours.toml").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("column", "says"),
    [
        ('{ header = "When", first_of = " - ", last_of = " - " }', "keep one"),
        ('{ header = "When", first_of = 5 }', "write"),
        ('{ header = "When", middle_of = " - " }', "write"),
    ],
)
def test_a_range_is_read_at_one_end(tmp_path: Path, column: str, says: str) -> None:
    (tmp_path / "l.toml").write_text(
        'name = "x"\n[[file]]\nmatch = ["*"]\n[file.offence]\noccurrence_no = "No"\ncrime_no = "No"\ncode = "Code"\n'
        f'status = {{ constant = "recorded" }}\ncommitted_from = {column}\n',
        encoding="utf-8",
    )
    done = CliRunner().invoke(cli, ["import", str(report(tmp_path)), "--layout", str(tmp_path / "l.toml"), "--explain"])
    assert done.exit_code == 2 and says in done.output
