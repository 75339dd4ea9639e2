"""Names what a sheet holds beside its texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from clearcount.errors import ForeignFileError

State = Literal["visible", "hidden", "very hidden"]
FaultKind = Literal["error", "formula", "figures"]

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
"""The largest sheet that any of the formats can hold."""
MOST_COLUMNS = 2_048
"""A table of records is far narrower. A sheet that is wider costs much and is none."""

ERROR_WORDS = frozenset(
    (
        "#N/A",
        "#NAME?",
        "#REF!",
        "#VALUE!",
        "#DIV/0!",
        "#NUM!",
        "#NULL!",
        "#GETTING_DATA",
        "#SPILL!",
        "#CALC!",
        "#BLOCKED!",
        "#BUSY!",
        "#CONNECT!",
        "#EXTERNAL!",
        "#FIELD!",
        "#PYTHON!",
        "#UNKNOWN!",
        *("#NV", "#BEZUG!", "#WERT!", "#ZAHL!", "#NULL!", "#ÜBERLAUF!"),
        *("#NOM?", "#VALEUR!", "#NOMBRE!", "#NUL!", "#PROPAGATION!"),
        *("#¿NOMBRE?", "#¡REF!", "#¡VALOR!", "#¡NUM!", "#¡DIV/0!", "#¡NULO!", "#NOME?", "#RIF!", "#VALORE!"),
    )
)
"""What spreadsheets show where a formula failed (ECMA-376 18.17.3 and Microsoft's later ones), in some languages."""
ERROR_SHAPE = re.compile(r"Err:\d{3}|#{2,}")
"""What LibreOffice shows of an error, and what any spreadsheet shows of a value that is wider than its column."""


def is_error(text: str) -> bool:
    """Return whether a text is nothing but what a spreadsheet shows in place of a value."""
    return text in ERROR_WORDS or ERROR_SHAPE.fullmatch(text) is not None


@dataclass(frozen=True)
class CellFault:
    """A cell that holds no value to rely on; `column` counts from 0, `shown` is the error's own word or empty."""

    column: int
    kind: FaultKind
    shown: str = ""


def too_wide(where: str, row: int, column: int) -> ForeignFileError:
    """Return the refusal of a row with a value beyond the columns that are read; `column` counts from 0."""
    return ForeignFileError(
        f"{where}: row {row} holds a value in column {column + 1:,}, and at most {MOST_COLUMNS:,} columns are read. "
        "Clear what is to the right of the table"
    )


@dataclass(frozen=True)
class SheetHead:
    """A sheet begins."""

    name: str
    state: State = "visible"


@dataclass
class Row:
    """A row that holds something; `number` counts from 1, cells are texts and as many as its last filled one needs."""

    number: int
    cells: list[str]
    hidden: bool = False
    faults: list[CellFault] = field(default_factory=list)


@dataclass(frozen=True)
class Merged:
    """Cells that are merged: rows from 1, columns from 0, both ends included."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int


@dataclass(frozen=True)
class SheetFacts:
    """A sheet ends: what is hidden in it, among rows and columns that hold something.

    `filtered`: a filter was set that leaves rows out. `hidden_columns` count from 0.
    """

    hidden_rows: int = 0
    first_hidden_row: int = 0
    hidden_columns: tuple[int, ...] = ()
    filtered: bool = False
    merged: tuple[Merged, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return it as a value of JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> SheetFacts:
        """Return it from a value of JSON."""
        merged = tuple(Merged(**each) for each in value["merged"])
        return cls(**{**value, "hidden_columns": tuple(value["hidden_columns"]), "merged": merged})


class FactsBuilder:
    """Collects the facts of a sheet while its rows go by."""

    def __init__(self) -> None:
        self.hidden_ranges: list[tuple[int, int]] = []
        self.merged: list[Merged] = []
        self.filtered = False
        self._filled: set[int] = set()
        self._hidden_rows = self._first_hidden = 0

    def saw(self, row: Row) -> None:
        """Note a row."""
        if row.hidden:
            self._hidden_rows += 1
            self._first_hidden = self._first_hidden or row.number
        if self.hidden_ranges:
            self._filled.update(column for column, text in enumerate(row.cells) if text)

    def facts(self) -> SheetFacts:
        """Return what was noted."""
        hidden = [column for column in self._filled if any(a <= column <= b for a, b in self.hidden_ranges)]
        return SheetFacts(
            self._hidden_rows, self._first_hidden, tuple(sorted(hidden)), self.filtered, tuple(self.merged)
        )
