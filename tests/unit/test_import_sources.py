"""The same records from every kind of source give the same store."""

from __future__ import annotations

import bz2
import contextlib
import csv
import gzip
import hashlib
import io
import json
import os
import sqlite3
import struct
import uuid
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import odfdo
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clearcount.errors import ExportError
from clearcount.importers import load_layout, open_export, parse_layout
from clearcount.importers.cells import cell_text, column_text
from clearcount.importers.database import (
    Address,
    _read_offsets,
    fetch,
    has_password,
    offset_moment,
    read_address,
    table_queries,
)
from clearcount.importers.dates import read_moments
from clearcount.importers.layout_file import shipped_layouts
from clearcount.store import open_store
from clearcount.workflow.asking import drafted_layout
from clearcount.workflow.importing import Database, Watch, adjusted_layout, explain_export, import_export

NOW = datetime(2025, 7, 1, 9, 0, tzinfo=UTC)
OFFENCES = [
    ["occurrence_no", "crime_no", "home_office_code", "recorded_on", "status", "markers"],
    ["O1", "C1", "086/02", "2024-01-05", "recorded", "AI|X"],
    ["O2", "C2", "088/15", "2024-02-29", "cancelled", ""],
]
TEXTS = [
    ["occurrence_no", "field", "entry_no", "entered_at", "text"],
    ["O1", "oel", "1", "2024-01-06 10:00:00", 'one "quoted", line\nand é second'],
    ["O2", "mo", "1", "", "plain"],
]
Write = Callable[[Path, dict[str, list[list[str]]]], Path]


