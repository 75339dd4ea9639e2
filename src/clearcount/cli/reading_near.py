"""`clearcount review near`: hits of nearly the same text, decided by one reading where somebody chooses so."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from clearcount.cli.common import echo_json, json_option, quiet_option, store_at
from clearcount.reading.near import LEAST_LIKENESS
from clearcount.workflow.reading_near import read_near
from clearcount.workflow.reading_records import open_scope


@click.command("near")
@click.argument("request_file", metavar="REQUEST.toml", type=click.Path(path_type=Path))
@click.option("--store", required=True, metavar="[NAME=]DIR", help="The record store; of several, the one to read.")
@click.option("--apply", is_flag=True, help="Decide the undecided ones as the text that they are near to.")
@click.option("--take-back", is_flag=True, help="Take every applied decision on these records back.")
@click.option(
    "--least", type=float, default=LEAST_LIKENESS, show_default=True, help="The least share that is the same."
)
@click.option("--snapshot", type=int, help="Read this snapshot instead of the newest.")
@json_option
@quiet_option
def near(
    request_file: Path,
    store: str,
    apply: bool,
    take_back: bool,
    least: float,
    snapshot: int | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Count hits of nearly the same text, and with --apply decide them by one reading.

    The words round each hit and the hints are the same, and so is nearly all of the text. `review export --once` writes
    one of them to be read. The answer says how many decisions were applied.

    Example: clearcount review near request.toml --store store --apply
    """
    scope = open_scope(request_file, store_at(store, snapshot))
    found = read_near(scope, now=datetime.now(UTC), apply=apply, take_back=take_back, least=least)
    if as_json:
        echo_json(found.as_dict())
    elif not quiet:
        click.echo(
            f"{found.near:,} of {found.hits:,} hits have nearly the text of another; {found.undecided:,} undecided"
        )
        if apply:
            click.echo(f"{found.applied:,} decisions applied; `clearcount review near --take-back` takes them back")
        elif take_back:
            click.echo(f"{found.taken_back:,} applied decisions taken back")
        else:
            click.echo(f"{found.waiting:,} of them can be decided as a text that was read: add --apply")
