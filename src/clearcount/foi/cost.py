"""The cost limit of section 12 and when requests are added together.

The source is the Freedom of Information and Data Protection (Appropriate Limit and Fees) Regulations 2004 (SI
2004/3244). Regulation 3: the appropriate limit is £450 for a police force, and £600 for a body of Schedule 1 Part I of
the Act. Regulation 4(3): the authority may count four activities only. It determines whether it holds the information,
locates it, retrieves it, and extracts it from a document. Regulation 4(4): each person's time counts at £25 an hour.
Regulation 5: the costs of several requests may be added together under three conditions. They come from one person, or
from several who act in concert or in pursuance of a campaign. They ask to any extent for the same or similar
information. They are received within any period of sixty consecutive working days. Redaction, considering exemptions,
consulting and the public interest test may not be counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from fractions import Fraction
from math import isfinite
from typing import Literal, get_args

from clearcount.errors import RequestError
from clearcount.foi.calendar import Calendar, packaged_calendar
from clearcount.foi.deadline import LONDON, local_date

Activity = Literal["determining", "locating", "retrieving", "extracting"]
"""The four activities of regulation 4(3); nothing else may be counted."""

ACTIVITIES: tuple[Activity, ...] = get_args(Activity)
WINDOW = 60
"""Consecutive working days, regulation 5(2)(b)."""


@dataclass(frozen=True)
class Limit:
    """An appropriate limit in pounds, the hourly rate, and the day from which both apply."""

    since: date
    pounds: int
    rate: int

    @property
    def hours(self) -> Fraction:
        """The hours that the limit buys."""
        return Fraction(self.pounds, self.rate)


LIMITS = (Limit(date(2005, 1, 1), 450, 25),)
"""What has applied to police forces, the oldest first (SI 2004/3244 regulations 3(3) and 4(4))."""


@dataclass(frozen=True)
class CostedWork:
    """One line of an estimate: a countable activity, how many records at how many minutes, and how that was found."""

    activity: Activity
    records: int
    minutes: float
    method: str = ""

    def __post_init__(self) -> None:
        if self.activity not in ACTIVITIES:
            raise RequestError(
                f"{str(self.activity)[:40]!r} may not be counted towards the cost limit "
                f"(SI 2004/3244 regulation 4(3)); "
                f"use {', '.join(ACTIVITIES)}"
            )
        _number(self.records, "records")
        _number(self.minutes, "minutes")

    @property
    def hours(self) -> Fraction:
        """Exact hours."""
        return Fraction(self.records) * Fraction(str(self.minutes)) / 60


@dataclass(frozen=True)
class Cost:
    """An estimate against the limit: `exceeds` is true when the cost is above it, not when it is equal."""

    hours: Fraction
    limit: Limit
    lines: tuple[CostedWork, ...] = ()

    @property
    def cost(self) -> Fraction:
        """Pounds."""
        return self.hours * self.limit.rate

    @property
    def exceeds(self) -> bool:
        """Whether section 12(1) applies: the cost would exceed the appropriate limit."""
        return self.cost > self.limit.pounds

    def as_dict(self) -> dict[str, float | int | bool]:
        """Return `{"hours", "limit_hours", "cost", "limit", "exceeds"}`, money in pounds."""
        return {
            "hours": _plain(self.hours),
            "limit_hours": _plain(self.limit.hours),
            "cost": _plain(self.cost),
            "limit": self.limit.pounds,
            "exceeds": self.exceeds,
        }


def cost(records: int, minutes: float, other_hours: float = 0, *, on: date | None = None) -> Cost:
    """Return what reading `records` records at `minutes` each costs, with `other_hours` for the other countable
    activities.

    `on` chooses the limit of that day; the newest without it.

    Raises:
        RequestError: for a number that is negative or not finite, or a day before the Act.
    """
    other = Fraction(str(_number(other_hours, "other hours")))
    work = CostedWork("extracting", records, minutes, "records times minutes")
    return Cost(work.hours + other, limit_on(on), (work,))


def estimate(lines: Sequence[CostedWork], *, on: date | None = None) -> Cost:
    """Return the cost of several countable activities together."""
    return Cost(sum((line.hours for line in lines), Fraction(0)), limit_on(on), tuple(lines))


def minutes_from_sample(minutes: Sequence[float]) -> float:
    """Return the mean minutes a record took in a timed sample, on which an estimate may rest; at least one record.

    Raises:
        RequestError: for an empty sample or a time that is negative or not finite.
    """
    if not minutes:
        raise RequestError("the timed sample is empty; time at least one record")
    return float(sum(Fraction(str(_number(each, "minutes"))) for each in minutes) / len(minutes))


def limit_on(day: date | None) -> Limit:
    """Return the limit that applies on `day`, the newest for None. Raises RequestError for a day before the Act
    began.
    """
    applicable = [limit for limit in LIMITS if day is None or limit.since <= day]
    if not applicable:
        raise RequestError(f"{day} is before 1 January 2005, when the Act came into force; mend the date")
    return applicable[-1]


def aggregate(
    first: date | datetime | str,
    second: date | datetime | str,
    *,
    calendar: Calendar | None = None,
    zone: tzinfo = LONDON,
) -> bool:
    """Return whether two requests were received within sixty consecutive working days, whichever came first.

    Both days of receipt are counted. Whether they come from one person or in concert, and are alike, is for the
    officer to judge.

    Raises:
        RequestError, CalendarError: for a day that cannot be read or lies outside the bank-holiday table.
    """
    days = sorted((local_date(first, "first", zone), local_date(second, "second", zone)))
    return (calendar or packaged_calendar()).working_days(*days) <= WINDOW


def _number(value: float, what: str) -> float:
    if not isfinite(value) or value < 0:
        raise RequestError(f"{what}: {value} is not a number of 0 or more; mend it")
    return value


def _plain(value: Fraction) -> float | int:
    return int(value) if value.denominator == 1 else float(value)
