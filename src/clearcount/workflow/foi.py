"""The law's clock with a table of bank holidays that may have been updated on this machine."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from clearcount.errors import CalendarError, ForeignFileError, RequestError
from clearcount.files import write_whole
from clearcount.foi import (
    Afterwards,
    Calendar,
    Deadline,
    afterwards,
    aggregate,
    due,
    local_date,
    packaged_calendar,
    parse_govuk,
)
from clearcount.foreign import parse_json


@dataclass(frozen=True)
class CalendarUpdate:
    """What an update changed: days with their names, where the table is kept now, and the table."""

    added: tuple[tuple[date, str], ...]
    dropped: tuple[tuple[date, str], ...]
    path: Path
    calendar: Calendar


def calendar_in_use(path: Path | None) -> Calendar:
    """Return the table kept at `path`, laid over the packaged one; the packaged one when there is no such file.

    Raises:
        CalendarError: when the file is not a bank-holiday table.
    """
    if path is None or not path.exists():
        return packaged_calendar()
    try:
        kept = Calendar.from_mapping(parse_json(path.read_bytes(), str(path)))
    except ForeignFileError:
        raise CalendarError(
            f"{path}: is not a bank-holiday table; make one with: clearcount calendar update FILE"
        ) from None
    except CalendarError as error:
        raise CalendarError(f"{path}: {error}") from None
    return replace(packaged_calendar().updated(kept), source=kept.source)


def update_calendar(file: Path, path: Path) -> CalendarUpdate:
    """Take the bank holidays of GOV.UK's JSON at `file` and keeps the resulting table at `path`.

    Raises:
        CalendarError: when `file` is not GOV.UK's JSON; the table that was there stays.
    """
    try:
        newer = parse_govuk(parse_json(file.read_bytes(), str(file)))
    except ForeignFileError as error:
        raise CalendarError(f"{error}; take https://www.gov.uk/bank-holidays.json as it is") from None
    except CalendarError as error:
        raise CalendarError(f"{file}: {error}") from None
    before = calendar_in_use(path)
    after = before.updated(newer)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(after.to_mapping(), ensure_ascii=False, indent=1))
    return CalendarUpdate(_only(after, before), _only(before, after), path, after)


def _only(one: Calendar, other: Calendar) -> tuple[tuple[date, str], ...]:
    """Days and nations that are holidays in `one` and not in `other`."""
    found = []
    for day, titles in one.days.items():
        for nation, title in titles.items():
            if nation not in other.days.get(day, {}):
                found.append((day, f"{title} ({nation})"))
    return tuple(sorted(found))


def deadline(received: str, events: Sequence[str], calendar: Path | None) -> Deadline:
    """Return when a request is due, by the table in use."""
    return due(received, events, calendar=calendar_in_use(calendar))


REGIMES = {
    "foia": "Freedom of Information Act 2000",
    "eir": "Environmental Information Regulations 2004",
    "foisa": "Freedom of Information (Scotland) Act 2002",
    "sar": "Data Protection Act 2018, a request for one's own data",
}
"""The regimes under which a force is asked; only the first has a clock here."""


def check_regime(name: str) -> None:
    """Raise RequestError for a regime whose clock is not this one's, naming it: a wrong clock is worse than none."""
    if name != "foia":
        raise RequestError(
            f"the clock of the {REGIMES[name]} is not done here and differs; count it by hand. This one is that of "
            f"the {REGIMES['foia']}"
        )


def after_answer(answered: str, review: str, calendar: Path | None) -> Afterwards:
    """Return the days that follow an answer; `review` is empty, ASKED or ASKED/ANSWERED."""
    asked, _, told = review.partition("/")
    return afterwards(
        local_date(answered, "--answered"),
        review_asked=local_date(asked, "--review") if asked else None,
        review_answered=local_date(told, "--review") if told else None,
        calendar=calendar_in_use(calendar),
    )


def within_window(first: str, second: str, calendar: Path | None) -> bool:
    """Return whether two requests were received within sixty consecutive working days, by the table in use."""
    return aggregate(first, second, calendar=calendar_in_use(calendar))
