"""`clearcount store`."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from clearcount.cli.common import DAY, aligned, echo_json, json_option, quiet_option, say_waiting
from clearcount.store import Snapshot
from clearcount.store.head import FORMAT
from clearcount.workflow.storing import (
    Difference,
    Rewritten,
    StoreFacts,
    check_store,
    compact_store,
    compare_snapshots,
    describe_store,
    purge_candidates,
    purge_store,
    upgrade_store,
)


class _AfterFolder(click.Group):
    """Lets options stand behind the folder (`store DIR --json`), up to the name of a subcommand."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        end = next((at for at, arg in enumerate(args) if at and arg in self.commands), len(args))
        takes = {
            name: param.nargs
            for param in self.params
            if isinstance(param, click.Option) and not param.is_flag
            for name in param.opts
        }
        options: list[str] = []
        positional: list[str] = []
        head = iter(args[:end])
        for arg in head:
            (options if arg.startswith("-") and arg != "-" else positional).append(arg)
            for _ in range(takes.get(arg, 0)):
                options.extend([value] if (value := next(head, None)) is not None else [])
        return super().parse_args(ctx, [*options, *positional, *args[end:]])


@click.group(cls=_AfterFolder, invoke_without_command=True, no_args_is_help=True)
@click.argument("folder", type=click.Path(path_type=Path, readable=False))
@json_option
@quiet_option
@click.option(
    "--check", is_flag=True, help="Read every file and hold it against the log; exit 1 when one is not right."
)
@click.option("--diff", nargs=2, type=int, metavar="A B", help="Count what changed from snapshot A to B.")
@click.option("--snapshot", type=int, help="Show this snapshot instead of the newest.")
@click.option("--as-at", type=DAY, help="Show the newest snapshot whose extract was taken on this day or before.")
@click.pass_context
def store(
    ctx: click.Context,
    folder: Path,
    as_json: bool,
    quiet: bool,
    check: bool,
    diff: tuple[int, int] | None,
    snapshot: int | None,
    as_at: datetime | None,
) -> None:
    """Show a record store: snapshots, rows, period, codes, quarantine, data-quality findings.

    Example: clearcount store store --diff 1 2
    """
    ctx.obj = (folder, as_json)
    if ctx.invoked_subcommand is not None:
        return
    if snapshot is not None and as_at is not None:
        raise click.UsageError("--snapshot and --as-at both choose a snapshot; give one")
    if check:
        faults = check_store(folder)
        if as_json:
            echo_json({"sound": not faults, "faults": faults})
        else:
            for fault in faults:
                click.echo(fault)
            click.echo("the store is not sound" if faults else "every file is what was written")
        if faults:
            ctx.exit(1)
    elif diff is not None:
        _print_difference(compare_snapshots(folder, *diff), diff, as_json=as_json)
    else:
        facts = describe_store(folder, number=snapshot, as_at=as_at.date() if as_at else None)
        if as_json:
            echo_json(_facts_json(facts))
        else:
            _print_facts(facts, quiet=quiet)


@store.command()
@click.pass_obj
def compact(store: tuple[Path, bool]) -> None:
    """Lay the newest snapshot out anew in few files, and delete files that no snapshot names.

    Example: clearcount store store compact
    """
    _print_rewritten(compact_store(store[0], now=time.time(), waiting=say_waiting), as_json=store[1])


@store.command()
@click.pass_obj
def upgrade(store: tuple[Path, bool]) -> None:
    """Bring a store to what this version of clearcount writes.

    Example: clearcount store store upgrade
    """
    done = upgrade_store(store[0], now=time.time(), waiting=say_waiting)
    if store[1]:
        rewritten = asdict(done.rewritten) if done and done.rewritten else {}
        echo_json({"upgraded": done is not None, "format_before": done and done.format_before, **rewritten})
    elif done is None:
        click.echo("the store is up to date")
    else:
        if done.format_before is not None:
            click.echo(f"every file was read and found whole; format {done.format_before} is now format {FORMAT}")
        if done.rewritten is not None:
            _print_rewritten(done.rewritten, as_json=False)


@store.command()
@click.option("--list", "listed", type=click.Path(path_type=Path), help="A file of occurrence numbers, one a line.")
@click.option("--before", type=DAY, help="Every occurrence recorded and reported before this day.")
@click.option("--yes", is_flag=True, help="Do it; without this the command only says what it would do.")
@click.pass_obj
@click.pass_context
def purge(
    ctx: click.Context, store: tuple[Path, bool], listed: Path | None, before: datetime | None, yes: bool
) -> None:
    """Take occurrences out of every snapshot for good, and prove that no file holds them.

    Snapshots that held one are marked as purged. Occurrences of an open case are refused. Without --yes nothing is
    done and the exit code is 1.

    Example: clearcount store store purge --before 2015-01-01 --yes
    """
    if listed is None and before is None:
        raise click.UsageError("say what to purge: --list FILE or --before DATE")
    folder, as_json = store
    wanted = purge_candidates(folder, listed=listed, before=before.date() if before else None)
    if not yes:
        if as_json:
            echo_json({"would_purge": len(wanted)})
        else:
            click.echo(f"{len(wanted):,} occurrences would be purged from every snapshot; add --yes to do it")
        ctx.exit(1)
    done = purge_store(folder, wanted, waiting=say_waiting)
    if as_json:
        echo_json(asdict(done))
    else:
        click.echo(f"purged {done.occurrences:,} occurrences; no file of the store names them any more")
        numbers = ", ".join(map(str, done.snapshots)) or "none"
        click.echo(
            f"snapshots marked as purged: {numbers}; files written anew: {done.rewritten}, deleted: {done.deleted}; "
            f"working papers deleted: {done.runs}"
        )


