"""Headings of one table that may be read in two ways, settled by all of them together."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import timedelta

from clearcount.collate.periods import PeriodSpan, months


def settle(spans: Iterable[PeriodSpan]) -> str:
    """Return how the doubtful headings of one table ("2009-10") are to be read: "month", "year", or "" for unknown.

    A month beside them that cannot be a financial year decides for months, a financial year that cannot be a month for
    years. Where all are doubtful, steps of one year mean financial years: as months they would lie 13 months apart.
    """
    held = list(dict.fromkeys(spans))
    doubtful = sorted({span.first.year for span in held if span.doubtful})
    if not doubtful:
        return "year"
    plain = [span for span in held if not span.doubtful]
    months_beside = any(span.label == f"{span.first:%Y-%m}" for span in plain)
    years_beside = any(span.year == "financial" for span in plain)
    if months_beside != years_beside:
        return "month" if months_beside else "year"
    if months_beside:
        return ""
    return "year" if len(doubtful) > 1 and all(b - a == 1 for a, b in itertools.pairwise(doubtful)) else ""


def as_month(span: PeriodSpan) -> PeriodSpan:
    """Return the month that a doubtful heading may be: 2009-10 is October 2009."""
    month = span.last.year % 100
    return months((span.first.year, month), (span.first.year, month))


def days_as_months(spans: Iterable[PeriodSpan]) -> bool:
    """Return whether days are names of months: all are first days, or all last days, of different months."""
    held = list(dict.fromkeys(spans))
    days = [span.first for span in held if span.first == span.last]
    if len(days) < 2 or len(days) != len(held):
        return False
    first = all(day.day == 1 for day in days)
    last = all((day + timedelta(days=1)).day == 1 for day in days)
    return (first or last) and len({(day.year, day.month) for day in days}) == len(days)


def month_of_day(span: PeriodSpan) -> PeriodSpan:
    """Return the whole month of a day."""
    at = (span.first.year, span.first.month)
    return months(at, at)
