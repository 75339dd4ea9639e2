"""Controlled tables as they are printed: the one shape that every file of a bundle is written from and read back into.

A provisional period is marked once, in its column heading (`Jun 2025 [p]`), and in every line of the long CSV.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from clearcount.errors import BundleError
from clearcount.model.keys import Key, PeriodKey, Place, is_margin
from clearcount.model.months import COLUMNS, TOTAL
from clearcount.model.release import Release
from clearcount.model.table import ControlledTable, Dimension
from clearcount.model.visible import visible

SHORTHAND = {
    "c": "hidden to protect people who might be recognised; the number is not shown",
    "low": "hidden; the number is small, below the threshold that this answer states",
    "z": "not applicable: the offence was not in force in any part of the period and nothing was recorded",
    "x": "not searched or not held; this is not a zero",
    "p": "provisional: the period may still change",
}
"""What each shorthand means, in the order in which it is explained (Government Analysis Function symbols)."""
LEADS = ("offence", "question")
"""The dimensions that stand in the columns `row` and `code` of the long files."""
ROUND = "round"
"""The marker of a rounded number in data; a page says it once, in the heading of the table."""
MARKERS = {**SHORTHAND, ROUND: "rounded, as the title of the table says"}
"""What each marker of the long files means."""

_SPACES = re.compile(r"\s+")

ReleaseJson: TypeAlias = Mapping[str, Any]
"""An object of release.json: each value is turned into what it must be, or the file is refused."""


def plain(text: str) -> str:
    """Return `text` on one line, without characters that a page cannot show or that change how others are shown."""
    return _SPACES.sub(" ", visible(text)).strip()


FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def inert(text: str) -> str:
    """Return `text` as a cell that no spreadsheet runs: one that starts like a formula gets an apostrophe in front."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


@dataclass(frozen=True)
class PrintedCell:
    """What a reader sees in one cell: a whole number as text, or empty, and the shorthand without `p`.

    That a number is rounded stands in the heading of its table, not beside it: `[r]` means revised to readers of
    statistics.
    """

    value: str
    marker: str

    @property
    def shown(self) -> str:
        """`3` or `[c]`; never blank."""
        return self.value if self.marker == ROUND else self.noted

    @property
    def noted(self) -> str:
        """As `shown`, and `5 [round]` for a rounded number."""
        return " ".join(filter(None, (self.value, f"[{self.marker}]" if self.marker else "")))


@dataclass(frozen=True)
class PrintedColumn:
    """One column: the period as data (`2023-01`, `total`), and its heading (`Jan 2023`, `Total`).

    `first` and `last` are the first and the last day that the column counts (`2023-01-01`). They tell a part of a year
    from a whole one. Both are empty in bundles of format 1. `row`, `code` and `label` are filled where offences or
    questions stand in columns; `extra` holds the further dimensions of the columns, a margin as `total`.
    """

    period: str
    heading: str
    provisional: bool = False
    first: str = ""
    last: str = ""
    row: str = ""
    code: str = ""
    label: str = ""
    extra: tuple[str, ...] = ()

    @property
    def printed(self) -> str:
        """The heading with `[p]` when the period is provisional."""
        return f"{self.heading} [p]" if self.provisional else self.heading

    @property
    def is_margin(self) -> bool:
        """Whether it is the total over the columns."""
        return TOTAL in (self.period, self.row, *self.extra[:1])


@dataclass(frozen=True)
class PrintedRow:
    """One line: `key` unique in its table, `row` as in the bundle's column, `code`, `label`, further dimensions.

    `period`, `first`, `last` and `provisional` are filled where time stands in lines. `named` is the heading where it
    is not made of code, label and further dimensions.
    """

    key: str
    row: str
    code: str
    label: str
    extra: tuple[str, ...] = ()
    period: str = ""
    first: str = ""
    last: str = ""
    provisional: bool = False
    named: str = ""

    @property
    def heading(self) -> str:
        """`HO 086/02 Take, make ...`, followed by the further dimensions."""
        plain_heading = " ".join(filter(None, (self.code, self.label)))
        return self.named or ", ".join((plain_heading, *(each for each in self.extra if each != TOTAL)))

    @property
    def printed(self) -> str:
        """The heading with `[p]` when the period is provisional."""
        return f"{self.heading} [p]" if self.provisional else self.heading

    @property
    def is_margin(self) -> bool:
        """Whether it is the total over the lines."""
        return TOTAL in (self.period, self.row, *self.extra[:1])


