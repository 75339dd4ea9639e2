"""How long ended reports are kept, and what holds one back: a wish about contact that nobody carried on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import BooleanField, Case, Exists, F, Max, OuterRef, Q, QuerySet, When

from clearcount_web.audit.actions import record
from clearcount_web.occurrences.models import Occurrence, Person
from clearcount_web.platform.databases import PUBLIC, STAFF
from clearcount_web.reporting.models import SealedMessage, SealedReport
from clearcount_web.triage.models import Message, Note, OccurrenceLink, Report
from clearcount_web.triage.tally import keep_counts

LIVES_ON = ("occurrence", "force", "passed")
"""Outcomes after which somebody else may call: safe contact must have been carried on to them."""


@dataclass(frozen=True)
class Purged:
    """What a purge did for one outcome: how many reports went, and how many it refused to delete."""

    gone: int
    held: int


def ended_longer_than(outcome: str, days: int, *, now: datetime) -> QuerySet[Report]:
    """Return the reports of an outcome that ended more than so many days ago."""
    return Report.objects.filter(outcome=outcome, outcome_at__lt=now - timedelta(days=days))


def held_back(reports: QuerySet[Report], coming: Collection[str] | None = None) -> QuerySet[Report]:
    """Return those that must not be deleted: `not_carried_on`, and those on which something is still to be done.

    `coming` are the references of `messages_to_come`, where they were read already.
    """
    return _told_apart(reports, coming).filter(_NOT_CARRIED_ON | Q(to_do=True))


def not_carried_on(reports: QuerySet[Report], coming: Collection[str] | None = None) -> QuerySet[Report]:
    """Return those whose safe contact was not carried on, or may be changed by a message that nobody has read.

    Safe contact must be carried on to whoever may call: after some outcomes, and where an occurrence is linked.
    """
    return _told_apart(reports, coming).filter(_NOT_CARRIED_ON)


_NOT_CARRIED_ON = (Q(outcome__in=LIVES_ON) | Q(linked=True)) & (
    Q(carried_on_at=None) | Q(newest__gt=F("carried_on_at"))
) | Q(unread=True)


def _told_apart(reports: QuerySet[Report], coming: Collection[str] | None) -> QuerySet[Report]:
    coming = messages_to_come() if coming is None else coming
    of_it = {"report": OuterRef("pk")}
    unread = Exists(Message.objects.filter(**of_it, read_at=None))
    told: QuerySet[Report] = reports.annotate(
        newest=Max("messages__sent_at"),
        linked=Exists(OccurrenceLink.objects.filter(**of_it)),
        to_do=Exists(Note.objects.filter(**of_it, waits=True, done_at=None)),
        unread=Case(When(Q(unread) | Q(reference__in=coming), then=True), default=False, output_field=BooleanField()),
    )
    return told


def messages_to_come(of: str = "") -> set[str]:
    """Return the references of reports with a message on the public side that the worker has not taken in.

    `of` asks for one reference alone.
    """
    sent = SealedMessage.objects.filter(from_visitor=True)
    taken = Message.objects.all()
    if of:
        sent, taken = sent.filter(report__reference=of), taken.filter(report__reference=of)
    held = set(taken.values_list("public_id", flat=True))
    return {reference for key, reference in sent.values_list("pk", "report__reference") if key not in held}


def due(outcome: str, days: int, *, now: datetime) -> QuerySet[Report]:
    """Return the reports of an outcome that may go and whose days are over."""
    old = ended_longer_than(outcome, days, now=now)
    return old.exclude(pk__in=held_back(old).values("pk"))


def held_past_their_time(*, now: datetime) -> int:
    """Return how many reports are kept past their days because safe contact was not carried on."""
    days, coming = settings.REPORT_RETENTION_DAYS.items(), messages_to_come()
    return sum(held_back(ended_longer_than(outcome, kept, now=now), coming).count() for outcome, kept in days)


def purge(*, now: datetime, dry_run: bool, by: str = "command") -> dict[str, Purged]:
    """Delete reports that ended longer ago than their outcome is kept for, here and on the public side.

    What is kept for how many days is the setting REPORT_RETENTION_DAYS. Returns what was done for each outcome; with
    `dry_run` what would be done, and nothing is deleted. A report without an outcome is never deleted, and neither is
    one whose safe contact was not carried on.
    """
    done: dict[str, Purged] = {}
    for outcome, days in settings.REPORT_RETENTION_DAYS.items():
        with transaction.atomic(using=STAFF), transaction.atomic(using=PUBLIC):
            old = ended_longer_than(outcome, days, now=now)
            held = set(held_back(old).values_list("reference", flat=True))
            references = [each for each in old.values_list("reference", flat=True) if each not in held]
            if not dry_run:
                # Under the lock another purge neither deletes nor counts them again, and no note comes in unseen.
                locked = list(Report.objects.select_for_update().filter(reference__in=references))
                waits = held_back(Report.objects.filter(pk__in=[report.pk for report in locked]))
                held |= set(waits.values_list("reference", flat=True))
                references = [report.reference for report in locked if report.reference not in held]
            done[outcome] = Purged(len(references), len(held))
            if not dry_run and references:
                keep_counts(Report.objects.filter(reference__in=references))
                SealedReport.objects.filter(reference__in=references).delete()
                Report.objects.filter(reference__in=references).delete()
                Occurrence.objects.filter(report__in=references).update(report_deleted_at=now)
                Person.objects.filter(report__in=references).update(report_deleted_at=now)
                changes = {"reports": len(references)}
                record("reports.purged", by=by, kind="report", key=outcome, changes=changes)
    return done
