"""One offence code, one provision of law, and when each was in force."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Literal

from clearcount.model.months import Month
from clearcount.model.request import DateBasis

HOME_OFFICE = "home-office"
"""The source of a row that stands in the current list of the Home Office."""
Span = Literal["all", "part", "none"]
"""How much of a period an offence was in force."""
AfterEnd = Literal["", "recorded", "not-recorded"]
"""What the list says of an offence that was committed before its end and comes to notice later: it is still recorded
under the code, or it is not; empty where the list says nothing."""


@dataclass(frozen=True)
class CodeRow:
    """One published line of a code. `based`: S state based, V victim based, S/V either; `mode`: I, E or S."""

    description: str = ""
    act: str = ""
    section: str = ""
    category: str = ""
    class_: str = ""
    sub_class: str = ""
    mode: str = ""
    max_sentence: str = ""
    based: str = ""
    listed_from: str = ""
    source: str = ""


@dataclass(frozen=True)
class OffenceCode:
    """One Home Office code with all its rows, those of the Home Office first.

    `in_force_from` and `in_force_to` are the first and last day on which the offence could be committed; None is
    "not known", which counts as in force. `mark` says how sure the dates are: listed (the published list), read,
    recalled or unconfirmed; `source` and `note` say why. `listed` is false for a code that the current Home Office
    list does not hold. `after_end` says whether the code is recorded after its end, `after_end_source` who says so.
    """

    code: str
    rows: tuple[CodeRow, ...]
    in_force_from: date | None = None
    in_force_to: date | None = None
    mark: str = ""
    source: str = ""
    note: str = ""
    after_end: AfterEnd = ""
    after_end_source: str = ""

    @property
    def descriptions(self) -> tuple[str, ...]:
        """Every distinct description, in the order of the rows."""
        return tuple(dict.fromkeys(row.description for row in self.rows if row.description))

    @property
    def label(self) -> str:
        """The first description, or the code where a list gives none."""
        return next(iter(self.descriptions), self.code)

    @property
    def act(self) -> str:
        """The Act of the first row that names one."""
        return next((row.act for row in self.rows if row.act), "")

    @property
    def section(self) -> str:
        """The section of the first row that names one, as the list prints it."""
        return next((row.section for row in self.rows if row.section), "")

    @property
    def law(self) -> str:
        """Every distinct Act and section of the code, joined by semicolons."""
        return "; ".join(dict.fromkeys(" ".join(filter(None, (row.act, row.section))) for row in self.rows if row.act))

    @property
    def category(self) -> str:
        """The Home Office category, such as `86 Obscene Publications etc`."""
        return next((row.category for row in self.rows if row.category), "")

    @property
    def class_(self) -> str:
        """The offence class, such as `Sexual offences`."""
        return next((row.class_ for row in self.rows if row.class_), "")

    @property
    def sub_class(self) -> str:
        """The sub-class within the class; empty where there is none."""
        return next((row.sub_class for row in self.rows if row.sub_class), "")

    @property
    def mode(self) -> str:
        """How it is tried: I indictable, E either way, S summary."""
        return next((row.mode for row in self.rows if row.mode), "")

    @property
    def state_based(self) -> bool:
        """Whether the crime is recorded against the State only, so that its records name no victim."""
        return all(row.based == "S" for row in self.rows if row.based) and any(row.based for row in self.rows)

    @property
    def listed(self) -> bool:
        """Whether the current Home Office list holds the code."""
        return any(row.source == HOME_OFFICE for row in self.rows)

    @property
    def sources(self) -> tuple[str, ...]:
        """Where the rows come from: home-office, moj, history, force."""
        return tuple(dict.fromkeys(row.source for row in self.rows))

    def in_force(self, month: Month) -> bool:
        """Return whether the offence was in force in any part of `month`; an unknown start or end counts as in
        force.
        """
        return self.in_force_during(month, month) != "none"

    def in_force_during(self, first: Month, last: Month) -> Span:
        """Return whether it was in force on every day, some days or no day of the months from `first` to `last`."""
        return _span(self.in_force_from, self.in_force_to, first, last)

    def can_hold(self, month: Month, basis: DateBasis) -> bool:
        """Return whether records of `month`, by their `basis` date, can carry the code.

        Nothing is committed outside its time. What was committed in time can be recorded and reported after its end,
        where the list says that it is recorded under this code.
        """
        late = basis != "committed" and self.after_end == "recorded"
        ended = self.in_force_to is not None and Month.of(self.in_force_to) < month
        return self.in_force(month) or (late and ended)

    @property
    def in_force_spoken(self) -> str:
        """`from 31 January 2024`, `until 30 January 2024`, `from … until …`, or `start not known`."""
        return _spoken(self.in_force_from, self.in_force_to) or "start not known, counted as in force"


@dataclass(frozen=True)
class Provision:
    """One section of an Act that makes something an offence; `codes` is empty where no Home Office code exists.

    `before` are codes that recorded the conduct until `in_force_from`. `parts` are subsections that its code cannot
    tell apart. `words` are lower-case phrases by which people ask for it. `found_by` are everyday words that only a
    search takes: in a letter they may be what is looked for in the records. `mark` is read, recalled or unconfirmed
    (enacted, but its commencement was not found: `in_force_from` is None), or force.
    """

    id: str
    act: str
    section: str
    title: str
    codes: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    found_by: tuple[str, ...] = ()
    in_force_from: date | None = None
    in_force_to: date | None = None
    mark: str = ""
    source: str = ""
    note: str = ""

    def in_force_during(self, first: Month, last: Month) -> Span:
        """Return whether it was in force on every day, some days or no day of the months from `first` to `last`."""
        return _span(self.in_force_from, self.in_force_to, first, last)

    @property
    def in_force_spoken(self) -> str:
        """`from 6 February 2026`; where the commencement was not found, it says so."""
        if self.mark == "unconfirmed":
            return "enacted, the day on which it began is not confirmed"
        return _spoken(self.in_force_from, self.in_force_to) or "start not known, counted as in force"


def _span(start: date | None, end: date | None, first: Month, last: Month) -> Span:
    if (start and Month.of(start) > last) or (end and Month.of(end) < first):
        return "none"
    last_day = date(last.year, last.month, monthrange(last.year, last.month)[1])
    whole = (start is None or start <= first.first_day) and (end is None or end >= last_day)
    return "all" if whole else "part"


def _spoken(start: date | None, end: date | None) -> str:
    parts = [f"{word} {day.day} {day:%B %Y}" for word, day in (("from", start), ("until", end)) if day]
    return " ".join(parts)
