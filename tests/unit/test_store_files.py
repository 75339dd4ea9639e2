"""How a part of the store is cut, ordered and compared, and what its findings count, each found by a second way."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clearcount.importers.delimited import _BLOCK, _LONGEST
from clearcount.store import open_store
from clearcount.store.database import database
from clearcount.store.datafile import group_borders, key_order
from clearcount.workflow.importing import import_export
from clearcount.workflow.storing import check_store, describe_store

OFFENCES = (
    "occurrence_no,crime_no,home_office_code,offence,recorded_on,reported_on,committed_from,committed_to,status,markers"
)
TEXTS = "occurrence_no,field,entry_no,entered_at,text"
NOW = datetime(2025, 7, 1, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("runs", "borders"),
    [
        ([], [0]),
        ([3], [0, 3]),
        ([100, 100, 100], [0, 300]),  # rare codes share a row group
        ([600, 700], [0, 600, 1300]),  # frequent ones do not
        ([100, 3000, 100], [0, 100, 3100, 3200]),
        ([300, 300, 300], [0, 600, 900]),
        ([10_000], [0, 4096, 8192, 10_000]),
    ],
)
def test_no_row_group_holds_a_frequent_code_and_another(runs: list[int], borders: list[int]) -> None:
    leads = pa.array([f"{number:03d}/01" for number, rows in enumerate(runs) for _ in range(rows)], pa.string())
    assert group_borders(pa.chunked_array([leads])) == borders


@pytest.mark.parametrize("largest", [1 << 62, 12, 1])
def test_rows_are_ordered_by_bytes_and_entries_by_their_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, largest: int
) -> None:
    monkeypatch.setattr("clearcount.store.datafile._LARGEST", largest)
    keys = [("b", "é", "oel", "1"), ("b", "Z", "oel", "10"), ("b", "Z", "oel", "9"), ("b", "Z", "mo", "x"), ("a",) * 4]
    names = ["lead_code", "occurrence_no", "field", "entry_no"]
    rows = pa.table([pa.array(column) for column in zip(*keys, strict=True)], names=names)
    with database(tmp_path) as connection:
        order = key_order(connection, "texts", rows)
        assert (order.rows.tolist(), order.repeats) == ([4, 3, 2, 1, 0], False)
        assert key_order(connection, "texts", pa.concat_tables([rows, rows.slice(2, 1)])).repeats is True


def test_a_row_longer_than_a_block_is_read_and_no_row_is_told_twice(tmp_path: Path) -> None:
    long = "x" * (3 * _BLOCK)
    assert len(long) < _LONGEST
    rows = [f"O{n},oel,1,2024-01-06,{'too,many' if n % 1000 == 0 else 'plain ' * 20}" for n in range(20_000)]
    rows.insert(15_500, f'O99999,oel,1,2024-01-06,"{long}\nend"')
    path = tmp_path / "texts.csv"
    path.write_text("\n".join([TEXTS, *rows, ""]), encoding="utf-8")
    result = import_export([path], tmp_path / "store", now=NOW)
    assert (result.read, result.added, result.quarantined) == (20_001, 19_981, 20)
    store = open_store(tmp_path / "store")
    refused = store.quarantine(store.snapshot()).to_pylist()
    assert sorted(row["row"] for row in refused) == [2 + n + (n > 15_500) for n in range(0, 20_000, 1000)]
    kept = [row for batch in store.texts(store.snapshot(), pa.array(["O99999"])) for row in batch.to_pylist()]
    assert [row["text"] for row in kept] == [f"{long}\nend"]


def test_hashes_of_another_function_are_made_anew_where_rows_stay(
    tmp_path: Path, put_instead: Callable[..., None]
) -> None:
    path = tmp_path / "texts.csv"
    path.write_text(f"{TEXTS}\nO1,oel,1,,first\nO2,oel,1,,second\n", encoding="utf-8")
    import_export([path], tmp_path / "store", now=NOW)
    store = open_store(tmp_path / "store")
    (file,) = store.files(store.snapshot(), "texts")
    right = pq.read_table(file)["content"].to_pylist()

    def spoilt(texts: pa.Table) -> pa.Table:
        return texts.set_column(texts.schema.get_field_index("content"), "content", pa.array([1, 2], pa.int64()))

    put_instead(store, "texts", spoilt, metadata={"hash": "of another function"})
    path.write_text(f"{TEXTS}\nO1,oel,1,,another\n", encoding="utf-8")
    result = import_export([path], tmp_path / "store", now=NOW)
    assert (result.added, result.changed, result.unchanged) == (0, 1, 0)
    (file,) = store.files(store.snapshot(), "texts")
    assert pq.read_table(file)["content"].to_pylist()[1] == right[1]


def test_texts_in_no_order_are_dealt_to_many_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clearcount.store.merge._PART_BYTES", 5_000)
    monkeypatch.setattr("clearcount.store.dealing._WAITING_BYTES", 20_000)
    numbers = list(range(2_000))
    random.Random(1).shuffle(numbers)
    folder = tmp_path / "export"
    folder.mkdir()
    offences = [f"O{n},C{n},086/02,x,2024-{1 + n % 12:02d}-05,,,,recorded," for n in numbers]
    (folder / "offences.csv").write_text("\n".join([OFFENCES, *offences, ""]), encoding="utf-8")
    for part in range(4):
        texts = [f"O{n},oel,1,2024-01-06,text of {n}" for n in numbers[part::4]]
        (folder / f"texts_{part}.csv").write_text("\n".join([TEXTS, *texts, ""]), encoding="utf-8")
    sources = [folder / "offences.csv", *sorted(folder.glob("texts_*.csv"))]
    result = import_export(sources, tmp_path / "store", now=NOW)
    assert (result.read, result.added) == (4_000, 4_000)
    store = open_store(tmp_path / "store")
    assert len(store.files(store.snapshot(), "texts")) > 10
    kept = {r["occurrence_no"]: r["text"] for batch in store.texts(store.snapshot()) for r in batch.to_pylist()}
    assert kept == {f"O{n}": f"text of {n}" for n in numbers}
    assert check_store(store.path) == ()


@pytest.mark.parametrize("seed", range(5))
def test_findings_of_texts_are_what_loops_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.setattr("clearcount.store.merge._PART_BYTES", 2_000)
    draw = random.Random(seed)
    days = [date(2023, 6, 1) + timedelta(days=n) for n in range(0, 1000, 7)]
    offences = {f"O{n}": draw.choice([*days, None]) for n in range(60)}
    texts = {
        (f"O{draw.randrange(75)}", draw.choice(["oel", "mo"]), str(draw.randrange(40))): (
            draw.choice([*days, None]),
            draw.choice(["", "Ã© bad", "café", "plain", "plain and longer " * draw.randrange(1, 4)]),
        )
        for _ in range(400)
    }
    folder = tmp_path / "export"
    folder.mkdir()
    rows = [f"{key},C{key},086/02,x,{day or ''},,,,recorded," for key, day in offences.items()]
    (folder / "offences.csv").write_text("\n".join([OFFENCES, *rows, ""]), encoding="utf-8")
    rows = [",".join([*key, str(day or ""), text]) for key, (day, text) in texts.items()]
    (folder / "texts.csv").write_text("\n".join([TEXTS, *rows, ""]), encoding="utf-8")
    import_export([folder], tmp_path / "store", now=NOW)
    shown = describe_store(tmp_path / "store").shown
    found = {(f.kind, f.column): f.rows for f in shown.findings}
    filled = {key: value for key, value in texts.items() if value[1]}
    twice = Counter((key[0], key[1], value) for key, value in filled.items())
    dated = [(key, day) for key, (day, _) in texts.items() if day]
    counted = {
        ("occurrences without text", "text"): len(offences.keys() - {key[0] for key in filled}),
        ("texts without an offence", "occurrence_no"): sum(key[0] not in offences for key in texts),
        ("future entries", "entered_at"): sum(day > NOW.date() for _, day in dated),
        ("entries dated before their occurrence", "entered_at"): sum(
            day < began for key, day in dated if (began := offences.get(key[0]))
        ),
        ("mojibake", "text"): sum("Ã©" in text for _, text in texts.values()),
        ("duplicate entries", "text"): sum(twice.values()) - len(twice),
    }
    assert {kind: found.get(kind, 0) for kind in counted} == counted
    assert shown.rows == {"occurrences": 60, "offences": 60, "texts": len(texts)}
    for field in ("oel", "mo"):
        (told,) = (f.what for f in shown.findings if f.kind == "median text length by year" and f.column == field)
        years: dict[int, list[int]] = {}
        for key, (day, text) in filled.items():
            if day and key[1] == field:
                years.setdefault(day.year, []).append(len(text))
        assert told == ", ".join(f"{year}: {round(median(years[year])):,}" for year in sorted(years))
