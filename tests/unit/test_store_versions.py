"""Snapshots, tombstones, comparison, checking, compaction and purging of a store made of real imports."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clearcount.errors import StoreError
from clearcount.matching import fold
from clearcount.store import Store, open_store
from clearcount.store.layout import table_path
from clearcount.store.log import last_version
from clearcount.store.purge import still_held
from clearcount.store.reading import FOLDING
from clearcount.workflow.importing import ImportResult, import_export
from clearcount.workflow.storing import (
    check_store,
    compact_store,
    compare_snapshots,
    describe_store,
    lift_hold,
    place_hold,
    purge_candidates,
    purge_store,
    upgrade_store,
)

OFFENCES = (
    "occurrence_no,crime_no,home_office_code,offence,recorded_on,reported_on,committed_from,committed_to,status,markers"
)
TEXTS = "occurrence_no,field,entry_no,entered_at,text"
NOW = datetime(2025, 7, 1, 9, 0, tzinfo=UTC)
Importing = Callable[..., ImportResult]


def _offence(number: int, code: str = "086/02", month: int = 1, status: str = "recorded") -> str:
    return f"O{number},C{number},{code},x,2024-{month:02d}-05,,,,{status},"


def _text(number: int, text: str = "plain") -> str:
    return f"O{number},oel,1,2024-01-06,{text}"


@pytest.fixture
def importing(tmp_path: Path) -> Importing:
    """Imports the rows given into `tmp_path / "store"`."""

    def run(offences: list[str] | None, texts: list[str] | None, **options: object) -> ImportResult:
        folder = tmp_path / "export"
        folder.mkdir(exist_ok=True)
        for name, header, rows in (("offences.csv", OFFENCES, offences), ("texts.csv", TEXTS, texts)):
            (folder / name).unlink(missing_ok=True)
            if rows is not None:
                (folder / name).write_text("\n".join([header, *rows, ""]), encoding="utf-8")
        return import_export([folder], tmp_path / "store", now=NOW, **options)  # type: ignore[arg-type]

    return run


def _occurrences(store: Store, number: int | None = None) -> list[str]:
    return store.offences(store.snapshot(number))["occurrence_no"].to_pylist()


def _texts(store: Store, number: int | None = None) -> dict[str, str]:
    batches = store.texts(store.snapshot(number))
    return {row["occurrence_no"]: row["text"] for batch in batches for row in batch.to_pylist()}


def test_a_partial_export_removes_nothing(importing: Importing, tmp_path: Path) -> None:
    importing([_offence(1), _offence(2)], [_text(1), _text(2)])
    result = importing([_offence(2, status="cancelled")], None)
    assert (result.changed, result.removed) == (1, 0)
    store = open_store(tmp_path / "store")
    assert _occurrences(store) == ["O1", "O2"]
    assert set(_texts(store)) == {"O1", "O2"}


def test_a_complete_export_leaves_out_what_it_lacks_and_old_snapshots_keep_it(
    importing: Importing, tmp_path: Path
) -> None:
    importing([_offence(1), _offence(2)], [_text(1), _text(2)])
    result = importing([_offence(2)], [_text(2)], complete=True)
    assert (result.unchanged, result.removed, result.snapshot.number) == (2, 2, 2)
    store = open_store(tmp_path / "store")
    assert (_occurrences(store), set(_texts(store))) == (["O2"], {"O2"})
    assert (_occurrences(store, 1), set(_texts(store, 1))) == (["O1", "O2"], {"O1", "O2"})


def test_a_complete_export_never_removes_what_it_could_not_read(importing: Importing, tmp_path: Path) -> None:
    importing([_offence(1), _offence(2), _offence(3)], [_text(1)])
    result = importing([_offence(1, status="pending"), _offence(2)], None, complete=True)
    assert (result.quarantined, result.removed) == (1, 1)
    assert _occurrences(open_store(tmp_path / "store")) == ["O1", "O2"]
    result = importing([_offence(1), "a row without its other cells"], None, complete=True)
    assert result.removed == 0, "a row that cannot be told apart may be any record"


def test_a_later_extract_of_equal_records_is_a_snapshot_when_it_says_so(importing: Importing, tmp_path: Path) -> None:
    importing([_offence(1)], None)
    assert importing([_offence(1)], None).snapshot.number == 1
    later = importing([_offence(1)], None, as_at=date(2025, 8, 1))
    assert (later.snapshot.number, later.snapshot.as_at, later.changed) == (2, date(2025, 8, 1), 0)
    facts = describe_store(tmp_path / "store", as_at=date(2025, 7, 15))
    assert facts.shown.number == 1
    with pytest.raises(StoreError, match="no snapshot as at 2024-01-01"):
        describe_store(tmp_path / "store", as_at=date(2024, 1, 1))


def test_an_older_extract_than_the_last_one_is_said_aloud(importing: Importing) -> None:
    importing([_offence(1)], None, as_at=date(2025, 6, 1))
    result = importing([_offence(1, status="cancelled")], None, as_at=date(2025, 5, 1))
    assert any("2025-05-01) is older than that of snapshot 1" in note for note in result.notes)


def test_only_parts_with_a_change_are_written_again(
    importing: Importing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clearcount.store.merge._PART_BYTES", 300)
    importing([_offence(n, month=1 + n % 12) for n in range(60)], [_text(n) for n in range(60)])
    store = open_store(tmp_path / "store")
    before = set(store.files(store.snapshot(), "texts"))
    assert len(before) > 3
    importing(None, [_text(7, "changed")])
    after = set(store.files(store.snapshot(), "texts"))
    assert len(after - before) == 1
    assert len(before - after) == 1
    assert _texts(store)["O7"] == "changed"
    assert _texts(store, 1)["O7"] == "plain"


def test_a_question_over_few_occurrences_gets_exactly_their_texts(
    importing: Importing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clearcount.store.merge._PART_BYTES", 300)
    codes = ["086/02", "088/15", "035/00", "008/71"]
    importing([_offence(n, codes[n % 4], 1 + n % 12) for n in range(40)], [_text(n, f"text {n}") for n in range(45)])
    store = open_store(tmp_path / "store")
    wanted = pa.array(["O3", "O17", "O41", "absent"])
    found = [row for batch in store.texts(store.snapshot(), occurrences=wanted) for row in batch.to_pylist()]
    assert {row["occurrence_no"]: row["text"] for row in found} == {"O3": "text 3", "O17": "text 17", "O41": "text 41"}
    assert list(store.texts(store.snapshot(), fields=["mo"])) == []


def test_the_difference_of_two_snapshots_is_counted_by_kind_and_month(importing: Importing, tmp_path: Path) -> None:
    importing([_offence(1), _offence(2, month=2), _offence(3, month=2)], [_text(1), _text(2)])
    importing(
        [_offence(1, status="cancelled"), _offence(2, month=2), _offence(4, month=3)],
        [_text(1), _text(2, "edited")],
        complete=True,
    )
    rows = [
        (row.kind, row.month, row.added, row.changed, row.removed)
        for row in compare_snapshots(tmp_path / "store", 1, 2)
    ]
    assert rows == [
        ("offences", "2024-01", 0, 1, 0),
        ("offences", "2024-02", 0, 0, 1),
        ("offences", "2024-03", 1, 0, 0),
        ("texts", "2024-02", 0, 1, 0),
    ]
    assert compare_snapshots(tmp_path / "store", 2, 2) == ()


def test_a_sound_store_passes_the_check_and_each_damage_is_found(importing: Importing, tmp_path: Path) -> None:
    importing([_offence(n) for n in range(30)], [_text(n, f"text {n}") for n in range(30)])
    store = open_store(tmp_path / "store")
    assert check_store(store.path) == ()
    (file,) = store.files(store.snapshot(), "texts")
    sound = file.read_bytes()
    file.write_bytes(sound[:-10])
    assert any("is not what was written" in fault for fault in check_store(store.path))
    for place in range(0, len(sound), 397):
        file.write_bytes(sound[:place] + bytes([sound[place] ^ 255]) + sound[place + 1 :])
        assert check_store(store.path), f"a flipped byte at {place} went unseen"
    file.unlink()
    assert any("missing" in fault for fault in check_store(store.path))


def test_compaction_keeps_every_snapshot_and_record(
    importing: Importing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for month in range(1, 7):
        importing([_offence(month * 10 + n, month=month) for n in range(5)], [_text(month * 10 + n) for n in range(6)])
    store = open_store(tmp_path / "store")
    before = {shot.number: (_occurrences(store, shot.number), _texts(store, shot.number)) for shot in store.snapshots()}
    done = compact_store(store.path, now=NOW.timestamp())
    assert done.files_after == 3 < done.files_before
    assert {n: (_occurrences(store, n), _texts(store, n)) for n in before} == before
    assert check_store(store.path) == ()
    again = [_offence(60 + n, month=6) for n in range(5)]
    assert importing(again, None).new is False, "a compacted store still knows its records"


def _otherwise_folded(texts: pa.Table) -> pa.Table:
    at = texts.schema.get_field_index("folded")
    return texts.set_column(at, "folded", pa.array(["another folding"] * texts.num_rows))


def test_a_store_folded_by_an_earlier_matcher_reads_right_and_is_upgraded(
    importing: Importing, tmp_path: Path, put_instead: Callable[..., None]
) -> None:
    importing([_offence(1)], [_text(1, "Café ÄI")])
    store = open_store(tmp_path / "store")
    right = fold(pa.array(["Café ÄI"])).to_pylist()
    assert upgrade_store(store.path, now=NOW.timestamp()) is None
    put_instead(store, "texts", _otherwise_folded, folding="an earlier matcher")
    assert [row["folded"] for batch in store.texts(store.snapshot()) for row in batch.to_pylist()] == right
    assert upgrade_store(store.path, now=NOW.timestamp()) is not None
    assert store.snapshot().folding == FOLDING
    (file,) = store.files(store.snapshot(), "texts")
    assert pq.read_table(file)["folded"].to_pylist() == right


def test_an_import_into_a_store_folded_by_an_earlier_matcher_does_not_call_it_todays(
    importing: Importing, tmp_path: Path, put_instead: Callable[..., None]
) -> None:
    importing([_offence(1, month=1), _offence(2, month=2)], [_text(1, "Café ÄI"), _text(2, "ÄI")])
    store = open_store(tmp_path / "store")
    put_instead(store, "texts", _otherwise_folded, folding="an earlier matcher")
    importing(None, [_text(2, "ÄI and later")])
    assert store.snapshot().number == 2
    read = {row["text"]: row["folded"] for batch in store.texts(store.snapshot()) for row in batch.to_pylist()}
    assert read == {text: fold(pa.array([text]))[0].as_py() for text in ("Café ÄI", "ÄI and later")}
    assert upgrade_store(store.path, now=NOW.timestamp()) is not None
    assert store.snapshot().folding == FOLDING


def test_a_store_of_a_newer_format_is_refused_by_every_door(importing: Importing, tmp_path: Path) -> None:
    importing([_offence(1)], None)
    (tmp_path / "store" / "clearcount-store.json").write_text('{"format": 99}', encoding="utf-8")
    for enter in (
        lambda: open_store(tmp_path / "store"),
        lambda: importing([_offence(2)], None),
        lambda: upgrade_store(tmp_path / "store", now=0.0),
        lambda: compact_store(tmp_path / "store", now=0.0),
    ):
        with pytest.raises(StoreError, match="format 99"):
            enter()


@pytest.mark.parametrize("content", ["", "[]", '{"format": "one"}', '{"format": 0}', "not json"])
def test_a_damaged_mark_is_refused(importing: Importing, tmp_path: Path, content: str) -> None:
    importing([_offence(1)], None)
    (tmp_path / "store" / "clearcount-store.json").write_text(content, encoding="utf-8")
    with pytest.raises(StoreError, match="is damaged"):
        open_store(tmp_path / "store")


def test_a_purge_leaves_no_trace_in_any_file(importing: Importing, tmp_path: Path) -> None:
    importing([_offence(1), _offence(2)], [_text(1), _text(2)])
    importing([_offence(1, status="cancelled"), _offence(3)], [_text(1, "edited"), _text(3)])
    importing([_offence(4)], None)
    store = open_store(tmp_path / "store")
    run = store.path / "runs" / "one"
    run.mkdir(parents=True)
    (run / "mentions.csv").write_text("occurrence_no,crime_no\nO1,C1\n", encoding="utf-8")
    kept = store.path / "runs" / "two"
    kept.mkdir()
    (kept / "mentions.csv").write_text("occurrence_no,crime_no\nO10,C1\n", encoding="utf-8")
    assert still_held(store.path, ["O1"])
    done = purge_store(store.path, frozenset({"O1", "never there"}))
    assert (done.occurrences, done.snapshots, done.runs) == (1, (1, 2, 3), 1)
    assert still_held(store.path, ["O1"]) == ()
    assert not any(b"O1," in file.read_bytes() for file in store.path.rglob("*") if file.is_file())
    assert kept.exists()
    assert not run.exists()
    assert [shot.purged for shot in store.snapshots()] == [True, True, True]
    assert _occurrences(store, 1) == ["O2"]
    assert _occurrences(store) == ["O2", "O3", "O4"]
    assert check_store(store.path) == ()
    for version in range(last_version(table_path(store.path, "offences")) + 1):
        log = table_path(store.path, "offences") / "_delta_log" / f"{version:020}.json"
        assert "O1" not in log.read_text(encoding="utf-8").replace("CO1", ""), "the log holds no keys"


def test_a_purge_by_date_takes_the_occurrences_wholly_before_it(importing: Importing, tmp_path: Path) -> None:
    importing([_offence(1, month=1), _offence(2, month=5), "O1,C9,086/02,x,2024-06-05,,,,recorded,"], None)
    found = purge_candidates(tmp_path / "store", listed=None, before=date(2024, 6, 1))
    assert found == {"O2"}


def test_occurrences_of_an_open_case_are_not_purged(importing: Importing, tmp_path: Path) -> None:
    importing([_offence(1)], [_text(1)])
    store = open_store(tmp_path / "store")
    place_hold(store.path, "01/FIN/25/000001", ["O1", "O2"])
    with pytest.raises(StoreError, match=r"01/FIN/25/000001 \(1\)"):
        purge_store(store.path, frozenset({"O1"}))
    assert _occurrences(store) == ["O1"]
    lift_hold(store.path, "01/FIN/25/000001")
    assert purge_store(store.path, frozenset({"O1"})).occurrences == 1
    assert _occurrences(store) == []


def test_codes_of_two_kinds_do_not_meet_in_one_store(importing: Importing, tmp_path: Path) -> None:
    importing([_offence(1)], None)
    with pytest.raises(StoreError, match="holds Home Office codes"):
        importing(None, [_text(1)], layout=_own_layout(tmp_path))


def _own_layout(folder: Path) -> str:
    path = folder / "own.toml"
    path.write_text(
        'codes = "own"\n[[file]]\nmatch = "*"\n[[file.text]]\noccurrence_no = "occurrence_no"\n'
        'field = "field"\ntext = "text"\n',
        encoding="utf-8",
    )
    return str(path)


def test_the_files_of_a_store_are_private(importing: Importing, tmp_path: Path) -> None:
    importing([_offence(1)], [_text(1)])
    for path in [tmp_path / "store", *(tmp_path / "store").rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_folder_that_holds_something_else_is_refused(importing: Importing, tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "letter.docx").write_bytes(b"x")
    with pytest.raises(StoreError, match="is not a record store"):
        importing([_offence(1)], None)
    with pytest.raises(StoreError, match="is not a record store"):
        open_store(tmp_path / "store")
    with pytest.raises(StoreError, match="is a file"):
        open_store(tmp_path / "store" / "letter.docx")


def test_findings_are_kept_with_the_snapshot(importing: Importing, tmp_path: Path) -> None:
    long = "x" * 4000
    importing(
        [
            "O1,C1,086/02,x,2024-01-05,,2023-12-30,2024-01-02,recorded,",
            "O2,C2,,x,2024-02-05,,,,recorded,",
            "O3,C3,088/15,x,2023-05-05,,,,recorded,",
            "O4,C4,25051,x,2031-02-05,,,,,",
            "O5,C5,777/77,x,,,,,recorded,",
            "5.5E+11,C6,086/02,x,2024-01-05,,,,recorded,",
        ],
        [
            _text(1, "donâ€™t"),
            "O1,oel,2,2023-01-06,same",
            "O1,oel,3,2023-01-06,same",
            f"O2,mo,1,2024-02-06,{long}",
            f"O3,mo,1,2024-02-06,{long}",
            "O9,oel,1,2024-02-06,stray",
        ],
    )
    found = {(f.kind, f.column): f.rows for f in describe_store(tmp_path / "store").shown.findings}
    assert found == {
        ("codes eaten by a spreadsheet", "code"): 1,
        ("offences without a status", "status"): 1,
        ("numbers turned to 5.5E+11", ""): 1,
        ("occurrences without text", "text"): 2,
        ("texts without an offence", "occurrence_no"): 1,
        ("offences without a code", "code"): 1,
        ("offences without a recorded date", "recorded_on"): 1,
        ("committed over several months", "committed_to"): 1,
        ("future dates", "recorded_on, reported_on, committed_from, committed_to"): 1,
        ("entries dated before their occurrence", "entered_at"): 2,
        ("mojibake", "text"): 1,
        ("texts cut off", "mo"): 2,
        ("duplicate entries", "text"): 1,
        ("codes not in the list", "code"): 1,
        ("offences dated where not in force", "code"): 1,
        ("median text length by year", "mo"): 2,
        ("median text length by year", "oel"): 4,
    }
