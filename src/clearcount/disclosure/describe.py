"""From tables to the document a reader could draw up: which records each figure counts, and what ties figures.

Tables that count offences are cuts of one population over offence codes, months and the further row dimensions: a
question is a total over codes, a quarter a total over months. Tables that count occurrences are not: an occurrence
with two offences stands in two lines and once in the total. Their lines are leaves of their own, tied by
largest line <= total <= sum of lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any, TypeAlias

from clearcount.disclosure.document import At as Coordinates
from clearcount.errors import DisclosureError
from clearcount.model.months import TOTAL, Period
from clearcount.model.table import At, Count, Link, NotInForce, NotSearched, Row, Table

OFFENCE, MONTH, FORCE = "offence", "month", "force"
SUM_OF_LINES, SUM_OF_PERIODS = "sum of lines", "sum of periods"
Values: TypeAlias = dict[tuple[str, Coordinates], int]


@dataclass(frozen=True)
class Described:
    """The document with every true count (low = high), and where each cell of each table stands in it."""

    document: dict[str, Any]
    places: Mapping[tuple[str, At], Coordinates]


def describe(tables: Sequence[Table], links: Sequence[Link], force: str = "") -> Described:
    """The true document of `tables` and the place of every cell that holds a number.

    Raises:
        DisclosureError: two tables of one name, a link to a table that is not there, a cell that is hidden already.
    """
    if not tables:
        raise DisclosureError("disclosure control needs at least one table")
    names = [table.name for table in tables]
    if len(set(names)) != len(names):
        raise DisclosureError(f"two tables share a name among {', '.join(names)}; names must differ")
    further = dict.fromkeys(name for table in tables for row in _lines(table) for name, _ in row.extra)
    drawn = [_draw(table, tuple(further)) for table in tables]
    months = sorted({str(month) for table in tables for period in _columns(table) for month in period.months})
    leaves = {OFFENCE: _union(part["leaves"][OFFENCE] for part in drawn)}
    leaves |= {name: _union(part["leaves"].get(name, []) for part in drawn) for name in further}
    leaves[MONTH] = _union([months, *(part["leaves"].get(MONTH, []) for part in drawn)])
    if force:
        leaves[FORCE] = [force]
    places = {(table.name, at): place for table in tables for at, place in _places(table).items()}
    document = {
        "dimensions": {name: {"leaves": found or [TOTAL], "totals": {}} for name, found in leaves.items()},
        "tables": drawn,
        "known_zero": _known_zero(tables),
        "links": [*_between(tables, links, places), *(link for table in tables for link in _once_counted(table))],
    }
    return Described(document, places)


def _lines(table: Table) -> tuple[Row, ...]:
    return (*table.rows, *table.dropped_rows)


def _columns(table: Table) -> tuple[Period, ...]:
    """The periods that were searched, those dropped because they are empty with them."""
    keys = [*(row.key for row in table.rows), TOTAL]
    held = (p for p in table.periods if not all(isinstance(table.cells[key, p.label], NotSearched) for key in keys))
    return (*held, *table.dropped_periods)


def _union(lists: Iterable[Iterable[str]]) -> list[str]:
    return list(dict.fromkeys(item for items in lists for item in items))


def _by(table: Table) -> tuple[str, ...]:
    rows = _lines(table)
    extra = tuple(name for name, _ in rows[0].extra) if rows else ()
    if any(tuple(name for name, _ in row.extra) != extra for row in rows):
        raise DisclosureError(f"table {table.name!r}: its rows have different further dimensions")
    return (OFFENCE, *extra, MONTH)


def _line_leaf(row: Row) -> str:
    """One leaf for the occurrences that have any of a line's offences."""
    return "+".join(row.members)


def _period_leaf(months: Iterable[Any]) -> str:
    ordered = [str(month) for month in months]
    return ordered[0] if len(ordered) == 1 else f"{ordered[0]}..{ordered[-1]}" if ordered else "none"


def _place(table: Table, rows: Mapping[str, Row], at: At) -> Coordinates:
    key, period = at
    if key == TOTAL:
        return (TOTAL,) * (len(_by(table)) - 1) + (period,)
    row = rows[key]
    return (row.row, *(value for _, value in row.extra), period)


