"""`clearcount compare` and `clearcount mentions`. Both print free text: they are for inside the force."""

from __future__ import annotations

import shutil
import unicodedata
from pathlib import Path
from typing import cast

import click

from clearcount.cli.common import aligned, echo_json, fresh_output, json_option, quiet_option, store_at
from clearcount.model.mention import Mention
from clearcount.workflow.compare import Comparison
from clearcount.workflow.compare import compare as compare_use_case
from clearcount.workflow.mentions import ORDERS, Order, write_mentions
from clearcount.workflow.mentions import mentions as mentions_use_case

_FILE = click.Path(path_type=Path)
_NARROWEST = 20


@click.command()
@click.argument("request_file", metavar="REQUEST.toml", type=_FILE)
@click.option("--store", required=True, metavar="[NAME=]DIR", help="The record store; of several, the one to look in.")
@click.option("--snapshot", type=int, help="Read this snapshot instead of the newest.")
@click.option("--examples", type=click.IntRange(min=0), default=2, show_default=True, help="Examples of each class.")
@json_option
@quiet_option
def compare(request_file: Path, store: str, snapshot: int | None, examples: int, as_json: bool, quiet: bool) -> None:
    """Compare the term rules: counts, and what each finds that the others miss, in context.

    Internal: exact counts and free text.

    Example: clearcount compare request.toml --store store
    """
    found = compare_use_case(request_file, store_at(store, snapshot))
    if as_json:
        echo_json(found.as_dict(examples=examples))
        return
    read = [each for each in found.rules if not each.refused]
    rows = [["", *(each.rule for each in read)]]
    for at, (key, _, _) in enumerate(read[0].by_offence if read else ()):
        rows.append([key, *(f"{each.by_offence[at][2]:,}" for each in read)])
    rows.append([f"all ({found.unit})", *(f"{each.total:,}" for each in read)])
    rows.append(["records with a hit", *(f"{each.records:,}" for each in read)])
    rows.append(["hits", *(f"{len(each.mentions):,}" for each in read)])
    click.echo(aligned(rows))
    for each in found.rules:
        if each.refused:
            click.echo(f"{each.rule}: cannot read these terms: {each.refused}")
    if not quiet:
        click.echo(
            f"\nThe request's rule is {found.own}. A term of the term language is literal under contains and padded."
        )
        _say_gaps(found, examples)


def _say_gaps(found: Comparison, examples: int) -> None:
    for gap in found.gaps:
        if found.own not in (gap.found_by, gap.missed_by):
            continue  # --json has every pair
        click.echo(
            f"\nfound by {gap.found_by}, missed by {gap.missed_by}: {len(gap.hits):,} hits in {gap.records:,} records"
        )
        for kind, hits in gap.classes.items():
            click.echo(f"  {kind}: {hits:,}")
            for hit, _ in [pair for pair in gap.examples(examples) if pair[1] == kind]:
                click.echo(f"    {_line(hit, _width() - 4)}")


@click.command()
@click.argument("request_file", metavar="REQUEST.toml", type=_FILE)
@click.option("--store", required=True, metavar="[NAME=]DIR", help="The record store; of several, the one to look in.")
@click.option("--csv", "csv_file", type=_FILE, metavar="FILE", help="Write the mentions to FILE instead.")
@click.option("--sort", "order", type=click.Choice(ORDERS), default="place", show_default=True, help="By what to sort.")
@click.option("--snapshot", type=int, help="Read this snapshot instead of the newest.")
@click.option("--replace", is_flag=True, help="Replace FILE when it is there.")
@json_option
@quiet_option
def mentions(
    request_file: Path,
    store: str,
    csv_file: Path | None,
    order: str,
    snapshot: int | None,
    replace: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Show every hit in its context, aligned on the hit.

    Internal: free text.

    Example: clearcount mentions request.toml --store store --sort right

    Example: clearcount mentions request.toml --store store --csv mentions.csv
    """
    if csv_file is not None:
        fresh_output(csv_file, replace=replace)
    counted = mentions_use_case(request_file, store_at(store, snapshot), order=cast(Order, order))
    found = counted.found
    if csv_file is not None:
        write_mentions(counted, csv_file)
    if as_json:
        echo_json({"mentions": [vars(hit) for hit in found.mentions], "dropped": [vars(hit) for hit in found.dropped]})
        return
    records = len({hit.occurrence_no for hit in found.mentions})
    if csv_file is None:
        places = [f"{hit.occurrence_no} {hit.field} {hit.entry_no}" for hit in found.mentions]
        widest = max(map(len, places), default=0)
        for place, hit in zip(places, found.mentions, strict=True):
            click.echo(f"{place.ljust(widest)}  {_line(hit, _width() - widest - 2)}")
        for hit in () if quiet else found.dropped:
            click.echo(
                f"dropped by an exception: {hit.occurrence_no} {hit.field} {hit.entry_no}  {_line(hit, _width())}"
            )
    if not quiet:
        for term, read_as in found.expansion:
            click.echo(f"{term}: {read_as}", err=True)
        where = f", written to {csv_file}" if csv_file else ""
        click.echo(
            f"{len(found.mentions):,} hits in {records:,} records, {len(found.dropped):,} dropped{where}", err=True
        )


def _width() -> int:
    return shutil.get_terminal_size((140, 24)).columns


def _line(hit: Mention, width: int) -> str:
    """The hit in brackets with as much on each side as `width` columns allow, the hit always in the same column."""
    side = max(_NARROWEST, (width - 20) // 2)
    before, after = _printable(hit.before)[-side:], _printable(hit.after)[:side]
    return f"{before.rjust(side)}[{_printable(hit.matched)}]{after}"


def _printable(text: str) -> str:
    """`text` for a terminal: what would move the cursor or hide is a space; spaces of all kinds are one column."""
    return "".join(" " if unicodedata.category(character)[0] in "CZ" else character for character in text)
