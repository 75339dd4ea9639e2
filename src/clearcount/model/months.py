"""Months and the periods that tables are made of."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

Columns = Literal["month", "quarter", "year", "financial-year"]
COLUMNS: tuple[Columns, ...] = ("month", "quarter", "year", "financial-year")
TOTAL = "total"
"""The label of a margin, in rows and in periods."""

_MONTH = re.compile(r"^(\d{4})-(\d{2})$")
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
        """The month after this one."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @classmethod
    def parse(cls, text: str) -> Month:
        """The month that `2023-01` names. Raises ValueError for anything else."""
        if not (match := _MONTH.match(text)):
            raise ValueError(f"{text!r} is not a month; write it like 2023-01")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> Month:
        """The month in which `day` lies."""
        return cls(day.year, day.month)


def month_range(first: Month, last: Month) -> Iterator[Month]:
    """Every month from `first` to `last`, both included; nothing when `last` comes first."""
    while first <= last:
        yield first
        first = first.next()


@dataclass(frozen=True)
class Period:
    """One column of a table: its label (`2023-01`, `2023-Q1`, `2023`, `2023/24`) and the months of the scope in it."""

    label: str
    months: tuple[Month, ...]

    def __hash__(self) -> int:
        return hash(self.label)  # a period is the key of many cells

    @property
    def spoken(self) -> str:
        """`Jan 2023`, `Jan–Mar 2023` for a quarter, `2023` or `2023/24`; a year of which a part counts says which.

        A quarter is named by its months, because the first quarter of a force's year is often not January's.
        """
        first, last = self.months[0], self.months[-1]
        if len(self.months) == 1 and self.label[4:5] == "-":
            return first.spoken
        names = first.spoken[:3] if first == last else f"{first.spoken[:3]}–{last.spoken[:3]}"
        if "Q" in self.label:
            return f"{names} {first.year}"
        return self.label if len(self.months) == 12 else f"{self.label} ({names})"


def period_label(month: Month, columns: Columns) -> str:
    """The label of the period in which `month` lies. Financial years start on 1 April."""
    if columns == "month":
        return str(month)
    if columns == "quarter":
        return f"{month.year:04d}-Q{(month.month + 2) // 3}"
    if columns == "year":
        return f"{month.year:04d}"
    start = month.year if month.month >= 4 else month.year - 1
    return f"{start:04d}/{(start + 1) % 100:02d}"


def periods(first: Month, last: Month, columns: Columns) -> tuple[Period, ...]:
    """The periods that cover `first` to `last`, in order; the outer ones may hold only a part of their months."""
    grouped: dict[str, list[Month]] = {}
    for month in month_range(first, last):
        grouped.setdefault(period_label(month, columns), []).append(month)
    return tuple(Period(label, tuple(months)) for label, months in grouped.items())
