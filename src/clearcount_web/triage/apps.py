"""The app's configuration."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig


class TriageConfig(AppConfig):
    """Triage, in the staff database."""

    name = "clearcount_web.triage"
    verbose_name = "Reports"

    def ready(self) -> None:
        """Lock an officer's key when they sign in or out: each sign-in unlocks for itself."""
        from django.contrib.auth.signals import user_logged_in, user_logged_out

        from clearcount_web.triage import keyring

        def lock(user: Any, **_: Any) -> None:
            if user is not None:
                keyring.forget(user.get_username())

        user_logged_in.connect(lock, weak=False, dispatch_uid="triage.lock-in")
        user_logged_out.connect(lock, weak=False, dispatch_uid="triage.lock-out")
