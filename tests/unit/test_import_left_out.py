"""What a folder holds besides the files that the layout names: told as a finding where it may hold records."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from clearcount.store import open_store
from clearcount.workflow.importing import import_export

NOW = datetime(2025, 7, 1, tzinfo=UTC)
HEAD = (
    "occurrence_no,crime_no,home_office_code,offence,recorded_on,reported_on,committed_from,committed_to,status,markers"
)
ROW = "O1,C1,044/00,x,2024-05-01,,,,recorded,"
BESIDE: dict[str, tuple[str, bytes, bool]] = {
    "a month under another name": ("crimes_feb.csv", f"{HEAD}\n{ROW}\n".encode(), True),
    "the same under tabs": ("crimes.tsv", f"{HEAD}\n{ROW}\n".replace(",", "\t").encode(), True),
    "a workbook that cannot be opened": ("crimes.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", True),
    "texts as JSON": ("entries.jsonl", b'{"occurrence_no":"O1","field":"mo","text":"x"}\n', True),
    "a table of something else": ("staff.csv", b"name,rank\nx,1\n", False),
    "a note": ("readme.txt", b"Extract of May\n", False),
    "an empty file": ("empty.csv", b"", False),
    "a picture": ("plan.png", b"\x89PNG", False),
}


@pytest.mark.parametrize("case", BESIDE)
def test_a_file_that_is_left_out_is_a_finding_where_it_may_hold_records(tmp_path: Path, case: str) -> None:
    name, content, told = BESIDE[case]
    export = tmp_path / "export"
    export.mkdir()
    (export / "offences.csv").write_text(f"{HEAD}\n{ROW}\n", encoding="utf-8")
    (export / name).write_bytes(content)
    result = import_export([export], tmp_path / "store", now=NOW)
    found = open_store(tmp_path / "store").account(result.snapshot).findings
    assert [(each.kind, each.file) for each in found] == [("files left out", name)] * told