@dataclass(frozen=True)
class PrintedTable:
    """A table as printed, margins last. `cells[i][j]` stands in line i and column j; both margins included.

    `dimensions` are the further dimensions of the lines, `column_dimensions` those of the columns: all but offences,
    questions and calendar time. `corner` is the heading of the first column. `role` and `number` say which table it is:
    the first answer, all in scope of the first answer.
    """

    name: str
    title: str
    unit: str
    dimensions: tuple[str, ...]
    columns: tuple[PrintedColumn, ...]
    lines: tuple[PrintedRow, ...]
    cells: tuple[tuple[PrintedCell, ...], ...]
    dropped: tuple[str, ...] = ()
    corner: str = "Offence"
    column_dimensions: tuple[str, ...] = ()
    role: str = ""
    number: int = 0
    axes: tuple[tuple[str, ...], tuple[str, ...]] = (("offence",), ("month",))

    def at(self, line: PrintedRow, column: PrintedColumn) -> tuple[str, ...]:
        """Return the coordinates of a cell in the tables document: the text of its key in each dimension."""
        sides = zip(
            self.axes, ((line.row, line.period, line.extra), (column.row, column.period, column.extra)), strict=True
        )
        found: list[str] = []
        for names, (row, period, extra) in sides:
            further = iter(extra)
            for name in names:
                found.append(row if name in LEADS else period if name in COLUMNS else next(further, ""))
        return tuple(found)

    @property
    def all_dimensions(self) -> tuple[str, ...]:
        """The further dimensions of lines and columns."""
        return (*self.dimensions, *self.column_dimensions)

    @property
    def left_out(self) -> tuple[str, ...]:
        """One sentence that names the lines and columns left out, or nothing when none was."""
        named = "; ".join(self.dropped)
        return (f"Left out because no count in them is above 0: {named}.",) if named else ()

    @property
    def shorthand(self) -> tuple[str, ...]:
        """The shorthand that stands in this table, in the order of `SHORTHAND`."""
        used = {cell.marker for row in self.cells for cell in row}
        if any(column.provisional for column in self.columns) or any(line.provisional for line in self.lines):
            used.add("p")
        return tuple(mark for mark in SHORTHAND if mark in used)

    def as_dict(self) -> dict[str, object]:
        """Return the table for release.json; `from_dict` reads it back."""
        further: dict[str, list[Any]] = {
            "column_dimensions": list(self.column_dimensions),
            "column_keys": [[c.row, c.code, c.label, *c.extra] for c in self.columns],
            "line_periods": [[li.period, li.first, li.last, li.provisional, li.named] for li in self.lines],
        }
        if not any(any(keys) for keys in further["column_keys"]):
            del further["column_keys"], further["column_dimensions"]
        if not any(any(parts) for parts in further["line_periods"]):
            del further["line_periods"]
        return {
            "name": self.name,
            "role": self.role,
            "number": self.number,
            "title": self.title,
            "unit": self.unit,
            "corner": self.corner,
            "axes": [list(side) for side in self.axes],
            "dimensions": list(self.dimensions),
            "columns": [[c.period, c.heading, c.provisional, c.first, c.last] for c in self.columns],
            "lines": [[line.key, line.row, line.code, line.label, *line.extra] for line in self.lines],
            **further,
            "cells": [[cell.noted for cell in row] for row in self.cells],
            "dropped": list(self.dropped),
        }

    @classmethod
    def from_dict(cls, raw: ReleaseJson) -> PrintedTable:
        """Return the table that `as_dict` wrote. Raises BundleError when its shape is not that of a table."""
        try:
            columns = tuple(
                PrintedColumn(str(period), str(heading), bool(p), *_two(days))
                for period, heading, p, *days in raw["columns"]
            )
            if "column_keys" in raw:
                columns = tuple(
                    replace(column, row=str(row), code=str(code), label=str(label), extra=tuple(map(str, extra)))
                    for column, (row, code, label, *extra) in zip(columns, raw["column_keys"], strict=True)
                )
            lines = tuple(
                PrintedRow(str(key), str(row), str(code), str(label), tuple(map(str, extra)))
                for key, row, code, label, *extra in raw["lines"]
            )
            if "line_periods" in raw:
                lines = tuple(
                    replace(line, period=str(a), first=str(b), last=str(c), provisional=bool(p), named=str(named))
                    for line, (a, b, c, p, named) in zip(lines, raw["line_periods"], strict=True)
                )
            cells = tuple(tuple(parse_shown(shown) for shown in row) for row in raw["cells"])
            dimensions = tuple(map(str, raw["dimensions"]))
            table = cls(
                str(raw["name"]), str(raw["title"]), str(raw["unit"]), dimensions, columns, lines, cells,
                tuple(map(str, raw.get("dropped", ()))), str(raw.get("corner", "Offence")),
                tuple(map(str, raw.get("column_dimensions", ()))), str(raw.get("role", "")), int(raw.get("number", 0)),
                _axes(raw.get("axes"), dimensions),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as error:
            raise BundleError("release.json: 'printed' does not hold tables as clearcount prints them") from error
        if len(cells) != len(lines) or any(len(row) != len(columns) for row in cells):
            raise BundleError(
                f"release.json: the printed table {table.name!r} has more or fewer cells than its margins"
            )
        return table


def _axes(value: Any, dimensions: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The dimensions of lines and of columns; in bundles of older formats offences, further ones, and months."""
    if value is None:
        return ("offence", *dimensions), ("month",)
    rows, columns = value
    return tuple(map(str, rows)), tuple(map(str, columns))


def release_json(made: Mapping[str, object]) -> ReleaseJson:
    """Return what a writer made for release.json as an object of it."""
    return made


def _two(days: Sequence[object]) -> tuple[str, str]:
    """The first and last day of a column; bundles of format 1 have none."""
    first, last = days or ("", "")
    return str(first), str(last)


_SHOWN = re.compile(rf"^(?:(\d{{1,15}})(?: \[(r|{ROUND})\])?|\[({'|'.join(SHORTHAND)})\])$")


def parse_shown(text: str) -> PrintedCell:
    """Return the cell that `3`, `[c]` or `5 [round]` notes; `[r]` is what bundles of format 1 write for the last.

    Raises ValueError for anything else, also for a blank.
    """
    if not (match := _SHOWN.match(text)):
        raise ValueError(f"{text!r} is not a cell as clearcount prints one")
    return PrintedCell(match[1] or "", ROUND if match[2] else match[3] or "")


def _cell(table: ControlledTable, at: Place) -> PrintedCell:
    return PrintedCell(table.value(at), "|".join(mark for mark in table.marks(at) if mark != "p"))


def printed(table: ControlledTable, *, role: str = "", number: int = 0) -> PrintedTable:
    """Return `table` as printed."""
    columns = tuple(_column(table, head) for head in table.heads)
    lines = tuple(_line(table, line) for line in table.lines)
    cells = tuple(tuple(_cell(table, (*line, *head)) for head in table.heads) for line in table.lines)
    dropped = (
        *(plain(" ".join(filter(None, _words(table.rows, line)))) for line in table.omitted_rows),
        *(plain(", ".join(filter(None, _words(table.columns, head)))) for head in table.omitted_columns),
    )
    return PrintedTable(
        table.name, plain(table.title), table.unit, _further(table.rows), columns, lines, cells, dropped,
        _first_large(", ".join(dimension.title for dimension in table.rows)) or "Counted",
        _further(table.columns), role, number,
        (tuple(each.name for each in table.rows), tuple(each.name for each in table.columns)),
    )  # fmt: skip


def _first_large(words: str) -> str:
    """The words with a capital at their start, and the rest as it is."""
    return words[:1].upper() + words[1:]


def _further(dimensions: tuple[Dimension, ...]) -> tuple[str, ...]:
    return tuple(dimension.name for dimension in dimensions if not _has_a_column(dimension))


def _has_a_column(dimension: Dimension) -> bool:
    """Whether the long files have a column for it anyway: `row` and `code`, or `period`."""
    return dimension.name in LEADS or dimension.name in COLUMNS


def _words(dimensions: tuple[Dimension, ...], place: Place) -> Iterator[str]:
    """The code and the label of each key of a line."""
    for dimension, key in zip(dimensions, place, strict=True):
        leaf = dimension.leaf(key)
        yield from (leaf.code if dimension.name == "offence" else "", leaf.label)


@dataclass(frozen=True)
class _Side:
    """One side of a place, as the columns of the long files have it."""

    row: str = ""
    code: str = ""
    label: str = ""
    period: str = ""
    first: str = ""
    last: str = ""
    extra: tuple[str, ...] = ()
    spoken: str = ""


def _side(dimensions: tuple[Dimension, ...], place: Place) -> _Side:
    made, spoken, extra = _Side(), [], []
    margin = is_margin(place)
    for dimension, key in zip(dimensions, place, strict=True):
        leaf = dimension.leaf(key)
        if dimension.name in LEADS:
            code = "" if margin else leaf.code
            made = replace(made, row=key.text, code=code, label=plain(leaf.label))
            several = dimension.name != "offence" and len(leaf.members) > 1  # a question of many codes has a name
            spoken.append(" ".join(filter(None, ("" if several else code, plain(leaf.label)))))
        elif dimension.name in COLUMNS:
            first, last = _days(dimension, key)
            made = replace(made, period=key.text, first=first, last=last)
            spoken.append(plain(leaf.label))
        else:
            extra.append(plain(key.text))
            spoken.append(plain(leaf.label))
    return replace(made, extra=tuple(extra), spoken=spoken[0] if margin and spoken else ", ".join(spoken))


def _days(dimension: Dimension, key: Key) -> tuple[str, str]:
    """The first and the last day of a period, or of all periods, as ISO dates."""
    keys = [key] if isinstance(key, PeriodKey) else [leaf.key for leaf in dimension.leaves]
    found = [each.period for each in keys if isinstance(each, PeriodKey)]
    if not found:
        return "", ""
    first, last = min(each.first_day for each in found), max(each.last_day for each in found)
    return first.isoformat(), last.isoformat()


def _column(table: ControlledTable, head: Place) -> PrintedColumn:
    side = _side(table.columns, head)
    provisional = not table.provisional.isdisjoint(head)
    heading = "Number" if not head else "Total" if is_margin(head) and not side.row else side.spoken
    return PrintedColumn(
        side.period, heading, provisional, side.first, side.last, side.row, side.code, side.label, side.extra
    )


def _line(table: ControlledTable, line: Place) -> PrintedRow:
    side = _side(table.rows, line)
    key = TOTAL if is_margin(line) else "|".join(each.text for each in line)
    made = PrintedRow(key, side.row, side.code, side.label, side.extra, side.period, side.first, side.last,
                not table.provisional.isdisjoint(line))  # fmt: skip
    spoken = "All records" if not line else side.spoken
    return made if made.heading == spoken else replace(made, named=spoken)


_ALL_IN_SCOPE = "offences"
"""The name of an answer that counts all in scope; a number stands behind it where it is not the first."""


def told_once(tables: Sequence[PrintedTable]) -> tuple[PrintedTable, ...]:
    """Return the tables that pages, letters and workbooks show: one of all in scope is none where the answer is it."""
    answers = {table.number: table for table in tables if table.role == "answer"}

    def repeats(table: PrintedTable) -> bool:
        other = answers.get(table.number)
        if table.role != "scope" or other is None or other.name.split(" ")[0] != _ALL_IN_SCOPE:
            return False
        return (table.lines, table.columns, table.cells) == (other.lines, other.columns, other.cells)

    return tuple(table for table in tables if not repeats(table))


def printed_tables(release: Release) -> tuple[PrintedTable, ...]:
    """Return every table of the release as printed: the answers, what lies in scope of each, and the others."""
    answers, under = release.answers, release.under
    return (
        *(printed(table, role="answer", number=number) for number, table in enumerate(answers, 1)),
        *(printed(table, role="scope", number=number) for number, table in under),
        *(printed(table) for table in release.others),
    )
