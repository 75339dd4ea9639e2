"""A published table -> tidy lines, one for each printed cell.

Every number has a row and a period that were read whole, or it is a line marked "unread" with its place. Nothing is
guessed: a number over several periods stands once, for all of them; a blank is "blank".
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from clearcount.collate.block_heads import (
    below_year,
    heads_of,
    months_wrap,
    row_period,
    speaks_of_financial_years,
    timed,
)
from clearcount.collate.grid import Cell, Grid
from clearcount.collate.heads import Head, HeadReading, levels, marks_on, reading_of
from clearcount.collate.lines import Line, Tidy, scaled
from clearcount.collate.periods import PeriodSpan, label_of
from clearcount.collate.structure import Block, anchors, find_blocks, names_a_total
from clearcount.collate.units import as_headed, in_other_units
from clearcount.collate.values import Value, holds_digits, is_figure, read_value
from clearcount.model.months import TOTAL


def tidy(grid: Grid) -> Tidy:
    """Return the cells of a grid as lines, those that could not be read marked so."""
    blocks, loose = find_blocks(grid)
    lines: list[Line] = []
    said = list(grid.said)
    scale = in_other_units(grid_words(grid))
    for number, block in enumerate(blocks, 1):
        group = _group_of(grid, block, several=len(blocks) > 1)
        found = list(_lines(grid, block, group))
        if scale:
            found = [scaled(line, scale) for line in found]
        lines += [replace(line, table=number) for line in _with_totals(found)]
        said += [
            f"{anchors(grid.rows[row])[0][1].origin}: this row holds no figures; it may be a heading"
            for row in block.unsure
        ]
    for rows in loose:
        for row in rows.rows:
            lines += [
                _unread(cell, "the row stands under no heading")
                for column, cell in anchors(grid.rows[row])
                if column > 0 and holds_digits(cell.words) and is_figure(cell.words)
            ]
    return Tidy(tuple(lines), tuple(said))


def grid_words(grid: Grid) -> tuple[str, ...]:
    """Return what stands above a table and in the rows of it that hold one text alone: titles and notes."""
    rows = [anchors(row) for row in grid.rows]
    alone = [held[0][1].words for held in rows if len(held) == 1]
    pairs = [f"{held[0][1].words} {held[1][1].words}" for held in rows if len(held) == 2]
    return tuple(filter(None, (grid.title, *alone, *(text for text in pairs if not text[-1:].isdigit()))))


def _group_of(grid: Grid, block: Block, *, several: bool) -> str:
    corner = block.labels[0] if block.labels else 0
    head = next((grid.rows[row][corner].words for row in block.heads if not grid.rows[row][corner].blank), "")
    return " | ".join(dict.fromkeys(filter(None, (grid.name, grid.title, block.title, head if several else ""))))


def _unread(cell: Cell, why: str, label: str = "", group: str = "") -> Line:
    note = "; ".join(filter(None, (why, f"printed: {cell.words}" if len(cell.words) <= 40 else "")))
    return Line(cell.origin, label, "", "", "unread", kind="none", row=label, group=group, note=note)


@dataclass(frozen=True)
class _RowName:
    """What names one row: its label, its period where rows are periods, and a fault."""

    label: str
    group: str
    head: Head
    fault: str = ""
    inner: tuple[str, ...] = ()


def _lines(grid: Grid, block: Block, group: str) -> Iterator[Line]:
    rows = [grid.rows[row] for row in block.heads]
    first_data = block.data[0]
    texts = {column: levels(rows, column, first_data) for column in block.data}
    times = [timed(grid, block, at, column) for at in block.body for column in block.times]
    reading = reading_of([text for found, _ in texts.values() for text in found] + times)
    heads = heads_of(grid, block, texts, reading)
    done: set[int] = set()
    timed_columns = any(head.span for head in heads.values())
    wraps = months_wrap(grid, block)
    for at, name in _names(grid, block, reading, group):
        row = grid.rows[at]
        here = heads
        if name.inner:
            here = {column: below_year(texts[column], name.inner, reading, heads[column], wraps) for column in heads}
        for column in block.data:
            cell = row[column]
            if id(cell) in done and not cell.blank:
                continue
            covers = [each for each in block.data if row[each] is cell] if cell.columns > 1 else [column]
            done.add(id(cell))
            if cell.rows > 1 and not cell.blank and _covers_rows(grid, block, cell, at):
                line = _unread(cell, "one number stands for several rows", name.label, name.group)
            else:
                line = _line(cell, name, [here[each] for each in covers], timed=bool(block.times) or timed_columns)
            yield replace(line, place=(column, at) if block.times else (at, column))


def _covers_rows(grid: Grid, block: Block, cell: Cell, at: int) -> bool:
    return sum(any(other is cell for other in grid.rows[row]) for row in block.body) > 1


def _names(grid: Grid, block: Block, reading: HeadReading, group: str) -> Iterator[tuple[int, _RowName]]:
    """Return each body row with what names it; a blank outer name belongs to the one above it."""
    carried: dict[int, str] = {}
    words = [column for column in block.labels if column not in block.times]
    for at in block.body:
        row = grid.rows[at]
        for at_label, column in enumerate(block.labels):
            if not row[column].blank:
                carried[column] = timed(grid, block, at, column) if column in block.times else row[column].words
                for below in block.labels[at_label + 1 :]:
                    carried.pop(below, None)
        spoken = [row[column] for column in block.labels if not row[column].blank]
        if (not spoken and block.labels) or (not block.labels and len(block.body) > 1):
            yield at, _RowName("", group, Head(), "the row has no name")
            continue
        times = [carried[column] for column in block.times if column in carried]
        head, inner = row_period(times, reading)
        head = replace(head, marks=tuple(mark for column in block.times for mark in marks_on([row], column)))
        if head.span and head.span.year == "calendar" and speaks_of_financial_years(grid, block):
            head = replace(head, fault=f"the page speaks of financial years; {head.span.label} may be one")
        label = _label([carried[column] for column in words if column in carried])
        section = block.sections.get(at, "")
        yield at, _RowName(label, " | ".join(filter(None, (group, section))), head, head.fault, inner)


def _label(names: Sequence[str]) -> str:
    """Return the names of a row as one label, each once; a code "total" beside the name "Total" is one total.

    clearcount's own sheets write "total" as the code of rows that are no offence.
    """
    if len(names) > 1 and names[0] == TOTAL and not all(map(names_a_total, names)):
        names = names[1:]
    return names[-1] if names and all(map(names_a_total, names)) else " ".join(dict.fromkeys(names))


def _line(cell: Cell, name: _RowName, heads: Sequence[Head], *, timed: bool) -> Line:
    fault = name.fault or next((head.fault for head in heads if head.fault), "")
    if fault:
        if cell.blank:
            return _blank(cell, name, fault)
        return _unread(cell, fault, name.label, name.group)
    value = read_value(cell)
    head, why = _over(heads)
    if head is None:
        return _unread(cell, why, name.label, name.group)
    joined, why = _crossed(name.head, head)
    if joined is None:
        return _unread(cell, why, name.label, name.group)
    if timed and joined.span is None and not joined.total:
        return _unread(cell, "no period stands over or beside the number", name.label, name.group)
    return _made(cell, name, joined, value)


def _blank(cell: Cell, name: _RowName, fault: str) -> Line:
    return Line(cell.origin, name.label, "", "", "blank", kind="none", row=name.label, group=name.group, note=fault)


def _over(heads: Sequence[Head]) -> tuple[Head | None, str]:
    """Return the head of a number that stands under several: one period that they make together."""
    if len(heads) == 1:
        return heads[0], ""
    spans = [head.span for head in heads]
    same = len({head.measure for head in heads}) == 1 and not any(head.total for head in heads)
    if same and all(spans):
        ordered = sorted((span for span in spans if span), key=lambda span: span.first)
        if all((b.first - a.last).days == 1 for a, b in itertools.pairwise(ordered)):
            first, last = ordered[0].first, ordered[-1].last
            return replace(heads[0], span=PeriodSpan(label_of(first, last), first, last)), ""
    return None, "one number stands for several columns"


def _crossed(row: Head, column: Head) -> tuple[Head | None, str]:
    """Return what the row and the column say of time together, each once."""
    measure = tuple(dict.fromkeys((*row.measure, *column.measure)))
    marks = (*row.marks, *column.marks)
    total = row.total or column.total
    if row.span and column.span:
        inside = row.span.first >= column.span.first and row.span.last <= column.span.last
        around = row.span.first <= column.span.first and row.span.last >= column.span.last
        if not inside and not around:
            return None, f"row and column name two periods, {row.span.label} and {column.span.label}"
        return Head(row.span if inside else column.span, total, measure, "", marks), ""
    return Head(row.span or column.span, total, measure, "", marks), ""


def _made(cell: Cell, name: _RowName, head: Head, value: Value, note: str = "") -> Line:
    measures = list(head.measure)
    label = name.label
    value = as_headed(value, head.measure, label, timed=head.span is not None)
    if label:
        measures = [text for text in measures if not (head.span is None and head.total and names_a_total(text))]
    span = head.span
    period = span.label if span else (TOTAL if head.total else "")
    if not label:  # rows are periods: the column's heading is what is counted
        label, measures = (measures[-1] if measures else ""), measures[:-1]
    return Line(
        origin=cell.origin,
        label=label,
        row=TOTAL if names_a_total(label) else label,
        group=name.group,
        measure=" | ".join(measures),
        period=period,
        period_from=span.first.isoformat() if span else "",
        period_to=span.last.isoformat() if span else "",
        kind=value.kind,
        value=value.value,
        marker=value.marker,
        meaning=value.meaning,
        note="; ".join(
            filter(
                None,
                (
                    value.note,
                    note,
                    f"heading with {', '.join(head.marks)}" if head.marks else "",
                    f"printed: {cell.words}" if value.unread and len(cell.words) <= 40 else "",
                ),
            )
        ),
        is_total=head.total,
        marks=head.marks,
    )


def join_pieces(tables: Sequence[Sequence[Line]]) -> list[Line]:
    """Return the lines of a file's tables, those of a table that was printed in pieces under one number.

    A wide table is often printed as several, each with the same rows and later periods, the total in the last.
    """
    found: list[list[Line]] = []
    for lines in tables:
        before = found[-1] if found else []
        if _goes_on(before, lines):
            shift = max(line.place[1] for line in before) + 1
            moved = [
                replace(line, table=before[0].table, place=(line.place[0], line.place[1] + shift)) for line in lines
            ]
            found[-1] = _with_totals([*before, *moved])
        else:
            found.append([replace(line, table=len(found) + 1) for line in lines])
    return [line for lines in found for line in lines]


def _goes_on(before: Sequence[Line], after: Sequence[Line]) -> bool:
    if not before or not after or any(line.is_total for line in before):
        return False
    rows = [list(dict.fromkeys((line.place[0], line.label) for line in lines)) for lines in (before, after)]
    ends = [line.period_to for line in before]
    starts = [line.period_from for line in after if not line.is_total]
    return rows[0] == rows[1] and all(ends) and all(starts) and bool(starts) and max(ends) < min(starts)


def _with_totals(lines: Sequence[Line]) -> list[Line]:
    """Return the lines, a total over periods with the first and last day of the periods that stand beside it."""
    starts = [line.period_from for line in lines if line.period_from and not line.is_total]
    ends = [line.period_to for line in lines if line.period_to and not line.is_total]
    if not starts:
        lost = any(line.unread and not line.period for line in lines)
        return [_lost(line) if lost and line.period == TOTAL and line.value else line for line in lines]
    first, last = min(starts), max(ends)
    return [replace(line, period_from=first, period_to=last) if line.period == TOTAL else line for line in lines]


def _lost(line: Line) -> Line:
    why = "a total over periods that could not be read"
    return replace(line, period="", kind="none", value="", marker="unread", meaning="", note=why)
