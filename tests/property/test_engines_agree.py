"""Every engine counts what the plain loops of the memory engine count, on generated records and requests.

A generated request uses any key of a request file. Beside the agreement of engines each table must follow from itself:
in an exclusive dimension the margin is the sum of its lines, in another it lies between the largest and the sum.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearcount.engines import ENGINES
from clearcount.errors import RequestError
from clearcount.matching.columns import fold
from clearcount.model.keys import ALL
from clearcount.model.request import FaultyRequest
from clearcount.model.request_reader import parse_request
from clearcount.model.table import Count, Table
from clearcount.offences import code_list
from clearcount.store import Snapshot
from clearcount.store.parts import OFFENCE_TABLE, PERSON_TABLE, PartRecords
from clearcount.workflow.counting import Counted, count_request

CODES = ("086/02", "086/10", "088/15", "030/01")
DAYS = st.one_of(st.none(), st.dates(date(2022, 12, 1), date(2024, 4, 30)))
TEXTS = st.sampled_from(["AI was used", "a deep fake", "nothing", "", "AI tool and a deep fake", "ai AI porn", "porn"])
PLACES = ("North", "south ", "", "East 10", "East 2")
AGES = ("17", "under 10", "10-17", "16-20", "", "unknown", "65+", "40")
SNAPSHOT = Snapshot(
    number=1,
    as_at=date(2024, 2, 20),
    imported_at=datetime(2024, 2, 21, tzinfo=UTC),
    layout="made up",
    versions={},
    text_fields=("oel", "mo"),
    layout_fields=("oel", "mo"),
    extra_columns=("district", "victim_age", "recorded_time"),
    person_columns=("age", "sex"),
    roles=("victims", "suspects"),
)


@dataclass(frozen=True)
class Records:
    """Records in memory, as a store hands them out."""

    rows: pa.Table
    entries: pa.Table
    people: pa.Table
    batch: int
    folder: str = ""

    def snapshot(self, number: int | None = None) -> Snapshot:
        return SNAPSHOT

    def codes(self, snapshot: Snapshot) -> tuple[str, ...]:
        return tuple(sorted(set(self.rows["code"].to_pylist())))

    def offences(self, snapshot: Snapshot, codes: Collection[str] | None = None) -> pa.Table:
        if codes is None:
            return self.rows
        return self.rows.filter(pa.compute.is_in(self.rows["code"], pa.array(sorted(codes), pa.string())))

    def persons(self, snapshot: Snapshot, role: str) -> pa.Table:
        return self.people.filter(pa.compute.equal(self.people["role"], role.removesuffix("s")))

    def parts(self, snapshot: Snapshot) -> tuple[PartRecords, ...]:
        """The same records in two parts on disk, as a store keeps them; an occurrence lies in one."""
        folder = Path(tempfile.mkdtemp(dir=self.folder or None))
        tables = {
            "offences": self.rows.select(OFFENCE_TABLE.names),
            "texts": self.entries,
            "persons": self.people.select(PERSON_TABLE.names),
        }
        found = []
        for part in range(2):
            files = {}
            for name, table in tables.items():
                number = pa.compute.cast(table["occurrence_no"], pa.int64())
                here = table.filter(pa.compute.equal(pa.compute.bit_wise_and(number, 1), part))
                pq.write_table(here, folder / f"{name}-{part}.parquet", row_group_size=2)
                files[name] = (folder / f"{name}-{part}.parquet",)
            found.append(PartRecords(store=folder, files=files, roles=SNAPSHOT.roles))
        return tuple(found)

    def texts(
        self, snapshot: Snapshot, occurrences: pa.Array | None = None, fields: Collection[str] | None = None
    ) -> Iterator[pa.RecordBatch]:
        rows = self.entries
        if occurrences is not None:
            rows = rows.filter(pa.compute.is_in(rows["occurrence_no"], occurrences))
        if fields is not None:
            rows = rows.filter(pa.compute.is_in(rows["field"], pa.array(list(fields), pa.string())))
        yield from rows.to_batches(max_chunksize=self.batch)


_EXTRA = ("extra", pa.map_(pa.string(), pa.string()))
OFFENCES = pa.schema(
    [(name, pa.string()) for name in ("occurrence_no", "crime_no", "code", "offence", "status")]
    + [(name, pa.date32()) for name in ("recorded_on", "reported_on", "committed_from", "committed_to")]
    + [("markers", pa.list_(pa.string())), _EXTRA]
)
PERSONS = pa.schema(
    [(name, pa.string()) for name in ("occurrence_no", "crime_no", "person_no", "role", "age", "sex")] + [_EXTRA]
)


@st.composite
def stores(draw: st.DrawFn) -> Records:
    offences = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "occurrence_no": st.sampled_from("12345"),
                    "code": st.sampled_from((*CODES, "035/00")),
                    "offence": st.sampled_from(["a", "b"]),
                    "recorded_on": DAYS,
                    "reported_on": DAYS,
                    "committed_from": DAYS,
                    "committed_to": DAYS,
                    "status": st.sampled_from(["recorded", "recorded", "cancelled", "transferred"]),
                    "markers": st.lists(st.sampled_from(["AI", "ai ", "DA", "AI:not", "AI:unclear"]), max_size=2),
                    "extra": st.fixed_dictionaries(
                        {},
                        optional={
                            "district": st.sampled_from(PLACES),
                            "victim_age": st.sampled_from(AGES),
                            "recorded_time": st.sampled_from(["07:15", "23:59", "", "night"]),
                        },
                    ).map(lambda d: list(d.items())),
                }
            ),
            max_size=14,
        )
    )
    for number, row in enumerate(offences):
        row["crime_no"] = f"C{number}"
    texts = draw(st.lists(st.tuples(st.sampled_from("12345"), st.sampled_from(["oel", "mo"]), TEXTS), max_size=10))
    text_rows: dict[str, Any] = {
        "occurrence_no": [text[0] for text in texts],
        "field": [text[1] for text in texts],
        "entry_no": [str(number) for number in range(len(texts))],
        "entered_at": [""] * len(texts),
        "text": [text[2] for text in texts],
    }
    table = pa.table({name: pa.array(values, pa.string()) for name, values in text_rows.items()})
    table = table.append_column("folded", fold(table["text"].combine_chunks()))
    people = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "occurrence_no": st.sampled_from("12345"),
                    "crime_no": st.sampled_from(["", "C0", "C1", "C2"]),
                    "person_no": st.sampled_from("ab"),
                    "role": st.sampled_from(["victim", "suspect"]),
                    "age": st.sampled_from(AGES),
                    "sex": st.sampled_from(["female", "male", ""]),
                    "extra": st.just([]),
                }
            ),
            max_size=8,
            unique_by=lambda row: (row["occurrence_no"], row["crime_no"], row["person_no"], row["role"]),
        )
    )
    rows = pa.Table.from_pylist(offences, schema=OFFENCES)
    return Records(rows, table, pa.Table.from_pylist(people, schema=PERSONS), draw(st.integers(1, 5)))


CONDITIONS = st.sampled_from(
    [
        ["north"],
        ["South", "East 2"],
        {"blank": True},
        {"blank": False},
        {"not": ["North"]},
        {"not": ["South"], "blank": False},
    ]
)
NUMBERS = st.sampled_from([{"below": 18}, {"from": 10, "to": 17}, {"from": 65}, {"blank": True}, ["17", "10-17"]])
SEXES = st.sampled_from([["Female"], {"blank": True}, {"not": ["male"]}, {"blank": False}])
SELECTIONS = st.lists(
    st.sampled_from([*CODES, "86/*", "class:Sexual offences", "category:88C", "all"]), min_size=1, max_size=3
)
WORDS = st.sampled_from(
    [
        {"any": ["AI", "deep fake"]},
        {"any": ["AI"], "all": [["porn", "deep fake"]]},
        {"any": ["AI", "porn"], "none": ["AI tool"], "rule": "variant"},
        {"any": ["AI"], "rule": "contains"},
        {"all": [["porn"], ["AI", "deep fake"]], "fields": ["oel", "mo"]},
    ]
)
GROUPS = {"groups": {"Up": ["north"], "Down": ["South"]}, "other": "Else"}
TIMES = st.sampled_from(["week", "month", "quarter", "year", "financial-year", "weekday", "hour"])
LINES = st.sampled_from(["offence", "question", "class", "category"])
OTHERS = ["term", "marker", "state", "district", "victim_age", "age", "sex"]


@st.composite
def scopes(draw: st.DrawFn) -> dict[str, Any]:
    scope: dict[str, Any] = {
        "from": draw(st.sampled_from(["2023-01", "2023-04-06", date(2023, 2, 3)])),
        "to": draw(st.sampled_from(["2023-06", "2023-12-05", "2024-02", "latest", "extract"])),
    }
    for key, values in (
        ("date_basis", ["recorded", "reported", "committed"]),
        ("cancelled", ["exclude", "include"]),
        ("unit", ["offences", "occurrences", "victims", "suspects"]),
        ("alongside", [["030/01"], ["86/*"]]),
    ):
        if draw(st.booleans()):
            scope[key] = draw(st.sampled_from(values))
    if draw(st.booleans()):
        scope["where"] = draw(st.fixed_dictionaries({}, optional={"district": CONDITIONS, "victim_age": NUMBERS}))
        if scope.get("unit") in ("victims", "suspects"):
            scope["where"] |= draw(st.fixed_dictionaries({}, optional={"age": NUMBERS, "sex": SEXES}))
    return scope


@st.composite
def tables(draw: st.DrawFn, parts: int) -> dict[str, Any]:
    names = draw(st.lists(st.sampled_from(OTHERS), unique=True, max_size=2))
    names += [draw(LINES)] if draw(st.booleans()) else []
    names += [draw(TIMES)] if draw(st.booleans()) else []
    names = draw(st.permutations(names))
    cut = draw(st.integers(0, len(names)))
    table: dict[str, Any] = {"rows": list(names[:cut]), "columns": list(names[cut:])}
    if draw(st.booleans()):
        table["empty"] = draw(st.sampled_from(["show", "drop"]))
    if parts > 1 and draw(st.booleans()):
        table["of"] = [draw(st.integers(1, parts))]
    return table


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    questions = [{"text": f"part {n}", "codes": draw(SELECTIONS)} for n in range(draw(st.integers(1, 3)))]
    for question in questions[1:]:
        question |= draw(st.one_of(st.just({}), scopes(), WORDS))
    request: dict[str, Any] = {
        "request": {"reference": "R", "received": "2024-06-01"},
        "scope": draw(scopes()),
        "question": questions,
        "table": draw(st.lists(tables(len(questions)), min_size=1, max_size=3)),
        "column": {
            "victim_age": {"bands": ["0-9", "10-17", "18+"], "groups": {"odd": ["unknown"]}, "blank": "no age"},
            "age": {"bands": ["0-9", "10-17", "18+"], "blank": "age not recorded"},
            **draw(
                st.sampled_from([{}, {"district": {"groups": {"Up": ["north"], "Down": ["South"]}, "other": "Else"}}])
            ),
        },
    }
    if draw(st.booleans()):
        request["terms"] = {"fields": ["oel", "mo"], **draw(WORDS)}
    else:
        for question in questions:
            if "any" in question or "all" in question:
                question["fields"] = ["oel", "mo"]
    if draw(st.booleans()):
        request["marker"] = {"name": "AI", "use": draw(st.sampled_from(["instead", "beside"]))}
    return request


def number(cell: object) -> int:
    return cell.n if isinstance(cell, Count) else 0


def follows(table: Table) -> None:
    """Every margin over one side is the sum of its lines, or lies between the largest and the sum."""
    for side, other in ((table.rows, table.heads), (table.columns, table.lines)):
        if not side or not all(dimension.total for dimension in side):
            continue
        exclusive = all(dimension.exclusive for dimension in side) and table.unit != "occurrences"
        lines = [place for place in (table.lines if side is table.rows else table.heads) if place[:1] != (ALL,)]
        for place in other:
            at = [(*line, *place) if side is table.rows else (*place, *line) for line in (*lines, (ALL,) * len(side))]
            *parts, margin = (number(table.cells[each]) for each in at)
            assert max(parts, default=0) <= margin <= sum(parts)
            assert not exclusive or margin == sum(parts)


def counted_by(name: str, store: Records, data: dict[str, Any]) -> Counted | str:
    with contextlib.suppress(ModuleNotFoundError):
        try:
            return count_request(parse_request(data), store, codes=code_list(), engine_name=name)  # type: ignore[arg-type]
        except RequestError as error:
            return str(error)
    raise AssertionError(name)


def agree(store: Records, data: dict[str, Any], *names: str) -> None:
    try:
        parse_request(data)
    except FaultyRequest:
        return
    reference = counted_by("memory", store, data)
    for name in names or ("local",):
        other = counted_by(name, store, data)
        if isinstance(reference, str) or isinstance(other, str):
            assert reference == other
            continue
        assert other.found.offences == reference.found.offences
        assert other.found == reference.found
        assert other.tables == reference.tables
        assert other.links == reference.links
        for table in other.tables:
            follows(table)


@settings(max_examples=40, deadline=None)
@given(stores(), requests())
def test_local_agrees_with_memory(store: Records, data: dict[str, Any]) -> None:
    agree(store, data)


@pytest.mark.slow
@settings(max_examples=500, deadline=None)
@given(stores(), requests())
def test_local_agrees_with_memory_at_length(store: Records, data: dict[str, Any]) -> None:
    agree(store, data)


def test_there_are_three_engines() -> None:
    assert ENGINES == ("local", "spark", "memory")
