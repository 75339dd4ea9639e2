"""Real exports through their own layouts, each figure found a second way with the standard library."""

from __future__ import annotations

import csv
import gzip
import importlib.util
import io
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clearcount.importers import sheets
from clearcount.importers.codes import read_code
from clearcount.importers.sources import Source
from clearcount.matching import TermSet, matcher
from clearcount.offences import code_list
from clearcount.store import Snapshot, Store, open_store
from clearcount.workflow.importing import import_export

pytestmark = pytest.mark.data
NOW = datetime(2026, 8, 1, 9, 0, tzinfo=UTC)
FIRST, SECOND = "aiid_to_2023_export_2026-02.csv.gz", "aiid_to_2023_export_2026-07.csv.gz"


def _rows(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    text = gzip.decompress(path.read_bytes()).decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


def _tool() -> ModuleType:
    path = Path(__file__).parents[2] / "tools" / "aiid_to_niche.py"
    spec = importlib.util.spec_from_file_location("aiid_to_niche", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _occurrences_with(store: Store, snapshot: Snapshot, term: str, rule: str) -> set[str]:
    match = matcher(TermSet(rule=rule, terms=(term,), none=()))  # type: ignore[arg-type]
    found: set[str] = set()
    for batch in store.texts(snapshot):
        hits = match.hits(batch["text"], batch["folded"])
        found.update(batch["occurrence_no"].take(hits.kept["row"].combine_chunks()).to_pylist())
    return found


@pytest.fixture(scope="module")
def two_editions(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("aiid")
    for number, name in enumerate((FIRST, SECOND), start=1):
        _tool().convert(data / name, folder / str(number))
        import_export([folder / str(number)], folder / "store", now=NOW)
    yield open_store(folder / "store")


def test_the_second_edition_adds_ten_incidents_and_changes_the_edited_ones(data: Path, two_editions: Store) -> None:
    before = {row["incident_id"]: row for row in _rows(data / FIRST)}
    after = {row["incident_id"]: row for row in _rows(data / SECOND)}
    edited = {
        column: sum(before[key][column] != after[key][column] for key in before)
        for column in ("date", "title", "description")
    }
    change = two_editions.snapshot(2).changes
    assert (change["offences"].added, change["texts"].added) == (10, 20)
    assert (change["offences"].changed, edited["date"]) == (2, 2)
    redated = {key for key in before if before[key]["date"] != after[key]["date"]}
    texts = sum(
        key in redated or before[key][column] != after[key][column]
        for key in before
        for column in ("title", "description")
    )
    assert change["texts"].changed == texts
    assert (edited["title"], edited["description"]) == (26, 27)


def test_each_edition_keeps_its_own_counts(two_editions: Store) -> None:
    first, second = two_editions.snapshots()
    assert (first.rows["occurrences"], second.rows["occurrences"]) == (470, 480)
    assert len(_occurrences_with(two_editions, second, " AI ", "contains")) >= 90
    assert len(_occurrences_with(two_editions, second, "AI", "padded")) == 90
    assert len(_occurrences_with(two_editions, second, "AI", "word")) == 144
    alone = two_editions.offences(first)["occurrence_no"].to_pylist()
    assert _occurrences_with(two_editions, first, "AI", "word") <= set(alone)


def test_both_editions_through_their_own_layout(data: Path, tmp_path: Path) -> None:
    import_export([data / FIRST], tmp_path / "store", layout="aiid", now=NOW)
    result = import_export([data / SECOND], tmp_path / "store", layout="aiid", now=NOW)
    before = {row["incident_id"]: row for row in _rows(data / FIRST)}
    kept = ("date", "title", "description", "alleged_deployer", "alleged_developer", "alleged_harmed")
    changed = sum(
        any(before[row["incident_id"]][column].strip() != row[column].strip() for column in kept)
        for row in _rows(data / SECOND)
        if row["incident_id"] in before
    )
    assert (result.read, result.added, result.changed, result.unchanged) == (480, 10, changed, 470 - changed)


def test_neiss_tab_separated_with_american_dates(data: Path, tmp_path: Path) -> None:
    path = data / "neiss_2020_unpowered_scooters.tsv.gz"
    result = import_export([path], tmp_path / "store", layout="neiss", now=NOW)
    rows = _rows(path, "\t")
    assert (result.read, result.added, result.quarantined) == (1757, 1757, 0)
    store = open_store(tmp_path / "store")
    offences = store.offences(store.snapshot())
    months = Counter(row["Treatment_Date"][:2] for row in rows)
    assert Counter(f"{day.month:02d}" for day in offences["recorded_on"].to_pylist()) == months
    assert sum(dict(extra)["alcohol"] == "1" for extra in offences["extra"].to_pylist()) == sum(
        row["Alcohol"] == "1" for row in rows
    )


def test_neiss_decoded_with_other_columns_through_the_same_layout(data: Path, tmp_path: Path) -> None:
    result = import_export([data / "neiss_fireworks_part1.csv.gz"], tmp_path / "store", layout="neiss", now=NOW)
    assert (result.read, result.added, result.quarantined) == (1095, 1095, 0)


def test_osha_without_dates_is_kept_and_its_cut_titles_are_found(data: Path, tmp_path: Path) -> None:
    path = data / "osha_accidents_part1.csv.gz"
    result = import_export([path], tmp_path / "store", layout="osha", now=NOW)
    assert (result.read, result.added) == (1958, 1958)
    titles = [len(row["title"]) for row in _rows(path)]
    found = {(f.kind, f.column): f.rows for f in result.snapshot.findings}
    assert found["texts cut off", "summary"] == titles.count(max(titles))
    assert found["offences without a recorded date", "recorded_on"] == 1958


def test_pfd_two_date_styles_missing_and_repeated_refs(data: Path, tmp_path: Path) -> None:
    path = data / "pfd_reports_part1.csv.gz"
    result = import_export([path], tmp_path / "store", layout="pfd", now=NOW)
    rows = _rows(path)
    store = open_store(tmp_path / "store")
    quarantine = store.quarantine(result.snapshot).to_pylist()
    missing = [number for number, row in enumerate(rows, start=2) if not row["ref"].strip()]
    assert [row["row"] for row in quarantine if "blank" in row["reason"]] == missing
    assert len(missing) == 12
    assert result.read == 379 == result.added + result.unchanged + result.quarantined
    offences = store.offences(result.snapshot)
    sound = next(row for row in rows if row["source"] == "tracker" and row["ref"].strip())
    day, month, year = (int(part) for part in sound["date_of_report"].split("/"))
    days = dict(zip(offences["occurrence_no"].to_pylist(), offences["recorded_on"].to_pylist(), strict=True))
    assert days[sound["ref"].strip()] == date(year, month, day)
    areas = {dict(extra)["source"] for extra in offences["extra"].to_pylist()}
    assert areas == {"tracker", "toolkit"}, "both date styles were read"


def test_old_bailey_trials_by_category_and_month(data: Path, tmp_path: Path) -> None:
    path = data / "oldbailey_1875_1884.parquet"
    result = import_export([path], tmp_path / "store", layout="oldbailey", now=NOW)
    assert (result.read, result.added) == (8166, 8166)
    store = open_store(tmp_path / "store")
    wanted: set[str] = set()
    for term in ("forged", "forging", "forgery"):
        wanted |= _occurrences_with(store, result.snapshot, term, "word")
    counted: Counter[tuple[str, str]] = Counter()
    for row in store.offences(result.snapshot).to_pylist():
        if row["occurrence_no"] in wanted:
            counted[row["code"], f"{row['recorded_on']:%Y-%m}"] += 1
    again: Counter[tuple[str, str]] = Counter()
    pattern = re.compile(r"(?<![^\W_])(?:forged|forging|forgery)(?![^\W_])", re.IGNORECASE)
    for row in pq.read_table(path, columns=["session_date", "offence_category", "text"]).to_pylist():
        if pattern.search(row["text"]):
            for category in row["offence_category"].split("|"):
                again[" ".join(category.split()), row["session_date"][:7]] += 1
    assert counted == again
    assert sum(counted.values()) > 500


def test_the_mangled_code_list_is_mended_only_where_certain(data: Path) -> None:
    known = frozenset(code_list().codes)
    (sheet,) = sheets.look(Source(data / "police_uk_category_mappings_part1.xlsx"))
    cells = [text for batch in sheet.batches(lambda fault: None) for text in batch.column(0).to_pylist()]
    assert len(cells) == 756
    readings = {cell: read_code(cell, known) for cell in set(cells)}
    numbers = [cell for cell in cells if cell.isdigit() and len(cell) == 5]
    assert len(numbers) == 63
    for cell in numbers:
        reading = readings[cell]
        day = date.fromordinal(date(1899, 12, 30).toordinal() + int(cell))
        typed = f"{day.month:03d}/{day.day:02d}" if day.year >= 1990 else f"{day.month:03d}/{day.year % 100:02d}"
        assert reading.code in (None, typed), f"{cell} was mended into another code"
        assert reading.reason, "aloud, mended or refused"
        assert reading.code is None or reading.mended
    mended = sum(readings[cell].code is not None for cell in numbers)
    assert 20 <= mended < 63
    assert readings["25051"].code == "008/68"
    for cell in ("2", "29", "149"):
        assert readings[cell].code is None, "a whole class is not a code"
    texts = [cell for cell in cells if "/" in cell]
    assert sum(readings[cell].code is not None for cell in texts) == len(texts)


def test_texts_are_kept_byte_for_byte(data: Path, tmp_path: Path) -> None:
    path = data / "oldbailey_1875_1884.parquet"
    import_export([path], tmp_path / "store", layout="oldbailey", now=NOW)
    store = open_store(tmp_path / "store")
    table = pa.Table.from_batches(list(store.texts(store.snapshot())))
    kept = dict(zip(table["occurrence_no"].to_pylist(), table["text"].to_pylist(), strict=True))
    source = pq.read_table(path, columns=["trial_id", "text"]).to_pylist()
    assert all(kept[row["trial_id"]] == row["text"] for row in source)
