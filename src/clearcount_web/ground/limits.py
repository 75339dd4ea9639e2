"""How many requests one visitor may send: generous, because schools and refuges share an address.

A visitor who has a draft is counted by the draft, so that a flood from the same address does not stop them.

The address itself is kept nowhere. A counter is named by an HMAC of the address under a random key. The key is in the
cache only and changes every day, so yesterday's counters cannot be tied to anybody.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast
from urllib.parse import urlsplit

from django.core.cache import caches
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse

_DAY = 24 * 60 * 60


def network(address: str) -> str:
    """Return what counts as one address: an IPv4 address, or the /64 network of an IPv6 address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


Identity = Callable[[HttpRequest], str | None]
_identities: list[Identity] = []


def identify(by: Identity) -> None:
    """Add a way to tell requests of one address apart: what `by` gives is counted in place of the address.

    It must be something that cannot be made up freely, such as a draft that the service gave out itself.
    """
    if by not in _identities:
        _identities.append(by)


def counted_as(request: HttpRequest) -> str:
    """Return what a request is counted under: what the service gave to this visitor, else the network of their
    address.
    """
    known: str | None = getattr(request, "counted_as", None)
    if known is None:
        known = next((found for found in (by(request) for by in _identities) if found), None) or by_address(request)
        request.counted_as = known  # type: ignore[attr-defined]
    return known


def by_address(request: HttpRequest) -> str:
    """Return the network of a request's address."""
    return network(request.META.get("REMOTE_ADDR", ""))


def is_foreign(request: HttpRequest) -> bool:
    """Return whether the browser says that another site caused the request and that nobody followed a link to come
    here.

    Another site can make a visitor's browser send such requests by the hundred. They count apart, so that they use up
    nothing of what the visitor may ask for.
    """
    fetched_from = request.headers.get("Sec-Fetch-Site", "")
    if fetched_from in {"same-origin", "none"}:
        return False
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        elsewhere = fetched_from in {"cross-site", "same-site"}
        return elsewhere and request.headers.get("Sec-Fetch-Dest", "document") != "document"
    return bool(fetched_from) or not from_this_site(request)


def from_this_site(request: HttpRequest) -> bool:
    """Return whether the browser says that the request was made by a page of this site; False when it says nothing."""
    if fetched_from := request.headers.get("Sec-Fetch-Site"):
        return fetched_from == "same-origin"
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    try:
        return bool(origin) and urlsplit(origin).netloc == request.get_host()
    except (DisallowedHost, ValueError):
        return False


@dataclass(frozen=True)
class Limit:
    """At most `most` requests in `seconds` from one visitor, counted under `name`."""

    name: str
    most: int
    seconds: int = 60

    def exceeded(self, request: HttpRequest, *, now: float | None = None, by: Identity = counted_as) -> bool:
        """Count this request; return True when it is one too many."""
        now = time.time() if now is None else now
        cache = caches["limits"]
        day, window = int(now // _DAY), int(now // self.seconds)
        key = cast(bytes, cache.get_or_set(f"key:{day}", lambda: secrets.token_bytes(32), timeout=_DAY))
        place = f"{self.name}:{window}:{by(request)}"
        counter = hmac.new(key, place.encode(), hashlib.sha256).hexdigest()
        cache.add(counter, 0, timeout=self.seconds)
        try:
            return bool(cache.incr(counter) > self.most)
        except ValueError:  # evicted between the two calls: the cache is full of other addresses
            return False


def limited(
    limit: Limit, *, by: Identity = counted_as
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Return a view's own, tighter limit on POST; above it the visitor gets the 429 page with 999 and 101 on it.

    Stands below `same_origin_posts`, so that what another site sends uses up nothing.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            from clearcount_web.ground.errors import too_many_requests

            if request.method == "POST" and limit.exceeded(request, by=by):
                return too_many_requests(request, seconds=limit.seconds)
            return view(request, *args, **kwargs)

        return guarded

    return decorate
