"""The reviewer's sheet: for each figure that is hidden, small or a difference, why, and what a reader can know.

It is a working paper. It names small counts, so it never leaves the force.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from clearcount.disclosure.document import Document, Piece, Place, Target
from clearcount.disclosure.policy import Policy
from clearcount.disclosure.protection import Protection


@dataclass(frozen=True)
class SheetLine:
    """One figure, and what a reader can know of it: `low` (None: not worked out) to `high` (None: open)."""

    figure: str
    count: int | None
    reason: str
    protected_by: tuple[str, ...] = ()
    protects: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None

    def as_dict(self) -> dict[str, object]:
        """Return the line as plain values."""
        return {
            "figure": self.figure,
            "count": self.count,
            "reason": self.reason,
            "protected_by": list(self.protected_by),
            "protects": list(self.protects),
            "reader_low": self.low,
            "reader_high": self.high,
        }


@dataclass(frozen=True)
class ReviewSheet:
    """The lines, and what was known or revised before."""

    lines: tuple[SheetLine, ...] = ()
    known_before: tuple[str, ...] = ()
    loosened: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Return the sheet as plain values."""
        return {
            "figures": [line.as_dict() for line in self.lines],
            "known_before": list(self.known_before),
            "loosened": list(self.loosened),
        }


def sheet_of(truth: Document, found: Protection, policy: Policy) -> ReviewSheet:
    """Return the sheet of a release: `truth` holds its true counts, `found` is what the policy made of it."""
    counts = {(table.name, cell.at): cell.low for table in truth.tables for cell in table.cells}
    known = _intervals(found)
    protects = {place: tuple(map(_words, targets)) for place, targets in found.reasons}
    guards: dict[str, list[str]] = {}
    for place, targets in found.reasons:
        for target in targets:
            guards.setdefault(_words(target), []).append(_spoken(place))
    lines = []
    for place, why in found.suppressed:
        count, name = counts[place], _spoken(place)
        low, high = known.get(place, (None, None))
        reason = f"hidden: below {policy.threshold}" if why == "primary" else "hidden: without it a small count follows"
        lines.append(SheetLine(name, count, reason, tuple(guards.get(name, ())), protects.get(place, ()), low, high))
    hidden = {place for place, _ in found.suppressed}
    for place, count in counts.items():
        if policy.is_small(count) and place not in hidden:
            reason = f"rounded: below {policy.threshold}" if place in found.rounded else "printed though small"
            figure = found.rounded.get(place)
            low, high = (figure.low, figure.high) if figure else (count, count)
            lines.append(SheetLine(_spoken(place), count, reason, low=low, high=high))
    for piece in found.differences:
        reason = f"difference of two figures: below {policy.threshold}"
        lines.append(SheetLine(piece.called, None, reason, tuple(guards.get(piece.called, ()))))
    loosened = tuple(f"{_spoken(place)}, by {by}" for place, by in found.revised.slack.items())
    return ReviewSheet(tuple(lines), tuple(map(_words, found.known)), loosened)


def _intervals(found: Protection) -> Mapping[Place, tuple[int, int | None]]:
    if found.result is None:
        return {}
    return {
        (item.target.table, item.target.cells[0]): (item.low, item.high)
        for item in found.result.intervals
        if isinstance(item.target, Target)
    }


def _spoken(place: Place) -> str:
    return f"{place[0]}: {', '.join(place[1]) or 'the whole'}"


def _words(target: Target | Piece) -> str:
    return target.called if isinstance(target, Piece) else _spoken((target.table, target.cells[0]))
