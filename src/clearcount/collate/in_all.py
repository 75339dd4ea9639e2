"""One line over many forces, made of what each of them prints and of nothing else.

What it does: adds the printed figures of one place. Why: a sum over what is printed tells a reader nothing new. So it
needs no disclosure control of its own. A figure that one force suppresses, or did not
count, leaves the sum open: then the line has a least number and no value. Example: 12, 7 and [c] give at least 19.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from clearcount.model.marks import joined_marks, marks_of

FIGURES = ("value", "marker")
COUNTED = ("value", "marker", "at_least", "forces_counted", "forces_suppressed", "forces_not_counted")
"""The columns that an in-all line has for its figures."""
_OF_ONE = ("force", "reference", "label", *FIGURES)
"""Columns that do not tell one place from another."""


@dataclass(frozen=True)
class InAll:
    """What the forces print at one place, added up.

    `value` is None where a force suppresses its figure or did not count. Then `at_least` is the sum of the printed
    figures, or None where one of them is rounded.
    """

    place: Mapping[str, str]
    value: int | None
    marks: tuple[str, ...]
    at_least: int | None
    counted: int
    suppressed: int
    not_counted: int

    def cells(self) -> tuple[str, ...]:
        """Return its figures as the columns `COUNTED`."""
        figures = (self.value, joined_marks(self.marks), self.at_least, self.counted, self.suppressed, self.not_counted)
        return tuple("" if cell is None else str(cell) for cell in figures)


def in_all(answers: Sequence[Iterable[Mapping[str, str]]], not_counted: int) -> list[InAll]:
    """Return a line for each place that a force prints, in order of the first mention.

    `answers` are the lines of each force's counts.csv; `not_counted` forces have none. Places are alike when every
    column but the label and the figures is: another first or last day is another place.
    """
    found: dict[tuple[tuple[str, str], ...], list[Mapping[str, str]]] = {}
    for lines in answers:
        for line in lines:
            place = tuple((name, text) for name, text in line.items() if name not in _OF_ONE)
            found.setdefault(place, []).append(line)
    every = len(answers) + not_counted
    return [_added({**dict(place), "label": lines[0]["label"]}, lines, every) for place, lines in found.items()]


def _added(place: Mapping[str, str], lines: Sequence[Mapping[str, str]], every: int) -> InAll:
    marks = [frozenset(marks_of(line["marker"])) for line in lines]
    numbers = [int(line["value"]) for line in lines if line["value"]]
    suppressed = sum(not each.isdisjoint(("c", "low")) for each in marks)
    nothing = sum("z" in each and not line["value"] for each, line in zip(marks, lines, strict=True))
    lacking = every - len(numbers) - suppressed - nothing
    about = tuple(mark for mark in ("round", "p") if any(mark in each for each in marks))
    whole = sum(numbers)
    if not suppressed and not lacking:
        value, said = (whole, about) if numbers else (None, ("z", *about))
        return InAll(place, value, said, None, every, 0, 0)
    least = whole if numbers and "round" not in about else None
    said = (("c" if suppressed else "x"), *(mark for mark in about if mark != "round"))
    return InAll(place, None, said, least, every - suppressed - lacking, suppressed, lacking)
