"""A second attacker, written on scipy's integer programmes and nothing of ours, agrees on larger tables."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from clearcount.disclosure import audit, protect
from clearcount.disclosure.atoms import atom_system
from clearcount.disclosure.auditor import Attack
from clearcount.disclosure.document_json import parse_document
from clearcount.disclosure.reduced import reduce_system

POLICY = {"rule": "suppress", "reason": "r", "approved_by": "a"}


def _random(seed: int) -> dict[str, Any]:
    """Two overlapping tables of one population, offence x month and offence x age, true counts."""
    generator = np.random.default_rng(seed)
    a, m, g = int(generator.integers(2, 5)), int(generator.integers(3, 7)), int(generator.integers(2, 4))
    leaves = {
        "offence": [f"o{i}" for i in range(a)],
        "month": [f"m{i}" for i in range(m)],
        "age": [f"g{i}" for i in range(g)],
    }
    counts = generator.poisson(1.2, (a, m, g))
    totals = {name: {"total": found} for name, found in leaves.items()}
    totals["month"]["first half"] = leaves["month"][: m // 2]
    dimensions = {name: {"leaves": leaves[name], "totals": totals[name]} for name in leaves}
    tables = []
    for by in (("offence", "month"), ("offence", "age")):
        cells = []
        for at in product(*([*leaves[name], *totals[name]] for name in by)):
            place = dict(zip(by, at, strict=True))
            index = [
                [leaves[n].index(x) for x in (totals[n].get(place[n], [place[n]]) if n in place else leaves[n])]
                for n in leaves
            ]
            n = int(counts[np.ix_(*index)].sum())
            cells.append([list(at), n, n])
        tables.append({"name": " by ".join(by), "by": list(by), "cells": cells})
    return {"dimensions": dimensions, "tables": tables}


def _second_attacker(document: dict[str, Any], target: tuple[str, list[str]]) -> tuple[int, float]:
    """Least and greatest whole value of a cell, by one unknown per leaf of the full cross."""
    dimensions = document["dimensions"]
    cross = list(product(*(part["leaves"] for part in dimensions.values())))

    def mask(table: dict[str, Any], at: list[str]) -> Any:
        place = dict(zip(table["by"], at, strict=True))
        return np.array(
            [
                float(
                    all(
                        name not in place or leaf in dimensions[name]["totals"].get(place[name], [place[name]])
                        for name, leaf in zip(dimensions, atom, strict=True)
                    )
                )
                for atom in cross
            ]
        )

    rows, low, high = [], [], []
    for table in document["tables"]:
        for at, bottom, top in table["cells"]:
            rows.append(mask(table, at))
            low.append(bottom)
            high.append(np.inf if top is None else top)
    named = {table["name"]: table for table in document["tables"]}
    goal = mask(named[target[0]], target[1])
    found = []
    for sign in (1, -1):
        solved = milp(
            sign * goal,
            constraints=LinearConstraint(np.array(rows), low, high),
            bounds=Bounds(0, np.inf),
            integrality=np.ones(len(cross)),
        )
        found.append(np.inf if solved.status == 3 else sign * round(solved.fun))
    return int(found[0]), found[1]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("zeros", ["shown", "ambiguous"])
def test_both_attackers_agree_and_protection_holds(seed: int, zeros: str) -> None:
    truth = _random(seed)
    found = protect(truth, POLICY | {"zeros": zeros})
    if not found.safe:  # then hiding all that may be hidden must leave one of the named figures exact
        everything = [
            table | {"cells": [[at, *((1, None) if n > 0 else (0, 0))] for at, n, _ in table["cells"]]}
            for table in truth["tables"]
        ]
        assert zeros == "shown" and audit(truth | {"tables": everything}).exact
        return
    result = audit(found.document)
    assert result.safe
    for item in result.intervals[:: max(1, len(result.intervals) // 12)]:
        low, high = _second_attacker(dict(found.document), (item.target.table, list(item.target.cells[0])))
        assert (item.low, np.inf if item.high is None else item.high) == (low, high)


@pytest.mark.parametrize("seed", range(3))
def test_hiding_one_more_never_narrows(seed: int) -> None:
    found = protect(_random(seed), POLICY | {"zeros": "ambiguous"})
    document = dict(found.document)
    targets = [
        {"table": t["name"], "cells": [at]} for t in document["tables"] for at, low, high in t["cells"] if low != high
    ]
    before = audit(document | {"targets": targets}).intervals
    generator = np.random.default_rng(seed)
    for _ in range(5):
        table = document["tables"][int(generator.integers(2))]
        index = int(generator.integers(len(table["cells"])))
        cells = [[at, 0, None] if i == index else [at, low, high] for i, (at, low, high) in enumerate(table["cells"])]
        wider = document | {
            "targets": targets,
            "tables": [t | {"cells": cells} if t is table else t for t in document["tables"]],
        }
        for old, new in zip(before, audit(wider).intervals, strict=True):
            assert new.low <= old.low
            assert new.high is None or (old.high is not None and new.high >= old.high)


@pytest.mark.parametrize("seed", range(3))
def test_every_witness_adds_up(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each table that the auditor takes for possible fits every printed figure, checked by plain sums."""
    document = parse_document(dict(protect(_random(seed), POLICY | {"zeros": "ambiguous"}).document))
    reduced = reduce_system(atom_system(document))
    assert reduced is not None
    taken: list[Any] = []
    real = Attack._take

    def take(self: Attack, x: Any) -> bool:
        kept = real(self, x)
        if kept:
            taken.append(np.rint(x).astype(int))
        return kept

    monkeypatch.setattr(Attack, "_take", take)
    attack = Attack.begin(reduced)
    assert attack is not None
    for index in range(len(reduced.targets)):
        attack.interval(index)
    assert taken
    matrix = reduced.matrix
    for table in taken:
        for row, (low, high) in enumerate(zip(reduced.low, reduced.high, strict=True)):
            span = slice(matrix.starts[row], matrix.starts[row + 1])
            total = sum(int(v) * int(table[c]) for c, v in zip(matrix.columns[span], matrix.values[span], strict=True))
            assert low <= total <= high and (table >= 0).all()
