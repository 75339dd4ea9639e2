"""Reading occurrences. Reading texts or people is an event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from clearcount_web.audit.actions import record
from clearcount_web.occurrences.models import Entry, Marker, Occurrence, Offence, Person
from clearcount_web.platform.databases import STAFF


@dataclass(frozen=True)
class OfReport:
    """A report that an occurrence was made from, or that brought people to it, and when it was deleted."""

    reference: str
    deleted_at: datetime | None


@dataclass(frozen=True)
class Shown:
    """An occurrence as its page shows it."""

    occurrence: Occurrence
    offences: tuple[Offence, ...]
    summary: Entry | None
    mo: Entry | None
    log: tuple[Entry, ...]
    markers: tuple[Marker, ...]
    people: tuple[Person, ...]
    reports: tuple[OfReport, ...]


def listed() -> QuerySet[Occurrence]:
    """Return all occurrences with their offences, the newest first, without texts."""
    return Occurrence.objects.prefetch_related("offences")


def found(number: str) -> Occurrence:
    """Return the occurrence of that number, without reading its texts. Raises Http404."""
    return get_object_or_404(Occurrence, number=number)


def opened(number: str, *, by: Any) -> Shown:
    """Return the occurrence with its texts and people; the reading is an event. Raises Http404."""
    occurrence = found(number)
    with transaction.atomic(using=STAFF):
        record("occurrence.read", by=by, kind="occurrence", key=occurrence.number)
        entries = list(occurrence.entries.select_related("corrected_by").order_by("number"))
        return Shown(
            occurrence=occurrence,
            offences=tuple(occurrence.offences.all()),
            summary=_holding(entries, "summary"),
            mo=_holding(entries, "mo"),
            log=tuple(entry for entry in entries if entry.field == "oel"),
            markers=current_markers(occurrence),
            people=tuple(occurrence.people.all()),
            reports=_reports_of(occurrence),
        )


def _reports_of(occurrence: Occurrence) -> tuple[OfReport, ...]:
    """Return the reports of an occurrence, first the one that it was made from."""
    found = {occurrence.report: occurrence.report_deleted_at} if occurrence.report else {}
    for person in occurrence.people.all():
        if person.report:
            found.setdefault(person.report, person.report_deleted_at)
    return tuple(OfReport(reference, deleted_at) for reference, deleted_at in found.items())


def people_shown(occurrence: Occurrence, *, by: Any) -> tuple[Person, ...]:
    """Return the people who said how they may be reached; reading that is an event."""
    people = tuple(person for person in occurrence.people.all() if person.facts or person.safe_contact)
    if people:
        with transaction.atomic(using=STAFF):
            record("occurrence.read", by=by, kind="occurrence", key=occurrence.number)
    return people


def _holding(entries: list[Entry], field: str) -> Entry | None:
    return next((entry for entry in reversed(entries) if entry.field == field and entry.holds), None)


def current_markers(occurrence: Occurrence) -> tuple[Marker, ...]:
    """Return the markers that are on: the last word on each name."""
    last = {marker.name: marker for marker in occurrence.markers.all()}
    return tuple(marker for marker in last.values() if marker.on)