def _print_rewritten(done: Rewritten, *, as_json: bool) -> None:
    if as_json:
        echo_json(asdict(done))
    else:
        click.echo(f"files: {done.files_before} before, {done.files_after} now; {done.deleted} unused files deleted")


def _print_difference(rows: tuple[Difference, ...], diff: tuple[int, int], *, as_json: bool) -> None:
    if as_json:
        echo_json({"from": diff[0], "to": diff[1], "changes": [asdict(row) for row in rows]})
    elif not rows:
        click.echo(f"nothing differs between snapshots {diff[0]} and {diff[1]}")
    else:
        header = ("kind", "month", "added", "changed", "removed")
        lines = [(r.kind, r.month or "none", str(r.added), str(r.changed), str(r.removed)) for r in rows]
        click.echo(aligned([header, *lines]))


def _print_facts(facts: StoreFacts, *, quiet: bool) -> None:
    people = ("persons",) if any(shot.rows.get("persons") for shot in facts.snapshots) else ()
    kinds = ("occurrences", "offences", "texts", *people)
    header = ("snapshot", "as at", "imported", "layout", *kinds, "purged")
    rows: list[tuple[str, ...]] = [
        (
            str(shot.number),
            str(shot.as_at),
            f"{shot.imported_at:%Y-%m-%d %H:%M}",
            shot.layout,
            *(f"{shot.rows.get(kind, 0):,}" for kind in kinds),
            "yes" if shot.purged else "",
        )
        for shot in facts.snapshots
    ]
    click.echo(aligned([header, *rows]))
    if quiet:
        return
    if facts.network:
        click.echo(f"warning: the store lies on a network share ({facts.network}); keep it on a local disk", err=True)
    shot = facts.shown
    first, last = shot.period
    click.echo(f"\nsnapshot {shot.number}: recorded {first} to {last}; fields with text: {', '.join(shot.text_fields)}")
    for source in shot.sources:
        click.echo(f"  from {source['name']} ({source['bytes']:,} bytes, {source['read as']})")
    codes = [f"{code or 'none'} {count:,}" for code, count in facts.codes.items()]
    click.echo(f"codes: {'; '.join(codes[:40])}" + (f"; and {len(codes) - 40} more" if len(codes) > 40 else ""))
    click.echo(f"quarantine: {len(facts.quarantine):,} rows")
    for (file, column, reason), count in _by_reason(facts).most_common(20):
        click.echo(f"  {file}{', ' if column else ''}{column}: {reason} ({count:,})")
    click.echo(f"data quality: {len(shot.findings)} findings" if shot.findings else "data quality: nothing found")
    for finding in shot.findings:
        column = f" [{finding.column}]" if finding.column else ""
        click.echo(f"  {finding.kind}{column}: {finding.rows:,} rows; {finding.what}")


def _by_reason(facts: StoreFacts) -> Counter[tuple[object, object, object]]:
    return Counter((row["file"], row["column"], row["reason"]) for row in facts.quarantine)


def _facts_json(facts: StoreFacts) -> dict[str, object]:
    return {
        "format": facts.format,
        "network_share": facts.network,
        "snapshots": [_snapshot_json(snapshot) for snapshot in facts.snapshots],
        "snapshot": facts.shown.number,
        "rows": facts.shown.rows,
        "period": {"first": facts.shown.period[0], "last": facts.shown.period[1]},
        "codes": facts.codes,
        "quarantine": facts.quarantine,
        "findings": [asdict(finding) for finding in facts.shown.findings],
    }


def _snapshot_json(snapshot: Snapshot) -> dict[str, object]:
    return {
        "number": snapshot.number,
        "as_at": snapshot.as_at,
        "imported_at": snapshot.imported_at,
        "layout": snapshot.layout,
        "sources": snapshot.sources,
        "rows": snapshot.rows,
        "changes": {kind: asdict(change) for kind, change in snapshot.changes.items()},
        "complete": snapshot.complete,
        "reason": snapshot.reason,
        "purged": snapshot.purged,
        "text_fields": snapshot.text_fields,
        "findings": [asdict(finding) for finding in snapshot.findings],
    }
