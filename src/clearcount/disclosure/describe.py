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
from clearcount.model.keys import ALL, Key, PeriodKey, Place, TotalKey, is_margin
from clearcount.model.months import COLUMNS, TOTAL
from clearcount.model.table import Count, Dimension, Leaf, Link, NotInForce, NotSearched, Table, places

OFFENCE, MONTH, FORCE = "offence", "month", "force"
SUM_OF_LINES, SUM_OF_PERIODS = "sum of lines", "sum of periods"
Values: TypeAlias = dict[tuple[str, Coordinates], int]
_OF_OFFENCES = frozenset(("offence", "question", "class", "sub-class", "category"))


@dataclass(frozen=True)
class Described:
    """The document with every true count (low = high), and where each cell of each table stands in it."""

    document: dict[str, Any]
    places: Mapping[tuple[str, Place], Coordinates]


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
    further = tuple(dict.fromkeys(name for table in tables for name in _by(table) if name not in (OFFENCE, MONTH)))
    drawn = [_draw(table, further) for table in tables]
    months = sorted({month for table in tables for leaf in _columns(table) for month in _atoms(leaf)})
    leaves = {OFFENCE: _union(part["leaves"].get(OFFENCE, []) for part in drawn)}
    leaves |= {name: _union(part["leaves"].get(name, []) for part in drawn) for name in further}
    leaves[MONTH] = _union([months, *(part["leaves"].get(MONTH, []) for part in drawn)])
    if force:
        leaves[FORCE] = [force]
    found = {(table.name, at): place for table in tables for at, place in _places(table).items()}
    document = {
        "dimensions": {name: {"leaves": each or [TOTAL], "totals": {}} for name, each in leaves.items()},
        "tables": drawn,
        "known_zero": _known_zero(tables),
        "links": [*_between(tables, links, found), *(link for table in tables for link in _once_counted(table))],
    }
    return Described(document, found)


def _name(dimension: Dimension) -> str:
    """The dimension of the document: questions and classes are totals over codes, years totals over months."""
    if dimension.name in _OF_OFFENCES:
        return OFFENCE
    return MONTH if dimension.is_time or dimension.name in COLUMNS else dimension.name


def _atoms(leaf: Leaf) -> tuple[str, ...]:
    """The leaves of the document that a leaf of a table adds up."""
    if isinstance(leaf.key, PeriodKey):
        return tuple(map(str, leaf.key.period.months))
    return tuple(member.text for member in leaf.members)


def _lines(table: Table) -> tuple[Place, ...]:
    """The row part of every place but the margin, those omitted last."""
    return (*places(table.rows, table.omitted_rows), *table.omitted_rows)


def _time(table: Table) -> int | None:
    """The number of the dimension that is time."""
    return next((at for at, dimension in enumerate(table.dimensions) if _name(dimension) == MONTH), None)


def _along(table: Table, at: int) -> tuple[Key, ...]:
    """The leaves of one dimension in the order of the document: the omitted last."""
    dimension = table.dimensions[at]
    one = len(table.rows if at < len(table.rows) else table.columns) == 1
    omitted = (table.omitted_rows if at < len(table.rows) else table.omitted_columns) if one else ()
    gone = {place[0] for place in omitted}
    keys = [leaf.key for leaf in dimension.leaves]
    return (*(key for key in keys if key not in gone), *(key for key in keys if key in gone))


def _searched(table: Table, at: int) -> tuple[Leaf, ...]:
    """The leaves of one dimension of which some cell holds a number, and the omitted, which are known to hold none."""
    held = {place[at] for place in table.coordinates() if not isinstance(table.cells[place], NotSearched)}
    side = slice(0, len(table.rows)) if at < len(table.rows) else slice(len(table.rows), None)
    within = at - (side.start or 0)
    held |= {place[within] for place in (table.omitted_rows if side.start == 0 else table.omitted_columns)}
    return tuple(table.leaf(at, key) for key in _along(table, at) if key in held)


def _columns(table: Table) -> tuple[Leaf, ...]:
    """The periods that were searched, those omitted because they are empty with them."""
    at = _time(table)
    return () if at is None else _searched(table, at)


def _union(lists: Iterable[Iterable[str]]) -> list[str]:
    return list(dict.fromkeys(item for items in lists for item in items))


def _by(table: Table) -> tuple[str, ...]:
    names = tuple(map(_name, table.dimensions))
    if len(set(names)) != len(names):
        raise DisclosureError(f"table {table.name!r}: two of its dimensions cut the same thing")
    return names


def _line_leaf(members: Iterable[str]) -> str:
    """One leaf for the occurrences that have any of a line's offences."""
    return "+".join(members)


def _period_leaf(months: Iterable[str]) -> str:
    ordered = list(months)
    return ordered[0] if len(ordered) == 1 else f"{ordered[0]}..{ordered[-1]}" if ordered else "none"


