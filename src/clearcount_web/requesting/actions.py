"""Keeping a request."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction

from clearcount_web.audit.actions import record
from clearcount_web.platform.databases import PUBLIC
from clearcount_web.requesting.models import InboxRequest

_LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"


def keep_request(*, token: UUID, name: str, contact: str, text: str, at: datetime) -> InboxRequest:
    """The request in the inbox; sending the same form twice gives the same row."""
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
