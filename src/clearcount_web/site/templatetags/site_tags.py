"""What stands on every public page: links in the header, the ways to report, the cookie banner in its three states."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clearcount_web.site import cookies
from clearcount_web.site.routes import online_report, routes

register = template.Library()

_SHORT = ("telephone", "textphone", "messenger", "counter")
"""The ways to report that stand in the block on every page; the contact page has them all, with their caveats."""


@register.inclusion_tag("site/report_block.html", takes_context=True)
def report_block(context: dict[str, Any]) -> dict[str, Any]:
    """Return the ways to report: online, 101, by messenger, in person."""
    request = context["request"]
    report = online_report(request)
    ways = [route for route in routes(request) if route.key in _SHORT]
    return {"report": report, "outward": not report.startswith("/"), "routes": ways}


@register.inclusion_tag("site/main_links.html", takes_context=True)
def main_links(context: dict[str, Any]) -> dict[str, Any]:
    """Return where every page leads on to: advice, reporting, published answers."""
    request = context.get("request")
    path = request.path.removeprefix("/cy") if request is not None else ""
    links = (
        (reverse("advice:index"), _("Advice")),
        ((online_report(request) if request is not None else "") or reverse("site:contact"), _("Report")),
        (reverse("disclosure_log:list"), _("Published answers")),
    )
    return {"links": [(address, words, path.startswith(address)) for address, words in links]}


@register.inclusion_tag("site/cookie_banner.html", takes_context=True)
def cookie_banner(context: dict[str, Any]) -> dict[str, Any]:
    """Ask when the visitor has not chosen; says "saved" once, after a choice made without JavaScript; else nothing."""
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
