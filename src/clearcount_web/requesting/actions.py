"""Keeping a request."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from clearcount_web.audit.actions import record
from clearcount_web.platform.databases import PUBLIC
from clearcount_web.requesting.models import InboxRequest

_LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"


TAKEN_DAYS = 30
"""Days that the public side keeps a request after staff have taken it into a case."""


def taken_longer_than(days: int, *, now: datetime) -> QuerySet[InboxRequest]:
    """Return the requests that staff took in more than so many days ago."""
    return InboxRequest.objects.filter(taken_at__lt=now - timedelta(days=days))


def waiting_longer_than(wait: timedelta, *, now: datetime) -> QuerySet[InboxRequest]:
    """Return the requests that came longer ago and that nobody has taken into a case."""
    return InboxRequest.objects.filter(taken_at__isnull=True, received_at__lt=now - wait)


def purge(*, now: datetime, dry_run: bool = False) -> int:
    """Delete requests that are a case by now; gives their number. One that nobody has taken is never deleted."""
    old = taken_longer_than(TAKEN_DAYS, now=now)
    return old.count() if dry_run else old.delete()[0]


def take(request: InboxRequest, *, by: Any, at: datetime) -> None:
    """Note that staff have taken a request into a case of the force; from now its retention runs, once."""
    with transaction.atomic(using=PUBLIC):
        if InboxRequest.objects.filter(pk=request.pk, taken_at__isnull=True).update(taken_at=at):
            record("request.taken", by=by, using=PUBLIC, kind="request", key=request.reference)


def keep_request(*, token: UUID, name: str, contact: str, text: str, at: datetime) -> InboxRequest:
    """Return the request in the inbox; sending the same form twice gives the same row."""
    with transaction.atomic(using=PUBLIC):
        kept, made = InboxRequest.objects.get_or_create(
            token=token,
            defaults={
                "reference": "FOI-" + "".join(secrets.choice(_LETTERS) for _ in range(8)),
                "name": name,
                "contact": contact,
                "text": text,
                "received_at": at,
            },
        )
        if made:
            record("request.received", by="public", using=PUBLIC, kind="request", key=kept.reference)
    return kept
