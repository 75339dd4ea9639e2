"""The default export layout, from files on disk to the records and the quarantine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from clearcount.errors import ExportError
from clearcount.store import open_store
from clearcount.workflow.importing import ImportResult, adjusted_layout, import_export

OFFENCES = (
    "occurrence_no,crime_no,home_office_code,offence,recorded_on,reported_on,committed_from,committed_to,status,markers"
)
TEXTS = "occurrence_no,field,entry_no,entered_at,text"
NOW = datetime(2025, 7, 1, 9, 0, tzinfo=UTC)
Importing = Callable[..., ImportResult]


@pytest.fixture
def importing(tmp_path: Path) -> Importing:
    """Writes the rows given as files of one export and imports them into `tmp_path / "store"`."""

    def run(
        offences: list[str] | None = None, texts: list[str] | None = None, encoding: str = "utf-8", **options: object
    ) -> ImportResult:
        folder = tmp_path / "export"
        folder.mkdir(exist_ok=True)
        for name, header, rows in (("offences.csv", OFFENCES, offences), ("texts.csv", TEXTS, texts)):
            (folder / name).unlink(missing_ok=True)
            if rows is not None:
                (folder / name).write_bytes("\n".join([header, *rows, ""]).encode(encoding))
        return import_export([folder], tmp_path / "store", now=NOW, **options)  # type: ignore[arg-type]

    return run


def _quarantine(folder: Path) -> list[tuple[str, int, str]]:
    store = open_store(folder / "store")
    return [(row["file"], row["row"], row["column"]) for row in store.quarantine(store.snapshot()).to_pylist()]


def test_a_row_in_every_spelling_is_read_as_the_same_record(importing: Importing, tmp_path: Path) -> None:
    result = importing(
        ["O1,C1,86/2,Images,05/01/2023 10:30,2023-01-05T09:00,1/1/2023,2023-01-02,Recorded, AI | X |"],
        ['O1,OEL,,05/01/2023 10:31,"first line\r\nsecond ""line"""'],
    )
    assert (result.read, result.added, result.quarantined, result.snapshot.number) == (2, 2, 0, 1)
    store = open_store(tmp_path / "store")
    (offence,) = store.offences(store.snapshot()).to_pylist()
    assert offence == {
        "occurrence_no": "O1",
        "crime_no": "C1",
        "code": "086/02",
        "offence": "Images",
        "recorded_on": date(2023, 1, 5),
        "reported_on": date(2023, 1, 5),
        "committed_from": date(2023, 1, 1),
        "committed_to": date(2023, 1, 2),
        "status": "recorded",
        "markers": ["AI", "X"],
        "extra": [],
    }
    ((text,),) = [batch.to_pylist() for batch in store.texts(store.snapshot())]
    assert (text["field"], text["entry_no"], text["text"]) == ("oel", "1", 'first line\r\nsecond "line"')


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("O2,C2,088/15,x,31/02/2025,,,,recorded,", "recorded_on", "'99/99/9999' is no day of the calendar"),
        ("O2,C2,088/15,x,2025-02-30,,,,recorded,", "recorded_on", "is no day"),
        ("O2,C2,088/15,x,45292,,,,recorded,", "recorded_on", "is not a date"),
        ("O2,C2,NON-NOTIFIABLE,x,2025-02-03,,,,recorded,", "home_office_code", "is not a Home Office code"),
        ("O2,C2,86,x,2025-02-03,,,,recorded,", "home_office_code", "is not a Home Office code"),
        ("O2,C2,088/15,x,2025-02-03,,,,pending,", "status", "none of recorded, cancelled, transferred"),
        (",C2,088/15,x,2025-02-03,,,,recorded,", "occurrence_no", "blank"),
        ("O2,,088/15,x,2025-02-03,,,,recorded,", "crime_no", "blank"),
        ("5.5E+11,C2,088/15,x,2025-02-03,,,,recorded,", "occurrence_no", "5.5E+11"),
        ("O2,C2,088/15,x,2025-02-03,,,,recorded", "", "9 cells where the header has 10"),
        ("O2,C2,088/15,x,2025-02-03,,,,recorded,,", "", "11 cells where the header has 10"),
    ],
)
def test_a_faulty_row_is_quarantined_with_its_place(
    importing: Importing, tmp_path: Path, row: str, column: str, reason: str
) -> None:
    result = importing(["O1,C1,086/02,x,2025-01-05,,,,recorded,", row])
    assert (result.read, result.added, result.quarantined) == (2, 1, 1)
    store = open_store(tmp_path / "store")
    (fault,) = store.quarantine(store.snapshot()).to_pylist()
    assert (fault["file"], fault["row"], fault["column"]) == ("offences.csv", 3, column)
    assert reason in fault["reason"]
    assert "NON-NOTIFIABLE" not in fault["reason"], "a value that may be a name or free text is masked"


