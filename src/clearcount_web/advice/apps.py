"""The advice app: its content is checked when the site starts."""

from __future__ import annotations

from django.apps import AppConfig


class AdviceConfig(AppConfig):
    """Registers the content checks."""

    name = "clearcount_web.advice"

    def ready(self) -> None:
        """Registers the checks of `checks.py` with Django."""
        from clearcount_web.advice import checks  # noqa: F401
