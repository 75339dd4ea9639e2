"""A bundle on disk: its names, its columns, and the same bytes again."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from clearcount.counting.tabulate import dropped
from clearcount.disclosure import Policy
from clearcount.disclosure.control import control
from clearcount.errors import BundleError
from clearcount.model.months import Month, periods
from clearcount.model.release import Release
from clearcount.model.table import Count, NotInForce, NotSearched, Rounded, Suppressed
from clearcount.workflow.verifying import verify
from clearcount.writers import bundle_files, write, write_bundle
from clearcount.writers.printed import PrintedCell, PrintedTable, parse_shown
from drawing import Row

POLICY = {"rule": "none", "reason": "Asked for as it is.", "approved_by": "A. Officer"}
COLUMNS = [
    "force",
    "reference",
    "table",
    "row",
    "code",
    "label",
    "period",
    "period_from",
    "period_to",
    "value",
    "marker",
]


def _rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def test_counts_csv_has_one_line_for_each_cell_with_the_promised_columns(source_release: Release) -> None:
    rows = _rows(bundle_files(source_release)["counts.csv"])

    assert list(rows[0]) == COLUMNS
    assert len(rows) == 5 * 31  # four offences and a total, thirty months and a total
    by_place = {(row["row"], row["period"]): row for row in rows}
    assert by_place["total", "total"]["value"] == "45"
    assert by_place["086/02", "2025-01"] == {
        "force": "Exampleshire Police",
        "reference": "01/FOI/25/000123/X",
        "table": "1",
        "row": "086/02",
        "code": "HO 086/02",
        "label": "Take / make / distribute indecent photographs or pseudo-photographs of children",
        "period": "2025-01",
        "period_from": "2025-01-01",
        "period_to": "2025-01-31",
        "value": "6",
        "marker": "",
    }
    assert (by_place["088/15", "2024-02"]["value"], by_place["088/15", "2024-02"]["marker"]) == ("0", "")
    assert (by_place["088/15", "2023-02"]["value"], by_place["088/15", "2023-02"]["marker"]) == ("", "z")
    assert by_place["total", "2025-01"]["code"] == ""


def test_a_further_dimension_is_a_column_after_code(releasing, tabling) -> None:
    rows = (Row("086/02", "Photographs", "HO 086/02", extra=(("victim_age", "under 18"),)),)
    found = _rows(bundle_files(releasing(tabling(rows, "2024-01", "2024-02", lambda row, label: 1)))["counts.csv"])

    assert list(found[0]) == [*COLUMNS[:5], "victim_age", *COLUMNS[5:]]
    assert (found[0]["row"], found[0]["victim_age"]) == ("086/02", "under 18")
    assert (found[-1]["row"], found[-1]["victim_age"]) == ("total", "total")


def test_markers_say_why_a_value_is_empty(releasing, tabling) -> None:
    cells = [
        Count(0),
        Suppressed("primary"),
        Suppressed("primary", low=True),
        NotInForce(),
        NotSearched(),
        Rounded(5, 5),
    ]
    table = tabling(
        (Row("086/02", "Photographs", "HO 086/02"),), "2024-01", "2024-06",
        lambda row, label: cells[int(label[-2:]) - 1], provisional=("2024-06", "2024-02"),
    )  # fmt: skip
    found = _rows(bundle_files(releasing(table))["counts.csv"])

    printed = [(row["value"], row["marker"]) for row in found[:6]]
    assert printed == [("0", ""), ("", "c|p"), ("", "low"), ("", "z"), ("", "x"), ("5", "round|p")]


def test_release_json_hashes_every_other_file_and_is_a_tables_document(source_release: Release) -> None:
    files = bundle_files(source_release)
    released = json.loads(files["release.json"])

    assert set(released["files"]) == set(files) - {"release.json"}
    for name, digest in released["files"].items():
        assert hashlib.sha256(files[name]).hexdigest() == digest
    assert {"dimensions", "tables", "provenance"} <= set(released)
    assert released["tables"][0]["by"] == ["offence", "month"]


def test_a_bundle_is_written_into_a_new_or_empty_folder_only(source_release: Release, tmp_path: Path) -> None:
    names = write_bundle(source_release, tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(names)
    with pytest.raises(BundleError, match="not an empty folder"):
        write_bundle(source_release, tmp_path / "out")


def test_write_goes_by_the_extension_and_names_those_it_knows(source_release: Release, tmp_path: Path) -> None:
    write(source_release, tmp_path / "one.csv")
    assert (tmp_path / "one.csv").read_bytes() == bundle_files(source_release)["counts.csv"]
    with pytest.raises(BundleError, match=r"no writer for \.doc; use one of \.csv"):
        write(source_release, tmp_path / "one.doc")


def test_the_same_release_gives_the_same_bytes_again(bundle: Any) -> None:
    again = bundle_files(bundle.release)

    assert {path.name: path.read_bytes() for path in bundle.folder.iterdir()} == again


def test_neither_clock_nor_zone_nor_locale_nor_hash_seed_is_in_the_bytes(written: Any, tmp_path: Path) -> None:
    script = """
