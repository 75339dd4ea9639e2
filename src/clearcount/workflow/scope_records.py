"""The records that a count found, as disclosure control compares them with those of other releases."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from clearcount.counting import InScope
from clearcount.counting.axes import Axis, ByFlag, ByValue
from clearcount.counting.dimensions import axes_of
from clearcount.counting.found import Flag
from clearcount.counting.plan import READ, Counts, Wanted
from clearcount.disclosure.describe import RECORD_UNITS
from clearcount.disclosure.filters import RECORDS, filter_leaf
from clearcount.disclosure.kinds import role_leaf
from clearcount.disclosure.lines import overlapping_leaf
from clearcount.disclosure.linked import OFFENCE
from clearcount.disclosure.records import Records
from clearcount.engines.columns import Mask, column_of, mask_of
from clearcount.model.keys import CodeKey
from clearcount.model.population import Population
from clearcount.model.table import Table
from clearcount.workflow.counting import Counted

_TIMES_AND_CODES = frozenset(
    ("offence", "question", "class", "sub-class", "category", "week", "month", "quarter", "year", "financial-year")
)
_BYTES = 8


def records_of(counted: Counted, read: Sequence[Table], key: bytes) -> Records:
    """Return the offences and the people in scope, with the parts and lines in which they lie.

    `read` are the tables of what readers decided. The digests are BLAKE2b under `key`, 8 bytes each.
    """
    units = [each.table.unit for each in counted.answers]
    roles = [unit for unit in dict.fromkeys(units) if unit not in RECORD_UNITS]
    people = {role: _records(counted, read, key, (role,), role_leaf(role, "")) for role in roles}
    if RECORD_UNITS.isdisjoint(units):
        return replace(Records.nothing(), people=people)
    return replace(_records(counted, read, key, RECORD_UNITS, ""), people=people)


def _records(counted: Counted, read: Sequence[Table], key: bytes, units: Collection[str], prefix: str) -> Records:
    """What the tables of some units count; the parts bear the name of a role, as they do in the document.

    The records are read a stretch at a time, and only numbers are kept of each.
    """
    found = next(counted.found.records(each.wanted.unit) for each in counted.answers if each.table.unit in units)
    filters, axes = _filters(counted, read, units), _axes(counted, units)
    offences, sides = _LeafOfEach(), {name: _LeafOfEach() for name in axes}
    keys, days, masks = bytearray(), [], {name: list[Mask]() for name in filters}
    for chunk in found.chunks():
        keys += _digests(chunk, key)
        days.append(_days(chunk))
        codes, names = column_of(chunk.code).encoded
        offences.add(codes, names)
        for name, axis in axes.items():
            sides[name].add(*_texts(axis, chunk))
        for name, flags in filters.items():
            masks[name].append(_carrying(flags, chunk))
    parts, distinct = _parts({name: np.concatenate(held) for name, held in masks.items()}, len(found))
    codes_of = tuple(CodeKey(code, counted.facts.own).text for code in offences.leaves)
    return Records(
        keys=np.frombuffer(bytes(keys), np.uint64),
        days=np.concatenate(days),
        sides={OFFENCE: offences.side, RECORDS: parts, **{name: side.side for name, side in sides.items()}},
        leaves={
            OFFENCE: codes_of,
            RECORDS: tuple(prefix + filter_leaf(part) for part in distinct),
            **{name: side.leaves for name, side in sides.items()},
        },
        held={prefix + filter_leaf(part): part for part in distinct},
    )


class _LeafOfEach:
    """The leaf of each record in one dimension, added up stretch by stretch: -1 where it lies in none."""

    def __init__(self) -> None:
        self._number: dict[str | None, int] = {None: -1}
        self._parts: list[NDArray[np.int32]] = []

    def add(self, places: NDArray[np.int64], texts: Sequence[str | None]) -> None:
        """Add records by the place of each one's leaf among `texts`; None is no leaf."""
        numbers = [self._number.setdefault(text, len(self._number) - 1) for text in texts]
        self._parts.append(np.array(numbers, np.int32)[places])

    @property
    def side(self) -> NDArray[np.int32]:
        """The number of each record's leaf."""
        return np.concatenate(self._parts)

    @property
    def leaves(self) -> tuple[str, ...]:
        """The leaves, in the order in which they were met."""
        return tuple(text for text in self._number if text is not None)


def _digests(found: InScope, key: bytes) -> bytes:
    """One digest a record, a person with the number that the person has. Where one ends and the next begins counts."""
    made = bytearray()
    people = found.person_no or repeat("")
    for occurrence, crime, person in zip(found.occurrence_no, found.crime_no, people, strict=False):
        first, second = (each.encode("utf-8", "surrogatepass") for each in (occurrence, crime))
        text = len(first).to_bytes(8, "big") + first + second
        if person:
            text = b"person" + len(text).to_bytes(8, "big") + text + person.encode("utf-8", "surrogatepass")
        made += hashlib.blake2b(text, digest_size=_BYTES, key=key[:64]).digest()
    return bytes(made)


