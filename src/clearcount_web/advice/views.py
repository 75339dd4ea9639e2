"""Advice pages and their help cards. Nothing here sets a cookie or counts a visit."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clearcount_web.advice.content import NAMES, Page, names_of
from clearcount_web.advice.queries import library
from clearcount_web.site.routes import routes
from clearcount_web.site.shared import same_for_everybody


def _page(slug: str) -> Page:
    try:
        return library().page(slug)
    except KeyError:
        raise Http404 from None


@require_safe
@same_for_everybody
def index(request: HttpRequest) -> HttpResponse:
    """Return all advice pages."""
    return render(request, "advice/index.html")


@require_safe
@same_for_everybody
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Return one advice page."""
    shown = _page(slug)
    context = {
        "page": shown,
        "routes": routes(request) if shown.routes else (),
        "has_easy": slug in library().easy,
        "two_names": len(names_of(shown, demo=settings.DEMO)) >= NAMES,
    }
    return render(request, "advice/page.html", context)


@require_safe
@same_for_everybody
def card(request: HttpRequest, slug: str) -> HttpResponse:
    """Return a help card to print."""
    shown = _page(slug)
    if shown.card is None:
        raise Http404
    return render(request, "advice/card.html", {"page": shown, "card": shown.card})


@require_safe
@same_for_everybody
def easy(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the easy-read version of a page."""
    shown = library().easy.get(slug)
    if shown is None:
        raise Http404
    return render(request, "advice/easy.html", {"easy": shown, "page": _page(slug)})
