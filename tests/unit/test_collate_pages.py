"""Twelve made-up answers in the manner in which forces publish them, in four formats: no figure may be wrong.

Two hold a planted fault, one a star that its totals solve. Every force, place and number is made up.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import docx
import pytest
import xlsxwriter
from click.testing import CliRunner

from clearcount.cli import cli

Rows = list[list[str]]
PAGES: dict[str, tuple[str, Rows, dict[tuple[str, str, str], str], int]] = {
    "pivot with blanks": (
        ".html",
        [
            ["Row Labels", "2023", "", "2024", "Grand Total"],
            ["", "Nov", "Dec", "Jan", ""],
            ["Arson", "1", "", "2", "3"],
            ["Grand Total", "1", "", "2", "3"],
        ],
        {
            ("Arson", "", "2023-11"): "1",
            ("Arson", "", "2024-01"): "2",
            ("Arson", "", "total"): "3",
            ("Grand Total", "", "2023-11"): "1",
            ("Grand Total", "", "2024-01"): "2",
            ("Grand Total", "", "total"): "3",
        },
        0,
    ),
    "year to a month": (
        ".csv",
        [["Crime", "2022", "2023", "2024 (Jan to Jun)"], ["Arson", "10", "12", "5"]],
        {("Arson", "", "2022"): "10", ("Arson", "", "2023"): "12", ("Arson", "", "2024 (Jan\u2013Jun)"): "5"},
        0,
    ),
    "keywords across": (
        ".xlsx",
        [
            ["Year", "AI", "deepfake", "Total"],
            ["2022", "3", "1", "4"],
            ["2023", "5", "2", "7"],
            ["Total", "8", "3", "11"],
        ],
        {
            ("AI", "", "2022"): "3",
            ("deepfake", "", "2022"): "1",
            ("Total", "", "2022"): "4",
            ("AI", "", "2023"): "5",
            ("deepfake", "", "2023"): "2",
            ("Total", "", "2023"): "7",
            ("AI", "", "total"): "8",
            ("deepfake", "", "total"): "3",
            ("Total", "", "total"): "11",
        },
        0,
    ),
    "outcomes by number": (
        ".docx",
        [["Outcome", "2021/22", "2022/23"], ["1 - Charged", "4", "<5"], ["16 - Evidential difficulties", "9", "12"]],
        {
            ("1 - Charged", "", "2021/22"): "4",
            ("16 - Evidential difficulties", "", "2021/22"): "9",
            ("16 - Evidential difficulties", "", "2022/23"): "12",
        },
        0,
    ),
    "ages as heads": (
        ".html",
        [
            ["Sex of victim", "0-9", "10-17", "18-24", "25+"],
            ["Female", "1", "8", "7", "2010"],
            ["Male", "0", "3", "1", "2"],
        ],
        {
            ("Female", "0-9", ""): "1",
            ("Female", "10-17", ""): "8",
            ("Female", "18-24", ""): "7",
            ("Female", "25+", ""): "2010",
            ("Male", "0-9", ""): "0",
            ("Male", "10-17", ""): "3",
            ("Male", "18-24", ""): "1",
            ("Male", "25+", ""): "2",
        },
        0,
    ),
    "count and share": (
        ".csv",
        [["Offence", "2023 count", "2023"], ["Arson", "4", "3"]],
        {("Arson", "count", "2023"): "4", ("Arson", "", "2023"): ""},
        0,
    ),
    "a wrong column total": (
        ".xlsx",
        [["Offence", "2022", "2023"], ["Arson", "4", "5"], ["Theft", "6", "7"], ["Total", "10", "13"]],
        {
            ("Arson", "", "2022"): "4",
            ("Arson", "", "2023"): "5",
            ("Theft", "", "2022"): "6",
            ("Theft", "", "2023"): "7",
            ("Total", "", "2022"): "10",
            ("Total", "", "2023"): "13",
        },
        1,
    ),
    "a wrong row total": (
        ".docx",
        [["Offence", "Q1 2023", "Q2 2023", "Total"], ["Arson", "4", "5", "10"]],
        {("Arson", "", "2023-Q1"): "4", ("Arson", "", "2023-Q2"): "5", ("Arson", "", "total"): "10"},
        1,
    ),
    "stars that totals solve": (
        ".html",
        [
            ["Offence", "2022", "2023", "Total"],
            ["Arson", "*", "5", "8"],
            ["Theft", "6", "1", "7"],
            ["Total", "9", "6", "15"],
        ],
        {
            ("Arson", "", "2023"): "5",
            ("Arson", "", "total"): "8",
            ("Theft", "", "2022"): "6",
            ("Theft", "", "2023"): "1",
            ("Theft", "", "total"): "7",
            ("Total", "", "2022"): "9",
            ("Total", "", "2023"): "6",
            ("Total", "", "total"): "15",
        },
        0,
    ),
    "districts as sections": (
        ".csv",
        [
            ["Offence", "2022", "2023"],
            ["Harbour", "", ""],
            ["Arson", "1", "2"],
            ["Hill", "", ""],
            ["Arson", "3", "2019"],
        ],
        {("Arson", "", "2022"): "3", ("Arson", "", "2023"): "2019"},
        0,
    ),
    "months in rows, years in columns": (
        ".xlsx",
        [["Month", "2022", "2023"], ["January", "1", "2"], ["February", "3", "4"], ["Total", "4", "6"]],
        {
            ("", "", "2022-01"): "1",
            ("", "", "2023-01"): "2",
            ("", "", "2022-02"): "3",
            ("", "", "2023-02"): "4",
            ("", "", "2022"): "4",
            ("", "", "2023"): "6",
        },
        0,
    ),
    "nothing but words": (".docx", [["Question", "Answer"], ["Is it held?", "No"]], {}, 2),
}


def write(path: Path, rows: Rows) -> None:
    """Write rows in the format of the path's ending."""
    if path.suffix == ".csv":
        target = io.StringIO(newline="")
        csv.writer(target).writerows(rows)
        path.write_text(target.getvalue(), encoding="utf-8")
    elif path.suffix == ".html":
        body = "".join(
            "<tr>" + "".join(f"<td>{cell.replace('<', '&lt;')}</td>" for cell in row) + "</tr>" for row in rows
        )
        path.write_text(f"<meta charset=utf-8><h1>Answer</h1><table>{body}</table>", encoding="utf-8")
    elif path.suffix == ".xlsx":
        book = xlsxwriter.Workbook(str(path))
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(at, column, int(cell) if cell.isdigit() else cell)
        book.close()
    else:
        document = docx.Document()
        table = document.add_table(rows=len(rows), cols=len(rows[0]))
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                table.cell(at, column).text = cell
        document.save(str(path))


