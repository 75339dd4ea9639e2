"""The records that a count found, as disclosure control compares them with those of other releases."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
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
from clearcount.engines.columns import column_of
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
    """What the tables of some units count; the parts bear the name of a role, as they do in the document."""
    found = next(counted.found.records(each.wanted.unit) for each in counted.answers if each.table.unit in units)
    sides: dict[str, NDArray[np.int32]] = {}
    leaves: dict[str, tuple[str, ...]] = {}
    codes, names = column_of(found.code).encoded
    sides[OFFENCE] = np.asarray(codes, np.int32)
    leaves[OFFENCE] = tuple(CodeKey(code, counted.facts.own).text for code in names)
    held = _filters(counted, read, found, units)
    sides[RECORDS], distinct = _parts(held, len(found))
    leaves[RECORDS] = tuple(prefix + filter_leaf(part) for part in distinct)
    for axis in _axes(counted, units):
        name = axis.dimension.name
        if name not in sides and name not in _TIMES_AND_CODES:
            sides[name], leaves[name] = _side(axis, found)
    return Records(
        keys=_digests(found, key),
        days=_days(found),
        sides=sides,
        leaves=leaves,
        held={prefix + filter_leaf(part): part for part in distinct},
    )


def _digests(found: InScope, key: bytes) -> NDArray[np.uint64]:
    """One digest a record, a person with the number that the person has. Where one ends and the next begins counts."""
    made = bytearray()
    people = found.person_no or repeat("")
    for occurrence, crime, person in zip(found.occurrence_no, found.crime_no, people, strict=False):
        first, second = (each.encode("utf-8", "surrogatepass") for each in (occurrence, crime))
        text = len(first).to_bytes(8, "big") + first + second
        if person:
            text = b"person" + len(text).to_bytes(8, "big") + text + person.encode("utf-8", "surrogatepass")
        made += hashlib.blake2b(text, digest_size=_BYTES, key=key[:64]).digest()
    return np.frombuffer(bytes(made), np.uint64)


def _days(found: InScope) -> NDArray[np.int32]:
    """The day on which each record was recorded; 0 where the count did not need it."""
    days = found.days.get("recorded")
    if days is None:
        return np.zeros(len(found), np.int32)
    return np.array([day.toordinal() if day else 0 for day in days], np.int32)


def _filters(
    counted: Counted, read: Sequence[Table], found: InScope, units: Collection[str]
) -> dict[str, NDArray[np.bool_]]:
    """For each filter of the release, which records it counts."""
    held: dict[str, NDArray[np.bool_]] = {}

    def add(population: Population, flags: Sequence[Flag]) -> None:
        if population.aside:
            return
        mask = held.setdefault(population.filter, np.zeros(len(found), bool))
        for flag in flags:
            if flag in found.flags:
                mask |= np.asarray(found.flags[flag], bool)

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


def _axes(counted: Counted, units: Collection[str]) -> Iterator[Axis]:
    for answer in counted.answers:
        wanted: Wanted = answer.wanted
        found = counted.found.records(wanted.unit)
        if answer.table.unit not in units:
            continue

        def distinct(flags: Sequence[Flag], column: str, found: InScope = found) -> list[object]:
            return counted.engine.distinct(found, flags, column)

        rows, columns = axes_of(wanted, wanted.counts, distinct, counted.facts)
        yield from (*rows, *columns)


def _side(axis: Axis, found: InScope) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """The leaf of each record in one dimension, -1 where it lies in none."""
    texts = list(_texts(axis, found))
    names = {text: number for number, text in enumerate(dict.fromkeys(text for text in texts if text))}
    return np.array([names.get(text, -1) for text in texts], np.int32), tuple(names)


def _texts(axis: Axis, found: InScope) -> Iterator[str]:
    if isinstance(axis, ByFlag):
        masks = [(key.text, [found.flags[flag] for flag in flags if flag in found.flags]) for key, flags in axis.lines]
        for at in range(len(found)):
            met = [text for text, columns in masks if any(column[at] for column in columns)]
            yield overlapping_leaf(met) if met else ""
        return
    known: dict[object, str] = {}
    for value in _column(axis, found):
        if value not in known:
            keys = list(axis.keys(value))
            known[value] = keys[0].text if len(keys) == 1 else ""
        yield known[value]


def _column(axis: ByValue, found: InScope) -> Sequence[object]:
    kind, _, name = axis.column.partition(":")
    columns: dict[str, Callable[[], Sequence[object]]] = {
        "code": lambda: found.code,
        "state": lambda: found.states,
        "day": lambda: found.days[name],
        "value": lambda: found.values[name],
    }
    return columns[kind]()
