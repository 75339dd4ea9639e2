"""What several commands share."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from clearcount.errors import BundleError
from clearcount.lines import aligned as aligned

if TYPE_CHECKING:
    from clearcount.workflow.stores import NamedStore

Command = TypeVar("Command", bound=Callable[..., Any])
DAY = click.DateTime(["%Y-%m-%d"])
"""An option's value that is a day, as 2025-07-22."""


json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print the result as one JSON document, and nothing else on stdout."
)
"""The one meaning of `--json`. It wins over `--quiet`; notes and warnings go to standard error."""
quiet_option = click.option(
    "--quiet", is_flag=True, help="Print the bare result only; nothing where that is a file or an exit code."
)
"""The one meaning of `--quiet`. Errors are printed all the same."""


class Group(click.Group):
    """A group of commands that answers a name written wrongly with the nearest."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the subcommand, or end with what was probably meant."""
        known = self.list_commands(ctx)
        if args and args[0] not in known and (near := get_close_matches(args[0], known, 1)):
            ctx.fail(f"No such command '{args[0]}'. Did you mean '{near[0]}'?")
        return super().resolve_command(ctx, args)


@contextmanager
def working(what: str, *, quiet: bool = False) -> Iterator[None]:
    """Show on a terminal that a command works and for how long: a line on stderr, each second after the first.

    Nothing is shown when stderr is no terminal, or with `quiet`. The line is gone when the work ends.
    """
    if quiet or not sys.stderr.isatty():
        yield
        return
    done = threading.Event()

    def show() -> None:
        began = time.monotonic()
        while not done.wait(1.0):
            click.echo(f"\r\x1b[K{what} … {time.monotonic() - began:.0f} s", err=True, nl=False)

    watcher = threading.Thread(target=show, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
        click.echo("\r\x1b[K", err=True, nl=False)


def stores_option(text: str, *, required: bool = False) -> Callable[[Command], Command]:
    """Return the option `--store`, which may be given several times as NAME=DIR; a command gets the texts."""
    return click.option("--store", "stores", multiple=True, required=required, metavar="[NAME=]DIR", help=text)


def store_at(text: str, snapshot: int | None = None) -> NamedStore:
    """Return the one store that the text of `--store` names, open, on a snapshot."""
    from clearcount.workflow.stores import opened, place_of  # here: most commands open no store

    return opened((place_of(text, snapshot),))[0]


def snapshots_option(text: str) -> Callable[[Command], Command]:
    """Return the option `--snapshot`, which may be given once for each store as NAME=N; a command gets the texts."""
    return click.option("--snapshot", "snapshots", multiple=True, metavar="[NAME=]N", help=text)


def echo_json(value: object) -> None:
    """Print `value` as JSON for a machine to read.

    Where the output is not UTF-8, as in a pipe on Windows, signs beyond ASCII are written as escapes. So none is lost.
    """
    escaped = (sys.stdout.encoding or "").casefold().replace("-", "") != "utf8"
    click.echo(json.dumps(value, ensure_ascii=escaped, indent=2, default=str))


def fresh_output(path: Path, *, replace: bool) -> Path:
    """Return `path`, when a command may write there: it does not exist, is an empty folder, or `--replace` was given.

    Raises:
        BundleError: naming the path and the way out.
    """
    occupied = path.exists() and not (path.is_dir() and not any(path.iterdir()))
    if occupied and not replace:
        raise BundleError(f"{path} is there already; name another place or add --replace")
    return path


def say_waiting() -> None:
    """Say on stderr that another writer has the store."""
    click.echo("another import is writing to this store; waiting for it", err=True)


def say_notes(notes: Iterable[str]) -> None:
    """Print each note on stderr."""
    for note in notes:
        click.echo(f"note: {note}", err=True)
