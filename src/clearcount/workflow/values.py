"""What the columns of a snapshot hold, shown so that no word, name or number of a person is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clearcount.answer.values import ShownValue, shown_values
from clearcount.errors import RequestError
from clearcount.importers.nearest import nearest
from clearcount.store import Snapshot, Store, open_store

_OWN = ("code", "status", "markers")
"""Columns of every offence whose values a request names in other places than `where`."""
FIELD = "field"
"""The text fields, which a request names in `terms.fields`."""


@dataclass(frozen=True)
class Column:
    """One column: how many records it has, how many of them are blank, and how many different values the others hold.

    `use` says where in a request its values stand.
    """

    column: str
    use: str
    records: int
    blank: int
    different: int

    def as_dict(self) -> dict[str, Any]:
        """Return the column as plain values."""
        return vars(self) | {}


@dataclass(frozen=True)
class ColumnValues(Column):
    """The same with what it holds, the commonest first: controlled values in words, others by their shapes."""

    values: tuple[ShownValue, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the column as plain values; a shape stands under `shape`, a value under `value`."""
        shown = [{"value" if each.exact else "shape": each.shown, "records": each.records} for each in self.values]
        return {**vars(self), "values": shown}


@dataclass(frozen=True)
class Values:
    """The columns of one snapshot of a store, or one of them with its values."""

    snapshot: int
    columns: tuple[Column, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return `{"snapshot", "columns": [{"column", "use", "records", "blank", "different", "values"?}]}`."""
        return {"snapshot": self.snapshot, "columns": [column.as_dict() for column in self.columns]}


def values(store: Path, column: str = "", *, snapshot: int | None = None) -> Values:
    """Return the columns that a request may use, or `column` with the values that it holds.

    Raises:
        StoreError: when there is no such store or snapshot.
        RequestError: when the snapshot has no such column; the sentence names the nearest, or all.
    """
    return values_of(open_store(store), column, snapshot=snapshot)


def values_of(store: Store, column: str = "", *, snapshot: int | None = None) -> Values:
    """Return the same for a store that is open."""
    shot = store.snapshot(snapshot)
    names = (*shot.extra_columns, *_OWN, *((FIELD,) if shot.text_fields else ()))
    if column and column not in names:
        raise RequestError(f"snapshot {shot.number} has no column {column!r}; {nearest(column, names)}")
    found = tuple(_column(store, shot, name, listed=bool(column)) for name in ((column,) if column else names))
    return Values(shot.number, found)


def _column(store: Store, shot: Snapshot, name: str, *, listed: bool) -> Column:
    held = _fields(store, shot) if name == FIELD else store.held(shot, name)
    blank = held.pop("", 0)
    use = {FIELD: "terms.fields", "code": "question.codes", "markers": "marker.name", "status": "scope.cancelled"}
    plain = (name, use.get(name, f"where.{name}"), sum(held.values()) + blank, blank, len(held))
    return ColumnValues(*plain, shown_values(name, held)) if listed else Column(*plain)


def _fields(store: Store, shot: Snapshot) -> dict[str, int]:
    """How many texts stand in each field."""
    counts: Counter[str] = Counter()
    for marks in store.marks(shot):
        for each in marks["field"].value_counts().to_pylist():
            counts[each["values"]] += each["counts"]
    return dict(counts)
