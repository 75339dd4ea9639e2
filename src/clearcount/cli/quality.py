"""`clearcount quality`: how wrong a count may be."""

from __future__ import annotations

from pathlib import Path

import click

from clearcount.cli.common import echo_json, json_option, quiet_option
from clearcount.reading.figures import as_dict
from clearcount.reading.proportions import Interval
from clearcount.reading.report import ENOUGH_FOR_A_STRATUM, Quality, Stratum
from clearcount.workflow import reading


@click.command()
@click.option("--decisions", required=True, type=click.Path(path_type=Path), help="The decisions file.")
@click.option("--target", type=float, default=0.95, show_default=True, help="The recall that the stop test asks for.")
@json_option
@quiet_option
def quality(decisions: Path, target: float, as_json: bool, quiet: bool) -> None:
    """Say how far the decisions carry: precision, what was missed, recall, agreement, whether reading may stop.

    Example: clearcount quality --decisions decisions.csv
    """
    found = reading.quality(decisions, target=target)
    if as_json:
        echo_json(as_dict(found))
    elif not quiet:
        click.echo("\n".join(_lines(found)))


def _stratum(stratum: Stratum) -> str:
    said = _span(stratum.relevant) if stratum.relevant else f"fewer than {ENOUGH_FOR_A_STRATUM} read: too few to say"
    return f"  {stratum.name}: {stratum.found:,} in {stratum.read:,} of {stratum.frame:,}; {said}"


def _lines(found: Quality) -> list[str]:
    """The figures in words."""
    tally, lines = found.matches, []
    if found.precision and found.part:
        part = found.part
        lines += [
            f"precision   {part.found:,} of {part.read:,} read are relevant; of all {part.hits:,} hits "
            f"{found.precision.estimate:.2f} ({_span(found.precision, 2)})",
            f"confirmed   about {part.confirmed.estimate:,.0f} of all hits ({_span(part.confirmed)}); unclear counted "
            f"as relevant: {_span(part.with_doubtful)}",
            *map(_stratum, part.strata),
        ]
    elif found.precision:
        lines.append(
            f"precision   {tally.relevant:,} of {tally.read:,} read are relevant ({found.precision.estimate:.2f}), "
            f"{tally.doubtful:,} unclear; a search like this would yield {_span(found.precision, 2)}"
        )
    if found.ranked.records:
        lines.append(f"by rank     {found.ranked.relevant:,} relevant in {found.ranked.read:,} read")
    if sampled := found.sampled:
        lines += [
            f"sample      {sampled.found:,} relevant in {sampled.read:,} read of {sampled.frame:,}, "
            f"look {sampled.looks_done} of {sampled.looks_planned}",
            f"missed      about {sampled.missed.estimate:,.0f} ({_span(sampled.missed)}); at most "
            f"{sampled.at_most:,.0f} one-sided; unclear counted as relevant: {_span(sampled.with_doubtful)}",
            f"elusion     {sampled.elusion.estimate:.4f} ({_span(sampled.elusion, 4)})",
        ]
        lines += map(_stratum, sampled.strata)
        passed = "reading may stop" if sampled.stop.p < sampled.stop_below else "not yet"
        lines.append(f"stop test   p = {sampled.stop.p:.3f}, to be below {sampled.stop_below:.3f}: {passed}")
    if found.recall:
        lines.append(f"recall      {found.recall.estimate:.2f} ({_span(found.recall, 2)})")
    if twice := found.twice:
        said = ", ".join(
            f"{name} {value:.2f} ({twice.intervals[name][0]:.2f} to {twice.intervals[name][1]:.2f})"
            for name, value in (("po", twice.measured.po), ("kappa", twice.measured.kappa), ("ac1", twice.measured.ac1))
        )
        lines.append(f"agreement   {twice.records:,} records read twice: {said}")
        lines += [
            f"  {name}: {fact.records:,} records: po {fact.measured.po:.2f}, kappa {fact.measured.kappa:.2f}, "
            f"ac1 {fact.measured.ac1:.2f}"
            for name, fact in twice.by_fact.items()
        ]
        lines.append(
            f"            {twice.overturned:,} first codes did not stand; settled by a third person "
            f"{twice.settled_by_third:,}, by the two readers together {twice.settled_jointly:,}"
        )
    return [*lines, *(f"note: {remark}" for remark in found.remarks)]


def _span(interval: Interval, digits: int = 0) -> str:
    return f"95 per cent interval {interval.lower:,.{digits}f} to {interval.upper:,.{digits}f}"
