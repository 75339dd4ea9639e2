"""`clearcount evaluate`: the precision and recall of a flag, a search or a ranker."""

from __future__ import annotations

from pathlib import Path

import click

from clearcount.cli.common import echo_json, json_option, quiet_option, store_at
from clearcount.reading.evaluate import Evaluation
from clearcount.reading.proportions import Interval
from clearcount.workflow.reading import decisions_for
from clearcount.workflow.reading_evaluating import Evaluated, EvaluationAsked, evaluate_flag
from clearcount.workflow.reading_records import open_scope

_FILE = click.Path(path_type=Path)


@click.command()
@click.argument("request_file", metavar="REQUEST.toml", type=_FILE)
@click.option("--store", required=True, metavar="[NAME=]DIR", help="The record store; of several, the one to read.")
@click.option(
    "--flag",
    required=True,
    help="What is evaluated: terms, marker, COLUMN=VALUE, ranker, or ranker:FILE.py with rank(texts, decisions).",
)
@click.option(
    "--against", default="decisions", show_default=True, help="What is true: decisions, or COLUMN=VALUE of the data."
)
@click.option("--by", multiple=True, help="Cut by month, year, offence or a column; may be given several times.")
@click.option("--top", type=click.IntRange(min=1), help="How many a ranker flags (default: as many as are relevant).")
@click.option("--decisions", type=_FILE, help="A decisions file instead of those that the store keeps.")
@click.option("--snapshot", type=int, help="Read this snapshot instead of the newest.")
@json_option
@quiet_option
def evaluate(
    request_file: Path,
    store: str,
    flag: str,
    against: str,
    by: tuple[str, ...],
    top: int | None,
    decisions: Path | None,
    snapshot: int | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Say how good a flag, the search or a ranker is: precision and recall, each with a 95 per cent interval.

    Only records of which it is known whether they are relevant count. A ranker is told nothing of the fifth of the
    records that it ranks. The figures are internal: small groups are not suppressed.

    Example: clearcount evaluate request.toml --store store --flag marker --by month
    """
    scope = open_scope(request_file, store_at(store, snapshot))
    asked = EvaluationAsked(flag, against, tuple(by), top)
    found = evaluate_flag(scope, decisions_for(scope, decisions), asked)
    if as_json:
        echo_json(found.as_dict())
    elif not quiet:
        click.echo("\n".join(_lines(found)))


def _lines(found: Evaluated) -> list[str]:
    lines = [f"{found.flag} against {found.against}: {_figures(found.all)}"]
    if found.ranker:
        lines.append(f"ranker {found.ranker[0]}, SHA-256 {found.ranker[1]}")
    for cut, groups in found.by.items():
        lines.append(f"by {cut}:")
        lines += [f"  {name}: {_figures(figures)}" for name, figures in groups.items()]
    return lines


def _figures(each: Evaluation) -> str:
    flagged, relevant = each.right + each.wrong, each.right + each.missed
    said = [
        f"{each.right:,} of {flagged:,} flagged records are relevant (precision {_span(each.precision)})",
        f"{each.right:,} of {relevant:,} relevant records are flagged (recall {_span(each.recall)})",
    ]
    if each.unknown:
        said.append(f"{each.unknown:,} records are not known, {each.flagged_unknown:,} of them flagged")
    return "; ".join(said)


def _span(interval: Interval | None) -> str:
    if interval is None:
        return "nothing to say"
    return f"{interval.estimate:.2f}, 95 per cent interval {interval.lower:.2f} to {interval.upper:.2f}"
