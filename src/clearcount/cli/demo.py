"""`clearcount demo`."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from clearcount.cli.common import fresh_output, quiet_option
from clearcount.demo import OCCURRENCES
from clearcount.workflow.answering import Answer
from clearcount.workflow.demo import make_demo
from clearcount.workflow.showing import text_table


@click.command()
@click.option("--out", default="demo", show_default=True, type=click.Path(path_type=Path), help="The folder to make.")
@click.option("--occurrences", default=OCCURRENCES, show_default=True, type=click.IntRange(min=1))
@click.option("--replace", is_flag=True, help="Replace what is at OUT.")
@quiet_option
def demo(out: Path, occurrences: int, replace: bool, quiet: bool) -> None:
    """Make a made-up force's export, import it and answer the example request.

    The request is answered twice: by the method that the published answer most likely used, and as it was asked.

    Example: clearcount demo --out demo
    """
    fresh_output(out, replace=replace)

    def say(step: str) -> None:
        if not quiet and sys.stderr.isatty():
            click.echo(f"{step} …", err=True)

    made = make_demo(out, now=datetime.now().astimezone(), occurrences=occurrences, replace=replace, say=say)
    if quiet:
        return
    published, honest = made.published, made.honest
    click.echo(
        f"One request, answered twice from the same made-up records ({made.generated.offences:,} offences, "
        f"{made.generated.texts:,} texts).\n"
    )
    click.echo("1. As most likely published: four spellings in log entries and summaries, empty months dropped")
    click.echo(_totals(published))
    click.echo(f"   Doubts open: {len(published.open_doubts)}. clearcount check names each, and what to do.\n")
    click.echo("2. As it was asked: whole words in every field, the codes that answer, every month")
    click.echo(_totals(honest))
    click.echo("   0 searched and none found · [z] the offence was not in force · nobody has read these mentions yet")
    accepted = len(honest.checked.doubts) - len(honest.open_doubts)
    click.echo(
        f"   Doubts open: {len(honest.open_doubts)}. {accepted} are accepted with a reason that the answer prints.\n"
    )
    for name, what in (
        ("answer", "the bundle that may be sent; open answer/response.html for every month"),
        ("request.toml", "the request; request-as-published.toml is the other one"),
        ("policy.toml", "how small numbers are dealt with; force.toml says who answers"),
        (
            "store",
            f"the record store, snapshot {made.imported.snapshot.number}; papers under runs hold free text",
        ),
    ):
        click.echo(f"  {out / name!s:<28} {what}")
    click.echo(f"\nNext: clearcount check {out / 'request-as-published.toml'} --store {out / 'store'}")


def _totals(answer: Answer) -> str:
    """Return the heads and the last line of the table; the months are in the answer's page."""
    lines = text_table(answer.release.answer).splitlines()
    return "\n".join((lines[0], lines[-1]))
