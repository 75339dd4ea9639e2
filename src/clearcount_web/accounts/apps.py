"""Connects sign-in events to the audit."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Staff accounts."""

    name = "clearcount_web.accounts"

    def ready(self) -> None:
        """Imports the signal receivers."""
        from clearcount_web.accounts import receivers

        assert receivers
