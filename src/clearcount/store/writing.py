"""One import into the store, from the lock to the row of the snapshots table that makes it real."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from clearcount.errors import StoreError
from clearcount.files import flushing
from clearcount.model.record import OFFENCE, Noun
from clearcount.offences import CodeList
from clearcount.store import layout, schema
from clearcount.store.account import OF_REPEATS, Account, account_of, summed
from clearcount.store.again import ReadAgain, owed, read_again
from clearcount.store.commit import add_snapshot, changing, create_tables
from clearcount.store.database import database
from clearcount.store.delta import commit_files, refuse_path
from clearcount.store.findings import find
from clearcount.store.head import is_marked
from clearcount.store.lock import write_lock
from clearcount.store.merge import Merge, MergedTable
from clearcount.store.quarantine import quarantine_rows, write_quarantine
from clearcount.store.reading import FOLDING
from clearcount.store.snapshot import TABLES, Change, DataFinding, FileAccount, Snapshot
from clearcount.store.store import Store, open_store


@dataclass(frozen=True)
class About:
    """What the importer knows about an import; `codes` is None where codes are the data's own.

    `rows` and `kinds` give the rows that each file holds and the kinds of record that it gives, by the file's number.
    `reason` says why an import is kept that looks like a part of one. `noun` and `system` are the layout's own words
    for a record and for where it comes from. Where it has none, those of the last import stay.
    """

    as_at: date | None
    now: datetime
    layout: str
    sources: tuple[Mapping[str, object], ...]
    codes: CodeList | None
    layout_fields: tuple[str, ...]
    extra_columns: tuple[str, ...]
    person_columns: tuple[str, ...] = ()
    findings: tuple[DataFinding, ...] = ()
    rows: Mapping[int, int] = field(default_factory=dict)
    kinds: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    reason: str = ""
    noun: Noun = OFFENCE
    system: str = ""


@dataclass(frozen=True)
class ImportOutcome:
    """What an import came to: the snapshot that holds it, whether that is new, the counts by kind and in all."""

    snapshot: Snapshot
    new: bool
    changes: Mapping[str, Change]
    total: Change


UNKNOWN_ROLE = "in the layout's [role] what"
"""What the reason of a row says whose role is unknown."""
LOST_FIGURES = "lost its figures"
"""What the reason of a row says whose number a spreadsheet rounded."""


class Writer:
    """The one import that holds the store's lock. Nothing it does is seen before `commit` returns."""

    def __init__(self, store: Store, merge: Merge, earlier: Sequence[Snapshot], known: Account) -> None:
        self.earlier = tuple(earlier)
        self.last = self.earlier[-1] if earlier else None
        self._known = known
        self._store = store
        self._merge = merge
        self._merged: dict[str, MergedTable] = {}

    def offences(self, batches: Iterator[pa.RecordBatch], columns: pa.Schema) -> None:
        """Take every offence of the import."""
        self._merged["offences"] = self._merge.offences(batches, columns)

    def texts(self, batches: Iterator[pa.RecordBatch], columns: pa.Schema) -> None:
        """Take every text of the import; after the offences, which say where texts belong."""
        self._merged["texts"] = self._merge.texts(batches, columns)

    def persons(self, batches: Iterator[pa.RecordBatch], columns: pa.Schema) -> None:
        """Take every person of the import; after the texts."""
        self._merged["persons"] = self._merge.persons(batches, columns)

    def refuse(self, kind: str, faults: pa.RecordBatch) -> None:
        """Take rows for the quarantine."""
        self._merge.refuse(faults, kind)

    def total(self) -> Change:
        """Return the counts of the whole import: by record, or by row where one row gives several records."""
        removed = sum(merged.change.removed for merged in self._merged.values())
        return replace(summed(self._by_row().values()), removed=removed)

    def compared(self) -> dict[str, tuple[Change, int]]:
        """Return the counts of each kind, and how many of its unchanged rows repeat an earlier one of this import."""
        return {kind: (merged.change, merged.repeats) for kind, merged in self._merged.items()}

    def _by_row(self) -> dict[int, Change]:
        """The counts of each file by row; by record where a row gives no more than one."""
        if self._merge.by_row:
            return self._merge.outcome_by_row()
        files = {file for merged in self._merged.values() for file in merged.by_file}
        return {
            file: summed(merged.by_file[file] for merged in self._merged.values() if file in merged.by_file)
            for file in sorted(files)
        }

    def first_faults(self, count: int, names: Sequence[str]) -> list[str]:
        """Return the first quarantined rows as sentences."""
        return [
            ", ".join(filter(None, (names[fault["file"]], f"row {fault['row']}", fault["column"])))
            + f": {fault['reason']}"
            for fault in self._merge.faults().slice(0, count).to_pylist()
        ]

    def commit(self, about: About) -> ImportOutcome:
        """Write the tables, then the snapshot; nothing when no record changed and nothing new is known."""
        changes = {kind: merged.change for kind, merged in self._merged.items()}
        total = self.total()
        moved = any(merged.moved for merged in self._merged.values())
        faults = self._merge.faults()
        findings = self._of_import(about, faults)
        again = self._read_again(faults)
        news = again or about.reason or not set(findings) <= set(self._known.findings)
        if self.last is not None and not moved and not news and not _says_more(about, faults, self.last, self._known):
            return ImportOutcome(self.last, False, changes, total)
        number = self.last.number + 1 if self.last else 1
        files = {table: list(self._merge.base[table]) for table in TABLES}
        for kind, merged in self._merged.items():
            files[kind] = list(merged.files.values())
        if (fresh := self._merge.new_occurrences()) is not None:
            files["occurrences"].append(fresh)
        if faults.num_rows:
            names = [str(source["name"]) for source in about.sources]
            folder = layout.table_path(self._store.path, "quarantine")
            files["quarantine"].append(write_quarantine(quarantine_rows(faults, number, names), folder, number))
        facts = find(self._merge.connection, files, about.as_at or about.now.date(), about.codes)
        versions = {
            table: commit_files(layout.table_path(self._store.path, table), files[table], why=f"snapshot {number}")
            for table in TABLES
        }
        snapshot = Snapshot(
            number=number,
            as_at=about.as_at or about.now.date(),
            imported_at=about.now,
            layout=about.layout,
            versions=versions,
            sources=about.sources,
            rows=facts.rows,
            changes=changes,
            findings=(*findings, *facts.findings),
            folding=self.last.folding if self.last else FOLDING,  # parts that did not change are as they were folded
            text_fields=facts.text_fields,
            layout_fields=_union(about.layout_fields, facts.text_fields),
            extra_columns=_union(about.extra_columns, self.last.extra_columns if self.last else ()),
            period=facts.period,
            person_columns=_union(about.person_columns, self.last.person_columns if self.last else ())
            if facts.roles
            else (),
            roles=facts.roles,
            own_codes=about.codes is None,
            complete=self._merge.complete,
            files=self._accounts(about),
            replaced=tuple(kind for kind, merged in self._merged.items() if merged.replaced),
            read_again=again,
            reason=about.reason,
            noun=about.noun if about.noun != OFFENCE or self.last is None else self.last.noun,
            system=about.system or (self.last.system if self.last else ""),
        )
        add_snapshot(self._store.path, snapshot)
        return ImportOutcome(snapshot, True, changes, total)

    def _accounts(self, about: About) -> tuple[FileAccount, ...]:
        by_row = self._by_row()
        return tuple(
            FileAccount(
                name=str(source["name"]),
                rows=about.rows.get(number, 0),
                by_row=by_row.get(number, Change()),
                empty=about.rows.get(number, 0) - by_row.get(number, Change()).read,
                kinds={kind: self._merged[kind].by_file.get(number, Change()) for kind in about.kinds.get(number, ())},
            )
            for number, source in enumerate(about.sources)
        )

    def _read_again(self, faults: pa.Table) -> tuple[ReadAgain, ...]:
        """Refused rows of earlier imports whose records this one read; refused anew, they are known from their file."""
        anew = owed(faults.append_column("snapshot", pa.array([0] * faults.num_rows, pa.int64())))
        found = {kind: merged.again - anew[kind] for kind, merged in self._merged.items()}
        return read_again(self._known.refused, found)

    def _of_import(self, about: About, faults: pa.Table) -> tuple[DataFinding, ...]:
        """What the importer and the comparison found of the rows of this import."""
        offences = self._merged.get("offences", MergedTable({}))
        found = (
            *about.findings,
            *_lost_figures(faults),
            *_recoded(offences.recoded),
            *_shortened(self._merged.get("texts", MergedTable({})).shortened),
            *(each for kind, how in OF_REPEATS.items() for each in _contradicted(offences.contradicted, how, kind)),
            *_unknown_roles(faults),
        )
        return tuple(replace(finding, of_import=True) for finding in found)