import importlib.util, pathlib, sys
sys.path.insert(0, str(pathlib.Path(sys.argv[1]).parents[2]))
from clearcount.writers import write_bundle
spec = importlib.util.spec_from_file_location("kit", sys.argv[1])
kit = importlib.util.module_from_spec(spec)
sys.modules["kit"] = kit
spec.loader.exec_module(kit)
write_bundle(kit.release_of(kit.TABLES["every marker"]), pathlib.Path(sys.argv[2]))
"""
    elsewhere = {
        "TZ": "Pacific/Kiritimati",
        "PYTHONHASHSEED": "7",
        "LC_ALL": "C.UTF-8",
        "HOME": "/nowhere",
        "USER": "xuserx",
    }
    kit = Path(__file__).with_name("conftest.py")
    command = [sys.executable, "-c", script, str(kit), str(tmp_path / "out")]
    subprocess.run(command, env={**os.environ, **elsewhere}, check=True)

    here = written("every marker").folder
    for path in here.iterdir():
        content = (tmp_path / "out" / path.name).read_bytes()
        assert content == path.read_bytes(), path.name
        assert date.today().isoformat().encode() not in content
        assert b"xuserx" not in content


def test_packages_keep_the_version_date_and_no_other(written: Any) -> None:
    folder = written("the source table").folder
    for name in ("counts.xlsx", "counts.ods", "response.docx"):
        with zipfile.ZipFile(folder / name) as archive:
            assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            text = b"".join(archive.read(info) for info in archive.infolist())
        assert set(re.findall(rb"20\d\d-\d\d-\d\dT", text)) == {b"2025-08-19T"}


def test_a_release_whose_every_line_and_column_was_dropped_is_still_a_bundle(
    releasing: Any, tabling: Any, tmp_path: Path
) -> None:
    rows = (Row("086/02", "Photographs", "HO 086/02"),)
    full = tabling(rows, "2024-01", "2024-02", lambda row, label: 0)
    table = dropped(full)
    assert table.coordinates() == (table.whole,)
    write_bundle(releasing(table), tmp_path / "out")

    assert (tmp_path / "out" / "table.csv").read_text() == "Offence,Total\nTotal,0\n"
    assert verify(tmp_path / "out").ok


def test_the_cover_has_the_contact_and_a_link_to_every_sheet(written: Any) -> None:
    book = openpyxl.load_workbook(written("the source table").folder / "counts.xlsx")
    cover = book["Cover"]
    said = [str(row[0].value) for row in cover.iter_rows()]
    assert "Email: foi@example.police.uk" in said
    links = [row[0] for row in cover.iter_rows() if row[0].hyperlink]
    assert [cell.value for cell in links] == book.sheetnames[1:]
    assert [cell.hyperlink.location for cell in links] == [f"'{name}'!A1" for name in book.sheetnames[1:]]


def test_every_sheet_prints_as_wide_as_a_page_and_repeats_its_heading_row(bundle: Any) -> None:
    for sheet in openpyxl.load_workbook(bundle.folder / "counts.xlsx"):
        assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToWidth in (1, None)
        (table,) = sheet.tables.values()
        row = table.ref.split(":")[0].lstrip("A")
        assert sheet.print_title_rows == f"${row}:${row}"


def test_further_tables_have_sheets_and_captions_of_their_own(releasing: Any, tabling: Any, tmp_path: Path) -> None:
    rows = (Row("086/02", "Photographs", "HO 086/02"),)
    first = tabling(rows, "2024-01", "2024-02", lambda row, label: 3)
    long = "A title longer than the thirty-one letters that a sheet may be called [1/2]: "
    others = [tabling(rows, "2024-01", "2024-02", lambda r, p: 1, name=f"t{n}", population=f"p{n}") for n in range(3)]
    others = [
        replace(table, title=title) for table, title in zip(others, (long + "one", long + "two", "Notes"), strict=True)
    ]
    controlled = control([first, replace(first, name="denominators"), *others], policy=Policy.parse(POLICY))
    release = replace(
        releasing(first),
        denominators=controlled.tables["denominators"],
        others=tuple(controlled.tables[f"t{n}"] for n in range(3)),
        document=controlled.document,
    )
    write_bundle(release, tmp_path / "out")

    names = openpyxl.load_workbook(tmp_path / "out" / "counts.xlsx").sheetnames
    assert len(names) == len({name.casefold() for name in names}) == 9
    assert max(map(len, names)) <= 31
    assert verify(tmp_path / "out").ok


@pytest.mark.parametrize(
    ("columns", "first", "last", "days"),
    [
        ("month", "2024-02", "2024-03", "2024-02 2024-02-01 2024-02-29 2024-03 2024-03-01 2024-03-31"),
        ("quarter", "2024-02", "2024-04", "2024-Q1 2024-02-01 2024-03-31 2024-Q2 2024-04-01 2024-04-30"),
        ("year", "2023-11", "2024-01", "2023 2023-11-01 2023-12-31 2024 2024-01-01 2024-01-31"),
        ("financial-year", "2024-02", "2024-04", "2023/24 2024-02-01 2024-03-31 2024/25 2024-04-01 2024-04-30"),
        ("financial-year", "2023-04", "2025-03", "2023/24 2023-04-01 2024-03-31 2024/25 2024-04-01 2025-03-31"),
        ("year", "2023-02", "2023-02", "2023 2023-02-01 2023-02-28"),
    ],
)
def test_a_part_of_a_period_shows_in_its_days(
    releasing: Any, tabling: Any, columns: str, first: str, last: str, days: str
) -> None:
    words = iter(days.split())
    wanted = list(zip(words, words, words, strict=True))
    table = tabling((Row("086/02", "Photographs", "HO 086/02"),), first, last, lambda row, label: 1, columns=columns)
    files = bundle_files(releasing(table))
    for name in ("counts.csv", "denominators.csv"):
        found = [(row["period"], row["period_from"], row["period_to"]) for row in _rows(files[name])]
        whole = ("total", wanted[0][1], wanted[-1][2])
        assert found == [*wanted, whole, *wanted, whole]


def test_days_of_a_table_count_the_columns_that_were_left_out(releasing: Any, tabling: Any) -> None:
    table = tabling(
        (Row("086/02", "Photographs", "HO 086/02"),), "2024-02", "2024-03", lambda row, label: 1,
        dropped_periods=periods(Month(2024, 1), Month(2024, 1), "month"),
    )  # fmt: skip
    total = _rows(bundle_files(releasing(table))["counts.csv"])[-1]
    assert (total["period"], total["period_from"], total["period_to"]) == ("total", "2024-01-01", "2024-03-31")


def test_a_rounded_table_says_so_once_and_prints_plain_numbers(releasing: Any, tabling: Any) -> None:
    rows = (Row("086/02", "Photographs", "HO 086/02"),)
    policy = Policy.parse({**POLICY, "rule": "round", "base": 5})
    table = control([tabling(rows, "2024-01", "2024-02", lambda row, label: 12)], policy=policy).tables["mentions"]
    assert table.title.endswith(", rounded to 5")
    assert {table.marker(at) for at in table.coordinates()} == {"round"}
    assert all(table.shown(at) == table.value(at) for at in table.coordinates())
    midpoint = Policy.parse({**POLICY, "rule": "round", "method": "midpoint-6"})
    assert "middle of 1 to 6" in midpoint.rounding and not Policy.parse(POLICY).rounding


def test_release_json_keeps_the_marker_of_a_rounded_number(releasing: Any, tabling: Any) -> None:
    table = tabling(
        (Row("086/02", "Photographs", "HO 086/02"),), "2024-01", "2024-01", lambda row, label: Rounded(5, 5)
    )
    files = bundle_files(releasing(table))
    printed = json.loads(files["release.json"])["printed"][0]
    assert printed["cells"][0][0] == "5 [round]"
    assert PrintedTable.from_dict(printed).cells[0][0] == PrintedCell("5", "round")
    assert parse_shown("5 [r]") == PrintedCell("5", "round"), "bundles of format 1"
    assert b"[round]" not in files["response.html"] and b"[r]" not in files["response.html"]
