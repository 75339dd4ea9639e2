"""Due days worked out again after the bank holidays changed."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from clearcount.errors import CalendarError, ClearcountError
from clearcount_web.audit.actions import record
from clearcount_web.cases.acting import refresh_clock
from clearcount_web.cases.clock import calendar
from clearcount_web.cases.models import Case
from clearcount_web.cases.table import ENDED
from clearcount_web.platform.databases import STAFF


def recompute_due_days(*, progress: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Return how many open cases have another day now. A day that changed is an event, and so is a part's own.

    A case whose days cannot be worked out stops no other; it is tried again each time.

    Raises:
        ClearcountError: when the table of bank holidays cannot be read, or, at the end, for cases that were left.
    """
    digest = calendar().digest
    stale = list(Case.objects.exclude(state__in=ENDED).exclude(calendar=digest).values_list("pk", flat=True))
    changed, left = 0, []
    for done, pk in enumerate(stale, 1):
        try:
            changed += _recompute(pk, digest)
        except ClearcountError as fault:
            left.append(fault)
        progress(done, len(stale))
    if left:
        raise CalendarError(f"the days of {len(left)} open cases cannot be worked out; the first: {left[0]}")
    return changed


def _recompute(pk: int, digest: str) -> bool:
    """Whether the case has another day now."""
    with transaction.atomic(using=STAFF):
        case = Case.objects.select_for_update().get(pk=pk)
        before = (str(case.due or ""), case.due_why)
        moved = refresh_clock(case)
        after = (str(case.due or ""), case.due_why)
        changed = before != after or bool(moved)
        case.version += changed
        case.save()
        if changed:
            record(
                "case.recomputed",
                by="worker",
                kind="case",
                key=case.reference,
                changes={"due": (before[0], after[0]), "calendar": digest[:16], **moved},
            )
    return changed
