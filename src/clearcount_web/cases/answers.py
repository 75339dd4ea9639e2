"""The answer of a case that counts now, and which kind of answer is worked on."""

from __future__ import annotations

from datetime import date

from clearcount_web.cases.models import Answer, Case, Complaint
from clearcount_web.ground.refusals import Refused


def current_answer(case: Case) -> Answer | None:
    """Return the answer of this round that counts, or None."""
    return case.answers.filter(round=case.round, void_because="").select_related("prepared_by", "approved_by").first()


def answer_that_counts(case: Case) -> Answer:
    """Return the answer of this round that counts. Raises Refused when there is none."""
    answer = current_answer(case)
    if answer is None:
        raise Refused("There is no answer that counts. Put one forward first.")
    return answer


def order_of(case: Case) -> Complaint | None:
    """Return the regulator's decision that orders a fresh answer which is not sent yet, or None."""
    return case.complaints.filter(steps_due__isnull=False, answered_on=None).first()


def review_asked_on(case: Case) -> date | None:
    """Return the day on which the internal review was asked for that is not answered yet, or None."""
    return case.reviews.filter(answered_on=None).values_list("asked_on", flat=True).first()


def kind_of_answer(case: Case) -> str:
    """Return the letter that the answer under way needs: `review`, `ordered`, `correction` or `answer`.

    All but the last decide every part afresh.
    """
    if review_asked_on(case) is not None:
        return "review"
    if order_of(case) is not None:
        return "ordered"
    return "correction" if case.correction else "answer"
