"""What doubts need to know of the texts in scope, field by field, from what is known of texts without reading them.

A piece of the records gives numbers, and no more occurrences than are looked at in the end.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from heapq import nsmallest
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from clearcount.answer.doubts import FieldTexts
from clearcount.engines import RecordSource, Search
from clearcount.engines.local import in_scope
from clearcount.workflow.counting import Counted

_SHORTEST_PIECE = 30
_CUTS = frozenset(
    (
        *(40, 50, 60, 64, 70, 72, 75, 76, 78, 79, 80, 90, 100, 120, 127, 128, 132, 150, 160, 200, 240, 250, 254, 255),
        *(256, 300, 400, 500, 512, 1000, 1024, 2000, 2048, 3000, 4000, 4096),
    )
)
"""Widths at which systems write a long text on into another row."""
_LOOKED_AT = 200
"""Occurrences whose texts are read to see whether one text runs on into the next."""
_Place: TypeAlias = tuple[str, int]
"""An occurrence, and the number of an entry."""


@dataclass(frozen=True)
class _Lengths:
    """How many texts of a field there are, how many have the greatest length, and how many are damaged."""

    rows: int = 0
    longest: int = 0
    at_longest: int = 0
    damaged: int = 0

    def __add__(self, other: _Lengths) -> _Lengths:
        longest = max(self.longest, other.longest)
        at = sum(each.at_longest for each in (self, other) if each.longest == longest)
        return _Lengths(self.rows + other.rows, longest, at, self.damaged + other.damaged)


@dataclass(frozen=True)
class _Followed:
    """Texts that the next entry of the same moment follows: how many of each length, and those that may run on.

    `full` counts those of the greatest length, `most_full` the most of these in one occurrence. `near` may run on
    whatever other lengths there are, `cut` only where their length stands out. Of both only the first occurrences.
    """

    widths: Counter[int] = field(default_factory=Counter)
    full: int = 0
    most_full: int = 0
    near: tuple[_Place, ...] = ()
    cut: Mapping[int, tuple[_Place, ...]] = field(default_factory=dict)

    def __add__(self, other: _Followed) -> _Followed:
        lengths = sorted({*self.cut, *other.cut})
        return _Followed(
            self.widths + other.widths,
            self.full + other.full,
            max(self.most_full, other.most_full),
            _first((*self.near, *other.near)),
            {length: _first((*self.cut.get(length, ()), *other.cut.get(length, ()))) for length in lengths},
        )


def texts_in_scope(counted: Counted) -> tuple[FieldTexts, ...]:
    """Return what is known of the texts of each field in scope."""
    search, over = counted.search, counted.engine.over
    records = counted.records
    lengths: dict[str, _Lengths] = defaultdict(_Lengths)
    for found in over(records, partial(_lengths_of, search=search)):
        for name, more in found.items():
            lengths[name] += more
    if not lengths:
        return ()
    longest = {name: each.longest for name, each in lengths.items()}
    followed: dict[str, _Followed] = defaultdict(_Followed)
    for follows in over(records, partial(_followed_of, search=search, longest=longest)):
        for name, some in follows.items():
            followed[name] += some
    near = {name: _near(each, longest[name]) for name, each in followed.items()}
    doubtful = {name: places for name, places in near.items() if isinstance(places, tuple) and places}
    run_on: Counter[str] = Counter()
    if doubtful:
        for some_run_on in over(records, partial(_run_on, places=doubtful)):
            run_on.update(some_run_on)
    pieces = {name: n for name, n in near.items() if isinstance(n, int)}
    return tuple(
        FieldTexts(name, each.rows, each.longest, each.at_longest, each.damaged, pieces.get(name, run_on[name]))
        for name, each in sorted(lengths.items())
    )


def _marks(records: RecordSource, search: Search) -> Iterator[tuple[str, pa.Table]]:
    """Each field with the marks of its texts in scope."""
    found = list(records.marks(in_scope(records, search)))
    if not found:
        return
    marks = pa.concat_tables(found)
    marks = marks.filter(pc.greater(marks["length"], 0))
    for name in sorted(marks["field"].unique().to_pylist()):
        yield name, marks.filter(pc.equal(marks["field"], name))


def _lengths_of(records: RecordSource, search: Search) -> dict[str, _Lengths]:
    found = {}
    for name, own in _marks(records, search):
        longest = pc.max(own["length"]).as_py()
        at_longest = pc.sum(pc.equal(own["length"], longest)).as_py() or 0
        found[name] = _Lengths(own.num_rows, longest, at_longest, pc.sum(own["mojibake"]).as_py() or 0)
    return found


def _followed_of(records: RecordSource, search: Search, longest: Mapping[str, int]) -> dict[str, _Followed]:
    found = {}
    for name, own in _marks(records, search):
        follows = [place for place in _followed(own) if place[2] >= _SHORTEST_PIECE]
        in_one = Counter((occurrence, length) for occurrence, _, length in follows)
        near, cut = [], defaultdict(list)
        for occurrence, entry, length in follows:
            if length >= 0.6 * longest[name] or in_one[occurrence, length] >= 2:
                near.append((occurrence, entry))
            elif length in _CUTS:
                cut[length].append((occurrence, entry))
        full = {key: n for key, n in in_one.items() if key[1] == longest[name]}
        found[name] = _Followed(
            Counter(length for _, _, length in follows),
            sum(full.values()),
            max(full.values(), default=0),
            _first(near),
            {length: _first(places) for length, places in cut.items()},
        )
    return found


def _near(followed: _Followed, longest: int) -> int | tuple[_Place, ...]:
    """How many texts of a field run on into the next entry; or those that may, whose texts must be looked at.

    They fill the width of a row to the last character, or they break off inside a sentence that the next goes on with.
    Where longer texts stand in the field too, they do both.
    """
    widths = followed.widths
    if followed.full and (longest in _CUTS or widths[longest] >= 3 or followed.most_full >= 2):
        return followed.full
    standing_out = (
        places
        for length, places in followed.cut.items()
        if widths[length] > 2 * max(widths[length - 1], widths[length + 1])
    )
    return _first((*followed.near, *(place for places in standing_out for place in places)))


def _first(places: Iterable[_Place]) -> tuple[_Place, ...]:
    """The places in the first occurrences, as many as are looked at."""
    places = list(places)
    kept = frozenset(nsmallest(_LOOKED_AT, {occurrence for occurrence, _ in places}))
    return tuple(place for place in places if place[0] in kept)


def _followed(own: pa.Table) -> list[tuple[str, int, int]]:
    """(occurrence, entry, length) of each entry with a number that is followed by the next, of the same moment."""
    rows = own.select(["occurrence_no", "entry_no", "entered_at", "length"]).filter(
        pc.match_substring_regex(own["entry_no"], r"^\d{1,9}$")
    )
    rows = rows.set_column(1, "entry_no", rows["entry_no"].cast(pa.int64()))
    after = rows.select(["occurrence_no", "entry_no", "entered_at"])
    after = after.set_column(1, "entry_no", pc.subtract(after["entry_no"], 1))
    joined = rows.join(after, ["occurrence_no", "entry_no", "entered_at"], join_type="left semi")
    return [(row["occurrence_no"], row["entry_no"], row["length"]) for row in joined.to_pylist()]


def _run_on(records: RecordSource, places: Mapping[str, tuple[_Place, ...]]) -> Counter[str]:
    """How many of these texts break off inside a sentence that the next entry goes on with, by field."""
    found: Counter[str] = Counter()
    for name, near in places.items():
        occurrences = sorted({occurrence for occurrence, _ in near})
        texts: dict[str, dict[int, str]] = defaultdict(dict)
        for batch in records.texts(pa.array(occurrences, pa.string()), {name}):
            for row in batch.select(["occurrence_no", "entry_no", "text"]).to_pylist():
                if row["entry_no"].isdecimal():
                    texts[row["occurrence_no"]][int(row["entry_no"])] = row["text"]
        for occurrence, entry in near:
            first, second = texts[occurrence].get(entry, ""), texts[occurrence].get(entry + 1, "")
            broken = first[-1:].isalnum() or first[-1:] in ",- "
            goes_on = second[:1].islower() or second[:1] == " "
            found[name] += int(broken and goes_on)
    return found
