"""What an import finds reaches the store though no record changed; a refused row that a later file mends leaves it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clearcount.store import Account, open_store
from clearcount.workflow.importing import ImportTerms, import_export

NOW = datetime(2025, 7, 1, tzinfo=UTC)
HEAD = (
    "occurrence_no,crime_no,home_office_code,offence,recorded_on,reported_on,committed_from,committed_to,status,markers"
)
PERSON_HEAD = "occurrence_no,crime_no,person_no,role,age,sex"
TEXT_HEAD = "occurrence_no,field,entry_no,entered_at,text"
GOOD = "O1,C1,044/00,x,2024-05-01,,,,recorded,"
TEXT = "O1,mo,1,2024-05-01,Words."
Imports = Callable[..., Account]


@pytest.fixture
def imports(tmp_path: Path) -> Imports:
    """Imports files, given by name as rows under their header, into one store; its account afterwards."""
    number = 0

    def run(**files: list[str] | bytes) -> Account:
        nonlocal number
        number += 1
        (export := tmp_path / f"export {number}").mkdir()
        for name, rows in files.items():
            head = {"offences": HEAD, "texts": TEXT_HEAD, "persons": PERSON_HEAD}.get(name.split("_")[0], HEAD)
            content = rows if isinstance(rows, bytes) else "".join(f"{row}\n" for row in (head, *rows)).encode()
            (export / f"{name}.csv").write_bytes(content)
        import_export([export], tmp_path / "store", now=NOW, terms=ImportTerms(reason="a test"))
        store = open_store(tmp_path / "store")
        return store.account(store.snapshot())

    return run


def _whole(*rows: str) -> bytes:
    return "\n".join((HEAD, *rows)).encode()


NEWS: dict[str, tuple[dict[str, list[str] | bytes], str]] = {
    "a file that is left out": ({"offences": [GOOD], "crimes": [GOOD]}, "files left out"),
    "no last line end": ({"offences": _whole(GOOD)}, "last row without a line end"),
    "a line under a report": ({"offences": [GOOD, "Total,,,,,,,,,"]}, "lines under a report"),
    "another number of rows": ({"offences": [GOOD, "Rows: 9,,,,,,,,,"]}, "another number of rows than the file states"),
    "markup": ({"offences": [GOOD], "texts": [TEXT, "O1,mo,2,,A <b>b</b>."]}, "markup in texts"),
    "two codes": ({"offences": [GOOD, GOOD.replace("044/00", "045/10")]}, "crimes under two codes in one import"),
}


@pytest.mark.parametrize("case", NEWS)
def test_a_finding_is_kept_though_no_record_changed(tmp_path: Path, case: str) -> None:
    files, kind = NEWS[case]

    def once(terms: ImportTerms) -> bool:
        return import_export([export], tmp_path / "store", now=NOW, terms=terms).new

    (export := tmp_path / "export").mkdir()
    (export / "offences.csv").write_text(f"{HEAD}\n{GOOD}\n")
    (export / "texts.csv").write_text(f"{TEXT_HEAD}\n{TEXT}\nO1,mo,2,,A <b>b</b>.\n".replace("<b>b</b>", "b"))
    if "texts" in files:
        (export / "texts.csv").write_text(f"{TEXT_HEAD}\n{TEXT}\nO1,mo,2,,A <b>b</b>.\n")
    assert once(ImportTerms())
    if "texts" not in files:
        for name, rows in files.items():
            content = rows if isinstance(rows, bytes) else "".join(f"{row}\n" for row in (HEAD, *rows)).encode()
            (export / f"{name}.csv").write_bytes(content)
        assert once(ImportTerms()), "what is new is kept"
    store = open_store(tmp_path / "store")
    assert kind in [finding.kind for finding in store.account(store.snapshot()).findings]
    assert not once(ImportTerms()), "and once is enough"


def test_refused_rows_are_kept_though_no_record_changed(imports: Imports) -> None:
    assert imports(offences=[GOOD]).refused.num_rows == 0
    assert imports(offences=[GOOD, "O2,C2,044/00,x,soon,,,,recorded,"]).refused.num_rows == 1
    account = imports(offences=[GOOD], offences_2=[GOOD.replace("x", "y", 0)])
    assert account.refused.num_rows == 1


OFFENCE_FAULTS = {
    "a status": "O2,C2,044/00,x,2024-05-01,,,,pending,",
    "a day": "O2,C2,044/00,x,31/02/2024,,,,recorded,",
    "a code": "O2,C2,bicycle,x,2024-05-01,,,,recorded,",
    "an error": "O2,C2,#N/A,x,2024-05-01,,,,recorded,",
    "two faults": "O2,C2,bicycle,x,soon,,,,pending,",
}
TEXT_FAULTS = {
    "a moment": "O1,mo,2,soon,Words.",
    "an error for a text": "O1,mo,2,2024-05-01,#NAME?",
    "other content": "O1,mo,1,2024-05-01,Other words.",
}


@pytest.mark.parametrize("name", ["offences", "offences_mended", "offences_2"])
@pytest.mark.parametrize("case", OFFENCE_FAULTS)
def test_an_offence_that_a_later_file_mends_leaves_the_account(imports: Imports, case: str, name: str) -> None:
    assert imports(offences=[GOOD, OFFENCE_FAULTS[case]]).refused.num_rows == 1
    account = imports(**{name: ["O2,C2,044/00,x,2024-05-01,,,,recorded,"]})
    assert account.refused.num_rows == 0
    assert account.change("offences").quarantined == 1, "the imports still add up"


@pytest.mark.parametrize("case", TEXT_FAULTS)
def test_a_text_that_a_later_file_mends_leaves_the_account(imports: Imports, case: str) -> None:
    assert imports(offences=[GOOD], texts=[TEXT, TEXT_FAULTS[case]]).refused.num_rows == 1
    number = TEXT_FAULTS[case].split(",")[2]
    assert imports(texts_b=[f"O1,mo,{number},2024-05-01,Words."]).refused.num_rows == 0


PERSON_FAULTS = {
    "a role": "O1,C1,P2,onlooker,17,F",
    "an error": "O1,C1,P2,victim,#N/A,F",
    "other content": "O1,C1,P1,victim,40,M",
    "of the occurrence": "O1,,P2,victim,#N/A,F",
}


@pytest.mark.parametrize("case", PERSON_FAULTS)
def test_a_person_that_a_later_file_mends_leaves_the_account(imports: Imports, case: str) -> None:
    row = PERSON_FAULTS[case]
    assert imports(offences=[GOOD], persons=["O1,C1,P1,victim,17,F", row]).refused.num_rows == 1
    mended = row.replace("#N/A", "17").replace("onlooker", "victim")
    left = imports(persons_b=[mended]).refused.num_rows
    assert left == (case == "a role"), "whose role cannot be read may be anybody"


OTHERS = {
    "another crime of the occurrence": "O2,C3,044/00,x,2024-05-01,,,,recorded,",
    "the crime number under another occurrence": "O3,C2,044/00,x,2024-05-01,,,,recorded,",
    "another record": GOOD,
    "the same fault": OFFENCE_FAULTS["a status"],
    "another fault": OFFENCE_FAULTS["a day"],
}


@pytest.mark.parametrize("case", OTHERS)
def test_what_does_not_mend_a_row_leaves_it(imports: Imports, case: str) -> None:
    imports(offences=[GOOD, OFFENCE_FAULTS["a status"]])
    account = imports(offences_2=[GOOD, OTHERS[case]])
    assert set(account.refused["occurrence_no"].to_pylist()) == {"O2"}


def test_a_row_whose_key_nobody_can_read_stays(imports: Imports) -> None:
    imports(offences=[GOOD, "O2,C2", ",C3,044/00,x,2024-05-01,,,,pending,"])
    assert imports(offences_2=["O2,C2,044/00,x,2024-05-01,,,,recorded,"]).refused.num_rows == 2


def test_a_contradiction_is_over_when_a_later_file_gives_the_crime_once(imports: Imports) -> None:
    first = imports(offences=[GOOD, GOOD.replace("044/00", "045/10")])
    assert [finding.kind for finding in first.findings] == ["crimes under two codes in one import"]
    assert imports(offences_2=[GOOD]).findings == ()


def test_a_file_that_was_left_out_is_over_when_it_is_read(tmp_path: Path, imports: Imports) -> None:
    first = imports(offences=[GOOD], texts=[TEXT], crimes_b=[GOOD])
    assert [(finding.kind, finding.file) for finding in first.findings] == [("files left out", "crimes_b.csv")]
    import_export(
        [tmp_path / "export 1" / "crimes_b.csv"], tmp_path / "store", now=NOW, terms=ImportTerms(reason="a test")
    )
    store = open_store(tmp_path / "store")
    assert store.account(store.snapshot()).findings == ()


def test_an_earlier_snapshot_keeps_its_account(tmp_path: Path, imports: Imports) -> None:
    imports(offences=[GOOD, OFFENCE_FAULTS["a status"]])
    imports(offences_2=["O2,C2,044/00,x,2024-05-01,,,,recorded,"])
    store = open_store(tmp_path / "store")
    assert [store.account(shot).refused.num_rows for shot in store.snapshots()] == [1, 0]
