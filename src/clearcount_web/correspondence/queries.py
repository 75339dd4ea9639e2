"""Requests that wait, with the day by which the law wants each answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from clearcount.errors import ClearcountError
from clearcount.foi import due
from clearcount_web.requesting.models import InboxRequest


@dataclass(frozen=True)
class Waiting:
    """A request of the inbox, and the twentieth working day after it came; None where the calendar does not reach."""

    request: InboxRequest
    answer_by: date | None


def waiting_requests() -> list[Waiting]:
    """Return the requests that nobody has taken into a case, the oldest first."""
    return [Waiting(each, _due(each)) for each in InboxRequest.objects.filter(taken_at__isnull=True)]


def _due(request: InboxRequest) -> date | None:
    try:
        return due(request.received_at).due  # FOIA s10(1): it was received when it was sent, whoever reads it when
    except ClearcountError:
        return None
