"""`manage --door public write_site --out DIR`: the last step of `clearcount site`."""

from __future__ import annotations

import shutil
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clearcount_web.site.pages import BrokenPage, static_files


class Command(BaseCommand):
    """Writes the public pages as static files."""

    help = "Writes the public pages as static files. Use: clearcount site --out DIR"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The folder, and where it will stand."""
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument("--url", default="")

    def handle(self, *args: Any, out: Path, url: str, **options: Any) -> None:
        """Writes beside the folder and takes its place at the end, so that a half-written site is never there.

        Raises:
            CommandError: when a page leads nowhere.
        """
        beside = out.with_name(f".{out.name}.new")
        shutil.rmtree(beside, ignore_errors=True)
        count = 0
        try:
            for name, content in static_files(url):
                target = beside / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
                count += 1
        except BrokenPage as error:
            shutil.rmtree(beside, ignore_errors=True)
            raise CommandError(str(error), returncode=2) from error
        if out.exists():
            shutil.rmtree(out)
        beside.rename(out)
        self.stdout.write(f"{count} files in {out}; open {out / 'index.html'}")
