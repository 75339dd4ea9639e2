"""Writes of the fixed pages."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date, timedelta
from functools import wraps
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from clearcount_web.audit.actions import record
from clearcount_web.platform.databases import PUBLIC
from clearcount_web.site import cookies, retention
from clearcount_web.site.models import Complaint, Feedback, PageCount

_LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"
"""No vowels and nothing that looks like something else: a reference is read aloud and never spells a word."""


def keep_feedback(*, text: str, today: date) -> None:
    """Keep one message about the site."""
    Feedback.objects.create(text=text, received_on=today)


def keep_complaint(*, name: str, contact: str, text: str, today: date) -> str:
    """Keep a data-protection complaint and returns its reference."""
    reference = "DP-" + "".join(secrets.choice(_LETTERS) for _ in range(8))
    Complaint.objects.create(reference=reference, name=name, contact=contact, text=text, received_on=today)
    return reference


def acknowledge(complaint: Complaint, *, by: Any, today: date) -> None:
    """Note that the complainant was told that we have the complaint."""
    with transaction.atomic(using=PUBLIC):
        Complaint.objects.filter(pk=complaint.pk, acknowledged_on__isnull=True).update(acknowledged_on=today)
        record("complaint.acknowledged", by=by, using=PUBLIC, kind="complaint", key=complaint.reference)


def close(complaint: Complaint, *, by: Any, today: date) -> None:
    """Note that the complaint is answered; from now its retention runs."""
    with transaction.atomic(using=PUBLIC):
        Complaint.objects.filter(pk=complaint.pk, closed_on__isnull=True).update(closed_on=today)
        record("complaint.closed", by=by, using=PUBLIC, kind="complaint", key=complaint.reference)


def delete_expired(*, today: date, dry_run: bool = False) -> dict[str, int]:
    """Delete what the privacy notice says is no longer kept; returns how many of each, `dry_run` only counts."""
    found = expired(today=today)
    counts = {kind: rows.count() for kind, rows in found.items()}
    if not dry_run:
        with transaction.atomic(using=PUBLIC):
            for rows in found.values():
                rows.delete()
    return counts


def expired(*, today: date) -> dict[str, QuerySet[Any]]:
    """Return what is kept no longer on a day, by kind."""
    return {
        "feedback": Feedback.objects.filter(received_on__lt=today - timedelta(days=retention.FEEDBACK_DAYS)),
        "complaints": Complaint.objects.filter(closed_on__lt=today - timedelta(days=retention.COMPLAINT_DAYS)),
        "page counts": PageCount.objects.filter(day__lt=today - timedelta(days=retention.PAGE_COUNT_DAYS)),
    }


def counted(page: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Return a view that adds one to today's count of `page` when the visitor accepted additional cookies.

    Never on advice, report or safety pages: nothing counts who looks for help.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def counting(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = view(request, *args, **kwargs)
            if response.status_code == 200 and request.method == "GET" and cookies.choice(request):
                _count(page, timezone.localdate())
            return response

        return counting

    return decorate


def _count(page: str, day: date) -> None:
    with transaction.atomic(using=PUBLIC):
        count, _made = PageCount.objects.get_or_create(day=day, page=page)
        PageCount.objects.filter(pk=count.pk).update(shown=F("shown") + 1)
