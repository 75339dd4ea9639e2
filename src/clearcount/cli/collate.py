"""`clearcount collate`."""

from __future__ import annotations

from pathlib import Path

import click

from clearcount.cli.common import echo_json, fresh_output, json_option, quiet_option
from clearcount.collate.methods import Overlap
from clearcount.errors import ExportError
from clearcount.workflow.collating import Answered, Collated, read_list
from clearcount.workflow.collating import collate as collate_files

_SHOWN = 20


@click.command()
@click.argument("files", metavar="[FILE]...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--list", "listed", type=click.Path(path_type=Path), help="A CSV of path, force, reference, url, received."
)
@click.option("--force", default="", help="The force that gave every FILE.")
@click.option("--reference", default="", help="The reference of every FILE.")
@click.option("--mapping", type=click.Path(path_type=Path), help="A CSV of label and code: a person's corrections.")
@click.option("--page", type=click.Path(path_type=Path), help="A page to write that puts the forces side by side.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The tidy CSV to write.")
@click.option("--replace", is_flag=True, help="Replace what is at OUT.")
@json_option
@quiet_option
@click.pass_context
def collate(
    ctx: click.Context,
    files: tuple[Path, ...],
    listed: Path | None,
    force: str,
    reference: str,
    mapping: Path | None,
    page: Path | None,
    out: Path,
    as_json: bool,
    quiet: bool,
    replace: bool,
) -> None:
    """Read published answers into one tidy table and add every total again.

    Takes bundles, CSV, XLSX, ODS, DOCX, HTML, copied text and messages, and with the extra "collate" XLS and PDF.
    A cell that cannot be read whole is listed as unread with its place. A report is written beside OUT.
    Exit 1 when a total does not add up or a file could not be read.

    Example: clearcount collate answer other-force.xlsx --out all.csv
    """
    answers = [*(read_list(listed) if listed else ()), *(Answered(file, force, reference) for file in files)]
    if not answers:
        raise ExportError("collate needs a published answer; name a FILE or give a --list")
    fresh_output(out, replace=replace)
    if page is not None:
        fresh_output(page, replace=replace)
    found = collate_files(answers, out, mapping=mapping, page=page)
    if as_json:
        echo_json(_machine(found))
    elif not quiet:
        _tell(found)
    refused = any(each.refused for each in found.files)
    ctx.exit(1 if found.mismatches or refused else 0)


def _machine(found: Collated) -> dict[str, object]:
    return {
        "cells": sum(not line.unread for line in found.lines),
        "unread": sum(line.unread for line in found.lines),
        "out": str(found.out),
        "report": str(found.report),
        "refused": [each.refused for each in found.files if each.refused],
        "mismatches": [vars(each) for each in found.mismatches],
        "contradictions": [vars(each) for each in found.contradictions],
        "given_away": list(found.given_away),
    }


def _tell_methods(found: Overlap) -> None:
    click.echo(f"counted in one way: {', '.join(fact.name for fact in found.same) or 'nothing'}")
    for each in found.differs:
        click.echo(f"counted in different ways: {each.sentence}")
    if found.unknown:
        click.echo(f"do not say how they counted: {', '.join(found.unknown)}")


def _tell(found: Collated) -> None:
    read = sum(not line.unread for line in found.lines)
    click.echo(f"{read} cells from {sum(not each.refused for each in found.files)} files in {found.out}")
    for each in found.files:
        if each.refused:
            click.echo(f"not read: {each.refused}")
        for said in each.said:
            click.echo(f"note: {said}")
        for line in each.unread[:_SHOWN]:
            click.echo(f"unread: {line.source}, {line.origin}: {line.note}")
        if len(each.unread) > _SHOWN:
            click.echo(f"unread: {len(each.unread) - _SHOWN} more cells of {each.answer.path}; the report lists them")
    for wrong in found.mismatches:
        allowed = f"{wrong.low}" if wrong.high is not None else f"at least {wrong.low}"
        where = f"{wrong.source}, {wrong.origin}, row {wrong.row}, {wrong.period or 'no period'}"
        click.echo(f"total does not add up: {where}: printed {wrong.printed}, its cells give {allowed}")
    for two in found.contradictions:
        click.echo(
            f"{two.force} gives two figures for {two.label}, {two.period}: "
            f"{two.first[0]} ({two.first[1]}, {two.first[2]}) and {two.second[0]} ({two.second[1]}, {two.second[2]})"
        )
    if found.overlap is not None:
        _tell_methods(found.overlap)
    for place in found.given_away:
        click.echo(f"a suppressed figure follows from the totals beside it: {place}")
    click.echo(f"report: {found.report}")