def _place(at: Place) -> Coordinates:
    return tuple(key.text for key in at)


def _places(table: Table) -> dict[Place, Coordinates]:
    """The coordinates of every cell that holds a number; "not searched" is no knowledge and is left out."""
    return {at: _place(at) for at in table.coordinates() if not isinstance(table.cells[at], NotSearched)}


def _number(table: Table, at: Place) -> int:
    cell = table.cells[at]
    if isinstance(cell, Count):
        return cell.n
    if isinstance(cell, NotInForce):
        return 0
    raise DisclosureError(
        f"table {table.name!r}: the cell at {_place(at)} is {type(cell).__name__} before disclosure control"
    )


def _draw(table: Table, further: tuple[str, ...]) -> dict[str, Any]:
    """One table of the document, with its true counts."""
    by, found, holes = _by(table), _places(table), _has_holes(table)
    once = table.unit == "occurrences"
    leaves: dict[str, list[str]] = {}
    totals: dict[str, dict[str, list[str]]] = {}
    for at, name in enumerate(by):
        searched = _searched(table, at)
        if once and name == OFFENCE:
            leaves[name], totals[name] = _once_lines(searched)
        elif once and name == MONTH:
            leaves[name], totals[name] = _once_periods(table)
        else:
            leaves[name] = _union(map(_atoms, searched))
            sums = {leaf.key.text: list(_atoms(leaf)) for leaf in searched}
            totals[name] = {text: atoms for text, atoms in sums.items() if atoms != [text]}
            totals[name][TOTAL] = leaves[name]
    for name in (OFFENCE, MONTH):
        leaves.setdefault(name, [])
    cells = [[list(place), _number(table, at), _number(table, at)] for at, place in found.items()]
    zeros = [_place((*line, *(ALL,) * len(table.columns))) for line in table.omitted_rows]
    zeros += [_place((*(ALL,) * len(table.rows), *head)) for head in table.omitted_columns]
    drawn: dict[str, Any] = {
        "name": table.name,
        "by": list(by),
        "leaves": {name: each for name in (OFFENCE, MONTH, *further) if (each := leaves.get(name, []))},
        "totals": {name: each for name, each in totals.items() if leaves.get(name)},
        "cells": [*cells, *([list(place), 0, 0] for place in zeros)],
    }
    name = table.population.filter
    population = "" if name == "all" else name
    if once:
        population = f"{population or 'all'}, occurrences"
    if holes:
        population = f"{population or 'all'}, as searched for {table.name}"
    return drawn | ({"population": population} if population else {})


def _has_holes(table: Table) -> bool:
    """Whether single cells, not whole lines or columns, were not searched: totals then count fewer records."""
    held = [{ALL, *(leaf.key for leaf in _searched(table, at))} for at in range(len(table.dimensions))]
    return any(
        isinstance(cell, NotSearched) and all(key in keys for key, keys in zip(at, held, strict=True))
        for at, cell in table.cells.items()
    )


def _once_lines(searched: Sequence[Leaf]) -> tuple[list[str], dict[str, list[str]]]:
    if not searched:
        return [], {}
    lines = [_line_leaf(_atoms(leaf)) for leaf in searched]
    total = _line_leaf(_union(map(_atoms, searched)))
    named = {leaf.key.text: [name] for leaf, name in zip(searched, lines, strict=True) if name != leaf.key.text}
    return _union([lines, [total]]), named | {TOTAL: [total], SUM_OF_LINES: list(dict.fromkeys(lines))}


def _once_periods(table: Table) -> tuple[list[str], dict[str, list[str]]]:
    """The periods of an occurrence table: a plain sum where the figures add up, else tied by links."""
    columns = _columns(table)
    single = [_period_leaf(_atoms(leaf)) for leaf in columns]
    named = {leaf.key.text: [name] for leaf, name in zip(columns, single, strict=True) if name != leaf.key.text}
    if _periods_add_up(table):
        return single, named | {TOTAL: single}
    total = _period_leaf(sorted(month for leaf in columns for month in _atoms(leaf)))
    total = total if total not in single else f"{total}, once"
    return [*single, total], named | {TOTAL: [total], SUM_OF_PERIODS: single}


def _with(place: Place, at: int, key: Key) -> Place:
    return (*place[:at], key, *place[at + 1 :])


def _periods_add_up(table: Table) -> bool:
    time = _time(table)
    if time is None:
        return True
    margins = [place for place in table.coordinates() if place[time] == ALL]
    for margin in margins:
        parts = [_with(margin, time, leaf.key) for leaf in _columns(table)]
        parts = [part for part in parts if part in table.cells]
        if any(isinstance(table.cells[part], NotSearched) for part in [*parts, margin]):
            continue
        if _number(table, margin) != sum(_number(table, part) for part in parts):
            return False
    return True


