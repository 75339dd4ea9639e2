"""Passwords of local accounts, and the page that meets too many wrong ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from clearcount_web.ground.errors import page

_WORDS = ("clearcount", "police", "password", "freedom", "information", "disclosure")


class ContextWordsValidator:
    """Refuses a password built around a word that everybody here would guess (ASVS 6.2.11)."""

    def validate(self, password: str, user: Any = None) -> None:
        """Refuse a password that is mostly such words.

        Raises:
            ValidationError: when fewer than eight characters are left without them.
        """
        left = password.lower()
        for word in (*_WORDS, *settings.FORCE.name.lower().split()):
            if len(word) > 3:
                left = left.replace(word, "")
        if len(left) < 8:
            raise ValidationError("This password is mostly a word that people here would guess first.")

    def get_help_text(self) -> str:
        """Return what to avoid."""
        return "Do not build it around clearcount, police or the name of the force."


def counted_name(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """Return the name under which wrong passwords are counted: a keyed digest, because people type passwords as
    names.
    """
    typed = (credentials or {}).get("username") or request.POST.get("login", "")
    return salted_hmac("clearcount.wrong-passwords", str(typed).strip().lower(), algorithm="sha256").hexdigest()[:40]


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Return the page after too many wrong passwords from one place."""
    response = page(
        request,
        status=429,
        title="Too many wrong passwords",
        sentences=["Sign-in for this name from this place is closed for 15 minutes."],
    )
    response.headers["Retry-After"] = str(int(settings.AXES_COOLOFF_TIME.total_seconds()))
    return response
