"""`clearcount plan`, `sample`, `review` and `suggest`: what to read, out to a spreadsheet and back."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import click

from clearcount.cli.common import Group, aligned, echo_json, fresh_output, json_option, quiet_option, store_at
from clearcount.cli.reading_near import near
from clearcount.model.decision import ROUNDS, Round
from clearcount.workflow import reading
from clearcount.workflow.reading_drawing import plan as plan_reading
from clearcount.workflow.reading_drawing import sample as draw_sample
from clearcount.workflow.reading_flags import flags_of, write_flags
from clearcount.workflow.reading_records import ReadingScope, open_scope
from clearcount.workflow.reading_suggesting import suggest as suggest_use_case
from clearcount.workflow.stores import place_of

_FILE = click.Path(path_type=Path)
_request = click.argument("request_file", metavar="REQUEST.toml", type=_FILE)
_store = click.option(
    "--store", required=True, metavar="[NAME=]DIR", help="The record store; of several, the one to read."
)
_snapshot = click.option("--snapshot", type=int, help="Read this snapshot instead of the newest.")
_replace = click.option("--replace", is_flag=True, help="Replace the file OUT when it is there.")
_out = click.option("--out", required=True, type=_FILE, help="The file to write: .xlsx or .csv.")
_guide = click.option("--guide", help="Name and number of the guide that readers go by (default: the topic and 1).")


def _scope(request_file: Path, store: str, snapshot: int | None = None) -> ReadingScope:
    return open_scope(request_file, store_at(store, snapshot))


@click.command()
@_request
@_store
@click.option("--at-most", type=click.IntRange(min=0), metavar="M", help="How many to read to show at most M missed.")
@_snapshot
@json_option
@quiet_option
def plan(request_file: Path, store: str, at_most: int | None, snapshot: int | None, as_json: bool, quiet: bool) -> None:
    """Say how many records to read to be able to say what, before anything is drawn.

    Example: clearcount plan request.toml --store store --at-most 25
    """
    found = plan_reading(_scope(request_file, store, snapshot), at_most=at_most)
    if as_json:
        echo_json(found.as_dict())
    elif not quiet:
        click.echo(f"{found.records:,} records in scope (an occurrence under an offence code)")
        click.echo(f"{found.matches:,} hold a term: read them all{', or draw a part by term:' if found.within else ''}")
        for read, within in found.within:
            click.echo(f"  {read:,} drawn with --hits and read say how many are relevant to within {within:,} at worst")
        click.echo(f"{found.not_searchable:,} have no text in the fields asked for and cannot be searched")
        click.echo(f"{found.frame:,} have text, no term, and were not read; {found.already_read:,} were read already")
        click.echo(f"first read the {found.read_first:,} likeliest of them, then a random sample of the rest:")
        for read, shown in found.shows:
            click.echo(f"  {read:,} read and none relevant shows that at most {shown:,} were missed")
        for most, read in found.sizes:
            click.echo(f"  at most {most:,} missed can be shown by reading {read:,}, when none of them is relevant")
        if found.at_most is not None:
            click.echo(
                f"to show at most {found.at_most:,} missed read {found.read:,} (95 per cent, if none is relevant)"
            )


@click.command()
@_request
@_store
@click.option("--size", required=True, type=int, metavar="N", help="How many records to draw.")
@click.option("--seed", required=True, type=int, metavar="S", help="The same seed draws the same records.")
@_out
@click.option("--looks", type=int, default=1, show_default=True, help="At how many points the result is looked at.")
@click.option("--hits", is_flag=True, help="Draw from the records that hold a term, by term, instead.")
@_guide
@_snapshot
@_replace
@json_option
@quiet_option
def sample(
    request_file: Path,
    store: str,
    size: int,
    seed: int,
    out: Path,
    looks: int,
    hits: bool,
    guide: str | None,
    snapshot: int | None,
    replace: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Draw records in scope that hold no term, at random, and keep the draw for good.

    Use --hits where the hits are too many to read them all: it draws a part of them by term. `quality` then says term
    by term how many of all hits are relevant, and how sure that is.

    Example: clearcount sample request.toml --store store --size 300 --seed 7 --out sample.xlsx
    """
    fresh_output(out, replace=replace)
    drawn = draw_sample(
        _scope(request_file, store, snapshot),
        out,
        size=size,
        seed=seed,
        looks=looks,
        hits=hits,
        guide=guide,
        now=_now(),
    )
    if as_json:
        sheet = drawn.sheet
        echo_json(
            {
                "out": str(out),
                "sample_id": sheet.id,
                "query_version": sheet.query_version,
                "snapshot": sheet.snapshot,
                "drawn": drawn.rows,
                "frame": drawn.frame,
                "at_most_if_none": None if hits else drawn.at_most,
                "seed": sheet.seed,
                "looks": sheet.looks,
                "drawn_at": sheet.drawn_at,
            }
        )
    elif not quiet:
        click.echo(
            f"{drawn.rows:,} of {drawn.frame:,} records drawn as {drawn.sheet.id}, to be looked at {looks} time(s)"
        )
        if not hits:
            click.echo(f"if none of them is relevant, at most {drawn.at_most:,} were missed (95 per cent)")
        click.echo(f"written to {out}  (internal: it holds free text)")


