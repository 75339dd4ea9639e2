"""What every template of both doors may use."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language


def ground(request: HttpRequest) -> dict[str, Any]:
    """Return `force`, `phase`, `demo`, `door`, `language`, and on the public door `exit_url`."""
    return {
        "force": settings.FORCE,
        "phase": settings.PHASE,
        "demo": settings.DEMO,
        "door": settings.DOOR,
        "language": (get_language() or "en").partition("-")[0],
        "exit_url": getattr(settings, "EXIT_URL", ""),
    }
