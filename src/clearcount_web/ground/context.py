"""What every template of both doors may use."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def ground(request: HttpRequest) -> dict[str, Any]:
    """Return `force`, `phase`, `demo`, `door`, and on the public door `exit_url`."""
    return {
        "force": settings.FORCE,
        "phase": settings.PHASE,
        "demo": settings.DEMO,
        "door": settings.DOOR,
        "exit_url": getattr(settings, "EXIT_URL", ""),
    }
