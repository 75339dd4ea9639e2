"""Notes that a request or a complaint came in: how many, and nothing of what they say."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from clearcount_web.audit.actions import record
from clearcount_web.ground.notes import send
from clearcount_web.platform.databases import PUBLIC, STAFF
from clearcount_web.requesting.models import InboxRequest
from clearcount_web.site.models import Complaint


def tell(*, now: datetime) -> int:
    """Tell staff of requests and complaints that they were not told of; return how many.

    One counts as told only when the note went out, so that a mail server that was down is tried again.
    """
    told = 0
    for kind, what, rows in (
        ("requests", "Requests for information", InboxRequest.objects.filter(told_at=None, taken_at=None)),
        ("complaints", "Data-protection complaints", Complaint.objects.filter(told_at=None, closed_on=None)),
    ):
        keys = list(rows.values_list("pk", flat=True))
        words = f"{what} new: {len(keys)}."
        if not keys or not send(
            words, {"new": len(keys), "what": kind}, email=settings.REQUEST_ALERT_EMAIL, webhook=""
        ):
            continue
        with transaction.atomic(using=STAFF), transaction.atomic(using=PUBLIC):
            rows.model.objects.filter(pk__in=keys).update(told_at=now)
            record("staff.told", by="worker", kind="inbox", key=kind, changes={"new": len(keys)})
        told += len(keys)
    return told
