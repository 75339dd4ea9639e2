"""The records that a release counts, by keyed digest: what ties its figures to those of other releases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from clearcount.disclosure.document import Document
from clearcount.disclosure.document_json import Json, parse_document
from clearcount.disclosure.linked import by_code_and_month

Keys = NDArray[np.uint64]
Numbers = NDArray[np.int32]


@dataclass(frozen=True)
class Records:
    """The records in the scope of one release, one entry a record, no record twice.

    `keys` are digests under the force's key; `days` is the day of each, counted from year 1, 0 where it has none.
    `sides` give for each dimension of the release's document the number of the leaf in which the record lies, -1 for
    none; `leaves` name them. `held` are the filters that count a leaf of the dimension `records`. `people` are those of
    each role that the release counts, on the same terms: a person on an offence is one entry.
    """

    keys: Keys
    days: Numbers
    sides: Mapping[str, Numbers]
    leaves: Mapping[str, tuple[str, ...]]
    held: Mapping[str, frozenset[str]] = field(default_factory=dict)
    people: Mapping[str, Records] = field(default_factory=dict)

    def of(self, population: str) -> Records | None:
        """Return what tables of a population count: offences, or the people of a role; None where nobody knows."""
        return self.people.get(population) if population else self

    @classmethod
    def nothing(cls) -> Records:
        """Return no records at all."""
        return cls(np.zeros(0, np.uint64), np.zeros(0, np.int32), {}, {})


@dataclass(frozen=True)
class Earlier:
    """What was published before: its document as a reader knows it, and its records where the force knows them."""

    document: Document
    records: Records | None = None

    @property
    def untied(self) -> tuple[str, ...]:
        """The names of the tables that nobody can compare with those of another release.

        Where the records are known these are the tables whose questions or cells count records of their own. Where they
        are not, tables of people are among them, and a table that does not say what it counts makes all of them so.
        """
        people = self.records.people if self.records else ()
        own = tuple(t.name for t in self.document.tables if t.population and t.population not in people)
        return own if self.records is not None or not own else self.names

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its tables."""
        return tuple(table.name for table in self.document.tables)

    @classmethod
    def of(cls, raw: Json, records: Records | None = None) -> Earlier:
        """Read a document. What it hides may be small. Raises DisclosureError."""
        document = parse_document({key: value for key, value in raw.items() if key != "targets"})
        return cls(by_code_and_month(document), records)
