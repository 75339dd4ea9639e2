"""`manage --door public write_site --out DIR`: the last step of `clearcount site`."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clearcount_web.site.pages import BrokenPage, static_files


class Command(BaseCommand):
    """Writes the public pages as static files."""

    help = "Writes the public pages as static files into an empty folder. Use: clearcount site --out DIR"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the folder, and where it will stand."""
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument("--url", default="")

    def handle(self, *args: Any, out: Path, url: str, **options: Any) -> None:
        """Write every page into the folder, which `clearcount site` puts in its place when all are there.

        Raises:
            CommandError: when a page leads nowhere, or the folder holds something.
        """
        if out.exists() and any(out.iterdir()):
            raise CommandError(f"{out} is not empty; name a new folder", returncode=2)
        try:
            for name, content in static_files(url):
                target = out / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
        except BrokenPage as error:
            raise CommandError(str(error), returncode=2) from error
