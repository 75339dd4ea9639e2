"""What each act does to a case. The table says who may and when; `doing` keeps the rule, the clock and the event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.timezone import localdate

from clearcount_web.accounts.models import User
from clearcount_web.cases import asking, costs, letters, newest, plans, regular, releasing, runs, two_people
from clearcount_web.cases.acting import Doing, doing
from clearcount_web.cases.answers import answer_that_counts, current_answer, kind_of_answer, order_of, review_asked_on
from clearcount_web.cases.days import months_after
from clearcount_web.cases.models import Answer, Case, Complaint, Pause, Review
from clearcount_web.cases.parts import add_parts, answer_part, test_interest
from clearcount_web.cases.published import published_answer
from clearcount_web.cases.seals import ANSWERS, seal_of, sealed_text
from clearcount_web.ground.refusals import Refused, enforce

Given = Mapping[str, Any]


def do(case_id: int, act: str, given: Given, *, by: User, seen: int | None) -> Case:
    """Do one act with what its form gave, and return the case as it is then.

    Raises:
        Refused: with a sentence; then nothing has happened but the event of the refusal.
    """
    with doing(case_id, act, by=by, seen=seen) as now:
        now.reason = str(given.get("reason", ""))
        now.ensure_nameless(now.reason)
        _DO.get(act, _nothing_more)(now, given)
    return now.case


def _nothing_more(now: Doing, given: Given) -> None:
    """The state is all that changes."""


def _take(now: Doing, given: Given) -> None:
    before = now.case.held_by.get_username() if now.case.held_by else None
    now.case.held_by = None if given.get("free") else now.by
    now.changes["held_by"] = (before, None if given.get("free") else now.by.get_username())


def _received(now: Doing, given: Given) -> None:
    day = _past(given["day"])
    now.changes["received"] = (str(now.case.received_on), str(day))
    now.case.received_on = day


def _mark(now: Doing, given: Given) -> None:
    now.changes["round_robin"] = (now.case.round_robin, bool(given["round_robin"]))
    now.case.round_robin = bool(given["round_robin"])


def _begin_pause(kind: str) -> Callable[[Doing, Given], None]:
    def act(now: Doing, given: Given) -> None:
        day = _past(given["day"], since=now.case.received_on)
        Pause.objects.create(case=now.case, kind=kind, began_on=day)
        now.changes["day"] = str(day)

    return act


def _end_pause(now: Doing, given: Given) -> None:
    pause = now.case.pauses.get(ended_on=None)
    pause.ended_on = _past(given["day"], since=pause.began_on)
    pause.save()
    now.changes["day"] = str(pause.ended_on)


LAPSES = {
    Pause.Kind.CLARIFY: (2, "two months after the question (section 45 Code)"),
    Pause.Kind.FEE: (3, "three months after the fees notice (section 9(2))"),
}
"""Months that the applicant has, and the words for it."""


def _lapse(now: Doing, given: Given) -> None:
    pause = now.case.pauses.get(ended_on=None)
    months, words = LAPSES[Pause.Kind(pause.kind)]
    if given["day"] < months_after(pause.began_on, months):
        raise Refused(f"The request lapses {words} and not before. That is {months_after(pause.began_on, months)}.")
    _end("lapsed")(now, given)


def _end(outcome: str) -> Callable[[Doing, Given], None]:
    def act(now: Doing, given: Given) -> None:
        now.case.ended_on = _past(given["day"], since=now.case.received_on)
        Answer.objects.filter(case=now.case, void_because="", published_at=None, round=now.case.round).update(
            void_because="the case ended"
        )
        for part in now.case.parts.filter(issued_on=None):
            part.outcome, part.exemption, part.limb, part.held = outcome, "", "", ""
            part.save()

    return act


def _close(now: Doing, given: Given) -> None:
    if now.case.state == Case.State.INVALID:
        _end("invalid")(now, given)
        return
    left = [str(part.number) for part in now.case.parts.filter(issued_on=None)]
    if left:
        raise Refused(f"Parts {', '.join(left)} are not answered yet. Go on with them before the case is closed.")
    now.case.ended_on = _past(given["day"], since=now.case.issued_on)


def _submit(now: Doing, given: Given) -> None:
    parts = list(now.case.parts.all())
    if not parts:
        raise Refused("The case has no part. Plan it first: each question of the letter is a part.")
    open_parts = [part for part in parts if not part.outcome]
    lost = [str(part.number) for part in open_parts if part.due is None]
    if lost:
        raise Refused(f"Say how parts {', '.join(lost)} end, or give them time for the public interest test.")
    if kind_of_answer(now.case) == "answer" and not any(part.outcome and part.issued_on is None for part in parts):
        raise Refused("Nothing new is answered: every part with an outcome was sent before.")
    letters.ensure_current(now.case)
    runs.ensure_whole(now.case)
    newest.ensure_fit_to_answer(now.case)
    seal, sealed = seal_of(now.case), sealed_text(now.case)
    Answer.objects.create(
        case=now.case,
        round=now.case.round,
        seal=seal,
        sealed=sealed,
        prepared_by=now.by,
        prepared_at=timezone.now(),
        run=now.case.run,
    )
    now.changes["seal"] = seal


def _void(why: str) -> Callable[[Doing, Given], None]:
    def act(now: Doing, given: Given) -> None:
        if not now.reason.strip():
            raise Refused("Say why, so that whoever goes on knows what to change.")
        answer = answer_that_counts(now.case)
        answer.void_because = why
        answer.save(update_fields=["void_because"])

    return act


def _approve(now: Doing, given: Given) -> None:
    answer = answer_that_counts(now.case)
    enforce(two_people.may_approve(now.case, answer, now.by))
    if not given.get("seal") == answer.seal == seal_of(now.case):
        raise Refused("The answer is not the one that you were shown. Open the case again and read what is new.")
    newest.ensure_fit_to_answer(now.case)
    answer.approved_by, answer.approved_at = now.by, timezone.now()
    answer.save()
    now.changes["seal"] = answer.seal


def _sent(now: Doing, given: Given) -> None:
    answer = answer_that_counts(now.case)
    if answer.approved_by is None or answer.seal != seal_of(now.case):
        raise Refused("The answer was changed after it was approved, so the approval is void. Open it again.")
    runs.ensure_whole(now.case)
    day, how = _past(given["day"], since=now.case.received_on), str(given.get("how", "")).strip()
    now.ensure_nameless(how)
    if answer.approved_at is not None and day < localdate(answer.approved_at):
        raise Refused(f"The answer was approved on {localdate(answer.approved_at)}. It cannot have been sent on {day}.")
    letters.ensure_named_as_on(now.case.letters.filter(round=now.case.round, kind__in=ANSWERS, sent_on=None), day)
    now.case.parts.exclude(outcome="").filter(issued_on=None).update(issued_on=day)
    now.case.letters.filter(round=now.case.round, kind__in=ANSWERS, sent_on=None).update(
        sent_on=day, sent_how=how or "noted with the answer"
    )
    now.case.parts.exclude(test_limb="").filter(outcome="", issued_on=None, test_told_on=None).update(test_told_on=day)
    now.case.issued_on = day
    now.case.correction = ""
    now.changes |= {"day": str(day), "seal": answer.seal}
    review = now.case.reviews.filter(answered_on=None).first()
    if review is not None:
        review.answered_on, review.changed = day, bool(given.get("changed"))
        review.save()
    elif order := order_of(now.case):
        order.answered_on = day
        order.save()


def _go_on(now: Doing, given: Given) -> None:
    if not now.case.parts.filter(issued_on=None).exists():
        raise Refused("Every part is answered.")
    now.case.round += 1


def _correct(now: Doing, given: Given) -> None:
    answer = published_answer(now.case)
    if answer is None or answer.withdrawn_by is not None or answer.run is None:
        raise Refused("No answer of this case is published, so there is nothing to correct.")
    if not now.reason.strip():
        raise Refused("Say why: the new version prints the reason.")
    now.case.correction = " ".join(now.reason.split())
    now.case.ended_on = None
    now.case.round += 1


def _ask_review(now: Doing, given: Given) -> None:
    day = _past(given["day"], since=now.case.issued_on)
    Review.objects.create(case=now.case, asked_on=day)
    now.case.round += 1
    now.case.ended_on = None
    now.changes["day"] = str(day)


def _begin_review(now: Doing, given: Given) -> None:
    enforce(two_people.may_review(now.case, now.by))


def _to_regulator(now: Doing, given: Given) -> None:
    day = _past(given["day"], since=now.case.issued_on)
    Complaint.objects.create(case=now.case, began_on=day)
    now.changes["day"] = str(day)
    now.case.ended_on = None


def _complaint_ended(now: Doing, given: Given, decision: str) -> Complaint:
    """Close the open complaint with its decision; a case from before complaints were kept gets one now."""
    day = _past(given["day"], since=now.case.issued_on)
    found = now.case.complaints.filter(ended_on=None).first() or Complaint(case=now.case, began_on=day)
    if day < found.began_on:
        raise Refused(f"{day} is before {found.began_on}, when the complaint came. Mend one of them.")
    if decision not in Complaint.Decision:
        raise Refused("Say how the regulator decided.")
    found.ended_on, found.decision = day, decision
    now.changes |= {"day": str(day), "decision": decision}
    return found


def _regulator_ended(now: Doing, given: Given) -> None:
    if review_asked_on(now.case) is not None:
        raise Refused("The internal review is not answered yet. Go back to it, so that it is not lost.")
    _complaint_ended(now, given, str(given["decision"])).save()


def _back_to_review(now: Doing, given: Given) -> None:
    if review_asked_on(now.case) is None:
        raise Refused("No internal review of this case is open.")
    _complaint_ended(now, given, Complaint.Decision.SETTLED).save()


def _answer_order(now: Doing, given: Given) -> None:
    if review_asked_on(now.case) is not None:
        raise Refused("The internal review is not answered yet. Go back to it: its decision is the fresh answer.")
    decision = str(given["decision"])
    if decision not in (Complaint.Decision.UPHELD, Complaint.Decision.PARTLY):
        raise Refused("The regulator orders a fresh answer only when it upholds the complaint, or a part of it.")
    found = _complaint_ended(now, given, decision)
    if given["steps_due"] < given["day"]:
        raise Refused("The day by which the answer is ordered cannot be before the decision.")
    found.steps_due = given["steps_due"]
    found.save()
    now.changes["steps_due"] = str(found.steps_due)
    now.case.round += 1


def _keep(now: Doing, given: Given) -> None:
    now.case.keep_because = now.reason
    now.changes["kept"] = bool(now.reason)


def _past(day: date, *, since: date | None = None) -> date:
    """The day, when it has come and does not lie before `since`."""
    if day > localdate():
        raise Refused(f"{day} is still to come. Give the day on which it happened.")
    if since is not None and day < since:
        raise Refused(f"{day} is before {since}, when the step before it happened. Mend one of them.")
    return day


def _add_parts(now: Doing, given: Given) -> None:
    add_parts(now, given["texts"])


__all__ = ["current_answer", "do"]

_DO: dict[str, Callable[[Doing, Given], None]] = {
    "take": _take,
    "confirm": _received,
    "mend_receipt": _received,
    "cure": _received,
    "mark": _mark,
    "plan": _add_parts,
    "read_letter": plans.take_letter,
    "write_plan": plans.write_plan,
    "accept_doubt": plans.accept_doubt,
    "estimate_cost": costs.estimate_cost,
    "write_letter": letters.write_letter,
    "letter_sent": letters.letter_sent,
    "count": runs.ask_for_count,
    "choose_run": runs.choose_run,
    "make_regular": regular.make_regular,
    "end_regular": regular.end_regular,
    "publish": releasing.ask_to_publish,
    "withdraw_answer": releasing.withdraw_answer,
    "check_withdrawal": releasing.check_withdrawal,
    "answer_part": answer_part,
    "test_interest": test_interest,
    "ask": _begin_pause(Pause.Kind.CLARIFY),
    "clarified": _end_pause,
    "charge": _begin_pause(Pause.Kind.FEE),
    "paid": _end_pause,
    "lapse": _lapse,
    "withdraw": _end("withdrawn"),
    "close": _close,
    "submit": _submit,
    "send_back": _void("sent back"),
    "reopen": _void("opened again"),
    "approve": _approve,
    "sent": _sent,
    "go_on": _go_on,
    "correct": _correct,
    "ask_review": _ask_review,
    "begin_review": _begin_review,
    "to_regulator": _to_regulator,
    "regulator_ended": _regulator_ended,
    "back_to_review": _back_to_review,
    "answer_order": _answer_order,
    "ask_department": asking.ask_department,
    "refer": asking.refer,
    "chase": asking.chase,
    "note_reply": asking.note_reply,
    "drop_task": asking.drop_task,
    "answer_task": asking.answer_task,
    "keep": _keep,
}
