"""The figures of many forces for one thing, side by side, and what does not compare."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from clearcount.collate.lines import Line
from clearcount.model.marks import is_hidden
from clearcount.model.months import TOTAL


@dataclass(frozen=True)
class Point:
    """One printed figure of a series; `value` is None where none is printed, and `marker` says why."""

    period: str
    first: str
    last: str
    value: int | None
    marker: str
    meaning: str
    rounded: bool

    @property
    def is_hidden(self) -> bool:
        """Whether its count is not shown, to protect people."""
        return is_hidden(self.marker)


@dataclass(frozen=True)
class Series:
    """One force's figures for one thing, in order of time. `said` is what a reader must know before comparing."""

    force: str
    points: tuple[Point, ...]
    said: tuple[str, ...]


@dataclass(frozen=True)
class Panel:
    """One thing that is counted, with every force that printed figures of it."""

    title: str
    series: tuple[Series, ...]
    said: tuple[str, ...]

    @property
    def largest(self) -> int:
        """The largest figure of the panel, at least 1: all its charts share one scale."""
        return max([1, *(point.value for each in self.series for point in each.points if point.value is not None)])


def panels(lines: Sequence[Line], methods: Mapping[str, Iterable[str]]) -> tuple[Panel, ...]:
    """Return a panel for each code, or label where none is known, that two forces or more printed figures of.

    `methods` holds the sentences on the method of each force. Totals over periods and cells with a measure are left
    out: only figures of whole printed periods are put side by side.
    """
    held: dict[str, dict[str, list[Line]]] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        if line.measure or line.period in ("", TOTAL) or line.is_total or line.unread or line.kind == "percent":
            continue
        held[line.code or line.label][line.force or line.source].append(line)
    found = []
    for key, forces in held.items():
        if len(forces) > 1:
            series = tuple(_series(force, each) for force, each in sorted(forces.items()))
            title = next((line.label for each in forces.values() for line in each), key)
            found.append(Panel(f"{key}: {title}" if key != title else title, series, _said(forces, methods)))
    return tuple(found)


def _series(force: str, lines: Sequence[Line]) -> Series:
    points = [
        Point(
            line.period,
            line.period_from,
            line.period_to,
            int(line.value) if line.value.isdecimal() else None,
            line.marker,
            line.meaning,
            line.kind == "rounded",
        )
        for line in sorted(lines, key=lambda line: (line.period_from, line.period_to, line.origin))
    ]
    said = []
    twice = {(p.first, p.last) for p in points if sum((q.first, q.last) == (p.first, p.last) for q in points) > 1}
    if twice:
        said.append(f"Periods that are printed more than once: {len(twice)}.")
    if any(point.rounded for point in points):
        said.append("The figures are rounded.")
    if any(line.certainty == "likely" for line in lines):
        said.append("The code was found by the words of the label.")
    hidden = sum(point.is_hidden for point in points)
    if hidden:
        said.append(
            "1 figure is suppressed. It is not zero."
            if hidden == 1
            else f"{hidden} figures are suppressed. They are not zero."
        )
    blanks = sum(point.marker == "blank" for point in points)
    if blanks:
        said.append(f"Cells without a number: {blanks}. The page does not say whether they are zero.")
    return Series(force, tuple(points), tuple(said))


def _said(forces: Mapping[str, Sequence[Line]], methods: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    said = []
    lengths = {_length(line) for each in forces.values() for line in each}
    if len(lengths) > 1:
        said.append(
            f"The forces print periods of different kinds: {', '.join(sorted(lengths))}. Compare equal periods only."
        )
    labels = {line.label for each in forces.values() for line in each}
    if len(labels) > 1:
        said.append(f"The forces name the row in {len(labels)} ways.")
    told = {force: tuple(methods.get(force, ())) for force in forces}
    if any(told.values()) and len(set(told.values())) > 1:
        said.append("The forces counted in different ways. The sentences on their methods are below.")
    if not all(told.values()):
        said.append("At least one force does not say how it counted.")
    return tuple(said)


def _length(line: Line) -> str:
    if "/" in line.period:
        return "financial years"
    return {4: "years", 7: "months"}.get(len(line.period), "other periods")
