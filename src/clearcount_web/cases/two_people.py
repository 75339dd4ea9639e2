"""The rules that look at who did what before: nobody approves, publishes or reviews their own work."""

from __future__ import annotations

from clearcount_web.accounts.models import User
from clearcount_web.cases.models import Answer, Case, Contribution, DepartmentTask


def may_approve(case: Case, answer: Answer, user: User) -> str | None:
    """Return why this person may not approve the answer; None when they may. Their roles make no difference."""
    if answer.prepared_by_id == user.pk:
        return "You put this answer forward. Somebody else approves it."
    if _worked_on(case, answer, user):
        return "You worked on this answer. Somebody who did not approves it."
    if case.reviews.filter(answered_on=None).exists() and _made_before(case, user):
        return "You made or approved the answer under review. Somebody else decides on the review."
    return None


def may_review(case: Case, user: User) -> str | None:
    """Return why this person may not draft the decision of an internal review."""
    if _made_before(case, user):
        return "You made or approved the answer under review. Somebody else reviews it."
    return None


def may_publish(case: Case, answer: Answer, user: User) -> str | None:
    """Return why this person may not publish the answer."""
    if answer.prepared_by_id == user.pk or _worked_on(case, answer, user):
        return "You worked on this answer. Somebody who did not publishes it."
    return None


def _worked_on(case: Case, answer: Answer, user: User) -> bool:
    """Whether they worked on it or on one before it, whose parts, plan and count it rests on, or answered for it."""
    return (
        Contribution.objects.filter(case=case, round__lte=answer.round, user=user).exists()
        or DepartmentTask.objects.filter(case=case, answered_by=user).exists()
    )


def _made_before(case: Case, user: User) -> bool:
    rounds = range(1, case.round)
    return (
        Contribution.objects.filter(case=case, round__in=rounds, user=user).exists()
        or Answer.objects.filter(case=case, round__in=rounds, approved_by=user).exists()
    )
