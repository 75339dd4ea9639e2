"""`manage worker`: runs background jobs until it is told to stop."""

from __future__ import annotations

import os
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from clearcount_web.jobs.worker import work

_GIVES_WAY = 10
"""How much the worker gives way to the doors: a count can wait, and whoever reads a card cannot."""


class Command(BaseCommand):
    """Runs jobs of the staff database; a second worker stands by until the first is gone."""

    help = "Runs background jobs until it is told to stop; a second worker stands by."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options of the command."""
        parser.add_argument("--once", action="store_true", help="run what is due, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the jobs; SIGTERM and SIGINT let the job in hand finish first."""
        asked = threading.Event()
        for name in ("SIGTERM", "SIGINT"):
            signal.signal(getattr(signal, name), lambda *_: asked.set())
        if not options["once"] and hasattr(os, "nice"):
            os.nice(_GIVES_WAY)
        count = work(stop=asked.is_set, until_empty=options["once"])
        if options["verbosity"] > 1:
            self.stdout.write(f"{count} jobs run")
