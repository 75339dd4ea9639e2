"""Who asked is deleted by its day, unless somebody said why it is kept."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from clearcount_web.audit.actions import record
from clearcount_web.cases.models import Applicant
from clearcount_web.cases.table import ENDED
from clearcount_web.platform.databases import STAFF


def due_for_deletion(*, today: date) -> QuerySet[Applicant]:
    """Return the applicants of cases that ended longer ago than identities are kept, without a reason to keep them."""
    last = today - timedelta(days=settings.CASE_IDENTITY_DAYS)
    return Applicant.objects.filter(
        deleted_on=None, case__state__in=ENDED, case__ended_on__lt=last, case__keep_because=""
    )


def delete_identities(*, today: date) -> int:
    """Delete name, address and letter of each applicant whose day has come; return how many. The case itself stays."""
    deleted = 0
    for pk in list(due_for_deletion(today=today).values_list("pk", flat=True)):
        with transaction.atomic(using=STAFF):
            who = due_for_deletion(today=today).select_for_update().select_related("case").filter(pk=pk).first()
            if who is None:  # somebody said in the meantime why it is kept
                continue
            who.name = who.address = who.letter = who.message_id = ""
            who.deleted_on = today
            who.save()
            record("case.identity_deleted", by="worker", kind="case", key=who.case.reference)
            deleted += 1
    return deleted
