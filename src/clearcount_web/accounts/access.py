"""Which roles may open a route. Every staff view says so; one that does not is closed to everybody.

`@roles(Role.ANALYST, Role.READER)` guards a view by role. Whether this person may act on this object is asked in the
view's action or query. A function in the app's `permissions.py` returns a sentence or None (`enforce`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from clearcount_web.accounts.models import User
from clearcount_web.accounts.roles import EVERY_ROLE, Role
from clearcount_web.ground.refusals import Refused

View = TypeVar("View", bound=Callable[..., Any])
ANYONE = "anyone"
SIGNED_IN = "signed in"
Access = frozenset[Role] | str


class StaffRequest(HttpRequest):
    """A request behind a staff declaration: its user is a member of staff."""

    user: User


def roles(*allowed: Role) -> Callable[[View], View]:
    """Open a view to people who hold one of `allowed`."""
    return _mark(frozenset(allowed))


def signed_in(view: View) -> View:
    """Open a view to everybody who is signed in, whatever their roles."""
    return _mark(SIGNED_IN)(view)


def anyone(view: View) -> View:
    """Open a view without signing in: the sign-in pages themselves, health checks."""
    return _mark(ANYONE)(view)


def _mark(access: Access) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        view.clearcount_access = access  # type: ignore[attr-defined]
        return view

    return decorate


def access_of(view: Callable[..., Any]) -> Access | None:
    """Return what a resolved view declares; None when it declares nothing and so is closed."""
    found: Access | None = getattr(view, "clearcount_access", None)
    if found is None:
        found = getattr(getattr(view, "view_class", None), "clearcount_access", None)
    return found


class AccessMiddleware:
    """Checks the declaration of the view that a request resolved to, before the view runs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Return None when the person may go on, otherwise the sign-in page.

        Raises:
            Refused: when the person is signed in without a role that may open the route.
        """
        access = access_of(view)
        if access == ANYONE:
            return None
        if not request.user.is_authenticated:
            if request.method in {"GET", "HEAD"}:
                return redirect(f"{reverse('account_login')}?{urlencode({'next': request.path})}")
            return redirect("account_login")
        if access == SIGNED_IN:
            return None
        if not isinstance(access, frozenset):
            raise Refused("This page is closed: it does not say which role may open it.")
        if not request.user.has_role(*access):
            names = ", ".join(sorted(str(role.label) for role in access & EVERY_ROLE))
            raise Refused(f"This page is for: {names}. Ask an administrator if you need it.")
        return None
