"""Rows that one import refused and a later one read: which they are, by the keys of the records that they held."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from clearcount.store import schema

Key: TypeAlias = tuple[str, ...]
"""A whole key of a record, in the order of `schema.KEYS`."""


@dataclass(frozen=True)
class ReadAgain:
    """Refused rows of one kind in one file of an earlier import whose records this import read, or refused anew."""

    snapshot: int
    kind: str
    file: str
    rows: tuple[int, ...]


def owed(refused: pa.Table) -> dict[str, frozenset[Key]]:
    """Return the whole keys of refused rows (`schema.QUARANTINE`) by kind."""
    return {kind: frozenset(key for _, key in _keyed(refused, kind) if key is not None) for kind in schema.KEYS}


def keys_among(rows: pa.Table, kind: str, wanted: Collection[Key]) -> set[Key]:
    """Return those of the `wanted` keys that the rows of an import hold."""
    if not wanted:
        return set()
    near = rows.select(list(schema.KEYS[kind])).filter(
        pc.is_in(rows["occurrence_no"], pa.array(sorted({key[0] for key in wanted}), pa.string()))
    )
    return {key for row in near.to_pylist() if (key := tuple(row.values())) in wanted}


def read_again(refused: pa.Table, found: Mapping[str, Collection[Key]]) -> tuple[ReadAgain, ...]:
    """Return the rows of `refused` of which every record is among the keys `found`, by kind."""
    places: dict[tuple[int, str, str], list[int]] = defaultdict(list)
    for kind, keys in found.items():
        if not keys:
            continue
        whole: dict[tuple[int, str, int], bool] = {}
        for place, key in _keyed(refused, kind):
            whole[place] = whole.get(place, True) and key in keys
        for (snapshot, file, row), is_whole in whole.items():
            if is_whole:
                places[snapshot, kind, file].append(row)
    return tuple(ReadAgain(*place, tuple(sorted(rows))) for place, rows in sorted(places.items()))


def _keyed(refused: pa.Table, kind: str) -> Iterator[tuple[tuple[int, str, int], Key | None]]:
    """(snapshot, file and row; whole key, None where it is not known) of each refused record of a kind."""
    for row in refused.filter(pc.fill_null(pc.equal(refused["kind"], kind), False)).to_pylist():
        key = tuple(row[name] for name in schema.KEYS[kind])
        yield (row["snapshot"], row["file"], row["row"]), key if key[0] and None not in key else None