def _csv(rows: list[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def _plain(folder: Path, tables: dict[str, list[list[str]]]) -> Path:
    for name, rows in tables.items():
        (folder / f"{name}.csv").write_bytes(_csv(rows))
    return folder


def _gzip(folder: Path, tables: dict[str, list[list[str]]]) -> Path:
    for name, rows in tables.items():
        (folder / f"{name}.csv.gz").write_bytes(gzip.compress(_csv(rows)))
    return folder


def _zip(folder: Path, tables: dict[str, list[list[str]]]) -> Path:
    with zipfile.ZipFile(folder / "export.zip", "w") as archive:
        for name, rows in tables.items():
            archive.writestr(f"inner/{name}.csv", _csv(rows))
        archive.writestr("inner/readme.pdf", b"not data")
    return folder / "export.zip"


def _xlsx(folder: Path, tables: dict[str, list[list[str]]]) -> Path:
    book = openpyxl.Workbook()
    for sheet in book.worksheets:
        book.remove(sheet)
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([date.fromisoformat(cell) if len(cell) == 10 and cell[4] == "-" else cell for cell in row])
    book.create_sheet("About").append(["made by nobody"])
    book.save(folder / "export.xlsx")
    return folder / "export.xlsx"


def _ods(folder: Path, tables: dict[str, list[list[str]]]) -> Path:
    document = odfdo.Document("spreadsheet")
    document.body.clear()
    for name, rows in tables.items():
        table = odfdo.Table(name)
        for row in rows:
            line = odfdo.Row()
            for cell in row:
                line.append_cell(odfdo.Cell(cell, cell_type="string"))
            table.append_row(line)
        document.body.append(table)
    document.save(str(folder / "export.ods"))
    return folder / "export.ods"


def _parquet(folder: Path, tables: dict[str, list[list[str]]]) -> Path:
    for name, (header, *rows) in tables.items():
        columns = dict(zip(header, map(list, zip(*rows, strict=True)), strict=True))
        table = pa.table({key: pa.array(values, pa.large_string()) for key, values in columns.items()})
        if "recorded_on" in header:
            days = pa.array([date.fromisoformat(value) for value in columns["recorded_on"]])
            table = table.set_column(header.index("recorded_on"), "recorded_on", days)
        pq.write_table(table, folder / f"{name}.parquet")
    return folder


def _json_lines(folder: Path, tables: dict[str, list[list[str]]]) -> Path:
    for name, (header, *rows) in tables.items():
        lines = [json.dumps({key: cell or None for key, cell in zip(header, row, strict=True)}) for row in rows]
        (folder / f"{name}.jsonl").write_text("\n\n".join(lines), encoding="utf-8")
    return folder


def _records(store: Path) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    opened = open_store(store)
    shot = opened.snapshot()
    return opened.offences(shot).to_pylist(), [row for batch in opened.texts(shot) for row in batch.to_pylist()]


@pytest.fixture
def expected(tmp_path: Path) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    (tmp_path / "plain").mkdir()
    import_export([_plain(tmp_path / "plain", {"offences": OFFENCES, "texts": TEXTS})], tmp_path / "p", now=NOW)
    return _records(tmp_path / "p")


@pytest.mark.parametrize("write", [_plain, _gzip, _parquet, _json_lines])
def test_a_file_that_is_written_to_while_it_is_read_is_refused(tmp_path: Path, write: Write) -> None:
    export = tmp_path / "export"
    export.mkdir()
    write(export, {"offences": OFFENCES, "texts": TEXTS})
    import_export([export], tmp_path / "store", now=NOW)
    file = min(export.glob("texts*"))

    def meddle(name: str, rows: int) -> None:
        if name == file.name:
            os.utime(file, ns=(1, 1))

    with pytest.raises(ExportError, match=r"texts.* changed while it was being read; import it again"):
        import_export([export], tmp_path / "store", now=NOW, complete=True, watch=Watch(progress=meddle))
    assert len(open_store(tmp_path / "store").snapshots()) == 1


@pytest.mark.parametrize("spoilt", [b"\xff\xfe", b"\0\0", b'""'])
def test_a_file_that_is_no_text_any_more_while_it_is_read_is_said_to_have_changed(
    tmp_path: Path, spoilt: bytes
) -> None:
    rows = [TEXTS[0], *(["O1", "oel", str(number), "", "word " * 200] for number in range(20_000))]
    _plain(tmp_path, {"offences": OFFENCES, "texts": rows})
    file = tmp_path / "texts.csv"

    def meddle(name: str, _: int) -> None:
        if name == "offences.csv":
            size = file.stat().st_size
            with file.open("r+b") as stream:
                stream.seek(size // 2)
                stream.write(spoilt * 1_000)

    with pytest.raises(ExportError, match=r"texts.csv changed while it was being read; import it again"):
        import_export([tmp_path], tmp_path / "store", now=NOW, watch=Watch(progress=meddle))
    assert not (tmp_path / "store").exists()


LONG = [*TEXTS, ["O1", "oel", "2", "", "long " * 600_000]]
"""A row that does not fit in a block, so that the file is read a second time."""
WIDE = [
    ["occurrence_no", "crime_no", "home_office_code", "recorded_on", "status", "mo"],
    ["O1", "C1", "086/02", "2024-01-05", "recorded", "words"],
]


@pytest.mark.parametrize("name", ["texts.csv", "texts.csv.gz", "wide.csv", "utf-16.csv", "mixed.csv"])
def test_a_snapshot_names_the_digest_of_the_bytes_that_were_read(tmp_path: Path, name: str) -> None:
    content = {
        "texts.csv": _csv(LONG),
        "texts.csv.gz": gzip.compress(_csv(LONG)),
        "wide.csv": _csv(WIDE),
        "utf-16.csv": _csv(TEXTS).decode().encode("utf-16"),
        "mixed.csv": _csv(TEXTS) + b"O2,oel,9,,caf\xe9\n",
    }[name]
    (tmp_path / name).write_bytes(content)
    layout = "wide" if name == "wide.csv" else "niche"
    export = open_export([tmp_path / name], load_layout(layout))
    unread = export.sources[0]["sha256"]
    list(export.texts(lambda faults: None))
    again = open_export([tmp_path / name], load_layout(layout))
    list(again.texts(lambda faults: None))
    list(again.texts(lambda faults: None))
    unpacked = gzip.decompress(content) if name.endswith(".gz") else content
    assert unread == export.sources[0]["sha256"] == again.sources[0]["sha256"] == hashlib.sha256(unpacked).hexdigest()


def test_long_texts_come_in_pieces_of_a_few_megabytes(tmp_path: Path) -> None:
    rows = [TEXTS[0], *(["O1", "oel", str(number), "", "x" * 3_000] for number in range(6_000))]
    pieces = list(open_export([_parquet(tmp_path, {"texts": rows})], load_layout("niche")).texts(lambda faults: None))
    assert sum(piece.num_rows for piece in pieces) == 6_000
    assert max(piece.nbytes for piece in pieces) < 5 << 20


@pytest.mark.parametrize("write", [_gzip, _zip, _xlsx, _ods, _parquet, _json_lines])
def test_every_kind_of_file_gives_the_same_records(
    tmp_path: Path, write: Write, expected: tuple[list[dict[str, object]], list[dict[str, object]]]
) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    result = import_export([write(folder, {"offences": OFFENCES, "texts": TEXTS})], tmp_path / "store", now=NOW)
    assert (result.read, result.added, result.quarantined) == (4, 4, 0)
    assert _records(tmp_path / "store") == expected


def test_a_pattern_names_many_files_of_one_import(tmp_path: Path) -> None:
    header, *rows = OFFENCES
    for number, row in enumerate(rows):
        (tmp_path / f"offences_{number}.csv").write_bytes(_csv([header, row]))
    result = import_export([tmp_path / "offences_*.csv"], tmp_path / "store", now=NOW)
    assert (result.read, result.added, result.snapshot.number) == (2, 2, 1)
    assert [source["name"] for source in result.snapshot.sources] == ["offences_0.csv", "offences_1.csv"]


def test_a_folder_without_a_file_the_layout_names_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.csv").write_bytes(_csv(OFFENCES))
    with pytest.raises(ExportError, match=r"no file that the layout niche names \(offences\*, texts\*, persons\*\)"):
        import_export([tmp_path], tmp_path / "store", now=NOW)
    assert import_export([tmp_path / "notes.csv"], tmp_path / "store", now=NOW).added == 2, "a named file is read"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("offences.csv.gz", b"no gzip at all", "damaged"),
        ("offences.csv.gz", gzip.compress(_csv(OFFENCES) * 50, mtime=0)[:-20], "damaged"),
        ("offences.zip", b"PK no zip", "damaged or not a zip"),
        ("offences.xlsx", b"no workbook", "not a workbook"),
        ("offences.parquet", b"no parquet", "not a Parquet file"),
        ("offences.jsonl", b"[1, 2]\n", "none of its first rows is a JSON object"),
        ("offences.jsonl", b"", "is empty"),
        ("offences.csv.bz2", bz2.compress(b"x"), "is not read"),
        ("offences.csv", b"\xff\xfeo\x00", "does not fit|names the columns|holds no column names"),
    ],
)
def test_a_damaged_file_is_a_sentence(tmp_path: Path, name: str, content: bytes, sentence: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ExportError, match=sentence):
        import_export([tmp_path / name], tmp_path / "store", now=NOW)
    assert not (tmp_path / "store").exists()


def test_json_rows_that_are_no_flat_object_are_quarantined(tmp_path: Path) -> None:
    good = dict(zip(*OFFENCES[:2], strict=True))
    lines = [json.dumps(good), "{broken", "[]", json.dumps({**good, "status": {"a": 1}})]
    (tmp_path / "offences.jsonl").write_text("\n".join(lines), encoding="utf-8")
    result = import_export([tmp_path / "offences.jsonl"], tmp_path / "store", now=NOW)
    assert (result.read, result.added, result.quarantined) == (4, 1, 3)


def test_a_cell_beyond_the_header_of_a_sheet_is_quarantined(tmp_path: Path) -> None:
    path = _xlsx(tmp_path, {"offences": [*OFFENCES, [*OFFENCES[1][:1], "C9", *OFFENCES[1][2:], "too", "many"]]})
    result = import_export([path], tmp_path / "store", now=NOW)
    assert (result.added, result.quarantined) == (2, 1)


def test_wide_rows_give_an_offence_and_its_texts(tmp_path: Path) -> None:
    header = [*OFFENCES[0], "mo", "summary"]
    rows = [[*OFFENCES[1], "the mo", "the summary"], [*OFFENCES[2], "", ""]]
    (tmp_path / "report.csv").write_bytes(_csv([header, *rows]))
    result = import_export([tmp_path / "report.csv"], tmp_path / "store", layout="wide", now=NOW)
    assert (result.read, result.added, result.snapshot.rows["texts"]) == (2, 2, 2)
    rows[0][-2] = "the mo, edited"
    (tmp_path / "report.csv").write_bytes(_csv([header, *rows]))
    again = import_export([tmp_path / "report.csv"], tmp_path / "store", layout="wide", now=NOW)
    assert (again.read, again.changed, again.unchanged) == (2, 1, 1)


def test_flat_rows_are_kept_once_by_their_keys_and_conflicts_quarantined(tmp_path: Path) -> None:
    header = [*OFFENCES[0], "field", "entry_no", "text"]
    one, two = OFFENCES[1], OFFENCES[2]
    rows = [
        [*one, "oel", "1", "first"],
        [*one, "oel", "2", "second"],
        [one[0], "C9", *one[2:], "oel", "1", "first"],
        [*one[:4], "cancelled", one[5], "oel", "3", "third"],
        [*two, "mo", "1", "other"],
    ]
    (tmp_path / "report.csv").write_bytes(_csv([header, *rows]))
    result = import_export([tmp_path / "report.csv"], tmp_path / "store", layout="flat", now=NOW)
    assert (result.read, result.added, result.changed, result.unchanged, result.quarantined) == (5, 4, 0, 0, 1)
    store = open_store(tmp_path / "store")
    assert result.snapshot.rows == {"occurrences": 2, "offences": 3, "texts": 4}
    (fault,) = store.quarantine(result.snapshot).to_pylist()
    assert (fault["row"], fault["column"]) == (5, "occurrence_no, crime_no")


def test_html_and_rtf_become_what_people_read(tmp_path: Path) -> None:
    layout = parse_layout(
        '[[file]]\nmatch="*"\n[[file.text]]\noccurrence_no="o"\nfield={constant="oel"}\ntext="h"\nformat="html"\n'
        '[[file.text]]\noccurrence_no="o"\nfield={constant="mo"}\ntext="r"\nformat="rtf"\n'
    )
    html = "<p>An&nbsp;<b>AI</b> image</p><script>not this</script><div>next &lt;line&gt;</div>"
    rtf = r"{\rtf1\ansi{\fonttbl{\f0 Arial;}}\f0 An \b AI\b0  image\par next line}"
    (tmp_path / "t.csv").write_bytes(_csv([["o", "h", "r"], ["O1", html, rtf]]))
    import_export([tmp_path / "t.csv"], tmp_path / "store", layout=layout, now=NOW)
    _, texts = _records(tmp_path / "store")
    found = {row["field"]: row["text"] for row in texts}
    assert found["oel"] == "An\u00a0AI image\nnext <line>"
    assert "An AI image" in str(found["mo"])
    assert "rtf" not in str(found["mo"])


def test_a_layout_maps_headers_words_formats_and_extra_columns(tmp_path: Path) -> None:
    layout = parse_layout(
        'dates=["%d-%b-%Y"]\n[status]\n"no crime"="cancelled"\n"Live"="recorded"\n'
        '[[file]]\nmatch="crimes"\n[file.offence]\noccurrence_no=["Occ", "Occurrence"]\ncrime_no="Ref"\n'
        'code="HO"\nrecorded_on="Created"\nstatus="State"\n[file.offence.extra]\nvictim_age="Victim age"\n'
    )
    rows = [
        ["Occurrence", "Ref", "HO", "Created", "State", "Victim age"],
        ["O1", "C1", "HO 08602", "31-Jan-2024", "NO CRIME", "under 18"],
        ["O2", "C2", "86/2", "31/01/2024", "live", "18+"],
    ]
    (tmp_path / "crimes.csv").write_bytes(_csv(rows))
    result = import_export([tmp_path / "crimes.csv"], tmp_path / "store", layout=layout, now=NOW)
    assert (result.added, result.quarantined) == (1, 1), "a layout's date formats replace the usual ones"
    (offence,), _ = _records(tmp_path / "store")
    assert (offence["status"], offence["recorded_on"], offence["extra"]) == (
        "cancelled",
        date(2024, 1, 31),
        [("victim_age", "under 18")],
    )
    assert result.snapshot.extra_columns == ("victim_age",)


def test_a_layout_with_faults_names_them_all() -> None:
    with pytest.raises(ExportError) as caught:
        parse_layout('codess="own"\n[status]\nx="gone"\n[[file]]\n[file.offence]\noccurence_no="a"\ncode=7\n')
    said = str(caught.value)
    for word in ("'codess'", "'codes'", "'gone'", "'occurence_no'", "'occurrence_no'", "code = 7", "crime_no comes"):
        assert word in said


def test_every_shipped_layout_is_sound_and_says_what_it_is_for() -> None:
    assert set(shipped_layouts()) == {"niche", "wide", "flat", "aiid", "neiss", "osha", "pfd", "oldbailey"}
    for name in shipped_layouts():
        assert load_layout(name).name == name
        assert load_layout(name).about
    with pytest.raises(ExportError, match="the nearest is 'niche'"):
        load_layout("nich")


def test_explain_shows_shapes_and_never_content(tmp_path: Path) -> None:
    rows = [*OFFENCES, ["O3", "C3", "secret name", "2024-02-30", "odd", ""]]
    _plain(tmp_path, {"offences": rows, "texts": TEXTS})
    files, _ = explain_export([tmp_path])
    assert [(file.name, file.rows, file.quarantined) for file in files] == [("offences.csv", 3, 1), ("texts.csv", 2, 0)]
    shown = repr(files)
    assert "secret" not in shown
    assert "plain" not in shown
    code = next(column for column in files[0].columns if column.becomes == "offence code")
    assert (code.source, code.samples[0]) == ("home_office_code", "'999/99'")


def test_a_drafted_layout_reads_the_file_it_was_drafted_for(tmp_path: Path) -> None:
    rows = [
        ["Occurrence Number", "Crime Ref", "HO Code", "Date Recorded", "MO", "Beat", "Officer Name"],
        ["O1", "C1", "86/2", "05/01/2024", "long " * 40, "B1", "x"],
    ]
    (tmp_path / "crimes.csv").write_bytes(_csv(rows))
    draft = drafted_layout([tmp_path / "crimes.csv"])
    assert 'beat = "Beat"' in draft and "# not used: Officer Name" in draft
    (tmp_path / "ours.toml").write_text(draft, encoding="utf-8")
    result = import_export(
        [tmp_path / "crimes.csv"], tmp_path / "store", layout=load_layout(str(tmp_path / "ours.toml")), now=NOW
    )
    assert (result.added, result.snapshot.rows["texts"]) == (1, 1)


def test_encoding_and_delimiter_can_be_said(tmp_path: Path) -> None:
    content = "occurrence_no~field~text\nO1~oel~caf\u00e9\n".encode("cp1250")
    (tmp_path / "texts.csv").write_bytes(content)
    layout = adjusted_layout("niche", encoding="cp1250", delimiter="~")
    import_export([tmp_path / "texts.csv"], tmp_path / "store", layout=layout, now=NOW)
    assert _records(tmp_path / "store")[1][0]["text"] == "café"
    with pytest.raises(ExportError, match="--encoding klingon"):
        adjusted_layout("niche", encoding="klingon")


def test_sqlite_is_read_by_query_and_by_table(tmp_path: Path) -> None:
    path = tmp_path / "crimes.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE crimes (occurrence_no, crime_no, home_office_code, recorded_on, status)")
        connection.executemany("INSERT INTO crimes VALUES (?, ?, ?, ?, ?)", [row[:5] for row in OFFENCES[1:]])
    connection.close()
    address = read_address(f"sqlite:///{path}")
    result = import_export([Database(address, ("SELECT * FROM crimes WHERE 1",))], tmp_path / "store", now=NOW)
    assert (result.read, result.added) == (2, 2)
    toml = load_layout("niche")
    layout = parse_layout(
        '[[file]]\ntable="crimes"\n[file.offence]\noccurrence_no="occurrence_no"\ncrime_no="crime_no"\n'
        'code="home_office_code"\nrecorded_on="recorded_on"\nstatus="status"\n'
    )
    again = import_export([Database(address)], tmp_path / "store", layout=layout, now=NOW)
    assert (again.unchanged, again.snapshot.number) == (2, 1)
    with pytest.raises(ExportError, match="names no table"):
        table_queries(toml)
    with pytest.raises(ExportError, match="no such table"):
        fetch(address, {"q": "SELECT * FROM absent"}, tmp_path)
    with pytest.raises(ExportError, match="gives no rows"):
        fetch(address, {"q": "SELECT * FROM crimes WHERE 0"}, tmp_path)
    with pytest.raises(ExportError, match="refuses the query"):
        fetch(address, {"q": "DELETE FROM crimes"}, tmp_path)


