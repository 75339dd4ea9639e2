"""`manage advice-due`: the facts of the advice that somebody must read again; exit 1 when one is past its date."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clearcount_web.advice.content import STALE_AFTER_DAYS, ContentError
from clearcount_web.advice.due import due
from clearcount_web.advice.queries import content_folder
from clearcount_web.advice.reading import read_library


class Command(BaseCommand):
    """Lists facts past their date, facts not confirmed, and those that fewer than two people checked."""

    help = (
        f"Lists the advice pages and help lines whose facts are older than {STALE_AFTER_DAYS} days, are not confirmed, "
        "or were checked by fewer than two people. Exits 1 when one is past its date."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line a reason."""
        try:
            library = read_library("en", content_folder())
        except ContentError as error:
            raise CommandError(str(error)) from None
        found = due(library, timezone.localdate(), demo=settings.DEMO)
        for each in found:
            for reason in each.reasons:
                self.stdout.write(f"{each.file} ({each.checked_on}): {reason}")
        late = [each for each in found if each.late]
        self.stdout.write(f"{len(found)} to read again, {len(late)} of them past their date")
        if late:
            sys.exit(1)
