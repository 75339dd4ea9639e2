"""Published tables of different shapes become the same tidy lines, and totals that do not add up are named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import CliRunner

from clearcount.cli import cli
from clearcount.collate import Line, check_totals, tidy
from clearcount.collate.long import is_long, tidy_long
from clearcount.collate.readers.opening import read_published

TWO_HEADS = """<table>
<tr><th rowspan=2>SC Description</th><th colspan=2>2023</th><th>2024</th><th rowspan=2>Grand Total</th></tr>
<tr><th>Nov</th><th>Dec</th><th>Jan</th></tr>
<tr><td>Take / make indecent photographs 86/2</td><td>1</td><td></td><td>2</td><td>3</td></tr>
<tr><td>Share intimate image</td><td>&lt;5</td><td>*</td><td>1</td><td>5</td></tr>
<tr><td>Grand Total</td><td>2</td><td>3</td><td>3</td><td>8</td></tr>
</table>"""


def all_lines(path: Path) -> list[Line]:
    grids = [grid for _, page in read_published(path) for grid in page.grids]
    return [line for grid in grids for line in (tidy_long(grid) if is_long(grid) else tidy(grid)).lines]


def lines(path: Path) -> dict[tuple[str, str], str]:
    return {(line.row, line.period): line.value or line.marker for line in all_lines(path)}


def test_years_over_months_with_blanks_and_stars(tmp_path: Path) -> None:
    path = tmp_path / "answer.html"
    path.write_text(TWO_HEADS)
    assert lines(path) == {
        ("Take / make indecent photographs 86/2", "2023-11"): "1",
        ("Take / make indecent photographs 86/2", "2023-12"): "blank",
        ("Take / make indecent photographs 86/2", "2024-01"): "2",
        ("Take / make indecent photographs 86/2", "total"): "3",
        ("Share intimate image", "2023-11"): "low",
        ("Share intimate image", "2023-12"): "c",
        ("Share intimate image", "2024-01"): "1",
        ("Share intimate image", "total"): "5",
        ("total", "2023-11"): "2",
        ("total", "2023-12"): "3",
        ("total", "2024-01"): "3",
        ("total", "total"): "8",
    }
    assert not check_totals(all_lines(path))


def test_a_total_that_does_not_add_up_is_named(tmp_path: Path) -> None:
    path = tmp_path / "answer.csv"
    path.write_text("Offence,Jan 2024,Feb 2024,Total\nA,1,2,4\nB,0,1,1\nTotal,1,3,5\n")
    found = check_totals(all_lines(path))
    assert [(each.row, each.period, each.printed, each.low) for each in found] == [
        ("A", "total", 4, 3),
        ("Total", "total", 5, 4),
    ]


@pytest.mark.parametrize(
    ("head", "period"),
    [
        ("Sep23", "2023-09"),
        ("Sept 2023", "2023-09"),
        ("2023-09", "2023-09"),
        ("09/2023", "2023-09"),
        ("2023 Q3", "2023-Q3"),
        ("Q3 2023", "2023-Q3"),
        ("Jul–Sep 2023", "2023-Q3"),
        ("July to September 2023", "2023-Q3"),
        ("2023/24", "2023/24"),
        ("Year ending March 2024", "2023/24"),
        ("2023", "2023"),
        ("Jun 2025 [p]", "2025-06"),
    ],
)
def test_heads_that_name_a_period(tmp_path: Path, head: str, period: str) -> None:
    path = tmp_path / "answer.csv"
    path.write_text(f"Offence,{head},Total\nA,1,1\n")
    assert ("A", period) in lines(path)


def test_a_workbook_and_a_csv_become_one_table(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "b.xlsx"))
    sheet = book.add_worksheet("Counts")
    for at, row in enumerate([["Offence", "2024-01", "Total"], ["A", 7, 7]]):
        sheet.write_row(at, 0, row)
    book.close()
    (tmp_path / "a.csv").write_bytes("Trosedd;Ion;2024-01;Total\nD\u0175r;;1;1\n".encode())
    done = CliRunner().invoke(
        cli, ["collate", str(tmp_path / "a.csv"), str(tmp_path / "b.xlsx"), "--out", str(tmp_path / "o.csv"), "--json"]
    )
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["cells"] == 4
    assert (tmp_path / "o.csv").read_text(encoding="utf-8").splitlines()[0].startswith("force,reference,source,origin")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b""),
        ("a.docx", b"x"),
        ("a.gif", b"x"),
        ("a.eml", b""),
        ("a.xlsx", b"not a zip"),
        ("a.html", b"<p>no</p>"),
    ],
)
def test_what_is_no_published_table_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    done = CliRunner().invoke(cli, ["collate", str(tmp_path / name), "--out", str(tmp_path / "o.csv")])
    assert done.exit_code == 2, done.output
    assert not (tmp_path / "o.csv").exists()


def test_a_bundle_is_read_with_its_force(tmp_path: Path) -> None:
    (tmp_path / "counts.csv").write_text(
        "force,reference,row,code,label,period,value,marker\n"
        "F,R,086/02,HO 086/02,x,2024-01,,c\nF,R,total,,All,total,5,\n"
    )
    assert lines(tmp_path) == {("086/02", "2024-01"): "c", ("total", "total"): "5"}
