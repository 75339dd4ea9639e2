"""The due days of open cases as a calendar file (RFC 5545), with references and no words of a request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from clearcount_web.cases.models import Case, Regular

_LONGEST = 75
"""Octets of a line, RFC 5545 section 3.1."""


def calendar_file(cases: Iterable[Case], regular: Iterable[Regular] = (), *, host: str, at: datetime) -> str:
    """Return one all-day entry for each case that has a due day, and for the next version of what is regular."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//clearcount//cases//EN", "CALSCALE:GREGORIAN"]
    where, now = _text(host), f"{at:%Y%m%dT%H%M%SZ}"
    for case in cases:
        if case.due is not None:
            head = [f"UID:case-{case.pk}@{where}", f"DTSTAMP:{now}", f"SEQUENCE:{case.version}"]
            lines += _entry(head, case.due, f"{case.reference} is due", case.due_why)
    for each in regular:
        head = [f"UID:regular-{each.case_id}@{where}", f"DTSTAMP:{now}", f"SEQUENCE:{each.case.version}"]
        lines += _entry(head, each.next_on, f"{each.case.reference}: next version", "It is published regularly.")
    lines.append("END:VCALENDAR")
    return "".join(f"{piece}\r\n" for line in lines for piece in _folded(line))


def _entry(head: list[str], day: date, summary: str, why: str) -> list[str]:
    """The lines of one all-day entry."""
    return [
        "BEGIN:VEVENT",
        *head,
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_text(summary)}",
        f"DESCRIPTION:{_text(why)}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _text(value: str) -> str:
    """The value with the signs escaped that mean something in the format."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return " ".join(escaped.split())


def _folded(line: str) -> Iterator[str]:
    """The line in pieces of at most 75 octets; every piece but the first begins with a space."""
    piece = ""
    for sign in line:
        if len((piece + sign).encode()) > _LONGEST:
            yield piece
            piece = " "
        piece += sign
    yield piece
