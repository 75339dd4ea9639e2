"""Every table that fits a tiny print is listed by hand; the auditor must say exactly what the list says."""

from __future__ import annotations

from functools import cache
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearcount.disclosure import audit

_SHAPES = [(2, 2), (1, 3), (2, 3), (1, 4)]
_CUBE = (2, 2, 2)


@cache
def _all_tables(total: int, atoms: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Every way to put `total` records into `atoms` cells, one a row (stars and bars)."""
    bars = np.array(list(combinations(range(total + atoms - 1), atoms - 1)), np.int64).reshape(-1, atoms - 1)
    edges = np.hstack([np.full((len(bars), 1), -1), bars, np.full((len(bars), 1), total + atoms - 1)])
    return np.diff(edges, axis=1) - 1


def _print(
    draw: st.DrawFn, leaves: dict[str, list[str]], tables: list[tuple[str, ...]]
) -> tuple[dict[str, Any], np.ndarray[Any, np.dtype[np.int64]]]:
    """A tiny document whose grand total is printed, and every table of counts (atoms in order) that fits it."""
    atoms = list(product(*leaves.values()))
    most = 2 if len(atoms) < 8 else 1
    truth = np.array([draw(st.integers(0, most)) for _ in atoms])
    dimensions: dict[str, Any] = {}
    for name, found in leaves.items():
        totals = {"All": found}
        if len(found) > 2:
            totals |= {"first two": found[:2], "last two": found[-2:]}
        dimensions[name] = {"leaves": found, "totals": totals}
    document: dict[str, Any] = {"dimensions": dimensions, "tables": []}
    for by in tables:
        cells: list[list[Any]] = []
        for at in product(*([*leaves[name], *dimensions[name]["totals"]] for name in by)):
            count = int(truth @ _mask(document, by, at))
            kind = draw(st.sampled_from(["printed", "hidden", "low", "rounded", "left out"]))
            if set(at) == {"All"}:
                kind = "printed"
            bounds = {
                "printed": (count, count),
                "hidden": (min(count, 1), None),
                "low": (min(count, 1), max(count, 4)),
                "rounded": (count // 3 * 3, count // 3 * 3 + 2),
            }
            if kind != "left out":
                cells.append([list(at), *bounds[kind]])
        document["tables"].append({"name": " by ".join(by), "by": list(by), "cells": cells})
    if draw(st.integers(0, 9)) == 0:  # a revised figure: the print may contradict itself
        document["tables"][0]["cells"][0][1:] = [draw(st.integers(0, 6))] * 2
    zeros = [list(atom) for atom, n in zip(atoms, truth, strict=True) if n == 0 and draw(st.booleans())]
    document["known_zero"] = zeros
    grand = min(low for at, low, _ in document["tables"][0]["cells"] if set(at) == {"All"})
    fitting = _all_tables(grand, len(atoms))
    for zero in zeros:
        fitting = fitting[fitting[:, atoms.index(tuple(zero))] == 0]
    for table in document["tables"]:
        for at, low, high in table["cells"]:
            sums = fitting @ _mask(document, table["by"], at)
            fitting = fitting[(sums >= low) & (sums <= (np.inf if high is None else high))]
    return document, fitting


def _mask(document: dict[str, Any], by: Any, at: Any) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Which atoms a cell counts; a dimension that its table does not show is summed over."""
    place = dict(zip(by, at, strict=True))
    sides = []
    for name, part in document["dimensions"].items():
        counted = part["totals"].get(place[name], [place[name]]) if name in place else part["leaves"]
        sides.append([leaf in counted for leaf in part["leaves"]])
    return np.array([int(all(one)) for one in product(*sides)], np.int64)


@st.composite
def prints(draw: st.DrawFn) -> tuple[dict[str, Any], Any]:
    """One table of two dimensions."""
    rows, columns = draw(st.sampled_from(_SHAPES))
    return _print(draw, {"a": [f"a{i}" for i in range(rows)], "b": [f"b{i}" for i in range(columns)]}, [("a", "b")])


@st.composite
def pairs(draw: st.DrawFn) -> tuple[dict[str, Any], Any]:
    """Two or three tables that cut the same records by other pairs of three dimensions."""
    leaves = {name: [f"{name}{i}" for i in range(size)] for name, size in zip("abc", _CUBE, strict=True)}
    cuts = draw(st.sampled_from([[("a", "b"), ("a", "c")], [("a", "b"), ("a", "c"), ("b", "c")]]))
    return _print(draw, leaves, cuts)


def _agrees(document: dict[str, Any], fitting: Any) -> None:
    found = audit(document).as_dict()
    assert found["consistent"] == bool(len(fitting))
    by = {table["name"]: table["by"] for table in document["tables"]}
    for item in found["intervals"]:
        values = fitting @ _mask(document, by[item["table"]], item["at"])
        assert (item["low"], item["high"]) == (values.min(), values.max())
    hidden = [cell for table in document["tables"] for cell in table["cells"] if cell[1] != cell[2]]
    assert len(found["intervals"]) == (len(hidden) if len(fitting) else 0)
    assert [item["at"] for item in found["exact"]] == [
        item["at"] for item in found["intervals"] if item["low"] == item["high"]
    ]


@given(prints())
@settings(max_examples=800)
def test_the_auditor_says_what_the_list_of_all_tables_says(case: tuple[dict[str, Any], Any]) -> None:
    _agrees(*case)


@given(pairs())
@settings(max_examples=300)
def test_the_auditor_takes_tables_together_as_the_list_does(case: tuple[dict[str, Any], Any]) -> None:
    _agrees(*case)


@pytest.mark.slow
@given(st.one_of(prints(), pairs()))
@settings(max_examples=20_000)
def test_the_auditor_and_the_list_agree_twenty_thousand_times(case: tuple[dict[str, Any], Any]) -> None:
    _agrees(*case)
