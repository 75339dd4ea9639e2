"""One file of an export under its layout: where each header stands, and the values of a column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clearcount.importers.layout import Column, FileLayout, Form, Layout
from clearcount.importers.raw import CELLS, Raw


@dataclass(frozen=True)
class Fit:
    """One file under its layout: the number of the file in the import and where each header stands."""

    number: int
    file: FileLayout
    layout: Layout
    positions: Mapping[str, int]

    @property
    def form(self) -> Form:
        """How the file is written."""
        return self.file.form.over(self.layout.form)

    def name_of(self, column: Column) -> str:
        """Return the header that the file has for a column, or "" for a constant or an absent optional one."""
        return next((header for header in column.headers if header.strip().lower() in self.positions), "")

    def places(self, *names: str) -> list[int]:
        """Return where the columns stand that give these columns of records."""
        parts = [
            *([self.file.offence.columns] if self.file.offence else []),
            *(text.columns for text in self.file.texts),
            *(person.columns for person in self.file.persons),
        ]
        columns = [part[name] for part in parts for name in names if name in part]
        return sorted({self.positions[name.strip().lower()] for column in columns if (name := self.name_of(column))})

    def values(self, column: Column | None, raw: Raw) -> pa.Array:
        """Return the column's text values; blanks where the file has none."""
        if column is None:
            return repeated("", raw.num_rows)
        if column.constant is not None:
            return repeated(column.constant, raw.num_rows)
        header = self.name_of(column)
        if not header:
            return repeated("", raw.num_rows)
        held = raw.column(self.positions[header.strip().lower()])
        if separator := column.first_of or column.last_of:
            ends = pc.split_pattern(held, separator, max_splits=1, reverse=bool(column.last_of))
            return pc.utf8_trim_whitespace(pc.list_element(ends, 0) if column.first_of else _last(ends))
        return held

    def without_value(self, column: Column | None, raw: Raw) -> np.ndarray:
        """Return which rows of a workbook have a cell in this column that holds no value to rely on."""
        found = np.zeros(raw.num_rows, bool)
        name = self.name_of(column) if column else ""
        if name and CELLS in raw.schema.names and raw.column(CELLS).null_count < raw.num_rows:
            at = self.positions[name.strip().lower()]
            for index, cells in enumerate(raw.column(CELLS).to_pylist()):
                found[index] = any(cell["column"] == at for cell in cells or ())
        return found


def _last(lists: pa.Array) -> pa.Array:
    """The last element of each list; none is empty."""
    return lists.values.take(pc.subtract(lists.offsets.slice(1), 1))


def repeated(value: str, count: int) -> pa.Array:
    """Return a column of one value."""
    return pa.array([value], pa.string()).take(pa.array(np.zeros(count, dtype=np.int64)))
