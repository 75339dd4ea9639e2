"""An export under its layout: every file looked at and fitted, its records given out batch by batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clearcount.errors import ExportError
from clearcount.importers import mapping, people
from clearcount.importers.cells import parted_words, placeholders, trimmed
from clearcount.importers.codes import CodeReading, padded
from clearcount.importers.fit import Fit
from clearcount.importers.fitting import files_left_out, fitted, is_named
from clearcount.importers.footers import footer_lines, stated_rows
from clearcount.importers.layout import FileLayout, Layout, OffencePart, TextPart
from clearcount.importers.markup import Markup, markup
from clearcount.importers.noticed import (
    OfTexts,
    TextColumn,
    of_texts,
)
from clearcount.importers.pieces import Joiner
from clearcount.importers.raw import ROW, Noticed, RawFile, RowFault
from clearcount.importers.sources import find_sources, is_readable_kind
from clearcount.matching.ahead import made_ahead

Refuse = Callable[[pa.RecordBatch], None]
_HOPELESS = 20_000
"""So many rows refused with none kept: the layout is wrong, and reading on would only fill the quarantine."""
_PIECE_BYTES = 4 << 20
"""Rows are handed on about so many bytes at a time."""


@dataclass
class ImportTally:
    """What was read so far: rows per file, codes mended by their spelling, offences with a blank status, texts with
    markup."""

    rows: dict[int, int] = field(default_factory=dict)
    mended: dict[str, CodeReading] = field(default_factory=dict)
    mended_rows: Counter[str] = field(default_factory=Counter)
    blank_status: int = 0
    footers: dict[int, dict[int, int | None]] = field(default_factory=dict)
    progress: Callable[[str, int], None] = lambda name, rows: None
    in_texts: Counter[tuple[Markup | OfTexts, TextColumn]] = field(default_factory=Counter)

    def count(self, what: Markup | OfTexts, column: TextColumn, rows: int) -> None:
        """Note how many texts of a column hold markup or were mended, or how their pieces lie."""
        self.in_texts[what, column] += rows

    def about_texts(self, files: Sequence[RawFile]) -> Iterator[Noticed]:
        """Yield what was noticed in texts, column by column, in the order of the files."""
        for (what, column), rows in sorted(self.in_texts.items()):
            if rows:
                yield of_texts(what, column, rows, files[column.file].source.name)


@dataclass(frozen=True)
class Export:
    """The files of one import, fitted to one layout. Reading it twice gives the same records."""

    layout: Layout
    files: tuple[tuple[RawFile, Fit], ...]
    left_out: tuple[str, ...]
    warnings: tuple[str, ...]
    stamps: tuple[tuple[int, int, int], ...]
    noticed: tuple[Noticed, ...] = ()
    tally: ImportTally = field(default_factory=ImportTally)

    @property
    def sources(self) -> tuple[dict[str, object], ...]:
        """Name, size, SHA-256 and reading of every file, for the snapshot."""
        return tuple(
            {"name": raw.source.name, "bytes": raw.source.size, "sha256": raw.digest, "read as": raw.how}
            for raw, _ in self.files
        )

    def text_bytes(self) -> int:
        """Return about how many bytes of text the export holds."""
        return sum(raw.source.size for raw, fit in self.files if fit.file.texts)

    @property
    def shared_rows(self) -> bool:
        """Whether one row can give several records, or several rows one."""
        return (
            any(_parts(fit.file) > 1 for _, fit in self.files)
            or any(fit.file.offence is not None and fit.file.offence.columns["code"].split for _, fit in self.files)
            or any(text.order is not None for _, fit in self.files for text in fit.file.texts)
        )

    @property
    def told(self) -> tuple[Noticed, ...]:
        """What was noticed of the files, and in what was read of them so far."""
        return *self.noticed, *self.tally.about_texts([raw for raw, _ in self.files])

    def kinds(self) -> dict[int, tuple[str, ...]]:
        """Return the kinds of record that each file gives, by the file's number."""
        return {
            fit.number: tuple(kind for kind in ("offences", "texts", "persons") if _gives(fit.file, kind))
            for _, fit in self.files
        }

    def has(self, kind: str) -> bool:
        """Return whether any file gives records of this kind, `offences`, `texts` or `persons`."""
        return any(_gives(fit.file, kind) for _, fit in self.files)

    def offences(self, refuse: Refuse, read_code: Callable[[str], CodeReading]) -> Iterator[pa.RecordBatch]:
        """Yield every offence, faults handed to `refuse`."""
        seen: dict[tuple[int, str], CodeReading] = {}

        def remembered(text: str, pad: int) -> CodeReading:
            if (pad, text) not in seen:
                found = seen[pad, text] = read_code(padded(text, pad) if pad else text)
                if found.mended:
                    self.tally.mended[text.strip()] = found
            return seen[pad, text]

        for raw, fit in self.files:
            if (part := fit.file.offence) is None:
                continue
            with self._as_it_was(raw, fit):
                for batch in self._rows(raw, fit, refuse, "offences"):
                    records, faults = mapping.offences(batch, fit, part, partial(remembered, pad=fit.form.pad or 0))
                    self._note(batch, fit, part)
                    if faults.num_rows:
                        refuse(faults)
                    yield records

    def _note(self, batch: pa.RecordBatch, fit: Fit, part: OffencePart) -> None:
        if self.tally.mended:
            spellings = fit.values(part.columns["code"], batch)
            for spelling in pc.value_counts(pc.utf8_trim_whitespace(spellings)).to_pylist():
                if spelling["values"] in self.tally.mended:
                    self.tally.mended_rows[spelling["values"]] += spelling["counts"]
        if "status" in part.columns and fit.name_of(part.columns["status"]):
            status = pc.utf8_trim_whitespace(fit.values(part.columns["status"], batch))
            self.tally.blank_status += pc.sum(pc.equal(status, "")).as_py() or 0

    def texts(self, refuse: Refuse) -> Iterator[pa.RecordBatch]:
        """Yield every text, faults handed to `refuse`; those that were written over several rows come last."""
        with ExitStack() as stack:
            joiners: dict[int, tuple[Joiner, TextPart, TextColumn, bool]] = {}
            for raw, fit in self.files:
                if not fit.file.texts:
                    continue
                alone = _parts(fit.file) == 1
                for part in fit.file.texts:
                    if part.order is not None and id(part) not in joiners:
                        joiner = stack.enter_context(Joiner(part.join, self.text_bytes()))
                        joiners[id(part)] = joiner, part, _text_column(fit, part), alone
                with self._as_it_was(raw, fit):
                    for batch in self._rows(raw, fit, refuse, "texts"):
                        for part in fit.file.texts:
                            column = _text_column(fit, part)
                            mended = partial(self.tally.count, "mended", column)
                            records, faults = mapping.texts(batch, fit, part, mended, blanks=alone)
                            if faults.num_rows:
                                refuse(faults)
                            if part.order is not None:
                                joiners[id(part)][0].take(records)
                                continue
                            self._note_texts(records, column)
                            yield records
            for joiner, part, column, alone in joiners.values():
                yield from self._joined(joiner, part, column, blanks=alone)

    def _joined(self, joiner: Joiner, part: TextPart, column: TextColumn, *, blanks: bool) -> Iterator[pa.RecordBatch]:
        """The texts that the pieces of one kind make."""
        for lot in joiner.joined():
            self.tally.count("gaps", column, lot.gaps)
            self.tally.count("doubles", column, lot.doubles)
            text = mapping.readable(lot.texts.column("text"), part, partial(self.tally.count, "mended", column))
            at = lot.texts.schema.get_field_index("text")
            records = lot.texts.set_column(at, "text", text)
            if not blanks:
                records = records.filter(pc.not_equal(trimmed(text), ""))
            self._note_texts(records, column)
            yield records.cast(mapping.TEXTS)

    def _note_texts(self, records: pa.RecordBatch, column: TextColumn) -> None:
        self.tally.count("nothing", column, placeholders(records.column("text")).size)
        self.tally.count("parted", column, parted_words(records.column("text")))
        for kind, rows in markup(records.column("text")).items():
            self.tally.count(kind, column, rows)

    def persons(self, refuse: Refuse) -> Iterator[pa.RecordBatch]:
        """Yield every person, faults handed to `refuse`."""
        for raw, fit in self.files:
            if not fit.file.persons:
                continue
            alone = _parts(fit.file) == 1
            with self._as_it_was(raw, fit):
                for batch in self._rows(raw, fit, refuse, "persons"):
                    for part in fit.file.persons:
                        records, faults = people.persons(batch, fit, part, blanks=alone)
                        if faults.num_rows:
                            refuse(faults)
                        yield records

    @contextmanager
    def _as_it_was(self, raw: RawFile, fit: Fit) -> Iterator[None]:
        """Whatever fault is met in a file that somebody wrote to meanwhile, that is its cause."""
        try:
            yield
        except Exception as error:
            self._refuse_changed(raw, fit, error)
            raise
        self._refuse_changed(raw, fit)

    def _refuse_changed(self, raw: RawFile, fit: Fit, cause: Exception | None = None) -> None:
        if raw.source.stamp() != self.stamps[fit.number]:
            raise ExportError(
                f"{raw.source.name} changed while it was being read; import it again when nobody writes to it"
            ) from cause

    def _rows(self, raw: RawFile, fit: Fit, refuse: Refuse, kind: str) -> Iterator[pa.RecordBatch]:
        """The raw rows of a file; a row that cannot be read is refused for each kind of record that the file gives."""
        refused = 0

        def to_quarantine(fault: RowFault) -> None:
            nonlocal refused
            if fault.footer:
                self.tally.footers.setdefault(fit.number, {})[fault.row] = fault.stated
                return
            refused += 1
            if refused > _HOPELESS and not kept:
                raise ExportError(
                    f"{raw.source.name}: none of the first {refused:,} rows can be read (row {fault.row}: "
                    f"{fault.reason}); check the delimiter and the layout"
                )
            refuse(mapping.unreadable(fit.number, fault.row, fault.column, fault.reason, offence=kind == "offences"))

        kept = given = 0
        keys, needed = fit.places("occurrence_no"), fit.places("crime_no", "code", "text", "person_no")

        def counted() -> Iterator[pa.RecordBatch]:
            nonlocal kept
            for found in raw.batches(to_quarantine):
                batch = _without_footers(found, keys, needed, raw.header, to_quarantine)
                kept += batch.num_rows
                yield from _pieces(batch)

        for batch in made_ahead(counted()):
            given += batch.num_rows
            self.tally.progress(raw.source.name, given)
            yield batch
        if not kept and not refused:
            raise ExportError(f"{raw.source.name} has a header and no rows; export it again")
        self.tally.rows[fit.number] = kept + refused


