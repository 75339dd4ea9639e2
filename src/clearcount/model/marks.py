"""The markers of one printed cell: several stand in one column, joined by a bar, as `counts.csv` promises."""

from __future__ import annotations

from collections.abc import Iterable

HIDDEN = frozenset(("c", "low"))
"""Markers of a count that is not shown."""
_BETWEEN = "|"


def marks_of(text: str) -> tuple[str, ...]:
    """Return the markers that a cell of the column `marker` holds, in order."""
    return tuple(mark for part in text.split(_BETWEEN) if (mark := part.strip()))


def joined_marks(marks: Iterable[str]) -> str:
    """Return the cell of the column `marker` for these markers; blank ones are left out."""
    return _BETWEEN.join(filter(None, marks))


def is_hidden(text: str) -> bool:
    """Return whether a cell of the column `marker` says that a count is not shown."""
    return not HIDDEN.isdisjoint(marks_of(text))
