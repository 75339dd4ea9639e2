"""Recorded crime is live: a new extract may disagree with a figure that was published before.

What it does: finds the earlier figures that clash, and takes each of them as known to within the least change.
Why: a system that contradicts itself proves nothing, and a force must still be able to publish a correction. A figure
that does not clash is still what it was, and a reader takes it so.
Example: an earlier table printed 7 for a month and the new count is 8. Then that figure is taken as 6 to 8, and so is
its total.
Use instead: nothing. A withdrawn table stays known, because a withdrawal is not a recall.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from clearcount.disclosure.atoms import atom_system
from clearcount.disclosure.auditor import audit
from clearcount.disclosure.clash import least_change
from clearcount.disclosure.document import Box, Document, Place, PublishedCell, PublishedTable
from clearcount.errors import DisclosureError

_ROUNDS = 50


@dataclass(frozen=True)
class Revision:
    """By how much each earlier figure that clashes with a later one was loosened; empty when nothing clashed."""

    slack: Mapping[Place, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.slack)


def loosen(document: Document, own: frozenset[str]) -> tuple[Document, Revision]:
    """Return a consistent document, and which earlier figures were loosened for it.

    Raises:
        DisclosureError: the tables in `own` contradict each other.
    """
    bare = replace(document, targets=())
    if audit(bare).consistent:
        return document, Revision()
    if any(table.not_empty for table in document.tables):
        return _with_lines(*loosen(_lines(document, {}), own), document)
    still = tuple(_still_empty(document, own))
    if still != document.known_zero:
        return loosen(replace(document, known_zero=still), own)
    earlier = frozenset(table.name for table in document.tables if table.name not in own)
    slack: dict[Place, int] = {}
    for _ in range(_ROUNDS):
        change = least_change(bare, atom_system(bare), earlier) if earlier else None
        if not change:
            break
        for place, amount in change.items():
            slack[place] = slack.get(place, 0) + amount
        loosened = _loose(document, slack)
        bare = replace(loosened, targets=())
        if audit(bare).consistent:
            return loosened, Revision(slack)
    result = audit(bare)
    places = "; ".join(f"{table} {list(cell.at)}" for table, cell in result.clash)
    raise DisclosureError(f"the figures to be published contradict each other: {places}; check how they were added")


def _still_empty(document: Document, own: frozenset[str]) -> Iterator[Box]:
    """What was known to be empty, but for boxes in which a table to be published counts something now."""
    counted = [
        table.box(cell.at) for table in document.tables if table.name in own for cell in table.cells if cell.low > 0
    ]
    for zero in document.known_zero:
        if not any(all(side <= whole for side, whole in zip(box, zero, strict=True)) for box in counted):
            yield zero


def _lines(document: Document, kept: Mapping[str, tuple[Box, ...]]) -> Document:
    """The document in which a reader knows of these boxes alone, by table, that they are not empty."""
    return replace(
        document, tables=tuple(replace(table, not_empty=kept.get(table.name, ())) for table in document.tables)
    )


def _with_lines(loose: Document, revised: Revision, document: Document) -> tuple[Document, Revision]:
    """A consistent document with what a reader knows of lines, but for lines whose records are gone since."""
    kept: dict[str, tuple[Box, ...]] = {}

    def add(boxes: Sequence[tuple[str, Box]]) -> None:
        """Keep the boxes that fit, by halves: all of them mostly do."""
        more = dict(kept)
        for name, box in boxes:
            more[name] = (*more.get(name, ()), box)
        if audit(replace(_lines(loose, more), targets=())).consistent:
            kept.update(more)
        elif len(boxes) > 1:
            add(boxes[: len(boxes) // 2])
            add(boxes[len(boxes) // 2 :])

    add([(table.name, box) for table in document.tables for box in table.not_empty])
    return _lines(loose, kept), revised


def loosened(worlds: Sequence[Document], own: frozenset[str]) -> list[tuple[Document, Revision]]:
    """Return each world with what was loosened for it. One that the tables in `own` contradict is nobody's belief.

    Raises:
        DisclosureError: the tables in `own` contradict each other in every world.
    """
    found = []
    for number, world in enumerate(worlds):
        try:
            found.append(loosen(world, own))
        except DisclosureError:
            if not found and number == len(worlds) - 1:
                raise
    return found


def _loose(document: Document, slack: Mapping[Place, int]) -> Document:
    def cell(table: PublishedTable, old: PublishedCell) -> PublishedCell:
        by = slack.get((table.name, old.at), 0)
        return replace(old, low=max(0, old.low - by), high=None if old.high is None else old.high + by)

    tables = tuple(
        replace(table, cells=tuple(cell(table, old) for old in table.cells))
        if any(name == table.name for name, _ in slack)
        else table
        for table in document.tables
    )
    return replace(document, tables=tables)
