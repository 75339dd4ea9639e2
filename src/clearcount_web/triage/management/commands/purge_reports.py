"""`manage purge_reports --days N [--dry-run]`: deletes reports that ended long enough ago."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from clearcount_web.triage.actions import purge


class Command(BaseCommand):
    """Deletes ended reports, here and on the public side."""

    help = "Deletes reports that ended more than N days ago, with what the public side still holds of them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Days, and whether only to say what would go."""
        parser.add_argument("--days", type=int, required=True)
        parser.add_argument("--dry-run", action="store_true", help="say how many would go and delete nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Deletes and says how many."""
        gone = purge(days=options["days"], now=timezone.now(), dry_run=options["dry_run"])
        self.stdout.write(f"{gone} reports {'would be deleted' if options['dry_run'] else 'deleted'}")
