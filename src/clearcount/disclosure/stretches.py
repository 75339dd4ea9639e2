"""Stretches of days as leaves of a document: whole months are `2024-03`, others `2024-04-06..2024-04-30`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import TypeAlias

from clearcount.model.months import Month

Days: TypeAlias = tuple[date, date]
"""The first and the last day."""
_MONTH = re.compile(r"^(\d{4})-(\d{2})$")
_SPAN = re.compile(r"^(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})$")


def days_of(leaf: str) -> Days | None:
    """Return the days that a leaf names, None where it names none."""
    try:
        if _MONTH.match(leaf):
            month = Month.parse(leaf)
            return month.first_day, month.next().first_day - timedelta(days=1)
        if span := _SPAN.match(leaf):
            return date.fromisoformat(span[1]), date.fromisoformat(span[2])
    except ValueError:
        return None
    return None


def leaf_of(days: Days) -> str:
    """Return the name of a stretch of days."""
    month = Month.of(days[0])
    if days == (month.first_day, month.next().first_day - timedelta(days=1)):
        return str(month)
    return f"{days[0]}..{days[1]}"


def segments(stretches: Iterable[Days]) -> list[Days]:
    """Return the finest stretches that the given ones are made of, in order: none crosses an end or a month's end."""
    given = list(stretches)
    edges = {first for first, _ in given} | {last + timedelta(days=1) for _, last in given}
    for first, last in given:
        month = Month.of(first).next()
        while month.first_day <= last:
            edges.add(month.first_day)
            month = month.next()
    order = sorted(edges)
    found = []
    for first, after in pairwise(order):
        last = after - timedelta(days=1)
        if any(start <= first and last <= end for start, end in given):
            found.append((first, last))
    return found


def inside(days: Days, finest: Iterable[Days]) -> tuple[str, ...]:
    """Return the names of the segments within a stretch."""
    return tuple(leaf_of((first, last)) for first, last in finest if days[0] <= first and last <= days[1])


def meanings(leaves: Iterable[str], finest: list[Days]) -> Mapping[str, frozenset[str]]:
    """Return for each leaf that names days the segments that it is made of."""
    return {leaf: frozenset(inside(days, finest)) for leaf in leaves if (days := days_of(leaf))}
