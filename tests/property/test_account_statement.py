"""The account adds up, whatever it counts, and its printed lines give no small number away."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearcount.answer.account import LeftOut, Named, OffenceAccount, RequestAccount, RowAccount, statement
from clearcount.disclosure import Policy, control_statement
from clearcount.disclosure.control import control
from clearcount.model.months import Month
from clearcount.model.statement import ControlledStatement
from clearcount.model.table import Count, Rounded, Suppressed, Table

SIZES = st.integers(0, 40)
OFFENCES = st.builds(
    OffenceAccount,
    counted=SIZES,
    cancelled=SIZES,
    left_out=st.lists(st.builds(LeftOut, st.sampled_from(("district", "victim_sex")), SIZES, SIZES, SIZES), max_size=2)
    .map(lambda found: tuple({each.column: each for each in found}.values())),
    alone=SIZES,
    undated=SIZES,
    outside=st.dictionaries(st.builds(Month, st.integers(2019, 2026), st.integers(1, 12)), SIZES, max_size=4),
    uncoded=SIZES,
    uncoded_undated=SIZES,
)  # fmt: skip
ROWS = st.builds(RowAccount, st.sampled_from(("offences", "texts", "persons")), *([SIZES] * 9))
POLICIES: dict[str, dict[str, Any]] = {
    "none": {"rule": "none"},
    "suppress": {"rule": "suppress"},
    "ten": {"rule": "suppress", "threshold": 10},
    "three": {"rule": "suppress", "threshold": 3, "label": "<3"},
    "ambiguous": {"rule": "suppress", "zeros": "ambiguous"},
    "round": {"rule": "round", "base": 5},
    "round ten": {"rule": "round", "base": 10, "method": "nearest"},
}


def _policy(name: str) -> Policy:
    return Policy.parse({**POLICIES[name], "reason": "Small numbers.", "approved_by": "A. Officer"})


def _whole(n: int, policy: Policy) -> Any:
    """A table whose only number is `n`, controlled."""
    return control([Table("denominators", "All", (), (), {(): Count(n)})], policy=policy).tables


@given(OFFENCES, st.lists(ROWS, max_size=3, unique_by=lambda rows: rows.kind), st.data())
def test_every_sum_of_an_account_is_the_sum_of_its_lines(
    offences: OffenceAccount, rows: list[RowAccount], data: st.DataObject
) -> None:
    with_text = data.draw(st.none() | st.integers(0, offences.counted))
    offences = OffenceAccount(**{**vars(offences), "with_text": with_text})
    made = statement(RequestAccount(offences, tuple(rows)), Named("denominators", "recorded", 1))
    under = [line for line in made.lines if line.key.startswith("offences: ")]
    assert sum(line.n for line in under) == next(line.n for line in made.lines if line.key == "offences")
    for each in rows:
        own = {line.key.split(": ", 1)[1]: line for line in made.lines if line.key.startswith(f"rows of {each.kind}: ")}
        assert sum(line.n for line in own.values() if line.level == 1) == own["read"].n == each.read
        assert sum(line.n for line in own.values() if line.level == 2) == own["set aside"].n == each.set_aside
    texts = [line.n for line in made.lines if line.key.startswith("texts: ")]
    assert with_text is None or sum(texts) == offences.counted
    assert len({line.key for line in made.lines}) == len(made.lines), "names are unique"


@pytest.mark.parametrize("name", POLICIES)
@settings(max_examples=25)
@given(counted=st.integers(0, 25), numbers=st.lists(st.integers(0, 25), min_size=4, max_size=4), data=st.data())
def test_no_small_number_is_printed_and_none_follows(
    name: str, counted: int, numbers: list[int], data: st.DataObject
) -> None:
    policy = _policy(name)
    with_text = data.draw(st.integers(0, counted))
    mentions = data.draw(st.integers(0, with_text))
    cancelled, undated, outside, uncoded = numbers
    account = OffenceAccount(
        counted=counted,
        cancelled=cancelled,
        undated=undated,
        outside={Month(2020, 1): outside},
        with_text=with_text,
        uncoded=uncoded,
    )
    tables = _whole(counted, policy)
    shown = control_statement(statement(RequestAccount(account), Named("denominators", "recorded", 1)), policy, tables)
    if policy.rule == "none":
        assert [line.cell for line in shown.lines if line.key == "offences"] == [Count(account.total)]
        return
    for key, true in _true(account).items():
        known = _known(key, shown, policy)
        assert true in known, f"{key}: a printed line is wrong"
        if 1 <= true < policy.threshold:
            assert len(known) > 1, f"{key}: {true} follows from what is printed"
    # mentions are some of the offences with a text: the account alone must not pin them down
    possible = {m for m in range(60) if 1 <= m <= max(_known("texts: with", shown, policy), default=0)}
    if 1 <= mentions < policy.threshold:
        assert mentions in possible and len(possible) > 1


def _true(account: OffenceAccount) -> dict[str, int]:
    return {
        "offences: cancelled": account.cancelled,
        "offences: undated": account.undated,
        "offences: outside": sum(account.outside.values()),
        "texts: without": account.without_text,
        "texts: with": account.with_text or 0,
        "no code": account.uncoded,
    }


def _range(cell: Any, policy: Policy) -> range:
    """What a reader who knows how lines are made knows of one line."""
    if isinstance(cell, Count):
        return range(cell.n, cell.n + 1)
    if isinstance(cell, Rounded):
        step = cell.base
        down = range(cell.n, cell.n + step)
        return down if policy.rule == "suppress" else range(max(0, cell.n - 2 * step), cell.n + 2 * step)
    assert isinstance(cell, Suppressed)
    step = max(5, policy.threshold, policy.base if policy.rule == "round" else 0)
    return range(1, step) if cell.low else range(60)


def _known(key: str, shown: ControlledStatement, policy: Policy) -> set[int]:
    """The values of one line that fit every printed line: what an attacker is left with."""
    cells = {line.key: line.cell for line in shown.lines}
    own = set(_range(cells[key], policy))
    if not key.startswith("texts: "):
        return own
    counted = _range(cells["offences: counted"], policy)
    pairs = product(_range(cells["texts: with"], policy), _range(cells["texts: without"], policy))
    fits = {pair for pair in pairs if sum(pair) in counted}
    return {pair[0 if key == "texts: with" else 1] for pair in fits}


def test_a_statement_is_made_by_disclosure_control_alone() -> None:
    with pytest.raises(Exception, match="made only by"):
        ControlledStatement("account", "x", ())


def test_a_line_that_is_the_total_of_a_table_prints_what_the_table_prints() -> None:
    for name in POLICIES:
        policy = _policy(name)
        for counted in (0, 1, 4, 7, 12):
            tables = _whole(counted, policy)
            account = RequestAccount(OffenceAccount(counted=counted))
            shown = control_statement(statement(account, Named("denominators", "recorded", 1)), policy, tables)
            line = next(line for line in shown.lines if line.key == "offences: counted")
            assert line.shown == tables["denominators"].shown(())
