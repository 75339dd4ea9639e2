"""How long the public side keeps what people send: the privacy notice prints it, `actions.delete_expired` obeys it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _

FEEDBACK_DAYS = 90
COMPLAINT_DAYS = 365
PAGE_COUNT_DAYS = 730


@dataclass(frozen=True)
class Kept:
    """One kind of record, how long it is kept and why."""

    what: str | Promise
    how_long: str | Promise
    why: str | Promise


_KEPT: list[Kept] = [
    Kept(
        _("Feedback about this site"),
        _("90 days"),
        _("To make the site better. We do not ask who you are."),
    ),
    Kept(
        _("A data-protection complaint"),
        _("Until it is closed, then 1 year"),
        _("To answer you, and to show that we did."),
    ),
    Kept(
        _("How often a page was shown on a day"),
        _("2 years"),
        _("Only a number. It is counted only for people who accept additional cookies."),
    ),
]


def with_days(words: Promise, days: int) -> str | Promise:
    """Return a sentence with its number of days, in the language of the page that shows it."""
    return lazy(lambda: str(words) % {"days": days}, str)()


def declare(kept: Kept) -> None:
    """Add a line to the privacy notice; a room calls this when its app is ready."""
    if kept not in _KEPT:
        _KEPT.append(kept)


def kept() -> tuple[Kept, ...]:
    """Return every declared line, in order."""
    return tuple(_KEPT)
