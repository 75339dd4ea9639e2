"""The one door from exact tables to tables that may be sent."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from clearcount.disclosure.auditor import AUDITOR_VERSION
from clearcount.disclosure.coarsen import coarser_table
from clearcount.disclosure.describe import FORCE, Described, describe
from clearcount.disclosure.linked import by_code_and_month
from clearcount.disclosure.policy import Policy
from clearcount.disclosure.protection import Protection, proposals, protect_described
from clearcount.errors import DisclosureError
from clearcount.model.keys import Place
from clearcount.model.table import _CONTROL, Cell, ControlledTable, Count, Link, Rounded, Suppressed, Table


@dataclass(frozen=True)
class Controlled:
    """What left disclosure control.

    `tables` by name; `document` is the tables as a reader knows them (release.json, and the ledger entry); `record`
    is the choice and its proof, fit to print. `internal` says which hidden cells are small and what each complement
    protects: it never leaves the force.
    """

    tables: Mapping[str, ControlledTable]
    document: Mapping[str, Any]
    record: Mapping[str, Any]
    internal: Mapping[str, Any] = field(default_factory=dict)


def control(
    tables: Sequence[Table],
    *,
    links: Sequence[Link] = (),
    policy: Policy,
    published: Sequence[Mapping[str, Any]] = (),
    force: str = "",
    clock: Callable[[], float] = time.monotonic,
) -> Controlled:
    """Every table of one release under `policy`, together with what was published before.

    Args:
        tables: all tables of the release, whose names differ.
        links: pairs of tables of which one counts a part of the other (mentions <= denominator).
        policy: the force's policy.
        published: documents of earlier releases and of outside tables.
        force: the name that the ledger knows this force by.
        clock: seconds, for the policy's time limit.

    Raises:
        DisclosureError: a table that cannot be described, a document that cannot be read, no pattern is safe.
    """
    tables = [coarser_table(table, policy.coarsen) for table in tables]
    described = describe(tables, links, force)
    home = {FORCE: force} if force else None
    ledger = [by_code_and_month(document) for document in published]
    found = protect_described(described.document, policy, published=ledger, home=home, clock=clock)
    if not found.safe:
        ways = proposals(described.document, policy, ledger)[:3]
        named = "; ".join(f"{way['name']} ({way['left']} figures left, {way['hidden']} hidden)" for way in ways)
        raise DisclosureError(
            f"{found.why}. " + (f"Ways that are safe: {named}" if ways else "No coarsening tried helps")
        )
    cells = _cells(tables, described, found, policy)
    return Controlled(
        tables={table.name: _let_out(table, cells, policy) for table in tables},
        document=found.document,
        record=_record(policy, found, ledger),
        internal=found.as_dict(),
    )


def _cells(
    tables: Sequence[Table], described: Described, found: Protection, policy: Policy
) -> dict[tuple[str, Place], Cell]:
    """The cells as they may be printed."""
    why = {(item["table"], tuple(item["at"])): item["why"] for item in found.hidden}
    base = 6 if policy.method == "midpoint-6" else policy.base
    cells: dict[tuple[str, Place], Cell] = {}
    for table in tables:
        for at in table.coordinates():
            cell, place = table.cells[at], (table.name, described.places.get((table.name, at), ()))
            if place in why:
                low = policy.low_label and isinstance(cell, Count) and cell.n < policy.threshold
                cell = Suppressed("primary" if why[place] == "primary" else "complementary", low=low)
            elif place in found.rounded and isinstance(cell, Count):
                cell = Rounded(found.rounded[place].value, base)
            cells[table.name, at] = cell
    return cells


def _record(policy: Policy, found: Protection, ledger: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The choice and its proof, fit to print: no small count can be told from a complement by it."""
    text = json.dumps(found.document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    widths = [item.width for item in found.result.intervals] if found.result else []
    known = [width for width in widths if width is not None]
    return {
        "rule": policy.rule,
        "policy": policy.as_dict(),
        "reader": policy.reader,
        "hidden": len(found.hidden),
        "optimal": found.optimal,
        "gap": found.gap,
        "audit": {
            "auditor": AUDITOR_VERSION,
            "consistent": found.result.consistent if found.result else True,
            "targets": len(widths),
            "exact": len(found.result.exact) if found.result else 0,
            "narrowest": min(known) if known else None,
            "document_sha256": hashlib.sha256(text.encode()).hexdigest(),
        },
        "ledger": [table["name"] for document in ledger for table in document["tables"]],
        "known_before": [{"table": table, "at": list(at)} for table, at in found.known_before],
        "revised": dict(found.revised),
    }


def _let_out(table: Table, cells: Mapping[tuple[str, Place], Cell], policy: Policy) -> ControlledTable:
    return ControlledTable(
        name=table.name,
        title=", ".join(filter(None, (table.title, policy.rounding))),
        rows=table.rows,
        columns=table.columns,
        cells={at: cells[table.name, at] for at in table.coordinates()},
        population=table.population,
        unit=table.unit,
        provisional=table.provisional,
        omitted_rows=table.omitted_rows,
        omitted_columns=table.omitted_columns,
        controlled_by=_CONTROL,
    )
