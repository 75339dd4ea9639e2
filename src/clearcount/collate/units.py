"""What headings and titles say a number is, where it is no count: a share, a rate, money, thousands, a year."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from clearcount.collate.values import Value

_PERCENT = re.compile(r"%|\bper ?cent(?:age)?\b|\bpercentages?\b|\bproportion\b|\bshare of\b|\bpct\b", re.IGNORECASE)
_RATE = re.compile(
    r"\brate\b(?! of pay)|\bper (?:\d[\d,]*|thousand|hundred|million|head|capita|day|officer)\b|"
    r"\b(?:average|mean|median|ratio)\b|\((?:days|hours|minutes|mins)\)|\b(?:days|hours|minutes) (?:taken|to|spent)\b",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"[\u00a3\u20ac$]|\bGBP\b|\bcosts?\b|\bvalue of\b|\bprice\b|\bamount (?:paid|lost)\b", re.IGNORECASE
)
_ROW = re.compile(
    r"^(?:%|percentages?\b|per ?cent\b|average\b|mean\b|median\b|rate\b|costs?\b).*"
    r"|.*(?:\(%\)|\(\u00a3\)|\brate| per 1,?000.*)$",
    re.IGNORECASE,
)
_SCALE = re.compile(
    r"[(\[](?:in |all |figures in )?(?:thousands|hundreds|millions|['\u2019]?000s?|['\u2019]?000)[)\]]"
    r"|['\u2019]000s?\b|\b000s\b|[\u00a3$](?:000s?|k|m)\b"
    r"|\b(?:figures|numbers|counts|values|totals|offences|crimes|data)\b[^.]{0,40}"
    r"\bin (?:thousands|hundreds|millions)\b"
    r"|^in (?:thousands|hundreds|millions)$|\b(?:thousands|hundreds|millions) of (?:offences|crimes|incidents)\b"
    r"|\bnearest (?:thousand|hundred|million)\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\b(?:number|count|total|offences?|crimes?|incidents?|reports?|victims?|suspects?|arrests?|records)\b",
    re.IGNORECASE,
)
_NAMES = re.compile(
    r"(?:\w+ ){0,2}(?:year|date|month|day|time|hour|code|reference|ref|id|rank|age|postcode|urn)s?(?: no\.?)?",
    re.IGNORECASE,
)


def in_other_units(texts: Iterable[str]) -> str:
    """Return the words by which a title or note says that its figures are no whole counts, else ""."""
    return next((match[0] for text in texts if (match := _SCALE.search(text))), "")


def is_share(texts: Iterable[str]) -> bool:
    """Return whether headings say that the figures below are shares, rates or money and no counts."""
    return any(_PERCENT.search(text) or _RATE.search(text) or _MONEY.search(text) for text in texts)


def as_headed(value: Value, heads: Sequence[str], label: str, *, timed: bool) -> Value:
    """Return a value as its headings and its row say it is read; a number that they make no count of is none.

    A number under "%" is a share, under "rate" a rate, under "cost" money. One under "(thousands)", or under "latest
    year" and the like where no period is printed (`timed`), is unread.
    """
    if value.kind not in ("count", "rounded"):
        return value
    for text in (*heads, *([label] if _ROW.fullmatch(label) else [])):
        if said := in_other_units([text]):
            return Value("none", "", "unread", "", f"the heading says {said!r}; printed: {value.value}")
        if _PERCENT.search(text):
            return replace(value, kind="percent", value=f"{value.value}%", meaning="per cent, by its heading")
        if _RATE.search(text):
            return replace(value, kind="rate", meaning="a rate or a measure, by its heading")
        if _MONEY.search(text):
            return replace(value, kind="money", meaning="money, by its heading")
    if heads and not timed and _NAMES.fullmatch(heads[-1]) and not _COUNTED.search(heads[-1]):
        return Value("none", "", "unread", "", f"the heading {heads[-1]!r} names no count; printed: {value.value}")
    return value
