"""Connects sign-in events to the audit, and keeps the list of open sessions without their keys."""

from __future__ import annotations

from allauth.usersessions.apps import UserSessionsConfig
from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Staff accounts."""

    name = "clearcount_web.accounts"
    default = True  # of the two in this module

    def ready(self) -> None:
        """Import the signal receivers."""
        from clearcount_web.accounts import receivers

        assert receivers


class OpenSessionsConfig(UserSessionsConfig):  # type: ignore[misc]
    """The table of open sessions of django-allauth. Its own receivers would write the key of a session into it."""

    name = "allauth.usersessions"

    def ready(self) -> None:
        """Connect nothing: `receivers` writes the rows."""
