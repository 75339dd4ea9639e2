"""`manage compile-welsh FOLDER`: checks a Welsh catalogue and makes it ready to be served."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clearcount_web.site.catalogue import CatalogueError, compile_catalogue, file_of


class Command(BaseCommand):
    """Compiles `cy/LC_MESSAGES/django.po`."""

    help = "Checks the Welsh catalogue cy/LC_MESSAGES/django.po of a folder and writes django.mo beside it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the folder."""
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        """Write the compiled catalogue, and say how much of it is translated.

        Raises:
            CommandError: for a catalogue that cannot be served.
        """
        try:
            filled = compile_catalogue(folder, "cy")
        except CatalogueError as error:
            raise CommandError(str(error), returncode=2) from None
        self.stdout.write(f"{filled.translated} of {filled.messages} passages are translated")
        self.stdout.write(f"written: {file_of(folder, 'cy', 'mo')}")
