"""Every public page that a crawler may list. A room declares its addresses when its app is ready."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

_FIXED = ("home", "stay_safe", "cookies", "privacy", "accessibility", "contact", "feedback")


@dataclass(frozen=True)
class Address:
    """A path on this site and the day it last changed, where that is known."""

    path: str
    changed: date | None = None


Source = Callable[[], Iterator[Address]]
_SOURCES: list[Source] = []


def declare(source: Source) -> None:
    """Add a room's addresses."""
    if source not in _SOURCES:
        _SOURCES.append(source)


def addresses() -> Iterator[Address]:
    """Yield the fixed pages, then every declared address."""
    for name in _FIXED:
        yield Address(reverse(f"site:{name}"))
    for source in _SOURCES:
        yield from source()
