"""`manage health`: every condition of the service, exit 1 when one is not well."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from clearcount_web.ground.health import conditions


class Command(BaseCommand):
    """Prints what the health page looks at."""

    help = "Prints every condition of the service and exits 1 when one is not well."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line a condition."""
        found = list(conditions())
        for condition in found:
            self.stdout.write(f"{'ok' if condition.well else 'NOT WELL':<9}{condition.name}: {condition.says}")
        if not all(condition.well for condition in found):
            sys.exit(1)
