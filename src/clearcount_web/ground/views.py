"""The force's colour as a stylesheet (the content policy allows no style in a page), and the health of a door."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from clearcount_web.ground.health import conditions


@require_safe
def brand(request: HttpRequest) -> HttpResponse:
    """Return one custom property, read by the header."""
    colour = settings.FORCE.colour
    sheet = f":root {{ --cc-force-colour: {colour}; }}\n" if colour else ""
    return HttpResponse(sheet, content_type="text/css; charset=utf-8", headers={"Cache-Control": "max-age=86400"})


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Return 200 when the door can do its work, else 503 with the names of what is not well on the staff door alone."""
    failing = [each.name for each in conditions() if not each.well]
    told = {"ready": not failing} | ({"not well": failing} if settings.DOOR == "staff" else {})
    return JsonResponse(told, status=503 if failing else 200, headers={"Cache-Control": "no-store"})


@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Return 200 as long as this process answers."""
    return HttpResponse("alive\n", content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})
