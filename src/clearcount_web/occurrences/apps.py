"""The app's configuration."""

from __future__ import annotations

from django.apps import AppConfig


class OccurrencesConfig(AppConfig):
    """Occurrences, in the staff database."""

    name = "clearcount_web.occurrences"
    verbose_name = "Occurrences"
