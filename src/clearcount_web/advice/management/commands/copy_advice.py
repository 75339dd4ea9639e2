"""`manage copy-advice FOLDER`: the packaged advice for a force to check, with nobody's name on it yet.

Beside it lies the catalogue for a translator, under `locale/`.
"""

from __future__ import annotations

import re
import shutil
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clearcount_web.advice.content import NAMES, PACKAGED
from clearcount_web.site import catalogue

_NAMES = re.compile(r"^checked_by: .*\n", re.MULTILINE)


class Command(BaseCommand):
    """Copies the advice into a new folder."""

    help = (
        "Copies the advice that comes with the product into a new folder, with nobody's name on it. "
        f"{NAMES} people read each fact at its source and write their names into checked_by."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the folder."""
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        """Write every file without its `checked_by`.

        Raises:
            CommandError: when there is something at the folder's place already, or it cannot be written.
        """
        if folder.exists():
            raise CommandError(f"{folder} exists already; name a new folder", returncode=2)
        try:
            shutil.copytree(PACKAGED, folder)
            shutil.copytree(catalogue.PACKAGED, folder / "locale")
            files = list(folder.rglob("*.md"))
            for file in files:
                file.write_text(_NAMES.sub("", file.read_text(encoding="utf-8")), encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{folder} cannot be written: {error.strerror}", returncode=2) from None
        self.stdout.write(f"{len(files)} files in {folder}; name it in force.toml: [web] content = {str(folder)!r}")
