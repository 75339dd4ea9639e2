"""The due days of open cases as a calendar file (RFC 5545), with references and no words of a request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from clearcount_web.cases.models import Case

_LONGEST = 75
"""Octets of a line, RFC 5545 section 3.1."""


def calendar_file(cases: Iterable[Case], *, host: str, at: datetime) -> str:
    """Return one all-day entry for each case that has a due day."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//clearcount//cases//EN", "CALSCALE:GREGORIAN"]
    for case in cases:
        if case.due is None:
            continue
        lines += [
            "BEGIN:VEVENT",
            f"UID:case-{case.pk}@{_text(host)}",
            f"DTSTAMP:{at:%Y%m%dT%H%M%SZ}",
            f"SEQUENCE:{case.version}",
            f"DTSTART;VALUE=DATE:{case.due:%Y%m%d}",
            f"DTEND;VALUE=DATE:{case.due + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_text(f'{case.reference} is due')}",
            f"DESCRIPTION:{_text(case.due_why)}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{piece}\r\n" for line in lines for piece in _folded(line))


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
