"""The bar of rooms on every page of the staff door."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from clearcount_web.desk.links import start_links


def rooms(request: HttpRequest) -> dict[str, Any]:
    """Return `rooms`: address, words, and whether the page is in that room, for each room that the person may open."""
    user = getattr(request, "user", None)  # a page that was refused before sign-in was looked at has none
    if user is None or not user.is_authenticated:
        return {"rooms": []}
    found = [(address, label, request.path.startswith(address)) for address, label in start_links(user)]
    here = max((len(address) for address, _, inside in found if inside), default=0)
    return {"rooms": [(address, label, inside and len(address) == here) for address, label, inside in found]}
