"""What the columns of a snapshot hold, shown so that no word, name or number of a person is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from clearcount.answer.values import ShownValue, shown_values
from clearcount.errors import RequestError
from clearcount.model.nearest import nearest
from clearcount.model.record import unit_of
from clearcount.store import Snapshot, Store, open_store

_OWN = ("code", "status", "markers")
"""Columns of every offence whose values a request names in other places than `where`."""
ROLE = "role"
"""The roles of people, which a request names in `scope.unit`."""
FIELD = "field"
"""The text fields, which a request names in `terms.fields`."""


@dataclass(frozen=True)
class ColumnSummary:
    """One column: how many records it has, how many of them are blank, and how many different values the others hold.

    `use` says where in a request its values stand.
    """

    column: str
    use: str
    records: int
    blank: int
    different: int

    def as_dict(self) -> dict[str, object]:
        """Return the column as plain values."""
        return vars(self) | {}


@dataclass(frozen=True)
class ColumnValues(ColumnSummary):
    """The same with what it holds, the commonest first: controlled values in words, others by their shapes."""

    values: tuple[ShownValue, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Return the column as plain values; a shape stands under `shape`, a value under `value`."""
        shown = [{"value" if each.exact else "shape": each.shown, "records": each.records} for each in self.values]
        return {**vars(self), "values": shown}


@dataclass(frozen=True)
class Values:
    """The columns of one snapshot of a store, or one of them with its values."""

    snapshot: int
    columns: tuple[ColumnSummary, ...]

    def as_dict(self) -> dict[str, object]:
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
    own = (*shot.extra_columns, *_OWN, *((FIELD,) if shot.text_fields else ()))
    names = (*own, *((ROLE,) if shot.roles else ()), *(name for name in shot.person_columns if name not in own))
    if column and column not in names:
        raise RequestError(f"snapshot {shot.number} has no column {column!r}; {nearest(column, names)}")
    asked = (column,) if column else names
    found = [_column(store, shot, name, listed=bool(column)) for name in asked if name in own]
    for name in asked:
        if name == ROLE and shot.roles:
            found.append(_of_people(store, shot, name, "", listed=bool(column)))
        elif name in shot.person_columns:
            found += [_of_people(store, shot, name, role, listed=bool(column)) for role in shot.roles]
    return Values(shot.number, tuple(found))


def _of_people(store: Store, shot: Snapshot, name: str, role: str, *, listed: bool) -> ColumnSummary:
    """One column of the people of a role; the roles themselves stand in `scope.unit`."""
    held = store.held_by_people(shot, name, role)
    if name == ROLE:
        units: Counter[str] = Counter()
        for each, rows in held.items():
            units[unit_of(each)] += rows
        held = dict(units)
    return _shown(name, f"where.{name} of {role}" if role else "scope.unit", held, listed=listed)


def _column(store: Store, shot: Snapshot, name: str, *, listed: bool) -> ColumnSummary:
    held = _fields(store, shot) if name == FIELD else store.held(shot, name)
    use = {FIELD: "terms.fields", "code": "question.codes", "markers": "marker.name", "status": "scope.cancelled"}
    return _shown(name, use.get(name, f"where.{name}"), held, listed=listed)


def _shown(name: str, use: str, held: dict[str, int], *, listed: bool) -> ColumnSummary:
    blank = held.pop("", 0)
    plain = (name, use, sum(held.values()) + blank, blank, len(held))
    return ColumnValues(*plain, shown_values(name, held)) if listed else ColumnSummary(*plain)


def _fields(store: Store, shot: Snapshot) -> dict[str, int]:
    """How many texts stand in each field."""
    counts: Counter[str] = Counter()
    for marks in store.marks(shot):
        for each in marks["field"].value_counts().to_pylist():
            counts[each["values"]] += each["counts"]
    return dict(counts)
