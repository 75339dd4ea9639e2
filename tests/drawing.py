"""Tables for tests, drawn the short way: lines by name, periods by label, cells by (line, period)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clearcount.model.keys import ALL, CodeKey, Key, PeriodKey, Place, QuestionKey, ValueKey
from clearcount.model.months import TOTAL, Month, Period
from clearcount.model.population import EVERYTHING, Population
from clearcount.model.table import Cell, ControlledTable, Dimension, Leaf, Table, places


@dataclass(frozen=True)
class Row:
    """One line: its code (or `q3`), its label, whether it has a printed code, its members and further values."""

    key: str
    label: str
    code: str = ""
    members: tuple[str, ...] = ()
    extra: tuple[tuple[str, str], ...] = ()


def key_of(text: str, code: str = "") -> Key:
    """The key that a line's name means."""
    if text == TOTAL:
        return ALL
    if text[:1] == "q" and text[1:].isdecimal():
        return QuestionKey(int(text[1:]))
    return CodeKey(text) if code or text[:1].isdigit() else ValueKey(text)


def drawn_table(
    name: str,
    title: str,
    rows: Sequence[Row],
    periods: Sequence[Period],
    cells: Mapping[tuple[str, ...], Cell],
    *,
    additive: bool = True,
    total_label: str = "Total",
    population: Population | str = EVERYTHING,
    provisional: Sequence[str] = (),
    known_zero: Sequence[tuple[str, Month]] = (),
    dropped_rows: Sequence[Row] = (),
    dropped_periods: Sequence[Period] = (),
    unit: str = "offences",
) -> Table:
    """A table of lines by periods; a cell stands at (line, *further values, period), margins named `total`."""
    lines = [*rows, *dropped_rows]
    spans = sorted({*periods, *dropped_periods}, key=lambda period: period.months)
    leaves = {
        key_of(row.key, row.code): Leaf(key_of(row.key, row.code), row.label, tuple(map(key_of, row.members)))
        for row in lines
    }
    names = [column for column, _ in lines[0].extra] if lines else []
    further = {column: dict.fromkeys(dict(row.extra)[column] for row in lines) for column in names}
    dimensions = (
        Dimension("offence", "Offence", tuple(leaves.values()), Leaf(ALL, total_label), additive),
        *(
            Dimension(n, n.replace("_", " "), tuple(Leaf(ValueKey(v), v) for v in values))
            for n, values in further.items()
        ),
    )
    heads = Dimension(
        "month", "Period", tuple(Leaf(PeriodKey(span), span.spoken) for span in spans), exclusive=additive
    )
    by_text = {tuple(key.text for key in place): place for place in _everything(dimensions, heads)}
    there = {(key_of(row.key, row.code), *(ValueKey(v) for _, v in row.extra)) for row in rows}
    return Table(
        name,
        title,
        dimensions,
        (heads,),
        {by_text[at]: cell for at, cell in cells.items()},
        Population(aside=population) if isinstance(population, str) else population,
        unit=unit,
        known_zero=frozenset((CodeKey(code), month) for code, month in known_zero),
        provisional=frozenset(PeriodKey(span) for span in spans if span.label in provisional),
        omitted_rows=tuple(place for place in places(dimensions) if place not in there),
        omitted_columns=tuple((PeriodKey(span),) for span in spans if span not in periods),
    )


def _everything(rows: tuple[Dimension, ...], heads: Dimension) -> list[Place]:
    lines = [*places(rows), (ALL,) * len(rows)]
    return [(*line, head) for line in lines for head in (*(leaf.key for leaf in heads.leaves), ALL)]


def texts(place: Place) -> tuple[str, ...]:
    """The texts of a place's keys."""
    return tuple(key.text for key in place)


def at(table: Table | ControlledTable, *names: str) -> Place:
    """The place in `table` that the texts name."""
    return table.place(*names)


def lines_of(table: Table | ControlledTable) -> list[str]:
    """The text of every line's first key, margin last."""
    return [line[0].text for line in table.lines]


def heads_of(table: Table | ControlledTable) -> list[str]:
    """The text of every column's key, margin last."""
    return [head[0].text for head in table.heads]


def grid(table: Table) -> dict[tuple[str, ...], Cell]:
    """The cells by the texts of their places."""
    return {texts(place): cell for place, cell in table.cells.items()}
