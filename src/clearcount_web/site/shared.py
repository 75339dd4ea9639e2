"""Pages that are the same for everybody: made once a minute, not once a visitor."""

from __future__ import annotations

import gzip
import re
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
        plain = request.method in ("GET", "HEAD") and not request.COOKIES and not request.GET
        if not plain or request.META.get("STATIC_SITE"):
            return view(request, *args, **kwargs)
        key = f"page:{get_language()}:{request.path}:{stamp()}"
        kept = cache.get(key)
        if kept is None:
            response = view(request, *args, **kwargs)
            if response.status_code != 200:
                return response
            kept = response.content, _small(response.content)
            cache.set(key, kept, SECONDS)
        response = HttpResponse(kept[0])
        response.small = kept[1]  # type: ignore[attr-defined]
        return response

    return shared


def sent_small(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Return a view whose page may be sent compressed; it must hold no secret and nothing that the visitor sent."""

    @wraps(view)
    def small(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code == 200 and accepts_gzip(request) and not request.GET:
            response.small = _small(response.content)  # type: ignore[attr-defined]
        return response

    return small


def accepts_gzip(request: HttpRequest) -> bool:
    """Return whether the browser takes gzip."""
    return re.search(r"\bgzip\b", request.headers.get("Accept-Encoding", "")) is not None


def _small(content: bytes) -> bytes:
    return gzip.compress(content, compresslevel=6, mtime=0)
