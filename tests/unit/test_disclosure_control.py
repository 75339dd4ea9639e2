"""`control` takes every table of a release together, beside the ledger, and leaves nothing small to be worked out."""

from __future__ import annotations

import hashlib
import json
from itertools import product
from typing import Any

import pytest

from clearcount.disclosure import Controlled, Policy, audit
from clearcount.disclosure.control import control
from clearcount.disclosure.document import Document
from clearcount.disclosure.document_json import parse_document
from clearcount.disclosure.linked import together as put_together
from clearcount.errors import DisclosureError
from clearcount.model.months import TOTAL, Month, Period, month_range, periods
from clearcount.model.table import Count, Link, NotInForce, NotSearched, Rounded, Suppressed, Table
from drawing import Row, at, drawn_table, grid, heads_of, lines_of, texts

CODES = ("086/02", "086/10", "088/15")
COUNTS = {
    "086/02": (6, 2, 9, 14, 1, 8),
    "086/10": (0, 1, 5, 7, 7, 3),
    "088/15": (4, 0, 6, 2, 11, 5),
}
_ROWS = tuple(Row(code, f"offence {code}", code=f"HO {code}") for code in COUNTS)
_SPANS = periods(Month(2024, 1), Month(2024, 6), "month")


def together(documents: Any) -> Document:
    return put_together([parse_document(document) for document in documents]).document


def _policy(**settings: Any) -> Policy:
    return Policy.parse({"rule": "suppress", "reason": "small counts", "approved_by": "reviewer"} | settings)


def _table(
    name: str = "answer",
    *,
    counts: dict[str, tuple[int, ...]] = COUNTS,
    months: int = 6,
    columns: Any = "month",
    add: int = 0,
    **more: Any,
) -> Table:
    spans = periods(Month(2024, 1), Month(2024, months), columns)
    order = list(month_range(Month(2024, 1), Month(2024, months)))
    rows = tuple(Row(code, f"offence {code}", code=f"HO {code}") for code in counts)
    cells: dict[tuple[str, str], Any] = {}
    wide = [*((p.label, p.months) for p in spans), (TOTAL, tuple(order))]
    tall = [*((code, (code,)) for code in counts), (TOTAL, tuple(counts))]
    for (row, codes), (label, within) in product(tall, wide):
        cells[row, label] = Count(sum(counts[c][order.index(m)] + add for c in codes for m in within))
    return drawn_table(name, name, rows, spans, cells, **more)


def _hidden(found: Controlled, name: str = "answer") -> set[tuple[str, str]]:
    return {texts(at) for at, cell in found.tables[name].cells.items() if isinstance(cell, Suppressed)}


def test_none_prints_everything_and_records_why() -> None:
    found = control([_table()], policy=_policy(rule="none"))
    assert not _hidden(found)
    assert found.record["policy"]["reason"] == "small counts" and found.record["rule"] == "none"
    assert found.tables["answer"].shown(at(found.tables["answer"], "086/02", "2024-02")) == "2"


def test_every_small_count_is_hidden_and_none_comes_out() -> None:
    found = control([_table()], policy=_policy())
    small = {at for at, cell in grid(_table()).items() if isinstance(cell, Count) and 1 <= cell.n < 5}
    assert small <= _hidden(found)
    result = audit(found.document)
    assert result.consistent and not result.exact and len(result.intervals) == len(_hidden(found))
    assert found.record["optimal"] and "exact" not in str(found.record["audit"])


def test_only_control_makes_a_controlled_table() -> None:
    from clearcount.model.table import ControlledTable

    found = control([_table()], policy=_policy()).tables["answer"]
    fields = {name: getattr(found, name) for name in found.__dataclass_fields__}
    with pytest.raises(DisclosureError):
        ControlledTable(**fields | {"controlled_by": None})


def test_what_is_printed_does_not_tell_small_from_complement() -> None:
    found = control([_table()], policy=_policy())
    text = json.dumps([found.document, found.record])
    assert "primary" not in text and "complementary" not in text
    assert {tuple(item["at"]) for item in found.internal["hidden"]} == _hidden(found)


