"""The one door from exact tables to tables that may be sent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from clearcount.disclosure.auditor import AUDITOR_VERSION
from clearcount.disclosure.check import check_described
from clearcount.disclosure.coarsen import coarser_table
from clearcount.disclosure.describe import Described, describe
from clearcount.disclosure.document import Document
from clearcount.disclosure.document_json import document_json, place_json
from clearcount.disclosure.policy import Policy
from clearcount.disclosure.protection import Protection, proposals, protect_described, target_json
from clearcount.disclosure.records import Earlier, Records
from clearcount.disclosure.sheet import sheet_of
from clearcount.disclosure.ties import agrees, beside
from clearcount.errors import DisclosureError
from clearcount.model.keys import Place
from clearcount.model.table import (
    _CONTROL,
    Cell,
    ControlledTable,
    Count,
    Link,
    Rounded,
    Suppressed,
    Table,
    lines_of,
    places,
)


@dataclass(frozen=True)
class Controlled:
    """What left disclosure control.

    `tables` are by name. `document` is the tables as a reader knows them (release.json, and the ledger entry). `record`
    is the choice and its proof, fit to print. `internal` says which suppressed cells are small, what each complement
    protects and what a reader knows (the reviewer's sheet): it never leaves the force. `untied` names earlier tables
    whose records nobody can compare with these.
    """

    tables: Mapping[str, ControlledTable]
    document: Mapping[str, object]
    record: Mapping[str, object]
    internal: Mapping[str, object] = field(default_factory=dict)
    untied: tuple[str, ...] = ()


_NAME_LINES = "name these lines in the request, with where or [column.NAME], and they tell nothing"


def control(
    tables: Sequence[Table],
    *,
    links: Sequence[Link] = (),
    policy: Policy,
    published: Sequence[Earlier | Mapping[str, object]] = (),
    records: Records | None = None,
    force: str = "",
) -> Controlled:
    """Let out every table of one release under `policy`, together with what was published before.

    Args:
        tables: all tables of the release, whose names differ.
        links: pairs of tables of which one counts a part of the other (mentions <= denominator).
        policy: the force's policy.
        published: earlier releases and outside tables, each with its records where the force still knows them.
        records: the records that these tables count, by keyed digest, or None where they are not to be compared.
        force: the name that outside tables know this force by.

    Raises:
        DisclosureError: a table that cannot be described, a document that cannot be read, no pattern is safe.
    """
    asked = [coarser_table(table, policy.coarsen) for table in tables]
    # a line that prints is known not to be empty where empty lines are left out, though a zero may be hidden in it
    whole = policy.rule == "round" or (policy.rule == "suppress" and policy.zeros == "ambiguous")
    tables = [_whole(table) for table in asked] if whole else asked
    described = describe(tables, links)
    check_described(described.document)
    earlier = [each if isinstance(each, Earlier) else Earlier.of(each) for each in published]
    untied = [name for each in earlier for name in each.untied]
    if records is not None and not agrees(described.document, records):
        records, untied = None, [*untied, "this answer"]
    join = beside(earlier, records, force)
    found = protect_described(described.document, policy, join, sums=True)
    if not found.safe:
        ways = proposals(described.document, policy, join, sums=True)[:3]
        named = "; ".join(f"{way.name} ({way.left} figures left, {way.hidden} hidden)" for way in ways)
        lines = sorted({name for table in tables for each in table.there if not each.unlawful for name, _ in each.at})
        raise DisclosureError(
            f"{found.why}. "
            + (f"Ways that are safe: {named}" if ways else "No coarsening tried helps")
            + (f". A line of {', '.join(lines)} prints because a record is in it: {_NAME_LINES}" if lines else "")
        )
    cells = _cells(tables, described, found, policy)
    let_out = {table.name: _let_out(table, cells, policy) for table in tables}
    if policy.rule == "round":
        let_out = {table.name: _without_empty(let_out[table.name], table) for table in asked}
    return Controlled(
        tables=let_out,
        document=found.document,
        record=_record(policy, found, [name for each in earlier for name in each.names]),
        internal={**found.as_dict(), **_inside(found), "sheet": sheet_of(described.document, found, policy).as_dict()},
        untied=tuple(untied),
    )


def _whole(table: Table) -> Table:
    """The table with the lines and columns that were left out because they are empty, where that may not be known."""
    if not (table.omitted_rows or table.omitted_columns):
        return table
    full = dict(table.cells)
    for line, head in product(lines_of(table.rows), lines_of(table.columns)):
        full.setdefault((*line, *head), Count(0))
    return replace(table, cells=full, omitted_rows=(), omitted_columns=())


def _without_empty(table: ControlledTable, asked: Table) -> ControlledTable:
    """The rounded table without its lines of zeros, where empty lines are left out: rounded figures alone say which."""
    if not (asked.omitted_rows or asked.omitted_columns):
        return table
    lines, heads = places(table.rows), places(table.columns)

    def empty(ats: Iterable[Place]) -> bool:
        return all(table.value(at) in ("0", "") for at in ats)

    return replace(
        table,
        omitted_rows=tuple(line for line in lines if empty((*line, *head) for head in heads)),
        omitted_columns=tuple(head for head in heads if empty((*line, *head) for line in lines)),
    )


def _cells(
    tables: Sequence[Table], described: Described, found: Protection, policy: Policy
) -> dict[tuple[str, Place], Cell]:
    """The cells as they may be printed."""
    why = dict(found.suppressed)
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


def _inside(found: Protection) -> dict[str, object]:
    """What the audit found, for the force alone: it may point at hidden figures."""
    intervals = found.result.intervals if found.result else ()
    widths = [item.width for item in intervals if item.width is not None]
    return {
        "audit": {"exact": sum(item.exact for item in intervals), "narrowest": min(widths, default=None)},
        "known_before": [target_json(target) for target in found.known],
        "differences": [piece.called for piece in found.differences],
        "revised": [place_json(place) | {"slack": by} for place, by in found.revised.slack.items()],
    }


RECORD_KEYS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("rule", "policy", "reader", "hidden", "optimal", "gap", "ledger"), ()),
    "audit": ("auditor", "consistent", "targets", "document_sha256"),
}
"""The keys of `_record`, and of its parts; `verify` names every other key in a release.json."""


def _record(policy: Policy, found: Protection, ledger: Sequence[str]) -> dict[str, object]:
    """The choice and its proof, fit to print: it points at no hidden figure, and at none that was known before."""
    return {
        "rule": policy.rule,
        "policy": policy.as_dict(),
        "reader": policy.reader,
        "hidden": len(found.suppressed),
        "optimal": found.optimal,
        "gap": found.gap,
        "audit": {
            "auditor": AUDITOR_VERSION,
            "consistent": found.result.consistent if found.result else True,
            "targets": _judged(found),
            "document_sha256": digest_of(found.seen),
        },
        "ledger": list(ledger),
    }


def _judged(found: Protection) -> int:
    """How many figures were judged that a reader is not told. How many of the rounded ones are small is no reader's."""
    if found.rounded and found.seen:
        return sum(not cell.printed for table in found.seen.tables for cell in table.cells)
    return len(found.result.intervals) if found.result else 0


def digest_of(document: Document | None) -> str:
    """Return the SHA-256 of a document's JSON, as a record of control names it."""
    found = document_json(document) if document else {}
    text = json.dumps(found, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


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
