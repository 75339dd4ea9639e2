"""Texts dealt out to the parts of the store, on disk, so that each part can be compared in bounded memory.

The texts of an import come in any order and do not fit in memory. Each batch is cut by part and appended to one Arrow
file per part, which the comparison then maps into memory.
"""

from __future__ import annotations

import zlib
from pathlib import Path
from types import TracebackType

import duckdb
import numpy as np
import pyarrow as pa

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
        """(part, lowest code) of each key."""
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
        """The occurrences placed here because no offence named them."""
        parts = [self._parts[self._index[key]] for key in self._strays]
        return pa.table({"occurrence_no": pa.array(self._strays, pa.string()), "part": pa.array(parts, pa.int32())})

    def _place(self, key: str) -> int:
        index = self._index[key] = len(self._parts)
        self._parts.append(self._first + zlib.crc32(key.encode()) % self._spread)
        self._lead.append(len(self._codes) - 1)
        self._strays.append(key)
        return index


class Dealer:
    """Writes batches of texts to one Arrow file per part in `folder`."""

    def __init__(self, folder: Path, schema: pa.Schema) -> None:
        folder.mkdir()
        self._folder = folder
        self._schema = schema.append(pa.field("lead_code", pa.string()))
        self._files: dict[int, pa.ipc.RecordBatchStreamWriter] = {}
        self._waiting: list[pa.RecordBatch] = []
        self._waiting_parts: list[np.ndarray] = []
        self._waiting_bytes = 0

    def __enter__(self) -> Dealer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._deal_waiting()
        for file in self._files.values():
            file.close()

    def deal(self, batch: pa.RecordBatch, places: Places) -> None:
        """Appends each row to the file of its part."""
        if not batch.num_rows:
            return
        parts, leads = places.of(batch.column("occurrence_no"))
        batch = pa.RecordBatch.from_arrays([*batch.columns, leads], schema=self._schema)
        if len(np.unique(parts)) <= _FEW_PARTS:
            self._cut(batch, parts)
            return
        self._waiting.append(batch)
        self._waiting_parts.append(parts)
        self._waiting_bytes += batch.nbytes
        if self._waiting_bytes >= _WAITING_BYTES:
            self._deal_waiting()

    def _deal_waiting(self) -> None:
        if self._waiting:
            self._cut(pa.concat_batches(self._waiting), np.concatenate(self._waiting_parts))
        self._waiting, self._waiting_parts, self._waiting_bytes = [], [], 0

    def _cut(self, batch: pa.RecordBatch, parts: np.ndarray) -> None:
        numbers, starts = np.unique(parts, return_index=True)
        if len(numbers) > 1:
            order = np.argsort(parts, kind="stable")
            batch = batch.take(pa.array(order))
            numbers, starts = np.unique(parts[order], return_index=True)
        for number, start, end in zip(numbers.tolist(), starts, [*starts[1:], batch.num_rows], strict=True):
            self._file(number).write_batch(batch.slice(int(start), int(end - start)))

    def parts(self) -> dict[int, Path]:
        """The file of each part that got a row."""
        return {number: self._path(number) for number in sorted(self._files)}

    def _path(self, number: int) -> Path:
        return self._folder / f"{number}.arrows"

    def _file(self, number: int) -> pa.ipc.RecordBatchStreamWriter:
        if number not in self._files:
            self._files[number] = pa.ipc.new_stream(str(self._path(number)), self._schema)
        return self._files[number]


def read_dealt(path: Path) -> pa.Table:
    """The rows of one part, mapped from disk."""
    with pa.memory_map(str(path)) as file, pa.ipc.open_stream(file) as stream:
        return stream.read_all()
