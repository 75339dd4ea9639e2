"""Registers what `manage check` looks at."""

from __future__ import annotations

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """The project: settings, addresses, serving."""

    name = "clearcount_web.project"

    def ready(self) -> None:
        """Import the checks."""
        from clearcount_web.project import checks

        assert checks
