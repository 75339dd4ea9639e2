"""What runs on the workers: a part of the records in, its records in scope and its hits out, as Arrow.

What a worker raises goes into the logs of the cluster, and a message may carry words of a record. So an error is raised
again without its message, unless it is a sentence of ours.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from functools import cached_property, partial
from importlib import metadata
from typing import TypeAlias

import pyarrow as pa

from clearcount.counting.found import Flag, Found, HoldsTerm, InPart, InScope, Marked, Matched, Mentioned, Searched
from clearcount.engines.base import RecordSource, Search
from clearcount.engines.columns import column_of, mask_of
from clearcount.engines.crimes import spelled_alike
from clearcount.engines.local import run
from clearcount.errors import ClearcountError
from clearcount.matching import MATCHER_VERSION, UNICODE_VERSION
from clearcount.model.mention import Mention

try:
    _INSTALLED = metadata.version("clearcount")
except metadata.PackageNotFoundError:  # it runs from its sources
    _INSTALLED = "not installed"
HERE = f"clearcount {_INSTALLED}, matcher {MATCHER_VERSION}, Unicode {UNICODE_VERSION}"
"""What must be the same on every worker, because it decides what matches."""
RAISED = "clearcount says: "
"""What stands before a sentence of ours in what a worker raises."""
OFFENCES, KEPT, DROPPED, PART = "offences", "kept", "dropped", "part"
"""The kinds of rows beside the roles of people: offences in scope, hits, dropped hits, and what is known of a part."""
_HIT = {
    "occurrence_no": pa.string(),
    "field": pa.string(),
    "entry_no": pa.string(),
    "term": pa.string(),
    "start": pa.int32(),
    "end": pa.int32(),
    "matched": pa.string(),
    "before": pa.string(),
    "after": pa.string(),
    "hints": pa.list_(pa.string()),
}
HIT_COLUMNS = tuple(_HIT)
Values: TypeAlias = pa.Array | Sequence[object]
Job: TypeAlias = Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]
"""What `mapInArrow` takes."""
_PLACES = 1 << 32
"""Records that a part may have at most; a record's number is that of its part times this, and its place in it."""


class WorkerFault(Exception):
    """A fault on a worker, without what it was about."""


@dataclass(frozen=True)
class RowLayout:
    """The columns in which a search comes back: which of them holds which date, extra column and flag."""

    search: Search

    @cached_property
    def flags(self) -> tuple[Flag, ...]:
        """Every flag that a record may carry, in a fixed order."""
        found: list[Flag] = [Searched(), Mentioned()]
        for part in self.search.parts:
            found.append(InPart(part.number))
            if self.search.marker:
                found += [Marked(part.number), Marked(part.number, True)]
            if part.terms:
                found += [HoldsTerm(part.number, term) for term in part.terms.searched.terms]
                found.append(Matched(part.number))
        return tuple(dict.fromkeys(found))

    def flag(self, flag: Flag) -> str:
        """Return the column of a flag."""
        return f"f{self.flags.index(flag)}"

    def value(self, name: str) -> str:
        """Return the column that an axis reads: `code`, `label`, `state`, `day:recorded` or `value:district`."""
        kind, _, rest = name.partition(":")
        if kind == "day":
            return f"d{self.search.bases.index(rest)}"
        return f"v{self.search.columns.index(rest)}" if kind == "value" else kind

    @cached_property
    def columns(self) -> dict[str, pa.DataType]:
        """Every column with its type."""
        found: dict[str, pa.DataType] = {"kind": pa.string(), "rid": pa.int64(), "oid": pa.int64()}
        found |= dict.fromkeys(("crime_no", "person_no", "code", "label", "state"), pa.string())
        found |= {self.value(f"day:{basis}"): pa.date32() for basis in self.search.bases}
        found |= {self.value(f"value:{name}"): pa.string() for name in self.search.columns}
        found |= {self.flag(flag): pa.bool_() for flag in self.flags}
        found |= {"alike": pa.binary()}
        found |= _HIT
        return found | {"version": pa.string(), **dict.fromkeys(("undated", "spread", "searched"), pa.int64())}

    @property
    def ddl(self) -> str:
        """The columns as Spark writes them."""
        names = {
            pa.string(): "string", pa.int64(): "bigint", pa.int32(): "int", pa.bool_(): "boolean",
            pa.date32(): "date", pa.binary(): "binary", pa.list_(pa.string()): "array<string>",
        }  # fmt: skip
        return ", ".join(f"`{name}` {names[kind]}" for name, kind in self.columns.items())

    def batch(self, kind: str, columns: Mapping[str, Values], many: int) -> pa.RecordBatch:
        """Return rows of a kind; a column that is not given is null."""
        given = {"kind": [kind] * many, **columns}
        arrays = [_as(given[name], of) if name in given else pa.nulls(many, of) for name, of in self.columns.items()]
        return pa.RecordBatch.from_arrays(arrays, list(self.columns))


