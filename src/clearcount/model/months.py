"""Months and the periods that tables are made of."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Columns = Literal["week", "month", "quarter", "year", "financial-year"]
COLUMNS: tuple[Columns, ...] = ("week", "month", "quarter", "year", "financial-year")
TOTAL = "total"
"""The label of a margin, in rows and in periods."""

_MONTH = re.compile(r"^(\d{4})-(\d{2})$")
_LONG_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month. `str(month)` is `2023-01`."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1 <= self.month <= 12 and 1 <= self.year <= 9999):
            raise ValueError(f"no such month: {self.year}-{self.month}")

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def spoken(self) -> str:
        """`Jan 2023`."""
        return f"{_NAMES[self.month - 1]} {self.year}"

    @property
    def first_day(self) -> date:
        """The month's first day."""
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        """The month's last day."""
        return date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    def next(self) -> Month:
        """Return the month after this one."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @classmethod
    def parse(cls, text: str) -> Month:
        """Return the month that `2023-01` names. Raises ValueError for anything else."""
        if not (match := _MONTH.match(text)):
            raise ValueError(f"{text!r} is not a month; write it like 2023-01")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> Month:
        """Return the month in which `day` lies."""
        return cls(day.year, day.month)


def month_range(first: Month, last: Month) -> Iterator[Month]:
    """Yield every month from `first` to `last`, both included; nothing when `last` comes first."""
    while first <= last:
        yield first
        first = first.next()


@dataclass(frozen=True)
class Period:
    """One stretch of days: its label (`2023-01`, `2023-Q1`, `2023`, `2023/24`, `2023-W05`) and its months.

    `start` and `end` are its first and last day where it does not consist of whole months; None where it does.
    """

    label: str
    months: tuple[Month, ...]
    start: date | None = None
    end: date | None = None

    def __hash__(self) -> int:
        return hash(self.label)  # a period is the key of many cells

    @property
    def first_day(self) -> date:
        """The first day that counts."""
        return self.start or self.months[0].first_day

    @property
    def last_day(self) -> date:
        """The last day that counts."""
        return self.end or self.months[-1].last_day

    @property
    def is_week(self) -> bool:
        """Whether it is a week, which is cut by days and not by months."""
        return "-W" in self.label

    @property
    def pieces(self) -> tuple[str, ...]:
        """Its finest parts: each month, and for a month of which some days count, those days."""
        if self.is_week:
            return (self.label,)
        found = []
        for month in self.months:
            first, last = max(month.first_day, self.first_day), min(month.last_day, self.last_day)
            whole = (first, last) == (month.first_day, month.last_day)
            found.append(str(month) if whole else f"{first}..{last}")
        return tuple(found)

    @property
    def is_cut(self) -> bool:
        """Whether it counts only some days of its first or last month."""
        return (self.first_day, self.last_day) != (self.months[0].first_day, self.months[-1].last_day)

    @property
    def spoken(self) -> str:
        """`Jan 2023`, `Jan–Mar 2023` for a quarter, `2023` or `2023/24`; a part of a month or year says which.

        A quarter is named by its months, because the first quarter of a force's year is often not January's.
        """
        first, last = self.months[0], self.months[-1]
        if self.is_week:
            return f"week of {spoken_day(self.first_day)}"
        if self.is_cut:
            days = spoken_days(self.first_day, self.last_day)
            is_short = "Q" in self.label or (len(self.months) == 1 and self.label[4:5] == "-")
            return days if is_short else f"{self.label} ({days})"
        if len(self.months) == 1 and self.label[4:5] == "-":
            return first.spoken
        names = first.spoken[:3] if first == last else f"{first.spoken[:3]}–{last.spoken[:3]}"
        if "Q" in self.label:
            return f"{names} {first.year}"
        return self.label if len(self.months) == 12 else f"{self.label} ({names})"


def spoken_day(day: date) -> str:
    """Return `6 April 2023`, whatever the machine's locale."""
    return f"{day.day} {_LONG_NAMES[day.month - 1]} {day.year}"


def spoken_days(first: date, last: date) -> str:
    """Return `6 to 30 April 2023`, as short as it can be said."""
    if first == last:
        return spoken_day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {spoken_day(last)}"
    start = spoken_day(first) if first.year != last.year else f"{first.day} {_LONG_NAMES[first.month - 1]}"
    return f"{start} to {spoken_day(last)}"


def spoken_span(first: date, last: date) -> str:
    """Return `Jan 2023 to Jun 2025` for whole months, else `6 April 2023 to 5 April 2024`."""
    start, end = Month.of(first), Month.of(last)
    if (first, last) == (start.first_day, end.last_day):
        return f"{start.spoken} to {end.spoken}"
    return spoken_days(first, last)


def period_label(month: Month, columns: Columns) -> str:
    """Return the label of the period in which `month` lies. Financial years start on 1 April."""
    if columns == "month":
        return str(month)
    if columns == "quarter":
        return f"{month.year:04d}-Q{(month.month + 2) // 3}"
    if columns == "year":
        return f"{month.year:04d}"
    start = month.year if month.month >= 4 else month.year - 1
    return f"{start:04d}/{(start + 1) % 100:02d}"


def periods(first: Month, last: Month, columns: Columns) -> tuple[Period, ...]:
    """Return the periods that cover `first` to `last`, in order; the outer ones may hold only a part of their
    months.
    """
    return spans(first.first_day, last.last_day, columns)


def spans(first: date, last: date, columns: Columns) -> tuple[Period, ...]:
    """Return the periods that cover the days `first` to `last`, in order; the outer ones may be cut."""
    if columns == "week":
        return tuple(_weeks(first, last))
    grouped: dict[str, list[Month]] = {}
    for month in month_range(Month.of(first), Month.of(last)):
        grouped.setdefault(period_label(month, columns), []).append(month)
    found = []
    for label, months in grouped.items():
        start = first if months[0].first_day < first else None
        end = last if months[-1].last_day > last else None
        found.append(Period(label, tuple(months), start, end))
    return tuple(found)


def _weeks(first: date, last: date) -> Iterator[Period]:
    """Weeks run from Monday to Sunday (ISO 8601) and carry the ISO year's label."""
    monday = first - timedelta(days=first.weekday())
    while monday <= last:
        year, week, _ = monday.isocalendar()
        start, end = max(monday, first), min(monday + timedelta(days=6), last)
        months = tuple(month_range(Month.of(start), Month.of(end)))
        yield Period(f"{year:04d}-W{week:02d}", months, start, end)
        monday += timedelta(days=7)
