"""An export in, a snapshot out."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa

from clearcount.errors import ExportError
from clearcount.importers import Export, Layout, load_layout, open_export
from clearcount.importers.codes import CodeReading, read_code, read_own_code
from clearcount.importers.database import Address, fetch, table_queries
from clearcount.importers.explain import FileReading, explain
from clearcount.importers.layout import Form
from clearcount.importers.layout_file import DELIMITERS, delimiter_sign, is_encoding
from clearcount.importers.mapping import OFFENCES, TEXTS
from clearcount.importers.people import PERSONS
from clearcount.model.record import FIELDS
from clearcount.offences import code_list
from clearcount.store import Change, Snapshot
from clearcount.store.layout import network_share
from clearcount.store.writing import About, Writer, writing
from clearcount.workflow.import_findings import import_findings
from clearcount.workflow.import_limits import ExpectedRows, refuse_far_smaller, refuse_other_counts


@dataclass(frozen=True)
class Database:
    """A database to read: its address and the queries; without a query, the tables that the layout names."""

    address: Address
    queries: tuple[str, ...] = ()


@dataclass(frozen=True)
class ImportTerms:
    """On what terms an import is kept: the rows stated for its files, and why it is when it looks like a part."""

    expected: tuple[ExpectedRows, ...] = ()
    reason: str = ""


NO_TERMS = ImportTerms()


@dataclass(frozen=True)
class Watch:
    """How long an import waits for a store that is written to, and who hears of it and of the rows read so far."""

    wait: float = 600.0
    waiting: Callable[[], None] = lambda: None
    progress: Callable[[str, int], None] = lambda name, rows: None


UNWATCHED = Watch()


@dataclass(frozen=True)
class ImportResult:
    """What an import did: the counts in all and by kind (read = added + changed + unchanged + quarantined).

    `new` is false when nothing changed and `snapshot` is the one that was there; `notes` are sentences for people.
    """

    read: int
    added: int
    changed: int
    unchanged: int
    quarantined: int
    removed: int
    by_kind: Mapping[str, Change]
    snapshot: Snapshot
    new: bool
    notes: tuple[str, ...]


def import_export(
    sources: Sequence[str | Path | Database],
    store: Path | str,
    *,
    layout: str | Layout = "niche",
    now: datetime,
    as_at: date | None = None,
    complete: bool = False,
    terms: ImportTerms = NO_TERMS,
    watch: Watch = UNWATCHED,
) -> ImportResult:
    """Import files, folders, globs or tables of a database as one snapshot.

    `now` has a time zone; `as_at` is the day of the extract.

    With `complete` the export is all there is: records it no longer holds are left out of the new snapshot.

    Raises:
        ExportError: when the export cannot be read as the layout says, or `terms` are not met; the store is as it was.
        StoreError: when the store is busy, newer, or cannot be written.
    """
    shape = load_layout(layout) if isinstance(layout, str) else layout
    with tempfile.TemporaryDirectory() as folder:
        export = open_export(_files(sources, shape, Path(folder)), shape)
        export.tally.progress = watch.progress
        about = _Wanted(now, as_at, complete, terms)
        return _import(export, Path(store), about, watch)


def _files(sources: Sequence[str | Path | Database], layout: Layout, folder: Path) -> list[str | Path]:
    """The files of an export; what databases hold is fetched into `folder`."""
    found: list[str | Path] = []
    for source in sources:
        found += _fetched(source, layout, folder) if isinstance(source, Database) else [source]
    return found


def explain_export(
    sources: Sequence[str | Path | Database],
    *,
    layout: str | Layout = "niche",
    expected: Sequence[ExpectedRows] = (),
) -> tuple[tuple[FileReading, ...], tuple[str, ...]]:
    """Return (files, notes): how each file would be read and what would be quarantined. Nothing is stored.

    Raises:
        ExportError: when a file cannot be read as the layout says, or holds other than the `expected` rows.
    """
    shape = load_layout(layout) if isinstance(layout, str) else layout
    with tempfile.TemporaryDirectory() as folder:
        export = open_export(_files(sources, shape, Path(folder)), shape)
        read = _code_reader(export.layout)
        files = explain(export, read)
        refuse_other_counts(export, expected)
        return files, _notes(export)


def adjusted_layout(name: str, *, encoding: str = "", delimiter: str = "") -> Layout:
    """Return the layout of that name, with another encoding or delimiter when given (`comma`, `tab`, or the sign
    itself).

    Raises:
        ExportError: for an encoding that Python does not know, or a delimiter that is not one character.
    """
    layout = load_layout(name)
    if delimiter and not delimiter_sign(delimiter):
        raise ExportError(f"--delimiter {delimiter}: give one sign, or {', '.join(DELIMITERS)}")
    if encoding and not is_encoding(encoding):
        raise ExportError(f"--encoding {encoding} is not known; try utf-8, windows-1252 or utf-16")
    said = Form(encoding=encoding or None, delimiter=delimiter_sign(delimiter) or None)
    files = tuple(replace(file, form=said.over(file.form)) for file in layout.files)
    return replace(layout, form=said.over(layout.form), files=files)


def _fetched(database: Database, layout: Layout, folder: Path) -> list[Path]:
    queries = {f"query {number}": query for number, query in enumerate(database.queries, start=1)}
    return fetch(database.address, queries or table_queries(layout), folder)


def _code_reader(layout: Layout) -> Callable[[str], CodeReading]:
    if layout.codes == "own":
        return read_own_code
    known = frozenset(code_list().codes)
    return lambda text: read_code(text, known)


@dataclass(frozen=True)
class _Wanted:
    """What the caller says of an import."""

    now: datetime
    as_at: date | None
    complete: bool
    terms: ImportTerms


def _import(export: Export, store: Path, wanted: _Wanted, watch: Watch) -> ImportResult:
    own = export.layout.codes == "own"
    codes = None if own else code_list()
    with writing(
        store,
        complete=wanted.complete,
        by_row=export.shared_rows,
        text_bytes=export.text_bytes(),
        own_codes=own,
        wait=watch.wait,
        waiting=watch.waiting,
    ) as writer:
        last = writer.last
        if export.has("offences"):
            batches = export.offences(
                lambda faults: writer.refuse("offences", faults),
                _code_reader(export.layout),
            )
            _handed(writer.offences, batches, OFFENCES)
        if export.has("texts"):
            _handed(writer.texts, export.texts(lambda faults: writer.refuse("texts", faults)), TEXTS)
        if export.has("persons"):
            _handed(writer.persons, export.persons(lambda faults: writer.refuse("persons", faults)), PERSONS)
        total = _by_row(export, writer.total())
        refuse_other_counts(export, wanted.terms.expected)
        _refuse_hopeless(export, writer, total)
        if not wanted.complete and not wanted.terms.reason:
            refuse_far_smaller(export, writer)
        outcome = writer.commit(
            About(
                as_at=wanted.as_at,
                now=wanted.now,
                layout=export.layout.name,
                sources=export.sources,
                codes=codes,
                layout_fields=_fields(export.layout),
                extra_columns=export.layout.extra_names,
                person_columns=export.layout.person_names if export.has("persons") else (),
                findings=import_findings(export),
                rows=export.tally.rows,
                noun=export.layout.noun,
                system=export.layout.system,
                kinds=export.kinds(),
                reason=wanted.terms.reason,
            )
        )
    return ImportResult(
        read=total.read,
        added=total.added,
        changed=total.changed,
        unchanged=total.unchanged,
        quarantined=total.quarantined,
        removed=total.removed,
        by_kind=outcome.changes,
        snapshot=outcome.snapshot,
        new=outcome.new,
        notes=(*_notes(export), *_about_store(store, outcome.snapshot, last)),
    )


def _about_store(store: Path, snapshot: Snapshot, last: Snapshot | None) -> Iterator[str]:
    if network := network_share(store):
        yield f"the store lies on a network share ({network}), where locks may not hold; keep it on a local disk"
    if last is not None and snapshot.as_at < last.as_at:
        yield (
            f"this extract ({snapshot.as_at}) is older than that of snapshot {last.number} ({last.as_at}): records may "
            "have gone back to an earlier state"
        )


def _handed(
    take: Callable[[Iterator[pa.RecordBatch], pa.Schema], None], batches: Iterator[pa.RecordBatch], columns: pa.Schema
) -> None:
    """Hands a stream to the store; a fault of the export comes back as itself, not as the database's."""
    raised: list[Exception] = []

    def watched() -> Iterator[pa.RecordBatch]:
        try:
            yield from batches
        except Exception as error:
            raised.append(error)
            raise

    try:
        take(watched(), columns)
    except Exception:
        if raised:
            raise raised[0] from None
        raise


