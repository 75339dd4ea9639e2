"""How many requests one address may send: generous, because schools and refuges share an address.

The address itself is kept nowhere. A counter is named by an HMAC of the address under a random key that lives in
the cache only and changes every day, so yesterday's counters cannot be tied to anybody.
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

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse

_DAY = 24 * 60 * 60


def network(address: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 network of an IPv6 address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


@dataclass(frozen=True)
class Limit:
    """At most `most` requests in `seconds` from one address, counted under `name`."""

    name: str
    most: int
    seconds: int = 60

    def exceeded(self, request: HttpRequest, *, now: float | None = None) -> bool:
        """Counts this request; True when it is one too many."""
        now = time.time() if now is None else now
        cache = caches["limits"]
        day, window = int(now // _DAY), int(now // self.seconds)
        key = cast(bytes, cache.get_or_set(f"key:{day}", lambda: secrets.token_bytes(32), timeout=_DAY))
        place = f"{self.name}:{window}:{network(request.META.get('REMOTE_ADDR', ''))}"
        counter = hmac.new(key, place.encode(), hashlib.sha256).hexdigest()
        cache.add(counter, 0, timeout=self.seconds)
        try:
            return bool(cache.incr(counter) > self.most)
        except ValueError:  # evicted between the two calls: the cache is full of other addresses
            return False


def limited(limit: Limit) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A view's own, tighter limit on POST; above it the visitor gets the 429 page with 999 and 101 on it."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            from clearcount_web.ground.errors import too_many_requests

            if request.method == "POST" and limit.exceeded(request):
                return too_many_requests(request, seconds=limit.seconds)
            return view(request, *args, **kwargs)

        return guarded

    return decorate
