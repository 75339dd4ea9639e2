"""Declares the conditions of the staff side."""

from __future__ import annotations

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """The start page, the audit and background work on screen."""

    name = "clearcount_web.desk"

    def ready(self) -> None:
        """Declare what the health page of the staff door looks at."""
        from clearcount_web.desk.health import LOOKS
        from clearcount_web.ground.health import declare

        for look in LOOKS:
            declare(look)
