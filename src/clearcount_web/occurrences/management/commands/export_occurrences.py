"""`manage export_occurrences DIR`: occurrences as an export that `clearcount import` takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from clearcount_web.occurrences.export import export_occurrences


class Command(BaseCommand):
    """Writes offences.csv and texts.csv."""

    help = "Writes the occurrences recorded here to DIR/offences.csv and DIR/texts.csv, for: clearcount import DIR"

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare DIR."""
        parser.add_argument("folder", metavar="DIR", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Export and says how much."""
        offences, texts = export_occurrences(options["folder"], by="command", now=timezone.now())
        self.stdout.write(f"{offences} offences and {texts} texts in {options['folder']}")
