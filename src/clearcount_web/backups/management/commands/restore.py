"""`manage restore BACKUP`: puts a backup back, whole; a restore that was killed is begun again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clearcount_web.backups.actions import restore
from clearcount_web.backups.databases import BackupFault


class Command(BaseCommand):
    """Puts a backup back."""

    help = "Puts a backup back where the settings say that things live. Stop both doors and the worker first."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the backup, and whether what is there may go."""
        parser.add_argument("backup", type=Path, metavar="BACKUP")
        parser.add_argument("--replace", action="store_true", help="overwrite what is there")

    def handle(self, *args: Any, backup: Path, replace: bool, **options: Any) -> None:
        """Put it back. Raises CommandError with the reason when it cannot."""
        try:
            done = restore(backup, replace=replace)
        except BackupFault as fault:
            raise CommandError(str(fault), returncode=2) from None
        self.stdout.write(f"put back: {', '.join(done)}. Next: clearcount manage migrate, then start the service.")
