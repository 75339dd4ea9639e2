"""Crimes that stand in the records twice: under two occurrences, or under two spellings of one key."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from clearcount.counting.found import InScope
from clearcount.engines.columns import column_of

_COUNTER = r"^\d{1,2}(/\d)?$"
"""A crime number that only counts the crimes of its occurrence; many occurrences have it."""


def crimes_twice(records: InScope) -> int:
    """Return how many crimes in scope stand under more than one occurrence, or under more than one spelling.

    Capitals and blanks make another spelling. A number that only counts the crimes of its occurrence is one of that.
    """
    numbers, crimes = column_of(records.occurrence_no).array, column_of(records.crime_no).array
    keys = pa.table({"occurrence": numbers.cast(pa.string()), "crime": crimes.cast(pa.string())})
    keys = keys.group_by(["occurrence", "crime"]).aggregate([])
    spelled = spelled_alike(keys["occurrence"], keys["crime"])
    counted = spelled.group_by(["home", "crime"]).aggregate([([], "count_all")])
    return pc.sum(pc.greater(counted["count_all"], 1)).as_py() or 0


def spelled_alike(occurrences: pa.ChunkedArray, crimes: pa.ChunkedArray) -> pa.Table:
    """Return the key of each crime without capitals and blanks.

    Columns: home, the occurrence where the number only counts its crimes, else ""; crime.
    """
    counter = pc.match_substring_regex(crimes, _COUNTER)
    return pa.table({"home": pc.if_else(counter, _folded(occurrences), ""), "crime": _folded(crimes)})


def _folded(keys: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.utf8_lower(pc.replace_substring_regex(keys, r"\s+", ""))
