"""Which acts a page offers: those that the table allows and that have something to be done to."""

from __future__ import annotations

from clearcount_web.cases import asking, forms
from clearcount_web.cases.letters import STATES
from clearcount_web.cases.models import Case, DepartmentTask, Regular
from clearcount_web.cases.published import published_answer

OF_WHAT_IS_PUBLISHED = frozenset({"withdraw_answer", "correct", "make_regular"})


def not_offered(case: Case) -> frozenset[str]:
    """Return the names of acts that a page of this case leaves out.

    Some have a page of their own. The others would be refused: there is no task, letter, part or published answer.
    """
    published = published_answer(case)
    stands = published is not None and published.withdrawn_by_id is None
    waiting = asking.waiting(case)
    hidden = set(forms.NOT_A_FORM)
    if not stands:
        hidden |= OF_WHAT_IS_PUBLISHED
    if published is None or stands or published.withdrawal_checked_by_id is not None:
        hidden.add("check_withdrawal")
    if not waiting.exists():
        hidden |= {"chase", "drop_task"}
    if not waiting.filter(kind=DepartmentTask.Kind.REFERRAL).exists():
        hidden.add("note_reply")
    if not case.letters.filter(sent_on=None).exclude(kind__in=tuple(STATES)).exists():
        hidden.add("letter_sent")
    if not case.parts.exists():
        hidden |= {"answer_part", "test_interest"}
    if not Regular.objects.filter(case=case).exists():
        hidden.add("end_regular")
    return frozenset(hidden)
