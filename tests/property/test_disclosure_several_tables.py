"""Answers of three to six tables end within work that is counted, so on every machine alike, and are safe."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.property.several_tables import several

from clearcount.disclosure import Policy
from clearcount.disclosure.auditor import audit
from clearcount.disclosure.differences import small_pieces
from clearcount.disclosure.document import Target
from clearcount.disclosure.linked import together
from clearcount.disclosure.protection import Protection, protect_described
from clearcount.disclosure.solver import Work, WorkLimit

POLICY = Policy.parse({"rule": "suppress", "reason": "small counts", "approved_by": "reviewer"})
SHAPES = {
    # offence o, month m (3: quarter, 12: year), place d, age a, outcome u, sex s, term t
    "as the demo is asked": ({"o": 6, "m": 30, "t": 15}, ("o m", "o m/3", "t m/12", "m o/3"), 900, 200_000),
    "weekday and hour": ({"o": 4, "m": 60, "w": 7, "h": 24, "d": 6}, ("o m", "w h", "o d", "d m/12"), 1200, 300_000),
    "mostly large": (
        {"o": 6, "m": 48, "d": 12, "a": 6, "u": 9, "s": 3},
        ("o m/3", "o d", "a s", "o u", "d m/12"),
        3000,
        120_000,
    ),
}
LARGE = {
    "five years of months": ({"o": 6, "m": 60, "d": 8}, ("o m", "o m/3", "o d", "d m/12"), 1500, 700_000),
    "six tables": (
        {"o": 8, "m": 36, "d": 10, "a": 6, "u": 9},
        ("o m", "o d", "o a", "o u", "d m/12", "a m/12"),
        2000,
        500_000,
    ),
    "a line for each place": ({"o": 5, "m": 24, "d": 8, "a": 6}, ("o m", "o d m/12", "d a"), 800, 150_000),
    "all tied": ({"o": 10, "m": 60, "d": 8, "a": 6}, ("o m", "o d", "o a", "d m/12", "d a"), 4000, 1_400_000),
}


def _ends(name: str) -> Protection:
    sizes, tables, records, most = (SHAPES | LARGE)[name]
    truth = several(sizes, tables, records, seed=1)
    found = protect_described(truth, POLICY, lambda own: (together([own]).document,), sums=True)
    assert found.safe, found.why
    assert 0 < found.work <= most
    assert found.optimal or found.gap > 0
    seen = found.seen
    assert seen is not None
    small = tuple(
        Target(table.name, (cell.at,)) for table in truth.tables for cell in table.cells if POLICY.is_small(cell.low)
    )
    assert not audit(replace(seen, targets=small)).exact
    assert not small_pieces(seen, POLICY.threshold, sums=True)
    return found


@pytest.mark.parametrize("name", SHAPES)
def test_several_tables_end_within_counted_work(name: str) -> None:
    _ends(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_many_tables_end_within_counted_work(name: str) -> None:
    _ends(name)


def test_an_answer_ends_at_its_limit_and_says_what_to_coarsen() -> None:
    sizes, tables, records, _ = SHAPES["weekday and hour"]
    truth = several(sizes, tables, records, seed=1)
    spent = Work(2_000)
    found = protect_described(truth, POLICY, lambda own: (together([own]).document,), sums=True, work=spent)
    assert not found.safe
    assert "limit of work" in found.why and "coarser" in found.why
    assert found.seen is None and not found.suppressed


def test_a_part_of_work_ends_with_the_whole() -> None:
    whole = Work(100)
    part = Work(1_000, within=whole)
    part.spend(60)
    assert (whole.left, part.left, whole.spent) == (40, 40, 60)
    soft = Work(50, within=whole, soft=True)
    inner = Work(1_000, within=soft)
    inner.spend(45)
    assert soft.left == -5 and whole.over and inner.over


def test_a_search_without_work_still_gives_a_safe_pattern() -> None:
    """The search has almost nothing; the proof has enough: what is found is safe, and its gap is said."""
    sizes, tables, records, _ = SHAPES["mostly large"]
    truth = several(sizes, tables, records, seed=1)
    found = protect_described(
        truth, replace(POLICY, time_limit=0.01), lambda own: (together([own]).document,), sums=True
    )
    if not found.safe:
        assert "limit of work" in found.why
        return
    assert not found.optimal and found.gap > 0


@pytest.mark.slow
def test_the_limit_is_the_same_each_time() -> None:
    sizes, tables, records, _ = SHAPES["mostly large"]
    truth = several(sizes, tables, records, seed=2)
    runs = [protect_described(truth, POLICY, lambda own: (together([own]).document,), sums=True) for _ in range(2)]
    assert runs[0].work == runs[1].work and runs[0].suppressed == runs[1].suppressed
    assert issubclass(WorkLimit, Exception)
