"""`manage case-bundle FILE`: checks a bundle for the regulator again; exit 1 when anything in it is not as it was."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from clearcount_web.cases.checking_bundle import BundleFault, check_bundle


class Command(BaseCommand):
    """Checks the seal, every file, the events, the answers, the estimate, and counts again."""

    help = (
        "Checks a bundle that the page of a case made: the force's seal, every file, the events, the seals of answers, "
        "the estimate. Then it counts again on the record store. Example: clearcount manage case-bundle case-12.zip"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the file, and where to count again."""
        parser.add_argument("file", type=Path, metavar="FILE", help="the ZIP")
        parser.add_argument("--store", type=Path, help="the record store to count again with (CLEARCOUNT_STORE_DIR)")
        parser.add_argument("--without-records", action="store_true", help="count nothing again, and say so")

    def handle(self, *args: Any, file: Path, store: Path | None, without_records: bool, **options: Any) -> None:
        """Print one line for each thing that was checked.

        Raises:
            CommandError: when the file is no bundle, or no record store is named.
        """
        store = None if without_records else store or settings.STORE_DIR
        if store is None and not without_records:
            raise CommandError("name the record store with --store DIR to count again, or give --without-records")
        try:
            checks = check_bundle(file, store=store)
        except BundleFault as fault:
            raise CommandError(str(fault)) from None
        for check in checks:
            self.stdout.write(f"{'NO ' if check.faults else 'yes'} {check.name}")
            for found in check.faults:
                self.stdout.write(f"    {found}")
        if without_records:
            self.stdout.write("--- nothing was counted again")
        if any(check.faults for check in checks):
            sys.exit(1)
