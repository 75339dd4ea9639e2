"""The force's colour as a stylesheet: the content policy allows no style in a page."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def brand(request: HttpRequest) -> HttpResponse:
    """One custom property, read by the header."""
    colour = settings.FORCE.colour
    sheet = f":root {{ --cc-force-colour: {colour}; }}\n" if colour else ""
    return HttpResponse(sheet, content_type="text/css; charset=utf-8", headers={"Cache-Control": "max-age=86400"})
