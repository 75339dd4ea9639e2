"""The record store as its readers see it: snapshots, and the records of one snapshot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from clearcount.errors import StoreDamaged, StoreError
from clearcount.matching.ahead import ahead
from clearcount.model.record import unit_of
from clearcount.store import layout
from clearcount.store.account import Account, account_of
from clearcount.store.head import MARK, StoreHead, read_head
from clearcount.store.log import TableVersion, entry, read_log
from clearcount.store.marks import mark_readings
from clearcount.store.parquet import part_of, read_rows
from clearcount.store.parts import OFFENCE_TABLE, PERSON_TABLE, TABLES, PartRecords, offence_rows, person_rows
from clearcount.store.quarantine import read_quarantine
from clearcount.store.reading import FOLDING, text_readings
from clearcount.store.snapshot import Snapshot, from_rows
from clearcount.store.verified import hold, hold_bytes, not_held


@dataclass(frozen=True)
class Store:
    """A record store on disk. Reading never waits for an import and never sees half of one."""

    path: Path

    def snapshots(self) -> tuple[Snapshot, ...]:
        """Return every snapshot, the oldest first; none before the first import is done.

        Raises:
            StoreDamaged: when the store does not hold what its head says.
        """
        head = read_head(self.path)
        try:
            return self._snapshots(head)
        except StoreDamaged:
            if read_head(self.path) == head:
                raise
        return self.snapshots()  # a writer has just put another head in place

    def snapshot(self, number: int | None = None) -> Snapshot:
        """Return the snapshot of that number, or the newest.

        Raises:
            StoreError: when the store has no such snapshot; the sentence names those it has.
        """
        found = self.snapshots()
        if not found:
            raise StoreError(f"the store {self.path} holds no snapshot yet; import an export into it first")
        if number is None:
            return found[-1]
        for snapshot in found:
            if snapshot.number == number:
                return snapshot
        raise StoreError(f"the store has no snapshot {number}; it has 1 to {found[-1].number}")

    def snapshot_at(self, day: date) -> Snapshot:
        """Return the newest snapshot whose extract was taken on `day` or before."""
        found = [snapshot for snapshot in self.snapshots() if snapshot.as_at <= day]
        if not found:
            raise StoreError(f"the store has no snapshot as at {day} or before")
        return max(found, key=lambda snapshot: (snapshot.as_at, snapshot.number))

    def _snapshots(self, head: StoreHead) -> tuple[Snapshot, ...]:
        table = layout.table_path(self.path, "snapshots")
        files = read_log(table, TableVersion(head.version, head.log)).files
        if not head.writing and entry(table, head.version + 1).exists():
            raise StoreDamaged(self.path, f"its file {MARK} is older than its tables")
        for file in files:
            hold_bytes(self.path, file)
        return from_rows(row for file in files for row in read_rows(file).to_pylist())

    def offences(self, snapshot: Snapshot, codes: Collection[str] | None = None) -> pa.Table:
        """Return the offences of a snapshot, those with one of `codes` when given, in order of their keys.

        Columns: occurrence_no, crime_no, code, offence, recorded_on, reported_on, committed_from, committed_to
        (date32), status, markers (list of text), extra (map of text to text).
        """
        return offence_rows(self.files(snapshot, "offences"), codes)

    def holds(self, snapshot: Snapshot, numbers: Collection[str]) -> bool:
        """Return whether a snapshot has an offence under one of these occurrence numbers, in exactly that writing."""
        wanted = pc.field("occurrence_no").isin(pa.array(sorted(numbers), pa.string()))
        return any(read_rows(file, ["occurrence_no"], wanted).num_rows for file in self.files(snapshot, "offences"))

    def codes(self, snapshot: Snapshot) -> tuple[str, ...]:
        """Return the different codes of a snapshot's offences, in order."""
        tables = (read_rows(file, ["code"]) for file in self.files(snapshot, "offences"))
        return tuple(sorted({code for table in tables for code in table["code"].unique().to_pylist() if code}))

    def persons(self, snapshot: Snapshot, role: str) -> pa.Table:
        """Return the people of one role in a snapshot, in order of their keys; `role` is in the plural, as a unit names
        it.

        Columns: occurrence_no, crime_no ("" for every offence of the occurrence), person_no, role, age, sex, extra.

        Raises:
            StoreError: when the snapshot holds none of that role.
        """
        files = self.files(snapshot, "persons") if role in snapshot.roles else ()
        return person_rows(files, role, snapshot.roles)

    def texts(
        self,
        snapshot: Snapshot,
        occurrences: pa.Array | None = None,
        fields: Collection[str] | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """Yield the texts of a snapshot in a fixed order, those of `occurrences` and `fields` when given.

        Batches of occurrence_no, field, entry_no, entered_at (ISO text or ""), text, folded (null for plain ASCII).
        Only row groups that can hold a wanted occurrence are read, on two threads.
        """
        keys = pc.unique(occurrences.cast(pa.string())) if occurrences is not None else None
        for batches in ahead(self._text_readings(snapshot, keys, fields)):
            yield from batches

    def marks(self, snapshot: Snapshot, occurrences: pa.Array | None = None) -> Iterator[pa.Table]:
        """Yield what is known of the texts of a snapshot without reading them (`marks.MARKS`), in a fixed order.

        Of `occurrences` only, when given.
        """
        keys = pc.unique(occurrences.cast(pa.string())) if occurrences is not None else None
        wanted = self._places(snapshot, keys) if keys is not None else None
        for file in self.files(snapshot, "texts", parts=wanted.keys() if wanted is not None else None):
            leads, here = wanted[part_of(file)] if wanted is not None else (None, None)
            for tables in ahead(mark_readings(file, leads, here)):
                yield from tables

    def held(self, snapshot: Snapshot, column: str) -> dict[str, int]:
        """Return how many offences of a snapshot hold each value of a column; "" stands for a blank.

        `column` is one of the columns of `offences`, or an extra column that a layout names.
        """
        counts: Counter[str] = Counter()
        own = column in OFFENCE_TABLE.names and column != "extra"
        for file in self.files(snapshot, "offences"):
            rows = read_rows(file, [column if own else "extra"]).column(0)
            counts.update(_counted(rows if own else _extra_of(rows, column)))
        return dict(counts)

    def held_by_people(self, snapshot: Snapshot, column: str, role: str = "") -> dict[str, int]:
        """Return how many people hold each value of a column, of one role when given; "" stands for a blank.

        A row is a person in one role on one offence, or on every offence of an occurrence.
        """
        counts: Counter[str] = Counter()
        own = column in PERSON_TABLE.names and column != "extra"
        for file in self.files(snapshot, "persons"):
            rows = read_rows(file, list(dict.fromkeys(["role", column if own else "extra"])))
            if role:
                wanted = [held for held in rows["role"].unique().to_pylist() if unit_of(held) == role]
                rows = rows.filter(pc.is_in(rows["role"], pa.array(wanted, pa.string())))
            values = rows.column(column if own else "extra")
            counts.update(_counted(values if own else _extra_of(values, column)))
        return dict(counts)

    def _text_readings(
        self, snapshot: Snapshot, keys: pa.Array | None, fields: Collection[str] | None
    ) -> Iterator[Callable[[], list[pa.RecordBatch]]]:
        wanted = self._places(snapshot, keys) if keys is not None else None
        for file in self.files(snapshot, "texts", parts=wanted.keys() if wanted is not None else None):
            leads, here = wanted[part_of(file)] if wanted is not None else (None, None)
            yield from text_readings(file, leads, here, fields, refold=snapshot.folding != FOLDING)

    def quarantine(self, snapshot: Snapshot) -> pa.Table:
        """Return the rows that the snapshot's import refused, each once: file, row, column, reason."""
        rows = read_quarantine(self.files(snapshot, "quarantine"), [snapshot.number])
        first = rows.append_column("at", pa.array(range(rows.num_rows), pa.int64()))
        first = first.group_by(["file", "row"]).aggregate([("at", "min")]).sort_by("at_min")
        return rows.select(["file", "row", "column", "reason"]).take(first["at_min"])

    def account(self, snapshot: Snapshot) -> Account:
        """Return what became of every row of the imports behind a snapshot. Reads the quarantine, not the records."""
        behind = tuple(shot for shot in self.snapshots() if shot.number <= snapshot.number)
        return account_of(behind, read_quarantine(self.files(snapshot, "quarantine"), [s.number for s in behind]))

    def named(self, snapshot: Snapshot, table: str) -> tuple[Path, ...]:
        """Return the Parquet files that the log names for one table of a snapshot, in order of their parts."""
        if table not in snapshot.versions:  # a snapshot of format 3 has no people
            return ()
        return read_log(layout.table_path(self.path, table), snapshot.versions[table]).files

    def files(self, snapshot: Snapshot, table: str, *, parts: Collection[int] | None = None) -> tuple[Path, ...]:
        """Return the same files, those of `parts` when given, each held against the digest of what was written.

        Raises:
            StoreDamaged: naming the file that is missing or another one.
            StoreError: when a purge or a compaction took it away since the snapshot was read.
        """
        try:
            files = [file for file in self.named(snapshot, table) if parts is None or part_of(file) in parts]
            hold(self.path, files)
        except StoreDamaged as fault:
            if all(shot.versions != snapshot.versions for shot in self.snapshots()):
                raise StoreError(f"the store {self.path} was rewritten while it was read; run it again") from fault
            raise
        return tuple(files)

    def parts(self, snapshot: Snapshot) -> tuple[PartRecords, ...]:
        """Return the records of a snapshot part by part, without reading any of them.

        Files that nobody has held against their digest since they last changed are held by whoever reads the part.

        Raises:
            StoreDamaged: naming a file that is missing.
        """
        of_part: dict[int, dict[str, tuple[Path, ...]]] = {}
        for table in TABLES:
            for file in self.named(snapshot, table):
                files = of_part.setdefault(part_of(file), {})
                files[table] = (*files.get(table, ()), file)
        every = [file for tables in of_part.values() for files in tables.values() for file in files]
        unheld = not_held(self.path, every)
        return tuple(
            PartRecords(
                store=self.path.absolute(),
                files={table: tuple(file.absolute() for file in files) for table, files in tables.items()},
                unheld=frozenset(file.absolute() for files in tables.values() for file in files if file in unheld),
                refold=snapshot.folding != FOLDING,
                roles=snapshot.roles,
            )
            for _, tables in sorted(of_part.items())
        )

    def _places(self, snapshot: Snapshot, occurrences: pa.Array) -> dict[int, tuple[set[str], pa.Array]]:
        """Per part, the lowest codes under which the texts of these occurrences are filed, and those that lie there."""
        keys = pa.table({"occurrence_no": occurrences})
        files = self.files(snapshot, "occurrences")
        tables = [read_rows(file).join(keys, "occurrence_no", join_type="left semi") for file in files]
        if not tables:
            return {}
        places = pa.concat_tables(tables).sort_by("part")
        found: dict[int, tuple[set[str], pa.Array]] = {}
        start = 0
        for run in pc.value_counts(places["part"]).to_pylist():  # in order of the parts, because the rows are
            here = places.slice(start, run["counts"])
            found[run["values"]] = set(here["lead_code"].unique().to_pylist()), here["occurrence_no"].combine_chunks()
            start += run["counts"]
        return found


def _extra_of(rows: pa.ChunkedArray, column: str) -> pa.ChunkedArray:
    """One value of the maps of extra columns, null where an offence lacks it."""
    maps = rows.cast(OFFENCE_TABLE.field("extra").type)
    key = pa.scalar(column, pa.string())
    chunks = [pc.map_lookup(chunk, key, "first") for chunk in maps.chunks]
    return pa.chunked_array(chunks, pa.string())


def _counted(values: pa.ChunkedArray) -> dict[str, int]:
    """How often each value stands in a column, as text, "" for a blank; of a list, each of its values."""
    if pa.types.is_list(values.type):
        empty = pc.sum(pc.equal(pc.fill_null(pc.list_value_length(values), 0), 0)).as_py() or 0
        return {**({"": empty} if empty else {}), **_counted(pc.list_flatten(values))}
    texts = pc.fill_null(pc.utf8_trim_whitespace(values.cast(pa.string())), "")
    return {each["values"]: each["counts"] for each in pc.value_counts(texts).to_pylist()}


def open_store(path: Path | str) -> Store:
    """Return the record store in that folder.

    Raises:
        StoreError: when there is none, it needs an upgrade or a newer clearcount, or its mark is damaged.
    """
    folder = Path(path)
    layout.refuse_address(folder)
    read_head(folder)
    return Store(folder)
