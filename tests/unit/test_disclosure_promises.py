"""What one answer promises of the width of a hidden figure, later ones keep, whatever their own policy says."""

from __future__ import annotations

from typing import Any

import pytest

from clearcount.disclosure import Policy, audit, protect
from clearcount.disclosure.control import control
from clearcount.disclosure.document_json import parse_document
from clearcount.disclosure.judging import judge
from clearcount.disclosure.linked import together
from clearcount.disclosure.records import Earlier
from clearcount.errors import DisclosureError
from clearcount.model.keys import ALL, PeriodKey, ValueKey
from clearcount.model.months import Month, Period
from clearcount.model.table import Count, Dimension, Leaf, Table

SETTINGS = {"rule": "suppress", "reason": "small counts", "approved_by": "reviewer"}
WEAK = {**SETTINGS, "requirement": "not-exact"}
MONTHS = [Month(2024, month) for month in range(1, 5)]


def _hidden(low: int, high: int | None, *, width: int = 1) -> dict[str, Any]:
    """A table of two lines whose total is 9 and whose lines are hidden."""
    return {
        "dimensions": {"place": {"leaves": ["North", "South"], "totals": {"total": ["North", "South"]}}},
        "tables": [
            {
                "name": "first",
                "by": ["place"],
                "width": width,
                "cells": [[["North"], low, high], [["South"], low, high], [["total"], 9, 9]],
            }
        ],
    }


def _later(floor: int) -> dict[str, Any]:
    """A later print that says no more than that South is at least `floor`."""
    return {
        "dimensions": {"place": {"leaves": ["North", "South"], "totals": {}}},
        "tables": [
            {"name": "later", "by": ["place"], "leaves": {"place": ["South"]}, "cells": [[["South"], floor, None]]}
        ],
    }


@pytest.mark.parametrize(
    ("width", "floor", "narrow"), [(1, 7, 0), (2, 6, 0), (2, 7, 1), (3, 5, 0), (3, 6, 1), (7, 2, 2)]
)
def test_a_judge_sees_that_a_promise_is_broken(width: int, floor: int, narrow: int) -> None:
    """North is 1 to 8 under a total of 9; South at least `floor` leaves it 1 to 9 - floor."""
    earlier = parse_document(_hidden(1, None, width=width))
    later = parse_document(_later(floor))
    judged = judge(later, lambda own: (together([own, earlier]).document,), 5)
    assert len(judged.learnt) == narrow


def test_what_was_narrow_before_is_kept_as_it_was() -> None:
    """A figure that earlier answers left narrower than promised cannot be made wide; it must not get narrower."""
    earlier = parse_document(_hidden(1, None, width=7))
    known = parse_document({**_later(4), "tables": [{**_later(4)["tables"][0], "name": "known"}]})
    for floor, narrow in ((4, 0), (5, 1)):
        judged = judge(parse_document(_later(floor)), lambda own: (together([own, earlier, known]).document,), 5)
        assert len(judged.learnt) == narrow, floor


def _table(counts: dict[tuple[str, int], int], months: list[Month]) -> Table:
    """Places by month with all totals."""
    places = list(dict.fromkeys(place for place, _ in counts))
    rows = Dimension("place", "Place", tuple(Leaf(ValueKey(place), place) for place in places))
    periods = [PeriodKey(Period(str(month), (month,))) for month in months]
    columns = Dimension("month", "Month", tuple(Leaf(period, "") for period in periods))
    cells: dict[Any, Count] = {}
    for line in (*places, None):
        for month in (*months, None):
            key = (ValueKey(line) if line else ALL, PeriodKey(Period(str(month), (month,))) if month else ALL)
            cells[key] = Count(
                sum(
                    count
                    for (place, number), count in counts.items()
                    if line in (place, None) and (month or Month(2024, number)).month == number
                    if Month(2024, number) in months
                )
            )
    return Table("places", "Places", (rows,), (columns,), cells)


COUNTS = {
    (place, month): [[2, 9, 6, 3], [7, 1, 8, 12], [11, 4, 2, 6], [3, 6, 9, 1]][line][month - 1]
    for line, place in enumerate(("North", "South", "West", "East"))
    for month in range(1, 5)
}


@pytest.mark.parametrize("requirement", ["width:2", "width:3", "width:5", "range"])
@pytest.mark.parametrize("later", [WEAK, {**SETTINGS, "requirement": "width:2"}, {**SETTINGS, "label": "<5"}])
def test_a_weaker_policy_keeps_what_a_stronger_one_promised(requirement: str, later: dict[str, Any]) -> None:
    strong = Policy.parse({**SETTINGS, "requirement": requirement})
    first = control([_table(COUNTS, MONTHS[:3])], policy=strong)
    assert {table["width"] for table in first.document["tables"]} == {strong.promised}  # type: ignore[attr-defined]
    try:
        second = control([_table(COUNTS, MONTHS)], policy=Policy.parse(later), published=[Earlier.of(first.document)])
    except DisclosureError as refused:
        assert "safe" in str(refused) or "coarser" in str(refused)
        return
    both = together([parse_document(second.document), parse_document(first.document)]).document
    small = {(place, month): count for (place, month), count in COUNTS.items() if count < 5 and month < 4}
    for item in audit(both).intervals:
        table, at = item.target.table, item.target.cells[0]  # type: ignore[union-attr]
        if table == "places (2)" and "total" not in at and (at[0], int(at[1][-2:])) in small:
            assert item.width is None or item.width >= strong.promised, at


def test_a_document_keeps_its_promise_and_refuses_one_that_is_none() -> None:
    document = _hidden(1, None, width=3)
    assert parse_document(document).tables[0].width == 3
    for wrong in (0, -1, "3", True, 2.5):
        with pytest.raises(DisclosureError, match="width"):
            parse_document({**document, "tables": [{**document["tables"][0], "width": wrong}]})


def test_without_a_promise_of_width_nothing_is_written() -> None:
    """Documents under the usual policy are byte for byte what they were."""
    truth = {
        "dimensions": {"place": {"leaves": ["North", "South"], "totals": {"total": ["North", "South"]}}},
        "tables": [
            {"name": "t", "by": ["place"], "cells": [[["North"], 9, 9], [["South"], 8, 8], [["total"], 17, 17]]}
        ],
    }
    assert "width" not in protect(truth, WEAK).document["tables"][0]  # type: ignore[index]
