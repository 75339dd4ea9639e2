"""`clearcount import` and `clearcount store`."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from clearcount.cli.common import aligned, echo_json, fresh_output
from clearcount.importers.database import Address, has_password, read_address
from clearcount.importers.explain import FileReading
from clearcount.store import Snapshot
from clearcount.workflow.importing import (
    Database,
    ImportResult,
    adjusted_layout,
    drafted_layout,
    explain_export,
    import_export,
)
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

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("import")
@click.argument("export", nargs=-1)
@click.option(
    "--store",
    type=click.Path(path_type=Path, readable=False),
    help="The record store; made when missing.",
)
@click.option("--layout", default="niche", show_default=True, help="A layout's name, or a layout file (TOML).")
@click.option("--as-at", type=_DAY, help="The day the extract was taken (default: today).")
@click.option("--complete", is_flag=True, help="The export is all there is: records it lacks leave the new snapshot.")
@click.option("--encoding", default="", help="Of text files, when it is not found right.")
@click.option("--delimiter", default="", help="Of text files: comma, semicolon, tab, pipe or the sign.")
@click.option(
    "--db",
    is_flag=False,
    flag_value="",
    metavar="[URL]",
    help="Read a database; its address comes from CLEARCOUNT_DB_URL or --url-file, or is given without a password.",
)
@click.option("--url-file", type=click.Path(path_type=Path), help="A file that holds the database's address.")
@click.option("--query", "queries", multiple=True, help="What to read; without it, the tables that the layout names.")
@click.option(
    "--explain", is_flag=True, help="Say how every column is read and what would be quarantined; store nothing."
)
@click.option("--write-layout", type=click.Path(path_type=Path), help="Draft a layout for the export in this file.")
@click.option("--replace", is_flag=True, help="With --write-layout: write over the file.")
@click.option("--json", "as_json", is_flag=True, help="Print for a machine to read.")
@click.option("--quiet", is_flag=True, help="Print the counts only.")
def import_(
    export: tuple[str, ...],
    store: Path | None,
    layout: str,
    as_at: datetime | None,
    complete: bool,
    encoding: str,
    delimiter: str,
    db: str | None,
    url_file: Path | None,
    queries: tuple[str, ...],
    explain: bool,
    write_layout: Path | None,
    replace: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Import an export into a record store: one import, one snapshot.

    EXPORT is a file, a folder or a pattern; CSV, TSV, XLSX, XLS, ODS, Parquet or JSON Lines, also in gzip or zip. Rows
    read = added + changed + unchanged + quarantined. A store that gets no snapshot is not made.

    Example: clearcount import export/ --store store

    Example: clearcount import --db --query "SELECT * FROM crimes" --layout ours.toml --store store
    """
    if (db is None) == (not export):
        raise click.UsageError("name an EXPORT to read, or --db for a database, one of the two")
    if db is None and (queries or url_file):
        raise click.UsageError("--query and --url-file belong to --db")
    if write_layout is not None:
        fresh_output(write_layout, replace=replace).write_text(drafted_layout(export), encoding="utf-8")
        click.echo(f"wrote a draft to {write_layout}; check every line of it")
        return
    shape = adjusted_layout(layout, encoding=encoding, delimiter=delimiter)
    database = Database(_address(db, url_file), queries) if db is not None else None
    if explain:
        files, notes = explain_export(export, layout=shape, database=database)
        _print_explained(files, notes, as_json=as_json)
        return
    if store is None:
        raise click.UsageError("say where the records go: --store DIR")
    progress = _Progress()
    result = import_export(
        export,
        store,
        layout=shape,
        database=database,
        now=datetime.now().astimezone(),
        as_at=as_at.date() if as_at else None,
        complete=complete,
        waiting=_waiting,
        progress=(lambda name, rows: None) if quiet else progress,
    )
    progress.end()
    if as_json:
        echo_json(_as_json(result))
        return
    for note in () if quiet else result.notes:
        click.echo(f"note: {note}", err=True)
    click.echo(
        f"read {result.read}, added {result.added}, changed {result.changed}, unchanged {result.unchanged}, "
        f"quarantined {result.quarantined}" + (f", removed {result.removed}" if result.removed else "")
    )
    click.echo(f"snapshot {result.snapshot.number}" + ("" if result.new else " (nothing changed, so it stays)"))
    if not quiet:
        _print_kinds(result)


def _address(db: str, url_file: Path | None) -> Address:
    """The database's address: from the file, the command line (never with a password), or the environment."""
    if db and has_password(db):
        raise click.UsageError(
            "a password on the command line can be read by others; put the address into CLEARCOUNT_DB_URL or a file "
            "for --url-file"
        )
    if url_file is not None:
        return read_address(url_file.read_text(encoding="utf-8"))
    if not (url := db or os.environ.get("CLEARCOUNT_DB_URL", "")):
        raise click.UsageError("the database's address is missing; set CLEARCOUNT_DB_URL or give --url-file")
    return read_address(url)


