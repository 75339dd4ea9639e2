"""Error pages. On the public door each carries the way out, 999 and 101; on neither do they say what broke inside."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from clearcount_web.ground.limits import from_this_site

_PLAIN = (
    "<!DOCTYPE html><html lang=en><meta charset=utf-8><title>Sorry, there is a problem</title>"
    "<h1>Sorry, there is a problem</h1><p>Please try again.</p>"
    "<p>In an emergency call 999. If you cannot speak, press 55 when asked. Otherwise call 101.</p>"
)


def page(
    request: HttpRequest, *, status: int, title: str, sentences: list[str], typed: list[tuple[str, str]] | None = None
) -> HttpResponse:
    """Return the error page of this door, never kept by a browser. `typed` travels in a form that sends it again."""
    context = {"title": title, "sentences": sentences, "status": status, "typed": typed}
    html = render_to_string(f"ground/{settings.DOOR}/error.html", context, request)
    response = HttpResponse(html, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return 400: the request cannot be read."""
    return page(
        request,
        status=400,
        title=_("We could not read that"),
        sentences=[_("Something in the address or the form was not as expected. Go back and try again.")],
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return 403 with the sentence of a refusal, when a rule gave one."""
    from clearcount_web.ground.refusals import Refused

    sentence = str(exception) if isinstance(exception, Refused) else _("You may not see this page.")
    return page(request, status=403, title=_("You may not do this"), sentences=[sentence])


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Return 403: the form came from elsewhere, or was open for too long."""
    return page(
        request,
        status=403,
        title=_("Please send the form again"),
        sentences=[
            _("The page was open for too long, or cookies are turned off. Go back, reload the page and try again.")
        ],
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return 404: nothing is at this address."""
    return page(
        request,
        status=404,
        title=_("Page not found"),
        sentences=[_("If you typed the address, check it is right. If you followed a link, it may be out of date.")],
    )


def too_many_requests(request: HttpRequest, *, seconds: int) -> HttpResponse:
    """Return 429: the page asks to wait, says where help is meanwhile, and keeps what was typed."""
    response = page(
        request,
        status=429,
        title=_("Please wait a minute"),
        sentences=[_("We have had many requests from your connection. Wait a minute, then try again.")],
        typed=_typed(request),
    )
    response.headers["Retry-After"] = str(seconds)
    return response


def _typed(request: HttpRequest) -> list[tuple[str, str]] | None:
    """The fields of a form that this site's own page sent; None for anything else."""
    if request.method != "POST" or not from_this_site(request):
        return None
    try:
        return [(name, value) for name, values in request.POST.lists() for value in values]
    except (SuspiciousOperation, OSError):  # too large, or cut off on the way
        return None


def server_error(request: HttpRequest) -> HttpResponse:
    """Return 500: the page of this door, or a plain one when even that cannot be made."""
    try:
        return page(
            request,
            status=500,
            title=_("Sorry, there is a problem"),
            sentences=[_("Something went wrong on our side. Please try again later.")],
        )
    except Exception:
        return HttpResponse(_PLAIN, status=500, headers={"Cache-Control": "no-store"})
