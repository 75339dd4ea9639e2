"""Forms without a token cookie.

Django's token needs a cookie on the first visit, and on a shared device a cookie is a trace. Browsers say where a
form comes from; a form that does not come from this site is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt

from clearcount_web.ground.limits import from_this_site
from clearcount_web.ground.refusals import Refused

View = Callable[..., HttpResponse]


def same_origin_posts(view: View) -> View:
    """Return a view whose POST is taken from this site's own pages only; it neither needs nor sets a token cookie.

    Raises:
        Refused: for a POST from elsewhere.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in {"GET", "HEAD", "OPTIONS"} and not from_this_site(request):
            raise Refused("This form was not sent from a page of this site. Go back, reload the page and try again.")
        return view(request, *args, **kwargs)

    return csrf_exempt(guarded)


def local_path(request: HttpRequest, wanted: str, *, otherwise: str) -> str:
    """Return `wanted` when it is a path on this site, else `otherwise`."""
    good = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if good else otherwise
