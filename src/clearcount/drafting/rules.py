"""What a sentence of a letter asks for: each rule gives a value and the words that led to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from clearcount.model.months import Month

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTH = "|".join((*_MONTHS, *(name[:3] for name in _MONTHS), "sept"))
_DAY = rf"(?P<{{0}}d>\d{{{{1,2}}}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<{{0}}m>{_MONTH})\.?,?\s+(?P<{{0}}y>(?:19|20)\d\d)"
_MONTH_YEAR = rf"(?P<{{0}}M>{_MONTH})\.?,?\s+(?P<{{0}}Y>(?:19|20)\d\d)"
_SLASHED = r"(?P<{0}D>\d{{1,2}})/(?P<{0}N>\d{{1,2}})/(?P<{0}Z>(?:19|20)\d\d)"
_POINT = f"(?:{_DAY}|{_SLASHED}|{_MONTH_YEAR})"
_RANGE = re.compile(
    rf"(?:(?:from|between|for the period|period)\s+)?{_POINT.format('a')}\s*"
    rf"(?:to|until|till|and|-|–|—|up to|through)\s*(?:the end of\s+)?{_POINT.format('b')}",
    re.IGNORECASE,
)
_SINCE = re.compile(
    rf"(?:since(?: and including)?|from|starting(?: in| from)?|as of|after)\s+(?:the\s+)?{_POINT.format('a')}",
    re.IGNORECASE,
)
_FINANCIAL = re.compile(r"\b(20\d\d)\s*[/–-]\s*(\d\d)\b(?:\s*(?:to|until|-|–|and)\s*(20\d\d)\s*[/–-]\s*(\d\d)\b)?")
_YEARS = re.compile(
    r"\b(?:calendar years?|years?|between|from|in|during|for)\s+(20\d\d)"
    r"(?:\s*(?:to|-|–|and|until)\s*(20\d\d))?(?![/\d-])",
    re.IGNORECASE,
)
_LISTED_YEARS = re.compile(r"\b(20\d\d)(?:,\s*20\d\d)*,?\s+and\s+(20\d\d)\b")
_OPEN_END = re.compile(
    r"(?:up to|until|to)\s+(?:and including\s+)?the\s+(?:latest|most recent)\s+(?:complete\s+)?(?:month|date|data)|"
    r"latest (?:month|data) available",
    re.IGNORECASE,
)
_TO_DATE = re.compile(
    r"\b(?:to date|to the present(?: day)?|to now|until now|to today|until today|date of (?:this|your))\b", re.I
)
_QUOTED = re.compile(r"[“\"]([^”\"“]{1,80})[”\"]|(?<!\w)[‘']([^’'‘]{1,60})[’'](?!\w)")
_ABOUT_WORDS = re.compile(
    r"\b(?:mention|keyword|key word|search term|term|phrase|word|contain|includ|referenc|refer|feature|search)\w*",
    re.IGNORECASE,
)
_TOGETHER = re.compile(r"[”\"’']\s*(?:and|together with|as well as)\s*[“\"‘']", re.IGNORECASE)
_FLAG = re.compile(r"\b(?:flag|marker|tag|qualifier)s?\b", re.IGNORECASE)
_ONE_OF_A_KIND = re.compile(r"(?:ence|ness|ity|ing|ism|tion)$", re.IGNORECASE)

BREAKDOWNS: tuple[tuple[str, str, re.Pattern[str]], ...] = tuple(
    (
        side,
        name,
        re.compile(
            rf"(?:\b(?:by|per|each|every|for each|monthly|broken down by|split by)\b[^.;]{{0,60}}?)?{words}", re.I
        ),
    )
    for side, name, words in (
        ("columns", "financial-year", r"(?:by|per|each|every)\s+financial\s+year"),
        ("columns", "month", r"(?:by|per|each|every)\s+(?:calendar\s+)?month\b|\bmonthly\b|month[- ]by[- ]month"),
        ("columns", "quarter", r"(?:by|per|each|every)\s+quarter\b|\bquarterly\b"),
        ("columns", "week", r"(?:by|per|each|every)\s+week\b|\bweekly\b"),
        ("columns", "year", r"(?:by|per|each|every)\s+(?:calendar\s+)?year\b|\bannual(?:ly)?\b|year[- ]by[- ]year"),
        ("rows", "term", r"(?:by|per|each|every)\s+(?:key\s?word|term|app|platform)\b|keyword by keyword|app by app"),
        ("rows", "offence", r"(?:by|per|each)\s+(?:type of\s+)?(?:offence|crime)(?:\s+type)?\b"),
        (
            "rows",
            "district",
            r"\b(?:by|per|each)\s+(?:policing\s+)?(?:district|borough|local authority|area|division)\b",
        ),
        ("rows", "ward", r"\b(?:by|per|each)\s+ward\b"),
        ("rows", "outcome", r"\b(?:by|and|with)\s+(?:the\s+)?outcomes?\b"),
        ("rows", "victim_age", r"\b(?:by|and)\s+(?:the\s+)?age(?:\s+(?:band|group)s?)?\s+of\s+(?:the\s+)?victims?\b"),
        ("rows", "victim_sex", r"\b(?:by|and)\s+(?:the\s+)?(?:sex|gender)\s+of\s+(?:the\s+)?victims?\b"),
        ("rows", "hour", r"\b(?:by|per)\s+(?:hour|time of day)\b"),
        ("rows", "weekday", r"\b(?:by|per)\s+(?:weekday|day of the week)\b"),
    )
)
_UNITS = (
    ("occurrences", re.compile(r"\bnumber of (?:incidents|occurrences|records)\b", re.IGNORECASE)),
    ("victims", re.compile(r"\b(?:number of|how many) (?:people who were )?victims\b", re.IGNORECASE)),
    ("suspects", re.compile(r"\b(?:number of|how many) suspects\b", re.IGNORECASE)),
    ("offences", re.compile(r"\b(?:number of|how many)[^.;]{0,60}?\b(?:offences|crimes|reports)\b", re.IGNORECASE)),
)
_FIELDS = (
    ("mo", r"\bMO\b|modus operandi"),
    ("summary", r"\bsummar(?:y|ies)\b"),
    ("oel", r"\bOEL\b|\blogs?\b|enquiry log"),
)
ALL_CRIME = re.compile(
    r"\ball (?:recorded |reported )?(?:crimes?|offences)\b|\bany (?:recorded )?(?:crime|offence)s?\b", re.IGNORECASE
)

Edge: TypeAlias = date | str


@dataclass(frozen=True)
class NamedPeriod:
    """A period that a sentence names; None for an edge that it does not."""

    start: date | None
    end: Edge | None
    words: str


def periods_in(text: str) -> Iterator[NamedPeriod]:
    """Yield every period that a sentence names, with the words that name it."""
    rest = text
    for match in _RANGE.finditer(text):
        start, until = _point(match, "a"), _point(match, "b", last=True)
        if start and until:
            yield NamedPeriod(start, until, match[0].strip())
            rest = rest.replace(match[0], " ")
    end: Edge | None = None
    if found := _OPEN_END.search(rest):
        end = "latest"
    elif found := _TO_DATE.search(rest):
        end = "extract"
    for match in _SINCE.finditer(rest):
        if start := _point(match, "a"):
            yield NamedPeriod(start, end or "latest", match[0].strip() + (f" … {found[0]}" if found else ""))
            rest = rest.replace(match[0], " ")
            end, found = None, None
    if end and found:
        yield NamedPeriod(None, end, found[0])
    for match in _FINANCIAL.finditer(rest):
        last = int(match[3] or match[1])
        if int(match[2]) == (int(match[1]) + 1) % 100:
            yield NamedPeriod(date(int(match[1]), 4, 1), date(last + 1, 3, 31), match[0])
            rest = rest.replace(match[0], " ")
    for match in (*_LISTED_YEARS.finditer(rest), *_YEARS.finditer(rest)):
        first, last = int(match[1]), int(match[2] or match[1])
        if first <= last:
            yield NamedPeriod(date(first, 1, 1), date(last, 12, 31), match[0])
            return


def _point(match: re.Match[str], lead: str, *, last: bool = False) -> date | None:
    part = match.groupdict()
    try:
        if day := part.get(f"{lead}d"):
            return date(int(part[f"{lead}y"]), _month(part[f"{lead}m"]), int(day))
        if day := part.get(f"{lead}D"):
            return date(int(part[f"{lead}Z"]), int(part[f"{lead}N"]), int(day))
        month = Month(int(part[f"{lead}Y"]), _month(part[f"{lead}M"]))
    except ValueError:
        return None
    return month.last_day if last else month.first_day


def _month(name: str) -> int:
    return next(n for n, month in enumerate(_MONTHS, 1) if month.startswith(name.lower()[:3]))


def terms_in(text: str) -> tuple[str, ...]:
    """Return the quoted words of a sentence that speaks of words to look for."""
    if not _ABOUT_WORDS.search(text):
        return ()
    found = (" ".join((first or second).split()).strip(" ,.;") for first, second in _QUOTED.findall(text))
    return tuple(dict.fromkeys(term for term in found if term and len(term.split()) <= 6))


def must_meet(text: str) -> bool:
    """Return whether a sentence asks for records that hold several words together."""
    return bool(re.search(r"\bboth\b", text, re.IGNORECASE)) and bool(_TOGETHER.search(text))


def spelled(term: str) -> str:
    """Return the term with a star for its plural, where its last word is one that has a plural."""
    last = term.split()[-1]
    plain = last.islower() and last.isalpha() and len(last) > 3 and not _ONE_OF_A_KIND.search(last)
    return f"{term}*" if plain else term


def breakdowns_in(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield (rows or columns, dimension, words) for each breakdown that a sentence asks for."""
    for side, name, pattern in BREAKDOWNS:
        if match := pattern.search(text):
            yield side, name, match[0].strip()


def unit_in(text: str) -> tuple[str, str] | None:
    """Return (unit, words) where a sentence says what to count."""
    return next(((unit, match[0]) for unit, pattern in _UNITS if (match := pattern.search(text))), None)


def fields_in(text: str) -> tuple[tuple[str, str], ...]:
    """Return (field, words) for each text field that a sentence names."""
    return tuple((name, match[0]) for name, words in _FIELDS if (match := re.search(words, text)))


def flag_in(text: str) -> str:
    """Return the words with which a sentence asks for the force's own flag, or nothing."""
    match = _FLAG.search(text)
    return match[0] if match else ""
