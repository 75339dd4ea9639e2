"""Texts dealt out to the parts of the store, on disk, so that each part can be compared in bounded memory.

The texts of an import come in any order and do not fit in memory. Each batch is cut by part and appended to one Arrow
file per part, which the comparison then maps into memory. The files are not packed: that took a tenth of the import's
CPU seconds and saved none on the clock.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from clearcount.matching.ahead import made_ahead

_FEW_PARTS = 4
_WAITING_BYTES = 16 << 20
"""A batch of more than so few parts waits until so many bytes can be cut together, or files would be all shreds."""


class Places:
    """Where occurrences lie: their part and the lowest code they had when they were placed.

    An occurrence without an offence is placed by a checksum of its number among the `spread` parts from `first` on.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, *, first: int, spread: int) -> None:
        placed = connection.sql("SELECT occurrence_no, part, lead_code FROM placed").to_arrow_table()
        self._index = {key: index for index, key in enumerate(placed["occurrence_no"].to_pylist())}
        self._parts: list[int] = placed["part"].to_pylist()
        codes = placed["lead_code"].combine_chunks().dictionary_encode()
        self._codes: pa.Array = pa.concat_arrays([codes.dictionary, pa.array([""])])
        self._lead: list[int] = codes.indices.to_pylist()
        self._first, self._spread = first, spread
        self._strays: list[str] = []

    def of(self, keys: pa.Array) -> tuple[np.ndarray, pa.Array]:
        """Return (part, lowest code) of each key."""
        encoded = keys.dictionary_encode()
        found = [self._index.get(key) for key in encoded.dictionary.to_pylist()]
        for position, index in enumerate(found):
            if index is None:
                found[position] = self._place(encoded.dictionary[position].as_py())
        parts = np.array([self._parts[index] for index in found], np.int64)  # type: ignore[index]
        leads = np.array([self._lead[index] for index in found], np.int64)  # type: ignore[index]
        where = encoded.indices.to_numpy()
        return parts[where], self._codes.take(pa.array(leads[where]))

    def strays(self) -> pa.Table:
        """Return the occurrences placed here because no offence named them."""
        parts = [self._parts[self._index[key]] for key in self._strays]
        return pa.table({"occurrence_no": pa.array(self._strays, pa.string()), "part": pa.array(parts, pa.int32())})

    def _place(self, key: str) -> int:
        index = self._index[key] = len(self._parts)
        self._parts.append(self._first + zlib.crc32(key.encode()) % self._spread)
        self._lead.append(len(self._codes) - 1)
        self._strays.append(key)
        return index


def deal(batches: Iterator[pa.RecordBatch], columns: pa.Schema, places: Places, folder: Path) -> dict[int, Path]:
    """Write every row of `batches` to the Arrow file of its part in `folder`, with the lowest code beside it.

    Returns the file of each part that got a row. The batches are made on one thread, cut on another and written on
    this one: each takes about a third of the time.
    """
    folder.mkdir()
    columns = columns.append(pa.field("lead_code", pa.string()))
    paths: dict[int, Path] = {}
    with ExitStack() as stack:
        files: dict[int, pa.ipc.RecordBatchStreamWriter] = {}
        for cut in made_ahead(_cuts(made_ahead(batches), columns, places)):
            for part, rows in cut:
                if part not in files:
                    paths[part] = folder / f"{part}.arrows"
                    files[part] = stack.enter_context(pa.ipc.new_stream(str(paths[part]), columns))
                files[part].write_batch(rows)
    return dict(sorted(paths.items()))


def _cuts(
    batches: Iterator[pa.RecordBatch], columns: pa.Schema, places: Places
) -> Iterator[list[tuple[int, pa.RecordBatch]]]:
    """The rows of each batch by part; batches whose rows belong to many parts are put together first."""
    waiting: list[pa.RecordBatch] = []
    waiting_parts: list[np.ndarray] = []
    for batch in batches:
        if not batch.num_rows:
            continue
        parts, leads = places.of(batch.column("occurrence_no"))
        batch = pa.RecordBatch.from_arrays([*batch.columns, leads], schema=columns)
        if len(np.unique(parts)) <= _FEW_PARTS:
            yield _cut(batch, parts)
            continue
        waiting.append(batch)
        waiting_parts.append(parts)
        if sum(batch.nbytes for batch in waiting) >= _WAITING_BYTES:
            yield _cut(pa.concat_batches(waiting), np.concatenate(waiting_parts))
            waiting, waiting_parts = [], []
    if waiting:
        yield _cut(pa.concat_batches(waiting), np.concatenate(waiting_parts))


def _cut(batch: pa.RecordBatch, parts: np.ndarray) -> list[tuple[int, pa.RecordBatch]]:
    numbers, starts = np.unique(parts, return_index=True)
    if len(numbers) > 1:
        order = np.argsort(parts, kind="stable")
        batch = batch.take(pa.array(order))
        numbers, starts = np.unique(parts[order], return_index=True)
    ends = [*starts[1:], batch.num_rows]
    return [
        (number, batch.slice(int(start), int(end - start)))
        for number, start, end in zip(numbers.tolist(), starts, ends, strict=True)
    ]


def take_dealt(path: Path) -> pa.Table:
    """Return the rows of one part, each column in one piece; the file is gone afterwards, so that its room can be used
    again.

    What follows would otherwise put the pieces of each column together several times.
    """
    with pa.memory_map(str(path)) as file, pa.ipc.open_stream(file) as stream:
        rows = stream.read_all().combine_chunks()
    with suppress(PermissionError):  # Windows keeps a file that is still mapped; it goes with the staging folder
        path.unlink()
    return rows
