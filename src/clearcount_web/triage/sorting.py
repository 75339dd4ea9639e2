"""Sorting: what the list tells of a report before somebody reads it, made by an officer's unlocked key.

A sorted report has its age group, the kinds of thing that were ticked and its marks beside its sealed box. No word of
it is kept. Each sorting is an event, as each reading is.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from nacl.public import PrivateKey

from clearcount_web.audit.actions import record
from clearcount_web.platform.databases import STAFF
from clearcount_web.reporting.answers import AnswersFault, ReportAnswers, from_sealed
from clearcount_web.reporting.forms import choices_of
from clearcount_web.triage import keyring
from clearcount_web.triage.marks import Digester, digester, likeness, marks_of
from clearcount_web.triage.models import Mark, Report, TypeTicked

AT_ONCE = 200
"""Reports that one look at the list sorts at most; the list says how many are still to be sorted."""
_SHUT = "!"
"""Follows the stamp of a key that did not open a report."""


def sort_new(*, by: Any, keys: tuple[PrivateKey, ...]) -> int:
    """Sort the reports that these keys have not sorted yet, the newest first; gives how many are left."""
    digests = digester(keys)
    waiting = unsorted(digests).order_by("-danger", "-received_at")
    for report in waiting[:AT_ONCE]:
        with transaction.atomic(using=STAFF):
            locked = unsorted(digests).select_for_update().filter(pk=report.pk).first()
            if locked is None:  # a colleague was faster, or it is gone
                continue
            try:
                answers = from_sealed(keyring.open_with(keys, locked.duty_box))
            except (keyring.KeyFault, AnswersFault):
                Report.objects.filter(pk=locked.pk).update(sorted_by=digests.stamp + _SHUT)
                continue
            put(locked, answers, digests)
            record("report.sorted", by=by, kind="report", key=locked.reference)
    return unsorted(digests).count()


def unsorted(digests: Digester) -> QuerySet[Report]:
    """Return the reports that the key of these digests has neither sorted nor failed to open."""
    return Report.objects.exclude(sorted_by__in=(digests.stamp, digests.stamp + _SHUT))


def put(report: Report, answers: ReportAnswers, digests: Digester) -> None:
    """Put what is told of an opened report beside it, in the transaction of whoever opened it."""
    if report.sorted_by == digests.stamp:
        return
    report.age_group = answers.age if answers.age in choices_of("age") else ""
    report.sorted_by, report.likeness = digests.stamp, report.likeness or likeness(answers)
    report.save(update_fields=["age_group", "sorted_by", "likeness"])
    report.types.all().delete()
    known = choices_of("what")
    TypeTicked.objects.bulk_create(
        TypeTicked(report=report, name=name) for name in dict.fromkeys(answers.what or ()) if name in known
    )
    report.marks.all().delete()
    Mark.objects.bulk_create(
        Mark(report=report, kind=kind, digest=digest) for kind, digest in sorted(marks_of(answers, digests))
    )
