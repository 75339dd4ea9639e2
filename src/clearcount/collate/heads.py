"""What stands above a column of figures: its period, and the words that tell it from the others."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from clearcount.collate.grid import Cell
from clearcount.collate.periods import AllOf, MonthsOf, Part, PeriodSpan, QuarterOf, months, part_of, within
from clearcount.collate.settling import as_month, days_as_months, month_of_day, settle


@dataclass(frozen=True)
class Head:
    """What the headings over one column, or at one row, say together.

    `span` is None where no period is printed; `total` says that it is a total over periods. `measure` holds the
    headings that are no period, outermost first. `marks` are the note marks on the headings. `fault` says why the
    headings could not be read whole.
    """

    span: PeriodSpan | None = None
    total: bool = False
    measure: tuple[str, ...] = ()
    fault: str = ""
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class HeadReading:
    """How the doubtful headings of one table are read: "2009-10" as month or year ("" when unknown), days as months."""

    hyphen: str
    by_month_end: bool


def reading_of(texts: Sequence[str]) -> HeadReading:
    """Return how the headings of one table are to be read, from all of them together."""
    spans = [part for part in map(part_of, texts) if isinstance(part, PeriodSpan)]
    return HeadReading(settle(spans), days_as_months(spans))


def settled(text: str, reading: HeadReading) -> tuple[Part | None, str]:
    """Return what one heading says under the table's reading, and why it cannot be read, if so."""
    part = part_of(text)
    if isinstance(part, PeriodSpan):
        if part.doubtful:
            if not reading.hyphen:
                return None, f"{text!r} may be a month or a financial year"
            return (as_month(part) if reading.hyphen == "month" else replace(part, doubtful=False)), ""
        if part.first == part.last and reading.by_month_end:
            return month_of_day(part), ""
    return part, ""


def combine(texts: Sequence[str], reading: HeadReading) -> Head:
    """Return what headings say together, outermost first. A part that fits into no year makes a fault."""
    spans: list[PeriodSpan] = []
    parts: list[MonthsOf | QuarterOf] = []
    measure: list[str] = []
    total = False
    for text in dict.fromkeys(texts):
        part, fault = settled(text, reading)
        if fault:
            return Head(fault=fault)
        if isinstance(part, PeriodSpan):
            spans.append(part)
            total = total or part.total
        elif isinstance(part, AllOf):
            total = True
            measure.append(text)
        elif part is not None:
            parts.append(part)
        elif (found := _period_with_words(text)) is not None:
            spans.append(found[0])
            measure.append(found[1])
        elif speaks_of_time(text):
            return Head(fault=f"the heading {text!r} speaks of a time and cannot be read whole")
        else:
            measure.append(text)
    return _joined(spans, parts, tuple(measure), total)


_COUNT_WORDS = frozenset(
    (
        *(
            "offences",
            "offence",
            "crimes",
            "crime",
            "incidents",
            "incident",
            "reports",
            "reported",
            "recorded",
            "count",
        ),
        *("counts", "number", "numbers", "no", "no.", "of", "figures", "victims", "suspects", "arrests", "charges"),
        *("charged", "outcomes", "cases", "in", "for", "during", "the", "records", "calls", "volume", "all", "total"),
        *("results", "occurrences", "logs", "%", "percentage", "percent", "share", "rate"),
    )
)
_LONGEST = 120
"""Characters of a heading that may be a period and a few words."""
_ACT = re.compile(r"\b(?:act|order|regulations|rules|code|soa|[A-Z]{2,6})\s+(?:19|20)\d\d\b", re.IGNORECASE)
_TIME = re.compile(
    r"\b(?:19|20)\d\d\b|\b\d\d/\d\d\b|\bytd\b|\bto date\b|\bq[1-4]\b(?![.:)])(?!.*\?)|\bweek \d|"
    r"\b(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)[a-z]*[\s'-]*\d",
    re.IGNORECASE,
)


