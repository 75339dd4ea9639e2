"""Middleware of both doors: headers on every response, the request log, the general rate limit."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from clearcount_web.ground.errors import too_many_requests
from clearcount_web.ground.limits import Limit, by_address, is_foreign, network
from clearcount_web.platform.environment import is_loopback

Handler = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger("clearcount_web.request")
_FOREIGN = Limit("foreign", 300)
"""What other sites make a visitor's browser send. It counts apart: the visitor's own requests lose nothing by it."""
_READS = {"GET", "HEAD", "OPTIONS"}


def own_headers() -> dict[str, str]:
    """Return the headers that Django and django-csp do not set."""
    found = {
        "Permissions-Policy": settings.PERMISSIONS_POLICY,
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-DNS-Prefetch-Control": "off",
        "X-Frame-Options": settings.X_FRAME_OPTIONS,
    }
    if settings.DOOR == "staff":
        found |= {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
    return found


def unread_request_headers() -> dict[str, str]:
    """Return every header for an answer that the web server gives by itself, to a request that Django never saw."""
    found = own_headers() | {
        "Content-Security-Policy": build_policy(),
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
        "Cache-Control": "no-store",
    }
    if settings.SECURE_HSTS_SECONDS:
        parts = [f"max-age={settings.SECURE_HSTS_SECONDS}"]
        parts += ["includeSubDomains"] if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else []
        parts += ["preload"] if settings.SECURE_HSTS_PRELOAD else []
        found["Strict-Transport-Security"] = "; ".join(parts)
    return found


def headers(get_response: Handler) -> Handler:
    """Add `own_headers` to every response; no browser keeps a staff answer or a public page."""
    added = own_headers()

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in added.items():
            response.headers.setdefault(name, value)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            # Firefox gives a page out of its back/forward cache the session storage of the time when it went in: the
            # mark that this tab has left is not in it, and Back would show the page. A page not kept is asked for anew.
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return respond


def request_log(get_response: Handler) -> Handler:
    """Log method, route pattern, status and time: never the address asked for, which may name a case or a report."""

    def respond(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = get_response(request)
        match = request.resolver_match
        fields = {
            "door": settings.DOOR,
            "method": request.method,
            "route": match.route if match is not None else "(none)",
            "status": response.status_code,
            "milliseconds": round((time.perf_counter() - began) * 1000, 1),
        }
        address = logged_address(request.META.get("REMOTE_ADDR", ""))
        if address:
            fields["address"] = address
        log.info("request", extra=fields)
        return response

    return respond


def logged_address(address: str) -> str:
    """Return what the log keeps of an address by LOG_ADDRESSES: nothing, its network, or all of it."""
    if settings.LOG_ADDRESSES == "full":
        return address
    if settings.LOG_ADDRESSES == "truncated":
        shared = network(address)
        return shared if "/" in shared else shared.rpartition(".")[0] + ".0/24"
    return ""


def loopback_only(get_response: Handler) -> Handler:
    """Refuse whoever is not on this machine: the demo's passwords are known. A proxy speaks for others."""

    def respond(request: HttpRequest) -> HttpResponse:
        through = any(name in request.headers for name in ("X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Via"))
        if through or not is_loopback(request.META.get("REMOTE_ADDR", "")):
            return HttpResponse("The demo answers on this machine only.", status=403, content_type="text/plain")
        return get_response(request)

    return respond


def rate_limit(get_response: Handler) -> Handler:
    """Return the general limit on what one address may ask of this door. The way out is never limited."""

    def respond(request: HttpRequest) -> HttpResponse:
        if request.path in settings.NEVER_LIMITED:
            return get_response(request)
        reading = request.method in _READS
        if is_foreign(request):
            if _FOREIGN.exceeded(request, by=by_address):
                return too_many_requests(request, seconds=60)
            return get_response(request)
        most = settings.READS_PER_MINUTE if reading else settings.WRITES_PER_MINUTE
        often = next((each for each in settings.OFTEN_WRITTEN if request.path.startswith(each)), None)
        if often and not reading:
            counted = Limit(f"writes {often}", max(most, settings.OFTEN_WRITTEN[often]))
        else:
            counted = Limit("reads" if reading else "writes", most)
        if counted.exceeded(request):
            return too_many_requests(request, seconds=60)
        return get_response(request)

    return respond