def _parts(file: FileLayout) -> int:
    """How many records one row can give, codes that are split apart."""
    return (file.offence is not None) + len(file.texts) + len(file.persons)


def _gives(file: FileLayout, kind: str) -> bool:
    return bool({"offences": file.offence, "texts": file.texts, "persons": file.persons}[kind])


def _text_column(fit: Fit, part: TextPart) -> TextColumn:
    return TextColumn(fit.number, fit.name_of(part.columns["text"]), part.format)


def _without_footers(
    raw: pa.RecordBatch, keys: list[int], needed: list[int], header: Sequence[str], told: Callable[[RowFault], None]
) -> pa.RecordBatch:
    """The batch without the lines under a report."""
    lines = footer_lines(raw, keys, needed, header)
    if not lines:
        return raw
    for at, said in lines.items():
        told(RowFault(raw.column(ROW)[at].as_py(), "", "", True, stated_rows(said)))
    keep = np.ones(raw.num_rows, bool)
    keep[list(lines)] = False
    return raw.filter(pa.array(keep))


def _pieces(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """The rows a few megabytes at a time, because several pieces are held at once."""
    rows = max(1, batch.num_rows * _PIECE_BYTES // max(1, batch.nbytes))
    for start in range(0, batch.num_rows, rows):
        yield batch.slice(start, rows)


def open_export(exports: Sequence[str | Path], layout: Layout) -> Export:
    """Find the files of an export and fits each to the layout; reads no rows.

    Raises:
        ExportError: with one line per fault, when a file is missing, damaged or does not fit.
    """
    named, found = find_sources(exports)
    named = tuple(source for source in named if not layout.skips(source.file))
    chosen = [
        source
        for source in found
        if is_readable_kind(source.file) and not layout.skips(source.file) and is_named(source, layout)
    ]
    left_out = tuple(source.name for source in found if source not in chosen)
    if not named and not chosen:
        names = ", ".join(pattern for file in layout.files for pattern in file.match)
        raise ExportError(
            f"{', '.join(map(str, exports))} holds no file that the layout {layout.name} names ({names}); "
            "rename the files or give a layout that names them"
        )
    files: list[tuple[RawFile, Fit]] = []
    stamps: list[tuple[int, int, int]] = []
    faults: list[str] = []
    warnings: list[str] = []
    noticed: list[Noticed] = []
    for source in (*named, *chosen):
        try:
            stamp = source.stamp()
            files.extend(fitted(source, layout, len(files), warnings, noticed))
            stamps.extend([stamp] * (len(files) - len(stamps)))
        except ExportError as error:
            faults.append(str(error))
    if faults:
        raise ExportError("\n".join(faults))
    noticed.extend(files_left_out(found, chosen, layout))
    return Export(layout, tuple(files), left_out, tuple(warnings), tuple(stamps), tuple(noticed))
