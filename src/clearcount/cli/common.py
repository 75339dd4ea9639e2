"""What several commands share."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
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


json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
quiet_option = click.option("--quiet", is_flag=True, help="Print nothing when all is well.")


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
    """Print `value` as JSON for a machine to read."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


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
