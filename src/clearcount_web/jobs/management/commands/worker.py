"""`manage worker`: runs background jobs until it is told to stop."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from clearcount_web.jobs.worker import work


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
        count = work(stop=asked.is_set, until_empty=options["once"])
        if options["verbosity"] > 1:
            self.stdout.write(f"{count} jobs run")