def test_a_table_name_is_never_more_than_a_name() -> None:
    layout = parse_layout(
        '[[file]]\ntable="crimes; DROP TABLE crimes"\n[[file.text]]\noccurrence_no="a"\nfield="b"\ntext="c"\n'
    )
    with pytest.raises(ExportError, match="not a plain table name"):
        table_queries(layout)


def test_addresses_are_completed_for_safety_and_never_shown() -> None:
    address = read_address("mssql://server/crimes")
    assert address.url == (
        "mssql+pyodbc://server/crimes?driver=ODBC+Driver+18+for+SQL+Server&Encrypt=yes&Trusted_Connection=yes"
    )
    named = read_address("mssql+pyodbc://u:p@server/crimes")
    assert "Trusted_Connection" not in named.url
    assert "p@" not in repr(named)
    assert read_address("oracle://u:p@host/service").url == "oracle+oracledb://u:p@host/service"
    with pytest.raises(ExportError, match="encryption"):
        read_address("mssql://server/crimes?Encrypt=no")
    with pytest.raises(ExportError, match="begins with"):
        read_address("ftp://host/x")
    assert has_password("postgresql://u:p@host/db")
    assert has_password("postgresql://host/db?password=p")
    assert not has_password("postgresql://u@host/db")


def test_the_addresses_for_sql_server_and_oracle_are_what_sqlalchemy_reads() -> None:
    from sqlalchemy.engine import make_url

    server = make_url(read_address("mssql://server:1433/crimes").url)
    assert (server.drivername, server.host, server.port, server.database) == ("mssql+pyodbc", "server", 1433, "crimes")
    assert dict(server.query) == {
        "driver": "ODBC Driver 18 for SQL Server",
        "Encrypt": "yes",
        "Trusted_Connection": "yes",
    }
    assert make_url(read_address("oracle://u@host:1521/?service_name=crimes").url).query["service_name"] == "crimes"