def _days(found: InScope) -> NDArray[np.int32]:
    """The day on which each record was recorded; 0 where the count did not need it."""
    days = found.days.get("recorded")
    if days is None:
        return np.zeros(len(found), np.int32)
    return np.array([day.toordinal() if day else 0 for day in days], np.int32)


def _filters(counted: Counted, read: Sequence[Table], units: Collection[str]) -> dict[str, list[Flag]]:
    """For each filter of the release, the flags of which a record carries one that it counts."""
    held: dict[str, list[Flag]] = {}

    def add(population: Population, flags: Sequence[Flag]) -> None:
        if not population.aside:
            held.setdefault(population.filter, []).extend(flags)

    for answer in counted.answers:
        if answer.table.unit not in units:
            continue
        wanted = answer.wanted
        add(answer.table.population, wanted.flags(wanted.counts))
        add(wanted.whole.population("scope", counted.facts), wanted.flags("scope"))
    first = counted.answers[0].wanted
    kinds: dict[str, Counts] = {"marked": "marked", "marker_decided": "decided", **{name: name for name in READ}}
    for table in (*counted.further, *read):
        if table.unit in units and (kind := table.name.removesuffix(counted.suffix)) in kinds:
            add(table.population, first.flags(kinds[kind]))
    return held


def _carrying(flags: Collection[Flag], found: InScope) -> Mask:
    """Which records carry one of the flags."""
    mask = np.zeros(len(found), bool)
    for flag in found.flags.keys() & set(flags):
        mask |= mask_of(found.flags[flag])
    return mask


def _parts(held: Mapping[str, NDArray[np.bool_]], many: int) -> tuple[NDArray[np.int32], tuple[frozenset[str], ...]]:
    """The part of each record, -1 for one that no filter counts, and the filters that count each part."""
    side = np.full(many, -1, np.int32)
    number: dict[frozenset[str], int] = {frozenset(): -1}
    parts = np.zeros(many, np.int64)  # the part under the filters so far
    found = [frozenset[str]()]
    for name, mask in held.items():
        pairs, place = np.unique(parts * 2 + mask, return_inverse=True)
        found = [found[pair // 2] | ({name} if pair % 2 else frozenset()) for pair in pairs.tolist()]
        parts = place.astype(np.int64)
    for held_by in found:
        number.setdefault(held_by, len(number) - 1)
    side[:] = np.array([number[held_by] for held_by in found], np.int32)[parts]
    return side, tuple(held_by for held_by in number if held_by)


def _axes(counted: Counted, units: Collection[str]) -> dict[str, Axis]:
    """The axes of the tables of some units by the name of their dimension, without times and offences."""
    axes: dict[str, Axis] = {}
    for answer in counted.answers:
        wanted: Wanted = answer.wanted
        found = counted.found.records(wanted.unit)
        if answer.table.unit not in units:
            continue

        def distinct(flags: Sequence[Flag], column: str, found: InScope = found) -> list[object]:
            return counted.engine.distinct(found, flags, column)

        rows, columns = axes_of(wanted, wanted.counts, distinct, counted.facts)
        for axis in (*rows, *columns):
            if axis.dimension.name not in _TIMES_AND_CODES:
                axes.setdefault(axis.dimension.name, axis)
    return axes


def _texts(axis: Axis, found: InScope) -> tuple[NDArray[np.int64], list[str | None]]:
    """The place of each record's leaf, and the leaves in the order in which they are met; None is no leaf."""
    if isinstance(axis, ByFlag):
        return _lines(axis, found)
    places, values = column_of(_column(axis, found)).encoded
    keys = [list(axis.keys(value)) for value in values]
    return places, [each[0].text or None if len(each) == 1 else None for each in keys]


def _lines(axis: ByFlag, found: InScope) -> tuple[NDArray[np.int64], list[str | None]]:
    """As `_texts`, for lines of which a record may lie in several."""
    masks = [_carrying(flags, found).tolist() for _, flags in axis.lines]
    if not masks:
        return np.zeros(len(found), np.int64), [None]
    number: dict[tuple[bool, ...], int] = {}
    places = np.array([number.setdefault(held, len(number)) for held in zip(*masks, strict=True)], np.int64)
    keys = [key.text for key, _ in axis.lines]
    met = [[text for text, there in zip(keys, held, strict=True) if there] for held in number]
    return places, [overlapping_leaf(each) if each else None for each in met]


def _column(axis: ByValue, found: InScope) -> Sequence[object]:
    kind, _, name = axis.column.partition(":")
    columns: dict[str, Callable[[], Sequence[object]]] = {
        "code": lambda: found.code,
        "state": lambda: found.states,
        "day": lambda: found.days[name],
        "value": lambda: found.values[name],
    }
    return columns[kind]()