def test_repeats_of_a_key_are_unchanged_when_equal_and_quarantined_when_not(
    importing: Importing, tmp_path: Path
) -> None:
    result = importing(
        [
            "O1,C1,086/02,x,2025-01-05,,,,recorded,",
            "O1,C1,86/2,x,05/01/2025,,,,RECORDED,",
            "O1,C1,086/10,x,2025-01-05,,,,recorded,",
        ],
        ["O1,oel,1,,same", "O1,oel,1,,same", "O1,oel,1,,other"],
    )
    assert (result.read, result.added, result.unchanged, result.quarantined) == (6, 2, 2, 2)
    assert _quarantine(tmp_path) == [
        ("offences.csv", 4, "occurrence_no, crime_no"),
        ("texts.csv", 4, "occurrence_no, field, entry_no"),
    ]


def test_the_same_export_again_changes_nothing(importing: Importing, tmp_path: Path) -> None:
    rows = (["O1,C1,086/02,x,2025-01-05,,,,recorded,"], ["O1,oel,1,,text"])
    importing(*rows)
    before = sorted(path.name for path in (tmp_path / "store").rglob("*.parquet"))
    again = importing(*rows)
    assert (again.unchanged, again.added, again.changed, again.new) == (2, 0, 0, False)
    assert again.snapshot.number == 1
    assert sorted(path.name for path in (tmp_path / "store").rglob("*.parquet")) == before


def test_a_changed_row_makes_a_snapshot_and_the_old_one_still_answers(importing: Importing, tmp_path: Path) -> None:
    importing(["O1,C1,086/02,x,2025-01-05,,,,recorded,"], ["O1,oel,1,,before"])
    result = importing(
        ["O1,C1,086/02,x,2025-01-05,,,,cancelled,", "O2,C2,088/15,x,2025-02-05,,,,recorded,"],
        ["O1,oel,1,,after", "O2,oel,1,,new"],
    )
    assert (result.added, result.changed, result.snapshot.number) == (2, 2, 2)
    store = open_store(tmp_path / "store")
    first, second = store.snapshots()
    assert [row["status"] for row in store.offences(first).to_pylist()] == ["recorded"]
    assert [row["status"] for row in store.offences(second).to_pylist()] == ["cancelled", "recorded"]
    assert [row["text"] for batch in store.texts(first) for row in batch.to_pylist()] == ["before"]
    assert {row["text"] for batch in store.texts(second) for row in batch.to_pylist()} == {"after", "new"}


@pytest.mark.parametrize(
    ("encoding", "mark"), [("utf-8", ""), ("utf-8-sig", ""), ("cp1252", ""), ("utf-16", ""), ("utf-16-le", "")]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters_are_found(tmp_path: Path, encoding: str, mark: str, delimiter: str) -> None:
    rows = [TEXTS, "O1,oel,1,,café ‘AI’ £5"]
    path = tmp_path / "texts.csv"
    path.write_bytes("\r\n".join(row.replace(",", delimiter) for row in rows).encode(encoding))
    import_export([path], tmp_path / "store", now=NOW)
    store = open_store(tmp_path / "store")
    assert [row["text"] for batch in store.texts(store.snapshot()) for row in batch.to_pylist()] == ["café ‘AI’ £5"]


def test_a_file_said_to_be_windows_1252_must_be_able_to_be(tmp_path: Path) -> None:
    path = tmp_path / "texts.csv"
    path.write_text(f"{TEXTS}\nO1,oel,1,,Łódź\n", encoding="utf-8")
    with pytest.raises(ExportError, match="neither UTF-8 nor Windows-1252"):
        import_export([path], tmp_path / "store", layout=adjusted_layout("niche", encoding="windows-1252"), now=NOW)
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (TEXTS.encode() + b"\n", "has a header and no rows"),
        (TEXTS.replace(",", "~").encode() + b"\nO1~oel~1~~x\n", "does not fit the layout"),
        (TEXTS.encode() + b"\nO1,oel,1,,a\0b\n", "NUL byte"),
        (TEXTS.encode() + b"\nO1,oel,1,,a\x81b\n", "neither UTF-8 nor Windows-1252"),
        (TEXTS.encode() + b"\nO1,oel,1,," + b"x" * (40 << 20) + b"\n", "row longer than"),
        (TEXTS.encode() + b'\nO1,oel,1,,x\nO2,oel,1,,"open\n', "ends inside a quoted cell that begins in row 3"),
        (TEXTS.encode() + b'\nO1,oel,1,,x\nO2,oel,1,,"open\nand so\n', "ends inside a quoted cell"),
        (TEXTS.encode() + b'\nO1,oel,1,,x\n"O2,oel,1,,cut', "ends inside a quoted cell"),
        (b"occurrence_no,feild,entry_no,entered_at,text\nO1,oel,1,,x\n", "'feild'"),
        (TEXTS.encode() + b"\n,oel,1,,x\n", "none of the 1 rows can be kept"),
    ],
)
def test_what_cannot_be_read_is_refused_and_leaves_nothing(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "texts.csv"
    path.write_bytes(content)
    with pytest.raises(ExportError, match=sentence):
        import_export([path], tmp_path / "store", now=NOW)
    assert not (tmp_path / "store").exists()
