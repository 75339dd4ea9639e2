"""`clearcount count`."""

from __future__ import annotations

from pathlib import Path

import click

from clearcount.cli.common import (
    echo_json,
    fresh_output,
    json_option,
    quiet_option,
    say_notes,
    snapshots_option,
    stores_option,
    working,
)
from clearcount.engines import ENGINES
from clearcount.errors import RequestError
from clearcount.model.request import Doubt
from clearcount.model.table import ControlledTable
from clearcount.workflow.answering import Answer
from clearcount.workflow.answering import count as count_use_case
from clearcount.workflow.codes import codes_in_use
from clearcount.workflow.inputs import InputFiles
from clearcount.workflow.pack_file import Pack
from clearcount.workflow.packing import codes_that_differ
from clearcount.workflow.reading_files import pack_at
from clearcount.workflow.showing import cells_of, text_table
from clearcount.workflow.stores import places_of

_FILE = click.Path(path_type=Path)


@click.command()
@click.argument("request_file", metavar="REQUEST.toml", type=_FILE)
@stores_option("The record store; NAME=DIR for each that the request names, where there are several.", required=True)
@click.option("--out", required=True, type=_FILE, help="Where the bundle goes: only what may be sent.")
@click.option("--policy", required=True, type=_FILE, help="The force's disclosure policy.")
@click.option("--internal", type=_FILE, help="Where the working papers go (default: STORE/runs/ID).")
@click.option("--force", type=_FILE, help="The force's own file: name, system, licence, contact.")
@click.option("--letter-template", type=_FILE, help="The .docx to fill as the letter (default: what --force names).")
@click.option("--decisions", type=_FILE, help="What people decided about the hits.")
@click.option("--codes", type=_FILE, help="The force's additions to the offence codes.")
@click.option("--engine", type=click.Choice(ENGINES), default="local", show_default=True)
@snapshots_option("Count on this snapshot instead of the newest; NAME=N where there are several stores.")
@click.option("--accept", multiple=True, metavar="DOUBT=REASON", help="Accept a doubt, with the reason to print.")
@click.option("--signed-by", default="", metavar="FINGERPRINT", help="Run a pack only when this key signed it.")
@click.option("--supersedes", type=_FILE, metavar="BUNDLE", help="The earlier bundle that this one replaces.")
@click.option("--reason", default="", help="Why the earlier bundle is replaced (with --supersedes).")
@click.option("--replace", is_flag=True, help="Replace what is at OUT.")
@json_option
@quiet_option
def count(
    request_file: Path,
    stores: tuple[str, ...],
    out: Path,
    policy: Path,
    internal: Path | None,
    force: Path | None,
    letter_template: Path | None,
    decisions: Path | None,
    codes: Path | None,
    engine: str,
    snapshots: tuple[str, ...],
    accept: tuple[str, ...],
    signed_by: str,
    supersedes: Path | None,
    reason: str,
    replace: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Answer a request or a pack: count, control, and write the bundle.

    Example: clearcount count request.toml --store store --policy policy.toml --out answer

    Example: clearcount count both.toml --store crimes=store --store incidents=calls --policy policy.toml --out both
    """
    fresh_output(out, replace=replace)
    pack = pack_at(request_file, signed_by=signed_by)
    if signed_by and pack is None:
        raise RequestError(f"{request_file}: is no pack, so nobody signed it; leave --signed-by out or name a pack")
    files = InputFiles(
        request_file,
        places_of(stores, snapshots),
        policy,
        force=force,
        letter_template=letter_template,
        decisions=decisions,
        codes=codes,
        supersedes=supersedes,
        reason=reason,
        accepted=accepted_doubts(accept),
        engine=engine,
        pack=pack,
    )
    with working("counting", quiet=quiet):
        answer = count_use_case(files, out=out, internal=internal, replace_out=replace)
    doubts = answer.open_doubts
    if as_json:
        echo_json(
            {
                "out": str(answer.out),
                "internal": str(answer.internal),
                "snapshot": answer.counted.snapshot.number,
                **_snapshots(answer),
                "draft": bool(doubts),
                "open_doubts": [vars(doubt) for doubt in doubts],
                "notes": answer.checked.notes(),
                "table": table_as_dict(answer.release.answer),
                "tables": [table_as_dict(table) for table in answer.release.answers],
            }
        )
    elif not quiet:
        click.echo(f"{answer.release.title}: {answer.release.heading.lower()}")
        for number, table in enumerate(answer.release.answers):
            if number:
                click.echo(f"\n{table.title}")
            click.echo(text_table(table))
        if pack is not None:
            _say_pack(pack, codes)
        say_notes(answer.checked.notes())
        _say_doubts(doubts, "DRAFT: open doubts, which must be mended or accepted before anything is published")
        if answer.adopted:
            click.echo(
                f"policy: {answer.adopted} published tables were read into the store's ledger; 'published' is not read "
                "from now on, so take it out of the policy"
            )
        for name in answer.untied:
            click.echo(f"note: nobody can compare the records of {name!r}, published earlier, with these")
        if answer.revised:
            click.echo(
                "Some figures differ from those of earlier releases; run.json among the working papers names them."
            )
        click.echo(f"bundle          {answer.out}")
        click.echo(f"working papers  {answer.internal}  (internal: they hold free text)")
        if len(answer.stores) > 1:
            click.echo("                each store's papers are apart, in a folder of its own or in the store")


def _snapshots(answer: Answer) -> dict[str, object]:
    """The snapshot of each store, where there are several."""
    numbers = {part.count.name: part.count.counted.snapshot.number for part in answer.stores}
    return {"snapshots": numbers} if len(numbers) > 1 else {}


def _say_pack(pack: Pack, overlay: Path | None) -> None:
    """Print who signed a pack, and the codes that the list here describes otherwise."""
    click.echo(f"pack signed by  {pack.fingerprint}")
    listed = codes_in_use(overlay)
    if differ := codes_that_differ(pack, listed):
        click.echo(
            f"note: the pack was made with code list {pack.codes_version}, this is {listed.version}; described "
            f"otherwise here: {', '.join(differ[:10])}"
        )


def table_as_dict(table: ControlledTable) -> dict[str, object]:
    """Return the table for a machine: a mapping for each cell."""
    return {"name": table.name, "title": table.title, "cells": list(cells_of(table))}


def accepted_doubts(pairs: tuple[str, ...]) -> dict[str, str]:
    """Return the reason of each doubt that `--accept` names. Raises RequestError for one without."""
    accepted = {}
    for pair in pairs:
        doubt, _, reason = pair.partition("=")
        if not doubt.strip() or not reason.strip():
            raise RequestError(f"--accept {pair!r} has no reason; write --accept DOUBT=REASON")
        accepted[doubt.strip()] = reason.strip()
    return accepted


def _say_doubts(doubts: tuple[Doubt, ...], heading: str) -> None:
    if doubts:
        click.echo(f"\n{heading}:")
        for doubt in doubts:
            click.echo(f"  {doubt.id}: {doubt.what}; {doubt.do}")
        click.echo("")
