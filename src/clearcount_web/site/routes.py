"""The ways to reach the force, from force.toml. Words about each way stand here once, for every page."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Route:
    """One way to reach us: its key, a label, the value to print, an address to follow (or empty), and a caveat."""

    key: str
    label: str | Promise
    value: str
    href: str = ""
    note: str | Promise = ""


_KNOWN = (
    ("telephone", _("By phone"), "tel:", _("Not for emergencies. In an emergency call 999.")),
    ("textphone", _("By textphone or Relay UK"), "tel:", ""),
    ("online", _("Online"), "", ""),
    ("counter", _("At a front counter"), "", _("You can ask to talk in a private room.")),
    (
        "messenger",
        _("By messenger on social media"),
        "",
        _("Messages stay in your account, and the company that runs the app knows that you wrote to us."),
    ),
    ("post", _("By post"), "", ""),
    ("email", _("By e-mail"), "mailto:", _("E-mails stay in your sent folder.")),
)
_RIGHTS = (
    ("online", _("Online"), ""),
    ("email", _("By e-mail"), "mailto:"),
    ("post", _("By post"), ""),
    ("telephone", _("By phone"), "tel:"),
)


def rights_routes() -> tuple[Route, ...]:
    """Return the ways to ask for information that force.toml names under `[force.information_rights]`."""
    rights = settings.FORCE.information_rights
    return tuple(
        _route(f"rights-{key}", label, scheme, rights[key]) for key, label, scheme in _RIGHTS if rights.get(key)
    )


def _route(key: str, label: str | Promise, scheme: str, value: str, note: str | Promise = "") -> Route:
    if scheme:
        return Route(key, label, value, scheme + value.replace(" ", ""), note)
    return Route(key, label, value, value if value.startswith(("https://", "/")) else "", note)


def online_report(request: HttpRequest) -> str:
    """Return the address of the online report form: this site's own, else the force's, else empty."""
    if request.META.get("STATIC_SITE"):
        return str(settings.FORCE.contact.get("online", ""))
    try:
        return reverse("reporting:start")
    except NoReverseMatch:
        return str(settings.FORCE.contact.get("online", ""))


def routes(request: HttpRequest) -> tuple[Route, ...]:
    """Return the ways to report that force.toml names, in a fixed order; 101 stands first when it names none."""
    contact = dict(settings.FORCE.contact)
    contact.setdefault("telephone", "101")
    found = []
    for key, label, scheme, note in _KNOWN:
        value = contact.get(key, "")
        if key == "online" and (own := online_report(request)):
            found.append(Route(key, label, value or own, own, note))
        elif value:
            found.append(_route(key, label, scheme, value, note))
    return tuple(found)
