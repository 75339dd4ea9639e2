"""What several commands share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from clearcount.errors import BundleError
from clearcount.lines import aligned as aligned

DAY = click.DateTime(["%Y-%m-%d"])
"""An option's value that is a day, as 2025-07-22."""


json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
quiet_option = click.option("--quiet", is_flag=True, help="Print nothing when all is well.")


def echo_json(value: Any) -> None:
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
