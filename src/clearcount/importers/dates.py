"""Dates as exports write them: ISO, day first (`31/01/2024 13:45`), or the formats that a layout names.

Whole columns are read in Arrow; only what does not fit is looked at value by value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clearcount.importers.cells import LONDON

_ISO = r"^[12]\d{3}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2})?)?$"
_DAY_FIRST = r"^(\d{2})/(\d{2})/([12]\d{3})(?:[ T](\d{2}:\d{2}(?::\d{2})?))?$"
_LOOSE_ISO = re.compile(r"^([12]\d{3})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?$")
_LOOSE_DAY_FIRST = re.compile(r"^(\d{1,2})/(\d{1,2})/([12]\d{3})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?$")


def read_moments(values: pa.Array, formats: tuple[str, ...] = ()) -> tuple[pa.Array, pa.Array]:
    """Return ISO text (`2024-01-31` or `2024-01-31 13:45[:00]`, null for a blank) and a mask of what is no date.

    `formats` (strptime) replace ISO and day-first for a layout that names its own.
    """
    if not formats and (plain := _plain(values)) is not None:
        return plain, pa.array(np.zeros(len(values), bool))
    trimmed = pc.utf8_trim_whitespace(values)
    blank = pc.equal(trimmed, "")
    if formats:
        return _one_by_one(trimmed, blank, lambda text: _by_format(text, formats))
    iso = trimmed
    if pc.any(pc.match_substring(trimmed, "/")).as_py():
        iso = pc.utf8_rtrim_whitespace(pc.replace_substring_regex(trimmed, _DAY_FIRST, r"\3-\2-\1 \4"))
    if pc.all(pc.or_(pc.match_substring_regex(iso, _ISO), blank)).as_py():
        held = pc.if_else(blank, pa.scalar(None, pa.string()), iso)
        try:
            pc.cast(held, pa.timestamp("s"))
        except pa.ArrowInvalid:  # a day such as 31 February: find which
            return _one_by_one(trimmed, blank, _by_shape)
        return held, pa.array([False] * len(values), pa.bool_())
    return _one_by_one(trimmed, blank, _by_shape)


_PLAIN_LENGTHS = pa.array([0, len("2024-01-31"), len("2024-01-31 13:45"), len("2024-01-31 13:45:00")], pa.int32())
_FIRST, _END = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (1000, 3000))
"""Years outside are not read in the plain way; in seconds since 1970."""


def _plain(values: pa.Array) -> pa.Array | None:
    """The values, null for a blank, when every one is ISO as Arrow itself reads it; None when one needs a closer look.

    Arrow also reads shorter and longer forms, but none of these lengths, and years before 1000.
    """
    lengths = pc.binary_length(values)
    if not pc.all(pc.is_in(lengths, value_set=_PLAIN_LENGTHS)).as_py():
        return None
    held = values
    if pc.any(blank := pc.equal(lengths, 0)).as_py():
        held = pc.if_else(blank, pa.scalar(None, pa.string()), values)
    try:
        bounds = pc.min_max(pc.cast(held, pa.timestamp("s")).cast(pa.int64())).as_py()
    except pa.ArrowInvalid:  # it may still be a date in another form
        return None
    return held if bounds["min"] is None or _FIRST <= bounds["min"] <= bounds["max"] < _END else None


def read_dates(values: pa.Array, formats: tuple[str, ...] = ()) -> tuple[pa.Array, pa.Array]:
    """Return the same as date32, the time of day dropped."""
    moments, bad = read_moments(values, formats)
    return pc.cast(pc.utf8_slice_codeunits(moments, 0, 10), pa.date32()), bad


def _one_by_one(trimmed: pa.Array, blank: pa.Array, read: Callable[[str], str | None]) -> tuple[pa.Array, pa.Array]:
    moments = pa.array([read(text) if text else None for text in trimmed.to_pylist()], pa.string())
    return moments, pc.and_(pc.is_null(moments), pc.invert(blank))


@lru_cache(maxsize=100_000)
def _by_shape(text: str) -> str | None:
    text = re.sub(r"\s*/\s*", "/", text)
    if found := _LOOSE_ISO.match(text):
        year, month, day = found[1], found[2], found[3]
    elif found := _LOOSE_DAY_FIRST.match(text):
        day, month, year = found[1], found[2], found[3]
    else:
        return _with_offset(text)
    hour, minute, second = found[4], found[5], found[6]
    try:
        moment = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))  # noqa: DTZ001 - as the export says it
    except ValueError:
        return None
    return _written(moment, timed=hour is not None)


def _with_offset(text: str) -> str | None:
    """An ISO 8601 moment with Z or an offset, told in the time of the United Kingdom, where its day is recorded."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return _written(moment.astimezone(LONDON), timed=True) if moment.tzinfo and moment.year >= 1000 else None


@lru_cache(maxsize=100_000)
def _by_format(text: str, formats: tuple[str, ...]) -> str | None:
    for form in formats:
        try:
            moment = datetime.strptime(text, form)  # noqa: DTZ007 - as the export says it
        except ValueError:
            continue
        return _written(moment, timed="%H" in form or "%I" in form)
    return None


def _written(moment: datetime, *, timed: bool) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S") if timed else moment.strftime("%Y-%m-%d")


_DAY = datetime(2031, 11, 23, 22, 41, 17, tzinfo=UTC)


@cache
def reads_days(shape: str) -> bool | None:
    """Return True where a day comes back from a strptime shape, False where the first of its month does, else None."""
    try:
        back = datetime.strptime(_DAY.strftime(shape), shape).date()  # noqa: DTZ007 - the day alone
    except (ValueError, re.error):  # strptime makes a pattern of the shape, and a part that stands twice breaks it
        return None
    return {_DAY.date(): True, _DAY.date().replace(day=1): False}.get(back)
