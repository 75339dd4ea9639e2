"""The app's configuration."""

from __future__ import annotations

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Imports and what they change, in the staff database."""

    name = "clearcount_web.records"
    verbose_name = "Data room"
