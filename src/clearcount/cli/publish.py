"""`clearcount publish` and `clearcount ledger`: what leaves, and what left."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import click

from clearcount.cli.common import aligned, echo_json, json_option, quiet_option, stores_option
from clearcount.store.ledger import LedgerEntry
from clearcount.workflow.ledger import add as add_table
from clearcount.workflow.ledger import check_ledger, entries
from clearcount.workflow.protecting import Blank, ReadingRule, beside
from clearcount.workflow.publishing import publish as publish_bundle
from clearcount.workflow.stores import places_of

_PATH = click.Path(path_type=Path)


@click.command()
@click.argument("bundle", metavar="BUNDLE", type=_PATH)
@stores_option("The record store that the answer is from; NAME=DIR for each of several.", required=True)
@click.option("--dry-run", is_flag=True, help="Check and audit, and publish nothing.")
@click.option("--letter-template", type=_PATH, metavar="FILE", help="The force's template, to make the letter again.")
@json_option
@quiet_option
@click.pass_context
def publish(
    ctx: click.Context,
    bundle: Path,
    stores: tuple[str, ...],
    dry_run: bool,
    letter_template: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Publish BUNDLE: check it, audit it with everything that left before, and add it to the store's ledger.

    Exit 0: it is published, or with --dry-run may be. Exit 1: it is not, and the reason and ways out are printed.

    Example: clearcount publish answer --store store
    """
    places = places_of(stores)
    found = publish_bundle(bundle, places, dry_run=dry_run, letter_template=letter_template, waiting=_say_waiting)
    if as_json:
        echo_json(found.as_dict())
    elif not found.ok:
        click.echo(f"{bundle} is not published:", err=True)
        for why in found.why:
            click.echo(f"  {why}", err=True)
        click.echo(f"what to do: {found.ways_out}", err=True)
    elif not quiet:
        for name in found.untied:
            click.echo(
                f"note: nobody can compare its records with those of {name!r}; check by hand that they are apart"
            )
        if found.accounts:
            click.echo(f"note: {beside(found.accounts + 1)}")
        if found.dry_run:
            click.echo(f"{bundle} may be published; nothing was written")
        elif found.already:
            click.echo(f"{bundle} is entry {found.number} of the ledger already")
        else:
            numbers = found.numbers or {places[0].name: found.number}
            each = [f"entry {numbers[place.name]} of the ledger of {place.folder}" for place in places]
            click.echo(f"{bundle} is published: {', '.join(each)}")
    ctx.exit(0 if found.ok else 1)


@click.command()
@click.argument("store", metavar="DIR", type=_PATH)
@click.argument("action", type=click.Choice(["list", "add", "check"]), default="list")
@click.argument("file", metavar="[FILE]", type=_PATH, required=False)
@click.option("--blank", type=click.Choice(["zero", "hidden"]), help="What a blank CSV cell means.")
@json_option
@quiet_option
@click.pass_context
def ledger(
    ctx: click.Context, store: Path, action: str, file: Path | None, blank: str | None, as_json: bool, quiet: bool
) -> None:
    """List what left the record store DIR, add a table that somebody else printed, or check the ledger.

    `add FILE` takes a tables document, a release.json, a bundle's folder, or a CSV table. `check` holds each entry
    against its seal, and says what a reader of all of them can work out (exit 1).

    Example: clearcount ledger store add older-answer.csv --blank zero
    """
    if (action == "add") != (file is not None):
        raise click.UsageError("name a FILE with add, and only with add")
    if file is not None:
        entry = add_table(store, file, ReadingRule(cast(Blank, blank or "refuse")))
        if as_json:
            echo_json(_as_dict(entry))
        elif not quiet:
            click.echo(f"{file} is entry {entry.number} of the ledger of {store}")
        return
    learnt = check_ledger(store) if action == "check" else ()
    known = entries(store)
    if as_json:
        echo_json({"entries": [_as_dict(entry) for entry in known], "learnt": list(learnt)})
    else:
        if known and not quiet:
            rows = [("entry", "kind", "name", "version", "replaces", "records")]
            rows += [
                (str(e.number), e.kind, e.name, e.version_date, str(e.supersedes or ""), "yes" if e.records else "no")
                for e in known
            ]
            click.echo(aligned(rows))
        elif not quiet:
            click.echo("nothing has left this store")
        for sentence in learnt:
            click.echo(sentence, err=True)
        if action == "check" and not learnt and not quiet:
            click.echo("every entry is as it was sealed, and nothing small can be worked out")
    ctx.exit(1 if learnt else 0)


def _as_dict(entry: LedgerEntry) -> dict[str, object]:
    return {
        "number": entry.number,
        "kind": entry.kind,
        "name": entry.name,
        "reference": entry.reference,
        "version_date": entry.version_date,
        "supersedes": entry.supersedes or None,
        "tied": entry.records is not None,
        "tables": list(entry.tables),
    }


def _say_waiting() -> None:
    click.echo("somebody else is publishing from this store; waiting", err=True)
