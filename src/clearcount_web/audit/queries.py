"""Reading the chain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet

from clearcount_web.audit.actions import CHAIN_NAMES
from clearcount_web.audit.anchors import compared, reachable, read
from clearcount_web.audit.chain import SEALED_FIELDS, Finding, faults
from clearcount_web.audit.models import Event, Head
from clearcount_web.ground.health import Condition


def chain(alias: str) -> Iterator[Mapping[str, object]]:
    """Return every event of one database in order of number, a few at a time."""
    return iter(Event.objects.using(alias).order_by("number").values(*SEALED_FIELDS, "mac").iterator(chunk_size=1000))


def head(alias: str) -> Mapping[str, object] | None:
    """Return where the chain of one database ends; None for a chain without events."""
    return Head.objects.using(alias).filter(id=1).values("number", "mac", "seal").first()


@dataclass(frozen=True)
class Verified:
    """What checking one chain found: faults, remarks that are none, its events and the heads noted outside."""

    faults: tuple[Finding, ...]
    remarks: tuple[str, ...]
    events: int
    heads: int


def verify(alias: str, *, lines: Sequence[str] = ()) -> Verified:
    """Check the chain of one database by itself, and against the heads noted outside it.

    `lines` are further heads, such as those of a syslog.

    Raises:
        AnchorFault: when a place that holds heads cannot be read.
    """
    events = list(chain(alias))
    key = settings.AUDIT_KEYS[alias]
    found = list(faults(events, head(alias), key))
    macs = {int(str(event["number"])): str(event["mac"]) for event in events}
    noted = [line for _, noted in read(settings.AUDIT_ANCHORS) for line in noted]
    outside = compared(CHAIN_NAMES[alias], macs, [*noted, *lines], key)
    return Verified((*found, *outside.faults), outside.remarks, len(events), outside.heads)


def events(*, verb: str = "", actor: str = "", kind: str = "", key: str = "") -> QuerySet[Event]:
    """Return the events of the staff chain that match every word given, the newest first."""
    found = Event.objects.all()
    for name, value in (("verb", verb), ("actor", actor), ("kind", kind), ("key", key)):
        if value:
            found = found.filter(**{name: value})
    return found.order_by("-number")


def anchors() -> Condition:
    """Return whether the places outside the databases take heads of the audit."""
    refused = reachable(settings.AUDIT_ANCHORS)
    says = "; ".join(refused) or (f"{len(settings.AUDIT_ANCHORS)} places" if settings.AUDIT_ANCHORS else "none is set")
    return Condition("audit anchors", not refused, says)
