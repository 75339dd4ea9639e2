"""Made-up reports and occurrences for the demo: neutral, short, and the same each time."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from clearcount_web.accounts.models import User
from clearcount_web.occurrences.actions import NewOffence, add_entry, open_occurrence, set_marker
from clearcount_web.occurrences.models import Occurrence
from clearcount_web.reporting.answers import ReportAnswers
from clearcount_web.triage.actions import enter_report
from clearcount_web.triage.models import Report

_REPORTS: tuple[tuple[str, int, ReportAnswers], ...] = (
    (
        "phone",
        30,
        ReportAnswers(
            danger="no",
            who="me",
            age="18+",
            what=("threat", "demand"),
            when="Last weekend",
            place="Northmoor",
            apps="A chat app",
            names="sample_account_1",
            story="Somebody I met in a chat app says they will send a picture of me to my contacts.",
            kept=("messages", "names"),
            name="Sam",
            contact="yes",
            phone="a made-up number",
            phone_safe="yes",
            voicemail="no",
            times="After 6 pm",
        ),
    ),
    (
        "counter",
        3,
        ReportAnswers(
            danger="unsure",
            who="other",
            age="16-17",
            what=("fake",),
            when="This month",
            story="A picture of my friend was changed with an app and is being passed round.",
            kept=("none",),
            knows="yes",
            reach="no",
            contact="no",
        ),
    ),
)


def fill() -> None:
    """Add two waiting reports and two occurrences, once."""
    by, now = User.objects.get(username="corin"), timezone.now()
    if not Report.objects.exists():
        for channel, hours, answers in _REPORTS:
            report = enter_report(
                channel=channel,
                answers=answers,
                by=by,
                now=now - timedelta(hours=hours),
            )
            Report.objects.filter(pk=report.pk).update(first_read_at=None)
    if not Occurrence.objects.exists():
        day = timezone.localdate(now) - timedelta(days=2)
        for code, summary in (
            ("035/00", "Caller says that somebody asks for money and threatens to share a picture."),
            ("086/02", "Caller says that a picture was shared in a group chat."),
        ):
            occurrence = open_occurrence(
                by=by, now=now, reported_on=day, summary=summary, offences=(NewOffence(code, day),), channel="phone"
            )
        add_entry(occurrence, field="oel", text="Caller thinks that the picture was made with AI.", by=by, now=now)
        set_marker(occurrence, name="AI", on=True, basis="victim says so", by=by, now=now)
