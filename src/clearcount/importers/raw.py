"""What every reader gives: batches of text columns `c0`, `c1`, ... in the order of the header, and the row number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
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


class RawFile(Protocol):
    """A file that was looked at: its columns are known, its rows are not read yet."""

    @property
    def source(self) -> Source: ...

    @property
    def header(self) -> tuple[str, ...]: ...

    @property
    def digest(self) -> str: ...

    @property
    def how(self) -> str: ...

    @property
    def noticed(self) -> tuple[Noticed, ...]:
        """What could change a figure and is known before the rows are read."""
        ...

    def batches(self, refused: Callable[[Fault], None]) -> Iterator[Raw]:
        """Every row, refused ones handed to `refused`."""
        ...
