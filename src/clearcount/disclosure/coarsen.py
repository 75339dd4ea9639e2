"""Coarsening: longer periods and merged lines, before any figure is hidden.

What it does: adds up months into quarters, half-years or years, and lines into groups.
Why: a table of ones and twos is emptied by suppression; a coarser one keeps true figures that add up.
Example: sixteen months of 1, 2, 1, 3 become four quarters of 5 and more.
Use instead: nothing; this is the first thing to try. What it cannot mend is left to suppression.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

from clearcount.disclosure.document import Axis, Document, PublishedCell, PublishedTable, axis
from clearcount.disclosure.policy import Coarsen
from clearcount.errors import DisclosureError
from clearcount.model.keys import ALL, Key, MergedKey, PeriodKey, Place
from clearcount.model.months import Columns, Month, Period, period_label
from clearcount.model.table import Cell, Count, Dimension, Leaf, NotInForce, NotSearched, Table, There, lines_of, places

_MONTH = re.compile(r"^\d{4}-\d{2}$")
_MARGINS = {"total", "grand total", "all"}
Groups = Mapping[str, Mapping[str, tuple[str, ...]]]
"""For each dimension, the new leaves and the old ones that each adds up."""


def coarser_table(table: Table, coarsen: Coarsen) -> Table:
    """Return the table with its periods and lines merged as the policy says.

    Raises:
        DisclosureError: the table counts occurrences, which do not add up; or its periods do not fit the new ones.
    """
    if not coarsen:
        return table
    grouped = [_grouped(table, dimension, coarsen) for dimension in table.dimensions]
    if table.unit == "occurrences" and any(len(olds) > 1 for groups in grouped for olds in groups.values()):
        raise DisclosureError(
            f"table {table.name!r} counts each occurrence once, so its cells cannot be added up. "
            "Ask for coarser columns in the request's [table] instead of the policy's coarsen"
        )
    made = tuple(
        replace(dimension, leaves=tuple(groups)) for dimension, groups in zip(table.dimensions, grouped, strict=True)
    )
    olds_of: list[dict[Key, tuple[Key, ...]]] = [
        {ALL: (ALL,), **{new.key: tuple(old.key for old in olds) for new, olds in groups.items()}} for groups in grouped
    ]
    provisional = {key for olds in olds_of for key, keys in olds.items() if not table.provisional.isdisjoint(keys)}
    many = len(table.rows)
    rows, columns = made[:many], made[many:]
    omitted_rows = _omitted(rows, olds_of[:many], table.omitted_rows)
    omitted_columns = _omitted(columns, olds_of[many:], table.omitted_columns)
    cells = {}
    for line, head in product(lines_of(rows, omitted_rows), lines_of(columns, omitted_columns)):
        olds = product(*(olds[key] for olds, key in zip(olds_of, (*line, *head), strict=True)))
        cells[*line, *head] = _added([table.cells[old] for old in olds if old in table.cells])
    return replace(
        table, rows=rows, columns=columns, provisional=frozenset(provisional), omitted_rows=omitted_rows,
        omitted_columns=omitted_columns, cells=cells, there=tuple(_seen(table, grouped)),
    )  # fmt: skip


def _seen(table: Table, grouped: Sequence[Mapping[Leaf, tuple[Leaf, ...]]]) -> Iterator[There]:
    """What lines tell once they are merged.

    The label of a merged line names each that is there. A merged cell prints "not in force" where each part did, so
    that a record of a time before the law shows in it only where no other part would print a count.
    """
    merged = {
        (dimension.name, old.key): (new, olds)
        for dimension, groups in zip(table.dimensions, grouped, strict=True)
        for new, olds in groups.items()
        for old in olds
    }
    names = [dimension.name for dimension in table.dimensions]
    nothing = [at for at, cell in table.cells.items() if cell == NotInForce()]
    unlawful = {tuple((name, leaf.key) for name, leaf in each.at) for each in table.there if each.unlawful}
    for each in table.there:
        if not each.unlawful:
            yield each
            continue
        places = [names.index(name) for name, _ in each.at]
        law = {tuple((names[place], at[place]) for place in places) for at in nothing} | unlawful
        parts = product(*([(name, old.key) for old in merged[name, leaf.key][1]] for name, leaf in each.at))
        if law.issuperset(parts):
            yield replace(each, at=tuple((name, merged[name, leaf.key][0]) for name, leaf in each.at))


def _omitted(
    dimensions: tuple[Dimension, ...], olds_of: Sequence[Mapping[Key, tuple[Key, ...]]], omitted: tuple[Place, ...]
) -> tuple[Place, ...]:
    """The new lines of which every old line was omitted."""
    gone = frozenset(omitted)
    return (
        tuple(
            place
            for place in places(dimensions)
            if all(old in gone for old in product(*(olds[key] for olds, key in zip(olds_of, place, strict=True))))
        )
        if gone
        else ()
    )


def _grouped(table: Table, dimension: Dimension, coarsen: Coarsen) -> dict[Leaf, tuple[Leaf, ...]]:
    """The new leaves of a dimension and the old ones that each adds up."""
    if dimension.is_time:
        return _periods(table, dimension, coarsen.columns) if coarsen.columns else {x: (x,) for x in dimension.leaves}
    group_of = {name: group for group in coarsen.merge for name in group}
    found: dict[object, list[Leaf]] = {}
    for leaf in dimension.leaves:
        name = next((name for name in (leaf.key.text, leaf.code) if name in group_of), None)
        found.setdefault(group_of[name] if name else leaf.key, []).append(leaf)
    return {_merged(leaves): tuple(leaves) for leaves in found.values()}


def _merged(leaves: Sequence[Leaf]) -> Leaf:
    if len(leaves) == 1:
        return leaves[0]
    return Leaf(
        key=MergedKey(tuple(leaf.key for leaf in leaves)),
        label="; ".join(dict.fromkeys(leaf.label for leaf in leaves)),
        members=tuple(dict.fromkeys(member for leaf in leaves for member in leaf.members)),
    )


def _periods(table: Table, dimension: Dimension, columns: Columns) -> dict[Leaf, tuple[Leaf, ...]]:
    grouped: dict[str, list[Leaf]] = {}
    for leaf in dimension.leaves:
        labels = {period_label(month, columns) for month in _months(leaf)}
        if len(labels) != 1:
            raise DisclosureError(f"table {table.name!r}: period {leaf.key.text} does not fit into one {columns}")
        grouped.setdefault(labels.pop(), []).append(leaf)
    found = {}
    for label, olds in grouped.items():
        period = Period(label, tuple(month for old in olds for month in _months(old)))
        found[Leaf(PeriodKey(period), period.spoken)] = tuple(olds)
    return found


def _months(leaf: Leaf) -> tuple[Month, ...]:
    return leaf.key.period.months if isinstance(leaf.key, PeriodKey) else ()


def _added(cells: Sequence[Cell]) -> Cell:
    if len(cells) == 1:
        return cells[0]
    counts = [cell.n for cell in cells if isinstance(cell, Count)]
    if any(isinstance(cell, NotSearched) for cell in cells):
        return NotSearched() if not counts else Count(sum(counts))
    return Count(sum(counts)) if counts else NotInForce()


def coarser_document(document: Document, groups: Groups) -> Document:
    """Return a document of true counts with leaves merged; totals that cut a merged leaf in two are left out.

    Every figure is added up afresh from the finest cells, which the document must list. A table that counts things
    once does not add up.

    Raises:
        DisclosureError: a table counts things once.
    """
    new_of = {d: {old: new for new, olds in found.items() for old in olds} for d, found in groups.items()}

    def merged(dimension: str, leaves: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(new_of.get(dimension, {}).get(leaf, leaf) for leaf in leaves))

    axes = {name: axis(f"dimension {name!r}", merged(name, found.leaves)) for name, found in document.axes.items()}
    tables = []
    for table in document.tables:
        if table.once:
            raise DisclosureError(f"table {table.name!r} counts each {table.once} once, so it cannot be added up")
        own: dict[str, Axis] = {}
        olds: dict[str, dict[str, list[str]]] = {}
        for name, found in table.axes.items():
            present = frozenset(found.leaves)
            leaves = merged(name, found.leaves)
            olds[name] = {new: [x for x in found.leaves if merged(name, [x]) == (new,)] for new in leaves}
            totals = {}
            for total in found.totals:
                within = found.members[total] & present
                if total not in leaves and _whole(within, present, groups.get(name, {})):
                    totals[total] = merged(name, [x for x in found.leaves if x in within])
                    olds[name][total] = [x for x in found.leaves if x in within]
            own[name] = axis(f"table {table.name!r}, {name}", leaves, totals, axes[name])
        cells = tuple(_merged_cells(table, olds))
        there = (
            tuple(frozenset(merged(name, side)) for name, side in zip(document.axes, box, strict=True))
            for box in table.not_empty
        )
        tables.append(
            PublishedTable(table.name, table.by, own, cells, table.population, not_empty=tuple(dict.fromkeys(there)))
        )
    return Document(axes, tuple(tables))


def _whole(members: frozenset[str], present: frozenset[str], groups: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a total holds each group of merged leaves whole or not at all."""
    olds = (present & frozenset(group) for group in groups.values())
    return all(not (members & group) or group <= members for group in olds)


