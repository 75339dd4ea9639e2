"""The sign-in service as django-allauth speaks to it, with the nonce that django-allauth does not send."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.http import HttpRequest, HttpResponse

from clearcount_web.accounts.actions import sign_in_refused
from clearcount_web.ground.refusals import Refused

NONCE = "nonce"
LOGIN = str(AuthProcess.LOGIN)


class ForceProvider(OpenIDConnectProvider):  # type: ignore[misc]
    """OpenID Connect; each sign-in carries a nonce, which `SocialAdapter` looks for in the ID token."""

    def redirect_from_request(self, request: HttpRequest) -> HttpResponse:
        """Begin a sign-in.

        Parameters that a link adds for the service are not passed on.

        Raises:
            Refused: for any process but signing in: an account at the service is never linked to another person's.
        """
        for given in (request.GET, request.POST):
            if any(process != LOGIN for process in given.getlist("process")):
                sign_in_refused(None, why="not a sign-in")
                raise Refused("This link does not ask for a sign-in. Start from the sign-in page.")
        leave: HttpResponse = self.redirect(request, LOGIN, get_next_redirect_url(request))
        return leave

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        """Return the redirect to the sign-in service; the nonce is kept with the state, in the session of this
        browser.
        """
        nonce = secrets.token_urlsafe(32)
        asked = kwargs.pop("auth_params", None) or self.get_auth_params()
        leave: HttpResponse = super().redirect(
            request, process, next_url, data, auth_params={**asked, NONCE: nonce}, **{NONCE: nonce}, **kwargs
        )
        return leave


def answers_this_sign_in(sociallogin: Any, claims: Mapping[str, Any]) -> bool:
    """Return whether the ID token carries the nonce of the sign-in, and nothing but a sign-in, that this browser began.

    OpenID Connect Core 1.0, 3.1.3.7 step 11: a nonce that was sent must come back unchanged.
    """
    state = sociallogin.state or {}
    if state.get("process") != LOGIN:
        return False
    sent = str(state.get(NONCE) or "")
    came = str((claims.get("id_token") or {}).get(NONCE) or "")
    return bool(sent) and secrets.compare_digest(sent.encode(), came.encode())
