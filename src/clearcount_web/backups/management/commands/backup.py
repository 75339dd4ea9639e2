"""`manage backup OUT`: a copy of everything that a restore needs, while the service runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from clearcount_web.backups.actions import backup
from clearcount_web.backups.databases import BackupFault


class Command(BaseCommand):
    """Writes a backup."""

    help = (
        "Writes databases, record store with its ledger, keys and the force's files to the folder OUT, whole or not at "
        "all. The settings with their secrets are not in it: keep them elsewhere. Example: clearcount manage backup OUT"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the folder."""
        parser.add_argument("out", type=Path, metavar="OUT", help="a folder that is not there yet")

    def handle(self, *args: Any, out: Path, **options: Any) -> None:
        """Write it. Raises CommandError with the reason when it cannot."""
        try:
            count = backup(out, at=timezone.now())
        except BackupFault as fault:
            raise CommandError(str(fault), returncode=2) from None
        self.stdout.write(f"{count} files in {out}; prove it with: clearcount manage rehearse {out}")