def _recoded(counts: Counter[tuple[str, str]]) -> Iterator[DataFinding]:
    """Crimes that an earlier import held under another code."""
    if counts:
        pairs = [f"{old or 'none'} to {new or 'none'} ({rows:,})" for (old, new), rows in sorted(counts.items())]
        more = f" and {len(pairs) - 20} more pairs of codes" if len(pairs) > 20 else ""
        codes = tuple(sorted({code for pair in counts for code in pair}))
        what = f"their code is another one than in the snapshot before: {', '.join(pairs[:20])}{more}"
        yield DataFinding("crimes reclassified since the last import", counts.total(), what, "code", codes=codes)


def _shortened(counts: Counter[str]) -> Iterator[DataFinding]:
    """Texts of which the import holds only the beginning that an earlier one held whole."""
    for column, rows in sorted(counts.items()):
        what = "an earlier import held more of them, and they now end sooner: the export may have cut them"
        yield DataFinding("texts shorter than in the import before", rows, what, column)


def _contradicted(counts: Counter[tuple[str, str, str]], what: str, kind: str) -> Iterator[DataFinding]:
    """Crimes that the import holds under two codes or dates; the first row is kept, the others are in quarantine.

    The finding is about the codes of both, because either may be the right one.
    """
    found = {(first, other): rows for (how, first, other), rows in counts.items() if how == what}
    if found:
        codes = tuple(sorted({code for pair in found for code in pair if code}))
        said = f"a later row of the same crime number has {what}; the first is kept, the others are in quarantine"
        yield DataFinding(kind, sum(found.values()), said, "code", codes=codes)