def _period_with_words(text: str) -> tuple[PeriodSpan, str] | None:
    """Return the period of a heading such as "Offences 2022", and the words that say what is counted."""
    words = text.split() if len(text) <= _LONGEST else []
    for at in range(1, len(words)):
        for period, rest in ((words[at:], words[:at]), (words[:at], words[at:])):
            if all(word.casefold().strip("():,-") in _COUNT_WORDS for word in rest):
                part = part_of(" ".join(period).strip("()[] -"))
                if isinstance(part, PeriodSpan) and not part.doubtful and not part.total and part.first != part.last:
                    return part, re.sub(r"\s+(?:in|for|of|during)$", "", " ".join(rest).strip("(): -"))
    return None


def period_named(text: str) -> PeriodSpan | None:
    """Return the one period that a title names, such as "2022/23" or "Offences 2022/23"; None where it says more."""
    part = part_of(text)
    if isinstance(part, PeriodSpan):
        return part if not part.doubtful and not part.total else None
    found = _period_with_words(text)
    return found[0] if found else None


def speaks_of_time(text: str) -> bool:
    """Return whether a text names a year, a quarter or a part of a year; the year of an Act is none."""
    return _TIME.search(_ACT.sub("", text)) is not None


def _joined(spans: list[PeriodSpan], parts: list[MonthsOf | QuarterOf], measure: tuple[str, ...], total: bool) -> Head:
    spans = sorted(dict.fromkeys(spans), key=lambda span: (span.first - span.last, span.first))
    for wide, narrow in itertools.pairwise(spans):
        if not (wide.first <= narrow.first and narrow.last <= wide.last):
            return Head(fault=f"the headings name two periods, {wide.label} and {narrow.label}")
    span = spans[-1] if spans else None
    for part in sorted(parts, key=lambda part: isinstance(part, MonthsOf)):
        if span is None:
            return Head(fault="a month or quarter without a year")
        inner = within(span, part)
        if inner is None and span.year == "" and isinstance(part, MonthsOf):
            inner = _month_within(span, part)
        if inner is None:
            return Head(fault=f"a month or quarter that does not fit into {span.label}")
        span = inner
    if total and parts:
        return Head(fault="a total that is headed by a month or quarter as well")
    return Head(span, total, measure)


def _month_within(span: PeriodSpan, part: MonthsOf) -> PeriodSpan | None:
    """Return the month inside a quarter or other span, when exactly one such month lies in it."""
    if part.first != part.last:
        return None
    found = [months((year, part.first), (year, part.first)) for year in range(span.first.year, span.last.year + 1)]
    inside = [each for each in found if span.first <= each.first and each.last <= span.last]
    return inside[0] if len(inside) == 1 else None


_MARK = re.compile(
    r"(?:[*\u2020\u2021#^]+|[\u00b9\u00b2\u00b3\u2070-\u2079]+|\[(?:note )?\w{1,2}\]|\((?:note )?\d\))$", re.IGNORECASE
)


def marks_on(rows: Sequence[Sequence[Cell]], column: int) -> tuple[str, ...]:
    """Return the note marks on the headings over a column, as printed."""
    found: list[str] = []
    for row in rows:
        found += row[column].notes
        if match := _MARK.search(row[column].words):
            found.append(match[0])
    return tuple(dict.fromkeys(found))


def levels(rows: Sequence[Sequence[Cell]], column: int, first_data: int) -> tuple[list[str], str]:
    """Return the headings over a column, outermost first, and a fault.

    A blank place in an outer row belongs to the heading on its left, as an unmerged spanning heading is written. A
    total never spreads so. The innermost row must name every column, unless an outer heading stands right above.
    """
    texts: list[str] = []
    spread = False
    for level, row in enumerate(rows):
        cell = row[column]
        text = cell.words
        if not text and level < len(rows) - 1:
            text = _left(row, column, first_data)
            spread = spread or bool(text)
        if text:
            texts.append(text)
    lowest = rows[-1][column].words if rows else ""
    if not lowest and spread and not any(row[column].words for row in rows):
        return [], "no heading of its own stands over the column"
    return texts, "" if texts else "no heading stands over the column"


def _left(row: Sequence[Cell], column: int, first_data: int) -> str:
    for at in range(column - 1, first_data - 1, -1):
        if text := row[at].words:
            part = part_of(text)
            return "" if isinstance(part, AllOf) or (isinstance(part, PeriodSpan) and part.total) else text
    return ""
