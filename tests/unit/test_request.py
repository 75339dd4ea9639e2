"""A request is parsed once; every fault comes back at once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from clearcount.model.months import Month
from clearcount.model.request import FaultyRequest
from clearcount.model.request_reader import parse_request

MINIMAL: dict[str, Any] = {
    "request": {"reference": "01/FOI/26/1", "received": date(2026, 1, 12)},
    "scope": {"from": "2024-01", "to": "latest"},
    "question": [{"text": "Section 66B", "codes": ["88/15", "HO 175/08", "08815"]}],
}


def test_keys_left_out_take_the_promised_values() -> None:
    request = parse_request(MINIMAL)
    assert request.scope.first == Month(2024, 1)
    assert request.scope.last is None
    assert (request.scope.date_basis, request.scope.unit, request.scope.cancelled) == (
        "recorded",
        "offences",
        "exclude",
    )
    assert (request.table.rows, request.table.columns, request.table.empty) == (("offence",), ("month",), "show")
    assert request.terms is None
    assert request.marker is None
    assert request.codes == ("088/15", "175/08")


def test_terms_take_the_word_rule_and_every_field() -> None:
    terms = parse_request({**MINIMAL, "terms": {"any": ["AI"]}}).terms
    assert terms is not None
    assert (terms.set.rule, terms.set.terms, terms.fields) == ("word", ("AI",), ("oel", "summary", "mo"))


def test_ten_faults_come_back_at_once() -> None:
    data: dict[str, Any] = {
        "request": {"received": "31/02/2025", "colour": "blue"},
        "scope": {"from": "2025-13", "to": "June", "unit": "?"},
        "question": [{"codes": ["8602", "rubbish"]}],
        "terms": {"rule": "magic", "any": []},
        "table": {"rows": ["month", "year"]},
        "extra": {},
    }
    with pytest.raises(FaultyRequest) as caught:
        parse_request(data)
    places = [fault.where for fault in caught.value.faults]
    for where in (
        "extra",
        "request.colour",
        "request.reference",
        "request.received",
        "scope.from",
        "scope.to",
        "scope.unit",
        "question[1].codes",
        "question[1].text",
        "terms.rule",
        "terms.any",
        "table.rows",
    ):
        assert where in places, where
    assert all(fault.what and fault.do for fault in caught.value.faults)


def test_from_after_to_is_a_fault() -> None:
    with pytest.raises(FaultyRequest, match=r"scope\.from.*comes after"):
        parse_request({**MINIMAL, "scope": {"from": "2025-02", "to": "2025-01"}})


def test_a_number_that_excel_made_of_a_code_is_refused() -> None:
    with pytest.raises(FaultyRequest, match="25051"):
        parse_request({**MINIMAL, "question": [{"text": "x", "codes": ["25051"]}]})


def test_own_codes_are_taken_as_they_stand() -> None:
    request = parse_request({**MINIMAL, "question": [{"text": "x", "codes": ["theft|shop"]}]}, own_codes=True)
    assert request.codes == ("theft|shop",)


@pytest.mark.parametrize("term", ["AI~1", "*", "AI NEAR/x deep", '"open'])
def test_a_term_that_cannot_be_read_names_its_place(term: str) -> None:
    with pytest.raises(FaultyRequest) as caught:
        parse_request({**MINIMAL, "terms": {"any": ["AI", term]}})
    assert [fault.where for fault in caught.value.faults] == ["terms.any[2]"]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"scope": {"where": {"district": []}}}, "scope.where.district"),
        ({"scope": {"where": {"district": {}}}}, "scope.where.district"),
        ({"scope": {"where": {"district": {"values": []}}}}, "scope.where.district"),
        ({"scope": {"where": {"district": {"not": []}}}}, "scope.where.district"),
        ({"scope": {"where": {"age": {"below": "18"}}}}, "scope.where.age.below"),
        ({"scope": {"where": {"age": {"from": 18, "below": 18}}}}, "scope.where.age"),
        ({"scope": {"where": {"age": {"under": 18}}}}, "scope.where.age.under"),
        ({"scope": {"where": {"age": True}}}, "scope.where.age"),
        ({"scope": {"alongside": []}}, "scope.alongside"),
        ({"scope": {"to": "2023-02-30"}}, "scope.to"),
        ({"question": [{"text": "q", "codes": ["class:"]}]}, "question[1].codes"),
        ({"question": [{"text": "q", "codes": ["file:x.csv"]}]}, "question[1].codes"),
        ({"question": [{"text": "q", "codes": ["086/02"], "fields": ["mo"]}]}, "question[1]"),
        ({"question": [{"text": "q", "codes": ["086/02"], "any": "AI"}]}, "question[1].any"),
        ({"terms": {"all": ["porn"]}}, "terms.all"),
        ({"terms": {"all": [[]]}}, "terms.all[1]"),
        ({"table": [{"rows": ["term"]}]}, "table[1].rows"),
        ({"table": [{"rows": ["state"]}]}, "table[1].rows"),
        ({"table": [{"rows": ["marker"]}]}, "table[1].rows"),
        ({"table": [{"of": [2]}]}, "table[1].of"),
        ({"table": [{"rows": ["month", "week"]}]}, "table[1].rows"),
        ({"table": [{"rows": ["district", "district"]}]}, "table[1].rows"),
        ({"column": {"age": {"bands": ["0-17", "17+"]}}}, "column.age.bands"),
        ({"column": {"age": {"bands": ["young"]}}}, "column.age.bands"),
        ({"column": {"o": {"groups": {"A": ["1"], "B": ["1"]}}}}, "column.o.groups"),
        ({"column": {"o": {"groups": {"A": ["1"]}, "other": "a"}}}, "column.o"),
    ],
)
def test_what_would_change_a_figure_in_silence_is_a_fault(change: dict[str, Any], where: str) -> None:
    data: dict[str, Any] = {key: dict(value) if isinstance(value, dict) else value for key, value in MINIMAL.items()}
    for key, value in change.items():
        data[key] = {**data.get(key, {}), **value} if isinstance(value, dict) else value
    with pytest.raises(FaultyRequest) as caught:
        parse_request(data)
    assert where in [fault.where for fault in caught.value.faults]


def test_questions_of_one_table_may_not_differ_in_what_they_count() -> None:
    data = {**MINIMAL, "table": {"rows": ["question"]}}
    data["question"] = [
        {"text": "a", "codes": ["086/02"]},
        {"text": "b", "codes": ["086/02"], "date_basis": "reported"},
    ]
    with pytest.raises(FaultyRequest, match="date_basis"):
        parse_request(data)
