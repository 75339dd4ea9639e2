"""`clearcount codes`: the offence codes and the law."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from clearcount.cli.common import DAY, echo_json
from clearcount.offences import OffenceCode, Provision
from clearcount.workflow.codes import look_up


@click.command()
@click.argument("query", nargs=-1)
@click.option("--on", type=DAY, help="Only codes in force on this day.")
@click.option("--codes", "overlay", type=click.Path(path_type=Path), help="The force's own additions (TOML).")
@click.option("--json", "as_json", is_flag=True, help="Print for a machine to read.")
@click.option("--quiet", is_flag=True, help="Print codes and labels only.")
@click.pass_context
def codes(
    ctx: click.Context, query: tuple[str, ...], on: datetime | None, overlay: Path | None, as_json: bool, quiet: bool
) -> None:
    """Offence codes by code in any spelling, by section of an Act, or by words.

    Exits 1 when nothing is found.

    Example: clearcount codes 88/15

    Example: clearcount codes "section 66E Sexual Offences Act 2003"
    """
    found = look_up(" ".join(query), on=on.date() if on else None, overlay=overlay)
    if as_json:
        echo_json(
            {
                "version": found.version,
                "codes": [_code(code) for code in found.codes],
                "provisions": [_provision(provision) for provision in found.provisions],
            }
        )
    elif quiet:
        for code in found.codes:
            click.echo(f"{code.code}  {code.label}")
    else:
        _print(found.codes, found.provisions, found.version)
    if not found.codes and not found.provisions:
        ctx.exit(1)


def _print(codes: tuple[OffenceCode, ...], provisions: tuple[Provision, ...], version: str) -> None:
    for provision in provisions:
        answer = ", ".join(f"HO {code}" for code in provision.codes) or "no Home Office code"
        click.echo(f"{provision.id}: {provision.title}\n  in force: {provision.in_force_spoken}\n  codes: {answer}")
        _lines("earlier", ", ".join(f"HO {code}" for code in provision.before))
        _lines("note", provision.note)
    if len(codes) > 12:
        for code in codes:
            click.echo(f"{code.code}  {code.label}")
    else:
        for code in codes:
            click.echo(f"HO {code.code}: {code.label}")
            for description in code.descriptions[1:]:
                _lines("also", description)
            _lines("law", code.law)
            _lines("category", code.category)
            click.echo(f"  in force: {code.in_force_spoken}" + (f" ({code.mark})" if code.mark else ""))
            if code.after_end:
                said = {"recorded": "still recorded", "not-recorded": "no longer recorded"}[code.after_end]
                _lines("after its end", f"{said} under this code ({code.after_end_source})")
            if not code.listed:
                _lines("list", "not in the current Home Office list")
            _lines("note", code.note)
    if not codes and not provisions:
        click.echo("nothing found; try a code like 086/02, a section like 66B, or fewer words", err=True)
    click.echo(f"code list {version}, {len(codes)} found", err=True)


def _lines(name: str, value: str) -> None:
    if value:
        click.echo(f"  {name}: {value}")


def _code(code: OffenceCode) -> dict[str, Any]:
    return {
        "code": code.code,
        "label": code.label,
        "descriptions": code.descriptions,
        "law": code.law,
        "act": code.act,
        "section": code.section,
        "class": code.class_,
        "sub_class": code.sub_class,
        "category": code.category,
        "mode": code.mode,
        "state_based": code.state_based,
        "in_force_from": code.in_force_from,
        "in_force_to": code.in_force_to,
        "mark": code.mark,
        "source": code.source,
        "note": code.note,
        "after_end": code.after_end,
        "after_end_source": code.after_end_source,
        "listed": code.listed,
        "sources": code.sources,
    }


def _provision(provision: Provision) -> dict[str, Any]:
    return {
        "id": provision.id,
        "act": provision.act,
        "section": provision.section,
        "title": provision.title,
        "codes": provision.codes,
        "before": provision.before,
        "in_force_from": provision.in_force_from,
        "in_force_to": provision.in_force_to,
        "mark": provision.mark,
        "source": provision.source,
        "note": provision.note,
    }