def test_what_the_odbc_driver_is_told() -> None:
    """The connection string that SQLAlchemy makes of an address, which pyodbc hands to Microsoft's driver as it is."""
    from sqlalchemy.dialects.mssql.pyodbc import MSDialect_pyodbc
    from sqlalchemy.engine import make_url

    url = read_address("mssql://server:1433/crimes?ApplicationIntent=ReadOnly&TrustServerCertificate=no").url
    (told,), options = MSDialect_pyodbc().create_connect_args(make_url(url))
    assert options == {} and set(told.split(";")) == {
        "DRIVER={ODBC Driver 18 for SQL Server}",
        "Server=server,1433",
        "Database=crimes",
        "Encrypt=yes",
        "Trusted_Connection=Yes",
        "Trusted_Connection=yes",
        "ApplicationIntent=ReadOnly",
        "TrustServerCertificate=no",
    }


def test_the_types_of_sql_server_as_text() -> None:
    """What pyodbc gives for bit, money, decimal, datetime2, date, time, uniqueidentifier, rowversion and nothing."""
    given = [True, Decimal("12.5000"), Decimal("7.0"), datetime(2024, 3, 1), datetime(2024, 3, 1, 9, 30, 1, 700_000)]
    given += [date(2024, 3, 1), time(23, 5), uuid.UUID(int=15), b"\x00\x01\xff", None, "  as it is ", 2**40]
    said = ["true", "12.5000", "7", "2024-03-01", "2024-03-01 09:30:01", "2024-03-01", "23:05:00"]
    said += [str(uuid.UUID(int=15)), "0001ff", "", "  as it is ", str(2**40)]
    assert [cell_text(value) for value in given] == said