def test_a_second_table_of_the_same_release_is_protected_with_it() -> None:
    """Quarter totals in one table beside months in another give months away when each is protected alone."""
    tables = [_table(), _table("quarters", columns="quarter")]
    alone = [control([table], policy=_policy()).document for table in tables]
    together_safe = control(tables, policy=_policy())
    assert not audit(together_safe.document).exact
    # the two halves of one release, protected apart, were each safe; the joint audit is what says whether both are
    joint = audit(together(alone))
    assert len(joint.intervals) == sum(len(audit(document).intervals) for document in alone)


def test_mentions_are_bounded_by_their_denominator() -> None:
    """A denominator of 3 under a printed mention total would show itself; the link is part of the attack."""
    mentions = {"086/02": (2, 5), "086/10": (0, 6)}
    every = {"086/02": (2, 9), "086/10": (7, 8)}
    tables = [_table(counts=mentions, months=2, population="terms"), _table("denominators", counts=every, months=2)]
    linked = control(tables, links=[Link("answer", "denominators")], policy=_policy())
    assert linked.document["links"]
    result = audit(linked.document)
    assert result.consistent and not result.exact


@pytest.mark.parametrize("where", ["prose", "note", "denominator", "comparison", "version difference"])
def test_a_planted_figure_is_found(where: str) -> None:
    """Any number outside the tables is one more row of knowledge: planting the hidden count's line makes it exact."""
    found = control([_table()], policy=_policy())
    truth = {at: cell.n for at, cell in grid(_table()).items() if isinstance(cell, Count)}
    row, month = min(_hidden(found))
    leak: dict[str, Any] = {
        "name": where,
        "by": ["offence", "month"],
        "leaves": found.document["tables"][0]["leaves"],
        "totals": found.document["tables"][0]["totals"],
        "cells": [[[row, month], truth[row, month], truth[row, month]]],
    }
    if where == "version difference":  # the counts of all other months, as a correction might print them
        rest = [label for label in found.document["tables"][0]["leaves"]["month"] if label != month]
        leak["totals"] = {**leak["totals"], "month": {**leak["totals"]["month"], "others": rest}}
        others = truth[row, TOTAL] - truth[row, month]
        leak["cells"] = [[[row, "others"], others, others], [[row, TOTAL], truth[row, TOTAL], truth[row, TOTAL]]]
    leaking = {**found.document, "tables": [*found.document["tables"], leak]}
    assert (row, month) in {item.target.cells[0] for item in audit(leaking).exact}
    assert not audit(found.document).exact


def test_no_digest_that_is_printed_is_met_by_trying_the_values_of_two_hidden_cells() -> None:
    found = control([_table()], policy=_policy())
    truth = {at: cell.n for at, cell in grid(_table()).items() if isinstance(cell, Count)}
    first, second = sorted(_hidden(found))[:2]
    exact = json.loads(json.dumps(found.document))
    for cells in exact["tables"][0]["cells"]:
        cells[1] = cells[2] = truth[cells[0][0], cells[0][1]]
    printed = json.dumps([found.document, found.record])
    plain = hashlib.sha256(json.dumps(exact, sort_keys=True).encode()).hexdigest()

    def met(printed: str) -> set[tuple[int, int]]:
        """The values under which a digest in the print comes out, whichever way the tables were written down."""
        tried = json.loads(json.dumps(exact))
        rows = {tuple(at): index for index, (at, _, _) in enumerate(tried["tables"][0]["cells"])}
        hits = set()
        for x, y in product(range(15), repeat=2):
            for place, value in ((first, x), (second, y)):
                tried["tables"][0]["cells"][rows[place]][1:] = [value, value]
            for form in (tried, tried["tables"], tried["tables"][0]["cells"], [x, y]):
                for separators in ((",", ":"), (", ", ": ")):
                    text = json.dumps(form, sort_keys=True, ensure_ascii=False, separators=separators)
                    if hashlib.sha256(text.encode()).hexdigest() in printed:
                        hits.add((x, y))
        return hits

    assert met(printed) == set()
    assert met(printed + plain) == {(truth[first], truth[second])}


