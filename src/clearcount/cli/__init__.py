"""The command line: options in, one workflow call, an exit code out. The only room that prints.

Exit codes: 0 done, 1 the answer is "no" or a check failed, 2 wrong use or bad input, with a sentence.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from clearcount import __version__
from clearcount.edge import say
from clearcount.frugal import require_memory

COMMANDS = {
    "demo": "clearcount.cli.demo:demo",
    "new": "clearcount.cli.count:new",
    "import": "clearcount.cli.importing:import_",
    "store": "clearcount.cli.store:store",
    "values": "clearcount.cli.values:values",
    "codes": "clearcount.cli.codes:codes",
    "check": "clearcount.cli.count:check",
    "count": "clearcount.cli.count:count",
    "compare": "clearcount.cli.matching:compare",
    "mentions": "clearcount.cli.matching:mentions",
    "plan": "clearcount.cli.reading:plan",
    "sample": "clearcount.cli.reading:sample",
    "review": "clearcount.cli.reading:review",
    "quality": "clearcount.cli.quality:quality",
    "suggest": "clearcount.cli.reading:suggest",
    "protect": "clearcount.cli.disclosure:protect",
    "audit": "clearcount.cli.disclosure:audit",
    "verify": "clearcount.cli.verify:verify",
    "publish": "clearcount.cli.publish:publish",
    "ledger": "clearcount.cli.publish:ledger",
    "deadline": "clearcount.cli.foi:deadline",
    "cost": "clearcount.cli.foi:cost",
    "calendar": "clearcount.cli.foi:calendar",
    "collate": "clearcount.cli.collate:collate",
    "site": "clearcount.cli.site:site",
    "serve": "clearcount.cli.web:serve",
    "worker": "clearcount.cli.web:worker",
    "manage": "clearcount.cli.web:manage",
}
"""Every command and where it lives. A command's module is imported only when it is asked for."""
LIGHT = {"codes", "deadline", "cost", "calendar", "site", "serve", "worker", "manage"}
"""Commands that load no library for records or linear programmes, or load it in another process."""


class _Commands(click.Group):
    """Import a command when it is asked for; end every exception in a sentence and exit code 2."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, when there is memory enough for the libraries that its module loads."""
        if args and args[0] in COMMANDS and args[0] not in LIGHT:
            require_memory()
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
    """From crime records to an honest, safe, published answer.

    Example: clearcount demo --out demo
    """
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:  # a Windows console may be unable to print a hyphen or a Welsh letter
            reconfigure(errors="replace")
