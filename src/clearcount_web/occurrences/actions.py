"""What may be done to an occurrence: each act one transaction with its audit event, never with text in the event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.timezone import localdate

from clearcount.errors import CodeError
from clearcount.workflow.codes import code_valid_on
from clearcount_web.audit.actions import record
from clearcount_web.ground.refusals import Refused
from clearcount_web.occurrences.models import STATUSES, Entry, Marker, Occurrence, Offence, Person, Wish
from clearcount_web.platform.databases import STAFF

AI_BASES = ("victim says so", "officer saw it", "expert found it", "suspect says so", "reader confirmed it")


@dataclass(frozen=True)
class NewOffence:
    """One offence to record: a code in any spelling, and when it was committed, as far as that is known."""

    code: str
    committed_from: date | None = None
    committed_to: date | None = None


def open_occurrence(
    *,
    by: Any,
    now: datetime,
    reported_on: date,
    summary: str,
    mo: str = "",
    offences: tuple[NewOffence, ...],
    report: str = "",
    channel: str = "online",
) -> Occurrence:
    """Record an occurrence with its offences and first texts, and give it a number.

    Raises:
        Refused: when a code is on no list, was not in force, or a date cannot be.
    """
    if not offences:
        raise Refused("An occurrence needs at least one offence; choose a code.")
    with transaction.atomic(using=STAFF):
        occurrence = Occurrence.objects.create(
            number=_next_number(now), report=report, channel=channel, reported_on=reported_on, recorded_at=now,
            recorded_by=by.get_username(),
        )  # fmt: skip
        record("occurrence.opened", by=by, kind="occurrence", key=occurrence.number, changes={"channel": channel})
        for offence in offences:
            add_offence(occurrence, offence, by=by, now=now)
        add_entry(occurrence, field="summary", text=summary, by=by, now=now)
        if mo.strip():
            add_entry(occurrence, field="mo", text=mo, by=by, now=now)
    return occurrence


def _next_number(now: datetime) -> str:
    """`W26000001`: W, the year, a running number. Called inside the transaction that holds the write lock."""
    start = f"W{localdate(now):%y}"
    last = Occurrence.objects.filter(number__startswith=start).aggregate(last=Max("number"))["last"]
    return f"{start}{(int(last[3:]) if last else 0) + 1:06d}"


def add_offence(occurrence: Occurrence, offence: NewOffence, *, by: Any, now: datetime) -> Offence:
    """Record one more offence on an occurrence; its code must have been in force when it was committed.

    Raises:
        Refused: with the reason.
    """
    start, end = offence.committed_from, offence.committed_to
    if (start and start > localdate(now)) or (end and end > localdate(now)):
        raise Refused("An offence cannot have been committed in the future; mend the date.")
    if start and end and end < start:
        raise Refused("The offence ends before it begins; swap the two dates or mend one.")
    try:
        code, label = code_valid_on(offence.code, end or start or occurrence.reported_on)
    except CodeError as error:
        raise Refused(str(error)) from None
    with transaction.atomic(using=STAFF):
        number = occurrence.offences.count() + 1
        added = Offence.objects.create(
            occurrence=occurrence, crime_no=f"{occurrence.number}-{number}", code=code, label=label,
            recorded_on=localdate(now), committed_from=start, committed_to=end,
        )  # fmt: skip
        record("offence.recorded", by=by, kind="offence", key=added.crime_no, changes={"code": code})
    return added


def add_entry(
    occurrence: Occurrence, *, field: str, text: str, by: Any, now: datetime, corrects: Entry | None = None
) -> Entry:
    """Add a text. With `corrects` it replaces an earlier text, which stays readable.

    Raises:
        Refused: when there is no text, or the text to correct is another occurrence's or corrected already.
    """
    if not text.strip():
        raise Refused("There is no text; write what is to be added.")
    if corrects is not None and (corrects.occurrence_id != occurrence.pk or not corrects.holds):
        raise Refused("That text cannot be corrected here: it was corrected already or belongs elsewhere.")
    with transaction.atomic(using=STAFF):
        last = occurrence.entries.filter(field=field).aggregate(last=Max("number"))["last"] or 0
        entry = Entry.objects.create(
            occurrence=occurrence, field=field, number=last + 1, text=text.strip("\x00"), entered_at=now,
            entered_by=by.get_username(), corrects=corrects,
        )  # fmt: skip
        verb = "entry.corrected" if corrects else "entry.added"
        record(verb, by=by, kind="occurrence", key=occurrence.number, changes={"field": field, "number": entry.number})
    return entry


def set_marker(occurrence: Occurrence, *, name: str, on: bool, basis: str, by: Any, now: datetime) -> Marker:
    """Set or takes off a marker, with its basis. Raises Refused for a basis that is not one."""
    if basis not in AI_BASES:
        raise Refused(f"Say on what the marker rests: {', '.join(AI_BASES)}.")
    with transaction.atomic(using=STAFF):
        marker = Marker.objects.create(
            occurrence=occurrence, name=name, on=on, basis=basis, set_at=now, set_by=by.get_username()
        )
        verb = "marker.set" if on else "marker.removed"
        record(verb, by=by, kind="occurrence", key=occurrence.number, changes={"marker": name, "basis": basis})
    return marker


def has_wishes(occurrence: Occurrence) -> bool:
    """Return whether somebody on the occurrence said how they may be reached."""
    return any(person.facts or person.safe_contact for person in occurrence.people.all())


def _enforce_carried_on(occurrence: Occurrence, *, carried_on: bool) -> None:
    """Raise Refused when another system or force takes over and safe contact was not carried on to it."""
    if not carried_on and has_wishes(occurrence):
        raise Refused("Carry safe contact on, word for word, to where it is dealt with now. Then tick that you did.")


def set_status(offence: Offence, *, status: str, reason: str, carried_on: bool = False, by: Any) -> None:
    """Cancel or transfers an offence, or brings it back.

    Raises:
        Refused: without a reason, or for a transfer when safe contact was not carried on.
    """
    if status not in dict(STATUSES):
        raise Refused("That is no status; choose recorded, cancelled or transferred.")
    if not reason.strip():
        raise Refused("A change of status needs a reason, because it changes what is counted.")
    if status == "transferred":
        _enforce_carried_on(offence.occurrence, carried_on=carried_on)
    with transaction.atomic(using=STAFF):
        before, offence.status = offence.status, status
        offence.save(update_fields=["status"])
        changes = {"status": (before, status)}
        record("offence.changed", by=by, kind="offence", key=offence.crime_no, changes=changes, reason=reason.strip())


def set_force_number(occurrence: Occurrence, *, number: str, carried_on: bool = False, by: Any) -> None:
    """Say under which number the force's own system holds it; the export then leaves it to that system.

    Raises:
        Refused: when the number is blank or stands on another occurrence, or safe contact was not carried on.
    """
    number = number.strip()
    if not number:
        raise Refused("Write the number under which the force's system holds it.")
    if Occurrence.objects.filter(force_number=number).exclude(pk=occurrence.pk).exists():
        raise Refused("Another occurrence carries that number; open it instead, or mend the number.")
    _enforce_carried_on(occurrence, carried_on=carried_on)
    with transaction.atomic(using=STAFF):
        occurrence.force_number = number
        occurrence.save(update_fields=["force_number"])
        record("occurrence.linked", by=by, kind="occurrence", key=occurrence.number)


@dataclass(frozen=True)
class NewPerson:
    """Somebody to add to an occurrence: by hand, or from a report with what the report said of them."""

    role: str
    name: str = ""
    contact: str = ""
    safe_contact: str = ""
    wishes: tuple[Wish, ...] = ()
    danger: str = ""
    age_group: str = ""
    about: str = ""
    report: str = ""


def add_person(occurrence: Occurrence, new: NewPerson, *, by: Any) -> Person:
    """Add somebody to an occurrence, apart from its texts."""
    with transaction.atomic(using=STAFF):
        person = Person.objects.create(
            occurrence=occurrence, role=new.role, name=new.name, contact=new.contact, safe_contact=new.safe_contact,
            facts=[[wish.label, wish.answer, wish.means] for wish in new.wishes], danger=new.danger,
            age_group=new.age_group, about=new.about, report=new.report,
        )  # fmt: skip
        record("person.added", by=by, kind="occurrence", key=occurrence.number, changes={"role": new.role})
    return person


def add_wish(person: Person, wish: Wish, *, by: Any) -> None:
    """Add a wish that was said later to what is kept of a person; what was said before stays in sight."""
    with transaction.atomic(using=STAFF):
        person = Person.objects.select_for_update().get(pk=person.pk)
        person.facts = [[wish.label, wish.answer, wish.means], *person.facts]
        person.save(update_fields=["facts"])
        record("wish.added", by=by, kind="occurrence", key=person.occurrence.number)


def remove_people(occurrence: Occurrence, *, report: str, by: Any) -> None:
    """Take the people that a report brought off an occurrence: the two were linked by mistake."""
    with transaction.atomic(using=STAFF):
        gone, _ = occurrence.people.filter(report=report).delete()
        record("person.removed", by=by, kind="occurrence", key=occurrence.number, changes={"people": gone})
