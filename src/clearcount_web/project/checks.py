"""What `manage check` looks at beyond Django's own: files that are open to others."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register

from clearcount_web.platform.paths import open_paths


@register(Tags.security)
def files_are_closed(**_: Any) -> list[Error]:
    """Return an error for each file of the service that is open to others."""
    return [Error(sentence, id="clearcount.E001") for sentence in open_paths()]


@register(Tags.security, deploy=True)
def passwords_beside_a_sign_in_service(**_: Any) -> list[Warning]:
    """Return a warning where local accounts may sign in though the force has a sign-in service."""
    if getattr(settings, "OIDC_ENABLED", False) and settings.LOCAL_ACCOUNTS != "break-glass":
        hint = "Set CLEARCOUNT_LOCAL_ACCOUNTS to break-glass once everybody signs in with the force's account."
        return [
            Warning("Local accounts may sign in beside the force's sign-in service.", hint=hint, id="clearcount.W001")
        ]
    return []
