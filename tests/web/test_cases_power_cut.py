"""The power goes at any statement of an act: nothing of it is left, and the act done again is done once.

The fast twin of `test_cases_killed.py`, in which real processes die.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.db import connections, transaction

sys.path.insert(0, str(Path(__file__).parent))
from casework import act, approved, drafted, issued, officer, opened, person, submitted
from test_cases_counts import worked
from test_records_living import published, room

from clearcount_web.accounts.roles import Role
from clearcount_web.audit.models import Event
from clearcount_web.cases import releasing
from clearcount_web.cases.actions import current_answer
from clearcount_web.cases.models import Answer, Case, Letter, Part, Pause
from clearcount_web.disclosure_log.models import File, Release, Version
from clearcount_web.jobs.models import Job

__all__ = ["room"]
KEPT = (Case, Part, Answer, Letter, Pause, Event, Job)


class Dark(BaseException):
    """The power is gone: nothing that catches an exception catches it."""


@contextmanager
def dark_at(statement: int) -> Iterator[list[int]]:
    """The power goes at that statement of either database; 0 for never. Gives how many there were."""
    seen = [0]

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen[0] += 1
        if seen[0] == statement:
            raise Dark
        return execute(sql, params, many, context)

    with ExitStack() as stack:
        for alias in connections:
            stack.enter_context(connections[alias].execute_wrapper(watch))
        yield seen


def rows() -> dict[str, list[Any]]:
    """Every row that an act could write."""
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in KEPT}


READY: dict[str, Callable[[Case], Case]] = {
    "confirm": lambda case: case,
    "ask": drafted,
    "write_letter": drafted,
    "submit": lambda case: act(drafted(case), "write_letter", kind="answer"),
    "approve": submitted,
    "sent": approved,
    "ask_review": issued,
}


@pytest.mark.parametrize("name", READY)
def test_nothing_is_left_of_an_act_at_whatever_statement_the_power_goes(db: None, name: str) -> None:
    case = READY[name](opened())
    by = person("dilys", Role.DECISION_MAKER) if name == "approve" else officer()
    answer = current_answer(Case.objects.get(pk=case.pk))
    given = {"day": date(2026, 3, 21), "kind": "answer", "seal": answer.seal if answer else "", "how": "by post"}
    version = Case.objects.get(pk=case.pk).version
    before = rows()
    died = 0
    for at in count(1):  # until the act comes to its end before the power goes
        try:
            with transaction.atomic(), dark_at(at):
                act(case, name, by=by, **given)
                transaction.set_rollback(True)
            break
        except Dark:
            died += 1
        assert rows() == before, at
    assert rows() == before and died > 5
    act(case, name, by=by, **given)
    assert Case.objects.get(pk=case.pk).version == version + 1
    assert Event.objects.count() == len(before["Event"]) + 1


@pytest.mark.slow
def test_a_publication_ends_as_one_at_whatever_statement_the_power_goes(room: Path) -> None:
    """The worker dies in the middle, and the next one does the job again."""
    case = published(room)

    def unpublished() -> int:
        """The state before the publication; gives how often the events say that there was one."""
        Version.objects.all().delete()
        Release.objects.all().delete()
        Answer.objects.filter(case=case).update(published_by=None, published_at=None, slug="")
        return Event.objects.filter(verb="case.published").count()

    unpublished()
    with dark_at(0) as statements:
        worked(releasing.JOB)
    died = 0
    for at in range(2, statements[0], max(1, statements[0] // 14)):
        events = unpublished()
        try:
            with dark_at(at):
                worked(releasing.JOB)
        except Dark:
            died += 1
        worked(releasing.JOB)
        worked(releasing.JOB)
        answer = Answer.objects.get(case=case)
        assert (answer.publish_fault, answer.slug) == ("", Release.objects.get().slug), at
        assert Version.objects.count() == 1 and File.objects.filter(version__release__slug=answer.slug).exists()
        assert Event.objects.filter(verb="case.published").count() == events + 1, at
    assert died >= 14 and statements[0] > 30