def _print_explained(files: tuple[FileReading, ...], notes: tuple[str, ...], *, as_json: bool) -> None:
    if as_json:
        echo_json(
            {
                "files": [
                    {
                        "name": file.name,
                        "read_as": file.how,
                        "columns": [asdict(column) for column in file.columns],
                        "left_out": file.left_out,
                        "rows": file.rows,
                        "quarantined": file.quarantined,
                        "faults": [
                            {"column": column, "reason": reason, "rows": count}
                            for (column, reason), count in file.faults.most_common()
                        ],
                    }
                    for file in files
                ],
                "notes": notes,
            }
        )
        return
    for note in notes:
        click.echo(f"note: {note}", err=True)
    for file in files:
        click.echo(f"{file.name}: {file.how}; {file.rows:,} rows, {file.quarantined:,} would be quarantined")
        rows = [(f"  {c.becomes}", f"  {c.source}", "  " + " ".join(c.samples)) for c in file.columns]
        widths = [max(len(row[at]) for row in rows) for at in range(2)]
        for row in rows:
            click.echo(f"{row[0]:<{widths[0]}}{row[1]:<{widths[1]}}{row[2]}".rstrip())
        if file.left_out:
            click.echo(f"  not kept: {', '.join(file.left_out)}")
        for (column, reason), count in file.faults.most_common(20):
            click.echo(f"  quarantine{f' {column}' if column else ''}: {reason} ({count:,})")


def _print_kinds(result: ImportResult) -> None:
    names = ("read", "added", "changed", "unchanged", "quarantined", "removed")
    rows: list[tuple[str, ...]] = [("kind", *names)]
    rows += [(kind, *(str(getattr(change, name)) for name in names)) for kind, change in result.by_kind.items()]
    click.echo(aligned(rows))


def _as_json(result: ImportResult) -> dict[str, object]:
    return {
        "read": result.read,
        "added": result.added,
        "changed": result.changed,
        "unchanged": result.unchanged,
        "quarantined": result.quarantined,
        "removed": result.removed,
        "kinds": {kind: change.__dict__ for kind, change in result.by_kind.items()},
        "snapshot": result.snapshot.number,
        "new": result.new,
        "as_at": result.snapshot.as_at,
        "notes": result.notes,
    }


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
@click.option("--json", "as_json", is_flag=True, help="Print for a machine to read.")
@click.option("--quiet", is_flag=True, help="Print the snapshots only.")
@click.option(
    "--check", is_flag=True, help="Read every file and hold it against the log; exit 1 when one is not right."
)
@click.option("--diff", nargs=2, type=int, metavar="A B", help="Count what changed from snapshot A to B.")
@click.option("--snapshot", type=int, help="Show this snapshot instead of the newest.")
@click.option("--as-at", type=_DAY, help="Show the newest snapshot whose extract was taken on this day or before.")
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
            click.echo("the store is not sound" if faults else "every file is what the log says")
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
    _print_rewritten(compact_store(store[0], now=time.time(), waiting=_waiting), as_json=store[1])


@store.command()
@click.pass_obj
def upgrade(store: tuple[Path, bool]) -> None:
    """Bring a store to what this version of clearcount writes.

    Example: clearcount store store upgrade
    """
    done = upgrade_store(store[0], now=time.time(), waiting=_waiting)
    if done is not None:
        _print_rewritten(done, as_json=store[1])
    elif store[1]:
        echo_json({"upgraded": False})
    else:
        click.echo("the store is up to date")


@store.command()
@click.option("--list", "listed", type=click.Path(path_type=Path), help="A file of occurrence numbers, one a line.")
@click.option("--before", type=_DAY, help="Every occurrence recorded and reported before this day.")
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
    done = purge_store(folder, wanted, waiting=_waiting)
    if as_json:
        echo_json(asdict(done))
    else:
        click.echo(f"purged {done.occurrences:,} occurrences; no file of the store names them any more")
        numbers = ", ".join(map(str, done.snapshots)) or "none"
        click.echo(
            f"snapshots marked as purged: {numbers}; files written anew: {done.rewritten}, deleted: {done.deleted}; "
            f"working papers deleted: {done.runs}"
        )


class _Progress:
    """A line on stderr that counts rows, once a second has gone by; nothing when stderr is no terminal."""

    def __init__(self) -> None:
        self._shown = False
        self._next = time.monotonic() + 1.0 if sys.stderr.isatty() else float("inf")

    def __call__(self, name: str, rows: int) -> None:
        if (now := time.monotonic()) >= self._next:
            self._next = now + 0.2
            self._shown = True
            click.echo(f"\r\x1b[K{name}: {rows:,} rows read", err=True, nl=False)

    def end(self) -> None:
        """Takes the line away."""
        if self._shown:
            click.echo("\r\x1b[K", err=True, nl=False)


def _waiting() -> None:
    click.echo("another import is writing to this store; waiting for it", err=True)


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
    header = ("snapshot", "as at", "imported", "layout", "occurrences", "offences", "texts", "purged")
    rows: list[tuple[str, ...]] = [
        (
            str(shot.number),
            str(shot.as_at),
            f"{shot.imported_at:%Y-%m-%d %H:%M}",
            shot.layout,
            *(f"{shot.rows[kind]:,}" for kind in ("occurrences", "offences", "texts")),
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
        "purged": snapshot.purged,
        "text_fields": snapshot.text_fields,
        "findings": [asdict(finding) for finding in snapshot.findings],
    }
