"""Texts that a system wrote over several rows, put together in the order that a column of the export says.

The pieces of one entry may be anywhere in the files, so they are kept until all are read. Few are kept in memory. Many
are kept on disk, dealt out by occurrence so that each lot fits in memory.
"""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clearcount.importers.layout import Join

ORDER = "order"
_LOT_BYTES = 32 << 20
"""About how many bytes of text are put together at a time."""
_KEY = ("occurrence_no", "field", "entry_no")


@dataclass
class Joined:
    """The joined texts of one lot, and how many of its pieces follow a gap, or stand in the place of another."""

    texts: pa.RecordBatch
    gaps: int
    doubles: int


class Joiner:
    """Takes pieces batch by batch and gives the texts that they make, `join` between two pieces.

    A batch has the columns of texts and `order`, an int64. The first row of an entry stands for it: its moment, its
    file and its row. A piece that is the same as the one before it in its place is left out.
    """

    def __init__(self, join: Join, about_bytes: int) -> None:
        self._join = join
        self._lots = 1 + about_bytes // _LOT_BYTES
        self._stack = ExitStack()
        self._held: list[pa.RecordBatch] = []
        self._files: dict[int, pa.ipc.RecordBatchStreamWriter] = {}
        self._folder: Path | None = None
        self._tens = True
        self._from_zero = False

    def __enter__(self) -> Joiner:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def take(self, pieces: pa.RecordBatch) -> None:
        """Take the next pieces."""
        if not pieces.num_rows:
            return
        numbers = pieces.column(ORDER).to_numpy()
        self._tens &= not (numbers % 10).any()
        self._from_zero |= bool((numbers == 0).any())
        if self._lots == 1:
            self._held.append(pieces)
            return
        keys = pieces.column("occurrence_no").dictionary_encode()
        lots = np.array([zlib.crc32(key.encode()) % self._lots for key in keys.dictionary.to_pylist()], np.int64)
        lot_of = lots[keys.indices.to_numpy()]
        for lot in np.unique(lot_of).tolist():
            self._file(lot, pieces.schema).write_batch(pieces.filter(pa.array(lot_of == lot)))

    def _file(self, lot: int, columns: pa.Schema) -> pa.ipc.RecordBatchStreamWriter:
        if self._folder is None:
            self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        if lot not in self._files:
            self._files[lot] = self._stack.enter_context(
                pa.ipc.new_stream(str(self._folder / f"{lot}.arrows"), columns)
            )
        return self._files[lot]

    def joined(self) -> Iterator[Joined]:
        """Give every text, lot by lot, once all pieces were taken."""
        for held in self._lots_of_pieces():
            step = 10 if self._tens else 1
            yield _joined(held, self._join, step, 0 if self._from_zero else step)

    def _lots_of_pieces(self) -> Iterator[pa.Table]:
        if self._held:
            yield pa.Table.from_batches(self._held)
        for lot, file in sorted(self._files.items()):
            file.close()
            assert self._folder is not None
            with pa.memory_map(str(self._folder / f"{lot}.arrows")) as stored, pa.ipc.open_stream(stored) as stream:
                yield stream.read_all()


def _joined(pieces: pa.Table, join: Join, step: int, begin: int) -> Joined:
    """The texts of one lot. Pieces are counted in steps of one, or of ten where all their numbers are tens.

    They begin with 0 where any does, so that an entry which begins later has lost its first.
    """
    order = [(name, "ascending") for name in (*_KEY, ORDER, "file", "row")]
    rows = pieces.take(pc.sort_indices(pieces, order)).combine_chunks()
    begins = np.ones(rows.num_rows, bool)
    begins[1:] = False
    for name in _KEY:
        begins[1:] |= _differs(rows[name])
    number = rows[ORDER].to_numpy()
    ahead = np.diff(number, prepend=0)
    double = ~begins & (ahead == 0)
    gap = np.where(begins, number != begin, ahead > step)
    same = np.zeros(rows.num_rows, bool)
    same[1:] = double[1:] & ~_differs(rows["text"])
    kept = rows.filter(pa.array(~same))
    starts = np.append(np.flatnonzero(begins[~same]), kept.num_rows)
    texts = pa.ListArray.from_arrays(pa.array(starts, pa.int32()), kept["text"].combine_chunks())
    first = kept.take(pa.array(starts[:-1]))
    at = first.schema.get_field_index("text")
    whole = first.set_column(at, "text", pc.binary_join(texts, join)).drop_columns([ORDER]).combine_chunks()
    (batch,) = whole.to_batches() or [pa.RecordBatch.from_pylist([], whole.schema)]
    return Joined(batch, int(gap.sum()), int(double.sum()))


def _differs(column: pa.ChunkedArray) -> np.ndarray:
    """Whether each value but the first differs from the one before it."""
    found: np.ndarray = pc.not_equal(column[1:], column[:-1]).to_numpy()
    return found
