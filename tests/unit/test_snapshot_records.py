"""What is kept of a snapshot for the next question is what the store gives."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from clearcount.store import Store, open_store
from clearcount.workflow import snapshot_records
from clearcount.workflow.importing import import_export
from clearcount.workflow.snapshot_records import SnapshotRecords

CODES = ("086/02", "086/10", "008/01")
QUESTIONS = [None, {"086/02"}, {"086/10", "008/01"}, {"086/02"}, set(), None]
SOME = [None, ["O1", "O4"], ["O4", "O1"], ["O9"], ["O1", "O4"], []]
FIELDS = [None, {"oel"}, {"mo"}, {"mo", "oel"}]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    export = tmp_path / "export"
    export.mkdir()
    offences = [f"O{n},C{n},{CODES[n % 3]},x,2024-01-05,recorded" for n in range(12)]
    texts = [f"O{n},{field},1,{field} of {n}" for n in range(12) for field in ("oel", "mo")]
    header = "occurrence_no,crime_no,home_office_code,offence,recorded_on,status"
    (export / "offences.csv").write_text("\n".join([header, *offences, ""]))
    (export / "texts.csv").write_text("\n".join(["occurrence_no,field,entry_no,text", *texts, ""]))
    import_export([export], tmp_path / "store", now=datetime(2025, 7, 1, 9, 0, tzinfo=UTC))
    return open_store(tmp_path / "store")


@pytest.mark.parametrize("most", [32 << 20, 600, 0])
def test_each_question_is_answered_as_the_store_answers_it(
    store: Store, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot_records, "_MOST_KEPT", most)
    records = SnapshotRecords(store, store.snapshot())
    for codes in QUESTIONS:
        assert records.offences(codes).equals(store.offences(store.snapshot(), codes))
    for numbers in SOME:
        wanted = None if numbers is None else pa.array(numbers, pa.string())
        assert list(records.marks(wanted)) == list(store.marks(store.snapshot(), wanted))
        for fields in FIELDS:
            assert list(records.texts(wanted, fields)) == list(store.texts(store.snapshot(), wanted, fields))


def test_an_answer_that_nobody_read_to_its_end_is_not_kept(store: Store) -> None:
    records = SnapshotRecords(store, store.snapshot())
    next(iter(records.texts()))
    rows = sum(batch.num_rows for batch in records.texts())
    assert rows == 24


def test_what_is_kept_is_not_read_again(store: Store) -> None:
    records = SnapshotRecords(store, store.snapshot())
    first, again = records.offences({"086/02"}), records.offences({"086/02"})
    assert first is again
    assert records.offences({"086/10"}) is not first
