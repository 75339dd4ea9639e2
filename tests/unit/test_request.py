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
