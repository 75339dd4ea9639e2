"""Tables with one figure a line, such as counts.csv of a bundle: columns of names, a period, a value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from clearcount.collate.grid import Cell, Grid
from clearcount.collate.heads import Head, combine, reading_of
from clearcount.collate.lines import Line, Tidy
from clearcount.collate.periods import PeriodSpan
from clearcount.collate.structure import names_a_total
from clearcount.collate.values import Value, read_value
from clearcount.model.marks import joined_marks, marks_of
from clearcount.model.months import TOTAL

_VALUE = ("value", "count", "number", "n", "offences", "total")
_PERIOD = ("period", "month", "year", "quarter", "date", "financial year")
_OWN = ("force", "reference", "row", "code", "label", "period", "period_from", "period_to", "value", "marker", "table")
_SIGNS = {
    "c": "suppressed",
    "low": "below a number that the page states",
    "z": "not applicable: not in force",
    "x": "not searched or not held",
    "p": "provisional",
    "r": "rounded",
    "round": "rounded",
}


def is_long(grid: Grid) -> bool:
    """Return whether the first row names a column of values, one of periods and one of rows."""
    if not grid.rows:
        return False
    names = [cell.words.lower() for cell in grid.rows[0]]
    return (
        "value" in names
        and any(name in names for name in _PERIOD)
        and any(n in names for n in ("row", "label", "offence", "code"))
    )


def tidy_long(grid: Grid) -> Tidy:
    """Return the lines of a long table. Signs in a column `marker` are kept as they are."""
    names = [cell.words.lower() for cell in grid.rows[0]]
    body = [row for row in grid.rows[1:] if any(not cell.blank for cell in row)]
    lines = list(_lines(names, body))
    starts = [line.period_from for line in lines if line.period_from and line.period != TOTAL]
    ends = [line.period_to for line in lines if line.period_to and line.period != TOTAL]
    if starts:
        lines = [
            replace(line, period_from=min(starts), period_to=max(ends))
            if line.period == TOTAL and not line.period_from
            else line
            for line in lines
        ]
    return Tidy(tuple(lines), grid.said)


def _lines(names: Sequence[str], body: Sequence[Sequence[Cell]]) -> Iterator[Line]:
    period = next(name for name in _PERIOD if name in names)
    place_of = {name: at for at, name in reversed(list(enumerate(names)))}
    reading = reading_of([row[place_of[period]].words for row in body])
    further = [name for name in names if name and name not in _OWN and name != period]
    rows: dict[tuple[str, ...], int] = {}
    columns: dict[str, int] = {}
    for row in body:
        held = {name: row[at].words for name, at in place_of.items()}
        head = combine([held[period]], reading) if held[period] else combine([], reading)
        label = held.get("label") or held.get("offence") or held.get("row") or held.get("code", "")
        key = held.get("row") or label
        extra = " | ".join(f"{name}: {held[name]}" for name in further if held[name])
        table = f"table {held['table']}" if held.get("table") else ""
        value = _value(row[place_of["value"]], held.get("marker", ""))
        head = _given(held, head)
        if head.fault:
            value = Value("none", "", "unread", "", head.fault)
        span = head.span
        label_of = span.label if span else (TOTAL if head.total else "")
        whole = " ".join(filter(None, (held.get("code", "") if held.get("label") else "", label)))
        index = rows.setdefault((table, key, label, extra), len(rows))
        yield Line(
            origin=row[place_of["value"]].origin or row[0].origin,
            label=whole if key != TOTAL else label or TOTAL,
            row=TOTAL if key == TOTAL or names_a_total(label) else key,
            group=table,
            measure=extra,
            period=label_of,
            period_from=held.get("period_from") or (span.first.isoformat() if span else ""),
            period_to=held.get("period_to") or (span.last.isoformat() if span else ""),
            kind=value.kind,
            value=value.value,
            marker=value.marker,
            meaning=value.meaning,
            note=value.note,
            force=held.get("force", ""),
            reference=held.get("reference", ""),
            place=(index, columns.setdefault(label_of, len(columns))),
            is_total=head.total,
        )


def _given(held: dict[str, str], head: Head) -> Head:
    """Return the period by its own columns of first and last day, where they hold days."""
    try:
        first, last = date.fromisoformat(held["period_from"]), date.fromisoformat(held["period_to"])
    except (KeyError, ValueError):
        return head
    if head.total or first > last:
        return head
    label = head.span.label if head.span else held[next(name for name in _PERIOD if name in held)]
    return Head(PeriodSpan(label, first, last))


def _value(cell: Cell, marker: str) -> Value:
    """Return the value with the signs of its own column."""
    found = read_value(cell)
    marks = list(marks_of(marker))
    if not marks or found.unread:
        return found
    marks = ["round" if mark == "r" else mark for mark in marks]
    meaning = "; ".join(_SIGNS.get(mark, f"printed as {mark}") for mark in marks)
    if found.kind == "none":
        return Value("none", "", joined_marks(marks), meaning, found.note)
    kind = "rounded" if "round" in marks else found.kind
    return Value(kind, found.value, joined_marks(marks), meaning, found.note)
