"""What a heading says of time: whole periods, and parts such as a month that needs the year above it.

A heading is read whole or not at all. Financial years run from April to March; a quarter below a financial year is one
of that year. "2009-10" may be a month or a financial year: the headings beside it decide, see `settle`.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TypeAlias

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january",
            "feb febr february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ),
        1,
    )
    for name in names.split()
}
_SHORT = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_M = r"(" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_Y = r"((?:19|20)\d\d)"
_YY = r"((?:19|20)?\d\d)"
_DASH = r"\s*(?:-|to|until|and including)\s*"


@dataclass(frozen=True)
class PeriodSpan:
    """A whole period: first and last day, both counted. `label` is how it is written in the tidy table.

    `year` is "calendar" or "financial" where the span is such a year, so that months and quarters may stand below it.
    `doubtful` marks "2009-10", which may be October 2009 or the financial year.
    """

    label: str
    first: date
    last: date
    year: str = ""
    doubtful: bool = False
    total: bool = False


@dataclass(frozen=True)
class MonthsOf:
    """Months of a year that stands elsewhere: November is (11, 11), "Apr-Jun" is (4, 6)."""

    first: int
    last: int


@dataclass(frozen=True)
class QuarterOf:
    """A quarter, or for `halves` a half, of a year that stands elsewhere, from 1."""

    number: int
    months: int = 3


@dataclass(frozen=True)
class AllOf:
    """A total over whatever stands beside it."""


Part: TypeAlias = PeriodSpan | MonthsOf | QuarterOf | AllOf

_TOTAL = re.compile(
    r"(?:(?:grand|sub|overall|combined|running)[\s-]*)?totals?|all|all years|all periods|all months|overall|sum|"
    r"total \(all (?:years|months|periods)\)|in total|in all|all time"
)


def month_number(name: str) -> int:
    """Return the number of a month by its name, short or whole."""
    return _MONTHS[name.casefold()[:3]]


def months(first: tuple[int, int], last: tuple[int, int], label: str = "", *, year: str = "") -> PeriodSpan:
    """Return the span from the first day of one (year, month) to the last day of another."""
    start = date(first[0], first[1], 1)
    end = date(last[0], last[1], calendar.monthrange(*last)[1])
    return PeriodSpan(label or label_of(start, end), start, end, year)


def label_of(first: date, last: date) -> str:
    """Return how a period is written: 2024, 2023/24, 2024-01, 2024-Q1, else its first and last day."""
    whole = first.day == 1 and last.day == calendar.monthrange(last.year, last.month)[1]
    if whole and first.year == last.year and (first.month, last.month) == (1, 12):
        return f"{first.year}"
    if whole and last.year == first.year + 1 and (first.month, last.month) == (4, 3):
        return f"{first.year}/{last.year % 100:02d}"
    if whole and (first.year, first.month) == (last.year, last.month):
        return f"{first.year}-{first.month:02d}"
    if whole and first.year == last.year and first.month % 3 == 1 and last.month == first.month + 2:
        return f"{first.year}-Q{last.month // 3}"
    if whole and first.year == last.year:
        return f"{first.year} ({_SHORT[first.month]}\u2013{_SHORT[last.month]})"
    return f"{first.isoformat()}..{last.isoformat()}"


def calendar_year(year: int) -> PeriodSpan:
    """Return January to December."""
    return months((year, 1), (year, 12), year="calendar")


def financial_year(year: int) -> PeriodSpan:
    """Return April of `year` to March of the next."""
    return months((year, 4), (year + 1, 3), year="financial")


def within(year: PeriodSpan, part: MonthsOf | QuarterOf) -> PeriodSpan | None:
    """Return the part of a calendar or financial year; None where it does not fit into it."""
    if not year.year:
        return None
    if isinstance(part, QuarterOf):
        index = (part.number - 1) * part.months
        start = index + (4 if year.year == "financial" else 1)
        first = (year.first.year + (start - 1) // 12, (start - 1) % 12 + 1)
        end = start + part.months - 1
        return months(first, (year.first.year + (end - 1) // 12, (end - 1) % 12 + 1))

    def of(month: int) -> tuple[int, int]:
        return (year.first.year + (1 if year.year == "financial" and month < 4 else 0), month)

    first, last = of(part.first), of(part.last)
    return months(first, last) if first <= last else None


def clean(text: str) -> str:
    """Return a heading in small letters, dashes alike, note marks such as [p] or * taken off the end."""
    bare = text.replace("\u2013", "-").replace("\u2014", "-").replace("\u2019", "'").replace("\u00a0", " ")
    bare = re.sub(r"[\u00b9\u00b2\u00b3\u2070-\u2079*\u2020\u2021]+$", "", " ".join(bare.split()).casefold())
    bare = re.sub(r"\s*(?:\[[a-z]{1,2}\d?\]|\((?:p|r|provisional|revised)\)|\[(?:note )?\d+\])$", "", bare)
    return bare.strip(" :")


@lru_cache(maxsize=10_000)
def part_of(text: str) -> Part | None:
    """Return what a heading says of time when all of it does; None for any other heading."""
    bare = clean(text)
    if not bare or len(bare) > 80:
        return None
    if _TOTAL.fullmatch(bare):
        return AllOf()
    for pattern, make in _PATTERNS:
        if (match := pattern.fullmatch(bare)) and (found := make(match)) is not None:
            return found
    return None


def _full(year: str, beside: int | None = None) -> int:
    return int(year) if len(year) == 4 else (beside // 100 * 100 if beside else 2000) + int(year)


def _plain_year(match: re.Match[str]) -> Part:
    return calendar_year(int(match[1]))


def _slashed(match: re.Match[str]) -> Part | None:
    first, sign, second = int(match[1]), match[2], match[3]
    follows = _full(second, first if len(second) == 2 else None) % 100 == (first + 1) % 100
    if len(second) == 4:
        return financial_year(first) if int(second) == first + 1 else None
    month = int(second)
    if follows:
        span = financial_year(first)
        may_be = 1 <= month <= 12 and sign == "-"
        return PeriodSpan(span.label, span.first, span.last, "financial", doubtful=may_be)
    return months((first, month), (first, month)) if 1 <= month <= 12 else None


def _worded_fy(match: re.Match[str]) -> Part | None:
    first = _full(match[1])
    return financial_year(first) if _full(match[2], first) % 100 == (first + 1) % 100 else None


def _month_year(match: re.Match[str]) -> Part:
    year, month = _full(match[2]), _MONTHS[match[1]]
    return months((year, month), (year, month))


def _year_month(match: re.Match[str]) -> Part:
    return months((int(match[1]), _MONTHS[match[2]]), (int(match[1]), _MONTHS[match[2]]))


def _number_month(match: re.Match[str]) -> Part | None:
    month, year = int(match[1]), int(match[2])
    return months((year, month), (year, month)) if 1 <= month <= 12 else None


def _iso_day(match: re.Match[str]) -> Part | None:
    return _day(int(match[1]), int(match[2]), int(match[3]))


def _uk_day(match: re.Match[str]) -> Part | None:
    return _day(int(match[3]), int(match[2]), int(match[1]))


def _worded_day(match: re.Match[str]) -> Part | None:
    return _day(int(match[3]), _MONTHS[match[2]], int(match[1]))


def _day(year: int, month: int, day: int) -> Part | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return PeriodSpan(found.isoformat(), found, found)


def _month_range(match: re.Match[str]) -> Part | None:
    first, start, last, end = _MONTHS[match[1]], match[2], _MONTHS[match[3]], match[4]
    if not end:
        return MonthsOf(first, last) if not start else None
    to = _full(end)
    since = _full(start) if start else (to if first <= last else to - 1)
    return months((since, first), (to, last)) if (since, first) <= (to, last) else None


def _days_range(match: re.Match[str]) -> Part | None:
    texts = [text for text in re.split(r"\s+(?:to|until|-)\s+|(?<=\d{4})\s*-\s*(?=\d)", match[0]) if text]
    if len(texts) != 2:
        return None
    first_text = texts[0].removeprefix("from ").strip()
    ends = [part_of(re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", text.removeprefix("from "))) for text in texts]
    if isinstance(ends[1], PeriodSpan) and ends[0] is None:
        ends[0] = part_of(f"{texts[0].removeprefix('from ')} {ends[1].last.year}")
    if isinstance(ends[1], PeriodSpan) and ends[0] is None and re.fullmatch(r"\d{1,2}(?:st|nd|rd|th)?", first_text):
        ends[0] = _day(ends[1].first.year, ends[1].first.month, int(re.sub(r"\D", "", first_text)))
    if isinstance(ends[0], PeriodSpan) and isinstance(ends[1], PeriodSpan) and ends[0].first <= ends[1].last:
        first, last = ends[0].first, ends[1].last
        if ends[0].first == ends[0].last and ends[1].first != ends[1].last:
            return None
        found = PeriodSpan(label_of(first, last), first, last)
        kind = "financial" if re.fullmatch(r"\d{4}/\d\d", found.label) else ""
        return PeriodSpan(found.label, first, last, kind)
    return None


def _said_twice(match: re.Match[str]) -> Part | None:
    """Return the days in brackets behind a period, "2023-Q2 (6 April to 30 June 2023)", when they lie within it."""
    whole, inner = part_of(match["w"]), part_of(match["d"])
    if isinstance(whole, PeriodSpan) and isinstance(inner, PeriodSpan) and not whole.doubtful:
        return inner if whole.first <= inner.first and inner.last <= whole.last else None
    return None


def _iso_week(match: re.Match[str]) -> Part | None:
    try:
        return _week(date.fromisocalendar(int(match[1]), int(match[2]), 1))
    except ValueError:
        return None


def _week_of(match: re.Match[str]) -> Part | None:
    day = part_of(match["d"])
    if not isinstance(day, PeriodSpan) or day.first != day.last:
        return None
    return _week(day.first - timedelta(days=6) if match["end"] else day.first)


def _week(first: date) -> PeriodSpan:
    """Return seven days; one from Monday to Sunday is written as the week of ISO 8601."""
    last = first + timedelta(days=6)
    year, number, weekday = first.isocalendar()
    return PeriodSpan(f"{year}-W{number:02d}" if weekday == 1 else label_of(first, last), first, last)


def _quarter_year(match: re.Match[str]) -> Part | None:
    number, year = int(match["q"]), match["y"]
    whole = part_of(year)
    return within(whole, QuarterOf(number)) if isinstance(whole, PeriodSpan) and not whole.doubtful else None


def _quarter_months(match: re.Match[str]) -> Part | None:
    """Return a quarter that names its months, "Q1 (Apr-Jun) 2023/24": both have to be the same months."""
    found = part_of(match["m"])
    if not isinstance(found, MonthsOf) or found.last != found.first + 2:
        return None
    number = int(match["q"])
    calendar_quarter, financial = found.first == 3 * number - 2, found.first == (3 * number) % 12 + 1
    year = match["y"] or match["z"]
    if not year:
        return found if calendar_quarter or financial else None
    whole = part_of(year)
    if not isinstance(whole, PeriodSpan) or whole.doubtful:
        return None
    if whole.year == "financial":
        return within(whole, found) if financial else None
    return within(whole, found) if calendar_quarter or (financial and number < 4) else None


def _half_year(match: re.Match[str]) -> Part | None:
    whole = part_of(match["y"])
    return (
        within(whole, QuarterOf(int(match["h"]), 6)) if isinstance(whole, PeriodSpan) and not whole.doubtful else None
    )


def _year_ending(match: re.Match[str]) -> Part | None:
    month, year = _MONTHS[match[2]], _full(match[3])
    day = int(match[1]) if match[1] else calendar.monthrange(year, month)[1]
    if day != calendar.monthrange(year, month)[1] and not (month == 2 and day == 28):
        return None
    first = (year, 1) if month == 12 else (year - 1, month + 1)
    return months(first, (year, month))


def _part_year(match: re.Match[str]) -> Part | None:
    """Return a part of a year: 2024 (to Sept), 2022/23 (Jan-Mar), 2023 (from April)."""
    whole = part_of(match["y"])
    if not isinstance(whole, PeriodSpan) or not whole.year or whole.doubtful:
        return None
    said = match["p"].strip()
    said = re.sub(r"\b\d{1,2}(?:st|nd|rd|th)?\s+(?=[a-z])", "", said)
    said = re.sub(rf"\s+{whole.last.year}$|\s+{whole.first.year}$", "", said)
    ends = re.fullmatch(rf"(?:(?P<to>(?:up )?to|until|up until|to end(?: of)?)|(?P<from>from|since))\s+{_M}", said)
    if ends:
        month = _MONTHS[ends[3]]
        first, last = (whole.first.month, month) if ends["to"] else (month, whole.last.month)
        inner = within(whole, MonthsOf(first, last))
    else:
        range_ = part_of(said)
        inner = within(whole, range_) if isinstance(range_, MonthsOf) else None
    if inner is None or (inner.first, inner.last) == (whole.first, whole.last):
        return inner
    label = f"{whole.label} ({_SHORT[inner.first.month]}\u2013{_SHORT[inner.last.month]})"
    if inner.first.month == inner.last.month:
        label = f"{whole.label} ({_SHORT[inner.first.month]})"
    return PeriodSpan(label, inner.first, inner.last)


def _total_of(match: re.Match[str]) -> Part | None:
    whole = part_of(match["y"])
    if isinstance(whole, PeriodSpan) and not whole.doubtful:
        return PeriodSpan(whole.label, whole.first, whole.last, whole.year, total=True)
    return None


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


_FY = r"(?:fy|f/y|financial year|fin\.? year|fiscal year|year)"
_PATTERNS = (
    (_compile(rf"(?:(?:calendar )?year |cy ?|in |during )?{_Y}"), _plain_year),
    (_compile(rf"{_Y}\s*([/-])\s*(\d\d(?:\d\d)?)"), _slashed),
    (_compile(rf"{_FY}\s*:?\s*{_YY}\s*[/-]\s*{_YY}"), _worded_fy),
    (_compile(rf"{_YY}\s*[/-]\s*{_YY}\s*{_FY}"), _worded_fy),
    (_compile(r"(\d\d)/(\d\d)"), _worded_fy),
    (_compile(rf"{_M}[\s,'/-]*{_YY}"), _month_year),
    (_compile(rf"{_Y}[\s,/-]*{_M}"), _year_month),
    (_compile(rf"(\d\d?)/{_Y}"), _number_month),
    (_compile(rf"{_Y}-w(\d\d)"), _iso_week),
    (_compile(r"(?P<w>[^()]+?)\s*\((?P<d>\d{1,2} [^()]+\d)\)"), _said_twice),
    (
        _compile(
            r"(?:week (?:of|commencing|beginning|starting|from)|w/?c|w/?b|"
            r"(?P<end>week (?:ending|ended|to)|w/?e))\s+(?P<d>.+)"
        ),
        _week_of,
    ),
    (_compile(rf"{_Y}-(\d\d)-(\d\d)(?:[t ]00:00(?::00)?)?"), _iso_day),
    (_compile(rf"(\d\d?)[/.](\d\d?)[/.]{_Y}"), _uk_day),
    (_compile(rf"(\d\d?)(?:st|nd|rd|th)?\s+{_M}\s+{_Y}"), _worded_day),
    (_compile(rf"{_M}(?:\s*'?{_YY})?{_DASH}{_M}(?:[\s,']*{_YY})?"), _month_range),
    (_compile(r"(?:from )?\d.*\s(?:to|until|-)\s.*\d|\d{1,2}/\d{1,2}/\d{4}\s*-\s*\d{1,2}/\d{1,2}/\d{4}"), _days_range),
    (_compile(r"(?P<y>\d{4}(?:/\d{2,4})?)[\s-]*(?:q|quarter |qtr ?)(?P<q>[1-4])"), _quarter_year),
    (_compile(r"(?:q|quarter |qtr ?)(?P<q>[1-4])[\s,-]*(?P<y>(?:fy ?)?\d{4}(?:/\d{2,4})?)"), _quarter_year),
    (
        _compile(
            r"(?:(?P<y>\d{4}(?:/\d{2,4})?)\s+)?(?:q|quarter |qtr ?)(?P<q>[1-4])\s*[(:,-]\s*"
            r"(?P<m>[a-z]+\s*(?:-|to)\s*[a-z]+)"
            r"\)?[\s,]*(?P<z>\d{4}(?:/\d{2,4})?)?\)?"
        ),
        _quarter_months,
    ),
    (_compile(r"h(?P<h>[12])[\s,-]*(?P<y>(?:fy ?)?\d{4}(?:/\d{2,4})?)"), _half_year),
    (_compile(r"(?P<y>\d{4}(?:/\d{2,4})?)[\s-]*h(?P<h>[12])"), _half_year),
    (
        _compile(
            rf"(?:(?:12 months|year|ye|y/e|twelve months)\s*(?:ending|ended|to|end)?)\s+"
            rf"(?:(\d\d?)(?:st|nd|rd|th)?\s+)?{_M}\s+{_YY}"
        ),
        _year_ending,
    ),
    (_compile(r"(?P<y>(?:fy ?)?\d{4}(?:[/-]\d{2,4})?)\s*[\(\[,]\s*(?P<p>[^()\[\]]+?)\s*[\)\]]?"), _part_year),
    (_compile(r"(?P<y>(?:fy ?)?\d{4}(?:/\d{2,4})?)\s+(?P<p>(?:up )?to\s+[a-z0-9 ]+)"), _part_year),
    (_compile(r"(?P<y>.*\d{4}.*?)[\s:-]*(?:sub[\s-]?)?total"), _total_of),
    (_compile(r"(?:sub[\s-]?)?total (?:for |in |of )?(?P<y>.*\d{4}.*)"), _total_of),
    (_compile(_M), lambda match: MonthsOf(_MONTHS[match[1]], _MONTHS[match[1]])),
    (_compile(r"(?:q|quarter\s*|qtr\s*)([1-4])"), lambda match: QuarterOf(int(match[1]))),
    (_compile(r"(1st|2nd|3rd|4th) (?:quarter|qtr)"), lambda match: QuarterOf(int(match[1][0]))),
    (_compile(r"h([12])"), lambda match: QuarterOf(int(match[1]), 6)),
)
