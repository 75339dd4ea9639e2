"""A snapshot: one row of the `snapshots` table, which says what the other tables hold after one import."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime
from typing import Any, TypeAlias

import pyarrow as pa

from clearcount.model.record import OFFENCE, Noun
from clearcount.store.again import ReadAgain
from clearcount.store.log import TableVersion

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
TABLES = ("offences", "texts", "occurrences", "quarantine", "persons")
"""The tables whose versions a snapshot names; one of format 3 or older names no people."""


@dataclass(frozen=True)
class DataFinding:
    """One thing about the data that a reader of a figure should know. `rows` counts what it concerns.

    `kind` is one of a closed list of stable names (docs/reference/store.md). `file` is the file of the export that it
    speaks of, `codes` the offence codes that it concerns, where it is about some only. With `of_import` it is about the
    rows of this import, so the next import does not find it again. Otherwise it is about all records of the snapshot.
    """

    kind: str
    rows: int
    what: str
    column: str = ""
    file: str = ""
    codes: tuple[str, ...] = ()
    of_import: bool = False


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
class FileAccount:
    """What became of the rows of one file of an import.

    `rows` are those of the file, without its header and its blank rows. `by_row` counts each of them once, as the worst
    of its records; `empty` are the rows that gave no record. rows = by_row.read + empty. `kinds` counts records.
    """

    name: str
    rows: int
    by_row: Change
    empty: int
    kinds: Mapping[str, Change]


@dataclass(frozen=True)
class Snapshot:
    """The state of the records after one import.

    `versions` says for each table which version holds it, and the digest of that table's log up to there. `as_at` is
    the day of the extract, `imported_at` when it was read. `sources` says which files it came from. `rows` counts
    current records per kind (occurrences, offences, texts, persons). `text_fields` are the fields that hold text,
    `layout_fields` those the layouts so far can hold. `own_codes`: codes are the data's own, not the Home Office's.
    `purged`: records were taken out of it later, so a count from it may no longer be repeated. `files` says what became
    of the rows of each file (none in snapshots of format 1). `replaced` are the kinds of which a complete import left
    nothing older in the snapshot. `person_columns` are the columns that people have, `roles` those they are held in.
    `read_again` are refused rows of earlier imports that this one made good. `reason` says why an import was kept that
    looks like a part of one. It stays in the store. `noun` is what a record is called and `system` where records come
    from, as the layout says it.
    """

    number: int
    as_at: date
    imported_at: datetime
    layout: str
    versions: Mapping[str, TableVersion]
    sources: tuple[Mapping[str, object], ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)
    changes: Mapping[str, Change] = field(default_factory=dict)
    findings: tuple[DataFinding, ...] = ()
    text_fields: tuple[str, ...] = ()
    layout_fields: tuple[str, ...] = ()
    extra_columns: tuple[str, ...] = ()
    period: tuple[date | None, date | None] = (None, None)
    own_codes: bool = False
    complete: bool = False
    purged: bool = False
    folding: str = ""
    files: tuple[FileAccount, ...] = ()
    replaced: tuple[str, ...] = ()
    person_columns: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    read_again: tuple[ReadAgain, ...] = ()
    reason: str = ""
    noun: Noun = OFFENCE
    system: str = ""


StoredJson: TypeAlias = Mapping[str, Any]
"""What this module wrote as JSON, read back."""


def to_row(snapshot: Snapshot) -> dict[str, object]:
    """Return the snapshot as a row of its table."""
    details = {name: getattr(snapshot, name) for name in _DETAILS}
    for name, usual in (("noun", OFFENCE), ("system", "")):  # said only where it is said
        if details[name] == usual:
            del details[name]
    if "noun" in details:
        details["noun"] = asdict(snapshot.noun)
    details["findings"] = [asdict(finding) for finding in snapshot.findings]
    details["changes"] = {kind: asdict(change) for kind, change in snapshot.changes.items()}
    details["files"] = [asdict(file) for file in snapshot.files]
    details["read_again"] = [asdict(rows) for rows in snapshot.read_again]
    details["logs"] = {table: version.log for table, version in snapshot.versions.items()}
    if "persons" in snapshot.versions:  # the table of snapshots of format 3 has no column for it
        details["persons_version"] = snapshot.versions["persons"].number
    versions = {f"{table}_version": snapshot.versions[table].number for table in _OLD_TABLES}
    return {"number": snapshot.number, **versions, "details": json.dumps(details, default=_iso, ensure_ascii=False)}


def from_rows(rows: Iterable[Mapping[str, object]]) -> tuple[Snapshot, ...]:
    """Return the snapshots of a table, by number."""
    return tuple(sorted((_from_row(row) for row in rows), key=lambda snapshot: snapshot.number))


_DETAILS = [f.name for f in fields(Snapshot) if f.name not in ("number", "versions", "findings", "changes", "files")]
_TUPLES = ("sources", "text_fields", "layout_fields", "extra_columns", "replaced", "person_columns", "roles")
_OLD_TABLES = ("offences", "texts", "occurrences", "quarantine")
_OF_IMPORT = {
    "codes eaten by a spreadsheet",
    "offences without a status",
    "as many rows as a spreadsheet holds",
    "numbers turned to 5.5E+11",
}
"""The kinds of finding that are about the rows of an import, for snapshots of format 1, which do not say it."""


def _from_row(row: StoredJson) -> Snapshot:
    details = json.loads(row["details"])
    for name in _TUPLES:
        details[name] = tuple(details.get(name, ()))
    details["noun"] = Noun(**details["noun"]) if "noun" in details else OFFENCE
    first, last = details["period"]
    details["period"] = (first and date.fromisoformat(first), last and date.fromisoformat(last))
    details["as_at"] = date.fromisoformat(details["as_at"])
    details["imported_at"] = datetime.fromisoformat(details["imported_at"])
    details["findings"] = tuple(map(_finding, details["findings"]))
    details["changes"] = _changes(details["changes"])
    details["files"] = tuple(map(_file, details.get("files", ())))
    details["read_again"] = tuple(
        ReadAgain(**{**found, "rows": tuple(found["rows"])}) for found in details.get("read_again", ())
    )
    logs = details.pop("logs", {})  # stores of format 2 and older have none
    versions = {table: TableVersion(row[f"{table}_version"], logs.get(table, "")) for table in _OLD_TABLES}
    if "persons" in logs:
        versions["persons"] = TableVersion(details.pop("persons_version"), logs["persons"])
    return Snapshot(number=row["number"], versions=versions, **details)


def _finding(found: StoredJson) -> DataFinding:
    old = {"of_import": found["kind"] in _OF_IMPORT}
    return DataFinding(**{**old, **found, "codes": tuple(found.get("codes", ()))})


def _file(found: StoredJson) -> FileAccount:
    return FileAccount(**{**found, "by_row": Change(**found["by_row"]), "kinds": _changes(found["kinds"])})


def _changes(found: StoredJson) -> dict[str, Change]:
    return {kind: Change(**change) for kind, change in found.items()}


def _iso(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not written")
