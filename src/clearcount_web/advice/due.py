"""Facts of the advice that somebody must read again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from clearcount_web.advice.content import STALE_AFTER_DAYS, Library, Page, Service

NAMES = 2
"""How many people check a fact."""


@dataclass(frozen=True)
class Due:
    """What somebody must read again: a page or service, when it was last checked, and why."""

    slug: str
    checked_on: date
    late: bool
    reasons: tuple[str, ...]


def due(library: Library, today: date) -> tuple[Due, ...]:
    """Return what has a fact past its date, one not confirmed, or fewer than two names; the oldest first."""
    found = []
    items: list[Page | Service] = [*library.pages, *library.services.values()]
    for item in items:
        age = (today - item.checked_on).days
        late = age > STALE_AFTER_DAYS
        reasons = [f"last checked {age} days ago"] if late else []
        laws = item.laws if isinstance(item, Page) else ()
        reasons += [f"not confirmed: the day on which {law.act} came into force" for law in laws if not law.confirmed]
        reasons += [f"n{source[1:]}" for source in item.sources if source.startswith("Not confirmed")]
        if (names := len(set(item.checked_by))) < NAMES:
            reasons.append(f"checked by {names} of {NAMES} people (checked_by)")
        if reasons:
            found.append(Due(item.slug, item.checked_on, late, tuple(reasons)))
    return tuple(sorted(found, key=lambda each: (each.checked_on, each.slug)))
