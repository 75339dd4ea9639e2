"""An answer whose policy hides nothing, after one that hides small counts: what was hidden stays hidden."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.cli.publishing import POLICY, Office, records

NONE = POLICY.replace('"suppress"', '"none"')
MONTHS = [f"2024-{month:02}" for month in range(1, 7)]
DISTRICTS = ("North", "South")


@pytest.fixture
def office(tmp_path: Path, run: Callable[..., Any]) -> Office:
    """Offences of two districts by month, of which the first answer hides the small counts."""
    found = Office(tmp_path, run)
    counts = {
        (code, month, district): number
        for code, numbers in {"086/02": (2, 6, 9, 3, 8, 7), "086/10": (9, 8, 7, 6, 9, 8)}.items()
        for month, number in zip(MONTHS, numbers, strict=True)
        for district in DISTRICTS
    }
    found.imports(records(counts))
    return found


BOTH = (("086/02",), ("086/10",))


@pytest.mark.parametrize(
    "request_",
    [
        {"codes": BOTH, "columns": "month"},
        {"codes": (("086/02",),), "columns": "month"},
        {"codes": BOTH, "columns": "month", "rows": ("offence", "district")},
        {"codes": BOTH, "columns": "month", "first": "2024-01", "last": "2024-01"},
        {"codes": BOTH, "columns": "month", "where": {"district": ["North", "South"]}},
        {"codes": BOTH, "columns": "month", "rows": ("district", "offence")},
    ],
    ids=["the same", "one code", "by district", "one month", "another spelling", "other lines"],
)
def test_what_was_hidden_does_not_come_out_unprotected(office: Office, request_: dict[str, Any]) -> None:
    first = office.answers("first", codes=BOTH, columns="month", where={"district": ["North"]})
    assert "[c]" in first.values()
    office.policy = NONE
    only = {"where": {"district": ["North"]}} if "where" not in request_ and "district" not in str(request_) else {}
    done = office.counts("second", **{**request_, **only})
    if request_.get("where"):  # both districts: each month is the sum of two, of which one is hidden
        return
    assert done.code == 2
    assert "an earlier answer suppresses" in done.err and "suppress" in done.err
    assert not (office.folder / "second").exists()


def test_other_figures_go_out_as_they_are(office: Office) -> None:
    office.answers("first", codes=BOTH, columns="month", where={"district": ["North"]})
    office.policy = NONE
    cells = office.answers("second", codes=BOTH, columns="month", where={"district": ["South"]})
    assert "2" in cells.values() and "[c]" not in cells.values()


def test_an_answer_counted_before_the_other_left_is_refused_when_it_is_published(office: Office) -> None:
    """Both were counted on an empty ledger; the one that hides left first."""
    assert office.counts("first", codes=BOTH, columns="month").code == 0
    office.policy = NONE
    assert office.counts("second", codes=BOTH, columns="month").code == 0
    assert office.publishes("first").code == 0
    refused = office.publishes("second")
    assert refused.code != 0
    assert "gives a small count away" in refused.out + refused.err


def test_a_refusal_names_what_may_leave(office: Office) -> None:
    """Both were counted on an empty ledger; the second prints beside a harmless table one that gives January away."""
    assert office.counts("first", codes=BOTH, columns="month").code == 0
    tables = '[[table]]\nrows = ["offence"]\ncolumns = ["month"]\n[[table]]\nrows = ["offence"]\ncolumns = ["year"]\n'
    office.policy = NONE
    assert office.counts("second", codes=BOTH, tables=tables).code == 0
    assert office.publishes("first").code == 0
    refused = office.publishes("second")
    assert refused.code != 0
    assert "it may leave" in refused.err and "broken down by month" in refused.err, refused.err


def test_a_figure_that_was_printed_and_has_changed_was_never_hidden(office: Office) -> None:
    """Both answers hide nothing; a record got another number and one moved to another month between them."""
    held = records({("086/02", month, "North"): n for month, n in zip(MONTHS, (2, 3, 4, 1, 8, 7), strict=True)})
    office.policy = NONE
    office.imports(held)
    first = office.answers("first", codes=BOTH, columns="month")
    renamed, moved = replace(held[0], occurrence="N99998"), replace(held[2], month="2024-01")
    office.imports([renamed, held[1], moved, *held[3:]], as_at="2025-02-28")
    second = office.answers("second", codes=BOTH, columns="month")
    assert "[c]" not in (*first.values(), *second.values()) and first != second
