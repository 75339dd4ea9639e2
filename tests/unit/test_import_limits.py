"""An import is kept when it holds the rows that were stated, and not when it looks like a part of the last one."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from clearcount.cli import cli
from clearcount.errors import ExportError
from clearcount.store import open_store
from clearcount.workflow.import_limits import ExpectedRows
from clearcount.workflow.importing import ImportResult, ImportTerms, explain_export, import_export

NOW = datetime(2025, 7, 1, tzinfo=UTC)
HEAD = (
    "occurrence_no,crime_no,home_office_code,offence,recorded_on,reported_on,committed_from,committed_to,status,markers"
)
TEXT_HEAD = "occurrence_no,field,entry_no,entered_at,text"


def _row(number: int, status: str = "recorded", name: str = "x") -> str:
    return f"O{number},C{number},044/00,{name},2024-05-01,,,,{status},"


def _offences(*rows: str) -> bytes:
    return "".join(f"{row}\n" for row in (HEAD, *rows)).encode()


def _texts(*numbers: int) -> bytes:
    return "".join(f"{row}\n" for row in (TEXT_HEAD, *(f"O{n},mo,1,2024-05-01,Words {n}." for n in numbers))).encode()


def _xlsx(path: Path, **sheets: int) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.append(HEAD.split(","))
        for number in range(rows):
            sheet.append(_row(number * 10 + len(name)).split(","))
    book.save(path)


def _zipped(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("offences.csv", _offences(_row(1), _row(2)))


STATED: dict[str, tuple[Callable[[Path], object], str, int]] = {
    "rows that are kept": (lambda p: (p / "offences.csv").write_bytes(_offences(_row(1), _row(2))), "offences.csv", 2),
    "a repeat counts": (lambda p: (p / "offences.csv").write_bytes(_offences(_row(1), _row(1))), "offences.csv", 2),
    "a row that is set aside counts": (
        lambda p: (p / "offences.csv").write_bytes(_offences(_row(1), _row(2, "pending"), "O3")), "offences.csv", 3
    ),
    "a line under a report does not count": (
        lambda p: (p / "offences.csv").write_bytes(_offences(_row(1), "Total,,,,,,,,,")), "offences.csv", 1
    ),
    "a blank line does not count": (
        lambda p: (p / "offences.csv").write_bytes(_offences(_row(1), "", ",,,,,,,,,")), "offences.csv", 1
    ),
    "a text over two lines is one row": (
        lambda p: (p / "offences.csv").write_bytes(_offences(_row(1, name='"x\ny"'))), "offences.csv", 1
    ),
    "a packed file": (
        lambda p: (p / "offences.csv.gz").write_bytes(gzip.compress(_offences(_row(1)))), "offences.csv.gz", 1
    ),
    "a file of an archive": (lambda p: _zipped(p / "export.zip"), "offences.csv", 2),
    "a sheet": (lambda p: _xlsx(p / "offences.xlsx", offences=3), "offences.xlsx (offences)", 3),
    "a workbook": (lambda p: _xlsx(p / "offences.xlsx", offences=3, offences_b=2), "offences.xlsx", 5),
    "records of JSON": (
        lambda p: (p / "offences.json").write_text(
            json.dumps([dict(zip(HEAD.split(","), _row(n).split(","), strict=True)) for n in range(4)])
        ),
        "offences.json",
        4,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", STATED)
def test_a_file_holds_the_rows_that_were_stated_or_is_refused(tmp_path: Path, case: str) -> None:
    write, name, rows = STATED[case]
    (export := tmp_path / "export").mkdir()
    write(export)
    source = export / "export.zip" if (export / "export.zip").exists() else export
    for wrong in (rows - 1, rows + 1, 0):
        if wrong == rows:
            continue
        with pytest.raises(ExportError, match=rf"holds {rows} rows and {wrong} were stated"):
            import_export([source], tmp_path / "store", now=NOW, terms=ImportTerms((ExpectedRows(name, wrong),)))
        assert not (tmp_path / "store").exists()
    with pytest.raises(ExportError, match=f"holds {rows} rows"):
        explain_export([source], expected=[ExpectedRows(name, rows + 1)])
    assert import_export([source], tmp_path / "store", now=NOW, terms=ImportTerms((ExpectedRows(name, rows),))).new


@pytest.mark.parametrize("stated", ["a.csv", "=3", "a.csv=", "a.csv=three", "a=-1", "a=1,2", "a=1.0"])
def test_what_states_no_number_is_refused(tmp_path: Path, stated: str) -> None:
    (tmp_path / "offences.csv").write_bytes(_offences(_row(1)))
    done = CliRunner().invoke(
        cli, ["import", str(tmp_path / "offences.csv"), "--store", str(tmp_path / "s"), "--expect-rows", stated]
    )
    assert done.exit_code == 2 and "write the name of a file and its rows" in done.stderr
    assert not (tmp_path / "s").exists()


def test_every_wrong_number_and_every_unknown_file_is_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "offences.csv").write_bytes(_offences(_row(1)))
    (tmp_path / "texts.csv").write_bytes(_texts(1))
    stated = ["--expect-rows", "offences.csv=1,234", "--expect-rows", "texts.csv=1", "--expect-rows", "persons.csv=5"]
    done = CliRunner().invoke(cli, ["import", str(tmp_path), "--store", str(tmp_path / "s"), *stated])
    assert done.exit_code == 2
    assert "offences.csv holds 1 rows and 1,234 were stated" in done.stderr
    assert "no file persons.csv was read" in done.stderr and "texts.csv holds" not in done.stderr


Imports = Callable[..., ImportResult]


@pytest.fixture
def imports(tmp_path: Path) -> Imports:
    """Imports these files into one store."""
    number = 0

    def run(files: dict[str, bytes], *, complete: bool = False, reason: str = "") -> ImportResult:
        nonlocal number
        number += 1
        (export := tmp_path / f"export {number}").mkdir()
        for name, content in files.items():
            (export / name).write_bytes(content)
        return import_export([export], tmp_path / "store", now=NOW, complete=complete, terms=ImportTerms(reason=reason))

    return run


FULL = {"offences.csv": _offences(*map(_row, range(10))), "texts.csv": _texts(*range(10))}
SMALLER: dict[str, dict[str, bytes]] = {
    "the first rows": {"offences.csv": _offences(*map(_row, range(4))), "texts.csv": _texts(*range(4))},
    "one row": {"offences.csv": _offences(_row(0)), "texts.csv": _texts(0)},
    "the last rows": {"offences.csv": _offences(*map(_row, range(7, 10))), "texts.csv": _texts(*range(7, 10))},
    "the first rows without a text": {"offences.csv": _offences(*map(_row, range(4)))},
    "the offences alone are cut": {**FULL, "offences.csv": _offences(_row(0), _row(1))},
    "with one new row": {"offences.csv": _offences(_row(0), _row(1), _row(30)), "texts.csv": _texts(*range(4))},
    "with rows that are set aside": {"offences.csv": _offences(_row(0), "O3"), "texts.csv": _texts(0, 1)},
}


@pytest.mark.parametrize("case", SMALLER)
def test_what_looks_like_a_part_of_the_last_import_wants_a_reason(tmp_path: Path, imports: Imports, case: str) -> None:
    imports(FULL)
    before = open_store(tmp_path / "store").snapshots()
    with pytest.raises(ExportError, match=r"this import has \d rows for \w+ and the last one .* had 10\."):
        imports(SMALLER[case])
    assert open_store(tmp_path / "store").snapshots() == before
    done = imports(SMALLER[case], reason="May alone was asked for")
    assert done.new and open_store(tmp_path / "store").snapshot().reason == "May alone was asked for"
    assert open_store(tmp_path / "store").snapshot().rows["offences"] >= 10


def test_a_complete_export_may_be_as_small_as_it_is(tmp_path: Path, imports: Imports) -> None:
    imports(FULL)
    assert imports(SMALLER["the first rows"], complete=True).removed == 12
    assert open_store(tmp_path / "store").snapshot().rows["offences"] == 4


DELTAS: dict[str, dict[str, bytes]] = {
    "new records": {"offences.csv": _offences(_row(20), _row(21)), "texts.csv": _texts(20)},
    "changed records": {"offences.csv": _offences(_row(1, "cancelled")), "texts.csv": _texts(20)},
    "more new than held": {"offences.csv": _offences(_row(1), _row(20), _row(21)), "texts.csv": _texts(20)},
    "the same offences and a few of their texts": {**FULL, "texts.csv": _texts(0, 1)},
    "half of it": {"offences.csv": _offences(*map(_row, range(5))), "texts.csv": _texts(*range(5))},
    "a file of another name": {"offences_may.csv": _offences(_row(1))},
    "offences without the texts": {"offences.csv": FULL["offences.csv"]},
    "the same again": FULL,
    "two files for one": {"offences_1.csv": _offences(_row(1)), "offences_2.csv": _offences(_row(2))},
}


@pytest.mark.parametrize("case", DELTAS)
def test_what_forces_import_month_by_month_is_kept(imports: Imports, case: str) -> None:
    imports(FULL)
    imports(DELTAS[case])


def test_monthly_files_are_held_against_the_month_before(imports: Imports) -> None:
    imports({"offences_2024_05.csv": _offences(*map(_row, range(10)))})
    imports({"offences_2024_06.csv": _offences(*map(_row, range(10, 12)))})
    imports({"offences_2024_06.csv": _offences(*map(_row, range(10, 13)))})
    imports({"offences_2024_07.csv": _offences(*map(_row, range(20, 40)))})
    with pytest.raises(ExportError, match="may be cut off"):
        imports({"offences_2024_07.csv": _offences(*map(_row, range(20, 25)))})


def test_the_reason_stays_in_the_store(tmp_path: Path, imports: Imports) -> None:
    imports(FULL)
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "offences.csv").write_bytes(_offences(_row(1)))
    arguments = ["import", str(tmp_path / "part"), "--store", str(tmp_path / "store")]
    assert CliRunner().invoke(cli, [*arguments, "--reason", " "]).exit_code == 2
    refused = CliRunner().invoke(cli, arguments)
    assert refused.exit_code == 2 and "--reason TEXT" in refused.stderr and "--complete" in refused.stderr
    kept = CliRunner().invoke(cli, [*arguments, "--reason", "One crime was asked for", "--json"])
    assert kept.exit_code == 0 and "One crime" not in kept.stdout + kept.stderr
    shown = CliRunner().invoke(cli, ["store", str(tmp_path / "store"), "--json"])
    assert json.loads(shown.stdout)["snapshots"][-1]["reason"] == "One crime was asked for"