def _merged_cells(table: PublishedTable, olds: Mapping[str, Mapping[str, list[str]]]) -> Iterator[PublishedCell]:
    """The cells of the coarser table that the finer one has too, added up from its finest."""
    finest = {cell.at: cell.low for cell in table.cells}
    for at in product(*(olds[name] for name in table.by)):
        named = [[x] if x in table.axes[name].totals else olds[name][x] for name, x in zip(table.by, at, strict=True)]
        if not any(old in finest for old in product(*named)):
            continue
        parts = product(*(olds[name][x] for name, x in zip(table.by, at, strict=True)))
        count = sum(finest.get(old, 0) for old in parts)
        yield PublishedCell(at, count, count)


def groupings(document: Document, spans: Sequence[str] = ("quarter", "half-year", "year")) -> list[tuple[str, Groups]]:
    """Return ways to make a document coarser, each with its name, finest first."""
    printed = {name for table in document.tables for name in table.by}
    periods: dict[str, dict[str, Mapping[str, tuple[str, ...]]]] = {}
    lines: dict[str, dict[str, Mapping[str, tuple[str, ...]]]] = {}
    for name, leaves in document.leaves.items():
        if name not in printed and document.tables:
            continue
        if all(_MONTH.match(leaf) for leaf in leaves) and len(leaves) > 1:
            periods[name] = {kind: _by(leaves, _SPANS[kind]) for kind in spans}
        elif len(leaves) > 1:
            sibling = _siblings(document.axes[name], leaves)
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


def _siblings(dimension: Axis, leaves: Sequence[str]) -> dict[str, Mapping[str, tuple[str, ...]]]:
    """Leaves of one group merged, where the totals name groups that lie apart."""
    groups = {
        total: tuple(children)
        for total, children in dimension.totals.items()
        if len(children) < len(leaves) and set(children) <= set(leaves) and total.lower() not in _MARGINS
    }
    named = [leaf for children in groups.values() for leaf in children]
    return {"siblings merged": groups} if groups and len(named) == len(set(named)) else {}


def _pairs(leaves: Sequence[str]) -> dict[str, tuple[str, ...]]:
    chunks = [tuple(leaves[start : start + 2]) for start in range(0, len(leaves), 2)]
    return {" + ".join(chunk): chunk for chunk in chunks}
