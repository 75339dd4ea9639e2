"""Declares whether heads of the audit can be noted outside the databases."""

from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The audit, in both databases."""

    name = "clearcount_web.audit"

    def ready(self) -> None:
        """Declare the condition."""
        from clearcount_web.audit.queries import anchors
        from clearcount_web.ground.health import declare

        declare(anchors)
