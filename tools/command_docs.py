"""Writes docs/reference/commands.md from what every command says of itself; with --check only compares."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from clearcount.cli import COMMANDS, cli

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "commands.md"
HEAD = """# Commands

This is what `clearcount COMMAND --help` prints. Exit code 0 is done, and 1 means that the answer is "no" or that a
check failed. Exit code 2 is wrong use or bad input, with a sentence that says what, where and what to do.

A command that writes a named file or folder refuses to overwrite it unless `--replace`. Then it replaces it whole or
not at all, behind a link too. No command opens a network connection except to the database or server it is given.

`--json` prints the result as one JSON document, and nothing else on standard output. `--quiet` prints the bare result
only, and nothing where the result is a file or an exit code. Together, `--json` wins. Notes, warnings and errors go to
standard error. On a terminal, standard error also shows how far a long command is.

A name, an option or a doubt that is written wrongly is answered with the nearest. Completion is switched on by one line
in the start-up file of the shell:

| shell | file | line |
|---|---|---|
| bash | `~/.bashrc` | `eval "$(_CLEARCOUNT_COMPLETE=bash_source clearcount)"` |
| zsh | `~/.zshrc` | `eval "$(_CLEARCOUNT_COMPLETE=zsh_source clearcount)"` |
| fish | `~/.config/fish/completions/clearcount.fish` | `_CLEARCOUNT_COMPLETE=fish_source clearcount \\| source` |

A fault of clearcount itself is exit code 2 as well. The sentence then names a file for the maintainer,
`clearcount-fault-….txt` in the folder for temporary files. It says which command, types of error, lines of code and
versions, and no word of a record.
"""


def page() -> str:
    """The page: one section a command, its subcommands below it."""
    context = cli.make_context("clearcount", [], resilient_parsing=True, terminal_width=100, max_content_width=100)
    parts = [HEAD]
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        parts += _sections(command, name, context, level=2)
    return "\n".join(parts).rstrip() + "\n"


def _sections(command: click.Command, name: str, parent: click.Context, *, level: int) -> list[str]:
    context = click.Context(command, info_name=name, parent=parent, terminal_width=100, max_content_width=100)
    text = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
    sections = [f"\n{'#' * level} {context.command_path}\n\n```\n{text}\n```"]
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            assert found is not None
            sections += _sections(found, below, context, level=level + 1)
    return sections


if __name__ == "__main__":
    if "--check" in sys.argv:
        if PAGE.read_text(encoding="utf-8") != page():
            sys.exit("docs/reference/commands.md is behind the commands; run: python tools/command_docs.py")
    else:
        PAGE.write_text(page(), encoding="utf-8")
