"""What earlier releases promised: which figures were known before, and how far apart each hidden one must stay.

What it does: compares what a reader knows with a new release to what the earlier ones leave alone.
Why: a release that keeps all small counts from being exact may still leave one of an earlier answer narrower than
its policy says.
Example: an answer under `width:3` hides a 2 that may be 1 to 6. A later one that leaves 1 to 3 is refused.
Use instead: nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from clearcount.disclosure.auditor import ProtectionInterval, audit, exact_targets
from clearcount.disclosure.document import Document, Piece, Target
from clearcount.disclosure.solver import Work


def earlier_alone(document: Document, own: frozenset[str]) -> Document:
    """Return a document as it was known before the tables in `own` printed anything."""
    tables = tuple(replace(table, cells=(), not_empty=()) if table.name in own else table for table in document.tables)
    links = tuple(link for link in document.links if not {name for name, _ in (*link.less, *link.than)} & own)
    return replace(document, tables=tables, links=links)


def known_before(
    worlds: Sequence[Document], own: frozenset[str], targets: Sequence[Target | Piece], work: Work | None = None
) -> list[Target | Piece]:
    """Return which of the targets are exact from the earlier tables alone."""
    if not targets or all(table.name in own for table in worlds[0].tables):
        return []
    found: dict[Target | Piece, None] = {}
    for document in worlds:
        found |= dict.fromkeys(exact_targets(replace(earlier_alone(document, own), targets=tuple(targets)), work))
    return list(found)


def widths_before(
    document: Document, own: frozenset[str], targets: Sequence[Target | Piece], work: Work | None = None
) -> dict[Target | Piece, int | None]:
    """Return how far apart the values of each target are for a reader of the earlier tables alone; None is open."""
    if not targets or all(table.name in own for table in document.tables):
        return dict.fromkeys(targets)
    found = audit(replace(earlier_alone(document, own), targets=tuple(targets)), work)
    return {item.target: item.width for item in found.intervals}


def kept_open(wanted: int, before: int | None) -> int:
    """Return how far apart values must stay, of which `wanted` are promised and `before` were left by what is out."""
    return wanted if before is None else min(wanted, max(1, before))


def narrowed(
    document: Document,
    own: frozenset[str],
    intervals: Iterable[ProtectionInterval],
    threshold: int,
    work: Work | None = None,
) -> list[Target]:
    """Return the figures hidden by earlier tables that become narrower than was promised with the tables in `own`.

    A figure that a reader knows to be no small count is none of them.
    """
    promised = {table.name: table.width for table in document.tables if table.name not in own and table.width > 1}
    narrow: dict[Target, tuple[int, int]] = {}
    for item in intervals:
        if not isinstance(item.target, Target) or item.width is None or item.low >= threshold:
            continue
        wanted = promised.get(item.target.table)
        if wanted and item.width < wanted:
            narrow[item.target] = item.width, wanted
    before = widths_before(document, own, list(narrow), work)
    return [target for target, (width, wanted) in narrow.items() if width < kept_open(wanted, before[target])]
