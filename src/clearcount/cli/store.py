"""`clearcount import` and `clearcount store`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from clearcount.cli.common import aligned, echo_json
from clearcount.workflow.importing import ImportResult, import_export


@click.command("import")
@click.argument("export", nargs=-1)
@click.option("--store", required=True, type=click.Path(path_type=Path), help="The record store; made when missing.")
@click.option("--layout", default="niche", show_default=True, help="A layout's name, or a layout file (TOML).")
@click.option("--as-at", type=click.DateTime(["%Y-%m-%d"]), help="The day the extract was taken (default: today).")
@click.option("--complete", is_flag=True, help="The export is all there is: records it lacks leave the new snapshot.")
@click.option("--json", "as_json", is_flag=True, help="Print for a machine to read.")
@click.option("--quiet", is_flag=True, help="Print the counts only.")
def import_(
    export: tuple[str, ...],
    store: Path,
    layout: str,
    as_at: datetime | None,
    complete: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Import an export into a record store: one import, one snapshot.

    EXPORT is a file, a folder or a pattern. Rows read = added + changed + unchanged + quarantined.

    Example: clearcount import export/ --store store
    """
    result = import_export(
        export,
        store,
        layout=layout,
        now=datetime.now().astimezone(),
        as_at=as_at.date() if as_at else None,
        complete=complete,
        waiting=lambda: click.echo("another import is writing to this store; waiting for it", err=True),
    )
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