def _once_counted(table: Table) -> list[dict[str, Any]]:
    """The links inside a table that counts each occurrence once."""
    if table.unit != "occurrences" or not table.rows:
        return []
    found, name = _places(table), table.name
    rows = [line for line in places(table.rows, table.omitted_rows) if (*line, *(ALL,) * len(table.columns)) in found]
    gone = set(table.omitted_columns)
    known = {leaf.key for leaf in _columns(table)}
    heads = [head for head in table.heads if head not in gone and all(key in known or key == ALL for key in head)]
    links = []
    for head in heads:
        whole = (*(ALL,) * len(table.rows), *head)
        for line in rows:
            links.append(_link(name, found[(*line, *head)], name, found[whole]))
        links += _within(table, rows, head, found)
        if rows:
            links.append(_link(name, found[whole], name, (SUM_OF_LINES, *found[whole][1:])))
    if not _periods_add_up(table):
        for line in [*rows, (ALL,) * len(table.rows)]:
            total = (*line, ALL)
            links += [_link(name, found[(*line, *head)], name, found[total]) for head in heads if not is_margin(head)]
            links.append(_link(name, found[total], name, (*found[total][:-1], SUM_OF_PERIODS)))
    return links


def _within(
    table: Table, rows: Sequence[Place], head: Place, found: Mapping[Place, Coordinates]
) -> list[dict[str, Any]]:
    """The links of lines whose codes are a part of another line's codes."""
    names = _by(table)
    if OFFENCE not in names[: len(table.rows)]:
        return []
    at = names.index(OFFENCE)
    codes = {line: set(_atoms(table.leaf(at, line[at]))) for line in rows}
    return [
        _link(table.name, found[(*small, *head)], table.name, found[(*large, *head)])
        for small, large in permutations(rows, 2)
        if codes[small] < codes[large] and _with(small, at, ALL) == _with(large, at, ALL)
    ]


def _between(
    tables: Sequence[Table], links: Sequence[Link], found: Mapping[tuple[str, Place], Coordinates]
) -> list[dict[str, Any]]:
    """A link of tables as links of the cells that both have at the same place."""
    named = {table.name: table for table in tables}
    drawn = []
    for link in links:
        if unknown := {link.less, link.than} - set(named):
            raise DisclosureError(f"a link names the table {min(unknown)!r}, which is not given")
        for at in named[link.less].coordinates():
            if (link.less, at) in found and (link.than, at) in found:
                drawn.append(_link(link.less, found[link.less, at], link.than, found[link.than, at]))
    return drawn


def _link(less: str, at: Coordinates, than: str, than_at: Coordinates) -> dict[str, Any]:
    return {"less": {"table": less, "at": list(at)}, "than": {"table": than, "at": list(than_at)}}


def _known_zero(tables: Sequence[Table]) -> list[dict[str, str]]:
    """Offences that a reader knows were not law in a month, unless something was recorded all the same."""
    recorded, pairs, cut = set(), set(), set()
    for table in tables:
        pairs |= {(code.text, str(month)) for code, month in table.known_zero}
        names = _by(table)
        if OFFENCE not in names or MONTH not in names:
            continue
        offence, time = names.index(OFFENCE), names.index(MONTH)
        for at, cell in table.cells.items():
            if isinstance(at[offence], TotalKey) or isinstance(at[time], TotalKey):
                continue
            codes, months = _atoms(table.leaf(offence, at[offence])), _atoms(table.leaf(time, at[time]))
            if isinstance(cell, NotInForce):
                pairs |= {(code, month) for code in codes for month in months}
            elif isinstance(cell, Count) and cell.n > 0 and len(codes) == len(months) == 1:
                recorded.add((codes[0], months[0]))
        lines = {code for leaf in table.dimensions[offence].leaves for code in _atoms(leaf)}
        cut |= {(code, month) for code in lines for leaf in _columns(table) for month in _atoms(leaf)}
    once = {pair for table in tables if table.unit == "occurrences" for pair in _once_known_zero(table)}
    return [{OFFENCE: code, MONTH: month} for code, month in sorted(((pairs & cut) - recorded) | once)]


def _once_known_zero(table: Table) -> Iterable[tuple[str, str]]:
    """The leaves of a table that counts occurrences in which none can have been recorded, its margins with them."""
    names = _by(table)
    if OFFENCE not in names or MONTH not in names:
        return
    offence, time = names.index(OFFENCE), names.index(MONTH)
    lines, columns = _once_lines(_searched(table, offence))[1], _once_periods(table)[1]
    for at, cell in table.cells.items():
        if isinstance(cell, NotInForce) and all(key == ALL or n in (offence, time) for n, key in enumerate(at)):
            line, month = at[offence].text, at[time].text
            yield from ((one, other) for one in lines.get(line, [line]) for other in columns.get(month, [month]))
