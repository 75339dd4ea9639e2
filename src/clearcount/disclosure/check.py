"""A description is held against the tables it describes before anybody relies on it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clearcount.disclosure.crosses import Crosses
from clearcount.disclosure.document import At, Document, PublishedTable
from clearcount.errors import DisclosureError
from clearcount.model.months import TOTAL


def check_described(document: Document) -> None:
    """Check a document of true counts: what its lines hold is what its totals hold, and the counts say so.

    For each table, the printed lines and the empty ones left out hold together every part of each total. Where no two
    lines share a part, they add up to it. That the counts satisfy every equation between tables is for the auditor,
    which finds tables that contradict each other.

    Raises: DisclosureError: a total holds a part that no line holds, or a line is outside its total. Or lines that hold
        the same parts as a total do not add up to it.
    """
    for table in document.tables:
        _check(document, table)


def _check(document: Document, table: PublishedTable) -> None:
    boxes = [table.box(cell.at) for cell in table.cells]
    crosses = Crosses(document, [boxes], whole=True)
    lines = {cell.at: crosses.cells(box) for cell, box in zip(table.cells, boxes, strict=True)}
    counts = {cell.at: cell.low for cell in table.cells}
    finest = _Finest([at for at in lines if TOTAL not in at])
    # a line or column that was left out is known to be empty in each of the others too
    empty = [cells for at, cells in lines.items() if TOTAL in at and counts[at] == 0]
    nothing = np.concatenate([np.zeros(0, np.int64), *empty])
    for at, cells in lines.items():
        if TOTAL not in at:
            continue
        inside = finest.under(at)
        if not (inside or len(nothing)):
            continue
        held = np.concatenate([np.zeros(0, np.int64), *(lines[line] for line in inside)])
        if len(np.setdiff1d(np.setdiff1d(cells, held), nothing)):
            raise DisclosureError(f"table {table.name!r}: the total {list(at)} counts records that no line counts")
        if len(np.setdiff1d(held, cells)):
            raise DisclosureError(f"table {table.name!r}: a line counts records that the total {list(at)} does not")
        if table.once or len(held) != len(np.unique(held)):
            continue
        if sum(counts[line] for line in inside) != counts[at]:
            raise DisclosureError(
                f"table {table.name!r}: the lines contradict their total {list(at)}; check how they were added"
            )


class _Finest:
    """The finest cells of a table, by what they share with a total: a table may have many thousands of them."""

    def __init__(self, lines: Sequence[At]) -> None:
        self._lines = lines
        self._by_part: dict[tuple[int, ...], dict[At, list[At]]] = {}

    def under(self, total: At) -> Sequence[At]:
        """Return the cells that a total adds up."""
        places = tuple(place for place, name in enumerate(total) if name != TOTAL)
        if places not in self._by_part:
            found: dict[At, list[At]] = {}
            for line in self._lines:
                found.setdefault(tuple(line[place] for place in places), []).append(line)
            self._by_part[places] = found
        return self._by_part[places].get(tuple(total[place] for place in places), [])
