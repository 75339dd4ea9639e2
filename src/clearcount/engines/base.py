"""What an engine is: it narrows, moves and adds up rows; the matcher decides."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeAlias, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from clearcount.counting.axes import Axis, ByFlag, ByValue
from clearcount.counting.found import Flag, Found, InScope
from clearcount.engines.crimes import crimes_twice
from clearcount.model.keys import ALL, Place, ValueKey
from clearcount.model.request import Scope, Terms
from clearcount.model.table import Dimension

Part = TypeVar("Part")
TextOf: TypeAlias = Callable[[object], str]
"""What tells the values of a column apart."""
DATE_COLUMN = {"recorded": "recorded_on", "reported": "reported_on", "committed": "committed_from"}


@dataclass(frozen=True)
class SearchedPart:
    """One part of a request with everything settled: its codes (None is every code) and its last day."""

    number: int
    codes: frozenset[str] | None
    scope: Scope
    until: date
    terms: Terms | None = None
    alongside: frozenset[str] | None = None


@dataclass(frozen=True)
class Search:
    """One run: the parts, the extra columns that tables need, and the force's marker (or none).

    Without `hints` a mention carries none: only who lists the mentions needs them.
    """

    parts: tuple[SearchedPart, ...]
    columns: tuple[str, ...] = ()
    marker: str = ""
    person_columns: frozenset[str] = frozenset()
    hints: bool = True

    @property
    def bases(self) -> tuple[str, ...]:
        """The date bases of the parts, that of the first part first."""
        return tuple(dict.fromkeys(part.scope.date_basis for part in self.parts))

    @property
    def codes(self) -> frozenset[str] | None:
        """The codes of all parts; None where some part takes every code."""
        if any(part.codes is None for part in self.parts):
            return None
        return frozenset(code for part in self.parts for code in part.codes or ())

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles of people that some part counts."""
        return tuple(dict.fromkeys(part.scope.unit for part in self.parts if part.scope.counts_people))

    @property
    def wordings(self) -> tuple[Terms, ...]:
        """The different words that the parts look for."""
        return tuple(dict.fromkeys(part.terms for part in self.parts if part.terms))

    def asking(self, terms: Terms) -> tuple[SearchedPart, ...]:
        """Return the parts that look for these words."""
        return tuple(part for part in self.parts if part.terms == terms)


class RecordSource(Protocol):
    """The records of one snapshot, as Arrow."""

    def offences(self, codes: Collection[str] | None = None) -> pa.Table:
        """Return every offence, or those of some codes, with the columns of `model.record.Offence`."""
        ...

    def persons(self, role: str) -> pa.Table:
        """Return every person of a role: occurrence_no, crime_no (blank: every offence of the occurrence), person_no,
        ….
        """
        ...

    def texts(
        self, occurrences: pa.Array | None = None, fields: Collection[str] | None = None
    ) -> Iterator[pa.RecordBatch]:
        """Return the texts (of some occurrences, in some fields): occurrence_no, field, entry_no, entered_at, text,
        folded.
        """
        ...

    def marks(self, occurrences: pa.Array | None = None) -> Iterator[pa.Table]:
        """Return what is known of the texts without reading them: occurrence_no, field, entry_no, entered_at, length,
        mojibake.
        """
        ...

    def parts(self) -> Sequence[RecordSource]:
        """Return the same records in parts that can be sent to another process and are read there.

        All that belongs to an occurrence lies in one part.
        """
        ...


@dataclass(frozen=True)
class Only:
    """Records of which only some occurrences are looked at."""

    records: RecordSource
    numbers: frozenset[str]

    def offences(self, codes: Collection[str] | None = None) -> pa.Table:
        """Return their offences."""
        found = self.records.offences(codes)
        return found.filter(pc.is_in(found["occurrence_no"], self._numbers))

    def persons(self, role: str) -> pa.Table:
        """Return their people of a role."""
        found = self.records.persons(role)
        return found.filter(pc.is_in(found["occurrence_no"], self._numbers))

    def texts(
        self, occurrences: pa.Array | None = None, fields: Collection[str] | None = None
    ) -> Iterator[pa.RecordBatch]:
        """Return their texts."""
        return self.records.texts(self._of(occurrences), fields)

    def marks(self, occurrences: pa.Array | None = None) -> Iterator[pa.Table]:
        """Return what is known of their texts."""
        return self.records.marks(self._of(occurrences))

    def parts(self) -> Sequence[RecordSource]:
        """Return their parts."""
        return [Only(part, self.numbers) for part in self.records.parts()]

    @property
    def _numbers(self) -> pa.Array:
        return pa.array(sorted(self.numbers), pa.string())

    def _of(self, occurrences: pa.Array | None) -> pa.Array:
        return self._numbers if occurrences is None else occurrences.filter(pc.is_in(occurrences, self._numbers))


class Over(Protocol):
    """How an engine calls a function on records."""

    def __call__(self, records: RecordSource, work: Callable[[RecordSource], Part]) -> Iterator[Part]:
        """Yield what `work` gives for pieces of the records that hold whole occurrences, in order.

        `work` may run in another process, so it is a function of a module, and what it gives is small.
        """
        ...


def whole(records: RecordSource, work: Callable[[RecordSource], Part]) -> Iterator[Part]:
    """Yield what `work` gives for all records at once, in this process."""
    yield work(records)


@dataclass(frozen=True)
class Engine:
    """Runs a search, and adds up what it found; both are the same on every engine.

    `run` gives the records in scope and the mentions in their texts. `tally` counts the records that carry one of some
    flags at every place of the axes, margins included; with `once` it counts occurrences, each once. A place that
    holds none is left out. `over` calls a function where the records lie.
    """

    name: str
    run: Callable[[RecordSource, Search], Found]
    tally: Callable[[InScope, Sequence[Flag], Sequence[Axis], bool, int], Mapping[Place, int]]
    distinct: Callable[[InScope, Sequence[Flag], str], list[object]]
    over: Over = whole
    crimes_twice: Callable[[InScope], int] = crimes_twice

    def grouped(
        self, records: InScope, flags: Sequence[Flag], columns: Mapping[str, TextOf]
    ) -> dict[tuple[str, ...], int]:
        """Return how many records with one of `flags` hold each combination of values that is there.

        `columns` gives for each column what its values are told apart by; a value that is missing is left out.
        """

        def axis(name: str, text_of: TextOf) -> Axis:
            return ByValue(Dimension(name, name, ()), name, lambda v: () if v is None else (ValueKey(text_of(v)),))

        axes = [axis(name, text_of) for name, text_of in columns.items()]
        counted = self.tally(records, flags, axes, False, len(axes))
        return {tuple(key.text for key in place): many for place, many in counted.items() if ALL not in place}

    def share(self, records: InScope, first: Flag, second: Flag) -> bool:
        """Return whether some record carries both flags."""
        both = ByFlag(Dimension("both", "both", ()), ((ValueKey("both"), (second,)),))
        return bool(self.tally(records, (first,), (both,), False, 1))
