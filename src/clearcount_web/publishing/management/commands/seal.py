"""`manage seal make|compare|again`: the key that seals what is published, and what was sealed with it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clearcount_web.disclosure_log.bundle import RefusedBundle
from clearcount_web.publishing import actions, keys


class Command(BaseCommand):
    """Makes the key, compares what is published with its seals, or seals it again."""

    help = (
        "make DIR: writes seal.key for the staff side alone and seal.pub for both doors. Compare: finds published "
        "answers that are not as they were published; exit 1 when there is one. Again: seals all of them anew."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the three things it does."""
        acts = parser.add_subparsers(dest="act", required=True)
        make = acts.add_parser("make", help="write a new pair of keys")
        make.add_argument("folder", type=Path, metavar="DIR")
        acts.add_parser("compare", help="compare every published answer with its seals")
        acts.add_parser("again", help="seal every published answer with the key that is set now")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do one of the three.

        Raises:
            CommandError: when it cannot.
        """
        try:
            if options["act"] == "make":
                keys.make(options["folder"])
                self.stdout.write(
                    f"Made in {options['folder']}. Give seal.key to the staff side alone, seal.pub to both doors."
                )
            elif options["act"] == "again":
                self.stdout.write(f"{actions.seal_again(by='command')} published answers sealed")
            else:
                self._compare()
        except (RefusedBundle, keys.SealKeyFault) as fault:
            raise CommandError(str(fault)) from None

    def _compare(self) -> None:
        found = actions.compare(by="command")
        for fault in found.faults:
            self.stdout.write(fault)
        for slug in found.late:
            self.stdout.write(f"{slug}: note: was published without being noted here, and is noted now")
        if found.faults:
            sys.exit(1)
        self.stdout.write(f"{found.releases} published answers match their seals")
