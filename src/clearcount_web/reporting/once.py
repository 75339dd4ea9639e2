"""A form that is taken once: whoever has the browser next cannot send it again with Back and Reload."""

from __future__ import annotations

import secrets

from django.core.cache import cache
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest

FIELD = "once"
SECONDS = 30 * 60
"""As long as a page of the report may be open."""
_SIGNER = TimestampSigner(salt="reporting.once")


def token() -> str:
    """Return a new token for a form."""
    return _SIGNER.sign(secrets.token_urlsafe(12))


def is_sent_again(request: HttpRequest) -> bool:
    """Return whether a form was sent before or is too old. A form without a token is none that a browser kept."""
    given = request.POST.get(FIELD, "")
    if not given:
        return False
    try:
        _SIGNER.unsign(given, max_age=SECONDS)
    except BadSignature:
        return True
    return not cache.add(f"once:{given}", 1, SECONDS)
