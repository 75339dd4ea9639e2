"""No message of an import, a draft, an explanation or a quarantine holds a word or a number of a record."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from clearcount.cli import cli
from clearcount.importers.headings import header_row, is_header, is_heading, is_shown

OFFENCES = (
    "occurrence_no,crime_no,home_office_code,offence,recorded_on,reported_on,committed_from,committed_to,status,markers"
)
TEXTS = "occurrence_no,field,entry_no,entered_at,text"
WORDS = ("Heron", "Willow", "Marsh", "kestrel", "77123", "BX/4417", "1979")
"""Words and numbers of the records below; 1979 is a year of birth."""
RECORD = ["77123", "BX/4417/1", "044/00", "Heron of Willow Lane 1979", "2024-03-02", "", "", "", "recorded", ""]


def _csv(*rows: list[str]) -> bytes:
    return "".join(",".join(row) + "\n" for row in rows).encode()


def _parquet(path: Path, table: dict[str, list[str]]) -> None:
    pq.write_table(pa.table(table), path)


_JSON = b'{"occurrence_no":"1","field":"mo","text":"x"}\n'
HEAD, TEXT_HEAD = OFFENCES.split(","), TEXTS.split(",")
FILES: dict[str, tuple[str, bytes]] = {
    "a record for a header": ("offences.csv", _csv(RECORD, RECORD)),
    "a record of words for a header": ("texts.csv", _csv(["Heron", "Willow", "Marsh"], ["kestrel", "Heron", "Marsh"])),
    "a text of one cell": ("texts.csv", b"Heron and Marsh went to Willow Lane\nkestrel\n"),
    "a text without a line end": ("texts.csv", b"Heron and Marsh went to Willow Lane"),
    "a record under tabs": ("offences.tsv", "\t".join(RECORD).encode() + b"\n" + "\t".join(RECORD).encode() + b"\n"),
    "a header of texts that lacks a column": (
        "texts.csv",
        _csv(["occurrence_no", "Heron of 77123"], ["77123", "Marsh"]),
    ),
    "dates in words": ("offences.csv", _csv(HEAD, [*RECORD[:4], "Heron 1979", *RECORD[5:]])),
    "a number for a date": ("offences.csv", _csv(HEAD, [*RECORD[:4], "77123", *RECORD[5:]])),
    "a birthday that is none": ("offences.csv", _csv(HEAD, [*RECORD[:4], "31/02/1979", *RECORD[5:]])),
    "a name for a code": ("offences.csv", _csv(HEAD, [*RECORD[:2], "Heron", *RECORD[3:]])),
    "a key for a code": ("offences.csv", _csv(HEAD, [*RECORD[:2], "77123", *RECORD[3:]])),
    "a telling status": ("offences.csv", _csv(HEAD, [*RECORD[:8], "Heron", ""])),
    "too many cells": ("offences.csv", _csv(HEAD, [*RECORD, "Marsh"])),
    "too few cells": ("offences.csv", _csv(HEAD, RECORD[:5])),
    "a character after a quote": ("texts.csv", _csv(TEXT_HEAD, ["77123", "mo", "1", "", '"Heron" Marsh'])),
    "a quote left open": ("texts.csv", _csv(TEXT_HEAD, ["77123", "mo", "1", "", '"Heron'])),
    "a blank key": ("texts.csv", _csv(TEXT_HEAD, ["", "mo", "1", "", "Heron"])),
    "a key that holds a quote": ("texts.csv", _csv(TEXT_HEAD, ['77123"Heron', "mo", "1", "", "Marsh"])),
    "a key in scientific figures": ("texts.csv", _csv(TEXT_HEAD, ["7.7123E+11", "mo", "1", "", "Marsh"])),
    "two rows of one key": (
        "texts.csv",
        _csv(TEXT_HEAD, ["77123", "mo", "1", "", "Heron"], ["77123", "mo", "1", "", "x"]),
    ),
    "a moment in words": ("texts.csv", _csv(TEXT_HEAD, ["77123", "mo", "1", "Heron 1979", "Marsh"])),
    "not UTF-8 in one row": (
        "texts.csv",
        _csv(TEXT_HEAD, ["1", "mo", "1", "", "éèà"], ["77123", "mo", "1", "", "Marsh"]) + b"2,mo,1,,\x81\n",
    ),
    "JSON that is none": ("texts.jsonl", b'{"occurrence_no": "77123", "text": "Heron\n'),
    "JSON names that are values": ("texts.jsonl", b'{"Heron of Willow Lane, 1979": "77123"}\n'),
    "JSON names that come late": ("texts.jsonl", _JSON * 1200 + b'{"Heron 77123": "Marsh"}\n'),
    "JSON tables in cells": (
        "texts.jsonl",
        b'{"occurrence_no":"77123","field":"mo","text":"x","Heron 1979":{"Marsh":1}}\n',
    ),
    "an odd layout of JSON": ("texts.jsonl", b'["Heron", "77123"]\n'),
}


def _said(folder: Path, name: str, run: Callable[..., Any]) -> str:
    """All that the commands print and write about an export."""
    said = []
    for command in (
        ["import", str(folder / name), "--store", str(folder / "store")],
        ["import", str(folder / name), "--explain"],
        ["import", str(folder / name), "--explain", "--json"],
        ["import", str(folder / name), "--write-layout", str(folder / "draft.toml")],
        ["store", str(folder / "store")],
        ["store", str(folder / "store"), "--json"],
    ):
        result = run(command)
        assert result.exit_code in (0, 2), result.output
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        said.append(result.output + result.stderr)
    draft = folder / "draft.toml"
    return "\n".join([*said, draft.read_text(encoding="utf-8") if draft.exists() else ""]).replace(str(folder), "")


@pytest.mark.parametrize("case", FILES)
def test_nothing_of_a_record_is_printed(case: str, tmp_path: Path) -> None:
    name, content = FILES[case]
    (tmp_path / name).write_bytes(content)
    said = _said(tmp_path, name, lambda command: CliRunner().invoke(cli, command))
    assert [word for word in WORDS if word.lower() in said.lower()] == []


def test_column_names_of_parquet_that_are_values_are_not_printed(tmp_path: Path) -> None:
    _parquet(tmp_path / "texts.parquet", {"Heron of Willow Lane, 1979": ["77123"], "occurrence_no": ["Marsh"]})
    said = _said(tmp_path, "texts.parquet", lambda command: CliRunner().invoke(cli, command))
    assert [word for word in WORDS if word.lower() in said.lower()] == []


@pytest.mark.parametrize(
    "name",
    ["Occurrence No", "HO Code", "recorded_on", "Date/time", "MO", "Victim age (years)", "% solved", "id", "Offence 1"],
)
def test_names_of_columns_look_like_names(name: str) -> None:
    assert is_heading(name)


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "77123",
        "086/02",
        "2024-05-01",
        "1/2/24",
        "He went home. Then",
        "Heron, aged 9",
        'a "b"',
        "x" * 41,
        "a b c d e f g",
        "12",
        "a\nb",
    ],
)
def test_values_do_not(value: str) -> None:
    assert not is_heading(value)


def test_a_row_of_words_above_rows_of_words_is_taken_for_a_record() -> None:
    assert not is_header(["Heron", "Marsh"], [["Willow", "kestrel"]])
    assert is_header(["Key", "Name"], [["5", "Heron"]])
    assert not is_header(["Key", "key"], [["5", "6"]])


TITLES: dict[str, tuple[list[list[str]], int]] = {
    "none": ([["Occ No", "Code"], ["1", "086/02"], ["2", "086/02"]], 1),
    "one line": ([["Force report"], ["Occ No", "Code"], ["1", "086/02"], ["2", "086/02"]], 2),
    "a title and a blank line": ([["Report", ""], ["", ""], ["Occ No", "Code"], ["1", "086/02"]], 3),
    "titles with dates": ([["Printed", "2024-01-05"], ["By", "unit 7"], ["Occ No", "Code"], ["1", "2"]], 3),
    "a line of filters": ([["Period:", "Jan"], ["Occ No", "Code", "On"], ["1", "2", "2024-01-01"]], 2),
    "a header with a blank name": ([["Report"], ["Occ No", "", "Code"], ["1", "x", "086/02"]], 2),
    "records alone": ([["1", "086/02"], ["2", "086/02"]], 0),
    "words alone": ([["a", "b"], ["c", "d"]], 0),
    "nothing below": ([["Occ No", "Code"]], 0),
}


@pytest.mark.parametrize("case", TITLES)
def test_the_header_is_found_under_titles(case: str) -> None:
    rows, found = TITLES[case]
    assert header_row(dict(enumerate(rows, start=1))) == found


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("titles", ["", "Report\n", "Report\n\nCrimes, by code; all\n", "A\nB\nC\nD\n"])
def test_a_draft_names_the_row_of_the_header(delimiter: str, titles: str, tmp_path: Path) -> None:
    rows = "Occurrence No,Crime No,HO Code,Recorded On\n1,C1,044/00,2024-05-01\n2,C2,044/00,2024-05-02\n"
    (tmp_path / "crimes.csv").write_text(titles + rows.replace(",", delimiter), encoding="utf-8")
    result = CliRunner().invoke(
        cli, ["import", str(tmp_path / "crimes.csv"), "--write-layout", str(tmp_path / "draft.toml")]
    )
    assert result.exit_code == 0, result.output
    draft = (tmp_path / "draft.toml").read_text(encoding="utf-8")
    assert ("header_row" in draft) == bool(titles)
    if titles:
        assert f"header_row = {titles.count(chr(10)) + 1}" in draft
    assert 'code = "HO Code"' in draft
    done = CliRunner().invoke(
        cli,
        [
            "import",
            str(tmp_path),
            "--layout",
            str(tmp_path / "draft.toml"),
            "--store",
            str(tmp_path / "store"),
            "--json",
        ],
    )
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["added"] == 2


def test_titles_above_the_header_are_named_at_the_import(tmp_path: Path) -> None:
    (tmp_path / "offences.csv").write_bytes(b"Report\n\n" + _csv(HEAD, RECORD))
    done = CliRunner().invoke(cli, ["import", str(tmp_path), "--store", str(tmp_path / "store")])
    assert done.exit_code == 2
    assert "row 3 holds the column names, not row 1; say header_row = 3" in done.stderr


NAMED = ("occurrence_no", "recorded_on")


@pytest.mark.parametrize(
    "name", ["Crime Ref", "HO Code", "recorded_on", "VictimAge", "MO text", "reocrded_on", "recordd"]
)
def test_a_message_shows_names_made_of_words_for_columns(name: str) -> None:
    assert is_shown(name, NAMED)


@pytest.mark.parametrize(
    "name",
    ["Heron", "Willow Lane", "recorded_onAnn", "textMarsh", "offence Heron", "Heron no", "A", "77123", "Mark Wood"],
)
def test_and_never_the_words_of_a_record_that_look_like_names(name: str) -> None:
    assert not is_shown(name, NAMED) or name == "A"


_T, _O = len(TEXTS), len(OFFENCES)
HEADERS = {
    "the end of the header and its line end": (TEXTS, ["Z1", "mo", "1", "", "Heron Marsh"], slice(_T - 12, _T + 1)),
    "its line end": (TEXTS, ["Z1", "mo", "1", "", "Heron Marsh"], slice(_T, _T + 1)),
    "a column and the line end": (TEXTS, ["Heron", "Marsh", "1", "", "Willow"], slice(_T - 5, _T + 1)),
    "optional columns": (OFFENCES, ["Z1", "C1", "044/00", "Heron", *[""] * 5, "Marsh"], slice(_O - 60, _O - 20)),
    "optional columns and the line end": (OFFENCES, ["Z1", "C1", "044/00", "Heron", *[""] * 6], slice(_O - 15, _O + 1)),
    "half a name and a cell": (OFFENCES, ["Heron", "Marsh", "044/00", "Willow", *[""] * 6], slice(_O - 3, _O + 4)),
}


@pytest.mark.parametrize("case", HEADERS)
@pytest.mark.parametrize("records", [1, 3])
def test_a_damaged_header_does_not_show_the_record_that_took_its_place(case: str, records: int, tmp_path: Path) -> None:
    head, row, gone = HEADERS[case]
    whole = head + "\n" + (",".join(row) + "\n") * records
    cut = whole[: gone.start] + whole[gone.stop :]
    name = "texts.csv" if head == TEXTS else "offences.csv"
    (tmp_path / name).write_text(cut, encoding="utf-8")
    said = _said(tmp_path, name, lambda command: CliRunner().invoke(cli, command))
    assert [word for word in WORDS if word.lower() in said.lower()] == []


@pytest.mark.parametrize("code", ["8602", "4400", "862", "32143", "4400.0", "86/2", "77123"])
def test_a_mended_code_is_told_by_its_shape(code: str, tmp_path: Path) -> None:
    rows = [["Z1", f"C{number}", code, "", "2024-01-01", "", "", "", "recorded", ""] for number in range(2)]
    (tmp_path / "offences.csv").write_bytes(
        _csv(HEAD, *rows, ["Z2", "C9", "044/00", "", "", "", "", "", "recorded", ""])
    )
    said = _said(tmp_path, "offences.csv", lambda command: CliRunner().invoke(cli, command))
    assert not re.search(rf"(?<![\d/]){re.escape(code)}(?![\d/])", said)
