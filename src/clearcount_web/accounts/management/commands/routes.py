"""`manage routes`: every route of the staff door and who may open it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clearcount_web.accounts.routes import as_markdown, staff_routes


class Command(BaseCommand):
    """Prints or writes the table of routes and roles; `--check` compares a file with the code."""

    help = "Prints every route of the staff door and who may open it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options of the command."""
        parser.add_argument("--write", type=Path, metavar="FILE", help="write the table here")
        parser.add_argument("--check", type=Path, metavar="FILE", help="fail when this file says something else")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write, compares or prints."""
        table = as_markdown(staff_routes())
        if options["check"] and options["check"].read_text(encoding="utf-8") != table:
            raise CommandError(
                f"{options['check']} is not what the code says; run: clearcount manage routes --write FILE"
            )
        if options["write"]:
            options["write"].write_text(table, encoding="utf-8")
        elif not options["check"]:
            self.stdout.write(table)
