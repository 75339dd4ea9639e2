"""Middleware that sends a page compressed, where its view has said that it may be.

The size of a compressed page gives a secret away when the page also holds what a visitor sent (BREACH). So only pages
that are the same for everybody are compressed, and published answers: no form with a token, no search.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from clearcount_web.site.shared import accepts_gzip


def small_pages(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Return the middleware; `response.small` is the compressed page that a view left."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        small = getattr(response, "small", None)
        if small is not None:
            patch_vary_headers(response, ["Accept-Encoding"])
            if accepts_gzip(request):
                response.content = small
                response.headers["Content-Encoding"] = "gzip"
                response.headers["Content-Length"] = str(len(small))
        return response

    return respond
