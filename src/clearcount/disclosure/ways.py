"""Smaller releases of the same print, each judged: what may leave of a release that may not.

What it does: leaves out a table, or the lines of one dimension, keeping its totals, and judges what is left.
Why: "hold it back" helps nobody; most often one table or one breakdown is what gives a small count away.
Example: a table by month is refused beside an earlier one by week; its yearly totals are not.
Use instead: a new count, where more may be printed by hiding other figures. What is named here is safe as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from clearcount.disclosure.document import Document, PublishedTable
from clearcount.disclosure.judging import Judged
from clearcount.errors import DisclosureError

_MOST_TRIED, _MOST_NAMED = 12, 3


def safe_parts(document: Document, judge: Callable[[Document], Judged]) -> tuple[str, ...]:
    """Return the parts of a refused release that may leave, in words, those that print most first."""
    smaller = sorted(_smaller(document), key=lambda part: -_figures(part[1]))[:_MOST_TRIED]
    found = []
    for name, part in smaller:
        try:
            safe = judge(part).safe
        except DisclosureError:
            continue
        if safe:
            found.append(name)
        if len(found) == _MOST_NAMED:
            break
    return tuple(found)


def _figures(document: Document) -> int:
    return sum(len(table.cells) for table in document.tables)


def _smaller(document: Document) -> Iterator[tuple[str, Document]]:
    """Each dimension summed up in every table, then each table left out or with one dimension summed up."""
    for dimension in document.axes:
        whole = document
        for table in document.tables:
            whole = _with(whole, table, _summed(table, dimension))
        if whole.tables and _figures(whole) < _figures(document):
            yield f"not broken down by {dimension}", whole
    for table in document.tables:
        if len(document.tables) > 1:
            yield f"without the table {table.name!r}", _with(document, table, None)
        for dimension in table.by:
            kept = _summed(table, dimension)
            if kept and len(kept.cells) < len(table.cells):
                yield f"with the table {table.name!r} not broken down by {dimension}", _with(document, table, kept)


def _summed(table: PublishedTable, dimension: str) -> PublishedTable | None:
    """The cells of a table that count all of a dimension; None where it has none."""
    if dimension not in table.by:
        return table
    place, totals = table.by.index(dimension), table.axes[dimension].totals
    cells = tuple(cell for cell in table.cells if cell.at[place] in totals)
    return replace(table, cells=cells) if cells else None


def _with(document: Document, old: PublishedTable, new: PublishedTable | None) -> Document:
    """The document with one table smaller, or left out."""
    tables = tuple(found for table in document.tables if (found := new if table is old else table) is not None)
    places = {(table.name, cell.at) for table in tables for cell in table.cells}
    links = tuple(link for link in document.links if places.issuperset((*link.less, *link.than)))
    return replace(document, tables=tables, links=links)
