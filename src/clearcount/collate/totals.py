"""Every printed total added again from the cells that are printed beside it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from clearcount.collate.lines import Line
from clearcount.collate.structure import names_a_total
from clearcount.model.marks import is_hidden, marks_of
from clearcount.model.months import TOTAL

_MAYBE = re.compile(r"(?:all|any|overall) .{1,60}", re.IGNORECASE)


@dataclass(frozen=True)
class Mismatch:
    """A printed total that its own cells do not add up to. `low` and `high` are what the printed cells allow."""

    source: str
    origin: str
    row: str
    period: str
    printed: int
    low: int
    high: int | None


_UNFIT = frozenset(("x", "refused"))
"""Markers of a cell that no total can be held against."""


def check_totals(lines: Sequence[Line]) -> tuple[Mismatch, ...]:
    """Return every printed total that its printed cells cannot add up to.

    A suppressed cell, and a dash that nobody explains, may be anything from 0 upwards. A blank or a cell "not
    applicable" counts as 0, because pages that print blanks leave zeros out. A total over several groups is held
    against the group totals and against all lines: one of the two has to fit.
    """
    tables: dict[tuple[str, int], list[Line]] = defaultdict(list)
    for line in lines:
        tables[line.source, line.table].append(line)
    found: list[Mismatch] = []
    for table in tables.values():
        found += _over_periods(table)
        found += _over_rows(table)
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True)
class _Tally:
    """Printed cells taken together: how many, their sum, and how many hide a number or cannot be added."""

    count: int = 0
    low: int = 0
    hidden: int = 0
    unfit: int = 0

    def and_line(self, line: Line) -> _Tally:
        """Return the tally with one more cell."""
        unfit = line.kind not in ("count", "none") or line.unread or not _UNFIT.isdisjoint(marks_of(line.marker))
        low = int(line.value) if line.value and not unfit else 0
        return _Tally(self.count + 1, self.low + low, self.hidden + _may_hide(line), self.unfit + unfit)

    def without(self, first: _Tally) -> _Tally:
        """Return the tally of what was added after `first`."""
        return _Tally(
            self.count - first.count, self.low - first.low, self.hidden - first.hidden, self.unfit - first.unfit
        )


class _Column:
    """Cells below each other, so that any stretch of them is added up at once."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._places = [line.place[0] for line in lines]
        self._sums = [_Tally()]
        for line in lines:
            self._sums.append(self._sums[-1].and_line(line))

    def between(self, after: int, before: int | None = None) -> _Tally:
        """Return the tally of the cells in rows beyond `after` and, where given, above `before`."""
        end = len(self._places) if before is None else bisect_left(self._places, before)
        start = min(bisect_right(self._places, after), end)
        return self._sums[end].without(self._sums[start])


Days = tuple[str, str]


def _over_periods(table: Sequence[Line]) -> Iterator[Mismatch]:
    rows: dict[tuple[int, str], list[Line]] = defaultdict(list)
    for line in table:
        rows[line.place[0], "" if line.is_total and line.measure == "Total" else line.measure].append(line)
    lost = {line.place[0] for line in table if line.unread}  # a total over cells that were not read cannot be checked
    known: dict[frozenset[Days], dict[Days | None, tuple[Days, ...]]] = {}
    for beside in rows.values():
        plain: dict[Days, _Tally] = defaultdict(_Tally)
        for line in beside:
            if not line.is_total and line.period_from:
                days = (line.period_from, line.period_to)
                plain[days] = plain[days].and_line(line)
        parts_of = known.setdefault(frozenset(plain), {})
        for total in (line for line in beside if line.is_total and line.value):
            if total.period == TOTAL and total.place[0] in lost:
                continue
            whole = None if total.period == TOTAL else (total.period_from, total.period_to)
            if whole not in parts_of:
                parts_of[whole] = _finest(
                    days for days in plain if whole is None or (whole[0] <= days[0] and days[1] <= whole[1])
                )
            tally = _Tally()
            for days in parts_of[whole]:
                held = plain[days]
                tally = _Tally(
                    tally.count + held.count,
                    tally.low + held.low,
                    tally.hidden + held.hidden,
                    tally.unfit + held.unfit,
                )
            if tally.count > 1:
                yield from _mismatch(total, [tally])


def _finest(spans: Iterable[Days]) -> tuple[Days, ...]:
    """Return the periods in which no other one lies: years go where their months are printed."""
    found: list[Days] = []
    earliest_end = ""
    for first, last in sorted(spans, key=lambda days: (days[0], _turned(days[1])), reverse=True):
        if not earliest_end or last < earliest_end:
            found.append((first, last))
            earliest_end = last
    return tuple(reversed(found))


def _turned(day: str) -> str:
    """Return a text that sorts the other way round than the day."""
    return "".join(chr(105 - ord(sign)) for sign in day)


def _over_rows(table: Sequence[Line]) -> Iterator[Mismatch]:
    columns: dict[tuple[int, str, str], list[Line]] = defaultdict(list)
    for line in table:
        columns[line.place[1], line.measure, line.period].append(line)
    agreeing = 0
    doubtful: list[Mismatch] = []
    for below in columns.values():
        groups: dict[str, list[Line]] = defaultdict(list)
        for line in sorted(below, key=lambda line: line.place[0]):
            groups[line.group].append(line)
        everything = _Column(_parts(below))
        earlier = _Tally()
        for held in groups.values():
            parts = [line for line in held if not names_a_total(line.label)]
            column, since = _Column(parts), -1
            for total in (line for line in held if names_a_total(line.label)):
                at = total.place[0]
                near = column.between(since, at)
                near = near if near.count else column.between(at)
                yield from _mismatch(total, [near, column.between(-1, at), earlier, everything.between(-1, at)])
                earlier, since = earlier.and_line(total), at
            if len(parts) == len(held) > 2 and _MAYBE.fullmatch(parts[-1].label):
                wrong = list(_mismatch(parts[-1], [column.between(-1, parts[-1].place[0])]))
                agreeing += not wrong
                doubtful += wrong
    if agreeing and doubtful:
        yield from doubtful


def _parts(lines: Sequence[Line]) -> list[Line]:
    """Return the lines that are no totals, from top to bottom."""
    return sorted((line for line in lines if not names_a_total(line.label)), key=lambda line: line.place[0])


def _mismatch(total: Line, choices: Sequence[_Tally]) -> Iterator[Mismatch]:
    """Return the mismatch of a total against its parts, when none of the choices of parts gives it."""
    if total.kind != "count" or not total.value:
        return
    printed = int(total.value)
    first: Mismatch | None = None
    for parts in choices:
        if not parts.count:
            continue
        if parts.unfit:
            return
        hidden = parts.hidden > 0
        if printed == parts.low or (hidden and printed > parts.low):
            return
        high = None if hidden else parts.low
        first = first or Mismatch(total.source, total.origin, total.label, total.period, printed, parts.low, high)
    if first:
        yield first


def _may_hide(part: Line) -> bool:
    blank = "blank" in marks_of(part.marker) and part.meaning.startswith("printed")
    return blank or is_hidden(part.marker)
