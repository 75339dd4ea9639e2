"""The rows that the auditor solves let the same whole tables through as the rows of knowledge they come from."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clearcount.disclosure.slim import NO_HIGH, NO_LOW, slim
from clearcount.disclosure.solver import Ints, Matrix

ATOMS = 4
TABLES = np.array(list(product(range(4), repeat=ATOMS)), np.int64)


@st.composite
def systems(draw: st.DrawFn) -> tuple[Matrix, Ints, Ints]:
    """Rows over four atoms: printed sums, hidden and rounded ones, and differences; most fit one hidden truth."""
    truth = np.array(draw(st.tuples(*[st.integers(0, 3)] * ATOMS)), np.int64)
    rows, low, high = [], [], []
    for _ in range(draw(st.integers(1, 9))):
        atoms = np.array(sorted(draw(st.sets(st.integers(0, ATOMS - 1), min_size=1))), np.int64)
        kind = draw(st.sampled_from(["printed", "printed", "hidden", "rounded", "difference"]))
        signs = np.ones(len(atoms))
        if kind == "difference":
            signs[draw(st.integers(0, len(atoms) - 1)) :] = -1
        value = int(truth[atoms] @ signs) + (draw(st.integers(0, 11)) == 0)
        bounds = {"printed": (value, value), "hidden": (1, NO_HIGH), "rounded": (value - value % 3, value + 2)}
        rows.append((atoms, signs))
        bottom, top = bounds.get(kind, (NO_LOW, value))
        low.append(bottom)
        high.append(top)
    return Matrix.of(rows), np.array(low, np.int64), np.array(high, np.int64)


def _fits(table: Ints, matrix: Matrix, low: Ints, high: Ints) -> bool:
    sums = matrix.times(table)
    return bool((sums >= low).all() and (sums <= high).all())


@given(systems())
@settings(max_examples=300)
def test_the_same_tables_fit(system: tuple[Matrix, Ints, Ints]) -> None:
    matrix, low, high = system
    less = slim(matrix, low, high, ATOMS)
    wanted = [_fits(table, matrix, low, high) for table in TABLES]
    if less is None:
        assert not any(wanted)
        return
    within = ((less.bottom <= TABLES) & (less.top >= TABLES)).all(axis=1)
    found = [
        bool(w) and _fits(table, less.matrix, less.low, less.high) for w, table in zip(within, TABLES, strict=True)
    ]
    assert found == wanted


def test_a_printed_total_loses_its_printed_parts() -> None:
    """Four atoms: both halves are printed, then their total, then the first three."""
    sums = [((0, 1), 5), ((2, 3), 4), ((0, 1, 2, 3), 9)]

    def kept(*sums: tuple[tuple[int, ...], int]) -> list[tuple[tuple[int, ...], int]] | None:
        value = np.array([n for _, n in sums], np.int64)
        less = slim(Matrix.of([(np.array(atoms), np.ones(len(atoms))) for atoms, _ in sums]), value, value, ATOMS)
        if less is None:
            return None
        columns = [tuple(less.matrix.columns[a:b].tolist()) for a, b in pairwise(less.matrix.starts)]
        return list(zip(columns, less.low.tolist(), strict=True))

    assert kept(*sums) == sums[:2]
    assert kept(*sums[:2], ((0, 1, 2), 6)) == [*sums[:2], ((2,), 1)]
    assert kept(*sums[:2], ((0, 1, 2, 3), 10)) is None
