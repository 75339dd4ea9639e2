"""`manage purge_reports [--dry-run]`: deletes reports that ended long enough ago."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from clearcount_web.triage.retention import purge


class Command(BaseCommand):
    """Deletes ended reports, here and on the public side."""

    help = (
        "Deletes reports that ended longer ago than CLEARCOUNT_REPORT_RETENTION_DAYS keeps their outcome, with what "
        "the public side still holds of them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare whether only to say what would go."""
        parser.add_argument("--dry-run", action="store_true", help="say how many would go and delete nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete and says how many of each outcome."""
        done = "would be deleted" if options["dry_run"] else "deleted"
        for outcome, purged in purge(now=timezone.now(), dry_run=options["dry_run"]).items():
            days = settings.REPORT_RETENTION_DAYS[outcome]
            self.stdout.write(f"{outcome} (kept {days} days): {purged.gone} reports {done}")
            if purged.held:
                self.stdout.write(
                    f"{outcome}: {purged.held} reports kept. Safe contact was not carried on, a message was not "
                    "read, or something is still to be done. Open them from Reports on the staff side"
                )
