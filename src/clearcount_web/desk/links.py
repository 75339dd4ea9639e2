"""The lines of the start page: a room's first page, and who may follow the link."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from clearcount_web.accounts.models import User
from clearcount_web.accounts.roles import EVERY_ROLE, Role


@dataclass(frozen=True)
class Link:
    """A line of the start page: the route, its words, and who may follow it."""

    route: str
    label: str
    roles: frozenset[Role]


LINKS: tuple[Link, ...] = (
    Link("review:list", "Reading room", frozenset({Role.READER, Role.ANALYST})),
    Link("audit", "Audit", frozenset({Role.ADMINISTRATOR, Role.DECISION_MAKER})),
    Link("triage:queue", "Reports", frozenset({Role.CONTACT_OFFICER})),
    Link("occurrences:list", "Occurrences", frozenset({Role.CONTACT_OFFICER})),
    Link(
        "cases:index",
        "Cases",
        frozenset({Role.FOI_OFFICER, Role.ANALYST, Role.READER, Role.DECISION_MAKER, Role.PUBLISHER}),
    ),
    Link("cases:tasks", "What your department is asked", frozenset({Role.DEPARTMENT})),
    Link("records:index", "Data room", frozenset({Role.FOI_OFFICER, Role.ANALYST})),
    Link("correspondence:requests", "Requests for information", frozenset({Role.FOI_OFFICER})),
    Link("correspondence:index", "Complaints and feedback", frozenset({Role.FOI_OFFICER, Role.ADMINISTRATOR})),
    Link("jobs", "Background work", frozenset({Role.ADMINISTRATOR})),
    Link("people", "People", frozenset({Role.ADMINISTRATOR})),
    Link("account", "Your account", EVERY_ROLE),
)
"""Add a line here for a room's first staff page."""


def start_links(user: User) -> list[tuple[str, str]]:
    """Return address and words of each page the person may open."""
    found = []
    for link in LINKS:
        if user.has_role(*link.roles):
            try:
                found.append((reverse(link.route), link.label))
            except NoReverseMatch:  # the room is not installed
                continue
    return found