def _places(table: Table) -> dict[At, Coordinates]:
    """The coordinates of every cell that holds a number; "not searched" is no knowledge and is left out."""
    rows = {row.key: row for row in table.rows}
    return {at: _place(table, rows, at) for at in table.coordinates() if not isinstance(table.cells[at], NotSearched)}


def _number(table: Table, at: At) -> int:
    cell = table.cells[at]
    if isinstance(cell, Count):
        return cell.n
    if isinstance(cell, NotInForce):
        return 0
    raise DisclosureError(f"table {table.name!r}: the cell at {at} is {type(cell).__name__} before disclosure control")


def _draw(table: Table, further: tuple[str, ...]) -> dict[str, Any]:
    """One table of the document, with its true counts."""
    by, places, holes = _by(table), _places(table), _has_holes(table)
    once = table.unit == "occurrences"
    leaves: dict[str, list[str]] = {}
    totals: dict[str, dict[str, list[str]]] = {}
    searched = [row for row in _lines(table) if row.key not in _unsearched_rows(table)]
    if once:
        leaves[OFFENCE], totals[OFFENCE] = _once_lines(table, searched)
        leaves[MONTH], totals[MONTH] = _once_periods(table)
    else:
        leaves[OFFENCE] = _union(row.members for row in searched)
        lines = {row.row: list(row.members) for row in searched if list(row.members) != [row.row]}
        totals[OFFENCE] = {**lines, TOTAL: leaves[OFFENCE]}
        leaves[MONTH] = _union(map(str, period.months) for period in _columns(table))
        columns = {period.label: [str(month) for month in period.months] for period in _columns(table)}
        totals[MONTH] = {label: months for label, months in columns.items() if months != [label]}
        totals[MONTH][TOTAL] = leaves[MONTH]
    for index, name in enumerate(by[1:-1]):
        leaves[name] = _union([row.extra[index][1]] for row in searched)
        totals[name] = {TOTAL: leaves[name]}
    for name in further:
        if name not in by:
            leaves.pop(name, None)
    cells = [[list(place), _number(table, at), _number(table, at)] for at, place in places.items()]
    zeros = [[*_place(table, {row.key: row}, (row.key, TOTAL))] for row in table.dropped_rows]
    zeros += [[*(TOTAL,) * (len(by) - 1), period.label] for period in table.dropped_periods]
    drawn: dict[str, Any] = {
        "name": table.name,
        "by": list(by),
        "leaves": {name: found for name, found in leaves.items() if found},
        "totals": {name: found for name, found in totals.items() if leaves.get(name)},
        "cells": [*cells, *([place, 0, 0] for place in zeros)],
    }
    population = "" if table.population == "all" else table.population
    if once:
        population = f"{population or 'all'}, occurrences"
    if holes:
        population = f"{population or 'all'}, as searched for {table.name}"
    return drawn | ({"population": population} if population else {})


def _unsearched_rows(table: Table) -> set[str]:
    """The lines of which no cell holds a number."""
    labels = [*(period.label for period in table.periods), TOTAL]
    return {
        row.key for row in table.rows if all(isinstance(table.cells[row.key, label], NotSearched) for label in labels)
    }


def _has_holes(table: Table) -> bool:
    """Whether single cells, not whole lines or columns, were not searched: totals then count fewer records."""
    out = _unsearched_rows(table)
    held = {*(period.label for period in _columns(table)), TOTAL}
    return any(isinstance(cell, NotSearched) and at[0] not in out and at[1] in held for at, cell in table.cells.items())


def _once_lines(table: Table, rows: Sequence[Row]) -> tuple[list[str], dict[str, list[str]]]:
    lines = [_line_leaf(row) for row in rows]
    total = _line_leaf(Row(TOTAL, "", members=tuple(_union(row.members for row in rows)))) if rows else TOTAL
    named = {row.row: [leaf] for row, leaf in zip(rows, lines, strict=True) if leaf != row.row}
    return _union([lines, [total]]), named | {TOTAL: [total], SUM_OF_LINES: list(dict.fromkeys(lines))}


