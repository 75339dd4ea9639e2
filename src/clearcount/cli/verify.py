"""`clearcount verify`."""

from __future__ import annotations

from pathlib import Path

import click

from clearcount.cli.common import echo_json, json_option, quiet_option, stores_option, working
from clearcount.workflow.stores import places_of
from clearcount.workflow.verifying import verify as verify_use_case

_SHOWN = 20
"""Faults of one check that are printed."""
_FOLDER = click.Path(path_type=Path)


@click.command()
@click.argument("bundle", metavar="BUNDLE", type=_FOLDER)
@stores_option("Count again on this record store and compare; NAME=DIR for each that the answer counts in.")
@click.option("--letter-template", type=_FOLDER, metavar="FILE", help="The force's template, to make the letter again.")
@json_option
@quiet_option
@click.pass_context
def verify(
    ctx: click.Context, bundle: Path, stores: tuple[str, ...], letter_template: Path | None, as_json: bool, quiet: bool
) -> None:
    """Check a bundle: hashes, hidden data, every file against the tables; with a store, the count itself.

    Exit 0: nothing is wrong. Exit 1: something is, and is named.

    Example: clearcount verify answer --store store
    """
    with working("verifying", quiet=quiet):
        verified = verify_use_case(bundle, stores=places_of(stores), letter_template=letter_template)
    if as_json:
        echo_json(verified.as_dict())
    else:
        for check in verified.checks:
            if check.faults or not quiet:
                click.echo(f"{'FAULT' if check.faults else 'ok':<6} {check.name}")
            for fault in check.faults[:_SHOWN]:
                click.echo(f"         {fault}")
            if len(check.faults) > _SHOWN:
                click.echo(f"         and {len(check.faults) - _SHOWN} more; --json prints them all")
            for remark in () if quiet else check.remarks:
                click.echo(f"         note: {remark}")
        if verified.draft and not quiet:
            click.echo("This bundle is a DRAFT: doubts about its request are open, and it may not be published.")
    ctx.exit(0 if verified.ok else 1)
