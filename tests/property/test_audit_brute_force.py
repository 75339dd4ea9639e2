"""Every table that fits a tiny print is listed by hand; the auditor must say exactly what the list says."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clearcount.disclosure import audit


def _all_tables(total: int, atoms: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Every way to put `total` records into `atoms` cells, one a row (stars and bars)."""
    bars = np.array(list(combinations(range(total + atoms - 1), atoms - 1)), np.int64).reshape(-1, atoms - 1)
    edges = np.hstack([np.full((len(bars), 1), -1), bars, np.full((len(bars), 1), total + atoms - 1)])
    return np.diff(edges, axis=1) - 1


@st.composite
def prints(draw: st.DrawFn) -> tuple[dict[str, Any], Any]:
    """A tiny document whose grand total is printed, and every table of counts (atoms in order) that fits it."""
    rows, columns = draw(st.sampled_from([(2, 2), (1, 3), (2, 3), (1, 4)]))
    a, b = [f"a{i}" for i in range(rows)], [f"b{i}" for i in range(columns)]
    atoms = list(product(a, b))
    truth = {atom: draw(st.integers(0, 2)) for atom in atoms}
    totals = {"All": b}
    if columns > 2:
        totals["first two"] = b[:2]
        totals["last two"] = b[-2:]
    names = {"a": {**{x: [x] for x in a}, "All": a}, "b": {**{x: [x] for x in b}, **totals}}
    cells = []
    for left, right in product(names["a"], names["b"]):
        count = sum(truth[x, y] for x in names["a"][left] for y in names["b"][right])
        kind = draw(st.sampled_from(["printed", "hidden", "low", "rounded", "left out"]))
        if (left, right) == ("All", "All"):
            kind = "printed"
        bounds = {
            "printed": (count, count),
            "hidden": (min(count, 1), None),
            "low": (min(count, 1), max(count, 4)),
            "rounded": (count // 3 * 3, count // 3 * 3 + 2),
        }
        if kind != "left out":
            cells.append([[left, right], *bounds[kind]])
    if draw(st.integers(0, 9)) == 0:  # a revised figure: the print may contradict itself
        cells[0][1] = cells[0][2] = draw(st.integers(0, 6))
    zeros = [list(atom) for atom in atoms if truth[atom] == 0 and draw(st.booleans())]
    document = {
        "dimensions": {"a": {"leaves": a, "totals": {"All": a}}, "b": {"leaves": b, "totals": totals}},
        "tables": [{"name": "t", "by": ["a", "b"], "cells": cells}],
        "known_zero": zeros,
    }
    grand = next(low for at, low, _ in cells if at == ["All", "All"])
    fitting = _all_tables(grand, len(atoms))
    for zero in zeros:
        fitting = fitting[fitting[:, atoms.index((zero[0], zero[1]))] == 0]
    for at, low, high in cells:
        sums = fitting @ _mask(document, at)
        fitting = fitting[(sums >= low) & (sums <= (np.inf if high is None else high))]
    return document, fitting


def _mask(document: dict[str, Any], at: list[str]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Which atoms a cell counts."""
    parts = [document["dimensions"][name] for name in "ab"]
    left, right = (part["totals"].get(name, [name]) for part, name in zip(parts, at, strict=True))
    return np.array([int(x in left and y in right) for x, y in product(*(part["leaves"] for part in parts))])


@given(prints())
@settings(max_examples=500)
def test_the_auditor_says_what_the_list_of_all_tables_says(case: tuple[dict[str, Any], Any]) -> None:
    document, fitting = case
    found = audit(document).as_dict()
    assert found["consistent"] == bool(len(fitting))
    for item in found["intervals"]:
        values = fitting @ _mask(document, item["at"])
        assert (item["low"], item["high"]) == (values.min(), values.max())
    hidden = [cell for cell in document["tables"][0]["cells"] if cell[1] != cell[2]]
    assert len(found["intervals"]) == (len(hidden) if len(fitting) else 0)
    assert [item["at"] for item in found["exact"]] == [
        item["at"] for item in found["intervals"] if item["low"] == item["high"]
    ]
