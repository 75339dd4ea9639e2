"""Published answers near to a text, for the request form."""

from __future__ import annotations

from typing import Any

from django import template

from clearcount_web.disclosure_log.models import Release
from clearcount_web.disclosure_log.queries import sealed, with_seals
from clearcount_web.disclosure_log.search import nearest

register = template.Library()
MOST = 5


@register.inclusion_tag("disclosure_log/nearest.html")
def nearest_answers(text: str) -> dict[str, Any]:
    """Return up to five published answers that may already say what `text` asks for."""
    found = [release.pk for release in nearest(text, most=MOST)]
    good = {each.pk: each for each in sealed(with_seals(Release.objects.filter(pk__in=found)))}
    return {"releases": [good[pk] for pk in found if pk in good]}