def _once_periods(table: Table) -> tuple[list[str], dict[str, list[str]]]:
    """The periods of an occurrence table: a plain sum where the figures add up, else tied by links."""
    columns = _columns(table)
    single = [_period_leaf(period.months) for period in columns]
    named = {period.label: [leaf] for period, leaf in zip(columns, single, strict=True) if leaf != period.label}
    if _periods_add_up(table):
        return single, named | {TOTAL: single}
    total = _period_leaf(sorted(month for period in columns for month in period.months))
    total = total if total not in single else f"{total}, once"
    return [*single, total], named | {TOTAL: [total], SUM_OF_PERIODS: single}


def _periods_add_up(table: Table) -> bool:
    lines = [*(row.key for row in table.rows), TOTAL]
    labels = [period.label for period in _columns(table) if (TOTAL, period.label) in table.cells]
    held = [key for key in lines if not any(isinstance(table.cells[key, x], NotSearched) for x in [*labels, TOTAL])]
    return all(_number(table, (key, TOTAL)) == sum(_number(table, (key, x)) for x in labels) for key in held)


def _once_counted(table: Table) -> list[dict[str, Any]]:
    """The links inside a table that counts each occurrence once."""
    if table.unit != "occurrences":
        return []
    places = _places(table)
    rows = {row.key: row for row in table.rows if (row.key, TOTAL) in places}
    labels = [*(period.label for period in _columns(table) if (TOTAL, period.label) in table.cells), TOTAL]
    links = []
    for label in labels:
        total, whole = (TOTAL, label), _place(table, rows, (TOTAL, label))
        for key in rows:
            links.append(_link(table.name, places[key, label], table.name, places[total]))
        for small, large in permutations(rows.values(), 2):
            if set(small.members) < set(large.members) and small.extra == large.extra:
                links.append(_link(table.name, places[small.key, label], table.name, places[large.key, label]))
        if rows:
            links.append(_link(table.name, whole, table.name, (SUM_OF_LINES, *whole[1:])))
    if not _periods_add_up(table):
        for key in [*rows, TOTAL]:
            total_place = places[key, TOTAL]
            links += [_link(table.name, places[key, label], table.name, total_place) for label in labels[:-1]]
            links.append(_link(table.name, total_place, table.name, (*total_place[:-1], SUM_OF_PERIODS)))
    return links


def _between(
    tables: Sequence[Table], links: Sequence[Link], places: Mapping[tuple[str, At], Coordinates]
) -> list[dict[str, Any]]:
    """A link of tables as links of the cells that both have at the same place."""
    named = {table.name: table for table in tables}
    found = []
    for link in links:
        if unknown := {link.less, link.than} - set(named):
            raise DisclosureError(f"a link names the table {min(unknown)!r}, which is not given")
        for at in named[link.less].coordinates():
            if (link.less, at) in places and (link.than, at) in places:
                found.append(_link(link.less, places[link.less, at], link.than, places[link.than, at]))
    return found


def _link(less: str, at: Coordinates, than: str, than_at: Coordinates) -> dict[str, Any]:
    return {"less": {"table": less, "at": list(at)}, "than": {"table": than, "at": list(than_at)}}


def _known_zero(tables: Sequence[Table]) -> list[dict[str, str]]:
    """Offences that a reader knows were not law in a month, unless something was recorded all the same."""
    recorded = {
        (row.members[0], str(period.months[0]))
        for table in tables
        for row in table.rows
        for period in table.periods
        if len(row.members) == len(period.months) == 1
        and isinstance(cell := table.cells[row.key, period.label], Count)
        and cell.n > 0
    }
    pairs = {(code, str(month)) for table in tables for code, month in table.known_zero}
    pairs |= {
        (code, str(month))
        for table in tables
        for row in table.rows
        for period in table.periods
        if isinstance(table.cells[row.key, period.label], NotInForce)
        for code in row.members
        for month in period.months
    }
    cut = {
        (code, str(month))
        for table in tables
        for row in _lines(table)
        for code in row.members
        for period in _columns(table)
        for month in period.months
    }
    return [{OFFENCE: code, MONTH: month} for code, month in sorted((pairs & cut) - recorded)]
