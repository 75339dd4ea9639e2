"""Every cookie and every stored item that a public page may use, and the visitor's choice about them.

The cookies page is made from `registry`. A response that sets a cookie which is not in it fails the tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Category = Literal["essential", "additional"]
POLICY = "1"
"""Raise it when the registry changes in a way that people should choose again."""
YEAR = 365 * 24 * 60 * 60


@dataclass(frozen=True)
class Stored:
    """One cookie or stored item: its name, what it is for, and when it goes."""

    name: str
    category: Category
    purpose: str | Promise
    expiry: str | Promise
    kind: Literal["cookie", "session storage"] = "cookie"


def _name(purpose: str) -> str:
    return f"__Host-public-{purpose}" if settings.HTTPS else f"public-{purpose}"


CHOICE = _name("choice")
ESCAPE = _name("escape")
LIST = _name("list")
REPORT = _name("report")


def registry() -> tuple[Stored, ...]:
    """Return everything that may be stored."""
    return (
        Stored(
            REPORT,
            "essential",
            _("Holds the only key to the answers of an online report. Set only when you start a report."),
            _("When you leave the site or close the browser; the answers go after 30 minutes without a new page"),
        ),
        Stored(CHOICE, "essential", _("Remembers your choice about cookies. Set only when you choose."), _("1 year")),
        Stored(
            ESCAPE,
            "essential",
            _("Remembers that you turned off the Escape key. Set only when you turn it off."),
            _("When you turn it on again, leave the site or close the browser"),
        ),
        Stored(
            "v",
            "essential",
            _("Remembers that this tab has left the site, so that Back does not show it. Set only when you leave."),
            _("When you come back on purpose or close the tab"),
            "session storage",
        ),
        Stored(
            LIST,
            "additional",
            _("Remembers how many answers you like to see on a page of the disclosure log."),
            _("1 year"),
        ),
    )


def registered(category: Category | None = None) -> Iterator[Stored]:
    """Return what may be stored, of one category or all."""
    return (item for item in registry() if category in (None, item.category))


def choice(request: HttpRequest) -> bool | None:
    """Return whether the visitor accepts additional cookies; None when they have not chosen under this policy."""
    version, _dot, answer = request.COOKIES.get(CHOICE, "").partition(".")
    if version != POLICY or answer not in {"yes", "no"}:
        return None
    return answer == "yes"


def remember(response: HttpResponse, name: str, value: str, *, age: int | None, readable: bool = False) -> None:
    """Set a registered cookie; `readable` lets our own script read it, `age` None ends it with the browser."""
    response.set_cookie(
        name, value, max_age=age, path="/", secure=settings.HTTPS, httponly=not readable, samesite="Lax"
    )


def choose(response: HttpResponse, *, additional: bool) -> None:
    """Keep the choice for a year; a "no" also removes what an earlier "yes" allowed."""
    remember(response, CHOICE, f"{POLICY}.{'yes' if additional else 'no'}", age=YEAR)
    if not additional:
        for item in registered("additional"):
            response.delete_cookie(item.name, path="/", samesite="Lax")


def expire_all(request: HttpRequest, response: HttpResponse) -> None:
    """Remove every registered cookie that the browser sent."""
    for item in registered():
        if item.kind == "cookie" and item.name in request.COOKIES:
            response.delete_cookie(item.name, path="/", samesite="Lax")
