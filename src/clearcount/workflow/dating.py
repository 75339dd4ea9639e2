"""The date that an answer carries, and what speaks against it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from clearcount.errors import RequestError
from clearcount.model.release import Force
from clearcount.model.request import CountRequest, Doubt

EPOCH = "SOURCE_DATE_EPOCH"


def release_day(zone: str = "") -> date:
    """Return the day on which a release is made: today in the time zone, or the day of `SOURCE_DATE_EPOCH`.

    The variable holds seconds since 1970 (https://reproducible-builds.org/specs/source-date-epoch/), so that a release
    without a `version_date` can be made again with the same bytes.

    Raises:
        RequestError: when the variable holds anything else.
    """
    place = ZoneInfo(zone or Force().time_zone)
    given = os.environ.get(EPOCH, "").strip()
    if not given:
        return datetime.now(place).date()
    try:
        return datetime.fromtimestamp(int(given), UTC).astimezone(place).date()
    except (ValueError, OverflowError, OSError):
        raise RequestError(
            f"{EPOCH} is no number of seconds since 1970; write digits, unset it, or give request.version_date"
        ) from None


def doubts_of_date(request: CountRequest, made: date, extract: date | None = None) -> Iterator[Doubt]:
    """Yield a doubt for each event that the answer rests on and that its date comes before.

    `made` dates the answer where the request gives no date; `extract` is the day of the records, where there are some.
    """
    day = request.version_date or made
    whose = "" if request.version_date else "; no version_date is given, so the clock of this machine dates it"
    events = (("received", "the request was received", request.received), ("extract", "the extract was taken", extract))
    for name, what, when in events:
        if when is not None and day < when:
            yield Doubt(
                f"version-date-before-{name}",
                "request.version_date",
                f"the answer is dated {day}, before {what} on {when}{whose}",
                "give the day on which the answer is sent, or say why it is dated earlier",
            )
