"""Offence codes as exports write them, with those that a spreadsheet spoilt mended where that is certain.

A spreadsheet takes 04400 for a number and saves 4400. Excel also reads a code typed as `1/2` as the second of January
of the year it was typed in, or the first of February. It reads `8/68` as August 1968. It saves a day number: 44563,
25051. A number is mended only when exactly one known code can have become it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from clearcount.errors import CodeError
from clearcount.model.codes import HomeOfficeCode

_EPOCH = date(1899, 12, 30)  # day 0 of Excel's 1900 calendar, its false 29 February 1900 allowed for
_SHORT = re.compile(r"[0-9]{3,4}")
_POINTED = re.compile(r"^([0-9]+)\.0+$")
_SERIAL = re.compile(r"^([1-6]\d{4})$")
_ISO_DAY = re.compile(r"^(\d{4})-(\d{2})-(\d{2})(?:[ T]00:00(?::00)?)?$")
_DAY_FIRST = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})(?: 00:00(?::00)?)?$")
_DAY_MONTH = re.compile(r"^(\d{1,2})-([A-Za-z]{3})$")
_MONTH_YEAR = re.compile(r"^([A-Za-z]{3})-(\d{2})$")
_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"  # Excel's, whatever the locale of this machine
_MONTHS = {name: number for number, name in enumerate(_NAMES.split(" "), start=1)}
_TYPED_SINCE = 1990
"""A code typed as day and month gets the year of typing, and nobody typed crime exports before this one."""


Mended = Literal["", "date", "zeros"]


@dataclass(frozen=True)
class CodeReading:
    """What one spelling of a code is: the canonical `code`, or the `reason` why it is none.

    `mended` says what was repaired: a code that became a date, or one that lost zeros or its slash.
    """

    code: str | None
    reason: str = ""
    mended: Mended = ""


def read_code(text: str, known: Collection[str]) -> CodeReading:
    """Return the code that `text` certainly is; a blank is the code "", which the data-quality findings report."""
    stripped = _without_point(text.strip())
    if not stripped:
        return CodeReading("")
    if _SHORT.fullmatch(stripped):
        return _lengthened(stripped, known)
    candidates = _before_excel(stripped)
    if candidates is None:
        try:
            return CodeReading(str(HomeOfficeCode.parse(stripped)))
        except CodeError:
            return CodeReading(None, f"{masked(stripped)} is not a Home Office code; write it like 086/02")
    certain = sorted(code for code in set(candidates) if code in known)
    if certain == [_as_written(stripped)]:
        return CodeReading(certain[0])
    if len(certain) == 1:
        return CodeReading(
            certain[0], f"{masked(stripped)} is a date that a spreadsheet made out of {certain[0]}", "date"
        )
    return CodeReading(
        None,
        f"{masked(stripped)} may be a date that a spreadsheet made out of a code: {_could_be(certain)}; export it as "
        "text",
    )


def _lengthened(text: str, known: Collection[str]) -> CodeReading:
    """The one known code that becomes these three or four figures without its zeros, its slash or both."""
    certain = sorted({code for code in _with_slash(text) if code in known})
    classes = {code.split("/")[0] for code in known} if len(text) == 3 else set()
    if len(certain) == 1 and text not in classes:
        return CodeReading(certain[0], f"{masked(text)} is {certain[0]} without its zeros or its slash", "zeros")
    could_be = "it may be a class without its sub-class" if text in classes else _could_be(certain)
    return CodeReading(
        None,
        f"{masked(text)} may be a code that lost its zeros or its slash: {could_be}; export it as text, or say pad = 5 "
        "in the layout",
    )


def _with_slash(text: str) -> Iterator[str]:
    yield _code(int(text[:-2] or 0), int(text[-2:]))
    yield _code(int(text[:-1]), int(text[-1]))


def _could_be(codes: Sequence[str]) -> str:
    return f"it may have been {' or '.join(codes)}" if codes else "no known code becomes it"


def padded(text: str, pad: int) -> str:
    """Return a code of figures alone with zeros in front, so that it has `pad` figures."""
    stripped = _without_point(text.strip())
    return stripped.zfill(pad) if stripped.isascii() and stripped.isdigit() else text


def _without_point(text: str) -> str:
    """`4400.0` is 4400 as a number with decimals."""
    return _POINTED.sub(r"\1", text)


def read_own_code(text: str) -> CodeReading:
    """Return a code of the data's own system: kept as it is but for surrounding blanks."""
    return CodeReading(" ".join(text.split()))


def _before_excel(text: str) -> list[str] | None:
    """The codes that Excel may have turned into this date, or None when `text` is not such a date."""
    if found := _SERIAL.match(text):
        dates = _from_day(_EPOCH + timedelta(days=int(found[1])))
        return [*dates, written] if dates and (written := _as_written(text)) else dates or None
    if found := _ISO_DAY.match(text):
        return _from_parts(int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY_FIRST.match(text):
        return _from_parts(int(found[3]), int(found[2]), int(found[1]))
    if (found := _DAY_MONTH.match(text)) and found[2].lower() in _MONTHS:
        day, month = int(found[1]), _MONTHS[found[2].lower()]
        return [_code(month, day), _code(day, month)]
    if (found := _MONTH_YEAR.match(text)) and found[1].lower() in _MONTHS:
        return [_code(_MONTHS[found[1].lower()], int(found[2]))]
    return None


def _as_written(text: str) -> str:
    """Five figures may also be a code without its slash: 11902 is August 1932 to Excel, and 119/02."""
    return _code(int(text[:3]), int(text[3:])) if text.isdigit() and len(text) == 5 else ""


def _from_parts(year: int, month: int, day: int) -> list[str] | None:
    try:
        return _from_day(date(year, month, day))
    except ValueError:
        return None


def _from_day(day: date) -> list[str]:
    codes = [_code(day.month, day.day), _code(day.day, day.month)] if day.year >= _TYPED_SINCE else []
    if day.day == 1:
        codes.append(_code(day.month, day.year % 100))
    return codes


def _code(class_: int, sub: int) -> str:
    return str(HomeOfficeCode(class_, sub))


def masked(text: str) -> str:
    """Return the shape of a value without its content: letters as `a`, figures as `9`, at most 20 characters."""
    shape = re.sub(r"\d", "9", re.sub(r"[^\W\d_]", "a", text[:20]))
    return f"'{shape}{'…' if len(text) > 20 else ''}'"
