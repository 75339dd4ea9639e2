"""What a list of reports is narrowed to, as its address says it. No word that somebody typed about a case is in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet

from clearcount_web.reporting.forms import choices_of
from clearcount_web.triage import flags
from clearcount_web.triage.models import RECORDING_HOURS, Report

UNREAD = Count("messages", filter=Q(messages__read_at=None), distinct=True)
STATES = (
    ("unread", "Not read, or something new"),
    ("message", "A later message, not read"),
    ("to-do", "Something to do"),
    ("read", "Read, nothing new"),
    ("over", "Over 24 hours: to be recorded"),
)
HOLDERS = (("mine", "I have it"), ("free", "Nobody has it"))
HOURS = ("1", "4", "12", "24", "72")
_BY = "by:"
_PART = re.compile(r"[RS]?-?[BCDFGHJKLMNPQRSTVWXZ2-9]{0,8}")


@dataclass(frozen=True)
class Choice:
    """One select of the filter: its name in the address, its label, its choices and the one that is taken."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...]
    taken: str


@dataclass(frozen=True)
class Narrowed:
    """A part of a reference, and one choice each of flag, state, holder, hours since it came, and kind of thing.

    `officer` is who looks. A value that is no choice narrows nothing.
    """

    reference: str = ""
    flag: str = ""
    state: str = ""
    holder: str = ""
    older: str = ""
    type: str = ""
    officer: str = ""

    @classmethod
    def asked(cls, given: Mapping[str, str], *, officer: str) -> Narrowed:
        """Return what an address asks for."""
        names = ("flag", "state", "holder", "older", "type")
        return cls(given.get("q", ""), **{name: given.get(name, "") for name in names}, officer=officer)

    @property
    def fits(self) -> bool:
        """Whether the part of a reference can be one. References have no vowels, so next to no name can."""
        return bool(_PART.fullmatch(self.plain))

    @property
    def plain(self) -> str:
        """Return the part of a reference as references are written."""
        return "".join(self.reference.split()).upper()

    @property
    def is_narrow(self) -> bool:
        """Whether anything is asked for."""
        return replace(self, officer="") != Narrowed()

    @property
    def query(self) -> str:
        """Return what is asked for as the query of an address, "" for everything."""
        names = ("flag", "state", "holder", "older", "type")
        asked = {"q": self.plain if self.fits else ""} | {name: getattr(self, name) for name in names}
        return urlencode({name: value for name, value in asked.items() if value})

    @property
    def told(self) -> str:
        """Return what is asked for as an event keeps it: the choices, never the words that were typed."""
        said = [each.taken for each in self.choices() if each.taken and each.taken in dict(each.choices)]
        said += [self.plain] if self.plain and self.fits else ["(no reference)"] if self.plain else []
        return " ".join(said)[:100] or "all"

    def choices(self) -> tuple[Choice, ...]:
        """Return the selects of the filter."""
        holders = Report.objects.exclude(held_by__in=("", self.officer)).values_list("held_by", flat=True)
        named = tuple((f"{_BY}{name}", name) for name in sorted(set(holders)))
        hours = tuple((number, f"Over {number} hour{'s' if number != '1' else ''} old") for number in HOURS)
        return (
            Choice("flag", "Flag", (("", "Any"), *flags.CHOICES), self.flag),
            Choice("state", "State", (("", "Any"), *STATES), self.state),
            Choice("holder", "Who has it", (("", "Anybody"), *HOLDERS, *named), self.holder),
            Choice("older", "Age of the report", (("", "Any"), *hours), self.older),
            Choice("type", "What is happening", (("", "Any"), *choices_of("what").items()), self.type),
        )

    def of(self, reports: QuerySet[Any], *, now: datetime) -> QuerySet[Any]:
        """Return the reports that are left, with `unread` messages and things `to_do`.

        What reports share with each other is told by `shares`, not here.
        """
        reports = reports.annotate(
            unread=UNREAD, to_do=Count("notes", filter=Q(notes__waits=True, notes__done_at=None), distinct=True)
        )
        if self.plain:
            reports = reports.filter(reference__contains=self.plain) if self.fits else reports.none()
        for wanted in (self._flag(), self._state(now), self._holder(), self._older(now)):
            reports = reports.filter(wanted)
        return reports.filter(types__name=self.type) if self.type in choices_of("what") else reports

    def shares(self, keys: list[int], found: flags.Shared) -> list[int]:
        """Return those of the reports with these keys that carry the flag, where it is one of what reports share."""
        wanted = {"repeat": found.repeat, "several": found.several}.get(self.flag)
        return keys if wanted is None else [key for key in keys if key in wanted]

    def _flag(self) -> Q:
        return {"danger": Q(danger=True), "child": flags.CHILD | flags.AGE_NOT_KNOWN}.get(self.flag, Q())

    def _state(self, now: datetime) -> Q:
        new = Q(first_read_at=None) | Q(unread__gt=0)
        return {
            "unread": new,
            "message": Q(unread__gt=0),
            "to-do": Q(to_do__gt=0),
            "read": ~new,
            "over": Q(outcome="", received_at__lt=now - timedelta(hours=RECORDING_HOURS)),
        }.get(self.state, Q())

    def _holder(self) -> Q:
        if self.holder.startswith(_BY):
            return Q(held_by=self.holder.removeprefix(_BY))
        return {"mine": Q(held_by=self.officer), "free": Q(held_by="")}.get(self.holder, Q())

    def _older(self, now: datetime) -> Q:
        return Q(received_at__lt=now - timedelta(hours=int(self.older))) if self.older in HOURS else Q()


EVERYTHING = Narrowed()
