"""What an engine is: it narrows, moves and adds up rows; the matcher decides."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import pyarrow as pa

from clearcount.counting.axes import Axis
from clearcount.counting.found import Flag, Found, InScope
from clearcount.model.keys import Place
from clearcount.model.request import Scope, Terms

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
    """One run: the parts, the extra columns that tables need, and the force's marker (or none)."""

    parts: tuple[SearchedPart, ...]
    columns: tuple[str, ...] = ()
    marker: str = ""
    person_columns: frozenset[str] = frozenset()

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


@dataclass(frozen=True)
class Engine:
    """Runs a search, and adds up what it found; both are the same on every engine.

    `run` gives the records in scope and the mentions in their texts. `tally` counts the records that carry one of some
    flags at every place of the axes, margins included; with `once` it counts occurrences, each once. A place that
    holds none is left out.
    """

    name: str
    run: Callable[[RecordSource, Search], Found]
    tally: Callable[[InScope, Sequence[Flag], Sequence[Axis], bool, int], Mapping[Place, int]]
    distinct: Callable[[InScope, Sequence[Flag], str], list[object]]
