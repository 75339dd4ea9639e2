"""A snapshot: one row of the `snapshots` table. Writing that row is the only commit point of an import."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime
from typing import Any

import pyarrow as pa

SCHEMA = pa.schema(
    [
        ("number", pa.int64()),
        ("offences_version", pa.int64()),
        ("texts_version", pa.int64()),
        ("occurrences_version", pa.int64()),
        ("quarantine_version", pa.int64()),
        ("details", pa.string()),
    ]
)
TABLES = ("offences", "texts", "occurrences", "quarantine")
"""The tables whose versions a snapshot names."""


@dataclass(frozen=True)
class Finding:
    """One thing about the data that a reader of a figure should know. `rows` counts what it concerns."""

    kind: str
    rows: int
    what: str
    column: str = ""


@dataclass(frozen=True)
class Change:
    """What an import did to one kind of record; read = added + changed + unchanged + quarantined.

    `removed` counts records that a complete export no longer held; it is no part of what was read.
    """

    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    quarantined: int = 0
    removed: int = 0


@dataclass(frozen=True)
class Snapshot:
    """The state of the records after one import.

    `as_at` is the day of the extract, `imported_at` when it was read; `sources` says which files it came from;
    `rows` counts current records per kind (occurrences, offences, texts); `text_fields` are the fields that hold text,
    `layout_fields` those the layouts so far can hold; `own_codes`: codes are the data's own, not the Home Office's;
    `purged`: records were taken out of it later, so a count from it may no longer be repeated.
    """

    number: int
    as_at: date
    imported_at: datetime
    layout: str
    versions: Mapping[str, int]
    sources: tuple[Mapping[str, Any], ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)
    changes: Mapping[str, Change] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    text_fields: tuple[str, ...] = ()
    layout_fields: tuple[str, ...] = ()
    extra_columns: tuple[str, ...] = ()
    period: tuple[date | None, date | None] = (None, None)
    own_codes: bool = False
    complete: bool = False
    purged: bool = False
    folding: str = ""


def to_row(snapshot: Snapshot) -> dict[str, Any]:
    """The snapshot as a row of its table."""
    details = {name: getattr(snapshot, name) for name in _DETAILS}
    details["findings"] = [asdict(finding) for finding in snapshot.findings]
    details["changes"] = {kind: asdict(change) for kind, change in snapshot.changes.items()}
    versions = {f"{table}_version": snapshot.versions[table] for table in TABLES}
    return {"number": snapshot.number, **versions, "details": json.dumps(details, default=_iso, ensure_ascii=False)}


def from_rows(rows: Iterable[Mapping[str, Any]]) -> tuple[Snapshot, ...]:
    """The snapshots of a table, by number."""
    return tuple(sorted((_from_row(row) for row in rows), key=lambda snapshot: snapshot.number))


_DETAILS = [f.name for f in fields(Snapshot) if f.name not in ("number", "versions", "findings", "changes")]
_TUPLES = ("sources", "text_fields", "layout_fields", "extra_columns")


def _from_row(row: Mapping[str, Any]) -> Snapshot:
    details = json.loads(row["details"])
    for name in _TUPLES:
        details[name] = tuple(details[name])
    first, last = details["period"]
    details["period"] = (first and date.fromisoformat(first), last and date.fromisoformat(last))
    details["as_at"] = date.fromisoformat(details["as_at"])
    details["imported_at"] = datetime.fromisoformat(details["imported_at"])
    details["findings"] = tuple(Finding(**finding) for finding in details["findings"])
    details["changes"] = {kind: Change(**change) for kind, change in details["changes"].items()}
    versions = {table: row[f"{table}_version"] for table in TABLES}
    return Snapshot(number=row["number"], versions=versions, **details)


def _iso(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not written")
