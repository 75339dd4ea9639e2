"""The names of bodies that an answer sends its reader to, by date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Body:
    """A body under one of its names: `since` is the first day of that name, None for "as long as anybody knows"."""

    name: str
    source: str
    since: date | None = None


REGULATOR = (
    Body("Information Commissioner", "Freedom of Information Act 2000, section 50"),
    Body(
        "Information Commission",
        "Data (Use and Access) Act 2025, sections 117 to 119",
        date(2026, 9, 30),
    ),
)
"""Who decides on complaints about answers to requests, the oldest name first."""


def regulator_on(day: date) -> str:
    """Return the name of the body that decides on complaints on `day`: an answer keeps the name of its own date."""
    return next(body.name for body in reversed(REGULATOR) if body.since is None or body.since <= day)
