"""Tables that mislead a quick reader: each figure comes out under its own heads, or as unread with its place."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import docx
import pytest
import xlsxwriter
from click.testing import CliRunner
from docx.oxml.ns import qn

from clearcount.cli import cli

COPIED = """Freedom of Information reference: 7/25
Data source: the crime system.
I used the keywords given below in the log entries, with spaces around the word.
For each month since and including October 2023, up to the latest month available:
|
Description |
2023 |
2024 |
Grand Total |||
|
Nov |
Jan |
Mar |
Apr |
||
|
Send a thing by post |
|
1 |
|
2 |
3 |
|
Leave a thing behind |
4 |
|
|
|
4 |
|
Grand Total |
4 |
1 |
|
2 |
7 |"""


def collate(tmp_path: Path, *files: Path | str) -> tuple[int, list[dict[str, str]], dict[str, object], str]:
    out = tmp_path / "out.csv"
    done = CliRunner().invoke(cli, ["collate", *map(str, files), "--out", str(out), "--replace"])
    lines = list(csv.DictReader(io.StringIO(out.read_text("utf-8"), newline=""))) if out.exists() else []
    report = json.loads((tmp_path / "out.report.json").read_text("utf-8")) if out.exists() else {}
    return done.exit_code, lines, report, done.output


def figures(lines: list[dict[str, str]]) -> dict[tuple[str, str, str], str]:
    return {(line["label"], line["measure"], line["period"]): line["value"] for line in lines if line["value"]}


def test_copied_text_with_bars_finds_its_years_again(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text(COPIED, encoding="utf-8")
    code, lines, report, said = collate(tmp_path, page)
    assert code == 0, said
    assert figures(lines) == {
        ("Send a thing by post", "", "2024-01"): "1",
        ("Send a thing by post", "", "2024-04"): "2",
        ("Send a thing by post", "", "total"): "3",
        ("Leave a thing behind", "", "2023-11"): "4",
        ("Leave a thing behind", "", "total"): "4",
        ("Grand Total", "", "2023-11"): "4",
        ("Grand Total", "", "2024-01"): "1",
        ("Grand Total", "", "2024-04"): "2",
        ("Grand Total", "", "total"): "7",
    }
    (file,) = report["files"]  # type: ignore[misc]
    assert file["missing_months"] == ["2023-10", "2023-12", "2024-02"]
    assert any("keywords" in sentence for sentence in file["method"])


HEADS = [
    ("FY 2021/22", "2021/22"),
    ("2021-2022", "2021/22"),
    ("Financial year 2021-22", "2021/22"),
    ("April 2021 to March 2022", "2021/22"),
    ("1 April 2021 to 31 March 2022", "2021/22"),
    ("01/04/2021 - 31/03/2022", "2021/22"),
    ("12 months to March 2022", "2021/22"),
    ("Q1 2021/22", "2021-Q2"),
    ("2021 (to Sept)", "2021 (Jan\u2013Sep)"),
    ("2021 (Jan\u2013Mar)", "2021-Q1"),
    ("2021 (from April)", "2021 (Apr\u2013Dec)"),
    ("2021 Total", "2021"),
    ("H1 2021", "2021 (Jan\u2013Jun)"),
    ("Sept '21", "2021-09"),
]


@pytest.mark.parametrize(("head", "period"), HEADS)
def test_a_heading_is_read_whole(tmp_path: Path, head: str, period: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f'Offence,"{head}"\nArson,12\n', encoding="utf-8")
    _, lines, _, said = collate(tmp_path, path)
    wanted = "2021 (Jan\u2013Mar)" if period == "2021-Q1" else period
    assert [(line["period"], line["value"]) for line in lines] == [(wanted, "12")], said


@pytest.mark.parametrize(
    "head", ["Nov", "Q1", "2009-10", "Year to date", "2021 (part)", "2021 YTD", "Week 12", "9/11", "March of 2"]
)
def test_a_heading_that_is_not_whole_gives_no_period(tmp_path: Path, head: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"Offence,{head},2023\nArson,12,7\n", encoding="utf-8")
    _, lines, report, _ = collate(tmp_path, path)
    assert [line["period"] for line in lines if line["value"] == "12"] == []
    assert any(line["marker"] == "unread" for line in lines)
    assert report["files"][0]["unread"]  # type: ignore[index]


CELLS = [
    ("12<sup>1</sup>", "12", ""),
    ("<s>13</s> 12", "12", ""),
    ("12<br>3", "", "unread"),
    ("<p>1</p><p>5</p>", "", "unread"),
    ("12 [1]", "12", ""),
    ("12\u00b9", "12", ""),
    ("1,234", "1234", ""),
    ("1 234", "1234", ""),
    ("12 3", "", "unread"),
    ("12 (5%)", "", "unread"),
    ("33%", "33%", ""),
    ("20 [r]", "20", "round"),
    ("7 [p]", "7", "p"),
    ("&lt;5", "", "low"),
    ("fewer than five", "", "low"),
    ("*", "", "c"),
    ("N/A", "", "blank"),
    ("not held", "", "x"),
    ("\u2013", "", "blank"),
    ("Nil", "0", ""),
    ("see note", "", "unread"),
    ("5+", "", "unread"),
    ('<span style="display:none">9</span>4', "4", ""),
]


@pytest.mark.parametrize(("cell", "value", "marker"), CELLS)
def test_a_cell_says_what_is_printed(tmp_path: Path, cell: str, value: str, marker: str) -> None:
    path = tmp_path / "a.html"
    page = "<meta charset=utf-8><table><tr><th>Offence<th>2022<th>2023<tr><td>Arson<td>{}<td>3"
    page += "<tr><td>Theft<td>1<td>2</table>"
    path.write_text(page.format(cell), encoding="utf-8")
    _, lines, _, said = collate(tmp_path, path)
    line = next(line for line in lines if line["origin"].endswith("row 2, column 2"))
    assert (line["value"], line["marker"]) == (value, marker), said


def test_a_workbook_says_what_is_hidden_and_what_a_format_changes(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Shown")
    nine = book.add_format({"num_format": '"9"'})
    thousands = book.add_format({"num_format": "0,"})
    month = book.add_format({"num_format": "mmm-yy"})
    struck = book.add_format({"font_strikeout": True})
    sheet.write_row(0, 0, ["Offence"])
    for column, serial in ((1, 45292), (2, 45323), (3, 45352), (4, 45383)):
        sheet.write_number(0, column, serial, month)
    sheet.write_row(1, 0, ["Arson", 1, 2, 3, 4])
    sheet.write_row(2, 0, ["Secret", 5, 6, 7, 8])
    sheet.write_row(3, 0, ["Theft", 1])
    sheet.write_number(3, 2, 4, nine)
    sheet.write_number(3, 3, 4000, thousands)
    sheet.write_number(3, 4, 4, struck)
    sheet.set_row(2, None, None, {"hidden": True})
    book.add_worksheet("Kept back").hide()
    book.close()
    code, lines, report, said = collate(tmp_path, path)
    assert code == 0, said
    assert figures(lines) == {
        ("Arson", "", "2024-01"): "1",
        ("Arson", "", "2024-02"): "2",
        ("Arson", "", "2024-03"): "3",
        ("Arson", "", "2024-04"): "4",
        ("Theft", "", "2024-01"): "1",
    }
    assert [line["origin"] for line in lines if line["marker"] == "unread"] == [
        "sheet Shown, cell C4",
        "sheet Shown, cell D4",
        "sheet Shown, cell E4",
    ]
    told = " ".join(report["files"][0]["said"])  # type: ignore[index]
    assert "1 hidden row(s)" in told
    assert "hidden sheet Kept back" in told


def test_a_letter_keeps_deleted_and_hidden_words_out(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    document = docx.Document()
    table = document.add_table(rows=2, cols=3)
    for at, text in enumerate(["Offence", "2022", "2023"]):
        table.cell(0, at).text = text
    table.cell(1, 0).text = "Arson"
    table.cell(1, 1).text = "12"
    table.cell(1, 1).paragraphs[0].add_run("4").font.superscript = True
    hidden = table.cell(1, 2).paragraphs[0].add_run("9")
    hidden._r.get_or_add_rPr().append(hidden._r.makeelement(qn("w:vanish"), {}))
    table.cell(1, 2).paragraphs[0].add_run("3")
    document.save(str(path))
    _, lines, _, said = collate(tmp_path, path)
    assert figures(lines) == {("Arson", "", "2022"): "12", ("Arson", "", "2023"): "3"}, said


def test_one_bad_file_of_a_list_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Offence,2022\nHO 086/02,3\n", encoding="utf-8")
    (tmp_path / "b.xlsx").write_bytes(b"no workbook")
    (tmp_path / "list.csv").write_text("path,force,reference\na.csv,North,N1\nb.xlsx,South,S1\n", encoding="utf-8")
    code, lines, report, said = collate(tmp_path, "--list", tmp_path / "list.csv")
    assert code == 1
    assert "b.xlsx" in said
    assert [(line["force"], line["reference"], line["code"], line["certainty"]) for line in lines] == [
        ("North", "N1", "HO 086/02", "certain")
    ]
    assert [bool(file["refused"]) for file in report["files"]] == [False, True]  # type: ignore[index, attr-defined]


def test_a_mapping_file_corrects_a_code_and_a_message_gives_its_attachments(tmp_path: Path) -> None:
    (tmp_path / "map.csv").write_text("label,code\nPictures,86/2\n", encoding="utf-8")
    message = (
        "From: a@example.org\nSubject: Answer\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="x"\n\n--x\nContent-Type: text/plain\n\nPlease see the table.\n'
        '--x\nContent-Type: text/csv\nContent-Disposition: attachment; filename="t.csv"\n\n'
        "Offence,2022\nPictures,3\n\n--x--\n"
    )
    (tmp_path / "a.eml").write_text(message, encoding="utf-8")
    code, lines, _, said = collate(tmp_path, tmp_path / "a.eml", "--mapping", str(tmp_path / "map.csv"))
    assert code == 0, said
    assert [(line["code"], line["value"], line["note"]) for line in lines] == [
        ("HO 086/02", "3", "by the mapping file")
    ]


def test_two_answers_of_one_force_that_contradict_and_a_star_that_the_totals_solve(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "Offence,2022,2023,Total\nArson,*,5,7\nTheft,3,4,7\nTotal,5,9,14\n", encoding="utf-8"
    )
    (tmp_path / "b.csv").write_text("Offence,2022,2023\nArson,2,6\n", encoding="utf-8")
    page = tmp_path / "page.html"
    code, lines, report, said = collate(
        tmp_path, tmp_path / "a.csv", tmp_path / "b.csv", "--force", "North", "--page", str(page)
    )
    assert code == 0, said
    (given,) = report["hidden_cells_that_follow_from_totals"]  # type: ignore[misc]
    assert str(given).endswith("a.csv, line 2, column 2")
    assert "follows from the totals" in said
    assert [(each["label"], each["first"][0], each["second"][0]) for each in report["contradictions"]] == [  # type: ignore[attr-defined]
        ("Arson", "5", "6")
    ]
    assert next(line for line in lines if line["marker"] == "c")["value"] == ""
    assert page.exists()


def test_the_page_hatches_what_is_suppressed_and_says_what_does_not_compare(tmp_path: Path) -> None:
    (tmp_path / "n.csv").write_text("Offence,2022,2023\nHO 086/02 Pictures,[c],5\n", encoding="utf-8")
    (tmp_path / "s.csv").write_text("Offence,2022/23\nTaking pictures 86/2,9\n", encoding="utf-8")
    (tmp_path / "l.csv").write_text("path,force\nn.csv,North\ns.csv,South\n", encoding="utf-8")
    page = tmp_path / "page.html"
    collate(tmp_path, "--list", tmp_path / "l.csv", "--page", str(page))
    text = page.read_text("utf-8")
    assert text.count("url(#h") == 1
    assert "financial years, years" in text
    assert "1 figure is suppressed. It is not zero." in text
    assert "At least one force does not say how it counted." in text


def test_the_metadata_describes_the_table(tmp_path: Path) -> None:
    from csvw import CSVW

    (tmp_path / "a.csv").write_text("Offence,2022\nArson,3\n", encoding="utf-8")
    collate(tmp_path, tmp_path / "a.csv")
    table = CSVW(str(tmp_path / "out.csv-metadata.json"), validate=True)
    assert table.is_valid


@pytest.mark.slow
def test_the_recorded_crime_file_gives_its_stated_quarter_totals(tmp_path: Path, data: Path) -> None:
    import gzip

    path = tmp_path / "prc.csv"
    path.write_bytes(gzip.decompress((data / "prc_pfa_2017-18_q1q2.csv.gz").read_bytes()))
    _, lines, report, said = collate(tmp_path, path)
    sums: dict[str, int] = {}
    for line in lines:
        sums[line["period"]] = sums.get(line["period"], 0) + int(line["value"] or 0)
    assert sums == {"2017-Q2": 1_380_221, "2017-Q3": 1_403_355}, said[:500]
    assert report["files"][0]["unread"] == []  # type: ignore[index]


def test_messy_tables_end_in_lines_or_a_sentence(tmp_path: Path, data: Path) -> None:
    import zipfile

    with zipfile.ZipFile(data / "conformance" / "messy_tables.zip") as archive:
        archive.extractall(tmp_path / "messy")
    tried = 0
    for path in sorted((tmp_path / "messy").rglob("*")):
        if path.is_file():
            code, _, _, said = collate(tmp_path, path)
            assert code in (0, 1, 2), said
            assert "Traceback" not in said
            tried += 1
    assert tried > 30
