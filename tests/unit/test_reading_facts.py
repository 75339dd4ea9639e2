"""Facts that readers code: how a request asks for them, the way through a sheet, and a table cut by one."""

from __future__ import annotations

import copy
import io
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearcount.errors import DecisionError, RequestError
from clearcount.model.decision import Decision
from clearcount.model.facts import CANNOT_TELL, FactAsked, FactSaid, facts_said
from clearcount.model.request_reader import parse_request
from clearcount.reading.facts import fact_values, known_facts
from clearcount.reading.sheets import read_sheet, to_csv, to_xlsx
from clearcount.reading.twice import read_twice

REQUEST: dict[str, Any] = {
    "request": {"reference": "R", "received": "2025-01-15"},
    "scope": {"from": "2023-01", "to": "2024-12"},
    "question": [{"text": "a", "codes": ["086/02"]}],
    "terms": {"any": ["AI"]},
    "fact": [{"name": "platform", "text": "Which platform?", "values": ["Snapchat", "Another app"]}],
}
PLATFORM = FactAsked("platform", "Which platform?", ("Snapchat", "Another app"))
KIND = FactAsked("kind", "What was done?", ("threatened", "shared", "kept"), several=True)


def asked(**changes: Any) -> dict[str, Any]:
    found = copy.deepcopy(REQUEST)
    found["fact"][0].update(changes)
    return found


