"""When the work is spent the best audited pattern is given; none is cheaper by more than the gap it states."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from clearcount.disclosure import audit, protect
from clearcount.disclosure.solver import PER_SECOND, Work

POLICY = {"rule": "suppress", "reason": "small counts", "approved_by": "reviewer", "time_limit": 100}
DAYS = [f"m{number}" for number in range(6)]


def _table() -> dict[str, Any]:
    """Six offences in two groups by six months in quarters, true counts."""
    counts = np.random.default_rng(12).poisson(np.random.default_rng(5).lognormal(0.7, 1.1, 6)[:, None], (6, 6))
    lines = [f"o{number:02d}" for number in range(6)]
    dimensions = {
        "offence": {"leaves": lines, "totals": {f"g{i}": lines[3 * i : 3 * i + 3] for i in range(2)} | {"all": lines}},
        "month": {"leaves": DAYS, "totals": {f"q{i}": DAYS[3 * i : 3 * i + 3] for i in range(2)} | {"total": DAYS}},
    }
    cells = []
    for row, rows in ({x: [x] for x in lines} | dimensions["offence"]["totals"]).items():
        for column, columns in ({x: [x] for x in DAYS} | dimensions["month"]["totals"]).items():
            n = int(counts[np.ix_([lines.index(x) for x in rows], [DAYS.index(x) for x in columns])].sum())
            cells.append([[row, column], n, n])
    return {"dimensions": dimensions, "tables": [{"name": "t", "by": ["offence", "month"], "cells": cells}]}


def _spent(found: Any, cost: str, table: dict[str, Any]) -> int:
    """What the hidden figures cost."""
    counts = {tuple(at): n for at, n, _ in table["tables"][0]["cells"]}
    return sum(1 if cost == "cells" else counts[tuple(item["at"])] for item in found.hidden)


@pytest.mark.parametrize("cost", ["sum", "cells"])
def test_the_gap_is_honest_however_early_time_is_up(cost: str) -> None:
    table = _table()
    policy = POLICY | {"cost": cost}
    best = protect(table, policy)
    assert best.optimal and best.gap == 0
    least = _spent(best, cost, table)
    cut_short = 0
    for work in (1, 200, 1000, 3000):
        found = protect(table, policy | {"time_limit": work / PER_SECOND})
        assert found.safe and not audit(found.document).exact
        spent = _spent(found, cost, table)
        assert spent - found.gap <= least <= spent
        assert found.optimal == (found.gap == 0)
        cut_short += not found.optimal
    assert cut_short


def test_the_same_work_gives_the_same_pattern() -> None:
    """The limit is counted, so a slow machine and a fast one end at the same pattern."""
    table = _table()
    for work in (1, 500, 2000):
        policy = POLICY | {"time_limit": work / PER_SECOND}
        first, second = (protect(table, policy) for _ in range(2))
        assert first.document == second.document and first.gap == second.gap


def test_an_audit_that_reaches_its_limit_is_not_safe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Work.__init__, "__defaults__", (30,))
    found = protect(_table(), POLICY)
    assert not found.safe and "limit of work" in found.why and "coarser" in found.why
