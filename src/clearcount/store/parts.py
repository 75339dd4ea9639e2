"""The records of one part of a snapshot, read from its files alone: a piece of work that can be sent to any process.

All that belongs to an occurrence lies in one part, so whoever has a part needs no other. A part goes by the names of
its files. It needs neither the log of the store nor its mark.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clearcount.errors import StoreError
from clearcount.model.record import unit_of
from clearcount.store import schema
from clearcount.store.marks import mark_readings
from clearcount.store.parquet import metadata, opened, read_rows
from clearcount.store.reading import text_readings
from clearcount.store.verified import hold_bytes

OFFENCE_TABLE = pa.schema([field for field in schema.OFFENCES if field.name != "content"])
PERSON_TABLE = pa.schema([field for field in schema.PERSONS if field.name != "content"])
TABLES = ("offences", "texts", "persons")
"""The tables that lie in parts."""


@dataclass(frozen=True)
class PartRecords:
    """One part of a snapshot: `files` of each table, those in `unheld` not yet held against their digest.

    `refold`: another matcher folded the texts, so they are folded anew. `roles` are those that the snapshot holds.
    """

    store: Path
    files: Mapping[str, tuple[Path, ...]]
    unheld: frozenset[Path] = frozenset()
    refold: bool = False
    roles: tuple[str, ...] = ()

    def offences(self, codes: Collection[str] | None = None) -> pa.Table:
        """Return the offences of the part, those with one of `codes` when given, in order of their keys."""
        return offence_rows(self._files("offences"), codes)

    def persons(self, role: str) -> pa.Table:
        """Return the people of one role in the part. Raises StoreError when the snapshot holds none of that role."""
        return person_rows(self._files("persons"), role, self.roles)

    def texts(
        self, occurrences: pa.Array | None = None, fields: Collection[str] | None = None
    ) -> Iterator[pa.RecordBatch]:
        """Yield the texts of the part; of `occurrences` when given, from row groups that hold one of them only."""
        for file in self._files("texts"):
            groups = _groups_with(file, occurrences) if occurrences is not None else None
            for read in text_readings(file, None, occurrences, fields, refold=self.refold, groups=groups):
                yield from read()

    def marks(self, occurrences: pa.Array | None = None) -> Iterator[pa.Table]:
        """Yield what is known of the texts of the part without reading them (`marks.MARKS`)."""
        for file in self._files("texts"):
            for read in mark_readings(file, None, occurrences):
                yield from read()

    def parts(self) -> Sequence[PartRecords]:
        """Return the part itself."""
        return (self,)

    def _files(self, table: str) -> tuple[Path, ...]:
        files = self.files.get(table, ())
        for file in self.unheld.intersection(files):
            hold_bytes(self.store, file)
        return files


def offence_rows(files: Sequence[Path], codes: Collection[str] | None) -> pa.Table:
    """Return the offences in some files, those with one of `codes` when given, in order of their keys."""
    wanted = pc.field("code").isin(pa.array(sorted(codes), pa.string())) if codes is not None else None
    tables = [read_rows(file, OFFENCE_TABLE.names, wanted).cast(OFFENCE_TABLE) for file in files]
    table = pa.concat_tables(tables) if tables else OFFENCE_TABLE.empty_table()
    return table.sort_by([("occurrence_no", "ascending"), ("crime_no", "ascending")])


def person_rows(files: Sequence[Path], role: str, roles: Collection[str]) -> pa.Table:
    """Return the people of one role in some files, in order of their keys; `role` is in the plural.

    Raises:
        StoreError: when the role is none of `roles`, which the snapshot holds.
    """
    if role not in roles:
        raise StoreError(f"the store holds no {role}; import an export with persons.csv first")
    tables = [read_rows(file, PERSON_TABLE.names).cast(PERSON_TABLE) for file in files]
    table = pa.concat_tables(tables) if tables else PERSON_TABLE.empty_table()
    wanted = [held for held in table["role"].unique().to_pylist() if unit_of(held) == role]
    table = table.filter(pc.is_in(table["role"], pa.array(wanted, pa.string())))
    return table.sort_by([(name, "ascending") for name in schema.PERSON_KEY])


def _groups_with(file: Path, occurrences: pa.Array) -> list[int]:
    """The row groups of texts that hold one of the occurrences; their numbers alone are read, and no text."""
    if not len(occurrences):
        return []
    found = []
    with opened(file, metadata=metadata(file)) as parquet:
        for number in range(parquet.metadata.num_row_groups):
            here = _numbers(parquet, number)
            if pc.any(pc.is_in(here, occurrences)).as_py():
                found.append(number)
    return found


def _numbers(parquet: pq.ParquetFile, group: int) -> pa.ChunkedArray:
    column = parquet.read_row_group(group, columns=["occurrence_no"], use_threads=False).column(0)
    return column.unique()
