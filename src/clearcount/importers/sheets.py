"""XLSX, XLS and ODS: every sheet that has a header, its cells as text, and which cells hold no value to rely on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clearcount.errors import ExportError
from clearcount.foreign.workbooks import FAULTS, BookSheet, Merged, SheetFacts, Workbook, open_workbook
from clearcount.importers.headings import under_groups
from clearcount.importers.layout import AS_FOUND, Form
from clearcount.importers.raw import CELLS, CELLS_TYPE, ROW, Noticed, Raw, RowFault
from clearcount.importers.sources import Source

_NO_VALUE = "#"
"""What stands in a cell that has no value: a blank would be taken for one."""


@dataclass(frozen=True)
class ExportSheet:
    """One sheet of a workbook. `columns` are the places of the header's cells, from 0."""

    source: Source
    header: tuple[str, ...]
    digest: str
    header_row: int
    _sheet: BookSheet

    @property
    def how(self) -> str:
        """`sheet Offences`, for people."""
        return f"sheet {self._sheet.name}"

    @property
    def hidden(self) -> bool:
        """Whether the sheet does not show."""
        return self._sheet.state != "visible"

    @property
    def facts(self) -> SheetFacts:
        """What is hidden and merged in it."""
        return self._sheet.facts

    @property
    def rows(self) -> int:
        """How many rows under the header hold something."""
        return sum(
            int(pc.sum(pc.greater(batch.column(ROW), self.header_row)).as_py() or 0) for batch in self._sheet.batches()
        )

    @property
    def noticed(self) -> tuple[Noticed, ...]:
        """Nothing that is known without the layout."""
        return ()

    def top(self) -> dict[int, list[str]]:
        """Return the first rows of the sheet."""
        return {number: [" ".join(text.split()) for text in cells] for number, cells in self._sheet.first_rows(60)}

    def batches(self, refused: Callable[[RowFault], None]) -> Iterator[Raw]:
        """Yield every row under the header that is not blank; cells beyond the header are refused with their row."""
        merges = _Merges([area for area in self.facts.merged if area.last_row > self.header_row], self.source.name)
        for found in self._sheet.batches():
            batch = found.filter(pc.greater(found.column(ROW), self.header_row))
            if batch.num_rows and (kept := self._narrowed(batch, refused)).num_rows:
                yield merges.marked(kept)

    def _narrowed(self, batch: pa.RecordBatch, refused: Callable[[RowFault], None]) -> Raw:
        """The columns under the header, without the rows that are wider and those that are blank under it."""
        width, wide = len(self.header), batch.num_columns - 2
        inside = [batch.column(at) for at in range(min(width, wide))]
        blank = pa.array([""] * batch.num_rows, pa.string())
        inside += [blank] * (width - len(inside))
        beyond = _any_filled([batch.column(at) for at in range(width, wide)], batch.num_rows)
        for index in np.flatnonzero(beyond).tolist():
            cells = max(at + 1 for at in range(wide) if batch.column(at)[index].as_py())
            refused(RowFault(batch.column(ROW)[index].as_py(), "", f"{cells} cells where the header has {width}"))
        faults = batch.column(FAULTS)
        keep = ~beyond & (_any_filled(inside, batch.num_rows) | faults.is_valid().to_numpy(zero_copy_only=False))
        names = [*(f"c{number}" for number in range(width)), ROW, CELLS]
        raw = pa.RecordBatch.from_arrays([*inside, batch.column(ROW), faults], names=names)
        return raw if keep.all() else raw.filter(pa.array(keep))


def _any_filled(columns: Sequence[pa.Array], rows: int) -> np.ndarray:
    found = np.zeros(rows, dtype=bool)
    for column in columns:
        found |= pc.greater(pc.binary_length(pc.utf8_trim_whitespace(column)), 0).to_numpy(zero_copy_only=False)
    return found


class _Merges:
    """The merged cells of a sheet: all but the first of them show a value that they do not hold."""

    _MOST = 20_000

    def __init__(self, merged: Sequence[Merged], name: str) -> None:
        if len(merged) > self._MOST:
            raise ExportError(f"{name} has more than {self._MOST:,} merged cells; unmerge them and save it again")
        self._merged = merged
        self._first = np.array([area.first_row for area in merged], np.int64)
        self._last = np.array([area.last_row for area in merged], np.int64)

    def marked(self, raw: Raw) -> Raw:
        """Return the batch with its merged cells among the faults."""
        numbers = raw.column(ROW).to_numpy()
        near = np.flatnonzero((self._first <= numbers[-1]) & (self._last >= numbers[0]))
        if not near.size:
            return raw
        width = raw.num_columns - 2
        covered = np.zeros((len(numbers), width), dtype=bool)
        for area in (self._merged[at] for at in near.tolist()):
            start, stop = np.searchsorted(numbers, [area.first_row, area.last_row + 1])
            covered[start:stop, area.first_column : area.last_column + 1] = True
            if start < len(numbers) and numbers[start] == area.first_row and area.first_column < width:
                covered[start, area.first_column] = False
        faults = raw.column(CELLS).to_pylist()
        for row, column in np.argwhere(covered).tolist():
            faults[row] = [*(faults[row] or []), {"column": column, "kind": "merged", "shown": ""}]
        columns = [*raw.columns[:-1], pa.array(faults, CELLS_TYPE)]
        return pa.RecordBatch.from_arrays(columns, names=raw.schema.names)


def look(source: Source, form_of: Callable[[str], Form] = lambda sheet: AS_FOUND) -> tuple[ExportSheet, ...]:
    """Return the sheets of a workbook that hold something; `form_of` says in which row a sheet has its header.

    Raises:
        ExportError: when it is no workbook or no sheet has a header.
    """
    book, digest = _opened(source)
    filled = [sheet for sheet in book.sheets if sheet.first_rows(1)]
    found = []
    for sheet in filled:
        form = form_of(sheet.name)
        row = form.header_row or 1
        names = (
            under_groups(_header(sheet, form.group_row), _header(sheet, row)) if form.group_row else _header(sheet, row)
        )
        found.append(ExportSheet(replace(source, sheet=sheet.name), names, digest, row, sheet))
    if not any(sheet.header for sheet in found):
        rows = ", ".join(
            str(row) for row in sorted({sheet.header_row for sheet in found} or {form_of("").header_row or 1})
        )
        raise ExportError(f"{source.name}: no sheet has column names in row {rows}; say header_row in the layout")
    return tuple(found)


def _opened(source: Source) -> tuple[Workbook, str]:
    """The workbook and the SHA-256 of its file."""
    digest = hashlib.sha256()
    if source.is_plain:
        with source.open() as stream:
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
        return open_workbook(source.path, source.name, ExportError), digest.hexdigest()
    with source.open() as stream:
        content = stream.read()
    digest.update(content)
    return open_workbook(content, source.name, ExportError), digest.hexdigest()


def _header(sheet: BookSheet, row: int) -> tuple[str, ...]:
    """The names in a row; empty where the row is blank."""
    for number, cells in sheet.first_rows(row):
        if number == row:
            names = [" ".join(text.split()) for text in cells]
            while names and not names[-1]:
                names.pop()
            return tuple(names)
    return ()
