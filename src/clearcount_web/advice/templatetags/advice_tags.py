"""The help strip that stands in the same place on every public page, and the list of advice pages."""

from __future__ import annotations

from typing import Any

from django import template

from clearcount_web.advice.queries import library

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


@register.inclusion_tag("advice/list.html")
def advice_list(level: int = 2) -> dict[str, Any]:
    """Return every advice page with its summary, grouped by who asks; `level` is that of the headings."""
    return {"groups": library().groups, "level": level}
