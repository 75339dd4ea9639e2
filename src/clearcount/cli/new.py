"""`clearcount new`."""

from __future__ import annotations

from pathlib import Path

import click

from clearcount.cli.common import fresh_output, quiet_option
from clearcount.workflow.codes import codes_in_use
from clearcount.workflow.drafting import write_draft
from clearcount.workflow.starting import write_start

_FILE = click.Path(path_type=Path)


@click.command()
@click.argument("folder", metavar="DIR", type=_FILE)
@click.option("--from", "letter", metavar="LETTER", help="Draft the request from a letter: text, .eml, .docx, or -.")
@click.option("--store", type=_FILE, help="With --from: a record store whose fields of text are searched.")
@click.option("--replace", is_flag=True, help="Write into a folder that is not empty.")
@quiet_option
def new(folder: Path, letter: str | None, store: Path | None, replace: bool, quiet: bool) -> None:
    """Make commented request, policy and force files, a layout and a letter template to start from.

    With --from the request is drafted from a letter by fixed rules. The file letter-read.md then says of every sentence
    whether it was used, and what to ask the requester.

    Example: clearcount new my-request --from letter.txt --store store
    """
    fresh_output(folder, replace=replace)
    if store is not None and letter is None:
        raise click.UsageError("--store belongs to --from LETTER")
    if letter is None:
        paths, doubts = write_start(folder), []
    else:
        paths, draft = write_draft(folder, letter, codes_in_use(None), store)
        doubts = draft.doubts
    if not quiet:
        for path in paths:
            click.echo(str(path))
        for what, _ in doubts:
            click.echo(f"unclear: {what}")
