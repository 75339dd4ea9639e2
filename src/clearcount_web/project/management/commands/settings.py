"""`manage settings`: every setting of the web service."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from clearcount_web.project.reference import as_markdown


class Command(BaseCommand):
    """Prints or writes the table of settings, without their values."""

    help = "Prints every setting of the web service, without values."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Options of the command."""
        parser.add_argument("--write", type=Path, metavar="FILE", help="write the table here")

    def handle(self, *args: Any, **options: Any) -> None:
        """Writes or prints."""
        if options["write"]:
            options["write"].write_text(as_markdown(), encoding="utf-8")
        else:
            self.stdout.write(as_markdown())
