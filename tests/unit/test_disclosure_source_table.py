"""The source answer's table at threshold 5: proven optima, the leak of the textbook pattern, and the refusal."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from clearcount.disclosure import audit, protect

_PATH = Path(__file__).parents[2] / "bench" / "disclosure" / "instances.py"
_SPEC = importlib.util.spec_from_file_location("disclosure_instances", _PATH)
assert _SPEC and _SPEC.loader
instances = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(instances)
POLICY = {"rule": "suppress", "reason": "small counts", "approved_by": "reviewer"}


def test_the_table_is_the_published_one() -> None:
    cells = {tuple(at): n for at, n, _ in instances.source_table()["tables"][0]["cells"]}
    assert len(cells) == 85
    assert [cells[row, "total"] for row in [*instances.SOURCE_ROWS, "total"]] == [3, 6, 1, 35, 45]
    assert sum(1 <= n < 5 for n in cells.values()) == 40


@pytest.mark.parametrize(
    ("years", "zeros", "at_most"),
    [(False, "shown", 44), (False, "hidden", 41), (True, "shown", 53), (True, "ambiguous", 50)],
)
def test_fewest_cells_are_proven(years: bool, zeros: str, at_most: int) -> None:
    found = protect(instances.source_table(years=years), POLICY | {"zeros": zeros})
    assert found.safe and found.optimal and found.gap == 0
    assert len(found.hidden) == at_most
    result = audit(found.document)
    assert result.consistent and not result.exact
    assert len(result.intervals) == at_most


def test_the_textbook_pattern_gives_twelve_counts_away_where_zeros_are_printed() -> None:
    """All 40 small counts and one complement: nothing is exact for a reader who takes a hidden cell for 0 or more."""
    truth = instances.source_table()
    hidden = {tuple(at) for at, n, _ in truth["tables"][0]["cells"] if 1 <= n < 5} | {("s1 PCA", "2025-05")}
    assert len(hidden) == 41

    def exact(floor: int) -> int:
        cells = [[at, *((floor, None) if tuple(at) in hidden else (n, n))] for at, n, _ in truth["tables"][0]["cells"]]
        result = audit(truth | {"tables": [truth["tables"][0] | {"cells": cells}]})
        assert result.consistent and len(result.intervals) == 41
        return sum(item.low < 5 for item in result.exact)

    assert exact(0) == 0
    assert exact(1) == 12


def test_labels_below_five_with_zeros_and_years_are_refused_with_ways_out() -> None:
    found = protect(instances.source_table(years=True), POLICY | {"label": "<5"})
    assert not found.safe and not found.document
    assert "no pattern is safe" in found.why
    assert found.coarsenings and all(way["exact"] == 0 for way in found.coarsenings)
    best = found.coarsenings[0]
    assert best["left"] == max(way["left"] for way in found.coarsenings)


@pytest.mark.parametrize(
    ("coarsen", "hidden", "left"),
    [
        ({"columns": "quarter"}, 18, 9),
        ({"columns": "quarter", "merge": [["s66A", "s66B", "s66B (1) and (9)"]]}, 14, 8),
    ],
)
def test_coarser_tables_keep_figures(coarsen: dict[str, Any], hidden: int, left: int) -> None:
    found = protect(instances.source_table(), POLICY | {"coarsen": coarsen})
    printed = [cell for cell in found.document["tables"][0]["cells"] if cell[1] == cell[2] and cell[1] > 0]
    assert (len(found.hidden), len(printed)) == (hidden, left)


def test_every_complement_names_small_counts_that_come_out_without_it() -> None:
    found = protect(instances.source_table(), POLICY)
    complements = [item for item in found.hidden if item["why"] == "complementary"]
    assert [item["at"] for item in found.protects] and len(found.protects) == len(complements)
    truth = {tuple(at): n for at, n, _ in instances.source_table()["tables"][0]["cells"]}
    for item in found.protects:
        document = dict(found.document)
        table = document["tables"][0]
        opened = [
            [at, truth[tuple(at)], truth[tuple(at)]] if at == item["at"] else [at, low, high]
            for at, low, high in table["cells"]
        ]
        document["tables"] = [table | {"cells": opened}]
        exact = {found.target.cells[0] for found in audit(document).exact}
        assert {tuple(cell["at"]) for cell in item["cells"]} <= exact


@pytest.mark.parametrize(("base", "changes"), [(3, 40), (5, 72)])
def test_controlled_rounding_adds_up_with_least_change(base: int, changes: int) -> None:
    found = protect(instances.source_table(), POLICY | {"rule": "round", "base": base})
    truth = {tuple(at): n for at, n, _ in instances.source_table()["tables"][0]["cells"]}
    values = {tuple(item["at"]): item["value"] for item in found.document["rounded"]}
    assert sum(abs(values[at] - truth[at]) for at in truth) <= changes
    for row in [*instances.SOURCE_ROWS, "total"]:
        assert sum(values[row, month] for month in instances.SOURCE_PERIODS) == values[row, "total"]
    for month in [*instances.SOURCE_PERIODS, "total"]:
        assert sum(values[row, month] for row in instances.SOURCE_ROWS) == values["total", month]
    assert all(value % base == 0 for value in values.values())
    assert not audit(found.document).exact


def test_midpoint_totals_are_added_from_rounded_cells() -> None:
    found = protect(instances.source_table(), POLICY | {"rule": "round", "method": "midpoint-6"})
    values = {tuple(item["at"]): item["value"] for item in found.document["rounded"]}
    assert values["s66A", "total"] == 9 and values["s66A", "2024-04"] == 3 and values["s66A", "2024-05"] == 0
    assert not [item for item in audit(found.document).exact if item.low]
