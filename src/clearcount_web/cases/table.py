"""What may be done to a case: by which role, in which state, and what becomes of it. The one table of the rules.

A rule of two people, which looks at who did what before, is in `two_people`; everything else about "may I" is here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from clearcount_web.accounts.roles import Role
from clearcount_web.cases.models import Case

S = Case.State
OFFICER = frozenset({Role.FOI_OFFICER})
MAKERS = frozenset({Role.FOI_OFFICER, Role.ANALYST})
READERS = frozenset({Role.ANALYST, Role.READER})
"""Who sees the texts of records."""
DECIDERS = frozenset({Role.DECISION_MAKER})
PUBLISHERS = frozenset({Role.PUBLISHER})
DEPARTMENTS = frozenset({Role.DEPARTMENT})
IDENTITY = OFFICER | DECIDERS
CASE_ROLES = MAKERS | DECIDERS | PUBLISHERS | {Role.READER}
"""Who opens the list and a case without its applicant."""

EVERY_STATE = frozenset(S)
ENDED = frozenset({S.CLOSED, S.WITHDRAWN, S.LAPSED})
OPEN = EVERY_STATE - ENDED
PAUSED = frozenset({S.CLARIFYING, S.FEE_PENDING})
BEFORE_REVIEW = frozenset({S.RECEIVED, S.INVALID, S.TRIAGE, S.SEARCHING, S.DRAFTING})
ANSWERING = frozenset({S.TRIAGE, S.SEARCHING, S.DRAFTING})
AFTER = frozenset({S.ISSUED, S.CLOSED})
ASKING = ANSWERING | {S.INTERNAL_REVIEW, S.ICO}
SINCE_CONFIRMED = EVERY_STATE - {S.RECEIVED}
"""An answer that is published is taken down whatever the case waits for: a later answer may be under way."""


@dataclass(frozen=True)
class Act:
    """One thing that can be done: its words after "to", the event's participle, who may, when, and what follows.

    `makes` says that who does it works on the answer, and so cannot approve or publish it.
    """

    name: str
    words: str
    done: str
    roles: frozenset[Role]
    states: frozenset[S]
    to: S | None = None
    makes: bool = False


ACTS: tuple[Act, ...] = (
    Act("take", "take the case", "taken", MAKERS | DECIDERS, OPEN),
    Act("confirm", "confirm the day of receipt", "confirmed", OFFICER, frozenset({S.RECEIVED}), S.TRIAGE),
    Act("mend_receipt", "mend the day of receipt", "receipt_mended", OFFICER, ANSWERING),
    Act("find_invalid", "note that the request is not valid", "found_invalid", OFFICER, frozenset({S.TRIAGE}),
        S.INVALID),
    Act("cure", "note that the request is valid now", "cured", OFFICER, frozenset({S.INVALID}), S.TRIAGE),
    Act("plan", "write parts down", "parts_written", MAKERS, ANSWERING, makes=True),
    Act("read_letter", "take parts from the letter", "letter_read", OFFICER, ANSWERING, makes=True),
    Act("write_plan", "write the plan", "plan_written", MAKERS, ANSWERING, makes=True),
    Act("accept_doubt", "accept a doubt of the plan", "doubt_accepted", MAKERS, ANSWERING, makes=True),
    Act("mark", "mark a round robin", "marked", OFFICER, OPEN),
    Act("answer_part", "say how a part ends", "part_answered", OFFICER, ANSWERING, makes=True),
    Act("test_interest", "give a part time for the public interest test", "interest_tested", OFFICER, ANSWERING,
        makes=True),
    Act("ask", "ask the applicant for clarification", "clarification_asked", OFFICER, ANSWERING, S.CLARIFYING),
    Act("clarified", "note the applicant's clarification", "clarified", OFFICER, frozenset({S.CLARIFYING}), S.TRIAGE),
    Act("charge", "note a fees notice", "fee_asked", OFFICER, frozenset({S.TRIAGE}), S.FEE_PENDING),
    Act("paid", "note that the fee was paid", "fee_paid", OFFICER, frozenset({S.FEE_PENDING}), S.SEARCHING),
    Act("lapse", "let the request lapse", "lapsed", OFFICER, PAUSED, S.LAPSED),
    Act("search", "begin to count", "search_begun", MAKERS, frozenset({S.TRIAGE}), S.SEARCHING),
    Act("count", "count", "count_asked", MAKERS, frozenset({S.SEARCHING, S.DRAFTING}), makes=True),
    Act("estimate_cost", "estimate the cost", "cost_estimated", MAKERS, ANSWERING, makes=True),
    Act("write_letter", "write a letter", "letter_written", OFFICER, BEFORE_REVIEW | PAUSED | {S.INTERNAL_REVIEW},
        makes=True),
    Act("letter_sent", "note that a letter was sent", "letter_sent", OFFICER, OPEN),
    Act("ask_department", "ask a department", "department_asked", OFFICER, ASKING),
    Act("refer", "refer the case to the national unit", "referred", OFFICER, ASKING),
    Act("chase", "ask a department again", "department_chased", OFFICER, OPEN - PAUSED),
    Act("note_reply", "note the reply of the national unit", "reply_noted", OFFICER, OPEN),
    Act("drop_task", "wait no longer for a department", "task_dropped", OFFICER, OPEN),
    Act("see_task", "see what a department is asked", "task_seen", DEPARTMENTS, EVERY_STATE),
    Act("answer_task", "answer for a department", "task_answered", DEPARTMENTS, OPEN),
    Act("choose_run", "choose the count of the answer", "run_chosen", OFFICER, ANSWERING, makes=True),
    Act("draft", "begin to draft the answer", "draft_begun", OFFICER, frozenset({S.TRIAGE, S.SEARCHING}), S.DRAFTING,
        makes=True),
    Act("submit", "put the answer forward", "submitted", OFFICER, frozenset({S.DRAFTING}), S.REVIEW, makes=True),
    Act("send_back", "send the answer back", "sent_back", DECIDERS, frozenset({S.REVIEW}), S.DRAFTING),
    Act("approve", "approve the answer", "approved", DECIDERS, frozenset({S.REVIEW}), S.APPROVED),
    Act("reopen", "open the answer again", "reopened", OFFICER | DECIDERS, frozenset({S.APPROVED}), S.DRAFTING),
    Act("sent", "note that the answer was sent", "answered", OFFICER, frozenset({S.APPROVED}), S.ISSUED),
    Act("go_on", "go on with the parts that are left", "gone_on", OFFICER, frozenset({S.ISSUED}), S.DRAFTING,
        makes=True),
    Act("close", "close the case", "closed", OFFICER, frozenset({S.ISSUED, S.INVALID}), S.CLOSED),
    Act("withdraw", "note that the applicant withdrew", "withdrawn", OFFICER,
        BEFORE_REVIEW | PAUSED | {S.REVIEW, S.APPROVED}, S.WITHDRAWN),
    Act("ask_review", "open an internal review", "review_asked", OFFICER, AFTER, S.INTERNAL_REVIEW),
    Act("begin_review", "draft the decision of the review", "review_begun", OFFICER,
        frozenset({S.INTERNAL_REVIEW}), S.DRAFTING, makes=True),
    Act("to_regulator", "note that the regulator has the case", "complained", OFFICER,
        AFTER | {S.INTERNAL_REVIEW}, S.ICO),
    Act("regulator_ended", "note that the regulator has decided", "complaint_ended", OFFICER, frozenset({S.ICO}),
        S.ISSUED),
    Act("back_to_review", "go back to the internal review", "gone_back_to_review", OFFICER, frozenset({S.ICO}),
        S.INTERNAL_REVIEW),
    Act("answer_order", "draft the answer that the regulator orders", "order_begun", OFFICER, frozenset({S.ICO}),
        S.DRAFTING, makes=True),
    Act("make_bundle", "make the bundle for the regulator", "bundle_made", IDENTITY,
        AFTER | {S.INTERNAL_REVIEW, S.ICO}),
    Act("correct", "correct the published answer", "correction_begun", OFFICER, AFTER, S.DRAFTING, makes=True),
    Act("make_regular", "publish the answer regularly", "made_regular", OFFICER, AFTER),
    Act("end_regular", "end the regular publication", "regular_ended", OFFICER, SINCE_CONFIRMED),
    Act("publish", "publish the answer", "publishing_asked", PUBLISHERS, AFTER),
    Act("withdraw_answer", "take the published answer down", "answer_withdrawn",
        PUBLISHERS | DECIDERS, SINCE_CONFIRMED),
    Act("check_withdrawal", "check that an answer was rightly taken down", "withdrawal_checked",
        PUBLISHERS | DECIDERS, SINCE_CONFIRMED),
    Act("see_applicant", "see who asked", "applicant_seen", IDENTITY, EVERY_STATE),
    Act("see_hits", "see the hits of a count in context", "hits_seen", READERS, EVERY_STATE),
    Act("compare_rules", "compare the rules of matching", "rules_compared", MAKERS, SINCE_CONFIRMED),
    Act("keep", "say why the identity is kept", "kept", OFFICER, EVERY_STATE),
)  # fmt: skip
"""Every act there is. A page asks `refusal`, and so does the transaction that does it."""

BY_NAME = {act.name: act for act in ACTS}


def refusal(act: Act, state: str, roles: Collection[Role]) -> str | None:
    """Return why somebody with these roles may not do `act` in this state, in a sentence; None when they may."""
    if act.roles.isdisjoint(roles):
        names = " or ".join(sorted(str(role.label) for role in act.roles))
        return f"You may not {act.words}. This is for: {names}."
    if state not in act.states:
        when = ", ".join(str(each.label) for each in S if each in act.states)
        return f"You cannot {act.words}: the case is {S(state).label}. It can be done while a case is: {when}."
    return None


def acts_open_to(state: str, roles: Collection[Role]) -> tuple[Act, ...]:
    """Return the acts that these roles may do in this state, in the order of the table."""
    return tuple(act for act in ACTS if refusal(act, state, roles) is None)
