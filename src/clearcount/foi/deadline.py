"""The clock of a Freedom of Information request, day by day.

Freedom of Information Act 2000 section 10:
- (1) The authority must comply promptly, and not later than the twentieth working day following the date of receipt.
- (2) Where a fees notice was given and the fee is paid, some working days are disregarded. They begin with the day on
  which the notice is given to the applicant, and end with the day on which the authority receives the fee.
- (3) Where a public interest test is needed, the authority has such time as is reasonable in the circumstances.
- (6) The date of receipt is the day on which the request is received. If the further information of section 1(3) is
  received later, it is that day.

Every nation's bank holidays count: see `calendar`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from clearcount.errors import CalendarError, RequestError
from clearcount.foi.calendar import Calendar, packaged_calendar

LONDON = ZoneInfo("Europe/London")
TIME_LIMIT = 20
"""Working days, section 10(1)."""

MOST_PIT = 1000
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:$|[T ])")
_NO_EFFECT = {
    "advice": "advice and assistance given (section 16)",
    "referral": "referral recorded",
    "closure": "closure recorded",
    "ack": "acknowledgement recorded",
}


@dataclass(frozen=True)
class Day:
    """One calendar day of the clock: the number of the working day, or None and the reason why it does not count."""

    date: date
    counted: int | None
    why: str


@dataclass(frozen=True)
class Deadline:
    """When the answer is due, or None while the clock does not run, and how that comes about.

    `received` is the date of receipt of the request itself. The trace begins on the day the clock runs from, which is
    later when further information was needed. It ends on the due day. `calendar` names the holidays used. `warnings`
    are sentences about steps that came after the day on which the answer was due.
    """

    due: date | None
    received: date
    trace: tuple[Day, ...]
    calendar: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Span:
    kind: str
    first: date
    last: date | None


@dataclass(frozen=True)
class _Events:
    clarifications: tuple[_Span, ...]
    fees: tuple[_Span, ...]
    more_days: int
    notes: tuple[tuple[str, str], ...]


def due(
    received: date | datetime | str,
    events: Iterable[str] | str = (),
    *,
    calendar: Calendar | None = None,
    zone: tzinfo = LONDON,
) -> Deadline:
    """Return the twentieth working day following receipt, with the clock's history.

    `received` is a date or a time with its zone, which is read in London. Events are strings, several joined by ";":

    - `clarify:ASKED/ANSWERED`: the clock starts afresh on the latest answer; without an answer there is no due date.
    - `fee:NOTICE/PAID`: the working days from notice to payment, both included, are disregarded; unpaid: no due date.
    - `pit:N`: N more working days for the public interest test.
    - `advice:`, `referral:`, `closure:`, `ack:`: recorded, without effect on the clock.

    Raises:
        RequestError: for an event or a date that cannot be read.
        CalendarError: when a day needed lies outside the bank-holiday table.
    """
    holidays = calendar or packaged_calendar()
    receipt = local_date(received, "received", zone)
    known = _read(events, receipt, zone)
    start = _start(receipt, known.clarifications)
    late = tuple(_late(receipt, known, holidays))
    if start is None or any(fee.last is None for fee in known.fees):
        return Deadline(None, receipt, (), holidays.snapshot, late)
    trace = _count(start, TIME_LIMIT + known.more_days, known, holidays)
    return Deadline(trace[-1].date, receipt, tuple(trace), holidays.snapshot, late)


def _late(receipt: date, known: _Events, holidays: Calendar) -> Iterator[str]:
    """A sentence for each question and each fees notice that came after the answer was due.

    A question asked in time starts the clock afresh; one asked late does not undo that the day was missed.
    """
    steps = sorted((*known.clarifications, *known.fees), key=lambda step: (step.first, step.kind))
    start = receipt
    for at, step in enumerate(steps):
        paid = tuple(each for each in steps[:at] if each.kind == "fee" and each.last and each.last <= step.first)
        try:
            first_due = _count(start, TIME_LIMIT + known.more_days, replace(known, fees=paid), holidays)[-1].date
        except CalendarError:  # a day before the table: nobody can say whether it was missed
            first_due = step.first
        if step.first > first_due:
            what = {"clarify": "the clarification was asked", "fee": "the fees notice was given"}[step.kind]
            yield (
                f"the request was already overdue when {what} on {step.first}: it was due on {first_due}; "
                "a late step does not mend the missed day"
            )
        if step.kind == "clarify" and step.last is not None:
            start = max(start, step.last)


def _start(receipt: date, clarifications: Sequence[_Span]) -> date | None:
    """The date of receipt in the sense of section 10(6), or None while further information is awaited."""
    answers = [each.last for each in clarifications if each.last is not None]
    latest = max(answers, default=receipt)
    awaited = [each for each in clarifications if each.last is None and (not answers or each.first >= latest)]
    return None if awaited else latest


def _count(start: date, wanted: int, known: _Events, holidays: Calendar) -> list[Day]:
    holidays.why_not(start)
    trace = [Day(start, None, _with_notes("day of receipt", start, known.notes))]
    day, counted = start, 0
    while counted < wanted:
        day += timedelta(days=1)
        why = holidays.why_not(day)
        if not why and any(fee.first <= day <= fee.last for fee in known.fees if fee.last):
            why = "fee awaited (section 10(2))"
        if why:
            trace.append(Day(day, None, _with_notes(why, day, known.notes)))
        else:
            counted += 1
            trace.append(Day(day, counted, _with_notes("working day", day, known.notes)))
    return trace


def _with_notes(why: str, day: date, notes: Sequence[tuple[str, str]]) -> str:
    said = [f"{_NO_EFFECT[kind]}, no effect on the clock" for kind, at in notes if at == day.isoformat()]
    return "; ".join([why, *said])


def _read(events: Iterable[str] | str, receipt: date, zone: tzinfo) -> _Events:
    given = [events] if isinstance(events, str) else list(events)
    clarifications: list[_Span] = []
    fees: list[_Span] = []
    notes: list[tuple[str, str]] = []
    more_days = 0
    for text in (part.strip() for each in given for part in each.split(";")):
        kind, colon, value = (part.strip() for part in text.partition(":"))
        kind = kind.lower()
        if not text:
            continue
        if kind == "clarify" and colon:
            clarifications.append(_span(kind, value, receipt, zone))
        elif kind == "fee" and colon:
            fees.append(_span(kind, value, receipt, zone))
        elif kind == "pit" and value.isascii() and value.isdigit() and int(value) <= MOST_PIT:
            more_days += int(value)
        elif kind in _NO_EFFECT:
            notes.append((kind, value[:10]))
        else:
            raise RequestError(
                f"event {text[:40]!r} cannot be read; write clarify:ASKED/ANSWERED, fee:NOTICE/PAID, pit:N "
                f"(0 to {MOST_PIT} working days), advice:, referral:, closure: or ack:"
            )
    return _Events(tuple(clarifications), tuple(fees), more_days, tuple(notes))


def _span(kind: str, value: str, receipt: date, zone: tzinfo) -> _Span:
    first_text, slash, last_text = value.partition("/")
    names = ("the question", "the answer") if kind == "clarify" else ("the fees notice", "the payment")
    if not first_text.strip():
        raise RequestError(f"event {kind}: has no first date; write {kind}:2025-07-24/2025-07-30")
    first = local_date(first_text.strip(), f"event {kind}", zone)
    last = local_date(last_text.strip(), f"event {kind}", zone) if slash and last_text.strip() else None
    if first < receipt:
        raise RequestError(
            f"event {kind}: {names[0]} of {first} comes before the receipt on {receipt}; mend one of them"
        )
    if last is not None and last < first:
        raise RequestError(f"event {kind}: {names[1]} of {last} comes before {names[0]} of {first}; mend one of them")
    return _Span(kind, first, last)


def local_date(value: date | datetime | str, where: str, zone: tzinfo = LONDON) -> date:
    """Return the day on which `value`, a date or a time with its zone, falls in London (or in `zone`).

    Raises:
        RequestError: for a time without a zone and for anything else that is not certainly one day.
    """
    parsed = _parsed(value) if isinstance(value, str) else value
    if isinstance(parsed, datetime):
        if parsed.tzinfo is None:
            raise RequestError(
                f"{where}: the time has no zone; write it like 2025-07-22T23:30+01:00, or the date alone"
            )
        try:
            return parsed.astimezone(zone).date()
        except OverflowError:
            parsed = None
    if parsed is None:
        raise RequestError(
            f"{where}: {str(value)[:40]!r} is not a date; write it like 2025-07-22, or a time with its zone like "
            "2025-07-22T23:30+01:00"
        )
    return parsed


def _parsed(text: str) -> date | datetime | None:
    if not _ISO.match(text):
        return None
    try:
        return date.fromisoformat(text) if len(text) == len("2025-07-22") else datetime.fromisoformat(text)
    except ValueError:
        return None
