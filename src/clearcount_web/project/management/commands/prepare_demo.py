"""`manage prepare_demo`: tables, static files and the made-up content of every room. Safe to run again."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from clearcount_web.platform.rooms import ROOMS


class Command(BaseCommand):
    """Prepares the demo."""

    help = "Prepares the databases, static files and made-up content of the demo."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, collects static files, and calls `<app>.demo.fill()` of each room that has one, in order."""
        if not settings.DEMO:
            raise CommandError("this fills the databases with made-up people and cases; it runs only in the demo")
        call_command("migrate", verbosity=0, interactive=False)
        call_command("collectstatic", verbosity=0, interactive=False)
        for room in ROOMS:
            if importlib.util.find_spec(f"{room.app}.demo") is not None:
                importlib.import_module(f"{room.app}.demo").fill()
