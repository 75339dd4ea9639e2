"""The sign-in service as django-allauth speaks to it, with the nonce that django-allauth does not send."""

from __future__ import annotations

import secrets
from typing import Any

from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.http import HttpRequest, HttpResponse

NONCE = "nonce"


class ForceProvider(OpenIDConnectProvider):  # type: ignore[misc]
    """OpenID Connect; each sign-in carries a nonce, which `SocialAdapter` looks for in the ID token."""

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        """The redirect to the sign-in service; the nonce is kept with the state, in the session of this browser."""
        nonce = secrets.token_urlsafe(32)
        asked = kwargs.pop("auth_params", None) or self.get_auth_params()
        leave: HttpResponse = super().redirect(
            request, process, next_url, data, auth_params={**asked, NONCE: nonce}, **{NONCE: nonce}, **kwargs
        )
        return leave


def answers_this_sign_in(sociallogin: Any) -> bool:
    """Whether the ID token carries the nonce of the sign-in that this browser began.

    OpenID Connect Core 1.0, 3.1.3.7 step 11: a nonce that was sent must come back unchanged.
    """
    sent = str((sociallogin.state or {}).get(NONCE) or "")
    came = str((sociallogin.account.extra_data.get("id_token") or {}).get(NONCE) or "")
    return bool(sent) and secrets.compare_digest(sent.encode(), came.encode())
