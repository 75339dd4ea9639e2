"""Regular publication: an answer whose next version has a day, which moves on when a version is published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.timezone import localdate

from clearcount_web.cases.acting import Doing
from clearcount_web.cases.clock import days_left, in_words
from clearcount_web.cases.days import months_after
from clearcount_web.cases.models import Case, Regular
from clearcount_web.cases.published import published_answer
from clearcount_web.ground.refusals import Refused

_DAYS = 30
"""Days of a month, near enough to say which half of an interval a day is in."""


def make_regular(now: Doing, given: Mapping[str, Any]) -> None:
    """Keep how often the answer is published, and the day of its next version.

    Raises:
        Refused: when no answer of the case is published, or the day is past.
    """
    answer = published_answer(now.case)
    if answer is None or answer.withdrawn_by_id is not None:
        raise Refused("No answer of this case is published, so it cannot be published regularly.")
    every, next_on = int(given["every_months"]), given["next_on"]
    if next_on <= localdate():
        raise Refused(f"{next_on} is not to come. Give the day on which the next version is due.")
    Regular.objects.update_or_create(
        case=now.case,
        defaults={"every_months": every, "next_on": next_on, "set_by": now.by, "set_on": localdate()},
    )
    now.changes |= {"every_months": every, "next_on": str(next_on)}


def end_regular(now: Doing, given: Mapping[str, Any]) -> None:
    """End the regular publication; what is published stays.

    Raises:
        Refused: without a reason, or when there is none.
    """
    if not now.reason.strip():
        raise Refused("Say why it is not published regularly any more.")
    if not Regular.objects.filter(case=now.case).delete()[0]:
        raise Refused("This case has no regular publication.")


def move_on(case: Case, *, today: date) -> None:
    """Set the day of the next version after one was published: the first of its days that is to come.

    A version that comes out more than half an interval early is a correction in between, and moves nothing.
    """
    found = Regular.objects.filter(case=case).first()
    if found is None or (found.next_on - today).days * 2 > found.every_months * _DAYS:
        return
    first, steps = found.next_on, 1
    while (later := months_after(first, steps * found.every_months)) <= today:
        steps += 1
    found.next_on = later
    found.save(update_fields=["next_on"])


@dataclass(frozen=True)
class Next:
    """A regular publication as the list shows it; `left` is in words, `late` says whether its day is past."""

    regular: Regular
    left: str
    late: bool


def next_versions(*, today: date) -> list[Next]:
    """Return every regular publication, the one that is due first at the top."""
    found = Regular.objects.select_related("case", "case__held_by")
    return [
        Next(each, in_words(days_left(each.next_on, today=today)), each.next_on < today)
        for each in found.defer("case__plan")
    ]
