"""When time is up the best audited pattern is given, and none is cheaper than it by more than the gap it states."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np
import pytest

from clearcount.disclosure import audit, protect

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


def _ticking(step: float) -> Callable[[], float]:
    """A clock that is `step` seconds further at every look."""
    ticks = count()
    return lambda: next(ticks) * step


@pytest.mark.parametrize("cost", ["sum", "cells"])
def test_the_gap_is_honest_however_early_time_is_up(cost: str) -> None:
    table = _table()
    policy = POLICY | {"cost": cost}
    best = protect(table, policy)
    assert best.optimal and best.gap == 0
    least = _spent(best, cost, table)
    cut_short = 0
    for looks in (1, 2, 4, 8):
        found = protect(table, policy, clock=_ticking(100 / looks))
        assert found.safe and not audit(found.document).exact
        spent = _spent(found, cost, table)
        assert spent - found.gap <= least <= spent
        assert found.optimal == (found.gap == 0)
        cut_short += not found.optimal
    assert cut_short
