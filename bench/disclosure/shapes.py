"""What it costs to judge what totals leave for hidden cells: single tables and breakdowns, without it and with it."""

from __future__ import annotations

from itertools import product

import numpy as np

from bench.disclosure.instances import FIFTY, TWENTY, police_shape, source_table, table
from bench.disclosure.measure import POLICY, heading, line, timed
from clearcount.disclosure import Policy
from clearcount.disclosure.document import Document, PublishedCell, PublishedTable, axis
from clearcount.disclosure.document_json import parse_document
from clearcount.disclosure.linked import together
from clearcount.disclosure.protection import protect_described

BREAKDOWNS = {"10 x 24 x 6": ((10, 24, 6), 4.0, 3), "8 x 12 x 5 x 4": ((8, 12, 5, 4), 3.0, 4)}
"""Lines of all dimensions but the second, which is the columns: shape, mean count, seed."""


def breakdown(shape: tuple[int, ...], mean: float, seed: int) -> Document:
    """Return the true table of a breakdown: a line for each combination, one total line, and a total column."""
    names = [f"d{number}" for number in range(len(shape))]
    leaves = [[f"{name}.{leaf}" for leaf in range(size)] for name, size in zip(names, shape, strict=True)]
    random = np.random.default_rng(seed)
    rates = random.lognormal(0, 1, shape[0]).reshape(-1, *(1,) * (len(shape) - 1)) * mean
    counts = random.poisson(np.broadcast_to(rates, shape))
    axes = {name: axis(name, found, {"total": found}) for name, found in zip(names, leaves, strict=True)}
    rows = [number for number in range(len(shape)) if number != 1]
    cells = []
    for row in (*product(*(range(shape[number]) for number in rows)), None):
        for column in (*range(shape[1]), None):
            place: list[int | None] = [None] * len(shape)
            for number, leaf in zip(rows, row or (None,) * len(rows), strict=True):
                place[number] = leaf
            place[1] = column
            n = int(counts[tuple(slice(None) if leaf is None else leaf for leaf in place)].sum())
            at = tuple("total" if leaf is None else leaves[number][leaf] for number, leaf in enumerate(place))
            cells.append(PublishedCell(at, n, n))
    return Document(axes, (PublishedTable("t", tuple(names), axes, tuple(cells)),))


def shapes() -> None:
    """Protect each table both ways and print what is hidden."""
    twenty, fifty = police_shape(**TWENTY), police_shape(**FIFTY)
    tables = {
        "source": parse_document(source_table()),
        "20 x 24": parse_document(table("t", *twenty, 24)),
        **{name: breakdown(*given) for name, given in BREAKDOWNS.items()},
        "50 x 36": parse_document(table("t", *fifty, 36)),
    }
    policy = Policy.parse(POLICY)
    heading("table", "cells", "small", "what totals leave", "hidden", "proven", "gap", "CPU s")
    for name, truth in tables.items():
        small = sum(policy.is_small(cell.low) for cell in truth.tables[0].cells)
        for sums in (False, True):
            found, took = timed(
                lambda t=truth, s=sums: protect_described(t, policy, lambda own: (together([own]).document,), sums=s)
            )
            line(
                name, f"{len(truth.tables[0].cells):,}", f"{small:,}", "judged" if sums else "not judged",
                f"{len(found.suppressed):,}", "yes" if found.optimal else "no", found.gap, f"{took.cpu:.1f}",
            )  # fmt: skip
    print()