def test_a_later_release_does_not_undo_an_earlier_one() -> None:
    first = control([_table(months=4)], policy=_policy())
    afresh = control([_table(months=6)], policy=_policy())
    aware = control([_table(months=6)], policy=_policy(), published=[first.document])
    both = audit(together([first.document, aware.document]))
    assert both.consistent and not both.exact
    assert len(_hidden(aware)) >= len(_hidden(afresh))
    assert aware.record["ledger"] == ["answer"]


def test_a_count_that_is_already_out_is_reported_and_the_rest_is_protected() -> None:
    outside = {
        "dimensions": {"code": {"leaves": ["86/2"]}, "when": {"leaves": ["2024-05"]}},
        "tables": [{"name": "another answer", "by": ["code", "when"], "cells": [[["86/2", "2024-05"], 1, 1]]}],
    }
    found = control([_table()], policy=_policy(), published=[outside])
    assert ("086/02", "2024-05") not in _hidden(found)
    assert not audit(together([found.document, outside | {"dimensions": outside["dimensions"]}])).exact


def test_a_revised_count_is_reported_and_loosened_with_a_slack() -> None:
    first = control([_table(months=4)], policy=_policy()).document
    revised = dict(COUNTS) | {"086/02": (6, 2, 9, 17, 1, 8)}
    found = control([_table(counts=revised)], policy=_policy(), published=[first])
    revised_figures = found.internal["revised"]
    assert revised_figures and {item["table"] for item in revised_figures} == {"answer (2)"}
    assert all(item["slack"] >= 1 for item in revised_figures) and "revised" not in found.record
    assert not audit(together([found.document, first])).consistent


def test_tables_that_contradict_each_other_are_refused() -> None:
    wrong = grid(_table()) | {(TOTAL, TOTAL): Count(1)}
    table = drawn_table("answer", "answer", _ROWS, _SPANS, wrong)
    with pytest.raises(DisclosureError, match="contradict"):
        control([table], policy=_policy())


def test_no_safe_pattern_is_an_error_with_ways_out() -> None:
    counts = {"086/02": (1, 1, 0), "086/10": (1, 0, 1)}
    with pytest.raises(DisclosureError, match=r"no pattern is safe"):
        control([_table(counts=counts, months=3)], policy=_policy(label="<5"))


def test_the_low_label_is_for_small_counts_only() -> None:
    found = control([_table()], policy=_policy(label="<5"))
    truth = {at: cell.n for at, cell in grid(_table()).items() if isinstance(cell, Count)}
    for place in _hidden(found):
        cell = grid(found.tables["answer"])[place]
        assert isinstance(cell, Suppressed) and cell.low == (truth[place] < 5)


def test_a_question_is_a_total_over_its_codes_and_may_share_one() -> None:
    base = _table()
    asked = (Row("q1", "first", members=("086/02", "086/10")), Row("q2", "second", members=("086/10", "088/15")))
    labels = heads_of(base)
    n = {at: cell.n for at, cell in grid(base).items() if isinstance(cell, Count)}
    cells: dict[tuple[str, str], Any] = {
        (row.key, label): Count(sum(n[code, label] for code in row.members)) for row in asked for label in labels
    }
    cells |= {(TOTAL, label): Count(n[TOTAL, label]) for label in labels}
    questions = drawn_table("questions", "questions", asked, _SPANS, cells, additive=False)
    found = control([base, questions], policy=_policy())
    result = audit(found.document)
    assert result.consistent and not result.exact


def test_occurrences_enter_by_links() -> None:
    """Two lines of 16 and 17 with a total of 25 occurrences are no contradiction; a total above the sum is."""
    period = Period("2024-01", (Month(2024, 1),))
    rows = (Row("086/02", "a"), Row("086/10", "b"))
    numbers = {("086/02"): 16, ("086/10"): 17, TOTAL: 25}
    cells = {(key, label): Count(n) for key, n in numbers.items() for label in ("2024-01", TOTAL)}
    table = drawn_table("answer", "answer", rows, (period,), cells, unit="occurrences", additive=False)
    found = control([table], policy=_policy())
    assert audit(found.document).consistent and not _hidden(found)
    too_many = cells | {(TOTAL, "2024-01"): Count(34), (TOTAL, TOTAL): Count(34)}
    with pytest.raises(DisclosureError, match="contradict"):
        control([drawn_table("answer", "answer", rows, (period,), too_many, unit="occurrences")], policy=_policy())


