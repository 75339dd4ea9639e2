"""Where the tables of a grid begin and end, which rows head them, and which columns name their rows.

Nothing here reads a figure. A row that could be a heading or a row of figures is settled by its neighbours. What cannot
be settled is named as unread.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from clearcount.collate.grid import Cell, Grid
from clearcount.collate.periods import AllOf, MonthsOf, PeriodSpan, QuarterOf, part_of
from clearcount.collate.values import holds_digits, is_figure

_YEAR = re.compile(r"(?:19|20)\d\d")
_NAMES_ROWS = re.compile(
    r"(?:ho |home office )?(?:offence )?codes?|ho code|ref(?:erence)?(?: no\.?)?|id|no\.|#|row|rank|key|class code|"
    r"(?:calendar |financial )?years?|months?|quarters?|periods?|dates?|fy|month/year|year/month|week",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"(?:(?:calendar|financial|fiscal|reporting|recorded) )?(?:years?|months?|quarters?|periods?|dates?)"
    r"(?: (?:recorded|reported|of offence|ending|ended))?|fy|month/year|year/month|month and year|time period|when",
    re.IGNORECASE,
)
_DATED = re.compile(r"(?:.* )?(?:dates?|month|quarter|period)|year", re.IGNORECASE)
_BAND = re.compile(r"\d+\s*(?:-|\u2013|to)\s*\d+|\d+\s*(?:\+|and over|or over|plus)|(?:under|over) \d+", re.IGNORECASE)

_TOTAL = re.compile(
    r"(?:(?:grand|sub|overall|combined|yearly|annual|force|area)[\s-]*)?totals?"
    r"(?: (?:offences|crimes|number|count|recorded))?"
    r"|total .{1,60}|.{1,60} totals?|all|sum|overall|in all|in total",
    re.IGNORECASE,
)

_FACT = re.compile(
    r"(?:(?:data|figures|information|report|date)\s+)?(?:extract(?:ed|ion)?|produced|created|run|received|published|printed|"
    r"prepared|source|author|version|contact|department|reference|ref|foi|request(?: (?:no|ref|reference|date))?|title)"
    r"(?: (?:on|by|date|at|as at|no\.?|number|ref\.?|reference))?\s*:?|date of .{2,30}|.{2,60}:",
    re.IGNORECASE,
)
_FILTER = re.compile(r"\((?:all|multiple items|blank)\)", re.IGNORECASE)
_NOTES = re.compile(r"(?:.* )?(?:notes?|comments?|remarks?|caveats?|explanation|footnotes?)", re.IGNORECASE)
_SHORTHAND = re.compile(r"\[[a-z]{1,5}\]")
"""A mark in brackets, as the Analysis Function writes them: a column of nothing else has figures that are not shown."""
_NUMBERED = re.compile(r"[^\w\s]{0,2}\s?\d[\d,.]*\W{0,2}")

Kind = Literal["blank", "solo", "head", "years", "body"]


@dataclass(frozen=True)
class Block:
    """One table of a grid: its heading rows, the rows below them, and what stands above it.

    `labels` are the columns that name a row, `times` those of them that name its period, `data` the columns of figures.
    `doubtful` are columns of figures right of a column of words, which may name their rows anew.
    `sections` gives for each row the heading that stands above it within the table; `unsure` rows hold no figure and
    may be headings.
    """

    heads: tuple[int, ...]
    body: tuple[int, ...]
    labels: tuple[int, ...]
    times: tuple[int, ...]
    data: tuple[int, ...]
    title: str = ""
    sections: dict[int, str] = field(default_factory=dict)
    unsure: tuple[int, ...] = ()
    doubtful: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Loose:
    """Rows that belong to no table; `rows` are named as unread where they hold digits."""

    rows: tuple[int, ...]


def anchors(row: Sequence[Cell]) -> list[tuple[int, Cell]]:
    """Return the cells of a row, each once, with the first column it covers."""
    seen: dict[int, tuple[int, Cell]] = {}
    for column, cell in enumerate(row):
        if not cell.blank and id(cell) not in seen:
            seen[id(cell)] = (column, cell)
    return list(seen.values())


def _is_period(text: str) -> bool:
    return part_of(text) is not None


def kind_of(row: Sequence[Cell]) -> Kind:
    """Return what a row may be, from the row alone. "years" may be a heading or counts that look like years."""
    held = anchors(row)
    if not held:
        return "blank"
    right = [(column, cell) for column, cell in held if column > 0]
    if not right or (len(held) == 1 and held[0][1].columns > 1):
        return "solo"
    if (
        len(held) == 2
        and len(right) == 1
        and (_FACT.fullmatch(held[0][1].words) or _FILTER.fullmatch(right[0][1].words))
    ):
        return "solo" if not is_figure(right[0][1].words) or part_of(right[0][1].words) else "body"
    texts = [cell.words for _, cell in right]
    years = [text for text in texts if _YEAR.fullmatch(text)]
    others = [text for text in texts if not _YEAR.fullmatch(text)]
    bands = [text for text in others if _BAND.fullmatch(text)]
    banded = len(bands) > 1 and len(set(others)) == len(others)
    figures = [text for text in others if is_figure(text) and not _is_period(text) and not (banded and text in bands)]
    if any(holds_digits(text) or not any(map(str.isalpha, text)) for text in figures) or len(figures) == len(texts):
        headed = all(cell.heading for _, cell in held) or (
            isinstance(part_of(texts[-1]), AllOf) and len(texts) > 2 and len(set(texts)) == len(texts)
        )
        return "head" if headed else "body"
    if years:
        return "years"
    return "head" if len(held) > 1 or right else "solo"


def find_blocks(grid: Grid) -> tuple[list[Block], list[Loose]]:
    """Return the tables of a grid from top to bottom, and the rows that belong to none."""
    kinds = [kind_of(row) for row in grid.rows]
    blocks: list[Block] = []
    loose: list[int] = []
    at, titles = 0, []
    while at < len(grid.rows):
        kind = kinds[at]
        if kind == "blank":
            at += 1
        elif kind == "solo":
            titles.append(at)
            at += 1
        elif kind == "body":
            loose.append(at)
            at += 1
        else:
            end_heads = _heads_end(grid, kinds, at)
            if _is_late_heading(grid, kinds, at, end_heads):
                titles.append(at)
                at = end_heads
                continue
            stop = _body_end(grid, kinds, tuple(range(at, end_heads)), end_heads)
            found = _blocks(grid, kinds, at, end_heads, stop, titles)
            if not found:
                loose.extend(row for row in range(at, max(stop, at + 1)) if kinds[row] != "blank")
            blocks += found
            titles = _titles_before(kinds, end_heads, stop) if stop < len(grid.rows) else []
            at = max(stop, at + 1)
    return blocks, [Loose(tuple(loose))] if loose else []


def _titles_before(kinds: Sequence[Kind], start: int, stop: int) -> list[int]:
    """Return the rows of one text alone that stand right above the heading at `stop`: they are its title."""
    found: list[int] = []
    at = stop - 1
    while at >= start and kinds[at] in ("solo", "blank"):
        if kinds[at] == "solo":
            found.insert(0, at)
        at -= 1
    return found


def _heads_end(grid: Grid, kinds: Sequence[Kind], start: int) -> int:
    """Return the row after the heading rows that begin at `start`."""
    at = start + 1
    while at < len(grid.rows) and kinds[at] in ("head", "years") and _is_second_head(grid, start, at):
        at += 1
    return at


def _is_late_heading(grid: Grid, kinds: Sequence[Kind], start: int, at: int) -> bool:
    """Return whether the row at `at` heads the table alone: it names periods over more columns than the words above."""
    if at >= len(grid.rows) or kinds[at] not in ("head", "years") or grid.rows[at][0].blank:
        return False
    above = [cell.words for row in range(start, at) for column, cell in anchors(grid.rows[row]) if column > 0]
    texts = [cell.words for column, cell in anchors(grid.rows[at]) if column > 0]
    timely = [text for text in texts if isinstance(part_of(text), PeriodSpan)]
    widest = max((sum(c > 0 for c, _ in anchors(grid.rows[row])) for row in range(start, at)), default=0)
    return len(texts) > widest and len(timely) * 2 >= len(texts) and not any(map(_is_period, above))


def _is_second_head(grid: Grid, start: int, at: int) -> bool:
    """Return whether a row of words or years goes on with the heading: no new name stands at its left side.

    Years below words head them only where a word spans several of them; one year under each word is a row of counts.
    """
    first = grid.rows[at][0]
    if kind_of(grid.rows[at]) == "years" and not first.blank:
        years = [column for column, cell in anchors(grid.rows[at]) if _YEAR.fullmatch(cell.words)]
        above = [grid.rows[at - 1][column].words for column in years]
        if all(text and not _is_period(text) for text in above) and len(set(above)) == len(above) > 1:
            return False
    if first.blank or any(grid.rows[above][0] is first for above in range(start, at)):
        return True
    names = [grid.rows[row][0] for row in range(start, at)]
    if all(cell.blank for cell in names):
        return not is_figure(first.words) or _is_period(first.words)
    return any(cell.words == first.words for cell in names)


def _body_end(grid: Grid, kinds: Sequence[Kind], heads: tuple[int, ...], start: int) -> int:
    """Return the row where the table ends: a new heading, or the end of the grid."""
    at = start
    while at < len(grid.rows):
        if kinds[at] in ("head", "years") and at > start and _new_heading(grid, kinds, heads, at):
            return at
        at += 1
    return at


def _new_heading(grid: Grid, kinds: Sequence[Kind], heads: tuple[int, ...], at: int) -> bool:
    """Return whether a row inside a table begins another one, or repeats its heading."""
    row = grid.rows[at]
    texts = [cell.words for column, cell in anchors(row) if column > 0]
    if any(texts == [cell.words for column, cell in anchors(grid.rows[head]) if column > 0] for head in heads):
        return True
    apart = kinds[at - 1] in ("blank", "solo")
    widest = max(sum(column > 0 for column, _ in anchors(grid.rows[head])) for head in heads)
    if len(texts) == 1 and widest > 1 and not apart:
        return False
    below = next((kind for kind in kinds[at + 1 :] if kind != "blank"), None)
    if kinds[at] == "years":
        years = [int(text) for text in texts if _YEAR.fullmatch(text)]
        rest = [text for text in texts if not _YEAR.fullmatch(text)]
        rising = len(years) > 1 and all(b - a == 1 for a, b in itertools.pairwise(years))
        return apart and rising and all(_is_period(text) for text in rest)
    timely = [text for text in texts if part_of(text) is not None]
    if len(timely) * 2 > len(texts) and any(not isinstance(part_of(text), AllOf) for text in timely):
        return True
    return apart and len(texts) > 0 and below in ("body", "years", "solo")


def _blocks(grid: Grid, kinds: Sequence[Kind], start: int, end: int, stop: int, titles: Sequence[int]) -> list[Block]:
    """Return the table below one heading, or the tables that stand side by side below it."""
    heads = tuple(range(start, end))
    body = tuple(row for row in range(end, stop) if kinds[row] not in ("blank", "solo"))
    if not body:
        return []
    title = " | ".join(filter(_names_a_table, (anchors(grid.rows[row])[0][1].words for row in titles)))
    found = []
    parts = columns_of(grid, heads, body)
    for part in parts:
        if not part.data:
            continue
        labels, data = tuple(part.labels), tuple(part.data)
        times = tuple(column for column in labels if _names_time(grid, heads, body, column))
        sections, unsure = _sections(grid, kinds, end, stop, labels, data)
        rows = tuple(
            row
            for row in range(end, stop)
            if any(not grid.rows[row][column].blank for column in (*labels, *data))
            and (row in unsure or not _is_section(grid.rows[row], labels, data))
        )
        found.append(Block(heads, rows, labels, times, data, title, sections, unsure, frozenset(part.doubtful)))
    return found


def _names_a_table(text: str) -> bool:
    """Return whether a line above a table is its title: no sentence, and no sign with its meaning."""
    return not text.endswith(".") and not text.startswith("[") and len(text) <= 200


@dataclass
class Columns:
    """The columns of one table: those that name rows, those that hold figures, and those of them that are doubtful."""

    labels: list[int] = field(default_factory=list)
    data: list[int] = field(default_factory=list)
    doubtful: list[int] = field(default_factory=list)


def columns_of(grid: Grid, heads: Sequence[int], body: Sequence[int]) -> list[Columns]:
    """Return the columns of each table that stands below the headings, from left to right.

    A table begins again where words follow an empty column on its right. It also begins again where the headings there
    repeat those on the left. Other words between figures are notes, or make the figures right of them doubtful.
    """
    found = [Columns()]
    gap = after_words = False
    last_name = max((at for at in range(grid.width) if head_of(grid, heads, at).casefold() == "counted"), default=-1)
    for column in range(grid.width):
        head = [grid.rows[row][column].words for row in heads if grid.rows[row][column].words]
        held = [cell.words for row in body if not (cell := grid.rows[row][column]).blank]
        if not head and not held:
            gap = True
            continue
        timely = any(isinstance(part_of(text), PeriodSpan | MonthsOf | QuarterOf | AllOf) for text in head)
        figures = [text for text in held if is_figure(text)]
        numbered = [text for text in held if _NUMBERED.fullmatch(text)]
        marked = bool(head and held and found[-1].labels) and all(map(_SHORTHAND.fullmatch, held))
        wordy = bool(held) and not marked and (2 * len(figures) < len(held) or not any(map(holds_digits, figures)))
        names = bool(head) and _names_rows(head[-1])
        now = found[-1]
        named = wordy and not timely and 2 * len(numbered) < len(held)
        if now.data and (named or names) and (gap or _heads_again(grid, heads, now.data, column)):
            now = Columns()
            found.append(now)
            after_words = False
        first = (column == 0 and wordy) or (not timely and (not now.labels or wordy or names))
        if column <= last_name or (not now.data and first):
            now.labels.append(column)
        elif timely or not wordy or any(map(holds_digits, figures)) or 2 * len(numbered) >= len(held):
            now.data.append(column)
            if after_words:
                now.doubtful.append(column)
        elif held:
            after_words = after_words or not (head and _NOTES.fullmatch(head[-1]))
        gap = False
    return found


def _heads_again(grid: Grid, heads: Sequence[int], data: Sequence[int], column: int) -> bool:
    """Return whether the columns right of `column` are headed as the figures on its left are."""
    left = [tuple(grid.rows[row][at].words for row in heads) for at in data]
    right = [tuple(grid.rows[row][at].words for row in heads) for at in range(column + 1, grid.width)]
    lowest = [text[-1:] for text in left]
    return any(text in left for text in right if any(text)) or (
        len(heads) > 1 and any(text[-1:] in lowest for text in right if text[-1])
    )


def _names_rows(head: str) -> bool:
    bare = head.replace("_", " ")
    return _NAMES_ROWS.fullmatch(bare) is not None or _TIME.fullmatch(bare) is not None


def time_text(head: str, text: str) -> str:
    """Return what a cell of a time column says: a bare 1 to 4 under "quarter" is that quarter."""
    quarter = re.fullmatch(r"(?:.* )?(?:quarters?|qtrs?)", head.replace("_", " "), re.IGNORECASE)
    return f"Q{text}" if quarter and text in ("1", "2", "3", "4") else text


def head_of(grid: Grid, heads: Sequence[int], column: int) -> str:
    """Return the lowest heading over a column."""
    return next((grid.rows[row][column].words for row in reversed(heads) if grid.rows[row][column].words), "")


def _names_time(grid: Grid, heads: Sequence[int], body: Sequence[int], column: int) -> bool:
    """Return whether a column names the periods of its rows."""
    head = head_of(grid, heads, column)
    held = [time_text(head, cell.words) for row in body if not (cell := grid.rows[row][column]).blank]
    parts = [part_of(text) for text in held]
    times = [part for part in parts if isinstance(part, PeriodSpan | MonthsOf | QuarterOf)]
    if not times:
        return _DATED.fullmatch(head) is not None and any(map(holds_digits, held))
    whole = all(part is not None for part in parts)
    if _TIME.fullmatch(head.replace("_", " ")):
        return True
    bare = all(_YEAR.fullmatch(text) for text, part in zip(held, parts, strict=True) if isinstance(part, PeriodSpan))
    if bare and any(isinstance(part, PeriodSpan) for part in parts):
        years = [part.first.year for part in times if isinstance(part, PeriodSpan)]
        return whole and len(years) > 1 and all(b - a == 1 for a, b in itertools.pairwise(years))
    return whole


def _is_section(row: Sequence[Cell], labels: Sequence[int], data: Sequence[int]) -> bool:
    named = [column for column in labels if not row[column].blank]
    return bool(named) and all(row[column].blank or row[column] is row[named[0]] for column in data)


def _sections(
    grid: Grid, kinds: Sequence[Kind], start: int, stop: int, labels: Sequence[int], data: Sequence[int]
) -> tuple[dict[int, str], tuple[int, ...]]:
    """Return the section heading above each row, and the rows without figures that may be headings or may be blank.

    A row that names something and holds no figure is a heading where no other row leaves a place blank, where it spans
    the table, or where the names below it come again in another section. Else nobody can know, and it is said.
    """
    bare = [at for at in range(start, stop) if kinds[at] != "blank" and _is_section(grid.rows[at], labels, data)]
    figures = [at for at in range(start, stop) if kinds[at] != "blank" and at not in bare]
    gaps = any(grid.rows[at][column].blank for at in figures for column in data)
    names = [tuple(grid.rows[at][column].words for column in labels) for at in figures]
    again = len(set(names)) < len(names)
    found: dict[int, str] = {}
    unsure: list[int] = []
    current = ""
    for at in range(start, stop):
        if at in bare:
            cell = next(grid.rows[at][column] for column in labels if not grid.rows[at][column].blank)
            last = not any(row > at for row in figures)
            if cell.columns > 1 or cell.heading or again or not gaps:
                current = current if last else cell.words
            else:
                unsure.append(at)
        found[at] = current
    return found, tuple(unsure)


@lru_cache(maxsize=10_000)
def names_a_total(label: str) -> bool:
    """Return whether a row's name says that it adds up others."""
    return _TOTAL.fullmatch(label.strip()) is not None
