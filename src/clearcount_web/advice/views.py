"""Advice pages and their help cards. Nothing here sets a cookie or counts a visit."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clearcount_web.advice.content import Page
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
    return render(request, "advice/page.html", {"page": shown, "routes": routes(request) if shown.routes else ()})


@require_safe
@same_for_everybody
def card(request: HttpRequest, slug: str) -> HttpResponse:
    """Return a help card to print."""
    shown = _page(slug)
    if shown.card is None:
        raise Http404
    return render(request, "advice/card.html", {"page": shown, "card": shown.card})
