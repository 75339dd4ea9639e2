"""Due days worked out again after the bank holidays changed."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from clearcount_web.audit.actions import record
from clearcount_web.cases.acting import refresh_clock
from clearcount_web.cases.clock import calendar
from clearcount_web.cases.models import Case
from clearcount_web.cases.table import ENDED
from clearcount_web.platform.databases import STAFF


def recompute_due_days(*, progress: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Return how many open cases have another day now. A day that changed is an event, and so is a part's own.

    Raises:
        ClearcountError: when the table of bank holidays cannot be read.
    """
    digest = calendar().digest
    stale = list(Case.objects.exclude(state__in=ENDED).exclude(calendar=digest).values_list("pk", flat=True))
    changed = 0
    for done, pk in enumerate(stale, 1):
        with transaction.atomic(using=STAFF):
            case = Case.objects.select_for_update().get(pk=pk)
            before = (str(case.due or ""), case.due_why)
            moved = refresh_clock(case)
            after = (str(case.due or ""), case.due_why)
            if before != after or moved:
                case.version += 1
                changed += 1
                record(
                    "case.recomputed",
                    by="worker",
                    kind="case",
                    key=case.reference,
                    changes={"due": (before[0], after[0]), "calendar": digest[:16], **moved},
                )
            case.save()
        progress(done, len(stale))
    return changed
