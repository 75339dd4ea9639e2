"""Every route of the staff door with who may open it, read from the resolver: for the reference page and its tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from clearcount_web.accounts.access import ANYONE, SIGNED_IN, Access, access_of
from clearcount_web.accounts.roles import Role


@dataclass(frozen=True)
class Route:
    """One address pattern and what its view declares; `access` is None for a view that declares nothing."""

    pattern: str
    name: str
    view: Callable[..., Any]
    access: Access | None

    def admits(self, roles: frozenset[Role], *, signed_in: bool = True) -> bool:
        """Return whether a person with these roles may open it."""
        if self.access == ANYONE:
            return True
        if not signed_in or self.access is None:
            return False
        return self.access == SIGNED_IN or (isinstance(self.access, frozenset) and not self.access.isdisjoint(roles))


def staff_routes() -> list[Route]:
    """Return all routes of the staff door, in the order in which they are tried."""
    return list(_walk(get_resolver("clearcount_web.project.urls_staff"), "", ""))


def _walk(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, pattern, inner)
        elif isinstance(entry, URLPattern):
            yield Route(pattern, f"{namespace}{entry.name or ''}", entry.callback, access_of(entry.callback))


def as_markdown(routes: list[Route]) -> str:
    """Return the table of the reference page: a row for each route, a column for each role."""
    lines = [
        "# Routes of the staff door and who may open them",
        "",
        "Made from the code by `clearcount manage routes --write FILE`; a test compares this page with the code and",
        "tries every row with every role. Whether a person may act on one particular object is another matter: the",
        "rules of that part of the service decide it.",
        "",
        "| address | name | not signed in | " + " | ".join(str(role.label) for role in Role) + " |",
        "|---|---|---|" + "---|" * len(Role),
    ]
    for route in routes:
        cells = [route.admits(frozenset(), signed_in=False), *(route.admits(frozenset({role})) for role in Role)]
        marks = " | ".join("yes" if may else "–" for may in cells)
        address = "/" + route.pattern.replace("|", "\\|")
        lines.append(f"| `{address}` | {route.name} | {marks} |")
    return "\n".join(lines) + "\n"
