"""`clearcount values`: what a filter of a request may ask for."""

from __future__ import annotations

import click

from clearcount.cli.common import aligned, echo_json, json_option, quiet_option
from clearcount.workflow.stores import place_of
from clearcount.workflow.values import ColumnValues, Values
from clearcount.workflow.values import values as use_case


@click.command()
@click.argument("column", required=False, default="")
@click.option("--store", required=True, metavar="[NAME=]DIR", help="The record store.")
@click.option("--snapshot", type=int, help="Look at this snapshot instead of the newest.")
@json_option
@quiet_option
def values(column: str, store: str, snapshot: int | None, as_json: bool, quiet: bool) -> None:
    """List the columns that a request may use, or what COLUMN holds, with counts and blanks.

    Values of a controlled list are shown in words. Whatever could be free text, a name or a number of a person is shown
    as its shape: Aaaa 99.

    Example: clearcount values --store store

    Example: clearcount values district --store store
    """
    found = use_case(place_of(store).folder, column, snapshot=snapshot)
    if as_json:
        echo_json(found.as_dict())
        return
    rows = _rows(found)
    for line in (row[0] for row in rows[1:]) if quiet else (aligned(rows),):
        click.echo(line)


def _rows(found: Values) -> list[list[str]]:
    first = found.columns[0]
    if isinstance(first, ColumnValues):
        return [row for column in found.columns if isinstance(column, ColumnValues) for row in _listed(column)]
    head = ["column", "use", "records", "blank", "different values"]
    return [
        head,
        *([c.column, c.use, f"{c.records:,}", f"{c.blank:,}", f"{c.different:,}"] for c in found.columns),
    ]


def _listed(column: ColumnValues) -> list[list[str]]:
    head = [f"{column.column} ({column.use})", "records"]
    shown = [[each.shown if each.exact else f"{each.shown} (shape)", f"{each.records:,}"] for each in column.values]
    return [head, *shown, ["(blank)", f"{column.blank:,}"]]
