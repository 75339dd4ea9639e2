"""`manage rehearse BACKUP`: puts a backup back into a folder that is thrown away, and looks at it there."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clearcount_web.backups.databases import BackupFault
from clearcount_web.backups.rehearsal import rehearse


class Command(BaseCommand):
    """Tries a backup out."""

    help = "Tries a backup out beside the running service; exit 1 when it could not be put back whole."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the backup."""
        parser.add_argument("backup", type=Path, metavar="BACKUP")

    def handle(self, *args: Any, backup: Path, **options: Any) -> None:
        """Print each step. Raises CommandError when the backup is damaged."""
        well = True
        try:
            for title, went_well, told in rehearse(backup):
                well = well and went_well
                self.stdout.write(
                    f"{'ok' if went_well else 'FAILED':<7}{title}: {told.splitlines()[-1] if told else ''}"
                )
        except BackupFault as fault:
            raise CommandError(str(fault), returncode=2) from None
        if not well:
            sys.exit(1)
