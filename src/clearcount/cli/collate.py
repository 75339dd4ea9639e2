"""`clearcount collate`."""

from __future__ import annotations

from pathlib import Path

import click

from clearcount.cli.common import echo_json, fresh_output, json_option
from clearcount.workflow.collating import collate as collate_files


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The tidy CSV to write.")
@click.option("--replace", is_flag=True, help="Replace what is at OUT.")
@json_option
@click.option("--quiet", is_flag=True, help="Print nothing; only the exit code answers.")
@click.pass_context
def collate(ctx: click.Context, files: tuple[Path, ...], out: Path, replace: bool, as_json: bool, quiet: bool) -> None:
    """Read published answers into one tidy table and add every total again.

    Takes bundles, CSV, XLSX, XLS, ODS, HTML and (with the extra "collate") PDF. Exit 1 when a total does not add up.

    Example: clearcount collate answer other-force.xlsx --out all.csv
    """
    fresh_output(out, replace=replace)
    lines, mismatches = collate_files(files, out)
    if as_json:
        echo_json({"cells": len(lines), "out": str(out), "mismatches": [vars(each) for each in mismatches]})
    elif not quiet:
        click.echo(f"{len(lines)} cells from {len(files)} files in {out}")
        for each in mismatches:
            allowed = f"{each.low}" if each.high is not None else f"at least {each.low}"
            where = f"{each.source}, row {each.row}, {each.period}"
            click.echo(f"total does not add up: {where}: printed {each.printed}, its cells give {allowed}")
    ctx.exit(1 if mismatches else 0)
