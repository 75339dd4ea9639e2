"""`clearcount codes`: the offence codes and the law."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from clearcount.cli.common import DAY, echo_json, fresh_output, json_option, quiet_option
from clearcount.frugal import require_memory
from clearcount.offences import OffenceCode, Provision
from clearcount.workflow.codes import look_up


class _Codes(click.Group):
    """Take words that are no subcommand for what is looked for: `codes 66B` is `codes find 66B`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or args[0] not in (*self.commands, "-h", "--help"):
            args = ["find", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Codes)
def codes() -> None:
    """Find offence codes and the law, or compare a newer list.

    Words that are no subcommand are looked for; `find` may be left out.

    Example: clearcount codes 88/15

    Example: clearcount codes deepfake
    """


@codes.command()
@click.argument("query", nargs=-1)
@click.option("--on", type=DAY, help="Only codes in force on this day.")
@click.option("--codes", "overlay", type=click.Path(path_type=Path), help="The force's own additions (TOML).")
@json_option
@quiet_option
@click.pass_context
def find(
    ctx: click.Context, query: tuple[str, ...], on: datetime | None, overlay: Path | None, as_json: bool, quiet: bool
) -> None:
    """Find offence codes by code in any spelling, by section of an Act, or by words.

    Exits 1 when nothing is found.

    Example: clearcount codes find "section 66E Sexual Offences Act 2003"
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


@codes.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--out", type=click.Path(path_type=Path), help="Write what differs as an overlay for --codes.")
@click.option("--look-in", multiple=True, type=click.Path(path_type=Path), metavar="DIR", help="Requests and releases.")
@click.option("--replace", is_flag=True, help="Write over a file that is there.")
@json_option
@quiet_option
def update(file: Path, out: Path | None, look_in: tuple[Path, ...], replace: bool, as_json: bool, quiet: bool) -> None:
    """Compare FILE, a newer list of the Home Office (XLSX, ODS or CSV), with the list in use here.

    Prints the codes that came, went and changed, and which requests and releases below DIR name them. Nothing changes
    until the overlay of --out is given to a command with --codes.

    Example: clearcount codes update notifiable-offences.xlsx --look-in requests --out codes.toml
    """
    require_memory()
    from clearcount.workflow.codes_update import compare_list, write_overlay  # here: it loads the library for records

    if out is not None:
        fresh_output(out, replace=replace)
    found = compare_list(file, look_in)
    if out is not None:
        write_overlay(found, out)
    if as_json:
        echo_json(
            {
                **{name: [each.as_dict() for each in getattr(found, name)] for name in ("came", "went", "changed")},
                "touches": [{"path": str(each.path), "codes": each.codes} for each in found.touched],
                "unread": [str(path) for path in found.unread],
                "out": str(out) if out else None,
            }
        )
        return
    for sign, changes in (("+", found.came), ("-", found.went), ("~", found.changed)):
        for each in changes:
            what = f" ({', '.join(each.parts)})" if each.parts else ""
            click.echo(f"{sign} {each.code}" + ("" if quiet else f"  {each.label}{what}"))
    if quiet:
        return
    for touched in found.touched:
        click.echo(f"touches {touched.path}: {', '.join(touched.codes)}")
    for path in found.unread:
        click.echo(f"not read: {path}", err=True)
    click.echo(f"{len(found.came)} came, {len(found.went)} went, {len(found.changed)} changed")
    click.echo(f"kept in {out}; give it with --codes" if out else "nothing was written; name --out to keep the changes")


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


def _code(code: OffenceCode) -> dict[str, object]:
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


def _provision(provision: Provision) -> dict[str, object]:
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