@pytest.mark.parametrize(
    ("moment", "offset", "said"),
    [
        ((2024, 6, 30, 23, 30, 0), (0, 0), "2024-07-01 00:30:00"),
        ((2024, 1, 31, 23, 30, 0), (0, 0), "2024-01-31 23:30:00"),
        ((2024, 7, 1, 0, 30, 0), (1, 0), "2024-07-01 00:30:00"),
        ((2024, 1, 1, 1, 0, 0), (5, 30), "2023-12-31 19:30:00"),
        ((2024, 1, 1, 1, 0, 0), (-3, -30), "2024-01-01 04:30:00"),
    ],
)
def test_a_moment_with_an_offset_is_told_in_the_time_here(
    moment: tuple[int, ...], offset: tuple[int, int], said: str
) -> None:
    """As bytes of the driver, as a column of Parquet or PostgreSQL, and as text: one moment is one day everywhere."""
    found = offset_moment(struct.pack("<6hI2h", *moment, 123_456_700, *offset))
    assert found is not None and cell_text(found) == said
    column = pa.array([found.astimezone(UTC)], pa.timestamp("us", "UTC"))
    assert column_text(column).to_pylist() == [said]
    assert read_moments(pa.array([found.isoformat(timespec="seconds")]))[0].to_pylist() == [said]
    assert offset_moment(None) is None


