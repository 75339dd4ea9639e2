"""Opening a case: from the public form, by hand, or from words that were pasted. Opening twice opens one case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from clearcount.errors import ClearcountError
from clearcount_web.accounts.models import User
from clearcount_web.audit.actions import record
from clearcount_web.cases.acting import refresh_clock
from clearcount_web.cases.identity import says_who
from clearcount_web.cases.models import Applicant, Case
from clearcount_web.ground.refusals import Refused, enforce
from clearcount_web.platform.databases import STAFF
from clearcount_web.requesting.actions import take
from clearcount_web.requesting.models import InboxRequest

ATTEMPTS = 5
"""How often a case is opened again when another one took its reference in the same moment."""


@dataclass(frozen=True)
class NewCase:
    """What an officer says of a request that came in. An empty reference is given by the service."""

    title: str
    channel: str
    received_on: date
    name: str
    address: str
    letter: str
    reference: str = ""
    message_id: str = ""


def open_case(new: NewCase, *, by: User, inbox: str | None = None) -> Case:
    """Return the case of a request that came in; its day of receipt still waits for a person to confirm it.

    Raises:
        Refused: when its title says who asked, its reference is in use, or the day is not one of the calendar.
    """
    for _ in range(ATTEMPTS):
        try:
            return _open(new, by=by, inbox=inbox)
        except IntegrityError:  # somebody opened a case in the same moment: look again at what is there
            continue
    raise Refused("Somebody else opens cases at this moment. Try again.")


def _open(new: NewCase, *, by: User, inbox: str | None) -> Case:
    with transaction.atomic(using=STAFF):
        if inbox and (known := Case.objects.filter(inbox=inbox).first()):
            return known
        if new.received_on > localdate():
            raise Refused(f"The request cannot have been received on {new.received_on}: that day is still to come.")
        if new.message_id and Applicant.objects.filter(message_id=new.message_id).exists():
            raise Refused("This e-mail is a case already: its message number is known. Look for it in the list.")
        applicant = Applicant(name=new.name, address=new.address, letter=new.letter, message_id=new.message_id)
        enforce(says_who(applicant, (new.title, new.reference)))
        reference = new.reference or _next_reference(new.received_on.year)
        if Case.objects.filter(reference=reference).exists():
            raise Refused(f"The reference {reference} belongs to another case. Give another one.")
        case = Case(
            reference=reference,
            title=new.title,
            channel=new.channel,
            received_on=new.received_on,
            held_by=by,
            inbox=inbox,
        )
        case.save()
        try:
            refresh_clock(case)
        except ClearcountError as error:
            raise Refused(f"{error}.") from None
        case.save()
        applicant.case = case
        applicant.save()
        record(
            "case.opened",
            by=by,
            kind="case",
            key=reference,
            changes={"channel": new.channel, "received": str(new.received_on), "due": str(case.due or "")},
        )
    return case


def open_by_hand(new: NewCase, *, token: str, by: User) -> Case:
    """Return the case that one page of the form opens; the same page sent twice is one case.

    Raises:
        Refused: as `open_case` does, and for a page that opened another case before, so that no request is lost.
    """
    if not token:
        return open_case(new, by=by)
    case = open_case(new, by=by, inbox=f"hand-{token}")
    who = Applicant.objects.get(case=case)
    kept = (case.title, case.channel, who.name, who.address, who.letter)
    if kept != (new.title, new.channel, new.name, new.address, new.letter):
        raise Refused(f"This page has opened the case {case.reference} before. Load it afresh for another request.")
    return case


def take_from_form(waiting: InboxRequest, *, title: str, by: User, at: datetime) -> Case:
    """Return the case of a request of the public form, which leaves the list of those that wait.

    A stop between the two databases leaves the request waiting; taking it again finds its case.
    """
    new = NewCase(title, Case.Channel.FORM, localdate(waiting.received_at), waiting.name, waiting.contact, waiting.text)
    case = open_case(new, by=by, inbox=waiting.reference)
    take(waiting, by=by, at=at)
    return case


def _next_reference(year: int) -> str:
    """The next free reference of a year; the database refuses a second of the same."""
    start = f"FOI-{year}-"
    taken = Case.objects.filter(reference__startswith=start).values_list("reference", flat=True)
    numbers = [int(each[len(start) :]) for each in taken if each[len(start) :].isdecimal()]
    return f"{start}{max(numbers, default=0) + 1:05d}"
