"""The app's configuration."""

from __future__ import annotations

from django.apps import AppConfig


class TriageConfig(AppConfig):
    """Triage, in the staff database."""

    name = "clearcount_web.triage"
    verbose_name = "Reports"
