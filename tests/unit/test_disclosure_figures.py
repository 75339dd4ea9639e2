"""What a figure counts: further dimensions, parts of a whole, differences, and things that are counted once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from clearcount.disclosure import Controlled, Policy, audit
from clearcount.disclosure.control import control
from clearcount.errors import DisclosureError
from clearcount.model.keys import ALL, CodeKey, Key, PeriodKey, QuestionKey, ValueKey
from clearcount.model.months import Month, Period
from clearcount.model.population import EVERYTHING, Population, Words
from clearcount.model.table import Cell, Count, Dimension, Leaf, Suppressed, Table

SUPPRESS = {"rule": "suppress", "reason": "small counts", "approved_by": "reviewer"}
MENTIONS = Population(words=Words.of("word", ["deepfake"], fields=["oel"]))
MONTHS = [Period(f"2024-{month:02d}", (Month(2024, month),)) for month in range(1, 13)]


def _policy(**more: Any) -> Policy:
    return Policy.parse(SUPPRESS | more)


def _offences(*codes: str, exclusive: bool = True) -> Dimension:
    return Dimension("offence", "Offence", tuple(Leaf(CodeKey(code), code) for code in codes), exclusive=exclusive)


def _values(name: str, *values: str) -> Dimension:
    return Dimension(name, name, tuple(Leaf(ValueKey(value), value) for value in values))


def _time(*periods: Period) -> Dimension:
    return Dimension("month", "Period", tuple(Leaf(PeriodKey(period), period.label) for period in periods))


def _added(
    name: str,
    rows: Sequence[Dimension],
    columns: Sequence[Dimension],
    counts: Mapping[tuple[str, ...], int],
    population: Population = EVERYTHING,
    **more: Any,
) -> Table:
    """A table whose margins are added from `counts` by the texts of the keys; the margin of rows is one line."""

    def keys(dimensions: Sequence[Dimension]) -> list[tuple[Key, ...]]:
        lines = list(product(*([leaf.key for leaf in dimension.leaves] for dimension in dimensions)))
        return [*lines, (ALL,) * len(dimensions)] if dimensions else [()]

    cells: dict[tuple[Key, ...], Cell] = {}
    for line, head in product(keys(rows), keys(columns)):
        at = (*line, *head)
        within = (
            n
            for place, n in counts.items()
            if all(key == ALL or key.text == text for key, text in zip(at, place, strict=True))
        )
        cells[at] = Count(sum(within))
    return Table(name, name, tuple(rows), tuple(columns), cells, population=population, **more)


def _shown(found: Controlled, table: str) -> dict[tuple[str, ...], str]:
    cells = found.tables[table]
    return {tuple(key.text for key in at): cells.shown(at) for at in cells.coordinates()}


def test_lines_of_two_dimensions_add_up_to_the_total_line_in_each_column() -> None:
    """Two offences in two districts: one small count in January; a reader adds the column up."""
    counts = {
        ("086/02", "N", "2024-01"): 3, ("086/02", "N", "2024-02"): 9,
        ("086/02", "S", "2024-01"): 10, ("086/02", "S", "2024-02"): 8,
        ("086/10", "N", "2024-01"): 12, ("086/10", "N", "2024-02"): 7,
        ("086/10", "S", "2024-01"): 15, ("086/10", "S", "2024-02"): 11,
    }  # fmt: skip
    rows = [_offences("086/02", "086/10"), _values("district", "N", "S")]
    table = _added("answer", rows, [_time(*MONTHS[:2])], counts, MENTIONS)
    every = _added("denominators", rows, [_time(*MONTHS[:2])], {at: 20 if at[0] == "086/02" else 30 for at in counts})
    found = control([table, every], policy=_policy())
    shown = _shown(found, "answer")
    assert shown["086/02", "N", "2024-01"] == "[c]"
    january = [shown[code, district, "2024-01"] for code in ("086/02", "086/10") for district in "NS"]
    january.append(shown["total", "total", "2024-01"])
    assert january.count("[c]") >= 2
    assert audit(found.document).safe


@pytest.mark.parametrize(
    ("states", "hidden_at_least"),
    [
        ({"confirmed": 1, "undecided": 5}, 2),
        ({"confirmed": 5, "undecided": 1}, 2),
        ({"confirmed": 5, "unclear": 1}, 1),
        ({"confirmed": 5, "not relevant": 1}, 1),
        ({"confirmed": 1, "unclear": 1, "not relevant": 1, "undecided": 9}, 3),
        ({"undecided": 6}, 0),
    ],
)
def test_the_states_of_a_mention_are_the_parts_of_one_whole(states: dict[str, int], hidden_at_least: int) -> None:
    """Neither a printed state nor one that no table prints comes out small."""
    n = {"confirmed": 0, "unclear": 0, "not relevant": 0, "undecided": 0} | states
    shape = [_offences("086/02")], [_time(MONTHS[0])]

    def table(name: str, count: int, population: Population) -> Table:
        return _added(name, *shape, {("086/02", "2024-01"): count}, population)

    tables = [
        table("mentions", sum(n.values()), MENTIONS),
        table("denominators", 40, EVERYTHING),
        table("confirmed", n["confirmed"], replace(MENTIONS, state="confirmed")),
        table("confirmed_or_unclear", n["confirmed"] + n["unclear"], replace(MENTIONS, state="confirmed or unclear")),
        table("undecided", n["undecided"], replace(MENTIONS, state="undecided")),
    ]
    found = control(tables, policy=_policy())
    shown = {name: _shown(found, name)["086/02", "2024-01"] for name in found.tables}
    assert list(shown.values()).count("[c]") >= hidden_at_least
    known = {name: int(text) for name, text in shown.items() if text.isdigit()}
    parts = {
        "confirmed": known.get("confirmed"),
        "unclear": _less(known, "confirmed_or_unclear", "confirmed"),
        "undecided": known.get("undecided"),
    }
    if None not in (known.get("mentions"), known.get("confirmed_or_unclear"), known.get("undecided")):
        parts["not relevant"] = known["mentions"] - known["confirmed_or_unclear"] - known["undecided"]
    assert not [name for name, count in parts.items() if count is not None and 1 <= count < 5]


def _less(known: Mapping[str, int], whole: str, part: str) -> int | None:
    return known[whole] - known[part] if whole in known and part in known else None


def _years(name: str, months: int, counts: Sequence[int], codes: Sequence[str] = ("086/02",)) -> Table:
    span = Period("2024", tuple(Month(2024, month) for month in range(1, months + 1)))
    total = sum(counts[:months])
    return _added(name, [_offences(*codes)], [_time(span)], {(code, "2024"): total for code in codes})


def test_a_longer_period_does_not_give_the_months_between_away() -> None:
    counts = [7, 7, 7, 7, 7, 6, 2]
    first = control([_years("answer", 6, counts)], policy=_policy())
    assert _shown(first, "answer")["086/02", "2024"] == "41"
    second = control([_years("answer", 7, counts)], policy=_policy(), published=[first.document])
    assert _shown(second, "answer")["086/02", "2024"] == "[c]"
    fine = control([_years("answer", 7, [*counts[:6], 9])], policy=_policy(), published=[first.document])
    assert _shown(fine, "answer")["086/02", "2024"] == "50"


def test_what_follows_from_three_figures_is_judged_too() -> None:
    """January to June, then July alone, then January to August: August is what is left."""
    counts = [7, 7, 7, 7, 7, 6, 8, 2]
    july = _added("july", [_offences("086/02")], [_time(MONTHS[6])], {("086/02", "2024-07"): 8})
    ledger: list[Mapping[str, object]] = []
    for table in (_years("answer", 6, counts), july):
        ledger.append(control([table], policy=_policy(), published=ledger).document)
    third = control([_years("answer", 8, counts)], policy=_policy(), published=ledger)
    assert _shown(third, "answer")["086/02", "2024"] == "[c]"


@pytest.mark.parametrize("more", [0, 1, 4, 5])
def test_a_question_inside_another_does_not_give_the_rest_away(more: int) -> None:
    """Question 1 asks for one offence, question 2 for it and a second one: the difference is the second."""
    first = Leaf(QuestionKey(1), "one", (CodeKey("086/02"),))
    second = Leaf(QuestionKey(2), "both", (CodeKey("086/02"), CodeKey("086/10")))
    rows = Dimension("question", "Question", (first, second), Leaf(ALL, "Any of these offences"), exclusive=False)
    keys = {QuestionKey(1): 41, QuestionKey(2): 41 + more, ALL: 41 + more}
    period = PeriodKey(MONTHS[0])
    cells: dict[tuple[Key, ...], Cell] = {(key, head): Count(n) for key, n in keys.items() for head in (period, ALL)}
    table = Table("answer", "answer", (rows,), (_time(MONTHS[0]),), cells)
    shown = _shown(control([table], policy=_policy()), "answer")
    both = shown["q1", "2024-01"], shown["q2", "2024-01"]
    assert ("[c]" in both) == (1 <= more < 5)


def _occurrences(lines: Mapping[str, int], total: int, **more: Any) -> Table:
    keys = {CodeKey(code): n for code, n in lines.items()} | {ALL: total}
    period = PeriodKey(MONTHS[0])
    cells: dict[tuple[Key, ...], Cell] = {(key, head): Count(n) for key, n in keys.items() for head in (period, ALL)}
    time = Dimension("month", "Period", (Leaf(period, "January"),), exclusive=False)
    return Table("answer", "answer", (_offences(*lines, exclusive=False),), (time,), cells, unit="occurrences", **more)


def test_the_total_of_occurrences_may_be_less_than_its_lines_and_never_less_than_one() -> None:
    found = control([_occurrences({"086/02": 16, "086/10": 17}, 25)], policy=_policy())
    assert audit(found.document).consistent and "[c]" not in _shown(found, "answer").values()
    for lines, total in (({"086/02": 16, "086/10": 17}, 34), ({"086/02": 16, "086/10": 17}, 16)):
        with pytest.raises(DisclosureError, match="contradict"):
            control([_occurrences(lines, total)], policy=_policy())


def test_occurrences_of_one_line_alone_are_a_difference() -> None:
    """A total of 9 less a line of 6: three occurrences have the other offence only."""
    found = control([_occurrences({"086/02": 6, "086/10": 7}, 9)], policy=_policy())
    shown = _shown(found, "answer")
    assert "[c]" in (shown["086/02", "2024-01"], shown["total", "2024-01"])
    assert audit(found.document).safe


def test_a_small_line_of_occurrences_is_not_told_by_the_total() -> None:
    """A total of 7 with a line of 6 leaves 1 to 7 for the other line; a total of 6 leaves 1 to 6."""
    for other, total in ((1, 7), (2, 6), (4, 9)):
        found = control([_occurrences({"086/02": 6, "086/10": other}, total)], policy=_policy())
        assert _shown(found, "answer")["086/10", "2024-01"] == "[c]"
        assert audit(found.document).safe


def test_the_form_of_the_document_does_not_depend_on_counts() -> None:
    """Whether months of occurrences happen to add up must not be seen."""

    def form(total: int) -> Any:
        found = control([_occurrences({"086/02": 20, "086/10": 30}, total)], policy=_policy())
        document = dict(found.document)
        tables = [{key: value for key, value in table.items() if key != "cells"} for table in document["tables"]]  # type: ignore[attr-defined]
        return tables, document["dimensions"], document["links"]

    assert form(50) == form(43)


def test_a_total_of_records_that_no_line_holds_is_refused() -> None:
    """A description that leaves a part of a total in no line would be audited as another table than is printed."""
    table = _added("answer", [_offences("086/02", "086/10")], [_time(*MONTHS[:2])], {("086/02", "2024-01"): 6})
    wrong = dict(table.cells)
    wrong[ALL, PeriodKey(MONTHS[0])] = Count(9)
    wrong[ALL, ALL] = Count(9)
    with pytest.raises(DisclosureError, match="contradict"):
        control([replace(table, cells=wrong)], policy=_policy())


def test_four_dimensions_and_their_margin_hold() -> None:
    counts = {
        (code, month.label, district, age): (hash_ * 7 + 3 * len(code)) % 9
        for hash_, (code, month, district, age) in enumerate(
            product(("086/02", "086/10"), MONTHS[:2], ("N", "S"), ("under 18", "adult"))
        )
    }
    rows = [_offences("086/02", "086/10")]
    columns = [_time(*MONTHS[:2]), _values("district", "N", "S"), _values("age", "under 18", "adult")]
    found = control([_added("answer", rows, columns, counts)], policy=_policy())
    assert audit(found.document).safe
    truth = _added("answer", rows, columns, counts)
    for at, cell in truth.cells.items():
        if isinstance(cell, Count) and 1 <= cell.n < 5:
            assert isinstance(found.tables["answer"].cells[at], Suppressed)


def test_a_line_that_empty_drop_keeps_is_not_known_to_be_above_0_where_counts_are_rounded() -> None:
    counts = {("086/02", "2024-01"): 1, ("086/02", "2024-02"): 0, ("086/10", "2024-01"): 30, ("086/10", "2024-02"): 12}
    full = _added("answer", [_offences("086/02", "086/10", "088/15")], [_time(*MONTHS[:2])], counts)
    gone = (CodeKey("088/15"),)
    kept = replace(full, cells={at: n for at, n in full.cells.items() if at[0] != gone[0]}, omitted_rows=(gone,))
    found = control([kept], policy=_policy(rule="round"))
    shown = _shown(found, "answer")
    lines = {at[0] for at in shown}
    assert "088/15" not in lines
    assert ("086/02" in lines) == any(shown.get(("086/02", head), "0") != "0" for head in ("2024-01", "2024-02"))


def test_a_figure_once_rounded_stays_while_its_count_does() -> None:
    counts = {("086/02", "2024-01"): 7, ("086/02", "2024-02"): 11, ("086/10", "2024-01"): 3, ("086/10", "2024-02"): 8}
    rows = [_offences("086/02", "086/10")]
    policy = _policy(rule="round")
    first = control([_added("answer", rows, [_time(*MONTHS[:2])], counts)], policy=policy)
    more = counts | {("086/02", "2024-03"): 13, ("086/10", "2024-03"): 1}
    longer = _added("answer", rows, [_time(*MONTHS[:3])], more)
    second = control([longer], policy=policy, published=[first.document])
    before, after = _shown(first, "answer"), _shown(second, "answer")
    same = [at for at in before if at[1] != "total"]
    assert same and all(before[at] == after[at] for at in same)


@pytest.mark.parametrize("zeros", ["shown", "ambiguous"])
def test_no_empty_line_is_left_out_where_zeros_may_be_hidden(zeros: str) -> None:
    """A line that prints would else be known not to be empty, though a reader is taken not to know it."""
    counts = {("086/02", "2024-01"): 3, ("086/02", "2024-02"): 9, ("086/10", "2024-01"): 0, ("086/10", "2024-02"): 0}
    full = _added("answer", [_offences("086/02", "086/10")], [_time(*MONTHS[:2])], counts)
    gone = (full.rows[0].leaves[1].key,)
    kept = replace(full, cells={at: n for at, n in full.cells.items() if at[0] != gone[0]}, omitted_rows=(gone,))
    found = control([kept], policy=_policy(zeros=zeros)).tables["answer"]
    lines = {at[0].text for at in found.cells}
    assert found.omitted_rows == ((gone,) if zeros == "shown" else ())
    assert ("086/10" in lines) == (zeros == "ambiguous")
