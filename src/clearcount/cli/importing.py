"""`clearcount import`."""

from __future__ import annotations

import os
import re
import sys
import time
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from clearcount.cli.asking import ask_for_layout
from clearcount.cli.common import DAY, aligned, echo_json, fresh_output, json_option, quiet_option, say_waiting
from clearcount.files import write_whole
from clearcount.importers.database import Address, has_password, read_address
from clearcount.importers.explain import FileReading
from clearcount.importers.layout import Layout
from clearcount.importers.layout_file import parse_layout
from clearcount.model.visible import visible
from clearcount.workflow.asking import drafted_layout
from clearcount.workflow.import_limits import ExpectedRows
from clearcount.workflow.importing import (
    Database,
    ImportResult,
    ImportTerms,
    Watch,
    adjusted_layout,
    explain_export,
    import_export,
)


@click.command("import")
@click.argument("export", nargs=-1)
@click.option(
    "--store",
    type=click.Path(path_type=Path, readable=False),
    help="The record store; made when missing.",
)
@click.option("--layout", default="niche", show_default=True, help="A layout's name, or a layout file (TOML).")
@click.option("--as-at", type=DAY, help="The day the extract was taken (default: today).")
@click.option("--complete", is_flag=True, help="The export is all there is: records it lacks leave the new snapshot.")
@click.option(
    "--expect-rows",
    "expected",
    multiple=True,
    metavar="FILE=N",
    help="The rows that a file of the export must hold, as its maker states them.",
)
@click.option(
    "--reason",
    help="Why an export far smaller than the last one is imported; kept in the store, not published.",
)
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
@click.option("--ask", is_flag=True, help="Propose what each column is, ask about the rest, write the layout.")
@click.option("--replace", is_flag=True, help="With --write-layout: write over the file.")
@json_option
@quiet_option
def import_(
    export: tuple[str, ...],
    store: Path | None,
    layout: str,
    as_at: datetime | None,
    complete: bool,
    expected: tuple[str, ...],
    reason: str | None,
    encoding: str,
    delimiter: str,
    db: str | None,
    url_file: Path | None,
    queries: tuple[str, ...],
    explain: bool,
    write_layout: Path | None,
    ask: bool,
    replace: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Import an export into a record store: one import, one snapshot.

    EXPORT is a file, a folder or a pattern; CSV, TSV, XLSX, XLS, ODS, Parquet or JSON Lines, also in gzip or zip. Rows
    read = added + changed + unchanged + quarantined. A store that gets no snapshot is not made.

    Example: clearcount import export/ --store store

    Example: clearcount import report.csv --ask --write-layout ours.toml

    Example: clearcount import --db --query "SELECT * FROM crimes" --layout ours.toml --store store
    """
    if (db is None) == (not export):
        raise click.UsageError("name an EXPORT to read, or --db for a database, one of the two")
    if db is None and (queries or url_file):
        raise click.UsageError("--query and --url-file belong to --db")
    if ask:
        if db is not None:
            raise click.UsageError("--ask reads files; save a query as a file first")
        path = fresh_output(write_layout or Path("layout.toml"), replace=replace)
        text = ask_for_layout(export)
        drafted = parse_layout(text)
        files, notes = explain_export(export, layout=drafted)
        write_whole(path, text)
        _print_explained(drafted, files, notes, as_json=False)
        click.echo(f"wrote {path}; import with: clearcount import {' '.join(export)} --layout {path} --store DIR")
        return
    if write_layout is not None:
        write_whole(fresh_output(write_layout, replace=replace), drafted_layout(export))
        click.echo(f"wrote a draft to {write_layout}; check every line of it")
        return
    terms = ImportTerms(tuple(map(_expected, expected)), _reason(reason))
    shape = adjusted_layout(layout, encoding=encoding, delimiter=delimiter)
    sources: list[str | Path | Database] = [*export]
    if db is not None:
        sources.append(Database(_address(db, url_file), queries))
    if explain:
        files, notes = explain_export(sources, layout=shape, expected=terms.expected)
        _print_explained(shape, files, notes, as_json=as_json)
        return
    if store is None:
        raise click.UsageError("say where the records go: --store DIR")
    progress = _Progress()
    result = import_export(
        sources,
        store,
        layout=shape,
        now=datetime.now().astimezone(),
        as_at=as_at.date() if as_at else None,
        complete=complete,
        terms=terms,
        watch=Watch(waiting=say_waiting, progress=(lambda name, rows: None) if quiet else progress),
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


def _expected(text: str) -> ExpectedRows:
    """`offences.csv=1,234` as a file and its rows."""
    file, _, number = text.rpartition("=")
    if not file.strip() or not re.fullmatch(r"[0-9]{1,15}|[0-9]{1,3}(,[0-9]{3}){1,4}", number.strip()):
        raise click.UsageError(f"--expect-rows {text}: write the name of a file and its rows, as offences.csv=1234")
    return ExpectedRows(file.strip(), int(number.replace(",", "")))


def _reason(text: str | None) -> str:
    if text is not None and not visible(text).strip():
        raise click.UsageError("--reason is blank; say why the export is far smaller than the last one")
    return visible(text or "").strip()


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


def _print_explained(layout: Layout, files: tuple[FileReading, ...], notes: tuple[str, ...], *, as_json: bool) -> None:
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
                "layout": {"name": layout.name, "about": layout.about},
                "notes": notes,
            }
        )
        return
    for note in notes:
        click.echo(f"note: {note}", err=True)
    click.echo(f"layout {layout.name}" + (f": {layout.about}" if layout.about else ""))
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
        """Take the line away."""
        if self._shown:
            click.echo("\r\x1b[K", err=True, nl=False)
