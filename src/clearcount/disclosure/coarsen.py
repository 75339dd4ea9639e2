"""Coarsening: longer periods and merged lines, before any figure is hidden.

What it does: adds up months into quarters, half-years or years, and lines into groups.
Why: a table of ones and twos is emptied by suppression; a coarser one keeps true figures that add up.
Example: sixteen months of 1, 2, 1, 3 become four quarters of 5 and more.
Use instead: nothing; this is the first thing to try. What it cannot mend is left to suppression.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from typing import Any

from clearcount.disclosure.document import parse_document
from clearcount.disclosure.policy import Coarsen
from clearcount.errors import DisclosureError
from clearcount.model.months import TOTAL, Columns, Month, Period, period_label
from clearcount.model.table import At, Cell, Count, NotInForce, NotSearched, Row, Table

_MONTH = re.compile(r"^\d{4}-\d{2}$")
_MARGINS = {"total", "grand total", "all"}
Groups = Mapping[str, Mapping[str, tuple[str, ...]]]
"""For each dimension, the new leaves and the old ones that each adds up."""


def coarser_table(table: Table, coarsen: Coarsen) -> Table:
    """The table with its periods and lines merged as the policy says.

    Raises:
        DisclosureError: the table counts occurrences, which do not add up; or its periods do not fit the new ones.
    """
    if not coarsen:
        return table
    if table.unit == "occurrences" and (coarsen.columns or _merges(table, coarsen)):
        raise DisclosureError(
            f"table {table.name!r} counts each occurrence once, so its cells cannot be added up; "
            "ask for coarser columns in the request's [table] instead of the policy's coarsen"
        )
    periods = _periods(table, coarsen.columns) if coarsen.columns else {p: (p,) for p in table.periods}
    lines = _merges(table, coarsen)
    cells: dict[At, Cell] = {}
    keys = [*((row.key, tuple(old.key for old in olds)) for row, olds in lines.items()), (TOTAL, (TOTAL,))]
    labels = [*((new.label, tuple(old.label for old in olds)) for new, olds in periods.items()), (TOTAL, (TOTAL,))]
    for (key, rows), (label, columns) in product(keys, labels):
        cells[key, label] = _added([table.cells[at] for at in product(rows, columns)])
    changed = {name: getattr(table, name) for name in table.__dataclass_fields__}
    provisional = {new.label for new, olds in periods.items() if any(old.label in table.provisional for old in olds)}
    return Table(
        **changed
        | {
            "rows": tuple(lines),
            "periods": tuple(periods),
            "cells": cells,
            "provisional": frozenset(provisional | (table.provisional & {TOTAL})),
        }
    )


def _merges(table: Table, coarsen: Coarsen) -> dict[Row, tuple[Row, ...]]:
    """The new lines and the old ones that each adds up; lines of different further dimensions stay apart."""
    group_of = {name: group for group in coarsen.merge for name in group}
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in table.rows:
        name = next((name for name in (row.row, row.code, row.key) if name in group_of), None)
        key = (group_of[name], row.extra) if name else ("", row.key)
        found.setdefault(key, []).append(row)
    return {_merged(rows): tuple(rows) for rows in found.values()}


def _merged(rows: Sequence[Row]) -> Row:
    if len(rows) == 1:
        return rows[0]
    name = "+".join(row.row for row in rows)
    values = [value for _, value in rows[0].extra]
    return Row(
        key=" ".join([name, *values]),
        label="; ".join(dict.fromkeys(row.label for row in rows)),
        code=" + ".join(row.code for row in rows if row.code),
        row=name,
        members=tuple(dict.fromkeys(member for row in rows for member in row.members)),
        extra=rows[0].extra,
    )


def _periods(table: Table, columns: Columns) -> dict[Period, tuple[Period, ...]]:
    grouped: dict[str, list[Period]] = {}
    for period in table.periods:
        labels = {period_label(month, columns) for month in period.months}
        if len(labels) != 1:
            raise DisclosureError(f"table {table.name!r}: period {period.label} does not fit into one {columns}")
        grouped.setdefault(labels.pop(), []).append(period)
    return {
        Period(label, tuple(month for old in olds for month in old.months)): tuple(olds)
        for label, olds in grouped.items()
    }


def _added(cells: Sequence[Cell]) -> Cell:
    if len(cells) == 1:
        return cells[0]
    counts = [cell.n for cell in cells if isinstance(cell, Count)]
    if any(isinstance(cell, NotSearched) for cell in cells):
        return NotSearched() if not counts else Count(sum(counts))
    return Count(sum(counts)) if counts else NotInForce()


def coarser_document(document: Mapping[str, Any], groups: Groups) -> dict[str, Any]:
    """A document of true counts with leaves merged; totals that cut a merged leaf in two are left out.

    Every figure is added up afresh from the finest cells, which the document must list.
    """
    parsed = parse_document(document)
    new_of = {d: {old: new for new, olds in found.items() for old in olds} for d, found in groups.items()}

    def merged(dimension: str, leaves: Iterable[str]) -> list[str]:
        return list(dict.fromkeys(new_of.get(dimension, {}).get(leaf, leaf) for leaf in leaves))

    def whole(dimension: str, members: frozenset[str], present: frozenset[str]) -> bool:
        olds = (present & frozenset(group) for group in groups.get(dimension, {}).values())
        return all(not (members & group) or group <= members for group in olds)

    tables = []
    for raw, table in zip(document["tables"], parsed.tables, strict=True):
        leaves: dict[str, list[str]] = {}
        totals: dict[str, dict[str, list[str]]] = {}
        olds: dict[str, dict[str, list[str]]] = {}
        for name, axis in table.axes.items():
            present = frozenset(axis.leaves)
            leaves[name] = merged(name, axis.leaves)
            olds[name] = {new: [x for x in axis.leaves if merged(name, [x]) == [new]] for new in leaves[name]}
            totals[name] = {}
            for total in axis.totals:
                within = axis.members[total] & present
                if total not in leaves[name] and whole(name, within, present):
                    totals[name][total] = merged(name, [x for x in axis.leaves if x in within])
                    olds[name][total] = [x for x in axis.leaves if x in within]
        finest = {cell.at: cell.low for cell in table.cells}
        cells = []
        for at in product(*(olds[name] for name in table.by)):
            count = sum(finest.get(old, 0) for old in product(*(olds[n][x] for n, x in zip(table.by, at, strict=True))))
            cells.append([list(at), count, count])
        kept = {key: raw[key] for key in ("name", "by", "population") if key in raw}
        tables.append(kept | {"leaves": leaves, "totals": totals, "cells": cells})
    dimensions = {name: {"leaves": merged(name, found), "totals": {}} for name, found in parsed.leaves.items()}
    return {"dimensions": dimensions, "tables": tables}


def groupings(
    document: Mapping[str, Any], spans: Sequence[str] = ("quarter", "half-year", "year")
) -> list[tuple[str, Groups]]:
    """Ways to make a document coarser, each with its name, finest first."""
    parsed = parse_document(document)
    periods: dict[str, dict[str, Mapping[str, tuple[str, ...]]]] = {}
    lines: dict[str, dict[str, Mapping[str, tuple[str, ...]]]] = {}
    for name, leaves in parsed.leaves.items():
        if all(_MONTH.match(leaf) for leaf in leaves) and len(leaves) > 1:
            periods[name] = {kind: _by(leaves, _SPANS[kind]) for kind in spans}
        elif len(leaves) > 1:
            sibling = _siblings(document, name, leaves)
            lines[name] = sibling or {"neighbours in pairs": _pairs(leaves)}
    found: list[tuple[str, Groups]] = []
    for name, kinds in periods.items():
        found += [(f"{name}: {kind}", {name: groups}) for kind, groups in kinds.items()]
    for name, kinds in lines.items():
        found += [(f"{name}: {kind}", {name: groups}) for kind, groups in kinds.items()]
    for (line, line_kinds), (month, period_kinds) in product(lines.items(), periods.items()):
        for (kind, groups), (span, merged) in product(line_kinds.items(), period_kinds.items()):
            found.append((f"{line}: {kind}; {month}: {span}", {line: groups, month: merged}))
    return [
        (name, groups) for name, groups in found if any(len(x) > 1 for part in groups.values() for x in part.values())
    ]


def _half(month: Month) -> str:
    return f"{month.year:04d}-H{(month.month + 5) // 6}"


_SPANS: dict[str, Callable[[Month], str]] = {
    "quarter": lambda month: period_label(month, "quarter"),
    "half-year": _half,
    "year": lambda month: period_label(month, "year"),
    "financial-year": lambda month: period_label(month, "financial-year"),
}


def _by(leaves: Sequence[str], label: Callable[[Month], str]) -> dict[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = {}
    for leaf in leaves:
        groups.setdefault(label(Month.parse(leaf)), []).append(leaf)
    return {name: tuple(found) for name, found in groups.items()}


def _siblings(
    document: Mapping[str, Any], name: str, leaves: Sequence[str]
) -> dict[str, Mapping[str, tuple[str, ...]]]:
    """Leaves of one group merged, where the totals name groups that lie apart."""
    totals = document["dimensions"][name].get("totals", {})
    groups = {
        total: tuple(children)
        for total, children in totals.items()
        if len(children) < len(leaves) and set(children) <= set(leaves) and total.lower() not in _MARGINS
    }
    named = [leaf for children in groups.values() for leaf in children]
    return {"siblings merged": groups} if groups and len(named) == len(set(named)) else {}


def _pairs(leaves: Sequence[str]) -> dict[str, tuple[str, ...]]:
    chunks = [tuple(leaves[start : start + 2]) for start in range(0, len(leaves), 2)]
    return {" + ".join(chunk): chunk for chunk in chunks}
