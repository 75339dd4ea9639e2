"""The help strip that stands in the same place on every public page, and the list of advice pages."""

from __future__ import annotations

from typing import Any

from django import template

from clearcount_web.advice.queries import library
from clearcount_web.advice.welsh import other_language

register = template.Library()


@register.inclusion_tag("advice/help_strip.html")
def help_strip() -> dict[str, Any]:
    """Return 999, 101 and the crisis lines, with their numbers from the content."""
    services = library().services
    return {key: services[key] for key in ("emergency", "police", "samaritans", "childline")}


@register.inclusion_tag("advice/services.html")
def help_services(*slugs: str) -> dict[str, Any]:
    """Return short cards of help services, each with its call button or link."""
    services = library().services
    return {"services": [services[slug] for slug in slugs]}


@register.inclusion_tag("advice/list.html", takes_context=True)
def advice_list(context: dict[str, Any], level: int = 2) -> dict[str, Any]:
    """Return every advice page with its summary, grouped by who asks; `level` is that of the headings."""
    return {"groups": library().groups, "level": level, "language": context.get("language", "en")}


def _languages(context: dict[str, Any]) -> dict[str, Any]:
    request = context.get("request")
    found = other_language(request.path) if request is not None else None
    english, welsh = found or ("", "")
    return {"english": english, "welsh": welsh, "language": context.get("language", "en")}


@register.inclusion_tag("advice/language_links.html", takes_context=True)
def language_links(context: dict[str, Any]) -> dict[str, Any]:
    """Return the addresses of this page in both languages for crawlers; nothing when it is in English alone."""
    found = _languages(context)
    request = context.get("request")
    root = ""
    if found["english"] and request is not None and not request.META.get("STATIC_SITE"):
        root = request.build_absolute_uri("/").rstrip("/")
    return found | {"root": root}


@register.inclusion_tag("advice/language_switch.html", takes_context=True)
def language_switch(context: dict[str, Any]) -> dict[str, Any]:
    """Return the link to this page in the other language; nothing when it is in English alone."""
    return _languages(context)
