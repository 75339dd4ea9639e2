"""The dates after an answer: when a review may be asked for, when it is due, and until when the regulator is asked.

Sources: the section 45 Code of Practice (July 2018), part 5, for reviews. A review is asked for within 40 working days
of the answer. It is done within 20, in exceptional cases 40. The regulator asks for complaints within six weeks of the
last answer. None of these is a time limit of the Act itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from clearcount.errors import RequestError
from clearcount.foi.bodies import regulator_on
from clearcount.foi.calendar import Calendar, packaged_calendar, working_day_after

REVIEW_ASKED = 40
"""Working days after the answer within which a request for a review is to be accepted."""
REVIEW_DUE, REVIEW_LATEST = 20, 40
"""Working days after a review was asked for: the usual time, and the time for exceptional cases."""
COMPLAINT = timedelta(weeks=6)


@dataclass(frozen=True)
class Afterwards:
    """The days that follow an answer; None where they hang on a step that has not been named."""

    answered: date
    review_until: date
    review_due: date | None
    review_latest: date | None
    complaint_until: date
    regulator: str

    def as_dict(self) -> dict[str, object]:
        """Return the values for a machine."""
        return dict(vars(self))

    def lines(self) -> Iterator[str]:
        """Yield a sentence for each day, for people."""
        yield f"answered {self.answered}; a review is to be accepted if asked for by {self.review_until}"
        if self.review_due and self.review_latest:
            yield f"review due {self.review_due}; in an exceptional case {self.review_latest}"
        yield f"the {self.regulator} asks for complaints by {self.complaint_until}"


def afterwards(
    answered: date,
    *,
    review_asked: date | None = None,
    review_answered: date | None = None,
    calendar: Calendar | None = None,
) -> Afterwards:
    """Return the days that follow an answer given on `answered`.

    Raises:
        RequestError: for steps that do not follow one another.
        CalendarError: when a day needed lies outside the bank-holiday table.
    """
    if review_asked and review_asked < answered:
        raise RequestError(f"the review was asked for on {review_asked}, before the answer of {answered}; mend one")
    if review_answered and not review_asked:
        raise RequestError("the review has an answer and no day on which it was asked for; write ASKED/ANSWERED")
    if review_asked and review_answered and review_answered < review_asked:
        raise RequestError(f"the review was answered on {review_answered}, before {review_asked}; mend one of them")
    holidays = calendar or packaged_calendar()
    last = review_answered or answered
    return Afterwards(
        answered=answered,
        review_until=working_day_after(answered, REVIEW_ASKED, holidays),
        review_due=working_day_after(review_asked, REVIEW_DUE, holidays) if review_asked else None,
        review_latest=working_day_after(review_asked, REVIEW_LATEST, holidays) if review_asked else None,
        complaint_until=last + COMPLAINT,
        regulator=regulator_on(last),
    )
