"""`clearcount check`."""

from __future__ import annotations

from pathlib import Path

import click

from clearcount.cli.common import echo_json, json_option, quiet_option, say_notes, snapshots_option, stores_option
from clearcount.frugal import require_memory
from clearcount.workflow.checking_file import check as check_use_case

_FILE = click.Path(path_type=Path)


@click.command()
@click.argument("request_file", metavar="REQUEST.toml", type=_FILE)
@stores_option("A record store, for the doubts that need records; NAME=DIR for each of several.")
@click.option("--codes", type=_FILE, help="The force's additions to the offence codes.")
@snapshots_option("Check against this snapshot instead of the newest; NAME=N where there are several stores.")
@click.option("--strict", is_flag=True, help="Exit 1 when there is a doubt.")
@json_option
@quiet_option
@click.pass_context
def check(
    ctx: click.Context,
    request_file: Path,
    stores: tuple[str, ...],
    codes: Path | None,
    snapshots: tuple[str, ...],
    strict: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Say everything that is wrong or doubtful in a request, at once.

    Exit 0: clean, or doubts only (with --strict doubts give 1). Exit 2: faults.

    Example: clearcount check request.toml --store store
    """
    if stores:
        require_memory()
    checked = check_use_case(request_file, stores=stores, snapshots=snapshots, codes=codes)
    if as_json:
        echo_json(checked.as_dict())
    elif not quiet:
        for fault in checked.faults:
            click.echo(f"fault  {fault.where}: {fault.what}; {fault.do}", err=True)
        open_ids = {doubt.id for doubt in checked.open()}
        for doubt in checked.doubts:
            state = "doubt" if doubt.id in open_ids else "doubt (accepted)"
            click.echo(f"{state}  {doubt.id}\n    {doubt.where}: {doubt.what}\n    {doubt.do}")
        say_notes(checked.notes())
        if not checked.faults and not checked.doubts:
            click.echo("clean: no fault and no doubt")
    if checked.faults:
        ctx.exit(2)
    ctx.exit(1 if strict and checked.open() else 0)
