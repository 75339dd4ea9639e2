"""How long a staff session lives, and the second factor it must have."""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

BEGAN = "began"
SEEN = "seen"
SET_UP_HERE = "second-factor-set-up-here"
_WRITE_EVERY = 60  # seconds: the time last seen is not written at every request
_SETTING_UP = frozenset({"mfa_activate_totp", "account_logout", "account_reauthenticate", "mfa_reauthenticate"})

Handler = Callable[[HttpRequest], HttpResponse]


def expired(began: float | None, seen: float | None, now: float) -> bool:
    """Return whether a session that began and was last seen at these times has ended by `now` (seconds since 1970)."""
    if began is None or now - began > settings.STAFF_SESSION_HOURS * 3600:
        return True
    return seen is not None and now - seen > settings.STAFF_IDLE_MINUTES * 60


class SessionLimits:
    """Ends sessions that were idle or old, and sends local accounts without a second factor to set one up."""

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = timezone.now().timestamp()
            seen = request.session.get(SEEN)
            if expired(request.session.get(BEGAN), seen, now):
                logout(request)
                return redirect("account_login")
            if seen is None or now - seen > _WRITE_EVERY:
                request.session[SEEN] = now
        return self._get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        """Send a person who signed in with a password alone to the page that sets up the second factor."""
        if not request.user.is_authenticated or has_second_factor(request):
            return None
        match = request.resolver_match
        if match is not None and match.url_name in _SETTING_UP:
            return None
        return redirect("mfa_activate_totp")


def has_second_factor(request: HttpRequest) -> bool:
    """Return whether this session was opened with a second factor.

    The sign-in service vouches for its own (its claim is checked at sign-in). A password needs a code as well, or an
    authenticator that was set up in this very session.
    """
    records = get_authentication_records(request, request.user)
    methods = {record.get("method") for record in records}
    if "socialaccount" in methods or "mfa" in methods:
        return True
    return bool(request.session.get(SET_UP_HERE)) and Authenticator.objects.filter(user=request.user).exists()
