"""Which answer of a case was approved last, and which one is published."""

from __future__ import annotations

from clearcount_web.cases.models import Answer, Case


def last_answer(case: Case) -> Answer | None:
    """Return the last answer that was approved and counts, whose bundle may be published."""
    found = case.answers.filter(void_because="", approved_by__isnull=False)
    return (
        found.select_related("run", "published_by", "withdrawn_by", "withdrawal_checked_by").order_by("-round").first()
    )


def published_answer(case: Case) -> Answer | None:
    """Return the last answer that was published, even when a later one is approved; it may be taken down by now."""
    found = case.answers.exclude(slug="")
    return (
        found.select_related("run", "published_by", "withdrawn_by", "withdrawal_checked_by").order_by("-round").first()
    )
