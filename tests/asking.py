"""Playing the dialogue of `clearcount import --ask`, and importing with the layout that it wrote."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from clearcount.cli import cli


def ask(export: Path, *typed: str, layout: str = "ours.toml") -> Result:
    """Play the dialogue with these answers, Enter behind each."""
    arguments = ["import", str(export), "--ask", "--write-layout", str(export.parent / layout)]
    return CliRunner().invoke(cli, arguments, input="".join(f"{line}\n" for line in typed))


def layout_of(export: Path, name: str = "ours.toml") -> dict[str, Any]:
    """Return the layout beside an export."""
    return tomllib.loads((export.parent / name).read_text(encoding="utf-8"))


def imported(export: Path, name: str = "ours.toml") -> str:
    """Import an export with the layout beside it; return the line that counts its rows."""
    folder = export.parent
    done = CliRunner().invoke(
        cli, ["import", str(export), "--layout", str(folder / name), "--store", str(folder / "store"), "--quiet"]
    )
    assert done.exit_code == 0, done.output
    return done.stdout.splitlines()[0]
