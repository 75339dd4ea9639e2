"""What published answers say against each other, and what a page's own totals give away."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from clearcount.collate.lines import Line
from clearcount.collate.structure import names_a_total
from clearcount.disclosure import audit
from clearcount.errors import DisclosureError
from clearcount.model.marks import is_hidden

_MOST_CELLS = 1_500


@dataclass(frozen=True)
class Contradiction:
    """Two figures of one force for one row, measure and period that differ."""

    force: str
    label: str
    period: str
    first: tuple[str, str, str]
    second: tuple[str, str, str]


def contradictions(lines: Sequence[Line]) -> tuple[Contradiction, ...]:
    """Return where a force's answers give two numbers for one thing: (value, source, origin) of each.

    Lines are of one thing when force, code (or label), measure, group and period agree. Rounded numbers are left out.
    """
    held: dict[tuple[str, ...], Line] = {}
    found = []
    for line in lines:
        if line.kind != "count" or not line.force or not line.period_from:
            continue
        key = (line.force, line.code or line.label.casefold(), line.measure, line.period_from, line.period_to)
        other = held.setdefault(key, line)
        if other.source != line.source and other.value != line.value:
            found.append(
                Contradiction(
                    line.force,
                    line.label,
                    line.period,
                    (other.value, other.source, other.origin),
                    (line.value, line.source, line.origin),
                )
            )
    return tuple(found)


def given_away(lines: Sequence[Line]) -> tuple[str, ...]:
    """Return the places of suppressed cells whose number follows from the totals printed beside them; never the number.

    Tables of more than 1,500 cells, or whose rows or periods overlap, are not looked at.
    """
    tables: dict[tuple[str, int, str], list[Line]] = defaultdict(list)
    for line in lines:
        tables[line.source, line.table, line.group].append(line)
    return tuple(place for table in tables.values() for place in _solved(table))


def _solved(table: Sequence[Line]) -> list[str]:
    if not any(is_hidden(line.marker) for line in table) or len(table) > _MOST_CELLS:
        return []
    if any(line.unread or line.kind not in ("count", "none") or line.measure for line in table):
        return []
    rows = list(dict.fromkeys(line.label for line in table if not names_a_total(line.label)))
    columns = list(dict.fromkeys(line.period for line in table if not line.is_total and line.period))
    totals = {line.label for line in table if names_a_total(line.label)}
    if len(totals) > 1 or not rows or not columns or not _apart(table, columns):
        return []
    cells: dict[tuple[str, str], Line] = {}
    for line in table:
        at = ("total" if line.label in totals else line.label, "total" if line.is_total else line.period)
        if at in cells or (line.is_total and line.period != "total"):
            return []
        cells[at] = line
    document = {
        "dimensions": {
            "row": {"leaves": rows, "totals": {"total": rows}},
            "period": {"leaves": columns, "totals": {"total": columns}},
        },
        "tables": [
            {
                "name": "page",
                "by": ["row", "period"],
                "cells": [[list(at), *_bounds(line)] for at, line in cells.items()],
            }
        ],
    }
    try:
        found = audit(document)
    except DisclosureError:
        return []
    if not found.consistent:
        return []
    places = {tuple(coordinates) for each in found.exact for _, coordinates in _coordinates(each.target)}
    return [f"{line.source}, {line.origin}" for at, line in cells.items() if at in places and is_hidden(line.marker)]


def _coordinates(target: object) -> list[tuple[str, tuple[str, ...]]]:
    table = getattr(target, "table", "")
    return [(table, tuple(cell)) for cell in getattr(target, "cells", ())]


def _apart(table: Sequence[Line], columns: Sequence[str]) -> bool:
    """Return whether no period of the table lies inside another."""
    spans = sorted({(line.period_from, line.period_to) for line in table if line.period in columns})
    return all(before[1] < after[0] for before, after in itertools.pairwise(spans))


def _bounds(line: Line) -> tuple[int | None, int | None]:
    if line.value:
        return int(line.value), int(line.value)
    if is_hidden(line.marker) or line.meaning.startswith("printed"):
        return 0, None
    return 0, 0
