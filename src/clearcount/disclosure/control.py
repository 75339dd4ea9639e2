"""The one door from exact tables to tables that may be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from clearcount.disclosure.describe import describe
from clearcount.disclosure.policy import Policy
from clearcount.model.table import _CONTROL, At, Cell, ControlledTable, Link, Table


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
) -> Controlled:
    """Every table of one release under `policy`, together with what was published before.

    Args:
        tables: all tables of the release, whose names differ.
        links: pairs of tables of which one counts a part of the other (mentions <= denominator).
        policy: the force's policy.
        published: documents of earlier releases and of outside tables.
        force: the name that the ledger knows this force by.

    Raises:
        DisclosureError: a table that cannot be described, a document that cannot be read, no pattern is safe.
    """
    described = describe(tables, links, force)
    cells: dict[tuple[str, At], Cell] = {(table.name, at): table.cells[at] for table in tables for at in table.cells}
    record = {"policy": policy.as_dict(), "reader": policy.reader}
    return Controlled({table.name: _let_out(table, cells) for table in tables}, described.document, record)


def _let_out(table: Table, cells: Mapping[tuple[str, At], Cell]) -> ControlledTable:
    return ControlledTable(
        name=table.name,
        title=table.title,
        rows=table.rows,
        periods=table.periods,
        cells={at: cells[table.name, at] for at in table.coordinates()},
        population=table.population,
        unit=table.unit,
        additive=table.additive,
        total_label=table.total_label,
        provisional=table.provisional,
        dropped_rows=table.dropped_rows,
        dropped_periods=table.dropped_periods,
        controlled_by=_CONTROL,
    )
