"""Whether the service can do its work, as named conditions. No condition tells anything of a person or a report."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, connections

log = logging.getLogger("clearcount_web.health")
LEAST_FREE = 500_000_000
"""Bytes that must be free where the service keeps its files."""


@dataclass(frozen=True)
class Condition:
    """One thing that was looked at: whether it is well, and a sentence that says what it is and what to do."""

    name: str
    well: bool
    says: str


Look = Callable[[], Condition]
_looks: list[Look] = []


def declare(look: Look) -> None:
    """Add a condition; a room calls this when its app is ready."""
    if look not in _looks:
        _looks.append(look)


def conditions() -> Iterator[Condition]:
    """Yield every condition of this door. One that cannot be looked at is not well."""
    for look in (databases, disk, report_keys, *_looks):
        try:
            yield look()
        except Exception as error:
            log.exception("a condition could not be looked at", extra={"kind": look.__name__})
            yield Condition(look.__name__, False, f"could not be looked at ({type(error).__name__}); see the log")


def databases() -> Condition:
    """Return whether every database of this door answers."""
    silent = []
    for alias in (name for name, database in settings.DATABASES.items() if database.get("NAME")):
        try:
            with connections[alias].cursor() as cursor:
                cursor.execute("SELECT 1")
        except DatabaseError:
            silent.append(alias)
    return Condition("databases", not silent, f"no answer from: {', '.join(silent)}" if silent else "all answer")


def disk() -> Condition:
    """Return whether there is room where the service keeps its files."""
    free = shutil.disk_usage(settings.WEB_DIR).free
    return Condition(
        "disk", free >= LEAST_FREE, f"{free // 1_000_000} MB free; at least {LEAST_FREE // 1_000_000} needed"
    )


def report_keys() -> Condition:
    """Return whether reports can be sealed."""
    says = "set" if settings.REPORT_KEYS else "no report keys are set, so nobody can report online"
    return Condition("report keys", settings.REPORT_KEYS is not None, says)