def test_a_connection_to_sql_server_reads_the_type_datetimeoffset() -> None:
    told: list[tuple[int, object]] = []

    class Connection:
        def add_output_converter(self, kind: int, how: object) -> None:
            told.append((kind, how))

    _read_offsets(Connection())
    assert told == [(-155, offset_moment)]


def test_a_query_through_sqlalchemy_is_sent_as_it_is_written(tmp_path: Path) -> None:
    """The way that SQL Server and Oracle are read, here on SQLite: a colon in a text names no parameter."""
    with contextlib.closing(sqlite3.connect(tmp_path / "rms.db")) as made:
        made.execute("CREATE TABLE crimes (number TEXT, said TEXT, amount REAL)")
        made.execute("INSERT INTO crimes VALUES ('A1', 'seen at :noon 50%', 2.0), ('A2', NULL, 2.5)")
        made.commit()
    address = Address("oracle", f"sqlite:///{tmp_path / 'rms.db'}")
    query = "SELECT number, said, amount FROM crimes WHERE said IS NULL OR said LIKE '%at :noon%' ORDER BY number"
    (file,) = fetch(address, {"q": query}, tmp_path)
    rows = pq.read_table(file).to_pylist()
    assert [tuple(row.values()) for row in rows] == [("A1", "seen at :noon 50%", "2"), ("A2", "", "2.5")]


def test_an_unreachable_database_is_a_sentence_without_its_address(tmp_path: Path) -> None:
    address = Address("postgresql", "postgresql://somebody:hidden@127.0.0.1:9/nothing?connect_timeout=2")
    with pytest.raises(ExportError) as caught:
        fetch(address, {"q": "SELECT 1"}, tmp_path)
    assert "hidden" not in str(caught.value)
    assert "somebody" not in str(caught.value)
    with pytest.raises(ExportError, match="there is no SQLite file"):
        fetch(read_address(f"sqlite:///{tmp_path}/none.db"), {"q": "SELECT 1"}, tmp_path)