@click.group(cls=Group)
def review() -> None:
    """Take the hits to a spreadsheet to be decided, and back.

    Example: clearcount review export request.toml --store store --out hits.xlsx
    """


review.add_command(near)


@review.command("export")
@_request
@_store
@_out
@click.option("--round", "round_", type=click.Choice(ROUNDS), default="1", show_default=True, help="Which reading.")
@click.option(
    "--ranked", type=click.IntRange(min=1), metavar="K", help="The K likeliest records without a term instead."
)
@click.option(
    "--ranker", type=_FILE, metavar="FILE.py", help="With --ranked: order them by its rank(texts, decisions)."
)
@click.option("--coder", default="", help="Who will read; fills the column coder.")
@_guide
@click.option("--seed", type=int, default=1, show_default=True, help="Of the order and of the second reading.")
@click.option("--once", is_flag=True, help="Only one of the hits that have nearly the same text.")
@click.option("--all", "everything", is_flag=True, help="Also the hits that are decided already.")
@_snapshot
@_replace
@json_option
@quiet_option
def export_(
    request_file: Path,
    store: str,
    out: Path,
    round_: str,
    ranked: int | None,
    ranker: Path | None,
    coder: str,
    guide: str | None,
    seed: int,
    once: bool,
    everything: bool,
    snapshot: int | None,
    replace: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Write what is to be read to a spreadsheet, `code` left empty.

    Round 2 holds a random fifth of round 1 and whatever is delicate, and nothing of what the first reader wrote.

    Example: clearcount review export request.toml --store store --out hits.xlsx --coder AB
    """
    fresh_output(out, replace=replace)
    asked = reading.Asked(cast(Round, round_), ranked or 0, seed, everything, guide, ranker=ranker, once=once)
    done = reading.export(_scope(request_file, store, snapshot), out, asked, now=_now(), coder=coder)
    if as_json:
        echo_json(
            {
                "out": str(out),
                "rows": done.rows,
                "sheet": done.sheet.id,
                "query_version": done.sheet.query_version,
                **({"ranker": done.sheet.ranker} if done.sheet.ranker else {}),
            }
        )
    elif not quiet:
        if done.sheet.ranker:
            click.echo(
                f"ordered by the ranker {done.sheet.ranker}; every record stays in the frame of the random sample"
            )
        click.echo(f"{done.rows:,} records to read, written to {out}  (internal: it holds free text)")
        click.echo("fill the columns code, reason (may stay empty) and coder, then: clearcount review import")


@review.command("import")
@click.argument("file", metavar="FILE", type=_FILE)
@_store
@click.option("--coder", default="", help="Who decided the rows that do not say.")
@json_option
@quiet_option
def import_(file: Path, store: str, coder: str, as_json: bool, quiet: bool) -> None:
    """Add the decisions in a sheet to the store. A changed key is refused; a second import adds nothing.

    Example: clearcount review import hits.xlsx --store store
    """
    done = reading.import_decisions(file, place_of(store).folder, now=_now(), coder=coder)
    if as_json:
        echo_json(asdict(done))
    elif not quiet:
        click.echo(
            f"{done.rows:,} rows: {done.added:,} decisions added, {done.unchanged:,} known already, "
            f"{done.blank:,} still to be decided"
        )
        if done.half_settled:
            click.echo(
                f"{done.half_settled:,} settlements are by one of the two readers alone and do not count yet. "
                "Let the other reader import the same, or ask a third person"
            )


@review.command("decisions")
@_request
@_store
@_out
@_snapshot
@_replace
@json_option
@quiet_option
def decisions_(
    request_file: Path, store: str, out: Path, snapshot: int | None, replace: bool, as_json: bool, quiet: bool
) -> None:
    """Write every decision kept on the records of a request to one file, for `count --decisions` and `quality`.

    Example: clearcount review decisions request.toml --store store --out decisions.csv
    """
    fresh_output(out, replace=replace)
    rows = reading.kept_decisions(_scope(request_file, store, snapshot), out)
    if as_json:
        echo_json({"out": str(out), "rows": rows})
    elif not quiet:
        click.echo(f"{rows:,} rows written to {out}")


@review.command("flags")
@_request
@_store
@_out
@click.option("--topic", required=True, help="What the flag is called in the crime system, such as AI.")
@click.option("--decisions", type=_FILE, help="A decisions file (default: what the store keeps).")
@_snapshot
@_replace
@json_option
@quiet_option
def flags_(
    request_file: Path,
    store: str,
    out: Path,
    topic: str,
    decisions: Path | None,
    snapshot: int | None,
    replace: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Write the flag that each decision leaves on its crime, as CSV for upload to the crime system.

    An export brings the flags back in `markers`, and a request counts them with [marker]. A crime without a flag was
    not decided: it is not a "no".

    Example: clearcount review flags request.toml --store store --topic AI --out flags.csv
    """
    fresh_output(out, replace=replace)
    scope = _scope(request_file, store, snapshot)
    found, covered = flags_of(scope, reading.decisions_for(scope, decisions), topic=topic)
    write_flags(found, out)
    if as_json:
        echo_json(
            {
                "out": str(out),
                "flags": len(found),
                "records": covered.records,
                "decided": covered.decided,
                "confirmed": covered.confirmed,
                "unclear": covered.unclear,
            }
        )
    elif not quiet:
        click.echo(f"{len(found):,} flags written to {out}: {covered.spoken(topic)}")


@click.command()
@_request
@_store
@click.option("--decisions", type=_FILE, help="A decisions file (default: what the store keeps).")
@click.option("--related", type=_FILE, metavar="FILE.toml", help="A list of related words instead of the packaged one.")
@click.option(
    "--top", type=click.IntRange(min=0), default=20, show_default=True, help="How many unread records to rank."
)
@click.option("--by-company", is_flag=True, help="Also words that stand among the same words as the terms (slower).")
@_snapshot
@json_option
@quiet_option
def suggest(
    request_file: Path,
    store: str,
    decisions: Path | None,
    related: Path | None,
    top: int,
    by_company: bool,
    snapshot: int | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Suggest terms, each with its records and how many unread ones it would add, and rank unread records.

    Nothing is added by itself. A new term is a new version of the query: its hits are read and its sample drawn anew.

    Example: clearcount suggest request.toml --store store --decisions decisions.csv
    """
    scope = _scope(request_file, store, snapshot)
    given = reading.decisions_for(scope, decisions)
    found = suggest_use_case(scope, given, top=top, related_file=related, by_company=by_company)
    if as_json:
        echo_json(found.as_dict())
    elif not quiet:
        rows = [("term", "kind", "of", "records", "unread")]
        rows += [
            (s.suggestion.term, s.suggestion.kind, s.suggestion.of, f"{s.records:,}", f"{s.unread:,}")
            for s in found.terms
        ]
        click.echo(aligned(rows) if found.terms else "no term to suggest")
        if found.ranked:
            click.echo(f"\nthe {len(found.ranked)} likeliest unread records (internal):")
            click.echo(
                aligned([("occurrence", "offence", "score"), *((*key, f"{score:.3f}") for key, score in found.ranked)])
            )
        else:
            click.echo("no unread record to rank: none is left, or none has been confirmed yet")


def _now() -> datetime:
    return datetime.now(UTC)
