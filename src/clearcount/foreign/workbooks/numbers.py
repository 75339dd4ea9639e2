"""Numbers of cells as the text that a person sees: dates, times, leading zeros; numbers too long to be whole."""

from __future__ import annotations

import math
import re
from datetime import date, timedelta
from enum import Enum
from typing import NamedTuple

FIGURES = 15
"""A spreadsheet keeps so many figures of a number. What comes after them is lost or made up."""
_DAY = 86_400


class NumberShape(Enum):
    """How a number is shown."""

    PLAIN = "plain"
    DATE = "date"
    TIME = "time"
    LENGTH = "length of time"
    ZEROS = "leading zeros"


class Format(NamedTuple):
    """A number format: its form, and for leading zeros the pattern of figures, as `000/00`."""

    form: NumberShape
    pattern: str = ""


PLAIN = Format(NumberShape.PLAIN)
_BUILT_IN = {
    **dict.fromkeys([*range(14, 18), 22, *range(27, 32), 34, 35, *range(50, 59)], Format(NumberShape.DATE)),
    **dict.fromkeys([18, 19, 20, 21, 32, 33, 45, 47], Format(NumberShape.TIME)),
    46: Format(NumberShape.LENGTH),
}
"""Formats that a file names by number alone (ECMA-376 18.8.30)."""
_QUOTED = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE | re.DOTALL)
_DATE_SIGNS, _TIME_SIGNS = re.compile(r"[dyg]|mmm|e(?![+-])|b{2}", re.IGNORECASE), re.compile(r"[hs]", re.IGNORECASE)


def built_in(number: int) -> Format:
    """Return the format that a file names by this number."""
    return _BUILT_IN.get(number, PLAIN)


def read_format(code: str) -> Format:
    """Return what a format such as `dd/mm/yyyy`, `[h]:mm` or `00000` does to a number."""
    bare = _QUOTED.sub("", code).split(";", 1)[0].strip()
    if re.search(r"\[(h+|m+|s+)\]", bare, re.IGNORECASE):
        return Format(NumberShape.LENGTH)
    if pattern := _zeros(code):
        return Format(NumberShape.ZEROS, pattern)
    if "general" in bare.lower() or re.search(r"[#?]|0(?!\d*s)", re.sub(r"[sS]{1,2}\.0+", "s", bare)):
        return PLAIN
    if _DATE_SIGNS.search(bare):
        return Format(NumberShape.DATE)
    if _TIME_SIGNS.search(bare):
        return Format(NumberShape.TIME)
    return Format(NumberShape.DATE) if re.fullmatch(r"[m\W]*m[m\W]*", bare, re.IGNORECASE) else PLAIN


_ZEROS = re.compile(r'(?:0|"[^"]{0,9}"|\\.|[-+/ :()]){2,40}')


def _zeros(code: str) -> str:
    """The pattern of a format that is zeros and signs alone: `000"/"00` gives `000/00`, anything else nothing."""
    first = code.split(";", 1)[0]
    if first.count("0") < 2 or not _ZEROS.fullmatch(first):
        return ""
    return re.sub(r'"([^"]*)"|\\(.)', lambda found: (found[1] or found[2] or "").replace("0", ""), first)


def _filled(pattern: str, value: int) -> str:
    """The figures of a number put in from the right; those that are too many stand in front."""
    figures = list(str(value))
    shown = [(figures.pop() if figures else "0") if sign == "0" else sign for sign in reversed(pattern)]
    return "".join([*figures, *reversed(shown)])


def too_long(value: float) -> bool:
    """Return whether a number has more figures before its point than a spreadsheet keeps."""
    return bool(abs(value) >= 10**FIGURES)


def number_text(value: float, form: Format = PLAIN, *, from_1904: bool = False) -> str:
    """Return a finite number as its cell shows it: days and times in ISO form, others with at most 15 figures."""
    if form.form is NumberShape.DATE:
        return _moment(value, from_1904, day=True)
    if form.form is NumberShape.TIME:
        return _moment(value, from_1904, day=False)
    if form.form is NumberShape.LENGTH and value >= 0:
        return _clock(round(value * _DAY))
    if value.is_integer():
        return _filled(form.pattern, int(value)) if form.pattern and value >= 0 else str(int(value))
    return format(value, f".{FIGURES}g")


def _clock(seconds: int) -> str:
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02d}:{minute:02d}:{second:02d}"


_LAST_DAY = 2_958_465
"""31 December 9999."""
_NO_DAY = 60
"""29 February 1900, which spreadsheets believe in."""


def _moment(value: float, from_1904: bool, *, day: bool) -> str:
    """A serial number as a day, a time of day, or both. What is no day stays one that no date reader takes."""
    if not 0 <= value < _LAST_DAY + 1 or math.isnan(value):
        return format(value, f".{FIGURES}g")
    days, seconds = divmod(round(value * _DAY), _DAY)
    if days == 0 and not (from_1904 and day):
        return "1900-01-00" if day and not seconds else _clock(seconds)
    if days == _NO_DAY and not from_1904:
        return "1900-02-29"
    start = date(1904, 1, 1) if from_1904 else date(1899, 12, 31 if days < _NO_DAY else 30)
    try:
        shown = (start + timedelta(days=days)).isoformat()
    except OverflowError:
        return format(value, f".{FIGURES}g")
    return f"{shown} {_clock(seconds)}" if seconds else shown
