"""Text copied from a page: cells between bars, one a line, and lists such as "2019 - 768"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from clearcount.collate.grid import Cell, Grid, Page, lay_out
from clearcount.collate.periods import MonthsOf, part_of
from clearcount.collate.readers.delimited import decoded, grid_of
from clearcount.collate.readers.lists import read_words
from clearcount.collate.values import is_figure

_WIDEST = 80


def read_text(raw: bytes, name: str) -> Page:
    """Return the tables of copied text: between bars where it has them, else separated, else the lists in it.

    Raises:
        ExportError: when it is no text.
    """
    text = decoded(raw, name)
    bars = [line for line in text.splitlines() if line.rstrip().endswith("|")]
    if len(bars) > 5 and sum("|" in line.strip()[:-1].strip("|") for line in bars) * 2 < len(bars):
        grids, rest = _barred(text)
        lists, said = read_words(rest)
        return Page((*grids, *lists), rest, said)
    separated = sum(text.count(sign) for sign in "\t;|") > 4 or _looks_separated(text)
    if separated:
        return Page((grid_of(text, name),), "")
    lists, said = read_words(text)
    return Page(lists, text, said)


def _looks_separated(text: str) -> bool:
    lines = [line for line in text.splitlines() if line.strip()]
    widths = [line.count(",") for line in lines]
    return len(lines) > 1 and widths[0] > 0 and widths.count(widths[0]) * 2 > len(widths)


def _barred(text: str) -> tuple[list[Grid], str]:
    """Return the tables written as "cell |", one cell a line, and the words around them."""
    lines = text.splitlines()
    start = next((at for at, line in enumerate(lines) if line.strip() == "|"), None)
    if start is None:
        return [], text
    end = max(at for at, line in enumerate(lines) if line.rstrip().endswith("|"))
    around = "\n".join([*lines[:start], *lines[end + 1 :]])
    inside = "\n".join(lines[start : end + 1])
    tokens = [" ".join(token.split()) for token in inside.split("|")[1:]]
    if tokens and not tokens[-1]:
        tokens.pop()
    rows = _rows(tokens)
    if rows is None:
        return [Grid((), "", "", ("the table between bars has rows of different widths; it was not read",))], around
    said: tuple[str, ...] = ()
    if rows and rows[0][0] != "" and len(rows) > 2:
        realigned = _realigned(rows)
        if realigned is None:
            return [Grid((), "", "", ("the headings of the table between bars fit its columns in no one way",))], around
        rows = realigned
    placed = []
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell:
                placed.append((at, column, Cell(cell, f"table 1, row {at + 1}, column {column + 1}")))
    return [lay_out(placed, lambda row, column: f"table 1, row {row + 1}, column {column + 1}", said=said)], around


def _rows(tokens: Sequence[str]) -> list[list[str]] | None:
    """Return the rows of cells; between two rows stands one empty token. Only one width may fit."""
    fitting = []
    for width in range(2, _WIDEST):
        if (len(tokens) + 1) % (width + 1):
            continue
        parts = [list(tokens[at : at + width + 1]) for at in range(0, len(tokens) + 1, width + 1)]
        if any(part[width] for part in parts[:-1]):
            continue
        rows = [part[:width] for part in parts]
        labels = [row[0] for row in rows[2:]]
        if len(rows) > 2 and all(label and not is_figure(label) for label in labels):
            inner = [cell for row in rows[2:] for cell in row[1:]]
            if all(not cell or is_figure(cell) for cell in inner):
                fitting.append(rows)
    return fitting[0] if len(fitting) == 1 else None


def _realigned(rows: list[list[str]]) -> list[list[str]] | None:
    """Return the rows with the years of the first heading over the months of the second.

    Copied text keeps neither spans nor the empty places below them. Months rise within a year, so the years part the
    months in one way only, when there are as many rising runs of months as years.
    """
    first = [cell for cell in rows[0] if cell]
    second = [cell for cell in rows[1] if cell]
    width = len(rows[0])
    years = [cell for cell in first if re.fullmatch(r"(?:19|20)\d\d", cell)]
    months = [part_of(cell) for cell in second]
    if not years or not all(isinstance(month, MonthsOf) for month in months):
        return rows
    numbers = [month.first for month in months if isinstance(month, MonthsOf)]
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number > runs[-1][-1]:
            runs[-1].append(number)
        else:
            runs.append([number])
    rising = [int(year) for year in years]
    before = first.index(years[0])
    after = first[before + len(years) :]
    if len(runs) != len(years) or rising != sorted(set(rising)) or before + len(numbers) + len(after) != width:
        return None
    top = [*first[:before]]
    for year, run in zip(years, runs, strict=True):
        top += [year] * len(run)
    return [[*top, *after], [*[""] * before, *second, *[""] * len(after)], *rows[2:]]
