"""`clearcount forces`: one request over the stores of many forces."""

from __future__ import annotations

from pathlib import Path

import click

from clearcount.cli.common import echo_json, fresh_output, json_option, quiet_option
from clearcount.cli.count import accepted_doubts
from clearcount.engines import ENGINES
from clearcount.lines import aligned
from clearcount.workflow.forces_file import read_forces
from clearcount.workflow.many_forces import AskedOfForces, ManyAnswers, count_forces
from clearcount.workflow.reading_files import pack_at

_FILE = click.Path(path_type=Path)


@click.command()
@click.argument("catalogue", metavar="FORCES.toml", type=_FILE)
@click.argument("request_file", metavar="REQUEST.toml", type=_FILE)
@click.option("--out", required=True, type=_FILE, help="The folder to make: a bundle for each force, and the tables.")
@click.option("--internal", type=_FILE, help="Where the working papers go, a folder each (default: STORE/runs/ID).")
@click.option("--engine", type=click.Choice(ENGINES), default="local", show_default=True)
@click.option("--accept", multiple=True, metavar="DOUBT=REASON", help="Accept a doubt at every force that has it.")
@click.option("--signed-by", default="", metavar="FINGERPRINT", help="Run a pack only when this key signed it.")
@click.option("--replace", is_flag=True, help="Replace what is at OUT.")
@json_option
@quiet_option
@click.pass_context
def forces(
    context: click.Context,
    catalogue: Path,
    request_file: Path,
    out: Path,
    internal: Path | None,
    engine: str,
    accept: tuple[str, ...],
    signed_by: str,
    replace: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Answer one request at each force of a catalogue, and say what they print in all.

    A force whose records lack what the request names is not searched, and the exit code is 1.

    Example: clearcount forces forces.toml request.toml --out answers
    """
    fresh_output(out, replace=replace)
    question = AskedOfForces(request_file, accepted_doubts(accept), engine, pack_at(request_file, signed_by=signed_by))
    found = count_forces(
        question,
        read_forces(catalogue),
        out=out,
        internal=internal,
        replace_out=replace,
        working=lambda name: None if quiet or as_json else click.echo(f"counting {name}", err=True),
    )
    if as_json:
        echo_json(_machine(found))
    elif not quiet:
        _tell(found)
    context.exit(1 if any(force.why for force in found.forces) else 0)


def _machine(found: ManyAnswers) -> dict[str, object]:
    told = [
        {"name": each.name, "force": each.title, "outcome": each.outcome, "records_to": each.extract, "why": each.why}
        for each in found.forces
    ]
    opened = {each.name: list(each.open_doubts) for each in found.forces if each.open_doubts}
    together = [{**line.place, "value": line.value, "at_least": line.at_least} for line in found.together]
    return {"out": str(found.out), "forces": told, "open_doubts": opened, "in_all": together}


def _tell(found: ManyAnswers) -> None:
    rows = [["force", "outcome", "records to", "open doubts"]]
    rows += [[each.title, each.outcome, each.extract, str(len(each.open_doubts))] for each in found.forces]
    click.echo(aligned(rows))
    for each in found.forces:
        if each.why:
            click.echo(f"not searched: {each.title}: {each.why}")
    whole = sum(line.value is not None for line in found.together)
    click.echo(f"{whole} of {len(found.together)} lines in all have a figure: {found.out / 'in-all.csv'}")
    click.echo(f"an answer for each force: {found.out}")
