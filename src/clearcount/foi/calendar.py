"""Working days of the Freedom of Information Act 2000.

Section 10(6) takes out of the working days: Saturdays, Sundays, Christmas Day and Good Friday. It also takes out each
bank holiday under the Banking and Financial Dealings Act 1971 in any part of the United Kingdom. So a holiday of one
nation is not a working day anywhere. Privilege days and office closures are working days.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from typing import Any

from clearcount import data
from clearcount.errors import CalendarError

FILE = "bank_holidays.json"
DIVISIONS = {
    "england-and-wales": "England and Wales",
    "scotland": "Scotland",
    "northern-ireland": "Northern Ireland",
}
"""GOV.UK's names of the divisions and ours."""

_FEWEST = 8
"""No division has had fewer bank holidays in a year since 1978; a year with fewer was cut."""

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """The bank holidays of every nation from `first` to `last`: for each day, what it is called in which nation.

    `kept` are days that GOV.UK's file is known to lack (proclaimed late); an update does not drop them.
    """

    first: date
    last: date
    days: Mapping[date, Mapping[str, str]]
    source: str
    kept: frozenset[date] = frozenset()

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the days and the range, in hexadecimal."""
        plain = [[day.isoformat(), dict(sorted(self.days[day].items()))] for day in sorted(self.days)]
        text = json.dumps([self.first.isoformat(), self.last.isoformat(), plain], ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def snapshot(self) -> str:
        """One line that names this table: its range, source and digest."""
        return f"bank holidays {self.first} to {self.last}, {self.source}, sha256 {self.digest[:16]}"

    def why_not(self, day: date) -> str:
        """Return why `day` is not a working day, with the nations concerned; empty for a working day.

        Raises:
            CalendarError: when `day` lies outside the table.
        """
        if not self.first <= day <= self.last:
            raise CalendarError(
                f"{day} lies outside the bank-holiday table ({self.first} to {self.last}); "
                "take newer holidays with: clearcount calendar update FILE"
            )
        if day.weekday() >= 5:
            return "Sunday" if day.weekday() == 6 else "Saturday"
        nations: dict[str, list[str]] = {}
        for nation, title in self.days.get(day, {}).items():
            nations.setdefault(title, []).append(nation)
        return "; ".join(f"{title} ({', '.join(sorted(where))})" for title, where in nations.items())

    def is_working(self, day: date) -> bool:
        """Return whether `day` is a working day anywhere in the United Kingdom's sense. Raises CalendarError."""
        return not self.why_not(day)

    def working_days(self, first: date, last: date) -> int:
        """Return how many working days lie from `first` to `last`, both included; 0 when `last` comes first."""
        return sum(self.is_working(day) for day in days_between(first, last))

    def updated(self, newer: Calendar) -> Calendar:
        """Return this table with the years that `newer` covers taken from `newer`; days in `kept` stay.

        Raises:
            CalendarError: when years between the two would be missing.
        """
        if newer.first > self.last + _ONE_DAY:
            raise CalendarError(
                f"the new holidays begin on {newer.first}, but the table ends on {self.last}; "
                "take the years between too"
            )
        days = {day: titles for day, titles in self.days.items() if not newer.first <= day <= newer.last}
        days |= newer.days
        for day in self.kept:
            days[day] = {**self.days[day], **days.get(day, {})}
        first, last = min(self.first, newer.first), max(self.last, newer.last)
        source = (
            self.source if days == self.days and last == self.last else f"{self.source}; updated from {newer.source}"
        )
        return Calendar(first, last, dict(sorted(days.items())), source, self.kept)

    def to_mapping(self) -> dict[str, object]:
        """Return plain values that `from_mapping` reads back."""
        return {
            "source": self.source,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "proclaimed": [{"date": day.isoformat()} for day in sorted(self.kept)],
            "days": [[day.isoformat(), dict(titles)] for day, titles in sorted(self.days.items())],
        }

    @classmethod
    def from_mapping(cls, raw: Any) -> Calendar:
        """Return the table that `to_mapping` wrote.

        Raises:
            CalendarError: when it is not one.
        """
        try:
            days = {date.fromisoformat(day): {str(n): str(t) for n, t in titles.items()} for day, titles in raw["days"]}
            kept = frozenset(date.fromisoformat(entry["date"]) for entry in raw["proclaimed"])
            first, last = date.fromisoformat(raw["first"]), date.fromisoformat(raw["last"])
            source = str(raw["source"])
        except (KeyError, TypeError, ValueError, AttributeError):
            raise CalendarError(
                "this is not a bank-holiday table; make one with: clearcount calendar update FILE"
            ) from None
        if not days or not kept <= set(days) or not (first <= min(days) and max(days) <= last):
            raise CalendarError("the bank-holiday table does not fit its own range; take the holidays again")
        return cls(first, last, days, source, kept)


@cache
def packaged_calendar() -> Calendar:
    """Return the table that travels in the package: GOV.UK's days and later proclamations, with source and horizon."""
    raw = data.read_json(FILE)
    return Calendar.from_mapping({**raw, "source": f"{raw['source']}, taken {raw['taken']}"})


def parse_govuk(raw: Any) -> Calendar:
    """Return the bank holidays in the JSON of https://www.gov.uk/bank-holidays.json, whole years only.

    Raises:
        CalendarError: when a division is missing, a date is wrong, or a year looks cut (fewer than eight days).
    """
    days: dict[date, dict[str, str]] = {}
    years: list[set[int]] = []
    if not isinstance(raw, Mapping) or not set(DIVISIONS) <= set(raw):
        raise CalendarError(
            f"the file lacks a division of {', '.join(DIVISIONS)}; take https://www.gov.uk/bank-holidays.json as it is"
        )
    for division, nation in DIVISIONS.items():
        counted: dict[int, int] = {}
        for day, title in _events(raw[division], division):
            counted[day.year] = counted.get(day.year, 0) + 1
            days.setdefault(day, {})[nation] = title
        if cut := sorted(year for year, number in counted.items() if number < _FEWEST):
            raise CalendarError(f"{division} {cut[0]} has fewer than {_FEWEST} bank holidays; the file looks cut")
        years.append(set(counted))
    if not years[0] or years.count(years[0]) != len(years) or years[0] != set(range(min(years[0]), max(years[0]) + 1)):
        raise CalendarError("the divisions do not cover the same unbroken years; take the whole file from GOV.UK")
    first, last = date(min(years[0]), 1, 1), date(max(years[0]), 12, 31)
    return Calendar(first, last, dict(sorted(days.items())), f"GOV.UK bank holidays {first.year} to {last.year}")


def _events(division: Any, name: str) -> Iterator[tuple[date, str]]:
    try:
        for event in division["events"]:
            notes = str(event.get("notes", "")).strip()
            yield date.fromisoformat(event["date"]), str(event["title"]) + (f", {notes.lower()}" if notes else "")
    except (KeyError, TypeError, ValueError, AttributeError):
        raise CalendarError(
            f"{name} holds an entry without a title or a date like 2026-12-25; take the file from GOV.UK as it is"
        ) from None


def working_day_after(day: date, number: int, calendar: Calendar) -> date:
    """Return the working day that is `number` (1 and more) working days after `day`.

    Raises:
        CalendarError: when a day needed lies outside the bank-holiday table.
    """
    while number:
        day += timedelta(days=1)
        number -= calendar.is_working(day)
    return day


def days_between(first: date, last: date) -> Iterator[date]:
    """Yield every calendar day from `first` to `last`, both included."""
    while first <= last:
        yield first
        first += _ONE_DAY
