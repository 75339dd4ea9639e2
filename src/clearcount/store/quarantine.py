"""The rows of exports that were not kept: their place, the reason, and what of them could be read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from clearcount.store import schema
from clearcount.store.parquet import new_file, read_rows, sealed, writer


def write_quarantine(rows: pa.Table, folder: Path, number: int) -> Path:
    """Write rows of `schema.QUARANTINE` as the file of import `number`; return its path."""
    target = new_file(folder, number)
    with writer(target, schema.QUARANTINE, compression="zstd") as file:
        file.write_table(rows.cast(schema.QUARANTINE))
    return sealed(target)


def quarantine_rows(faults: pa.Table, number: int, names: Sequence[str]) -> pa.Table:
    """Return refused rows (`schema.FAULTS` and kind) with the number of their import and the names of their files."""
    columns: dict[str, pa.Array | pa.ChunkedArray] = {name: faults[name] for name in faults.column_names}
    columns["snapshot"] = pa.array([number] * faults.num_rows, pa.int64())
    columns["file"] = pa.array(names, pa.string()).take(faults["file"].combine_chunks())
    return pa.table({name: columns[name] for name in schema.QUARANTINE.names}).cast(schema.QUARANTINE)


def read_quarantine(files: Sequence[Path], numbers: Collection[int]) -> pa.Table:
    """Return the refused rows of the imports `numbers` in order of import, file, row and kind.

    Files of format 1 lack the columns after `reason`; these are null.
    """
    wanted = pc.field("snapshot").isin(pa.array(sorted(numbers), pa.int64()))
    tables = [_filled(read_rows(file, wanted=wanted)) for file in files]
    rows = pa.concat_tables(tables) if tables else schema.QUARANTINE.empty_table()
    return rows.sort_by([(name, "ascending") for name in ("snapshot", "file", "row", "kind", "column", "reason")])


def _filled(rows: pa.Table) -> pa.Table:
    columns = [
        rows[field.name].cast(field.type) if field.name in rows.column_names else pa.nulls(rows.num_rows, field.type)
        for field in schema.QUARANTINE
    ]
    return pa.table(columns, schema=schema.QUARANTINE)
