"""The local engine gives what the reference loops give, on generated records and requests."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearcount.engines import Question, engine
from clearcount.matching import fold
from clearcount.model.months import Month
from clearcount.model.request import parse_request

CODES = ("086/02", "088/15", "175/08")
DAYS = st.none() | st.dates(date(2022, 11, 1), date(2024, 2, 29))
WORDS = st.sampled_from(
    [
        "AI",
        "ai",
        "A.I.",
        "(AI)",
        "said",
        "paid.AI",
        "deep fake",
        "deepfakes",
        "caf\u00e9 AI",
        "AI\u00a0tool",
        "\u2019AI\u2019",
        "AI\r\nuse",
    ]
)
TEXTS = st.lists(WORDS, max_size=5).map(" ".join)


@dataclass(frozen=True)
class ArrowRecords:
    """The records of a snapshot over two Arrow tables, so that five hundred fit in seconds."""

    offence_rows: pa.Table
    text_rows: pa.Table
    batch: int

    def offences(self, codes: Collection[str] | None = None) -> pa.Table:
        if codes is None:
            return self.offence_rows
        return self.offence_rows.filter(pa.compute.is_in(self.offence_rows["code"], pa.array(list(codes))))

    def texts(
        self, occurrences: pa.Array | None = None, fields: Collection[str] | None = None
    ) -> Iterator[pa.RecordBatch]:
        rows = self.text_rows
        if occurrences is not None:
            rows = rows.filter(pa.compute.is_in(rows["occurrence_no"], occurrences))
        if fields is not None:
            rows = rows.filter(pa.compute.is_in(rows["field"], pa.array(list(fields), pa.string())))
        yield from rows.to_batches(max_chunksize=self.batch)


@st.composite
def stores(draw: st.DrawFn) -> ArrowRecords:
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
                    "status": st.sampled_from(["recorded", "cancelled", "transferred"]),
                    "markers": st.lists(st.sampled_from(["AI", "ai ", "DA"]), max_size=2),
                    "extra": st.dictionaries(st.just("age"), st.sampled_from(["Under 18", "18+", ""])).map(
                        lambda d: list(d.items())
                    ),
                }
            ),
            max_size=12,
        )
    )
    for number, row in enumerate(offences):
        row["crime_no"] = f"C{number}"
    schema = pa.schema(
        [(name, pa.string()) for name in ("occurrence_no", "crime_no", "code", "offence", "status")]
        + [(name, pa.date32()) for name in ("recorded_on", "reported_on", "committed_from", "committed_to")]
        + [("markers", pa.list_(pa.string())), ("extra", pa.map_(pa.string(), pa.string()))]
    )
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
    return ArrowRecords(pa.Table.from_pylist(offences, schema=schema), table, draw(st.integers(1, 5)))


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    request: dict[str, Any] = {
        "request": {"reference": "R", "received": "2024-06-01"},
        "scope": {
            "from": "2023-01",
            "to": draw(st.sampled_from(["2023-01", "2023-06", "2024-02"])),
            "date_basis": draw(st.sampled_from(["recorded", "reported", "committed"])),
            "cancelled": draw(st.sampled_from(["exclude", "include"])),
        },
        "question": [{"text": "q", "codes": list(draw(st.sets(st.sampled_from(CODES), min_size=1)))}],
    }
    if draw(st.booleans()):
        request["scope"]["where"] = {"age": ["under 18"]}
    if draw(st.booleans()):
        rule = draw(st.sampled_from(["contains", "padded", "word", "variant"]))
        request["terms"] = {"rule": rule, "any": ["AI", "deep fake"], "fields": ["oel", "mo"]}
        if rule in ("word", "variant") and draw(st.booleans()):
            request["terms"]["none"] = ["AI tool"]
    if draw(st.booleans()):
        request["marker"] = {"name": "AI", "use": draw(st.sampled_from(["instead", "beside"]))}
    return request


def agree(store: ArrowRecords, data: dict[str, Any]) -> None:
    request = parse_request(data)
    assert request.scope.last is not None
    question = Question(request, request.scope.last)
    found = [engine(name)(store, question) for name in ("memory", "local")]
    reference, local = found
    assert vars(local.offences) == vars(reference.offences)
    assert local.mentions == reference.mentions
    assert local.dropped == reference.dropped
    assert (local.searched, local.undated, local.spread) == (reference.searched, reference.undated, reference.spread)
    assert all(month >= Month(2023, 1) for month in local.offences.month)


@settings(max_examples=500)
@given(stores(), requests())
def test_local_agrees_with_memory(store: ArrowRecords, data: dict[str, Any]) -> None:
    agree(store, data)


@pytest.mark.slow
@settings(max_examples=5000)
@given(stores(), requests())
def test_local_agrees_with_memory_at_length(store: ArrowRecords, data: dict[str, Any]) -> None:
    agree(store, data)