def _by_row(export: Export, total: Change) -> Change:
    """The counts, held against the rows that the readers gave; a row that gave no record left things unchanged."""
    silent = sum(export.tally.rows.values()) - total.read
    if silent < 0 or (silent and not export.shared_rows):
        raise ExportError(f"{silent:+} rows are unaccounted for; nothing was imported, please report this")
    return replace(total, read=total.read + silent, unchanged=total.unchanged + silent)


def _refuse_hopeless(export: Export, writer: Writer, total: Change) -> None:
    """An import of which nothing can be kept is a wrong layout, not a quarantine."""
    if total.read and total.quarantined == total.read:
        names = [raw.source.name for raw, _ in export.files]
        shown = "\n".join(writer.first_faults(5, names))
        raise ExportError(f"none of the {total.read:,} rows can be kept; nothing was imported. The first:\n{shown}")


def _fields(layout: Layout) -> tuple[str, ...]:
    """The text fields that the layout can give: its constants, or those of the default where a column names them."""
    columns = [text.columns["field"] for file in layout.files for text in file.texts]
    constants = [column.constant for column in columns if column.constant is not None]
    return tuple(dict.fromkeys([*constants, *(FIELDS if len(constants) < len(columns) else ())]))


def _notes(export: Export) -> tuple[str, ...]:
    notes = [*export.warnings, *(f"{each.file}: {each.what}" for each in export.told)]
    if export.left_out:
        notes.append(f"left out, the layout does not name them: {', '.join(export.left_out)}")
    return tuple(notes)
