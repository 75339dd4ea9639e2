"""Conditions of the staff side: the worker, reports not taken in, keys, retention, published answers."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from clearcount_web.ground.health import Condition
from clearcount_web.jobs.models import Job
from clearcount_web.reporting.models import Draft, SealedReport
from clearcount_web.requesting.actions import TAKEN_DAYS, taken_longer_than, waiting_longer_than
from clearcount_web.site.actions import expired
from clearcount_web.triage.models import Report
from clearcount_web.triage.retention import due, held_past_their_time

WORKER = timedelta(minutes=10)
TAKEN = timedelta(minutes=10)
REQUEST_WAITS = timedelta(days=7)
LATE = timedelta(days=2)
"""How long after its day something that is kept no longer may still be there: a purge runs daily."""


def worker() -> Condition:
    """Return whether the worker finished something in the last minutes; it takes reports in every 15 seconds."""
    last = (
        Job.objects.filter(state=Job.State.DONE).order_by("-finished_at").values_list("finished_at", flat=True).first()
    )
    well = last is not None and timezone.now() - last < WORKER
    says = f"finished its last job at {last:%Y-%m-%d %H:%M} UTC" if last else "has never finished a job"
    return Condition("worker", well, says if well else f"{says}; start it: clearcount worker")


def reports_taken() -> Condition:
    """Return whether the worker has taken in every report on the public side."""
    arrived = SealedReport.objects.filter(received_at__lt=timezone.now() - TAKEN).values_list("reference", flat=True)
    waiting = set(arrived) - set(Report.objects.values_list("reference", flat=True))
    return Condition("reports taken in", not waiting, f"{len(waiting)} reports are not taken in for over 10 minutes")


def requests_taken() -> Condition:
    """Return whether no request for information waits so long that its twenty working days are in danger."""
    count = waiting_longer_than(REQUEST_WAITS, now=timezone.now()).count()
    says = f"{count} wait for over {REQUEST_WAITS.days} days; an FOI officer opens Requests for information"
    return Condition("requests taken", not count, says if count else "none waits for long")


def duty_key() -> Condition:
    """Return whether reports can be opened here."""
    path = settings.DUTY_KEY_FILE
    well = path is not None and path.is_file()
    return Condition(
        "duty key", well, "set" if well else "CLEARCOUNT_DUTY_KEY_FILE names no key: reports cannot be read"
    )


def retention() -> Condition:
    """Return whether nothing is kept longer than the privacy notice says."""
    now = timezone.now() - LATE
    overdue = {f"{outcome} reports": due(outcome, days, now=now).count()
               for outcome, days in settings.REPORT_RETENTION_DAYS.items()}  # fmt: skip
    overdue |= {kind: rows.count() for kind, rows in expired(today=timezone.localdate(now)).items()}
    overdue["requests"] = taken_longer_than(TAKEN_DAYS, now=now).count()
    overdue["drafts"] = Draft.objects.filter(started_at__lt=now).count()
    late = {kind: count for kind, count in overdue.items() if count}
    says = ", ".join(f"{count} {kind}" for kind, count in late.items())
    return Condition(
        "retention", not late, f"kept too long: {says}; see the worker's log" if late else "nothing is overdue"
    )


def safe_contact() -> Condition:
    """Return whether no ended report waits for somebody to carry its safe contact on."""
    held = held_past_their_time(now=timezone.now() - LATE)
    says = (
        f"reports kept past their time: {held}. Safe contact was not carried on, a message was not read, or "
        "something is still to be done. Open them from Reports"
    )
    return Condition("safe contact", not held, says if held else "nothing waits to be carried on")


def published() -> Condition:
    """Return whether the last comparison of published answers with their seals found no fault."""
    return _last("compare-published", "published answers", "run: clearcount manage seal compare")


def audit() -> Condition:
    """Return whether the last check of the audit chains found no fault."""
    return _last("note-audit-heads", "audit chains", "run: clearcount manage audit verify")


def _last(kind: str, name: str, do: str) -> Condition:
    ended = Job.objects.filter(kind=kind, finished_at__isnull=False).order_by("-id").first()
    failed = ended is not None and ended.state == Job.State.FAILED
    return Condition(name, not failed, f"the last check failed; {do}" if failed else "the last check found no fault")


LOOKS = (worker, reports_taken, requests_taken, duty_key, retention, safe_contact, published, audit)
