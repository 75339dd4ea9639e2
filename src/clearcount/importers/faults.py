"""The faults of the rows of a batch, and what of a refused row is told where it can be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clearcount.importers.cells import errors
from clearcount.importers.fit import Fit
from clearcount.importers.layout import Column
from clearcount.importers.raw import CELLS, Raw

_KEYS = ("crime_no", "field", "entry_no", "person_no", "role")
"""What of the key of a refused row is told beside its occurrence; null where it cannot be read."""
READ = ("code", "recorded_on", "reported_on", "committed_from")
"""What of a refused offence row is told where it can be read, because a count asks for it."""
FAULTS = pa.schema(
    [
        ("file", pa.int32()),
        ("row", pa.int64()),
        ("column", pa.string()),
        ("reason", pa.string()),
        ("occurrence_no", pa.string()),
        ("code", pa.string()),
        *((name, pa.date32()) for name in READ[1:]),
        ("unread", pa.list_(pa.string())),
        *((name, pa.string()) for name in _KEYS),
    ]
)
"""As `clearcount.store.schema.FAULTS`; a test holds the two together."""
_NO_FAULTS = pa.RecordBatch.from_pylist([], schema=FAULTS)
_NO_VALUES = {
    "error": "it holds the spreadsheet error {}, not a value; mend the formula or the lookup and export again",
    "formula": "it holds a formula without a saved value; open the workbook, let it be worked out, and save it",
    "figures": "it is a number of 16 figures or more, of which a spreadsheet keeps 15; store the column as text",
    "merged": "it lies in merged cells, which hold one value for several rows; unmerge them and fill each row",
}
"""Why a cell of a workbook has no value to rely on, by the kind that the reader gives."""


class Faults:
    """The faults of one batch: the first of a row gives its column, the others are added to the reason."""

    def __init__(self, size: int) -> None:
        self._found: dict[int, tuple[str, str]] = {}
        self._size = size

    def drop(self, mask: pa.Array) -> None:
        """Take back the faults of rows."""
        for index in np.flatnonzero(mask.to_numpy(zero_copy_only=False)).tolist():
            self._found.pop(index, None)

    def join(self, others: Faults) -> None:
        """Add the faults that were found apart."""
        for index, (column, why) in others._found.items():
            self._add(index, column, why)

    def add(self, mask: pa.Array, column: str, reason: str | Callable[[int], str]) -> None:
        """Add a fault to each row of `mask`."""
        if not pc.any(mask, min_count=0).as_py():
            return
        for index in np.flatnonzero(pc.fill_null(mask, False).to_numpy(zero_copy_only=False)).tolist():
            self._add(index, column, reason if isinstance(reason, str) else reason(index))

    def add_cells(self, raw: Raw, fit: Fit, columns: Iterable[Column]) -> None:
        """Add the cells of a workbook that hold no value to rely on, and a spreadsheet's error in any kind of file."""
        used = {fit.positions[name.strip().lower()]: name for column in columns if (name := fit.name_of(column))}
        if CELLS in raw.schema.names and raw.column(CELLS).null_count < raw.num_rows:
            for index, cells in enumerate(raw.column(CELLS).to_pylist()):
                for cell in cells or ():
                    if cell["column"] in used:
                        self._add(index, used[cell["column"]], _NO_VALUES[cell["kind"]].format(cell["shown"]))
        for at, name in used.items():
            for index, word in errors(raw.column(at)):
                self._add(index, name, _NO_VALUES["error"].format(word))

    def _add(self, index: int, column: str, why: str) -> None:
        before = self._found.setdefault(index, (column, why))
        if before != (column, why) and why not in before[1]:
            self._found[index] = (before[0], f"{before[1]}; {column}: {why}")

    def table(
        self,
        fit: Fit,
        rows: pa.Array,
        keys: Mapping[str, pa.Array],
        read: Mapping[str, tuple[pa.Array, pa.Array]],
    ) -> pa.RecordBatch:
        """Return the faults with their `keys` and the values of `read` (column: value, mask of what cannot be read)."""
        if not self._found:
            return _NO_FAULTS
        indices = pa.array(sorted(self._found), pa.int64())
        found = [self._found[index] for index in indices.to_pylist()]
        unread = [[name for name, (_, bad) in read.items() if bad[index].as_py()] for index in indices.to_pylist()]
        return pa.RecordBatch.from_arrays(
            [
                pa.array([fit.number] * len(found), pa.int32()),
                rows.take(indices),
                pa.array([column for column, _ in found], pa.string()),
                pa.array([reason for _, reason in found], pa.string()),
                keys["occurrence_no"].take(indices),
                *(
                    read[name][0].take(indices) if name in read else pa.nulls(len(found), FAULTS.field(name).type)
                    for name in READ
                ),
                pa.array(unread, pa.list_(pa.string())),
                *(keys[name].take(indices) if name in keys else pa.nulls(len(found), pa.string()) for name in _KEYS),
            ],
            schema=FAULTS,
        )

    def without(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return the rows of the batch that have no fault."""
        if not self._found:
            return batch
        keep = np.ones(self._size, dtype=bool)
        keep[list(self._found)] = False
        return batch.filter(pa.array(keep))
