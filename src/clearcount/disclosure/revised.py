"""Recorded crime is live: a new extract may disagree with a figure that was published before.

What it does: finds the figures that clash, and loosens the earlier tables that hold one by a stated slack.
Why: a system that contradicts itself proves nothing, and a force must still be able to publish a correction.
Example: an earlier table printed 7 and the new count is 8: every figure of that table is taken as known to within 1.
Use instead: withdraw the earlier table where it was wrong, so that the ledger holds only what readers still have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from clearcount.disclosure.atoms import atom_system
from clearcount.disclosure.auditor import audit
from clearcount.disclosure.clash import least_change
from clearcount.disclosure.document import Document, PublishedCell, PublishedTable
from clearcount.errors import DisclosureError


def loosen(document: Document, own: frozenset[str]) -> tuple[Document, Mapping[str, Any]]:
    """A consistent document, and what was revised: {} or tables, clash (places) and slack.

    Raises:
        DisclosureError: the tables in `own` contradict each other.
    """
    result = audit(replace(document, targets=()))
    if result.consistent:
        return document, {}
    earlier = [table.name for table in document.tables if table.name not in own]
    change = least_change(document, atom_system(document), frozenset(earlier)) if earlier else None
    if change is None:
        places = "; ".join(f"{table} {list(cell.at)}" for table, cell in result.clash)
        raise DisclosureError(f"the figures to be published contradict each other: {places}; check how they were added")
    slack, tables = max(change.values()), sorted({table for table, _ in change})

    def loose(cell: PublishedCell) -> PublishedCell:
        return replace(cell, low=max(0, cell.low - slack), high=None if cell.high is None else cell.high + slack)

    def as_known(table: PublishedTable) -> PublishedTable:
        return replace(table, cells=tuple(map(loose, table.cells))) if table.name in tables else table

    clash = [{"table": table, "at": list(cell.at)} for table, cell in result.clash]
    loosened = replace(document, tables=tuple(map(as_known, document.tables)))
    return loosened, {"tables": tables, "clash": clash, "slack": slack}
