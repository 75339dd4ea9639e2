"""`manage publish BUNDLE`: publishes a release bundle on the disclosure log."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clearcount_web.disclosure_log.bundle import RefusedBundle
from clearcount_web.publishing.actions import publish


class Command(BaseCommand):
    """Publishes a bundle; publishing the same bundle again changes nothing."""

    help = (
        "Verifies the release bundle in a folder against records and the force's policy, seals it and publishes it. "
        "Example: clearcount manage publish answer/ "
        "A bundle whose reference is published already becomes a correction and needs --note."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the folder, and the note of a correction."""
        parser.add_argument("bundle", type=Path, metavar="BUNDLE", help="the folder that `clearcount count` wrote")
        parser.add_argument("--store", type=Path, help="the record store to count again with (CLEARCOUNT_STORE_DIR)")
        parser.add_argument("--note", default="", help="what changed and why; shown to the public with a correction")

    def handle(self, *args: Any, bundle: Path, store: Path | None, note: str, **options: Any) -> None:
        """Print the address of the release.

        Raises:
            CommandError: with the reason when the bundle cannot be published.
        """
        try:
            version = publish(bundle, store=store, at=timezone.now(), by="command", note=note)
        except RefusedBundle as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        address = f"/disclosure-log/{version.release.slug}/"
        self.stdout.write(f"published {version.release.reference} as version {version.number}: {address}")
