"""Answers of several tables over the same made-up records, as a force is asked for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np

from clearcount.disclosure.document import Document, PublishedCell, PublishedTable, axis


def several(sizes: Mapping[str, int], tables: Sequence[str], records: int, seed: int) -> Document:
    """Return true tables of so many records. A table is its dimensions; `m/12` has a column for twelve leaves of m."""
    random = np.random.default_rng(seed)
    names = list(sizes)
    leaves = {name: [f"{name}{n}" for n in range(size)] for name, size in sizes.items()}
    drawn = {
        name: random.choice(size, size=records, p=random.dirichlet(np.full(size, 1.2))) for name, size in sizes.items()
    }
    plain = {name: axis(name, leaves[name]) for name in names}
    found = []
    for number, asked in enumerate(tables):
        axes, by, heads = dict(plain), [], []
        for dimension in asked.split():
            name, _, span = dimension.partition("/")
            wide = int(span or 1)
            spans = [leaves[name][at : at + wide] for at in range(0, sizes[name], wide)]
            groups = {f"{part[0]}-{part[-1]}": part for part in spans} if wide > 1 else {}
            lines = list(groups) or leaves[name]
            axes[name] = axis(name, leaves[name], {**groups, "total": lines})
            by.append(name)
            heads.append([*lines, "total"])
        cells = []
        for at in product(*heads):
            inside = np.ones(records, bool)
            for name, place in zip(by, at, strict=True):
                members = axes[name].members[place]
                inside &= np.array([leaf in members for leaf in leaves[name]])[drawn[name]]
            cells.append(PublishedCell(at, int(inside.sum()), int(inside.sum())))
        found.append(PublishedTable(f"t{number}", tuple(by), axes, tuple(cells)))
    return Document(plain, tuple(found))
