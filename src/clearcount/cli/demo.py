"""`clearcount demo`."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from clearcount.cli.common import fresh_output, quiet_option
from clearcount.demo import OCCURRENCES
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
    terms = published.counted.request.terms
    quoted = ", ".join(f"'{term}'" for term in terms.set.terms) if terms else ""
    click.echo(f"1. As most likely published: {quoted} in log entries and summaries, empty months dropped")
    click.echo(text_table(published.release.answer))
    click.echo(f"\n   Doubts that it leaves open ({len(published.open_doubts)}):")
    for doubt in published.open_doubts:
        click.echo(f"   - {doubt.id}: {doubt.what}")
    click.echo("\n2. As asked: whole words in every field, the codes that answer, every month")
    click.echo(text_table(honest.release.answer))
    click.echo("\n   0 searched and none found · [z] the offence was not in force · nobody has read these mentions yet")
    click.echo(f"   Doubts still open: {len(honest.open_doubts)}. Accepted with a reason that the answer prints:")
    for doubt in honest.checked.doubts:
        click.echo(f"   - {doubt.id}: {doubt.what}")
    click.echo("\nWhere things are:")
    for name, what in (
        ("export", f"the made-up export: {made.generated.offences} offences, {made.generated.texts} texts"),
        (
            "store",
            f"the record store, snapshot {made.imported.snapshot.number}; working papers under runs (free text!)",
        ),
        ("request.toml", "the request; request-as-published.toml is the other one"),
        ("policy.toml", "how small numbers are dealt with"),
        ("force.toml", "who answers"),
        ("answer", "the bundle that may be sent; open answer/response.html"),
    ):
        click.echo(f"  {out / name!s:<28} {what}")
