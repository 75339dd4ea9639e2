"""Pages that are the same for everybody: made once a minute, not once a visitor."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

SECONDS = 60


def same_for_everybody(
    view: Callable[..., HttpResponse], *, stamp: Callable[[], str] = str
) -> Callable[..., HttpResponse]:
    """Return a view whose page depends on its address and language only, as long as the visitor sends no cookie and no
    query.

    `stamp` says what else it depends on: the page is made anew when it changes. The page is kept in this process;
    browsers are told not to keep it, as of every page.
    """

    @wraps(view)
    def shared(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        plain = request.method == "GET" and not request.COOKIES and not request.GET
        if not plain or request.META.get("STATIC_SITE"):
            return view(request, *args, **kwargs)
        key = f"page:{get_language()}:{request.path}:{stamp()}"
        content = cache.get(key)
        if content is None:
            response = view(request, *args, **kwargs)
            if response.status_code == 200:
                cache.set(key, response.content, SECONDS)
            return response
        return HttpResponse(content)

    return shared
