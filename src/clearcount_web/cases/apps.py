"""The app's configuration."""

from __future__ import annotations

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Casework, in the staff database."""

    name = "clearcount_web.cases"
    verbose_name = "Cases"
