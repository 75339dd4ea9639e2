"""`clearcount protect` and `clearcount audit`: disclosure control on any table of counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import click

from clearcount.cli.common import echo_json, fresh_output, json_option, quiet_option
from clearcount.files import write_whole
from clearcount.workflow.protecting import (
    Blank,
    ReadingRule,
    accounts_in,
    audit_files,
    beside,
    protect_file,
    untied_tables,
    written,
)

_BLANK = click.option(
    "--blank", type=click.Choice(["zero", "hidden"]), help="What a blank CSV cell means; without this it is refused."
)
_ZEROS = click.option(
    "--zeros",
    type=click.Choice(["shown", "ambiguous"]),
    default="shown",
    show_default=True,
    help="Whether a hidden CSV cell is known to be 1 or more (shown) or may be 0 (ambiguous).",
)
_THRESHOLD = click.option(
    "--threshold", type=click.IntRange(2), default=5, show_default=True, help="What the CSV marker `low` is below."
)


@click.command()
@click.argument("table", type=click.Path(path_type=Path))
@click.option("--policy", type=click.Path(path_type=Path), required=True, help="The disclosure policy (TOML).")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Where the protected document goes (JSON).")
@_BLANK
@json_option
@quiet_option
@click.option("--replace", is_flag=True, help="Write over OUT.")
@click.pass_context
def protect(
    ctx: click.Context,
    table: Path,
    policy: Path,
    out: Path,
    blank: str | None,
    as_json: bool,
    quiet: bool,
    replace: bool,
) -> None:
    """Suppress or round small counts of TABLE (true counts, CSV or JSON) so that no reader can work them out.

    OUT gets the table as a reader sees it, and why each cell is hidden; that part is not for publication.
    Exits 1, and writes nothing, when no pattern is safe; then it prints ways to make the table coarser.

    Example: clearcount protect table.csv --policy policy.toml --out protected.json
    """
    place = fresh_output(out, replace=replace)
    found = protect_file(table, policy, ReadingRule(blank=_blank(blank)))
    if not found.safe:
        if as_json:
            echo_json(found.as_dict())
        else:
            click.echo(found.why, err=True)
            for way in found.coarsenings:
                click.echo(f"  {way['name']}: {way['left']} figures left, {way['hidden']} hidden", err=True)
        ctx.exit(1)
    write_whole(place, json.dumps(written(found), ensure_ascii=False, indent=1) + "\n")
    if as_json:
        echo_json(found.as_dict())
    elif not quiet:
        complements = sum(item["why"] == "complementary" for item in found.hidden)
        proof = "no safe pattern costs less" if found.optimal else f"at most {found.gap} from the least cost"
        click.echo(
            f"hidden {len(found.hidden)} ({len(found.hidden) - complements} small, {complements} with them); {proof}"
        )
        click.echo(f"written to {out}")


@click.command()
@click.argument("tables", nargs=-1, required=True, type=click.Path(path_type=Path))
@_BLANK
@_ZEROS
@_THRESHOLD
@json_option
@quiet_option
@click.pass_context
def audit(
    ctx: click.Context,
    tables: tuple[Path, ...],
    blank: str | None,
    zeros: str,
    threshold: int,
    as_json: bool,
    quiet: bool,
) -> None:
    """Say what a reader of all TABLES together (as published, CSV or JSON) can work out.

    Exits 1 when a hidden figure is exact or the tables contradict each other.

    Example: clearcount audit release-2024.json release-2025.csv
    """
    rule = ReadingRule(_blank(blank), "shown" if zeros == "shown" else "ambiguous", threshold)
    result = audit_files(tables, rule)
    for name in untied_tables(tables, rule):
        click.echo(
            f"warning: {name!r} counts records of its own; nobody can tell how they lie in other tables", err=True
        )
    if (accounts := accounts_in(tables)) > 1:
        click.echo(f"warning: {beside(accounts)}", err=True)
    found = result.as_dict()
    if as_json:
        echo_json(found)
    else:
        _print(found, quiet=quiet)
    ctx.exit(0 if result.safe else 1)


def _blank(given: str | None) -> Blank:
    return cast(Blank, given or "refuse")


def _print(found: dict[str, Any], *, quiet: bool) -> None:
    if not found["consistent"]:
        click.echo("the tables contradict each other; these figures cannot all be right:")
        for cell in found["clash"]:
            click.echo(f"  {cell['table']} {cell['at']}: {_range(cell)}")
        return
    for item in found["exact"]:
        click.echo(f"exact: {item['table']} {item['at']} = {item['value']}")
    if not quiet:
        for item in found["intervals"]:
            if item["low"] != item["high"]:
                click.echo(f"  {item['table']} {item['at']}: {_range(item)}")
        click.echo(f"{len(found['exact'])} of {len(found['intervals'])} hidden figures can be worked out")


def _range(item: dict[str, object]) -> str:
    if item["low"] == item["high"]:
        return str(item["low"])
    return f"{item['low']} or more" if item["high"] is None else f"{item['low']} to {item['high']}"