def version() -> str:
    """Return what this process has that decides what matches."""
    return HERE


def counting(sources: Sequence[RecordSource], search: Search) -> Job:
    """Return a function for `mapInArrow` that counts the parts whose numbers come in."""
    return partial(_each, work=partial(_rows_of, sources=tuple(sources), search=search))


def calling(sources: Sequence[RecordSource], work: Callable[[RecordSource], object]) -> Job:
    """Return a function for `mapInArrow` that calls `work` on the parts whose numbers come in.

    Columns: place, made (what `work` gave, pickled).
    """
    return partial(_each, work=partial(_made_of, sources=tuple(sources), work=work))


def _each(
    batches: Iterable[pa.RecordBatch], work: Callable[[int], Iterator[pa.RecordBatch]]
) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        for number in batch.column(0).to_pylist():
            try:
                yield from work(number)
            except ClearcountError as error:
                raise WorkerFault(RAISED + " ".join(str(error).split())) from None
            except Exception as error:
                raise WorkerFault(f"{type(error).__name__} in part {number}") from None


def _made_of(
    number: int, sources: Sequence[RecordSource], work: Callable[[RecordSource], object]
) -> Iterator[pa.RecordBatch]:
    made = pickle.dumps(work(sources[number]))
    yield pa.record_batch([pa.array([number], pa.int64()), pa.array([made], pa.binary())], ["place", "made"])


def _rows_of(number: int, sources: Sequence[RecordSource], search: Search) -> Iterator[pa.RecordBatch]:
    layout = RowLayout(search)
    found = run(sources[number], search, workers=1)
    known = {"version": [version()], "undated": [found.undated], "spread": [found.spread]}
    yield layout.batch(PART, {**known, "searched": [len(found.searched)]}, 1)
    for kind, records in {OFFENCES: found.offences, **found.people}.items():
        if len(records):
            yield layout.batch(kind, _columns(records, layout, number), len(records))
    yield from _hits(found, layout)


def _columns(records: InScope, layout: RowLayout, number: int) -> dict[str, Values]:
    first = number * _PLACES
    numbers = column_of(records.occurrence_no)
    found: dict[str, Values] = {
        "rid": pa.array(range(first, first + len(records)), pa.int64()),
        "oid": pa.array(numbers.encoded[0] + first),
        "occurrence_no": numbers.array,
        "crime_no": column_of(records.crime_no).array,
        "code": column_of(records.code).array,
        "label": column_of(records.label).array,
        "state": column_of(records.states).array,
        "alike": _alike(records),
    }
    if len(records.person_no):
        found["person_no"] = column_of(records.person_no).array
    found |= {layout.value(f"day:{basis}"): column_of(days).array for basis, days in records.days.items()}
    found |= {layout.value(f"value:{name}"): column_of(values).array for name, values in records.values.items()}
    return found | {layout.flag(flag): pa.array(mask_of(held)) for flag, held in records.flags.items()}


def _alike(records: InScope) -> list[bytes]:
    """A digest of each crime's key without capitals and blanks."""
    numbers = pa.chunked_array([column_of(records.occurrence_no).array], pa.string())
    crimes = pa.chunked_array([column_of(records.crime_no).array], pa.string())
    spelled = spelled_alike(numbers, crimes)
    pairs = zip(spelled["home"].to_pylist(), spelled["crime"].to_pylist(), strict=True)
    return [hashlib.blake2b(f"{home}\0{crime}".encode(), digest_size=16).digest() for home, crime in pairs]


def _hits(found: Found, layout: RowLayout) -> Iterator[pa.RecordBatch]:
    names = [each.name for each in fields(Mention)]
    for kind, hits in ((KEPT, found.mentions), (DROPPED, found.dropped)):
        if hits:
            columns = dict(zip(names, zip(*map(astuple, hits), strict=True), strict=True))
            yield layout.batch(kind, columns, len(hits))


def _as(values: Values, kind: pa.DataType) -> pa.Array:
    array = values if isinstance(values, pa.Array) else pa.array(list(values), kind)
    return array if array.type == kind else array.cast(kind)
