"""Bank holidays by rule: a second way to compute the packaged table, from the Act and the proclamations alone.

Banking and Financial Dealings Act 1971, Schedule 1; St Andrew's Day Bank Holiday (Scotland) Act 2007; early May, New
Year in England and Wales, and every moved or extra day by royal proclamation under section 1(2), (3) and (5).
Right for 2012 to 2028, as proclaimed by 22 November 2026.
"""

from __future__ import annotations

from datetime import date, timedelta

ENGLAND, SCOTLAND, IRELAND = "England and Wales", "Scotland", "Northern Ireland"
NATIONS = (ENGLAND, SCOTLAND, IRELAND)

MOVED = {(2020, "early may"): date(2020, 5, 8), (2012, "spring"): date(2012, 6, 4), (2022, "spring"): date(2022, 6, 2)}
EXTRA = (
    (date(2012, 6, 5), NATIONS),  # diamond jubilee
    (date(2022, 6, 3), NATIONS),  # platinum jubilee
    (date(2022, 9, 19), NATIONS),  # state funeral
    (date(2023, 5, 8), NATIONS),  # coronation
    (date(2026, 6, 15), (SCOTLAND,)),  # World Cup; proclaimed 4 February 2026
)


def easter(year: int) -> date:
    """Easter Sunday (Meeus, Jones, Butcher)."""
    century, rest = divmod(year, 100)
    golden = year % 19
    skipped = century // 4
    moon = (19 * golden + century - skipped - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return date(year, month, day + 1)


def first_monday(year: int, month: int) -> date:
    """The first Monday of a month."""
    start = date(year, month, 1)
    return start + timedelta(days=-start.weekday() % 7)


def last_monday(year: int, month: int) -> date:
    """The last Monday of a month that has 31 days."""
    end = date(year, month, 31)
    return end - timedelta(days=end.weekday())


def observed(*days: date) -> set[date]:
    """Fixed days as they are kept: one on a weekend moves to the next weekday that is not a holiday already."""
    kept: set[date] = {day for day in days if day.weekday() < 5}
    for day in sorted(day for day in days if day.weekday() >= 5):
        while day.weekday() >= 5 or day in kept:
            day += timedelta(days=1)
        kept.add(day)
    return kept


def holidays(year: int, nation: str) -> set[date]:
    """The bank holidays, Christmas Day and Good Friday of one year in one nation; weekdays only."""
    sunday = easter(year)
    kept = {
        sunday - timedelta(days=2),
        MOVED.get((year, "early may"), first_monday(year, 5)),
        MOVED.get((year, "spring"), last_monday(year, 5)),
    }
    kept |= observed(date(year, 12, 25), date(year, 12, 26))
    if nation == SCOTLAND:
        kept |= observed(date(year, 1, 1), date(year, 1, 2)) | observed(date(year, 11, 30))
        kept.add(first_monday(year, 8))
    else:
        kept |= observed(date(year, 1, 1)) | {sunday + timedelta(days=1), last_monday(year, 8)}
    if nation == IRELAND:
        kept |= observed(date(year, 3, 17)) | observed(date(year, 7, 12))
    return kept | {day for day, nations in EXTRA if day.year == year and nation in nations}
