"""Links between reports, and from a report to occurrences: recorded here, or of the force's own system."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from clearcount.errors import ClearcountError
from clearcount.store import open_store
from clearcount_web.audit.actions import record
from clearcount_web.ground.refusals import Refused
from clearcount_web.occurrences.actions import remove_people
from clearcount_web.occurrences.models import Occurrence
from clearcount_web.platform.databases import STAFF
from clearcount_web.triage.actions import Opened
from clearcount_web.triage.carrying import note_waiting, put_people, still_there
from clearcount_web.triage.models import OccurrenceLink, Report, ReportLink

_NUMBER = re.compile(r"(?=.*[0-9])[0-9A-Za-z][0-9A-Za-z/\-. ]{1,39}")


@dataclass(frozen=True)
class Linked:
    """A link as one of its reports shows it: the other report, what both share, who said so and when."""

    key: int
    reference: str
    kind: str
    made_by: str
    made_at: datetime


def number_as_kept(words: str) -> str:
    """Return the number of an occurrence as it is kept, with single spaces. Raises Refused when it is none."""
    number = " ".join(words.split())
    if not _NUMBER.fullmatch(number):
        raise Refused("That is no number of an occurrence. Numbers have letters, digits and / - . between them.")
    return number


def links_of(report: Report) -> tuple[Linked, ...]:
    """Return the reports that officers linked with this one, oldest link first."""
    found = ReportLink.objects.filter(Q(first=report) | Q(second=report)).select_related("first", "second")
    return tuple(
        Linked(
            link.pk,
            (link.second if link.first_id == report.pk else link.first).reference,
            link.get_kind_display(),
            link.made_by,
            link.made_at,
        )
        for link in found
    )


def link_reports(report: Report, reference: str, *, kind: str, by: Any, now: datetime) -> None:
    """Join two reports, both ways. Joining them again changes nothing.

    Raises:
        Refused: when there is no report of that reference, or it is this one.
    """
    wanted = "".join(reference.split()).upper()
    other = Report.objects.filter(reference=wanted).first()
    if other is None:
        raise Refused("There is no report of that reference. Check each letter and number.")
    if other.pk == report.pk:
        raise Refused("That is this report. Give the reference of the other one.")
    with transaction.atomic(using=STAFF):
        report, other = still_there(report), still_there(other)
        first, second = sorted((report, other), key=lambda each: (each.received_at, each.pk))
        _, made = ReportLink.objects.get_or_create(
            first=first, second=second, kind=kind, defaults={"made_at": now, "made_by": by.get_username()}
        )
        if made:
            changes = {"other": other.reference, "shares": kind}
            record("report.linked", by=by, kind="report", key=report.reference, changes=changes)


def unlink_reports(report: Report, key: int, *, by: Any) -> None:
    """Take a link between two reports off. Raises Refused when it is gone already."""
    with transaction.atomic(using=STAFF):
        link = ReportLink.objects.filter(Q(first=report) | Q(second=report), pk=key).first()
        if link is None:
            raise Refused("That link is gone already. Open the report again.")
        other = link.second if link.first_id == report.pk else link.first
        link.delete()
        changes = {"other": other.reference}
        record("report.unlinked", by=by, kind="report", key=report.reference, changes=changes)


def recorded_here(number: str) -> Occurrence | None:
    """Return the occurrence here of that number, or of that number in the force's own system."""
    return Occurrence.objects.filter(Q(number__iexact=number) | Q(force_number__iexact=number)).first()


def link_occurrence(opened: Opened, words: str, *, by: Any, now: datetime) -> OccurrenceLink:
    """Join a report to an occurrence. One that is recorded here gets the people of the report with their wishes.

    Raises:
        Refused: when the number is none, or reads as one of here and is not.
    """
    number = number_as_kept(words)
    here = recorded_here(number)
    if here is None and re.fullmatch(r"[Ww]\d{8}", number):
        raise Refused("No occurrence of that number is recorded here. Check each digit.")
    number = here.number if here else number
    in_store = None if here else held_in_store(number)
    with transaction.atomic(using=STAFF):
        report = still_there(opened.report)
        link, made = OccurrenceLink.objects.get_or_create(
            report=report,
            number=number,
            defaults={"here": bool(here), "in_store": in_store, "made_at": now, "made_by": by.get_username()},
        )
        if not made:
            return link
        if here is not None:
            put_people(here, opened.answers, report=report, by=by)
            report.carried_on_at = None if opened.messages else report.carried_on_at or now
        else:
            report.carried_on_at = None  # whoever deals with that occurrence has not been told yet
        report.save(update_fields=["carried_on_at"])
        if here is not None:
            note_waiting(here)
        changes = {"occurrence": number if here else "of the force's own system"}
        record("report.linked", by=by, kind="report", key=report.reference, changes=changes)
    return link


def unlink_occurrence(report: Report, key: int, *, by: Any) -> None:
    """Take a link to an occurrence off, with the people that it brought there.

    Raises:
        Refused: when it is gone already, or the occurrence was made from this report.
    """
    with transaction.atomic(using=STAFF):
        link = OccurrenceLink.objects.select_for_update().filter(report=report, pk=key).first()
        if link is None:
            raise Refused("That link is gone already. Open the report again.")
        here = Occurrence.objects.filter(number=link.number).first() if link.here else None
        if here is not None and here.report != report.reference:
            remove_people(here, report=report.reference, by=by)
            note_waiting(here)
            Report.objects.filter(pk=report.pk).update(carried_on_at=None)  # its wishes stand there no more
        link.delete()
        changes = {"occurrence": link.number if link.here else "of the force's own system"}
        record("report.unlinked", by=by, kind="report", key=report.reference, changes=changes)


def held_in_store(number: str) -> bool | None:
    """Return whether the newest snapshot of the record store holds an occurrence; None where no store can be asked."""
    if settings.STORE_DIR is None:
        return None
    try:
        store = open_store(settings.STORE_DIR)
        return store.holds(store.snapshot(), (number, number.upper()))
    except (ClearcountError, OSError):
        return None


def reports_of_number(words: str) -> list[Report]:
    """Return the reports that are linked to an occurrence, recorded as it, or ended with its number, oldest first."""
    number = number_as_kept(words)
    here = recorded_here(number)
    fits = Q(occurrence_links__number__iexact=number) | Q(outcome_number__iexact=number)
    if here is not None:
        fits |= Q(occurrence_links__number=here.number) | Q(outcome_number=here.number)
    return list(Report.objects.filter(fits).distinct().order_by("received_at"))
