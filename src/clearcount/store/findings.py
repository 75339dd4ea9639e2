"""What a reader of a figure should know about the data, found over the whole snapshot and kept with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from clearcount.store import schema
from clearcount.store.database import name_list
from clearcount.store.snapshot import Finding


@dataclass(frozen=True)
class Facts:
    """Rows per kind, the fields that hold text, the first and last recorded day, and the findings."""

    rows: Mapping[str, int]
    text_fields: tuple[str, ...]
    period: tuple[date | None, date | None]
    findings: tuple[Finding, ...]


def find(connection: duckdb.DuckDBPyConnection, files: Mapping[str, Sequence[Path]], as_at: date) -> Facts:
    """Reads the narrow columns of every record of the snapshot to be."""
    run = connection.execute
    for table in ("offences", "texts"):
        if files[table]:
            connection.read_parquet(name_list(files[table])).create_view(f"now_{table}")
        else:
            connection.register(f"now_{table}", schema.DATA_TABLES[table].empty_table())
    ((offences, first, last, occurrences),) = run(
        "SELECT count(*), min(recorded_on), max(recorded_on), count(DISTINCT occurrence_no) FROM now_offences"
    ).fetchall()
    fields = run("SELECT field, count(*) FROM now_texts WHERE length > 0 GROUP BY field ORDER BY field").fetchall()
    ((texts,),) = run("SELECT count(*) FROM now_texts").fetchall()
    return Facts(
        rows={"occurrences": occurrences, "offences": offences, "texts": texts},
        text_fields=tuple(field for field, _ in fields),
        period=(first, last),
        findings=(),
    )
