"""`manage keys make|check|rotate DIR`: the two key pairs that reports are sealed to."""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clearcount_web.triage import keyring


class Command(BaseCommand):
    """Makes, proves and rotates the report keys. Passphrases are asked for, or read from the environment."""

    help = (
        "make: writes duty.key, recovery.key and public.json to DIR. Check: proves that each key opens what is sealed "
        "to it. Rotate: puts a new key first; older reports stay readable. Passphrases are asked for, or read from "
        "CLEARCOUNT_DUTY_PASSPHRASE and CLEARCOUNT_RECOVERY_PASSPHRASE."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what to do, where, and for which key."""
        parser.add_argument("act", choices=["make", "check", "rotate"])
        parser.add_argument("folder", metavar="DIR", type=Path)
        parser.add_argument("--key", choices=keyring.NAMES, action="append", help="only this key (default: both)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and says what to do next."""
        folder, names = options["folder"], tuple(options["key"] or keyring.NAMES)
        try:
            if options["act"] == "make":
                keyring.make(folder, {name: self._asked(name) for name in keyring.NAMES})
                self.stdout.write(
                    f"Made in {folder}. Copy recovery.key to two offline places, delete it here, and prove both copies "
                    "with: manage keys check. Without both keys, no report can ever be read."
                )
            elif options["act"] == "check":
                keyring.check(folder, {name: self._asked(name) for name in names})
                self.stdout.write(f"{' and '.join(names)}: opens what is sealed to it")
            else:
                for name in names:
                    keyring.rotate(folder, name, self._asked(name))
                self.stdout.write(
                    f"{' and '.join(names)}: rotated; restart both doors so that they seal to the new key"
                )
        except (keyring.KeyFault, ValueError) as fault:
            raise CommandError(str(fault)) from None

    def _asked(self, name: str) -> str:
        given = os.environ.get(f"CLEARCOUNT_{name.upper()}_PASSPHRASE")
        return given if given is not None else getpass.getpass(f"Passphrase of the {name} key: ")