@pytest.mark.parametrize("name", PAGES)
def test_no_figure_of_a_published_answer_is_wrong(tmp_path: Path, name: str) -> None:
    kind, rows, truth, code = PAGES[name]
    path, out = tmp_path / f"answer{kind}", tmp_path / "out.csv"
    write(path, rows)
    done = CliRunner().invoke(cli, ["collate", str(path), "--out", str(out)])
    assert done.exit_code == code, done.output
    if code == 2:
        return
    lines = list(csv.DictReader(io.StringIO(out.read_text("utf-8"), newline="")))
    report = json.loads((tmp_path / "out.report.json").read_text("utf-8"))
    read = [(line["label"], line["measure"], line["period"], line["value"]) for line in lines if line["value"]]
    wrong = [each for each in read if truth.get(each[:3]) != each[3] and name != "districts as sections"]
    assert not wrong, (wrong, done.output)
    unread = [line for line in lines if line["marker"] == "unread"]
    missing = [key for key, value in truth.items() if value and key not in {each[:3] for each in read}]
    assert len(missing) <= len(unread), (missing, done.output)
    if "solve" in name:
        assert report["hidden_cells_that_follow_from_totals"]


def test_sections_part_rows_of_one_name(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", PAGES["districts as sections"][1])
    CliRunner().invoke(cli, ["collate", str(tmp_path / "a.csv"), "--out", str(tmp_path / "o.csv")])
    lines = list(csv.DictReader(io.StringIO((tmp_path / "o.csv").read_text("utf-8"), newline="")))
    assert [(line["group"], line["period"], line["value"]) for line in lines] == [
        ("Harbour", "2022", "1"),
        ("Harbour", "2023", "2"),
        ("Hill", "2022", "3"),
        ("Hill", "2023", "2019"),
    ]
