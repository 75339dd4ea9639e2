"""Made-up tables of police shape, and the table of the source answer. Same seed, same tables."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np


def hierarchy(leaves: list[str], groups: list[tuple[str, list[str]]], total: str = "total") -> dict[str, Any]:
    """One dimension: leaves, groups of leaves, and a total of everything."""
    return {"leaves": leaves, "totals": dict(groups) | {total: leaves}}


def table(
    name: str, counts: np.ndarray[Any, np.dtype[np.int64]], dimensions: dict[str, dict[str, Any]], months: int
) -> dict[str, Any]:
    """A document with every cell of offences x the first `months` months, true counts."""
    offence, month = dimensions["offence"], dimensions["month"]
    seen = month["leaves"][:months]
    totals = {
        name: [part for part in parts if part in seen]
        for name, parts in month["totals"].items()
        if name == "total" or all(part in seen for part in parts)
    }
    rows = {leaf: [leaf] for leaf in offence["leaves"]} | offence["totals"]
    columns = {leaf: [leaf] for leaf in seen} | totals
    of_row = {leaf: index for index, leaf in enumerate(offence["leaves"])}
    of_column = {leaf: index for index, leaf in enumerate(month["leaves"])}
    cells = []
    for row, column in product(rows, columns):
        count = int(counts[np.ix_([of_row[x] for x in rows[row]], [of_column[x] for x in columns[column]])].sum())
        cells.append([[row, column], count, count])
    return {
        "dimensions": dimensions,
        "tables": [
            {
                "name": name,
                "by": ["offence", "month"],
                "leaves": {"month": seen},
                "totals": {"month": totals},
                "cells": cells,
            }
        ],
    }


def police_shape(
    offences: int, months: int, *, groups: int = 0, quarters: bool = False, years: bool = False, mean: float, seed: int
) -> tuple[np.ndarray[Any, np.dtype[np.int64]], dict[str, dict[str, Any]]]:
    """Poisson counts whose offence means are log-normal around `mean`, and the dimensions of the table."""
    generator = np.random.default_rng(seed)
    level = mean * generator.lognormal(0.0, 1.4, offences)
    season = 1 + 0.25 * np.sin(np.arange(months) * np.pi / 6) + 0.01 * np.arange(months)
    counts = generator.poisson(np.outer(level, season)).astype(np.int64)
    rows = [f"offence {number:02d}" for number in range(1, offences + 1)]
    size = -(-offences // groups) if groups else 0
    row_groups = [(f"group {index + 1}", rows[index * size : (index + 1) * size]) for index in range(groups)]
    columns = [f"{2023 + number // 12}-{number % 12 + 1:02d}" for number in range(months)]
    spans = []
    if quarters:
        spans += [
            (f"{x[0][:4]}-Q{(int(x[0][5:]) + 2) // 3}", x) for x in (columns[i : i + 3] for i in range(0, months, 3))
        ]
    if years:
        spans += [(x[0][:4], x) for x in (columns[i : i + 12] for i in range(0, months, 12))]
    return counts, {"offence": hierarchy(rows, row_groups), "month": hierarchy(columns, spans)}


TWENTY = {"offences": 20, "months": 24, "groups": 4, "quarters": True, "years": True, "mean": 5.0, "seed": 2}
"""20 offences in 4 groups by 24 months with quarters and years."""
FIFTY = {"offences": 50, "months": 36, "groups": 10, "quarters": True, "years": True, "mean": 5.4, "seed": 36}
"""50 offences in 10 groups by 36 months with quarters and years: 3,172 cells."""
SHAPES: dict[str, dict[str, Any]] = {
    "10 x 12": {"offences": 10, "months": 12, "groups": 3, "quarters": True, "mean": 6.0, "seed": 1},
    "20 x 24": TWENTY,
    "20 x 24 sparse": TWENTY | {"mean": 1.0, "seed": 3},
    "50 x 36": FIFTY,
}


def instances() -> dict[str, dict[str, Any]]:
    """The documents that every tool gets, by name."""
    found = {"source": source_table(), "source + years": source_table(years=True)}
    for name, shape in SHAPES.items():
        counts, dimensions = police_shape(**shape)
        found[name] = table(name, counts, dimensions, shape["months"])
    return found


SOURCE_PERIODS = [
    "2023-09", "2024-02", "2024-03", "2024-04", "2024-05", "2024-07", "2024-09", "2024-10", "2024-11", "2024-12",
    "2025-01", "2025-02", "2025-03", "2025-04", "2025-05", "2025-06",
]  # fmt: skip
SOURCE_ROWS = ["s66A", "s66B", "s66B (1) and (9)", "s1 PCA"]
SOURCE_COUNTS = np.array(
    [
        [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
        [0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1],
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0],
        [1, 1, 1, 1, 3, 2, 2, 1, 2, 1, 6, 2, 1, 3, 6, 2],
    ],
    np.int64,
)


def source_table(*, years: bool = False) -> dict[str, Any]:
    """The table of the source answer (4 offences x 16 months, 85 cells), with year totals when asked (100 cells)."""
    spans = [
        (year, [period for period in SOURCE_PERIODS if period.startswith(year)]) for year in ("2023", "2024", "2025")
    ]
    dimensions = {"offence": hierarchy(SOURCE_ROWS, []), "month": hierarchy(SOURCE_PERIODS, spans if years else [])}
    return table("source", SOURCE_COUNTS, dimensions, len(SOURCE_PERIODS))
