"""The newest count. An answer rests on an older one only for a reason, and never on one from before the published."""

from __future__ import annotations

from django.db.models import QuerySet

from clearcount_web.cases.models import Case, Run
from clearcount_web.cases.published import published_answer
from clearcount_web.ground.refusals import Refused


def newer_counts(case: Case, run: Run) -> QuerySet[Run]:
    """Return the counts of the same plan that ended after `run`, the newest first; drafts too, for what they doubt."""
    return case.runs.filter(number__gt=run.number, plan=run.plan).exclude(digest="").order_by("-number")


def newer_than_the_answer(case: Case) -> Run | None:
    """Return the newest count of the plan, when the answer of the case rests on an older one; else None."""
    return newer_counts(case, case.run).first() if case.run is not None else None


def ensure_not_behind(case: Case, run: Run) -> None:
    """Raise Refused for a count from before the published one.

    Such a count names nothing that it replaces, so its bundle would be no new version of the published answer.
    """
    published = published_answer(case)
    if published is None or published.run is None or published.withdrawn_by_id is not None:
        return
    if run.number < published.run.number:
        raise Refused(
            f"Count {run.number} is older than count {published.run.number}, which is published. Count again."
        )


def ensure_fit_to_answer(case: Case) -> None:
    """Raise Refused when a newer count of the plan ended and nobody said why the answer rests on an older one.

    A correction has to rest on a count of its own.
    """
    if case.run is None:
        return
    ensure_not_behind(case, case.run)
    published = published_answer(case)
    if case.correction and published is not None and published.run_id == case.run_id:
        raise Refused(
            f"Count {case.run.number} is published already, so it corrects nothing. Count again and choose that count."
        )
    newest = newer_than_the_answer(case)
    if newest is not None and case.run_over != newest.number:
        raise Refused(
            f"Count {newest.number} of the same plan is newer than count {case.run.number}, on which the answer rests. "
            f"Choose count {newest.number}, or choose count {case.run.number} again and say why."
        )


def reason_for(case: Case, run: Run, reason: str) -> tuple[int | None, str]:
    """Return the newer count that `run` is chosen over, and why; (None, "") when it is the newest.

    Raises:
        Refused: for a count from before the published one, or for an older one without a reason.
    """
    ensure_not_behind(case, run)
    newest = newer_counts(case, run).first()
    if newest is None:
        return None, ""
    because = " ".join(reason.split())
    if not because:
        raise Refused(
            f"Count {newest.number} of the same plan is newer. Say why the answer rests on count {run.number}."
        )
    return newest.number, because[:300]
