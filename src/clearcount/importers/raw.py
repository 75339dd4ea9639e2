"""What every reader gives: batches of text columns `c0`, `c1`, ... in the order of the header, and the row number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Protocol, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clearcount.importers.cells import holds
from clearcount.importers.sources import Source

ROW = "row"
CELLS = "cells"
CELLS_TYPE = pa.list_(pa.struct([("column", pa.int32()), ("kind", pa.string()), ("shown", pa.string())]))
Raw: TypeAlias = pa.RecordBatch
"""String columns `c0`...; int64 column `row`: the number a spreadsheet shows, the header being row 1.

A workbook's batches have a last column `cells`: which cells hold no value to rely on, by their column (from 0) and the
kind of fault (`error` with the word shown, `formula`, `figures`, `merged`); null for a row without any.
"""


@dataclass(frozen=True)
class RowFault:
    """Why a row is refused: its number, the column (empty for the whole row) and the reason, without its content.

    `footer`: it is no row but a line under a report, and `stated` the number of rows that it says there are.
    """

    row: int
    column: str
    reason: str
    footer: bool = False
    stated: int | None = None


@dataclass(frozen=True)
class Noticed:
    """One thing about a file of the export: its kind (a stable name), how many rows it concerns, the sentence."""

    kind: str
    rows: int
    what: str
    column: str = ""
    file: str = ""


NO_LINE_END = "last row without a line end"
"""The kind of finding of a file that may have been cut off in its last row."""


def no_line_end(source: Source) -> Noticed:
    """Say that the last row of a file has no line end."""
    what = "the last row has no line end, as many tools write it and as a file ends that was cut off"
    return Noticed(NO_LINE_END, 1, what, file=source.name)


def without_nul(raw: Raw, refused: Callable[[RowFault], None]) -> Raw:
    """Return the rows that hold no NUL character; the others are refused, because no text holds one."""
    spoilt = np.zeros(raw.num_rows, bool)
    for column in raw.columns:
        if pa.types.is_string(column.type) and holds(column, "\0"):
            spoilt |= pc.match_substring(column, "\0").to_numpy(zero_copy_only=False)
    for row in raw.column(ROW).filter(pa.array(spoilt)).to_pylist():
        refused(RowFault(row, "", "it holds a NUL character: it is not text"))
    return raw.filter(pa.array(~spoilt)) if spoilt.any() else raw


def top_of(raw: RawFile, first: int) -> dict[int, list[str]]:
    """Return the header of a table and the rows of its first batch, the header as the row before `first`."""
    rows = {first - 1: list(raw.header)}
    for batch in islice(raw.batches(lambda fault: None), 1):
        few = batch.slice(0, 20)
        cells = [few.column(f"c{at}").to_pylist() for at in range(len(raw.header))]
        rows |= zip(few.column(ROW).to_pylist(), map(list, zip(*cells, strict=True)), strict=True)
    return rows


class RawFile(Protocol):
    """A file that was looked at: its columns are known, its rows are not read yet."""

    @property
    def source(self) -> Source: ...

    @property
    def header(self) -> tuple[str, ...]: ...

    @property
    def header_row(self) -> int:
        """The number of the row with the column names."""
        ...

    @property
    def digest(self) -> str: ...

    @property
    def how(self) -> str: ...

    @property
    def noticed(self) -> tuple[Noticed, ...]:
        """What could change a figure and is known before the rows are read."""
        ...

    def top(self) -> dict[int, list[str]]:
        """Return the first rows of the table by their number, the header among them."""
        ...

    def batches(self, refused: Callable[[RowFault], None]) -> Iterator[Raw]:
        """Return every row, refused ones handed to `refused`."""
        ...
