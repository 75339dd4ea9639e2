"""`manage withdraw SLUG --reason WHY`: takes a release off the disclosure log and leaves a notice in its place."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clearcount_web.disclosure_log.bundle import RefusedBundle
from clearcount_web.publishing.actions import withdraw


class Command(BaseCommand):
    """Withdraws a release."""

    help = (
        "Removes a release from the disclosure log and leaves a notice with the reason at its address. "
        "Example: clearcount manage withdraw 01-foi-25-000123 --reason 'A column was wrong; a new answer follows.'"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the release and the reason."""
        parser.add_argument("slug", metavar="SLUG", help="the last part of the release's address")
        parser.add_argument("--reason", required=True, help="shown to the public")

    def handle(self, *args: Any, slug: str, reason: str, **options: Any) -> None:
        """Print that it is done.

        Raises:
            CommandError: when no such release is published.
        """
        try:
            withdraw(slug, at=timezone.now(), reason=reason, by="command")
        except RefusedBundle as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        self.stdout.write(f"withdrawn: /disclosure-log/{slug}/ now says when and why")
