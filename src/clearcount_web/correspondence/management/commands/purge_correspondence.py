"""`manage purge_correspondence [--dry-run]`: what the daily job does, by hand."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from clearcount_web.requesting.actions import purge as purge_requests
from clearcount_web.site.actions import delete_expired


class Command(BaseCommand):
    """Deletes expired feedback, complaints, page counts and requests that are a case by now."""

    help = (
        "Deletes feedback, complaints, page counts and taken requests that are kept no longer. "
        "Example: purge_correspondence --dry-run"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare whether to count only."""
        parser.add_argument("--dry-run", action="store_true", help="say how many would go, and delete nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        """Print how many of each."""
        counts = delete_expired(today=timezone.localdate(), dry_run=dry_run)
        counts["requests"] = purge_requests(now=timezone.now(), dry_run=dry_run)
        for kind, count in counts.items():
            self.stdout.write(f"{kind}: {count}{' would go' if dry_run else ' deleted'}")
