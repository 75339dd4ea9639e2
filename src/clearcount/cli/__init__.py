"""The command line: options in, one workflow call, an exit code out. The only room that prints.

Exit codes: 0 done, 1 the answer is "no" or a check failed, 2 wrong use or bad input, with a sentence.
"""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import click
from click.shell_completion import CompletionItem

from clearcount import __version__
from clearcount.edge import say
from clearcount.frugal import require_memory


@dataclass(frozen=True)
class Place:
    """Where a command lives, and what it does in a line of the overview."""

    module: str
    attribute: str
    says: str


COMMANDS = {
    "demo": Place("demo", "demo", "make a made-up force's export and answer a request"),
    "new": Place("new", "new", "make request, policy, force and layout files to start from"),
    "import": Place("importing", "import_", "import an export into a record store"),
    "store": Place("store", "store", "show, check, verify or purge a record store"),
    "values": Place("values", "values", "list the columns of a store and what they hold"),
    "codes": Place("codes", "codes", "find offence codes by code, section or words"),
    "check": Place("check", "check", "say everything that is wrong or doubtful in a request"),
    "count": Place("count", "count", "answer a request and write the bundle"),
    "forces": Place("forces", "forces", "ask the stores of many forces one request"),
    "compare": Place("matching", "compare", "count under each term rule, side by side"),
    "mentions": Place("matching", "mentions", "show every hit in its context"),
    "plan": Place("reading", "plan", "say how many records to read, and for what"),
    "sample": Place("reading", "sample", "draw records without a term, at random"),
    "review": Place("reading", "review", "take hits to a spreadsheet to be read, and back"),
    "quality": Place("quality", "quality", "say how far the readings carry"),
    "evaluate": Place("evaluate", "evaluate", "say how good a flag, the search or a ranker is"),
    "suggest": Place("reading", "suggest", "suggest terms and rank unread records"),
    "protect": Place("disclosure", "protect", "hide or round the small counts of a table"),
    "audit": Place("disclosure", "audit", "say what a reader of all tables can work out"),
    "verify": Place("verify", "verify", "check a bundle, and with a store its count"),
    "publish": Place("publish", "publish", "publish a bundle into the store's ledger"),
    "ledger": Place("publish", "ledger", "list, add to or check what left a store"),
    "deadline": Place("foi", "deadline", "say when a request is due, and why"),
    "cost": Place("foi", "cost", "estimate against the limit of section 12"),
    "calendar": Place("foi", "calendar", "show the bank holidays that deadlines use"),
    "collate": Place("collate", "collate", "read published answers into one tidy table"),
    "pack": Place("pack", "pack", "write a request as a signed file that every force runs"),
    "site": Place("site", "site", "write the public part as static files"),
    "serve": Place("web", "serve", "start the public and the staff door"),
    "worker": Place("web", "worker", "run the background work of the web service"),
    "manage": Place("web", "manage", "run a management command of the web service"),
}
"""Every command. A command's module is imported only when it is asked for, and none of them for the overview."""
LIGHT = {"check", "codes", "deadline", "cost", "calendar", "site", "serve", "worker", "manage"}
"""Commands that load no library for records or linear programmes, or load it in another process."""


class _Commands(click.Group):
    """Import a command when it is asked for; end every exception in a sentence and exit code 2."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        place = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(f"{__name__}.{place.module}"), place.attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the overview without importing a command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, place.says) for name, place in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete a command's name without importing a command."""
        names = [CompletionItem(name, help=at.says) for name, at in COMMANDS.items() if name.startswith(incomplete)]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]  # a group's own imports every command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, when there is memory enough for the libraries that its module loads."""
        if args and args[0] in COMMANDS and args[0] not in LIGHT:
            require_memory()
        if args and args[0] not in COMMANDS and (near := get_close_matches(args[0], COMMANDS, 1)):
            ctx.fail(f"No such command '{args[0]}'. Did you mean '{near[0]}'?")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, SystemExit):  # click's own ways to end
            raise
        except BaseException as error:
            ctx.exit(say(error, command=ctx.invoked_subcommand or ""))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="clearcount")
def cli() -> None:
    """Turn crime records into an honest, safe, published answer.

    Example: clearcount demo --out demo
    """
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:  # a Windows console may be unable to print a hyphen or a Welsh letter
            reconfigure(errors="replace")