def test_not_in_force_and_not_searched_stay_what_they_are() -> None:
    base = _table()
    labels = heads_of(base)
    rows = (*_ROWS, Row("q3", "no code"), Row("q4", "not held"))
    cells = grid(base) | {("q3", label): NotInForce() for label in labels}
    cells |= {("q4", label): NotSearched() for label in labels}
    found = control([drawn_table("answer", "answer", rows, _SPANS, cells)], policy=_policy(zeros="ambiguous"))
    assert all(grid(found.tables["answer"])["q3", label] == NotInForce() for label in labels)
    assert all(grid(found.tables["answer"])["q4", label] == NotSearched() for label in labels)
    assert not any(at[0] == "q4" for at, _, _ in found.document["tables"][0]["cells"])


def test_a_known_zero_is_never_hidden() -> None:
    known = frozenset({("086/10", Month(2024, 1))})
    found = control([_table(known_zero=tuple(known))], policy=_policy(zeros="ambiguous", requirement="range"))
    assert ("086/10", "2024-01") not in _hidden(found)
    assert {"offence": "086/10", "month": "2024-01"} in found.document["known_zero"]


def test_rounding_marks_every_count() -> None:
    found = control([_table()], policy=_policy(rule="round", base=5))
    cells = grid(found.tables["answer"])
    assert all(isinstance(cell, Rounded) and cell.n % 5 == 0 for cell in cells.values())
    for row in (*CODES, TOTAL):
        parts = [cells[row, label] for label in heads_of(found.tables["answer"])[:-1]]
        total = cells[row, TOTAL]
        assert isinstance(total, Rounded)
        assert sum(cell.n for cell in parts if isinstance(cell, Rounded)) == total.n


def test_the_policy_coarsens_before_it_hides() -> None:
    found = control([_table()], policy=_policy(coarsen={"columns": "quarter", "merge": [["086/02", "086/10"]]}))
    table = found.tables["answer"]
    assert heads_of(table) == ["2024-Q1", "2024-Q2", TOTAL]
    assert lines_of(table) == ["086/02+086/10", "088/15", TOTAL]
    assert table.shown(at(table, TOTAL, "2024-Q1")) == "33"


def test_a_month_that_is_not_held_is_left_out_and_the_rest_stays_tied_to_the_ledger() -> None:
    base = _table()
    cells = {at: NotSearched() if at[1] == "2024-06" else cell for at, cell in grid(base).items()}
    for key in (*CODES, TOTAL):
        whole, last = grid(base)[key, TOTAL], grid(base)[key, "2024-06"]
        assert isinstance(whole, Count) and isinstance(last, Count)
        cells[key, TOTAL] = Count(whole.n - last.n)
    found = control([drawn_table("answer", "answer", _ROWS, _SPANS, cells)], policy=_policy())
    part = found.document["tables"][0]
    assert "population" not in part and "2024-06" not in part["leaves"]["month"]
    assert found.tables["answer"].shown(at(found.tables["answer"], "086/02", "2024-06")) == "[x]"
    assert not audit(found.document).exact


def test_not_in_force_is_a_zero_also_where_counts_are_rounded() -> None:
    base = _table()
    rows = (*_ROWS, Row("q3", "no code"))
    cells = grid(base) | {("q3", label): NotInForce() for label in heads_of(base)}
    found = control([drawn_table("answer", "answer", rows, _SPANS, cells)], policy=_policy(rule="round"))
    bounds = {tuple(at): (low, high) for at, low, high in found.document["tables"][0]["cells"]}
    assert bounds["q3", "2024-01"] == bounds["q3", TOTAL] == (0, 0)
    assert bounds["086/10", "2024-01"] == (0, 4)
