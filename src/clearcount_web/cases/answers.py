"""The answer of a case that counts now."""

from __future__ import annotations

from clearcount_web.cases.models import Answer, Case
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
