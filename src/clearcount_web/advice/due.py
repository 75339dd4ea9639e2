"""Facts of the advice that somebody must read again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from clearcount_web.advice.content import NAMES, STALE_AFTER_DAYS, Library, Page, names_of


@dataclass(frozen=True)
class Due:
    """What somebody must read again: a page or service, when it was last checked, and why."""

    file: str
    checked_on: date
    late: bool
    reasons: tuple[str, ...]


def due(library: Library, today: date, *, demo: bool = False) -> tuple[Due, ...]:
    """Return what has a fact past its date, one not confirmed, or fewer than two names; the oldest first."""
    found = []
    for item in library.checked:
        age = (today - item.checked_on).days
        late = age > STALE_AFTER_DAYS
        reasons = [f"last checked {age} days ago"] if late else []
        laws = item.laws if isinstance(item, Page) else ()
        reasons += [f"not confirmed: the day on which {law.act} came into force" for law in laws if not law.confirmed]
        reasons += [f"n{source[1:]}" for source in item.sources if source.startswith("Not confirmed")]
        if (names := len(names_of(item, demo=demo))) < NAMES:
            reasons.append(f"checked by {names} of {NAMES} people (checked_by)")
        if reasons:
            found.append(Due(item.file, item.checked_on, late, tuple(reasons)))
    return tuple(sorted(found, key=lambda each: (each.checked_on, each.file)))
