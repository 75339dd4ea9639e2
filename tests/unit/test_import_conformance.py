"""Files that other readers stumble over: each is read as an independent reader reads it, or refused with a sentence."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from clearcount.errors import ExportError
from clearcount.importers.cells import cell_text
from clearcount.importers.layout import Layout
from clearcount.importers.open import open_raw
from clearcount.importers.raw import RawFile, RowFault
from clearcount.importers.sources import find_sources

pytestmark = pytest.mark.data
ANY = Layout("any", ())
REFUSED = {
    "table-lists.json": "none of its first rows is a JSON object",
    ".html": "is not read",
    ".unknown": "is not read",
    ".bad-format": "is not read",
    "libreoffice.xlsx": "no sheet has column names in row 1",
}


@pytest.fixture(scope="module")
def messy(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("messy")
    with zipfile.ZipFile(data / "conformance" / "messy_tables.zip") as archive:
        archive.extractall(folder)
    return folder


def _open(path: Path) -> list[RawFile]:
    named, found = find_sources([path])
    return [raw for source in (*named, *found) for raw in open_raw(source, (), ANY)]


def _read(raw: RawFile) -> tuple[list[list[str]], list[RowFault]]:
    faults: list[RowFault] = []
    rows = [
        [row[f"c{at}"] for at in range(len(raw.header))]
        for batch in raw.batches(faults.append)
        for row in batch.to_pylist()
    ]
    return rows, faults


def _shown(value: object) -> str:
    """A value as a sheet shows it: a spreadsheet keeps 15 figures of a number."""
    return format(value, ".15g") if isinstance(value, float) and not value.is_integer() else cell_text(value)


def test_every_file_is_read_or_refused_with_a_sentence(messy: Path) -> None:
    files = [path for path in sorted(messy.rglob("*")) if path.is_file()]
    assert len(files) == 45
    for path in files:
        expected = REFUSED.get(path.name) or REFUSED.get(path.suffix)
        if expected:
            with pytest.raises(ExportError, match=expected):
                _open(path)
            continue
        for raw in _open(path):
            rows, faults = _read(raw)
            assert bool(rows) == bool(raw.header), path  # a sheet without names in row 1 has no rows under them
            assert not faults or not raw.header, path


def test_csv_spectrum_is_read_exactly(messy: Path) -> None:
    for expected in sorted((messy / "csv-spectrum-expected").glob("*.json")):
        (raw,) = _open(messy / "csv-spectrum" / f"{expected.stem}.csv")
        rows, faults = _read(raw)
        assert not faults
        found = [dict(zip(raw.header, row, strict=True)) for row in rows]
        assert found == json.loads(expected.read_text(encoding="utf-8")), expected.stem


@pytest.mark.parametrize(
    ("name", "encoding", "delimiter"),
    [
        ("messytables/excel_pasting.csv", "utf-8", ","),
        ("messytables/long.csv", "utf-8", ","),
        ("messytables/null.csv", "utf-8", ","),
        ("messytables/simple.csv", "utf-8", ","),
        ("messytables/simple.psv", "utf-8", "|"),
        ("messytables/simple.ssv", "utf-8", ";"),
        ("messytables/utf-16le_encoded.csv", "utf-16", ","),
        ("tabulator/special/accent.csv", "utf-8", ";"),
        ("tabulator/table.csv", "utf-8", ","),
        ("tabulator/table.tsv", "utf-8", "\t"),
    ],
)
def test_delimited_files_are_read_as_the_standard_library_reads_them(
    messy: Path, name: str, encoding: str, delimiter: str
) -> None:
    text = (messy / name).read_bytes().decode(encoding).removeprefix("\ufeff")
    header, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    (raw,) = _open(messy / name)
    assert raw.header == tuple(cell.strip() for cell in header)
    assert _read(raw)[0] == [row for row in rows if any(row)]


@pytest.mark.parametrize(
    "name",
    [
        "messytables/simple.xlsx",
        "tabulator/table.xlsx",
        "tabulator/special/adjust_floating_point_error.xlsx",
        "tabulator/special/test_scientific_notation.xlsx",
    ],
)
@pytest.mark.filterwarnings("ignore:Unknown extension:UserWarning")  # of the other reader
def test_workbooks_are_read_as_another_reader_reads_them(messy: Path, name: str) -> None:
    book = openpyxl.load_workbook(messy / name, data_only=True)
    sheet = next(sheet for sheet in book.worksheets if sheet.max_row > 1)
    rows = [[_shown(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    raw = _open(messy / name)[0]
    width = len(raw.header)
    assert _read(raw)[0] == [row[:width] for row in rows[1:] if any(row)]


def test_dates_and_numbers_of_all_three_workbook_kinds(messy: Path) -> None:
    xls, ods = (
        _read(_open(messy / "tabulator" / "special" / f"table-with-ints-floats-dates.{kind}")[0])[0]
        for kind in ("xls", "ods")
    )
    assert [row[:2] for row in xls] == [row[:2] for row in ods]
    for row in xls:
        int(row[0]), float(row[1]), datetime.fromisoformat(row[2])