def test_a_request_asks_for_facts() -> None:
    assert parse_request(REQUEST).facts == (PLATFORM,)
    assert PLATFORM.offered == ("Snapchat", "Another app", CANNOT_TELL)
    assert parse_request({k: v for k, v in REQUEST.items() if k != "fact"}).facts == ()
    assert parse_request(asked(text="")).facts[0].question == "platform"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "Platform"}, "is no name"),
        ({"name": "two words"}, "is no name"),
        ({"name": "month"}, "is no name"),
        ({"name": "state"}, "is no name"),
        ({"name": 3}, "is no name"),
        ({"text": "one\ntwo"}, "is no question"),
        ({"several": "yes"}, "neither true nor false"),
        ({"values": []}, "has 0 values"),
        ({"values": [f"v{n}" for n in range(11)]}, "has 11 values"),
        ({"values": ["a", "A "]}, "twice"),
        ({"values": ["a", "Cannot tell"]}, "always there"),
        ({"values": ["a; b"]}, "no semicolon"),
        ({"values": ["=1+1"]}, "sign of a formula"),
        ({"values": "abc"}, "no list"),
        ({"values": ["x" * 61]}, "60 letters"),
        ({"colour": "red"}, "unknown key"),
    ],
)
def test_a_fact_that_cannot_be_asked_is_a_fault(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(RequestError, match=words):
        parse_request(asked(**changes))


def test_no_more_than_six_facts_and_no_name_twice() -> None:
    many = {**REQUEST, "fact": [{"name": f"f{n}", "values": ["a"]} for n in range(7)]}
    with pytest.raises(RequestError, match="there are 7 facts"):
        parse_request(many)
    with pytest.raises(RequestError, match="asked for twice"):
        parse_request({**REQUEST, "fact": REQUEST["fact"] * 2})


@pytest.mark.parametrize(
    ("table", "several", "words"),
    [
        ({"rows": ["platform"]}, True, "several values"),
        ({"rows": ["platform"]}, False, None),
        ({"rows": ["offence"], "columns": ["platform"]}, False, None),
    ],
)
def test_a_table_may_have_a_fact_with_one_value(table: dict[str, Any], several: bool, words: str | None) -> None:
    request = {**asked(several=several), "table": table}
    if words is None:
        assert "platform" in parse_request(request).tables[0].dimensions
    else:
        with pytest.raises(RequestError, match=words):
            parse_request(request)
    with pytest.raises(RequestError, match="needs words to look for"):
        parse_request({key: value for key, value in {**asked(), "table": table}.items() if key != "terms"})


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"platform": ["Telegram"]}, "takes Snapchat"),
        ({"platform": ["Snapchat", "Another app"]}, "takes one value"),
        ({"kind": ["shared", "shared"]}, "twice"),
        ({"kind": ["shared", CANNOT_TELL]}, "beside another"),
        ({"weather": ["sun"]}, "is no fact"),
    ],
)
def test_what_is_no_answer_is_refused(chosen: dict[str, list[str]], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        facts_said((PLATFORM, KIND), chosen)


def decision(number: int = 1, code: Any = "relevant", **facts: tuple[str, ...]) -> Decision:
    said = tuple(FactSaid(name, values) for name, values in facts.items())
    return Decision(f"N{number}", "086/02", code, "", "A", text_hash="t1", guide_version="g1", facts=said)


kinds = st.lists(st.sampled_from(KIND.values), unique=True).map(lambda each: tuple(v for v in KIND.values if v in each))


@given(st.lists(st.tuples(st.sampled_from(["", *PLATFORM.offered]), kinds), min_size=1, max_size=8))
def test_facts_come_back_from_a_sheet_as_they_went(rows: list[tuple[str, tuple[str, ...]]]) -> None:
    made = []
    for number, (platform, kind) in enumerate(rows):
        said = ({"platform": (platform,)} if platform else {}) | ({"kind": kind} if kind else {})
        made.append(decision(number, **said))
    body = to_csv([(each, "", {}) for each in made], (PLATFORM, KIND))
    assert list(read_sheet(body, "f")) == made
    assert [known_facts(each, (PLATFORM, KIND)) for each in made] == [each.facts for each in made]


def test_facts_come_back_from_a_workbook_as_they_went() -> None:
    made = [decision(1, platform=("Snapchat",)), decision(2, kind=("threatened", "kept")), decision(3)]
    assert list(read_sheet(to_xlsx([(each, "", {}) for each in made], (PLATFORM, KIND)), "f")) == made


def test_a_sheet_offers_the_values_and_a_person_may_type_them_in_any_case() -> None:
    body = to_xlsx([(Decision("N1", "086/02", text_hash="t"), "", {})], (PLATFORM, KIND))
    book = openpyxl.load_workbook(io.BytesIO(body))
    sheet = book.active
    header = [cell.value for cell in sheet[1]]
    offered = {each.formula1 for each in sheet.data_validations.dataValidation}
    assert '"Snapchat,Another app,cannot tell"' in offered
    for name, value in (
        ("code", "Relevant"),
        ("coder", "A"),
        ("fact:platform", " snapchat"),
        ("fact:kind", "KEPT;Shared"),
    ):
        sheet.cell(2, header.index(name) + 1).value = value
    out = io.BytesIO()
    book.save(out)
    (row,) = read_sheet(out.getvalue(), "f")
    assert known_facts(row, (PLATFORM, KIND)) == (
        FactSaid("platform", ("Snapchat",)),
        FactSaid("kind", ("shared", "kept")),
    )


@pytest.mark.parametrize("code", ["", "not_relevant", "unclear", "cannot_decide"])
def test_a_fact_of_a_record_that_is_not_relevant_is_refused(code: Any) -> None:
    body = to_csv([(decision(code=code, platform=("Snapchat",)), "", {})], (PLATFORM,))
    with pytest.raises(DecisionError, match="column fact:platform"):
        read_sheet(body, "f")


def test_a_sheet_without_facts_is_what_it_was() -> None:
    assert b"fact:" not in to_csv([(decision(), "", {})])
    assert to_csv([(decision(), "", {})]).splitlines()[0].endswith(b"sample_id,context")


def test_a_table_counts_only_what_is_confirmed_and_coded() -> None:
    current = {
        ("N1", "086/02"): decision(1, platform=("Snapchat",)),
        ("N2", "086/02"): decision(2),
        ("N3", "086/02"): decision(3, "unclear"),
    }
    keys = [(f"N{number}", "086/02") for number in range(1, 5)]
    assert fact_values(PLATFORM, current, keys) == ["Snapchat", "not coded", "not coded", "not coded"]


def test_agreement_on_a_fact_is_over_what_both_call_relevant() -> None:
    from dataclasses import replace

    first = [decision(n, platform=("Snapchat" if n % 2 else "Another app",)) for n in range(8)]
    second = [replace(each, round="2", coder="B") for each in first]
    second[0] = replace(second[0], facts=(FactSaid("platform", (CANNOT_TELL,)),))
    second[1] = replace(second[1], code="not_relevant", facts=())
    twice = read_twice([*first, *second], {each.key: each.code for each in first}, [])
    assert twice is not None
    fact = twice.by_fact["platform"]
    assert fact.records == 7 and fact.measured.po == pytest.approx(6 / 7)