def _unknown_roles(faults: pa.Table) -> Iterator[DataFinding]:
    """People whose role no list knows; they are in the quarantine."""
    people = pc.equal(faults["kind"], "persons")
    if rows := pc.sum(pc.and_(people, pc.match_substring(faults["reason"], UNKNOWN_ROLE))).as_py():
        what = "the rows are in the quarantine; say in the layout's [role] what their words mean"
        yield DataFinding("people of an unknown role", rows, what, "role")


def _says_more(about: About, faults: pa.Table, last: Snapshot, known: Account) -> bool:
    """Whether an import that changed no record is still news: a stated later extract day, or other refused rows."""
    if about.as_at is not None and about.as_at != last.as_at:
        return True
    if not faults.num_rows:
        return False
    places = ["file", "row", "kind", "column", "reason", "occurrence_no"]
    names = [str(source["name"]) for source in about.sources]
    new = {tuple(row.values()) for row in quarantine_rows(faults, 0, names).select(places).to_pylist()}
    return not new <= {tuple(row.values()) for row in known.refused.select(places).to_pylist()}


def _lost_figures(faults: pa.Table) -> tuple[DataFinding, ...]:
    """Numbers that a spreadsheet rounded, from the reasons of the quarantine."""
    rows = pc.sum(pc.match_substring(faults["reason"], LOST_FIGURES)).as_py() or 0
    what = "numbers such as occurrence numbers lost their figures; the rows are in the quarantine"
    return (DataFinding("numbers turned to 5.5E+11", rows, what),) if rows else ()


def _union(first: Sequence[str], second: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))


@contextmanager
def writing(
    path: Path,
    *,
    complete: bool = False,
    by_row: bool = False,
    text_bytes: int = 0,
    own_codes: bool = False,
    wait: float = 600.0,
    waiting: Callable[[], None] = lambda: None,
) -> Iterator[Writer]:
    """Give the writer of one import into the store at `path`, which is made when there is none.

    Other writers wait up to `wait` seconds, `waiting` being called once. A store made here that gets no snapshot is
    taken away again.

    Raises:
        StoreError: when another import holds the store for longer, the store holds codes of another kind, or the disk
            refuses.
    """
    with exclusive(path, wait=wait, waiting=waiting) as store:
        snapshots = store.snapshots()
        last = snapshots[-1] if snapshots else None
        if last is not None and last.own_codes != own_codes:
            kinds = ("Home Office codes", "codes of its own")
            raise StoreError(
                f"the store {path} holds {kinds[last.own_codes]} and the layout gives {kinds[own_codes]}; "
                "import into another store"
            )
        tables = store.path / "tables"
        base = {table: store.files(last, table) if last else () for table in TABLES}
        known = store.account(last) if last else account_of((), schema.QUARANTINE.empty_table())
        with layout.staging(store.path) as folder, database(folder) as connection, flushing() as flush:
            merge = Merge(connection, folder, tables, base, complete, by_row, text_bytes, flush, owed(known.refused))
            yield Writer(store, merge, snapshots, known)


@contextmanager
def exclusive(path: Path, *, wait: float, waiting: Callable[[], None]) -> Iterator[Store]:
    """Give the store at `path`, made when there is none, with nobody else writing to it; what is written is private."""
    refuse_path(path)
    made = layout.make_folder(path)
    with layout.private_files(), write_lock(path, wait=wait, waiting=waiting):
        if not is_marked(path):
            create_tables(path)
        store = open_store(path)
        try:
            with changing(path):
                yield store
        except BaseException:
            if _is_empty(store):
                layout.unmake(path, folder=made)
            raise


def _is_empty(store: Store) -> bool:
    try:
        return not store.snapshots()
    except StoreError:
        return False


def create_store(path: Path | str) -> Store:
    """Return the record store in that folder, made empty when there is none.

    Raises:
        StoreError: when the folder holds something else or cannot be written.
    """
    with exclusive(Path(path), wait=600.0, waiting=lambda: None) as store:
        return store
