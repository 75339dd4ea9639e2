"""The account of a snapshot: what became of every row of its imports, file by file, and what was lost for good."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from clearcount.errors import StoreError
from clearcount.importers import Layout, parse_layout
from clearcount.importers.faults import FAULTS
from clearcount.store import Account, Change, open_store, schema
from clearcount.store.head import FORMAT, read_format
from clearcount.store.purge import still_held
from clearcount.workflow.importing import import_export
from clearcount.workflow.storing import check_store, compact_store, purge_store, upgrade_store

NOW = datetime(2025, 7, 1, 9, 0, tzinfo=UTC)
OFFENCES = (
    "occurrence_no,crime_no,home_office_code,offence,recorded_on,reported_on,committed_from,committed_to,status,markers"
)
TEXTS = "occurrence_no,field,entry_no,entered_at,text"
Importing = Callable[..., Account]


@pytest.fixture
def importing(tmp_path: Path) -> Importing:
    """Imports files given as lists of rows and returns the account of the newest snapshot."""

    def run(*, layout: Layout | str = "niche", complete: bool = False, **files: list[str]) -> Account:
        folder = tmp_path / "export"
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        for name, rows in files.items():
            head = OFFENCES if name.startswith("offences") else TEXTS
            lines = rows if rows[0] == "raw" else [head, *rows]
            (folder / f"{name}.csv").write_text("\n".join(lines[rows[0] == "raw" :]) + "\n", encoding="utf-8")
        import_export([folder], tmp_path / "store", layout=layout, now=NOW, complete=complete)
        store = open_store(tmp_path / "store")
        return store.account(store.snapshot())

    return run


def _offence(number: int, code: str = "086/02", recorded: str = "2024-01-05", status: str = "recorded") -> str:
    return f"O{number},C{number},{code},x,{recorded},,,,{status},"


def _balanced(account: Account) -> None:
    for each in account.imports:
        for kind, change in each.changes.items():
            assert change.read == change.added + change.changed + change.unchanged + change.quarantined
            per_file = [file.kinds[kind] for file in each.files if kind in file.kinds]
            assert sum(file.read for file in per_file) == change.read
            assert sum(file.quarantined for file in per_file) == change.quarantined
        for file in each.files:
            assert file.rows == file.by_row.read + file.empty
            assert file.empty >= 0
    for kind in ("offences", "texts"):
        total = account.change(kind)
        assert total.added - total.removed == account.rows[kind]


def test_each_file_says_what_became_of_its_rows_by_kind(importing: Importing) -> None:
    account = importing(
        offences=[_offence(1), _offence(2), _offence(2), _offence(3, "nonsense"), "too,few"],
        texts=["O1,oel,1,2024-01-06,plain", "O1,oel,2,soon,plain"],
    )
    _balanced(account)
    (first,) = account.imports
    offences, texts = first.files
    assert (offences.name, offences.rows) == ("offences.csv", 5)
    assert offences.kinds == {"offences": Change(5, 2, 0, 1, 2)}
    assert (texts.name, texts.rows, texts.kinds) == ("texts.csv", 2, {"texts": Change(2, 1, 0, 0, 1)})


def test_a_refused_offence_keeps_what_of_it_could_be_read(importing: Importing) -> None:
    account = importing(
        offences=[
            _offence(1),
            _offence(2, recorded="in May"),
            _offence(3, "nonsense", "2024-03-09"),
            _offence(4, "", "", "unheard of"),
            _offence(5, "88/15", status="unheard of"),
            "too,few",
        ]
    )
    found = [(o.row, o.code, o.recorded_on, sorted(o.unread)) for o in account.refused_offences()]
    assert found == [
        (3, "086/02", None, ["recorded_on"]),
        (4, None, date(2024, 3, 9), ["code"]),
        (5, "", None, []),
        (6, "088/15", date(2024, 1, 5), []),
        (7, None, None, ["code", "committed_from", "recorded_on", "reported_on"]),
    ]


def test_a_repeat_with_another_code_is_told_with_both_codes(importing: Importing) -> None:
    account = importing(offences=[_offence(1), _offence(1, "88/15"), _offence(2), _offence(2, recorded="2024-02-01")])
    assert [(o.code, o.recorded_on) for o in account.refused_offences()] == [
        ("088/15", date(2024, 1, 5)),
        ("086/02", date(2024, 2, 1)),
    ]
    assert [(finding.kind, finding.rows, finding.codes) for finding in account.findings] == [
        ("crimes under two codes in one import", 1, ("086/02", "088/15")),
        ("crimes with two dates in one import", 1, ("086/02",)),
    ]


def test_a_crime_reclassified_between_imports_is_a_finding_with_both_codes(importing: Importing) -> None:
    importing(offences=[_offence(1), _offence(2), _offence(3)])
    account = importing(offences=[_offence(1, "88/15"), _offence(2, status="cancelled"), _offence(3)])
    (finding,) = account.findings
    assert (finding.kind, finding.rows) == ("crimes reclassified since the last import", 1)
    assert finding.codes == ("086/02", "088/15")
    _balanced(account)


def test_losses_of_an_earlier_import_stay_in_the_account(importing: Importing) -> None:
    importing(offences=[_offence(1), _offence(2, recorded="in May")])
    account = importing(offences_2=[_offence(3)])
    _balanced(account)
    assert [each.changes["offences"].quarantined for each in account.imports] == [1, 0]
    assert [o.snapshot for o in account.refused_offences()] == [1]


def test_the_same_file_read_again_by_a_better_layout_makes_its_losses_good(importing: Importing) -> None:
    rows = [_offence(1), _offence(2, status="unheard of")]
    assert importing(offences=rows).refused.num_rows == 1
    better = parse_layout(
        'name = "b"\n[status]\n"unheard of" = "cancelled"\n[[file]]\nmatch = "offences*"\n[file.offence]\n'
        'occurrence_no = "occurrence_no"\ncrime_no = "crime_no"\ncode = "home_office_code"\nstatus = "status"\n'
        'recorded_on = "recorded_on"\noffence = "offence"\n'
    )
    account = importing(layout=better, offences=rows)
    assert (account.refused.num_rows, account.findings) == (0, ())
    _balanced(account)


def test_a_complete_import_makes_the_losses_of_its_kind_good(importing: Importing) -> None:
    importing(
        offences=[_offence(1), _offence(2, recorded="in May")],
        texts=["O1,oel,1,2024-01-06,plain", "O1,oel,2,soon,plain"],
    )
    account = importing(complete=True, offences=[_offence(1), _offence(2)])
    assert account.refused["kind"].to_pylist() == ["texts"]
    account = importing(complete=True, texts=["O1,oel,1,2024-01-06,plain", ",oel,1,,nobody's"])
    assert account.refused.num_rows == 2, "a row whose key is blank may be any record: nothing was replaced"
    _balanced(account)


def test_a_row_that_gives_two_records_is_accounted_for_by_row_and_by_record(importing: Importing) -> None:
    layout = parse_layout(
        'name = "wide"\n[[file]]\nmatch = "offences*"\n[file.offence]\noccurrence_no = "o"\ncrime_no = "o"\ncode = '
        '"c"\nrecorded_on = "d"\n[[file.text]]\noccurrence_no = "o"\nfield = { constant = "mo" }\ntext = "t"\n'
    )
    rows = ["raw", "o,c,d,t", "1,086/02,2024-01-01,a", "2,086/02,soon,b", "3,086/02,2024-01-01,", "only one"]
    account = importing(layout=layout, offences=rows)
    _balanced(account)
    (file,) = account.imports[0].files
    assert (file.rows, file.by_row, file.empty) == (4, Change(4, 2, 0, 0, 2), 0)
    assert file.kinds == {"offences": Change(4, 2, 0, 0, 2), "texts": Change(3, 2, 0, 0, 1)}
    assert account.refused_of("texts")["row"].to_pylist() == [5]


def test_a_purge_takes_an_occurrence_out_of_the_quarantine_too(importing: Importing, tmp_path: Path) -> None:
    importing(offences=[_offence(1), _offence(2), _offence(2, "88/15"), _offence(3, recorded="in May")])
    purge_store(tmp_path / "store", frozenset({"O2"}))
    assert still_held(tmp_path / "store", {"O2"}) == ()
    store = open_store(tmp_path / "store")
    assert store.account(store.snapshot()).refused["occurrence_no"].to_pylist() == ["O3"]
    assert check_store(tmp_path / "store") == ()


def test_a_compaction_keeps_the_account(importing: Importing, tmp_path: Path) -> None:
    before = importing(offences=[_offence(1), _offence(2, recorded="in May")])
    compact_store(tmp_path / "store", now=NOW.timestamp())
    store = open_store(tmp_path / "store")
    assert store.account(store.snapshot()) == before


def test_a_store_of_format_1_is_upgraded_and_gets_an_account_with_the_next_import(
    importing: Importing, tmp_path: Path
) -> None:
    with zipfile.ZipFile(Path(__file__).parent / "stores" / "format-1.zip") as archive:
        archive.extractall(tmp_path / "store")
    assert read_format(tmp_path / "store") == 1
    with pytest.raises(StoreError, match=r"old format 1.* upgrade"):
        open_store(tmp_path / "store")
    upgraded = upgrade_store(tmp_path / "store", now=NOW.timestamp())
    assert upgraded is not None and upgraded.format_before == 1
    assert check_store(tmp_path / "store") == ()
    store = open_store(tmp_path / "store")
    account = store.account(store.snapshot())
    assert account.imports[0].files == ()
    assert account.change("offences") == Change(3, 2, 0, 0, 1)
    assert [f.kind for f in account.findings] == ["codes eaten by a spreadsheet"]
    unread = {o.unread for o in account.refused_offences()}
    assert unread == {frozenset(schema.UNREAD)}, "nobody kept what could be read of them, nor of which kind they are"
    account = importing(offences_2=[_offence(8), _offence(9, recorded="in May")])
    assert read_format(tmp_path / "store") == FORMAT
    assert [o.code for o in account.refused_offences()] == [None, None, "086/02"]
    assert check_store(tmp_path / "store") == ()


def test_the_importers_faults_are_those_that_the_store_takes() -> None:
    assert FAULTS == schema.FAULTS
