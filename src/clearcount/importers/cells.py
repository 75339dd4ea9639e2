"""Typed values of spreadsheets, databases and columnar files as the text that a delimited export would hold."""

from __future__ import annotations

from collections.abc import Container, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clearcount.foreign.workbooks import is_error

LONDON = ZoneInfo("Europe/London")
"""Where the day of a moment that names an offset is recorded."""


def cell_text(value: object) -> str:
    """Return one value as text: dates in ISO form, whole numbers without a point, nothing for nothing.

    A moment with a time zone is told in the time of the United Kingdom, as one written with an offset is.
    """
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < 2**53:
            return str(int(value))
        case datetime() if value.tzinfo is not None:
            return cell_text((value.astimezone(LONDON) if value.year >= 1000 else value).replace(tzinfo=None))
        case bytes():
            return value.hex()
        case datetime() if value.time() == time(0):
            return value.date().isoformat()
        case datetime():
            return value.isoformat(sep=" ", timespec="seconds")
        case date():
            return value.isoformat()
        case Decimal() if value == value.to_integral_value():
            return str(int(value))
        case list() | tuple():
            return "|".join(cell_text(item) for item in value)
    return str(value)


def column_text(values: pa.Array) -> pa.Array:
    """Return a column as text, null as blank."""
    kind = values.type
    if pa.types.is_dictionary(kind):
        values, kind = values.dictionary_decode(), kind.value_type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pc.fill_null(values.cast(pa.string()), "")
    if pa.types.is_integer(kind) or pa.types.is_date32(kind) or pa.types.is_null(kind):
        return pc.fill_null(values.cast(pa.string()), "")
    return pa.array([cell_text(value) for value in values.to_pylist()], pa.string())


def trimmed(values: pa.Array) -> pa.Array:
    """Return a string column without white space at either end of its values; the same array where it holds none at
    all.
    """
    found = _bytes(values)
    if not found.size or (found.min() > _SPACE and found.max() < _BEYOND_ASCII):
        return values
    return pc.utf8_trim_whitespace(values)


def holds(values: pa.Array, sign: str) -> bool:
    """Return whether an ASCII sign stands anywhere in a string column."""
    return bool((_bytes(values) == ord(sign)).any())


def is_beyond_print(values: pa.Array) -> bool:
    """Return whether a string column holds any byte that is no printed ASCII."""
    found = _bytes(values)
    return bool(found.size and (found.min() < _SPACE or found.max() >= _BEYOND_PRINT))


_NO_VALUE = ("null", "(null)", "[null]", "<null>", "\\n", "nan")
_NO_KEY = (
    *_NO_VALUE,
    "n/a",
    "na",
    "none",
    "nil",
    "unknown",
    "not known",
    "not recorded",
    "tbc",
    "tba",
    "?",
    ".",
    "-",
    "--",
)
"""What databases and programs write for a value that is not there, and what people write for a number besides."""


def placeholders(values: pa.Array, *, keys: bool = False) -> np.ndarray:
    """Return the places of values that only say that there is none, as `NULL`; of `keys` also what people write."""
    words = _NO_KEY if keys else _NO_VALUE
    last = last_bytes(values)
    short = pc.less_equal(pc.binary_length(values), max(map(len, words)) + 4).to_numpy(zero_copy_only=False)
    near = np.flatnonzero(short & (last > 0) & ~((last >= ord("0")) & (last <= ord("9"))))
    if not near.size:
        return near
    bare = pc.utf8_lower(pc.utf8_trim_whitespace(values.take(pa.array(near))))
    found: np.ndarray = near[pc.is_in(bare, pa.array(words, pa.string())).to_numpy(zero_copy_only=False)]
    return found


def parted_words(values: pa.Array) -> int:
    """Return how many texts have a zero-width space between two letters.

    Nobody sees it, and nobody can tell whether one word was meant or two.
    """
    if not is_beyond_print(values):
        return 0
    return pc.sum(pc.match_substring_regex(values, r"\p{L}\x{200B}+\p{L}")).as_py() or 0


def errors(values: pa.Array) -> Iterator[tuple[int, str]]:
    """Yield (place, word) of each value that is nothing but a spreadsheet's error, as `#N/A`: what was saved of a
    formula.
    """
    held, offsets = string_bytes(values)
    if not held.size:
        return
    starts, ends = offsets[:-1], offsets[1:]
    firsts = held[np.minimum(starts, held.size - 1)]
    begun = (firsts <= ord("#")) | (firsts == ord("E"))
    for index in np.flatnonzero(begun & (ends - starts <= _LONGEST_ERROR)).tolist():
        if is_error(word := values[index].as_py().strip()):
            yield index, word


_LONGEST_ERROR = 40
"""Bytes of a cell that may be an error: the longest word, or a row of signs as wide as a column, and blanks."""


def last_bytes(values: pa.Array) -> np.ndarray:
    """Return the last byte of each value of a string column, 0 for a blank one."""
    if not len(values):
        return np.empty(0, np.uint8)
    _, offsets, data = values.buffers()
    held = np.frombuffer(data or b"\0", np.uint8)
    bounds = np.frombuffer(offsets, np.int32)[values.offset : values.offset + len(values) + 1]
    last = held[np.clip(bounds[1:] - 1, 0, held.size - 1)]
    return np.where(bounds[1:] > bounds[:-1], last, np.uint8(0))


def rows_with_lines(values: pa.Array, first: Container[int]) -> set[int]:
    """Return the rows of a string column that have a further line which begins with a byte of `first`."""
    found = _bytes(values).tobytes()  # a search from one to the next, because few texts have several lines
    at = found.find(b"\n")
    if at < 0:
        return set()
    offsets = np.frombuffer(values.buffers()[1], np.int32)[values.offset : values.offset + len(values) + 1]
    ends = offsets[1:] - offsets[0]
    rows: set[int] = set()
    while 0 <= at < len(found) - 1:
        if found[at + 1] in first:
            row = int(np.searchsorted(ends, at, side="right"))
            if at + 1 < ends[row]:
                rows.add(row)
        at = found.find(b"\n", at + 1)
    return rows


_SPACE, _BEYOND_PRINT, _BEYOND_ASCII = 0x20, 0x7F, 0x80
"""All white space of ASCII is a space or below; all other white space is beyond ASCII."""


def string_bytes(values: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Return (bytes, offsets): all values of a string column one after the other, and where each begins and the last
    ends.
    """
    if not len(values):
        return np.empty(0, np.uint8), np.zeros(1, np.int32)
    _, offsets, data = values.buffers()
    held = np.frombuffer(offsets, np.int32)[values.offset : values.offset + len(values) + 1]
    return np.frombuffer(data or b"", np.uint8)[held[0] : held[-1]], held - held[0]


def _bytes(values: pa.Array) -> np.ndarray:
    return string_bytes(values)[0]
