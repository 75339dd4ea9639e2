"""Rows always add up, on generated dirty files: read = added + changed + unchanged + quarantined."""

from __future__ import annotations

import csv
import io
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from clearcount.errors import ExportError
from clearcount.store import open_store
from clearcount.workflow.importing import import_export
from clearcount.workflow.storing import check_store

NOW = datetime(2025, 7, 1, tzinfo=UTC)
OFFENCES = [
    "occurrence_no", "crime_no", "home_office_code", "offence", "recorded_on", "reported_on", "committed_from",
    "committed_to", "status", "markers",
]  # fmt: skip
TEXTS = ["occurrence_no", "field", "entry_no", "entered_at", "text"]
_KEYS = st.sampled_from(["O1", "O2", "O3", " O1 ", "", "5.5E+11"])
_DATES = st.sampled_from(["2024-01-05", "05/01/2024", "5/1/2024 10:30", "31/02/2024", "", "45292", "soon", "1/1/24"])
_OFFENCE = st.tuples(
    _KEYS,
    st.sampled_from(["C1", "C2", ""]),
    st.sampled_from(["086/02", "86/2", "08602", "HO 86/2", "25051", "44562", "8602", "N100", "", "999/99"]),
    st.sampled_from(["Images", 'with "quotes", and\r\na break', ""]),
    _DATES,
    _DATES,
    _DATES,
    _DATES,
    st.sampled_from(["recorded", "Cancelled", "TRANSFERRED", "pending", ""]),
    st.sampled_from(["AI", "AI|X", "|", ""]),
).map(list)
_TEXT = st.tuples(
    _KEYS,
    st.sampled_from(["oel", "MO", "summary", ""]),
    st.sampled_from(["1", "2", ""]),
    _DATES,
    st.one_of(st.sampled_from(["AI", "same", ""]), st.text(max_size=12)),
).map(list)


def _ragged(row: st.SearchStrategy[list[str]]) -> st.SearchStrategy[list[list[str]]]:
    """Mostly whole rows, some with a cell too many or too few."""
    spoilt = st.one_of(row, row, row, row.map(lambda cells: cells[:-1]), row.map(lambda cells: [*cells, "more"]))
    return st.lists(spoilt, min_size=1, max_size=12)


def _write(path: Path, header: list[str], rows: list[list[str]], delimiter: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows([header, *rows])
    path.write_bytes(out.getvalue().encode("utf-8", "replace").replace(b"\0", b"?"))


def _given(path: Path, delimiter: str) -> int:
    """The rows that the standard library reads, blank ones left out."""
    with path.open(encoding="utf-8", newline="") as stream:
        return sum(any(row) for row in list(csv.reader(stream, delimiter=delimiter))[1:])


@settings(max_examples=25)
@given(
    st.lists(st.tuples(_ragged(_OFFENCE), _ragged(_TEXT), st.booleans()), min_size=1, max_size=3),
    st.sampled_from([",", ";", "\t"]),
)
def test_rows_add_up_over_several_imports_of_dirty_files(
    editions: list[tuple[list[list[str]], list[list[str]], bool]], delimiter: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        export = Path(folder) / "export"
        export.mkdir()
        held: Counter[str] = Counter()
        for offences, texts, complete in editions:
            _write(export / "offences.csv", OFFENCES, offences, delimiter)
            _write(export / "texts.csv", TEXTS, texts, delimiter)
            rows = _given(export / "offences.csv", delimiter) + _given(export / "texts.csv", delimiter)
            try:
                result = import_export([export], store, now=NOW, complete=complete)
            except ExportError as error:
                assert "can be kept" in str(error) or "no rows" in str(error)
                continue
            assert result.read == rows
            assert result.read == result.added + result.changed + result.unchanged + result.quarantined
            opened = open_store(store)
            shot = opened.snapshot()
            for kind, change in result.by_kind.items():
                assert change.read == change.added + change.changed + change.unchanged + change.quarantined
                held[kind] += change.added - change.removed
                assert shot.rows[kind] == held[kind]
            assert opened.offences(shot).num_rows == held["offences"]
            assert sum(batch.num_rows for batch in opened.texts(shot)) == held["texts"]
            if result.new and result.quarantined:
                assert opened.quarantine(shot).num_rows == result.quarantined
            assert import_export([export], store, now=NOW, complete=complete).new is False
        if store.exists():
            assert check_store(store) == ()
