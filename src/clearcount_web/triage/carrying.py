"""What ties a report to the occurrences that hold its people, so that no wish is lost between them."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Max, Q, QuerySet

from clearcount_web.ground.refusals import Refused
from clearcount_web.occurrences.actions import add_person
from clearcount_web.occurrences.models import Occurrence
from clearcount_web.reporting.answers import ReportAnswers
from clearcount_web.triage.models import Report
from clearcount_web.triage.safe_contact import people_of


def still_there(report: Report) -> Report:
    """Return the report under the write lock. Raises Refused when it was deleted at the end of its time meanwhile."""
    locked = Report.objects.select_for_update().filter(pk=report.pk).first()
    if locked is None:
        raise Refused("This report was deleted at the end of its time while the page was open. Nothing was saved.")
    return locked


def occurrences_of(reference: str) -> QuerySet[Occurrence]:
    """Return the occurrences here that were made from a report, or hold people of it."""
    return Occurrence.objects.filter(
        Q(report=reference) | Q(pk__in=Occurrence.objects.filter(people__report=reference).values("pk"))
    )


def put_people(occurrence: Occurrence, answers: ReportAnswers, *, report: Report, by: Any) -> None:
    """Add the people of a report with their wishes to an occurrence, once."""
    if not occurrence.people.filter(report=report.reference).exists():
        for person in people_of(answers, report=report.reference):
            add_person(occurrence, person, by=by)


def note_waiting(occurrence: Occurrence) -> None:
    """Note on an occurrence whether one of its reports has a message that nobody carried on."""
    references = {occurrence.report, *occurrence.people.values_list("report", flat=True)} - {""}
    reports = Report.objects.filter(reference__in=references).annotate(newest=Max("messages__sent_at"))
    waits = reports.filter(Q(newest__gt=F("carried_on_at")) | Q(newest__isnull=False, carried_on_at=None)).exists()
    Occurrence.objects.filter(pk=occurrence.pk).update(message_waits=waits)
