"""The cookie banner, in the three states it can have."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from clearcount_web.site import cookies

register = template.Library()


@register.inclusion_tag("site/cookie_banner.html", takes_context=True)
def cookie_banner(context: dict[str, Any]) -> dict[str, Any]:
    """Asks when the visitor has not chosen; says "saved" once, after a choice made without JavaScript; else nothing."""
    request = context.get("request")
    state = ""
    here = "/"
    if request is not None and not request.META.get("STATIC_SITE"):
        here = request.path if request.method in {"GET", "HEAD"} else "/"
        chosen = cookies.choice(request)
        if chosen is None:
            state = "ask"
        elif request.GET.get("cookies") == "saved":
            state = "saved"
    return {
        "cookie_state": state,
        "cookies_url": reverse("site:cookies"),
        "here": here,
        "force": context.get("force"),
    }
