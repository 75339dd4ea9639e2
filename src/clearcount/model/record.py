"""Records as the store hands them out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Status = Literal["recorded", "cancelled", "transferred"]
STATUSES: tuple[Status, ...] = ("recorded", "cancelled", "transferred")
FIELDS = ("summary", "mo", "oel")
"""The text fields of the default layout; a layout may name others."""


@dataclass(frozen=True)
class Offence:
    """One recorded crime on an occurrence. `code` is canonical (`086/02`), or opaque where codes are the data's own."""

    occurrence_no: str
    crime_no: str
    code: str
    offence: str = ""
    recorded_on: date | None = None
    reported_on: date | None = None
    committed_from: date | None = None
    committed_to: date | None = None
    status: Status = "recorded"
    markers: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Text:
    """One free text on an occurrence: a summary, an MO or one OEL entry, kept byte for byte."""

    occurrence_no: str
    field: str
    entry_no: str
    text: str
    entered_at: str = ""


ROLES = ("victim", "suspect", "charged")
"""The roles of people in the default layout; a layout may map other words to these, or to words of its own."""
UNREAD_AGE = "age that cannot be read"
"""What stands for an age that is no age: it is neither lost nor a blank, and what the cell held is not kept."""


_DONE_TO = ("charged", "arrested", "reported")
"""Roles that are no name of a person, but what was done."""


def unit_of(role: str) -> str:
    """Return the unit that counts a role: `victim` -> `victims`."""
    if role in _DONE_TO:
        return role
    return f"{role}es" if role.endswith(("s", "x", "ch", "sh")) else f"{role}s"


@dataclass(frozen=True)
class Noun:
    """What a record is called, one and many: an offence, or what the layout of a store says."""

    one: str = "offence"
    many: str = "offences"

    def put(self, sentence: str) -> str:
        """Return a sentence written for offences with this noun in their place: `An offence` -> `A call`."""
        return sentence if self == OFFENCE else _OFFENCE_WORD.sub(self._word, sentence)

    def _word(self, found: re.Match[str]) -> str:
        article, several = found["article"] or "", found["several"]
        word = self.many if several else self.one
        if article:
            return f"{article[0]}{'n' if word[:1].lower() in 'aeiou' else ''} {word}"
        return word[:1].upper() + word[1:] if found["word"][0] == "O" else word


OFFENCE = Noun()
_OFFENCE_WORD = re.compile(
    r"(?<![\w.\[/`\"'“-])(?P<article>[Aa]n )?(?P<word>[Oo]ffence(?P<several>s?))(?![\w\]/`\"'”-]|\.\w)"
)
"""The word as a word of a sentence. A key, a file or a quoted value of that name stays as it is written."""


def spoken_of(unit: str, noun: Noun = OFFENCE) -> tuple[str, str]:
    """Return what one and many of a unit are called: (`victim`, `victims`), (`person charged`, `people charged`).

    `noun` is what the store calls what it holds.
    """
    if unit == "offences":
        return noun.one, noun.many
    if unit in _DONE_TO:
        return f"person {unit}", f"people {unit}"
    if unit.endswith(("sses", "xes", "ches", "shes")):
        return unit.removesuffix("es"), unit
    return unit.removesuffix("s"), unit


@dataclass(frozen=True)
class Person:
    """One person on an occurrence, in one role. A blank `crime_no` means every offence of the occurrence."""

    occurrence_no: str
    crime_no: str
    person_no: str
    role: str
    age: str = ""
    sex: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def values(self) -> Mapping[str, str]:
        """Age, sex and the extra columns."""
        return {**self.extra, "age": self.age, "sex": self.sex}
