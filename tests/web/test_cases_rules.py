"""The walk of a case: parts with outcomes, pauses, two people, reviews; and what the database itself refuses."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

sys.path.insert(0, str(Path(__file__).parent))
from casework import (
    NAME,
    RECEIVED,
    act,
    approve,
    approved,
    bare,
    decider,
    drafted,
    granted,
    issued,
    officer,
    opened,
    person,
    put_forward,
    submitted,
)

from clearcount_web.accounts.roles import EVERY_ROLE, Role
from clearcount_web.audit.models import Event
from clearcount_web.cases.actions import current_answer, do
from clearcount_web.cases.models import Answer, Applicant, Case, Part, Pause, Review
from clearcount_web.cases.table import S
from clearcount_web.ground.refusals import Refused

THEFT = "How many thefts were recorded in 2025?"


def refused(case: Case, name: str, **given: Any) -> str:
    """The sentence with which an act is refused; the case is as before."""
    before = Case.objects.filter(pk=case.pk).values().get()
    with pytest.raises(Refused) as why:
        act(case, name, **given)
    assert Case.objects.filter(pk=case.pk).values().get() == before
    return str(why.value)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("state", {"state": "lost"}),
        ("ended without a day", {"state": "closed"}),
        ("a day without an end", {"ended_on": RECEIVED}),
    ],
)
def test_the_database_keeps_the_rules_of_a_case(db: None, field: str, values: dict[str, Any]) -> None:
    case = bare(S.TRIAGE, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(**values)


@pytest.mark.parametrize(
    "values",
    [
        {"outcome": "withheld"},
        {"outcome": "withheld", "exemption": "31"},
        {"outcome": "granted", "exemption": "31", "limb": "31(1)(a)"},
        {"outcome": "not-held", "held": "yes"},
        {"outcome": "ncnd", "held": "yes", "exemption": "24", "limb": "24(2)"},
        {"outcome": "granted", "held": "ncnd"},
        {"issued_on": RECEIVED},
    ],
    ids=lambda values: "-".join(values.values() if all(isinstance(v, str) for v in values.values()) else values),
)
def test_the_database_keeps_the_rules_of_a_part(db: None, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Part.objects.create(case=bare(S.TRIAGE, 1), number=1, text="x", **values)


def test_the_database_keeps_one_open_pause_one_open_review_and_days_in_order(db: None) -> None:
    case = bare(S.CLARIFYING, 1)
    Pause.objects.create(case=case, kind="clarify", began_on=RECEIVED)
    Review.objects.create(case=case, asked_on=RECEIVED)
    for wrong in (
        lambda: Pause.objects.create(case=case, kind="fee", began_on=RECEIVED),
        lambda: Pause.objects.create(case=case, kind="fee", began_on=RECEIVED, ended_on=date(2026, 3, 2)),
        lambda: Review.objects.create(case=case, asked_on=RECEIVED),
        lambda: Review.objects.create(case=case, asked_on=RECEIVED, answered_on=date(2026, 3, 2), changed=True),
        lambda: Review.objects.create(case=case, asked_on=RECEIVED, answered_on=RECEIVED),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()


def test_the_database_lets_nobody_approve_or_publish_what_they_prepared(db: None) -> None:
    now, user = timezone.now(), officer()
    case = bare(S.REVIEW, 1)
    answer = Answer.objects.create(case=case, round=1, seal="a" * 64, prepared_by=user, prepared_at=now)
    rows = Answer.objects.filter(pk=answer.pk)
    for values in (
        {"approved_by": user, "approved_at": now},
        {"approved_by": decider()},
        {"published_by": decider(), "published_at": now},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**values)
    rows.update(approved_by=decider(), approved_at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(published_by=user, published_at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.create(case=case, round=1, seal="b" * 64, prepared_by=user, prepared_at=now)


def test_somebody_with_every_role_cannot_do_both(db: None) -> None:
    every = person("eve", *EVERY_ROLE)
    case = opened()
    act(case, "confirm", by=every, day=RECEIVED)
    act(case, "plan", by=every, texts=[THEFT])
    act(case, "draft", by=every)
    act(case, "answer_part", by=every, number=1, outcome="granted", held="yes")
    put_forward(case, by=every)
    answer = current_answer(case)
    assert answer is not None
    assert "Somebody else approves it" in refused(case, "approve", by=every, seal=answer.seal)
    assert approve(case).state == S.APPROVED


def test_whoever_worked_on_the_answer_does_not_approve_it(db: None) -> None:
    both = person("bo", Role.ANALYST, Role.DECISION_MAKER)
    case = opened()
    act(case, "confirm", day=RECEIVED)
    act(case, "plan", by=both, texts=[THEFT])
    act(case, "draft")
    granted(case)
    put_forward(case)
    answer = current_answer(case)
    assert answer is not None
    assert "You worked on this answer" in refused(case, "approve", by=both, seal=answer.seal)


def test_whoever_worked_on_an_earlier_answer_approves_and_publishes_no_later_one(db: None) -> None:
    """A second answer rests on the parts, the plan and the count of the first."""
    both = person("bo", Role.ANALYST, Role.DECISION_MAKER, Role.PUBLISHER)
    case = opened()
    act(case, "confirm", day=RECEIVED)
    act(case, "plan", by=both, texts=[THEFT, "How many were solved?"])
    act(case, "draft")
    granted(case)
    act(case, "test_interest", number=2, limb="31(1)(b)", days=20)
    put_forward(case)
    approve(case)
    act(case, "sent", day=date(2026, 4, 1))
    act(case, "go_on")
    granted(case, 2)
    put_forward(case)
    answer = current_answer(Case.objects.get(pk=case.pk))
    assert answer is not None and answer.round == 2
    assert "You worked on this answer" in refused(case, "approve", by=both, seal=answer.seal)
    approve(case)
    act(case, "sent", day=date(2026, 4, 20))
    assert "You worked on this answer" in refused(case, "publish", by=both)


@pytest.mark.parametrize("seal", ["", "0" * 64, "é"])
def test_an_approval_is_of_the_answer_that_was_shown(db: None, seal: str) -> None:
    case = submitted(opened())
    assert "not the one that you were shown" in refused(case, "approve", by=decider(), seal=seal)


@pytest.mark.parametrize(
    "change",
    [
        lambda case: Part.objects.filter(case=case).update(reading="otherwise"),
        lambda case: Part.objects.filter(case=case).update(text="another question"),
        lambda case: Part.objects.filter(case=case).update(tables="2"),
        lambda case: Part.objects.create(case=case, number=2, text="one more"),
        lambda case: Case.objects.filter(pk=case.pk).update(title="Another title"),
        lambda case: Case.objects.filter(pk=case.pk).update(plan="[request]"),
    ],
    ids=["reading", "text", "tables", "part", "title", "plan"],
)
def test_any_change_voids_an_approval(db: None, change: Any) -> None:
    case = approved(opened())
    change(case)
    assert "the approval is void" in refused(case, "sent", day=date(2026, 3, 20))
    act(case, "reopen", reason="It changed.")
    assert current_answer(case) is None


def test_a_page_that_was_open_while_somebody_else_acted_does_nothing(db: None) -> None:
    case = submitted(opened())
    seen = Case.objects.get(pk=case.pk).version
    act(case, "send_back", by=decider(), reason="Say it more clearly.")
    put_forward(case)
    answer = current_answer(case)
    assert answer is not None
    with pytest.raises(Refused, match="changed this case"):
        do(case.pk, "approve", {"seal": answer.seal}, by=decider(), seen=seen)
    approve(case)
    with pytest.raises(Refused, match="case is approved"):  # the back button: the same page sent once more
        do(case.pk, "approve", {"seal": answer.seal}, by=decider(), seen=seen)


def test_parts_with_their_own_outcomes_and_one_that_comes_later(db: None) -> None:
    case = opened()
    act(case, "confirm", day=RECEIVED)
    act(case, "plan", texts=[f"Part {number}" for number in range(1, 9)])
    act(case, "draft")
    granted(case, 1)
    act(case, "answer_part", number=2, outcome="not-held", held="no")
    act(case, "answer_part", number=3, outcome="withheld", held="yes", limb="40(2)", why="A person is identifiable.")
    weighed = {"interest_for": "Openness.", "interest_against": "Harm.", "why": "It names a tactic."}
    act(case, "answer_part", number=4, outcome="part", held="partly", limb="31(1)(a)", **weighed)
    act(case, "answer_part", number=5, outcome="ncnd", held="ncnd", limb="24(2)", **weighed)
    sheet = {"records": 1144, "minutes": [3.0] * 5, "method": "Timed.", "advice": "Name one year."}
    act(case, "estimate_cost", **sheet)
    act(case, "answer_part", number=6, outcome="cost", why="It would take 57 hours.")
    published = "https://police.example/disclosure-log/thefts/"
    act(
        case,
        "answer_part",
        number=7,
        outcome="withheld",
        held="yes",
        limb="21",
        why="Published.",
        log_address=published,
    )
    assert "Say how parts 8 end" in refused(case, "submit")
    act(case, "test_interest", number=8, limb="31(1)(b)", days=20)
    last = Part.objects.get(case=case, number=8)
    assert last.due == date(2026, 5, 1), "forty working days after 3 March 2026, Good Friday and Easter Monday left out"
    assert Case.objects.get(pk=case.pk).due == date(2026, 4, 1), "the others keep the twentieth"
    put_forward(case)
    approve(case)
    sent = act(case, "sent", day=date(2026, 4, 1))
    assert (sent.state, sent.due) == (S.ISSUED, last.due)
    assert Part.objects.filter(case=case, issued_on=None).count() == 1
    assert "Parts 8 are not answered yet" in refused(case, "close", day=date(2026, 4, 2))
    act(case, "go_on")
    assert "An internal review decides it afresh" in refused(
        case, "answer_part", number=1, outcome="granted", held="yes"
    )
    granted(case, 8)
    put_forward(case)
    approve(case)
    act(case, "sent", day=date(2026, 4, 20))
    assert act(case, "close", day=date(2026, 4, 20)).state == S.CLOSED


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"outcome": "granted", "held": "no"}, "contradict"),
        ({"outcome": "not-held", "held": "yes"}, "contradict"),
        ({"outcome": "withheld", "held": "yes", "why": "x"}, "Name the exemption"),
        ({"outcome": "withheld", "held": "yes", "limb": "99", "why": "x"}, "Name the exemption"),
        ({"outcome": "withheld", "held": "yes", "limb": "40", "why": "x"}, "several limbs"),
        ({"outcome": "withheld", "held": "yes", "limb": "40(2)"}, "Write why"),
        ({"outcome": "withheld", "held": "yes", "limb": "31(1)(a)", "why": "x"}, "public interest"),
        ({"outcome": "withheld", "held": "yes", "limb": "21", "why": "x"}, "published already"),
        ({"outcome": "ncnd", "held": "ncnd", "limb": "21", "why": "x"}, "no limb for neither"),
        ({"outcome": "granted", "held": "yes", "limb": "31(1)(a)"}, "Only a refusal"),
        ({"outcome": "vexatious", "held": "ncnd", "why": "x"}, "outcome of its own"),
        ({"outcome": "cost", "held": ""}, "Write why"),
    ],
    ids=range(12),
)
def test_an_outcome_that_does_not_fit_is_refused(db: None, given: dict[str, str], says: str) -> None:
    case = drafted(opened())
    assert says in refused(case, "answer_part", number=1, **given)
    assert Part.objects.get(case=case).outcome == "granted"


@pytest.mark.parametrize("limb", ["40(1)", "21", "32(1)", "99", ""])
def test_only_a_qualified_exemption_gives_time(db: None, limb: str) -> None:
    case = drafted(opened())
    if limb.startswith("40"):  # mixed: some of it is qualified
        assert act(case, "test_interest", number=1, limb=limb, days=5)
    else:
        assert "Only a qualified exemption" in refused(case, "test_interest", number=1, limb=limb, days=5)


def test_the_notice_of_a_test_is_due_by_the_twentieth_day_and_the_decision_later(db: None) -> None:
    case = drafted(opened())
    tested = act(case, "test_interest", number=1, limb="31(1)(a)", days=20)
    assert tested.due == date(2026, 4, 1) and "told of the public interest test (section 17(2))" in tested.due_why
    act(case, "write_letter", kind="interest")
    told = act(case, "letter_sent", number=1, day=date(2026, 3, 30), how="by e-mail")
    assert told.due == date(2026, 5, 1) and "section 10(3)" in told.due_why


def test_the_own_day_of_a_part_follows_the_clock_of_its_case(db: None) -> None:
    case = drafted(opened(), "One?", "Two?")
    act(case, "test_interest", number=2, limb="31(1)(a)", days=10)
    part = Part.objects.filter(case=case, number=2)
    assert part.get().due == date(2026, 4, 17)
    act(case, "mend_receipt", day=date(2026, 3, 4), reason="The post book says so.")
    assert part.get().due == date(2026, 4, 20)
    act(case, "ask", day=date(2026, 3, 10))
    assert part.get().due is None
    act(case, "clarified", day=date(2026, 3, 17))
    assert part.get().due == date(2026, 4, 30)


def test_clarification_starts_the_clock_afresh_and_lapses(db: None) -> None:
    case = opened()
    act(case, "confirm", day=RECEIVED)
    waiting = act(case, "ask", day=date(2026, 3, 10))
    assert (waiting.state, waiting.due) == (S.CLARIFYING, None) and "section 10(6)" in waiting.due_why
    again = act(case, "clarified", day=date(2026, 3, 17))
    assert (again.state, again.due) == (S.TRIAGE, date(2026, 4, 16))
    act(case, "ask", day=date(2026, 3, 18))
    assert "two months" in refused(case, "lapse", day=date(2026, 5, 17))
    ended = act(case, "lapse", day=date(2026, 5, 18))
    assert (ended.state, ended.ended_on) == (S.LAPSED, date(2026, 5, 18))


def test_an_unpaid_fee_lapses_after_three_months(db: None) -> None:
    case = opened()
    act(case, "confirm", day=RECEIVED)
    act(case, "charge", day=date(2026, 3, 31))
    assert "three months" in refused(case, "lapse", day=date(2026, 6, 29))
    assert act(case, "lapse", day=date(2026, 6, 30)).state == S.LAPSED


def test_a_fee_leaves_its_days_out(db: None) -> None:
    case = opened()
    act(case, "confirm", day=RECEIVED)
    assert act(case, "charge", day=date(2026, 3, 10)).due is None
    paid = act(case, "paid", day=date(2026, 3, 12))
    assert paid.due == date(2026, 4, 8), "three working days are disregarded: 1 April and those after Easter"


@pytest.mark.parametrize(
    ("name", "day", "says"),
    [
        ("ask", date(2026, 3, 2), "is before 2026-03-03"),
        ("ask", date(2199, 1, 1), "still to come"),
        ("charge", date(2026, 3, 1), "is before"),
        ("withdraw", date(2026, 3, 2), "is before"),
        ("mend_receipt", date(2199, 1, 1), "still to come"),
    ],
)
def test_a_day_that_cannot_be_is_refused(db: None, name: str, day: date, says: str) -> None:
    case = opened()
    act(case, "confirm", day=RECEIVED)
    assert says in refused(case, name, day=day, reason="x")


def test_mending_the_day_of_receipt_below_a_pause_is_refused(db: None) -> None:
    case = opened()
    act(case, "confirm", day=RECEIVED)
    act(case, "ask", day=date(2026, 3, 10))
    act(case, "clarified", day=date(2026, 3, 17))
    assert "comes before the receipt" in refused(case, "mend_receipt", day=date(2026, 3, 12), reason="x")


def test_a_review_is_decided_by_somebody_who_made_none_of_it(db: None) -> None:
    case = issued(opened())
    under = act(case, "ask_review", day=date(2026, 3, 25))
    assert (under.state, under.due, under.round) == (S.INTERNAL_REVIEW, date(2026, 4, 24), 2)
    assert "Somebody else reviews it" in refused(case, "begin_review")
    reviewer = person("rory", Role.FOI_OFFICER)
    act(case, "begin_review", by=reviewer)
    act(case, "answer_part", by=reviewer, number=1, outcome="not-held", held="no")
    put_forward(case, by=reviewer, kind="review")
    answer = current_answer(Case.objects.get(pk=case.pk))
    assert answer is not None
    assert "Somebody else decides" in refused(case, "approve", by=decider(), seal=answer.seal)
    approve(case, by=person("dora", Role.DECISION_MAKER))
    act(case, "sent", day=date(2026, 4, 20), changed=True)
    review = Review.objects.get(case=case)
    assert (review.answered_on, review.changed) == (date(2026, 4, 20), True)
    assert Case.objects.get(pk=case.pk).due is None


def test_how_an_answer_was_sent_does_not_say_who_asked(db: None) -> None:
    case = approved(opened())
    assert "say who asked" in refused(case, "sent", day=date(2026, 3, 20), how=f"by e-mail to {NAME}")
    assert act(case, "sent", day=date(2026, 3, 20), how="by e-mail, filed").state == S.ISSUED


def test_withdrawing_ends_the_parts_and_voids_what_was_approved(db: None) -> None:
    case = approved(opened())
    act(case, "withdraw", day=date(2026, 3, 20))
    assert set(Part.objects.filter(case=case).values_list("outcome", flat=True)) == {"withdrawn"}
    assert current_answer(case) is None


def test_an_answer_without_parts_or_outcomes_is_not_put_forward(db: None) -> None:
    case = opened()
    act(case, "confirm", day=RECEIVED)
    act(case, "draft")
    assert "no part" in refused(case, "submit")
    act(case, "plan", texts=[THEFT])
    assert "Say how parts 1 end" in refused(case, "submit")


def test_what_is_kept_of_a_case_names_nobody(db: None) -> None:
    case = issued(opened())
    told = str(list(Event.objects.filter(key=case.reference).values()))
    who = Applicant.objects.get(case=case)
    assert who.name not in told and who.address not in told
