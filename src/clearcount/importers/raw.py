"""What every reader gives: batches of text columns `c0`, `c1`, ... in the order of the header, and the row number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Protocol, TypeAlias

import pyarrow as pa

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
class Fault:
    """Why a row is refused: its number, the column (empty for the whole row) and the reason, without its content."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True)
class Noticed:
    """One thing about a file of the export: its kind (a stable name), how many rows it concerns, the sentence."""

    kind: str
    rows: int
    what: str
    column: str = ""
    file: str = ""


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
        """The first rows of the table by their number, the header among them."""
        ...

    def batches(self, refused: Callable[[Fault], None]) -> Iterator[Raw]:
        """Every row, refused ones handed to `refused`."""
        ...
