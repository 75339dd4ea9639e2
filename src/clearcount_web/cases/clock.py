"""The day by which a case is due, from the law's own clock; stored with its reason and worked out nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from clearcount.errors import CalendarError
from clearcount.foi import Calendar, Deadline, afterwards, due
from clearcount.workflow.foi import calendar_in_use
from clearcount_web.cases.models import Case, Part, Pause
from clearcount_web.cases.table import ENDED, S

LONGEST = 400


@dataclass(frozen=True)
class Clock:
    """The next day that is set for a case, None where there is none, and why."""

    due: date | None
    why: str
    calendar: str


def calendar() -> Calendar:
    """Return the bank holidays in use; a file that was updated is read again.

    Raises:
        CalendarError: when the file is not a table of bank holidays.
    """
    path: Path | None = settings.CALENDAR_FILE
    stamp = path.stat().st_mtime_ns if path is not None and path.exists() else 0
    return _read(path, stamp)


@lru_cache(maxsize=4)
def _read(path: Path | None, stamp: int) -> Calendar:
    return calendar_in_use(path)


def events_of(pauses: Sequence[Pause]) -> list[str]:
    """Return the pauses as the clock reads them: `clarify:ASKED/ANSWERED` and `fee:NOTICE/PAID`."""
    return [f"{each.kind}:{each.began_on}/{each.ended_on or ''}" for each in pauses]


def deadline(case: Case, pauses: Sequence[Pause], *, more_days: int = 0) -> Deadline:
    """Return the clock of a case, day by day, with `more_days` for a public interest test.

    Raises:
        RequestError, CalendarError: for days that the clock refuses.
    """
    events = [*events_of(pauses), *([f"pit:{more_days}"] if more_days else [])]
    return due(case.received_on, events, calendar=calendar())


@dataclass(frozen=True)
class Steps:
    """What else the clock looks at: the day of an open review, and a fresh answer that the regulator orders."""

    review_asked: date | None = None
    ordered_on: date | None = None
    steps_due: date | None = None


def clock_of(case: Case, pauses: Sequence[Pause], parts: Sequence[Part], steps: Steps) -> Clock:
    """Return the next day that counts for a case as it stands.

    A part under a public interest test has its own day once the applicant was told of it. That notice is due by the
    twentieth working day (section 17(1) and (2)).

    Raises:
        RequestError: for days that do not follow one another.
    """
    holidays = calendar()
    if case.state in ENDED:
        return Clock(None, "The case has ended.", holidays.digest)
    if case.state == S.ICO:
        return Clock(None, "The regulator sets the days.", holidays.digest)
    waits = next((each for each in pauses if each.ended_on is None), None)
    if waits is not None:
        what = "the clock starts afresh on the day of the answer (section 10(6))"
        if waits.kind == Pause.Kind.FEE:
            what = "the days until payment are not counted (section 10(2))"
        said = f"Waiting for the {waits.get_kind_display()} since {_day(waits.began_on)}: {what}."
        return Clock(None, said, holidays.digest)
    try:
        return _running(case, pauses, parts, steps, holidays)
    except CalendarError as error:
        return Clock(None, f"The day cannot be worked out: {error}"[:LONGEST], holidays.digest)


def _running(case: Case, pauses: Sequence[Pause], parts: Sequence[Part], steps: Steps, holidays: Calendar) -> Clock:
    review_asked = steps.review_asked
    if review_asked:
        after = afterwards(case.issued_on or review_asked, review_asked=review_asked, calendar=holidays)
        why = f"20 working days after the review was asked for on {_day(review_asked)} (section 45 Code)."
        return Clock(after.review_due, why, holidays.digest)
    if steps.steps_due and case.state != S.ISSUED:
        told = f" of {_day(steps.ordered_on)}" if steps.ordered_on else ""
        return Clock(steps.steps_due, f"The regulator's decision{told} orders it (section 50(4)).", holidays.digest)
    if case.correction:
        why = "A correction of an answer that was sent. The law sets no day for it, so it is made promptly."
        return Clock(None, why, holidays.digest)
    left = [part for part in parts if part.issued_on is None]
    tested = bool(left) and all(part.due for part in left)
    own = [part.due for part in left if part.due and (part.test_told_on or case.state == S.ISSUED)]
    if case.state == S.ISSUED or (left and len(own) == len(left)):
        if not own:
            return Clock(None, "Every part is answered.", holidays.digest)
        number = next(part.number for part in left if part.due == min(own))
        return Clock(min(own), f"Public interest test of part {number} (section 10(3)).", holidays.digest)
    found = deadline(case, pauses)
    why = why_of(found)
    if tested:
        why += " By then the applicant is told of the public interest test (section 17(2))."
    return Clock(found.due, why, holidays.digest)


def why_of(found: Deadline) -> str:
    """Return in one line why a case is due on its day: where the count began and which days it left out."""
    if not found.trace:
        return "The clock does not run."
    began = found.trace[0].date
    left_out = [
        f"{_day(day.date)} ({day.why.partition(' (')[0]})"
        for day in found.trace[1:]
        if day.counted is None and day.date.weekday() < 5
    ]
    begin = "received" if began == found.received else "clarified"
    said = f"The 20th working day after it was {begin} on {_day(began)}."
    if left_out:
        said += f" Not counted: weekends, {', '.join(left_out)}."
    return said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…"


def days_left(day: date, *, today: date) -> int | None:
    """Return the working days from tomorrow to `day`, negative when it is past; None beyond the bank holidays."""
    try:
        holidays = calendar()
        if day >= today:
            return holidays.working_days(today, day) - int(holidays.is_working(today))
        return int(holidays.is_working(day)) - holidays.working_days(day, today)
    except CalendarError:
        return None


def in_words(left: int | None) -> str:
    """Return working days left as people say them; a late case says so in words."""
    if left is None:
        return "unknown"
    if left == 0:
        return "due today"
    number = f"{abs(left)} working day{'' if abs(left) == 1 else 's'}"
    return f"{number} left" if left > 0 else f"LATE by {number}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
