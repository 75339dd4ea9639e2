"""The heads of the columns of one table together: what one leaves open, another, the corner or the title may settle."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from clearcount.collate.grid import Cell, Grid
from clearcount.collate.heads import Head, HeadReading, combine, marks_on, period_named
from clearcount.collate.periods import AllOf, MonthsOf, PeriodSpan, QuarterOf, part_of
from clearcount.collate.structure import Block, head_of, names_a_total, time_text
from clearcount.collate.units import is_share


def heads_of(
    grid: Grid, block: Block, texts: Mapping[int, tuple[list[str], str]], reading: HeadReading
) -> dict[int, Head]:
    """Return what stands over each column of figures, with a fault where it is open; `texts` are the headings."""
    rows = [grid.rows[row] for row in block.heads]
    heads = {
        column: replace(combine(found, reading), fault=fault) if fault else combine(found, reading)
        for column, (found, fault) in texts.items()
    }
    heads = _unmeasured(_totals_named(heads, rows, block))
    heads = {
        column: replace(_certain(grid, block, column, head), marks=marks_on(rows, column))
        for column, head in heads.items()
    }
    heads = _told_apart(heads)
    around = None if block.times or any(head.span for head in heads.values()) else _period_around(grid, block)
    if around:
        heads = {column: _within(texts[column], head, around, reading) for column, head in heads.items()}
    return heads


_FINANCIAL = re.compile(
    r"\b(?:financial|fiscal) years?\b|\byears? (?:ending|ended|to)\b|\by/?e\b|\bFY\b", re.IGNORECASE
)


def _totals_named(heads: dict[int, Head], rows: Sequence[Sequence[Cell]], block: Block) -> dict[int, Head]:
    """Return the heads in which a total that stands last under a spread heading, alone of its kind, is a fault.

    "2023, , 2024, ," over "Nov, Dec, Jan, Total": the total may be of 2024 or of all; an own total under each year,
    a spanning heading, or a single year settles it.
    """
    if len(rows) < 2:
        return heads
    last = block.data[-1]
    head = heads[last]
    outer = [row[last] for row in rows[:-1]]
    spread = any(cell.blank for cell in outer) and head.span is not None and head.total
    others = [each for column, each in heads.items() if column != last and each.total and each.span]
    years = {each.span for each in heads.values() if each.span and each.span.year}
    if (
        spread
        and not others
        and len({head.span.first.year for head in heads.values() if head.span}) > 1
        and len(years) >= 1
    ):
        return {**heads, last: Head(fault="a total that may be of one year or of all")}
    return heads


def _unmeasured(heads: dict[int, Head]) -> dict[int, Head]:
    """Return the heads without the word "total" as a measure, where no column has any other measure."""
    if any(not names_a_total(text) for head in heads.values() for text in head.measure):
        return heads
    return {column: replace(head, measure=()) for column, head in heads.items()}


def _told_apart(heads: dict[int, Head]) -> dict[int, Head]:
    """Return the heads, with a fault on those that say the same as another, or less than another of the same period.

    "2023" beside "2023 count" may be a share; beside "2023 %" it is the count.
    """
    whole = Counter((head.span, head.total, head.measure) for head in heads.values() if not head.fault)
    counted = {
        (head.span, head.total) for head in heads.values() if head.span and head.measure and not is_share(head.measure)
    }
    found = {}
    for column, head in heads.items():
        if whole[head.span, head.total, head.measure] > 1 and not head.fault:
            head = replace(head, fault="two columns have the same headings")
        elif head.span and not head.measure and (head.span, head.total) in counted and not head.fault:
            head = replace(head, fault="another column of the same period says what it counts, this one does not")
        found[column] = head
    return found


def _period_around(grid: Grid, block: Block) -> PeriodSpan | None:
    """Return the period that the corner, the title of a table or its sheet names, where its columns name none."""
    corner = [grid.rows[row][column].words for row in block.heads for column in block.labels]
    for text in (*corner, *reversed(block.title.split(" | ")), grid.title, grid.name):
        if text and (found := period_named(text)) is not None:
            return found
    return None


def _within(found: tuple[list[str], str], head: Head, around: PeriodSpan, reading: HeadReading) -> Head:
    """Return the head of a column below the period that its table names: a total is one over columns."""
    inner = [text for text in found[0] if isinstance(part_of(text), MonthsOf | QuarterOf)]
    if inner:
        return replace(combine([around.label, *found[0]], reading), marks=head.marks)
    if head.fault:
        return head
    measure = head.measure or ((found[0][-1],) if head.total and found[0] else ())
    return replace(head, span=around, total=False, measure=measure)


def _certain(grid: Grid, block: Block, column: int, head: Head) -> Head:
    """Return a head, with a fault where the words beside it leave its year or its row open."""
    if column in block.doubtful and not head.fault:
        return replace(head, fault="a column of words stands between the figure and the name of its row")
    if head.span and head.span.year == "calendar" and speaks_of_financial_years(grid, block):
        return replace(head, fault=f"the page speaks of financial years; {head.span.label} may be one")
    return head


def speaks_of_financial_years(grid: Grid, block: Block) -> bool:
    texts = [grid.title, block.title]
    texts += [grid.rows[row][column].words for row in block.heads for column in block.labels]
    said = " | ".join(text for text in texts if part_of(text) is None)
    return bool(_FINANCIAL.search(said)) and "calendar" not in said.casefold()


def below_year(
    found: tuple[list[str], str], inner: Sequence[str], reading: HeadReading, head: Head, wraps: bool
) -> Head:
    """Return the head of a column for a row that is a month: the month lies in the year over the column."""
    texts, fault = found
    if fault or head.fault:
        return replace(head, fault=fault or head.fault)
    if wraps and head.span and head.span.year == "calendar":
        return Head(fault="the months run over the end of the year, and the heading names a calendar year")
    return replace(combine([*texts, *inner], reading), marks=head.marks)


def months_wrap(grid: Grid, block: Block) -> bool:
    """Return whether the months down the side run over the end of a year: April to March."""
    held = [
        part.first
        for at in block.body
        for column in block.times
        if isinstance(part := part_of(timed(grid, block, at, column)), MonthsOf)
    ]
    down = sum(after < before for before, after in itertools.pairwise(held))
    return bool(held) and down > 0 and held[0] != 1


def row_period(times: Sequence[str], reading: HeadReading) -> tuple[Head, tuple[str, ...]]:
    """Return the period of a row, or the months and quarters that need the year which heads the column."""
    if not times:
        return Head(), ()
    if all(isinstance(part_of(text), MonthsOf | QuarterOf) for text in times):
        return Head(), tuple(times)
    head = combine(times, reading)
    words = [text for text in head.measure if not isinstance(part_of(text), AllOf)]
    if words and not head.fault:
        return Head(fault="a period that cannot be read whole"), ()
    return replace(head, measure=()), ()


def timed(grid: Grid, block: Block, at: int, column: int) -> str:
    return time_text(head_of(grid, block.heads, column), grid.rows[at][column].words)
