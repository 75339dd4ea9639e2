"""Reading the chain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.conf import settings

from clearcount_web.audit.chain import SEALED_FIELDS, Finding, faults
from clearcount_web.audit.models import Event, Head


def chain(alias: str) -> Iterator[Mapping[str, object]]:
    """Every event of one database in order of number, a few at a time."""
    return iter(Event.objects.using(alias).order_by("number").values(*SEALED_FIELDS, "mac").iterator(chunk_size=1000))


def head(alias: str) -> Mapping[str, object] | None:
    """Where the chain of one database ends; None for a chain without events."""
    return Head.objects.using(alias).filter(id=1).values("number", "mac", "seal").first()


def verify(alias: str) -> list[Finding]:
    """Every fault in the chain of one database; empty for a whole chain."""
    return list(faults(chain(alias), head(alias), settings.AUDIT_KEYS[alias]))


def events(*, verb: str = "", actor: str = "", kind: str = "", key: str = "") -> list[Event]:
    """The last two hundred events of the staff chain that match every word given."""
    found = Event.objects.all()
    for name, value in (("verb", verb), ("actor", actor), ("kind", kind), ("key", key)):
        if value:
            found = found.filter(**{name: value})
    return list(found.order_by("-number")[:200])
