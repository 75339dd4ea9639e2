"""Made-up cases for the demo: one that is late, one being drafted, one that waits for the applicant."""

from __future__ import annotations

from datetime import timedelta

from django.utils.timezone import localdate

from clearcount_web.accounts.models import User
from clearcount_web.cases.actions import do
from clearcount_web.cases.models import Case
from clearcount_web.cases.opening import NewCase, open_case

_LETTER = """Dear Northmoor Police,

Under the Freedom of Information Act please tell me:

1. How many offences of theft were recorded in 2025, by month?
2. How many of those were marked as solved?

Yours faithfully,
Sam Uphill
"""


def fill() -> None:
    """Add three cases, once."""
    if Case.objects.exists():
        return
    olive = User.objects.get(username="olive")
    today = localdate()

    def opened(title: str, days_ago: int) -> Case:
        new = NewCase(title, "email", today - timedelta(days_ago), "Sam Uphill", "sam.uphill@post.example", _LETTER)
        return open_case(new, by=olive)

    def act(case: Case, name: str, **given: object) -> None:
        do(case.pk, name, given, by=olive, seen=Case.objects.values_list("version", flat=True).get(pk=case.pk))

    drafting = opened("Thefts by month", 12)
    act(drafting, "confirm", day=drafting.received_on)
    act(
        drafting, "plan", texts=["How many offences of theft were recorded in 2025, by month?", "How many were solved?"]
    )
    act(drafting, "draft")
    act(drafting, "answer_part", number=1, outcome="granted", held="yes", reading="By the month of recording.")
    waiting = opened("Bicycles taken near stations", 20)
    act(waiting, "confirm", day=waiting.received_on)
    act(waiting, "ask", day=today - timedelta(5))
    opened("Speed checks on one road", 45)
