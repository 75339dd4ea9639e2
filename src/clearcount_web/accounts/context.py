"""What the sign-in pages need to know."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def sign_in(request: HttpRequest) -> dict[str, Any]:
    """Return the sign-in service's name; in the demo, who there is to sign in as and the code of the second step."""
    context: dict[str, Any] = {"oidc_name": settings.OIDC_NAME if settings.OIDC_ENABLED else ""}
    match = request.resolver_match
    if settings.DEMO and match is not None:
        from clearcount_web.accounts import demo

        if match.url_name == "account_login":
            context.update(demo_people=demo.people(), demo_password=demo.PASSWORD)
        if match.url_name == "mfa_authenticate":
            context["demo_code"] = demo.code_now(request._login_stage.login.user)  # type: ignore[attr-defined]
    return context
