"""Every printed total added again from the cells that are printed beside it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from clearcount.collate.lines import Line
from clearcount.collate.structure import names_a_total
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


def check_totals(lines: Sequence[Line]) -> tuple[Mismatch, ...]:
    """Return every printed total that its printed cells cannot add up to.

    A hidden cell, and a dash that nobody explains, may be anything from 0 upwards. A blank or a cell "not applicable"
    counts as 0, because pages that print blanks leave zeros out. A total over several groups is held against the group
    totals and against all lines: one of the two has to fit.
    """
    tables: dict[tuple[str, int], list[Line]] = defaultdict(list)
    for line in lines:
        tables[line.source, line.table].append(line)
    found: list[Mismatch] = []
    for table in tables.values():
        found += _over_periods(table)
        found += _over_rows(table)
    return tuple(dict.fromkeys(found))


def _over_periods(table: Sequence[Line]) -> Iterator[Mismatch]:
    rows: dict[tuple[int, str], list[Line]] = defaultdict(list)
    for line in table:
        rows[line.place[0], "" if line.is_total and line.measure == "Total" else line.measure].append(line)
    for beside in rows.values():
        plain = [line for line in beside if not line.is_total and line.period_from]
        for total in (line for line in beside if line.is_total and line.value):
            inside = [
                line
                for line in plain
                if total.period == TOTAL
                or (total.period_from <= line.period_from and line.period_to <= total.period_to)
            ]
            finest = [
                line
                for line in inside
                if not any(
                    other is not line
                    and other.period_from >= line.period_from
                    and other.period_to <= line.period_to
                    and (other.period_from, other.period_to) != (line.period_from, line.period_to)
                    for other in inside
                )
            ]
            if len(finest) > 1:
                yield from _mismatch(total, [finest])


def _over_rows(table: Sequence[Line]) -> Iterator[Mismatch]:
    columns: dict[tuple[int, str, str], list[Line]] = defaultdict(list)
    for line in table:
        columns[line.place[1], line.measure, line.period].append(line)
    agreeing = 0
    doubtful: list[Mismatch] = []
    for below in columns.values():
        ordered = sorted(below, key=lambda line: line.place[0])
        groups = list(dict.fromkeys(line.group for line in ordered))
        sums: list[Line] = []
        for group in groups:
            held = [line for line in ordered if line.group == group]
            totals = [line for line in held if names_a_total(line.label)]
            parts = [line for line in held if not names_a_total(line.label)]
            for total in totals:
                sums.append(total)
                before = [line for line in parts if line.place[0] < total.place[0]]
                since = max((other.place[0] for other in totals if other.place[0] < total.place[0]), default=-1)
                near = [line for line in before if line.place[0] > since]
                earlier = list(sums[:-1])
                everything = [
                    line for line in ordered if not names_a_total(line.label) and line.place[0] < total.place[0]
                ]
                after = [line for line in parts if line.place[0] > total.place[0]]
                yield from _mismatch(total, [near or after, before, earlier, everything])
            if not totals and parts and _MAYBE.fullmatch(parts[-1].label) and len(parts) > 2:
                wrong = list(_mismatch(parts[-1], [parts[:-1]]))
                agreeing += not wrong
                doubtful += wrong
    if agreeing and doubtful:
        yield from doubtful


def _mismatch(total: Line, choices: Sequence[Sequence[Line]]) -> Iterator[Mismatch]:
    """Return the mismatch of a total against its parts, when none of the choices of parts gives it."""
    if total.kind != "count" or not total.value:
        return
    printed = int(total.value)
    first: Mismatch | None = None
    for parts in choices:
        if not parts:
            continue
        if any(part.kind not in ("count", "none") or part.unread or part.marker in ("x", "refused") for part in parts):
            return
        low = sum(int(part.value) for part in parts if part.value)
        hidden = any(_may_hide(part) for part in parts)
        if printed == low or (hidden and printed > low):
            return
        first = first or Mismatch(
            total.source, total.origin, total.label, total.period, printed, low, None if hidden else low
        )
    if first:
        yield first


def _may_hide(part: Line) -> bool:
    sign = part.marker.split("|")[0]
    return sign in ("c", "low") or (sign == "blank" and part.meaning.startswith("printed"))
