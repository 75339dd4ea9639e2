"""Two officers at once: nothing is lost, nothing is done twice, and each is told what happened."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Barrier, Thread
from uuid import UUID

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

sys.path.insert(0, str(Path(__file__).parent))
from casework import act, approved, drafted, officer, opened, person, submitted

from clearcount_web.accounts.roles import Role
from clearcount_web.audit.models import Event
from clearcount_web.audit.queries import verify
from clearcount_web.cases.actions import current_answer, do
from clearcount_web.cases.models import Case, Part, Pause
from clearcount_web.cases.opening import take_from_form
from clearcount_web.ground.refusals import Refused
from clearcount_web.platform.databases import STAFF
from clearcount_web.requesting.actions import keep_request
from clearcount_web.requesting.models import InboxRequest

AT_ONCE = 4


def at_once(work: Callable[[int], object]) -> Counter[str]:
    """Runs `work` in several threads from one moment on; how many did it, and how many were refused."""
    told: Counter[str] = Counter()
    start = Barrier(AT_ONCE)

    def run(number: int) -> None:
        try:
            start.wait(timeout=30)
            work(number)
            told["done"] += 1
        except Refused:
            told["refused"] += 1
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(number,)) for number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return told


@pytest.mark.parametrize("name", ["confirm", "sent", "ask", "approve"])
def test_one_act_from_the_same_page_is_done_once(committed_staff: Client, name: str) -> None:
    people = [person(f"officer-{number}", Role.FOI_OFFICER, Role.DECISION_MAKER) for number in range(AT_ONCE)]
    ready: dict[str, Callable[[Case], Case]] = {
        "confirm": lambda case: case,
        "sent": approved,
        "ask": drafted,
        "approve": submitted,
    }
    case = ready[name](opened())
    seen = Case.objects.get(pk=case.pk).version
    answer = current_answer(Case.objects.get(pk=case.pk))
    given = {"day": date(2026, 3, 20), "seal": answer.seal if answer else ""}
    told = at_once(lambda number: do(case.pk, name, given, by=people[number], seen=seen))
    assert told == {"done": 1, "refused": AT_ONCE - 1}
    case.refresh_from_db()
    assert case.version == seen + 1
    assert Event.objects.filter(verb="case.refused", key=case.reference).count() == AT_ONCE - 1
    assert Pause.objects.filter(case=case).count() == (name == "ask")
    assert not verify(STAFF).faults


def test_different_acts_from_the_same_page_do_not_mix(committed_staff: Client) -> None:
    case = opened()
    act(case, "confirm", day=case.received_on)
    seen = Case.objects.get(pk=case.pk).version
    told = at_once(lambda number: do(case.pk, "plan", {"texts": [f"Part of {number}"]}, by=officer(), seen=seen))
    assert told == {"done": 1, "refused": AT_ONCE - 1} and Part.objects.filter(case=case).count() == 1


def test_a_request_of_the_form_that_several_take_is_one_case(committed_staff: Client) -> None:
    keep_request(token=UUID(int=1), name="Sam Uphill", contact="s@post.example", text="How many?",
                 at=datetime(2026, 3, 3, tzinfo=UTC))  # fmt: skip
    by = officer()
    told = at_once(
        lambda number: take_from_form(InboxRequest.objects.get(), title=f"Counts {number}", by=by, at=timezone.now())
    )
    assert told["done"] == AT_ONCE and Case.objects.count() == 1
    assert Event.objects.filter(verb="case.opened").count() == 1


def test_cases_opened_in_one_moment_have_references_of_their_own(committed_staff: Client) -> None:
    officer()
    told = at_once(lambda number: opened(title=f"Subject {number}"))
    assert told["done"] == AT_ONCE
    assert sorted(Case.objects.values_list("reference", flat=True)) == [
        f"FOI-2026-0000{n}" for n in range(1, AT_ONCE + 1)
    ]
