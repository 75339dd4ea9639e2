"""A solver that does not settle an answer is asked once more, then refused: never taken for safe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import highspy
import numpy as np
import pytest

from clearcount.disclosure import audit, protect
from clearcount.disclosure.solver import INFINITY, Matrix, Programme
from clearcount.errors import DisclosureError

DOCUMENT = {
    "dimensions": {
        "offence": {"leaves": ["a", "b"], "totals": {"all": ["a", "b"]}},
        "month": {"leaves": ["1", "2"], "totals": {"total": ["1", "2"]}},
    },
    "tables": [
        {
            "name": "t",
            "by": ["offence", "month"],
            "cells": [
                [["a", "1"], 1, None], [["a", "2"], 1, None], [["a", "total"], 9, 9],
                [["b", "1"], 1, None], [["b", "2"], 1, None], [["b", "total"], 8, 8],
                [["all", "1"], 7, 7], [["all", "2"], 10, 10], [["all", "total"], 17, 17],
            ],
        }
    ],
}  # fmt: skip


@pytest.fixture
def statuses(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, int]]:
    """HiGHS answers "unknown" as often as `left` says."""
    counts = {"left": 0, "asked": 0}
    real = highspy.Highs.getModelStatus

    def status(self: highspy.Highs) -> Any:
        counts["asked"] += 1
        if counts["left"] > 0:
            counts["left"] -= 1
            return highspy.HighsModelStatus.kUnknown
        return real(self)

    monkeypatch.setattr(highspy.Highs, "getModelStatus", status)
    yield counts


def test_an_unknown_status_is_tried_again(statuses: dict[str, int]) -> None:
    statuses["left"] = 1
    result = audit(DOCUMENT)
    assert statuses["left"] == 0
    assert result.safe and [(item.low, item.high) for item in result.intervals] == [(1, 6), (3, 8), (1, 6), (2, 7)]


def test_an_unknown_status_that_stays_is_refused(statuses: dict[str, int]) -> None:
    statuses["left"] = 10_000
    with pytest.raises(DisclosureError, match="nothing is taken for safe"):
        audit(DOCUMENT)


@pytest.mark.parametrize("after", range(0, 24, 4))
def test_suppression_never_passes_on_an_unsettled_solve(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """From the given solve on, the solver settles nothing: the run is refused, wherever it strikes."""
    real, asked = highspy.Highs.getModelStatus, [0]

    def status(self: highspy.Highs) -> Any:
        asked[0] += 1
        return highspy.HighsModelStatus.kUnknown if asked[0] > after else real(self)

    monkeypatch.setattr(highspy.Highs, "getModelStatus", status)
    true = [[["a", "1"], 2], [["a", "2"], 7], [["b", "1"], 5], [["b", "2"], 3]]
    counts = {tuple(at): n for at, n in true}
    names = {"a": ["a"], "b": ["b"], "all": ["a", "b"]}, {"1": ["1"], "2": ["2"], "total": ["1", "2"]}
    cells = []
    for row, rows in names[0].items():
        for column, columns in names[1].items():
            n = sum(counts[r, c] for r in rows for c in columns)
            cells.append([[row, column], n, n])
    document = DOCUMENT | {"tables": [DOCUMENT["tables"][0] | {"cells": cells}]}
    with pytest.raises(DisclosureError, match="nothing is taken for safe"):
        protect(document, {"rule": "suppress", "reason": "r", "approved_by": "a"})


def test_a_whole_programme_that_is_unbounded_or_infeasible_says_which() -> None:
    rows = Matrix.of([(np.array([0, 1]), np.array([1.0, -1.0]))])
    programme = Programme(np.zeros(2), np.full(2, INFINITY), rows, np.array([0.0]), np.array([0.0]), integer=True)
    one = np.array([0], np.int64)
    assert programme.optimise(one, np.ones(1), maximise=True).status == "unbounded"
    programme.bound_row(0, 1.0, 1.0)
    programme.bound_columns(one, np.zeros(1), np.zeros(1))
    assert programme.optimise(one, np.ones(1)).status == "infeasible"
