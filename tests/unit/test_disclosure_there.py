"""What a table tells by its lines alone: a line that records made has a record, and what has no line has none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from clearcount.disclosure import Controlled, Policy, audit
from clearcount.disclosure.coarsen import coarser_table
from clearcount.disclosure.control import control
from clearcount.disclosure.document_json import document_json, parse_document
from clearcount.disclosure.policy import Coarsen
from clearcount.disclosure.promises import earlier_alone
from clearcount.disclosure.records import Earlier
from clearcount.disclosure.stores import document_of, documents_in_one
from clearcount.errors import DisclosureError
from clearcount.model.keys import ALL, CodeKey, Key, PeriodKey, ValueKey
from clearcount.model.months import Month, periods
from clearcount.model.population import Population, Words
from clearcount.model.table import Cell, Count, Dimension, Leaf, NotInForce, Suppressed, Table, There

EVERYTHING = Population(codes=("086/02",))
MENTIONS = Population(codes=("086/02",), words=Words.of("word", ["alpha"]))
CODE, OLD = Leaf(CodeKey("086/02"), "code"), Leaf(CodeKey("086/10"), "older code")


def _policy(**settings: Any) -> Policy:
    return Policy.parse({"rule": "suppress", "reason": "small counts", "approved_by": "reviewer"} | settings)


def _by_district(counts: dict[str, int], name: str = "offences", *, found: bool = True) -> Table:
    """One code by district; `found` says that each district has a line because a record is in it."""
    leaves = tuple(Leaf(ValueKey(place), place) for place in counts)
    cells: dict[tuple[Key, ...], Cell] = {(ValueKey(place),): Count(n) for place, n in counts.items()}
    cells[(ALL,)] = Count(sum(counts.values()))
    there = tuple(There((("district", leaf),), EVERYTHING) for leaf in leaves) if found else ()
    return Table(name, name, (Dimension("district", "District", leaves),), (), cells, EVERYTHING, there=there)


def _shown(found: Controlled, name: str = "offences") -> dict[str, str]:
    table = found.tables[name]
    return {at[0].text: table.shown(at) for at in table.coordinates()}


FIVE = dict.fromkeys(("East", "Mill", "North", "South", "West"), 1)


def test_five_lines_that_are_there_over_a_total_of_five_are_five_ones() -> None:
    """The cells hide and may be 0, and the lines say that none is: so the total is hidden too."""
    found = control([_by_district(FIVE)], policy=_policy(zeros="ambiguous"))
    assert _shown(found)["total"] == "[c]"
    asked = control([_by_district(FIVE, found=False)], policy=_policy(zeros="ambiguous"))
    assert _shown(asked)["total"] == "5"


def test_a_line_that_is_there_and_rounds_to_0_is_refused_where_only_1_rounds_so() -> None:
    rounding = _policy(rule="round", method="nearest", base=3)
    control([_by_district(FIVE, found=False)], policy=rounding)
    with pytest.raises(DisclosureError, match=r"name these lines in the request"):
        control([_by_district(FIVE)], policy=rounding)


def test_lines_tell_of_records_that_another_table_counts() -> None:
    """Mentions by district over all in scope, whose total of 5 another table prints: one offence in each district."""
    leaves = tuple(Leaf(ValueKey(place), place) for place in FIVE)
    cells: dict[tuple[Key, ...], Cell] = {(leaf.key,): Count(0) for leaf in leaves}
    mentions = Table("mentions", "", (Dimension("district", "", leaves),), (), cells | {(ALL,): Count(0)}, MENTIONS)
    mentions = replace(mentions, there=tuple(There((("district", leaf),), EVERYTHING) for leaf in leaves))
    whole = Table("offences", "", (), (), {(): Count(5)}, EVERYTHING)
    assert control([whole, mentions], policy=_policy()).tables["offences"].shown(()) == "[c]"
    six = control([replace(whole, cells={(): Count(6)}), mentions], policy=_policy())
    assert six.tables["offences"].shown(()) == "6"


def test_a_district_without_a_line_is_empty_so_that_two_totals_are_one_figure() -> None:
    """A table of another code has a line West. The total of the first is all of its code, West or not."""
    other = Population(codes=("086/10",))
    second = _by_district({"North": 20, "West": 30}, "others")
    second = replace(second, population=other, there=())
    whole = Table("offences whole", "", (), (), {(): Count(14)}, EVERYTHING)
    found = control([_by_district({"North": 2, "South": 12}), second, whole], policy=_policy())
    read = parse_document(found.document)
    box = dict(zip(read.axes, read.known_zero[0], strict=True))
    assert (box["district"], box["offence"]) == ({"West"}, {"086/02"})
    hidden = replace(read.table("offences"), cells=tuple(_open(cell) for cell in read.table("offences").cells))
    totals = replace(read, tables=(hidden, read.table("offences whole")), targets=())
    asked = document_json(totals) | {"targets": [{"table": "offences", "cells": [["total"]]}]}
    assert [(each.low, each.high) for each in audit(asked).intervals] == [(14, 14)]


def _open(cell: Any) -> Any:
    return replace(cell, low=1, high=None)


def test_a_code_that_was_asked_for_and_has_no_line_is_empty() -> None:
    """Of all codes only two have a line. Another table counts all of them."""
    every = Population(codes=("086/02", "086/10", "088/15"))
    leaves = (CODE, OLD)
    cells: dict[tuple[Key, ...], Cell] = {(CODE.key,): Count(2), (OLD.key,): Count(9), (ALL,): Count(11)}
    nowhere = frozenset({CodeKey("088/15")})
    by_code = Table("offences", "", (Dimension("offence", "", leaves),), (), cells, Population(), nowhere=nowhere)
    whole = Table("whole", "", (), (), {(): Count(11)}, every)
    found = control([by_code, whole], policy=_policy())
    assert {"offence": "088/15"} in found.document["known_zero"]  # type: ignore[operator]


def _over_years(counts: tuple[Cell, Cell, Cell], there: tuple[There, ...] = ()) -> Table:
    spans = periods(Month(2024, 1), Month(2024, 3), "month")
    heads = tuple(Leaf(PeriodKey(span), span.spoken) for span in spans)
    total = sum(cell.n for cell in counts if isinstance(cell, Count))
    cells: dict[tuple[Key, ...], Cell] = {}
    for line in (CODE.key, ALL):
        cells |= {(line, head.key): cell for head, cell in zip(heads, counts, strict=True)}
        cells[line, ALL] = Count(total)
    return Table(
        "offences", "", (Dimension("offence", "", (CODE,)),), (Dimension("month", "", heads),), cells, there=there
    )


def _january(table: Table) -> Leaf:
    return table.columns[0].leaves[0]


def test_a_record_of_a_time_before_the_law_shows_where_the_cell_says_not_in_force_without_it() -> None:
    """January and February were before the law, and one record is dated in each; a cell that hides is no zero there."""
    bare = _over_years((Count(1), Count(1), Count(3)))
    first, second = bare.columns[0].leaves[:2]
    there = tuple(There((("offence", CODE), ("month", head)), Population(), unlawful=True) for head in (first, second))
    found = control([replace(bare, there=there)], policy=_policy(zeros="ambiguous"))
    assert audit(found.document).safe
    intervals = {
        each.target.cells[0]: each.low  # type: ignore[union-attr]
        for each in audit(found.document).intervals
    }
    assert intervals["086/02", "2024-01"] == 1 and intervals["086/02", "2024-03"] == 0


@pytest.mark.parametrize(("others", "told"), [((NotInForce(), NotInForce()), True), ((NotInForce(), Count(3)), False)])
def test_a_longer_period_tells_of_a_record_before_the_law_only_where_nothing_else_prints(
    others: tuple[Cell, Cell], told: bool
) -> None:
    bare = _over_years((Count(1), *others))
    there = (There((("offence", CODE), ("month", _january(bare))), Population(), unlawful=True),)
    coarser = coarser_table(replace(bare, there=there), Coarsen(columns="quarter"))
    assert [[leaf.key.text for _, leaf in each.at] for each in coarser.there] == (
        [["086/02", "2024-Q1"]] if told else []
    )


def test_what_lines_tell_is_kept_for_later_answers_and_goes_with_its_table() -> None:
    found = control([_by_district(FIVE)], policy=_policy(zeros="ambiguous"))
    read = parse_document(found.document)
    assert len(read.table("offences").not_empty) == 5
    assert document_json(read) == found.document
    both = documents_in_one({"crimes": read, "calls": parse_document(found.document | _renamed(found))})
    alone = parse_document(document_of(document_json(both), "crimes"))
    named = [[side for side in box if len(side) == 1] for box in alone.table("offences").not_empty]
    assert [{"086/02"} < frozenset().union(*sides) for sides in named] == [True] * 5
    assert not earlier_alone(read, frozenset({"offences"})).table("offences").not_empty
    later = control([_by_district({**FIVE, "West": 6})], policy=_policy(), published=[found.document])
    assert audit(later.document).safe


def _renamed(found: Controlled) -> dict[str, object]:
    return {"tables": [{**table, "name": f"{table['name']} 2"} for table in found.document["tables"]]}  # type: ignore[attr-defined]


def test_a_line_whose_records_are_gone_since_stops_no_later_answer() -> None:
    """West had a record when the first answer left, and has none now: the later figures are what is known."""
    first = control([_by_district(FIVE)], policy=_policy(zeros="ambiguous"))
    now = _by_district({**dict.fromkeys(FIVE, 9), "West": 0}, found=False)
    later = control([now], policy=_policy(), published=[Earlier.of(first.document)])
    assert _shown(later)["West"] == "0"


def test_what_was_empty_when_an_answer_left_may_be_counted_now() -> None:
    """The first answer says that its code has no record in West. Nobody kept its records, and West has 6 since."""
    other = replace(
        _by_district({"North": 20, "West": 30}, "others", found=False), population=Population(codes=("086/10",))
    )
    first = control([_by_district({"North": 9, "South": 12}), other], policy=_policy())
    assert first.document["known_zero"]
    now = _by_district({"North": 9, "South": 12, "West": 6}, "now", found=False)
    later = control([now], policy=_policy(), published=[first.document])
    assert _shown(later, "now")["West"] == "6"


def test_how_many_rounded_figures_are_small_is_no_readers() -> None:
    """Both print 0, 0, 0 and 5; in one of them three figures are small, in the other one."""
    rounding = _policy(rule="round", base=5, method="nearest")
    one, two = (
        control([_by_district({"North": n, "South": m, "West": 5}, found=False)], policy=rounding)
        for n, m in ((1, 2), (0, 2))
    )
    assert _shown(one) == _shown(two)
    assert one.record == two.record and one.document == two.document


def test_a_hidden_cell_of_a_line_that_is_there_is_no_target_of_its_own() -> None:
    found = control([_by_district({"North": 2, "South": 12})], policy=_policy())
    assert {at for at, shown in _shown(found).items() if shown == "[c]"} == {"North", "South"}
    assert isinstance(found.tables["offences"].cells[(ValueKey("North"),)], Suppressed)
