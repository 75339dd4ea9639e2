"""What the words of a published page say of its figures: status, method, meanings of signs, the period asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from clearcount.collate.periods import PeriodSpan, part_of

_STATUS = (
    ("neither confirmed nor denied", r"neither confirms?( n)?or den(?:y|ies)|\bNCND\b"),
    (
        "refused on cost (section 12)",
        r"section 12\b.{0,200}(?:exceed|appropriate limit|cost)|(?:exceed|over).{0,60}(?:appropriate limit|18 hours)",
    ),
    ("other refusal", r"section (?:14|3[01]|38|40|44)\b.{0,120}(?:exempt|refus|engaged|appl)|\bexempt from disclosure"),
    ("held elsewhere", r"section 21\b|already (?:published|available)|reasonably accessible"),
    ("not held", r"(?:information|data) (?:is|are) not held|do(?:es)? not hold"),
)
_METHOD = re.compile(
    r"key ?words?|filter(?:ed|ing)|spaces? around|search(?:ed)?|home office code|flag|marker|free[- ]text|MO\b|"
    r"occurrence summar|data source|date (?:recorded|reported)|counting rules|exclud|includ",
    re.IGNORECASE,
)
_SINCE = re.compile(
    r"\b(?:since|from|between)\s+(?:and\s+including\s+)?(?:1(?:st)?\s+)?([A-Z][a-z]{2,8}\s+(?:19|20)\d\d)\b"
)
_LEGEND = re.compile(
    r"(?P<sign>\[[a-z]{1,5}\]|\*{1,3}|[zcx]|-|\u2013|\.\.|n/?a|blank(?: cells?)?)\s*(?:=|:|means|denotes|represents|"
    r"indicates|shows|stands for|is used (?:for|where|when))\s*(?P<meaning>[^.;\n]{3,120})",
    re.IGNORECASE,
)


def status_of(words: str, *, figures: bool) -> str:
    """Return what became of the request, by the words of the page: answered, in part, a refusal, or no figures."""
    refused = next((name for name, pattern in _STATUS if re.search(pattern, words, re.IGNORECASE | re.DOTALL)), "")
    if figures:
        return f"in part; also {refused}" if refused and refused != "held elsewhere" else "answered"
    return refused or "no figures"


def method_of(words: str) -> tuple[str, ...]:
    """Return the sentences that say how was counted, as printed, each at most 300 characters."""
    sentences = [" ".join(each.split()) for each in re.split(r"(?<=[.!?])\s+|\n+", words)]
    found = [each for each in sentences if 15 < len(each) <= 300 and _METHOD.search(each)]
    return tuple(dict.fromkeys(found))[:12]


def meanings_of(texts: Iterable[str]) -> dict[str, str]:
    """Return the signs that the page explains, in small letters, with its own words."""
    found: dict[str, str] = {}
    for text in texts:
        for match in _LEGEND.finditer(text):
            found.setdefault(match["sign"].lower(), " ".join(match["meaning"].split()))
    return found


def missing_months(words: str, printed: Sequence[tuple[date, date]]) -> tuple[str, ...]:
    """Return the months between the earliest that the page speaks of and the last printed that no column shows."""
    months = {
        (first.year, first.month) for first, last in printed if (first.year, first.month) == (last.year, last.month)
    }
    if len(months) < 3:
        return ()
    starts = [part.first for text in _SINCE.findall(words) if isinstance(part := part_of(text), PeriodSpan)]
    first = min([(start.year, start.month) for start in starts if start < date(*max(months), 1)] + [min(months)])
    if (max(months)[0] - first[0]) > 25:
        first = min(months)
    found = []
    year, month = first
    while (year, month) <= max(months):
        if (year, month) not in months:
            found.append(f"{year}-{month:02d}")
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return tuple(found)
