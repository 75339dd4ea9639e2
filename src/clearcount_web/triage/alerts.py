"""Alerts that say that there is something to read, and nothing of what it is."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from clearcount_web.audit.actions import record
from clearcount_web.ground.notes import send
from clearcount_web.platform.databases import STAFF
from clearcount_web.triage.models import Message, Report


def alert(*, now: datetime) -> int:
    """Tell the duty desk of reports that it was not told of, and again of those unread too long; gives how many.

    A report counts as told only when the alert went out, so a mail server that was down is tried again.
    """
    fresh = Report.objects.filter(alerted_at=None, first_read_at=None)
    late_before = now - timedelta(minutes=settings.REPORT_ESCALATE_MINUTES)
    late = Report.objects.filter(first_read_at=None, escalated_at=None, received_at__lt=late_before)
    told = 0
    for reports, field, what in ((fresh, "alerted_at", "new"), (late, "escalated_at", "unread for too long")):
        ids = list(reports.values_list("pk", flat=True))
        danger = Report.objects.filter(pk__in=ids, danger=True).exists()
        if ids and _out(len(ids), danger=danger, what=what):
            with transaction.atomic(using=STAFF):
                Report.objects.filter(pk__in=ids).update(**{field: now})
                record("desk.alerted", by="worker", kind="report", key=what, changes={"reports": len(ids)})
            told += len(ids)
    added = list(Message.objects.filter(alerted_at=None, read_at=None).values_list("pk", flat=True))
    if added and _out(len(added), danger=False, what="added to"):
        with transaction.atomic(using=STAFF):
            Message.objects.filter(pk__in=added).update(alerted_at=now)
            record("desk.alerted", by="worker", kind="report", key="added to", changes={"messages": len(added)})
        told += len(added)
    return told


def _out(count: int, *, danger: bool, what: str) -> bool:
    """Sends by every way that is set; true when one went out, or none is set."""
    words = f"Reports {what}: {count}. Danger: {'yes' if danger else 'not reported'}."
    body = {"reports": count, "danger": danger, "what": what}
    return send(words, body, email=settings.REPORT_ALERT_EMAIL, webhook=settings.REPORT_ALERT_WEBHOOK)
