"""The note on how the hits were read, for the release: words, and tables for every number in them.

Prose can undo suppression: an estimate gives away the few finds it rests on. So each number is a cell of a table that
passes disclosure control with the counts, and an estimate that rests on fewer finds than the policy shows is replaced
by the bound that would hold for the most finds a reader must reckon with.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from clearcount.model.months import TOTAL, Period
from clearcount.model.release import Figure, Prose
from clearcount.model.table import At, Cell, Count, Link, Row, Table
from clearcount.reading.proportions import missed_records
from clearcount.reading.report import Quality, Sampled

MEASURES = "This measures what is written in the records, not what happened."
_READ, _FOUND = "read without a term", "found without a term"
_ABOUT, _LEAST, _MOST = "missed, estimate", "missed, at least", "missed, at most"


@dataclass(frozen=True)
class Note:
    """Paragraphs for the release, the tables their figures stand in, and what ties those tables."""

    paragraphs: tuple[Prose, ...]
    tables: tuple[Table, ...] = ()
    links: tuple[Link, ...] = ()


def note(
    quality: Quality, period: Period, *, smallest_shown: int = 1, estimates: bool = True, mentions: str = "mentions"
) -> Note:
    """What a reader of the release must know about the reading.

    Args:
        quality: the figures of the decisions that were counted.
        period: the whole period of the answer.
        smallest_shown: the least count above 0 that the policy prints; finds below it are not given away.
        estimates: false where the policy prints no exact counts at all; no estimate is then printed.
        mentions: the table of mentions; "confirmed" and "confirmed or unclear" are tables of the release too.
    """
    table = _Maker(period)
    lines: list[Prose] = [
        (
            Figure(mentions, (TOTAL, TOTAL)),
            f" held one of the terms. {_people(quality)} and confirmed ",
            Figure("confirmed", (TOTAL, TOTAL)),
            "; confirmed or unclear: ",
            Figure("confirmed_or_unclear", (TOTAL, TOTAL)),
            ".",
        )
    ]
    if quality.matches.undecided:
        lines.append(("Not all of them have been decided yet. What is not decided is not counted as confirmed.",))
    if quality.sampled is None:
        lines.append(
            ("No random sample of the records without a term was read, so nobody can say how many were missed.",)
        )
    else:
        lines += _missed(quality, quality.sampled, table, smallest_shown, estimates)
    if quality.twice:
        lines.append(_agreement(quality))
    lines.append((f"Counts by period are confirmed records only. {MEASURES}",))
    return Note(tuple(lines), tuple(table.tables), tuple(table.links))


def _people(quality: Quality) -> str:
    return "One person read them" if quality.coders == 1 else f"{_spoken(quality.coders)} people read them"


def _spoken(number: int) -> str:
    return dict(enumerate(("No", "One", "Two", "Three", "Four", "Five"))).get(number, str(number))


def _missed(quality: Quality, sampled: Sampled, table: _Maker, smallest_shown: int, estimates: bool) -> list[Prose]:
    """Of the records without a term: how many were read, how many found, how many must be missing."""
    finds = {"by rank": quality.ranked.relevant, "at random": sampled.found}
    reads = {"by rank": quality.ranked.read, "at random": sampled.read}
    if not reads["by rank"]:
        del finds["by rank"], reads["by rank"]
    table.lines(_READ, "Records without a term that were read", reads)
    table.lines(_FOUND, "Relevant records among them", finds)
    table.links.append(Link(_FOUND, _READ))
    likeliest: Prose = ("the ", Figure(_READ, ("by rank", TOTAL)), " likeliest and ") if "by rank" in reads else ()
    first: Prose = (
        "Of the records in scope without a term we read ",
        *likeliest,
        Figure(_READ, ("at random", TOTAL)),
        " drawn at random; ",
        Figure(_FOUND, (TOTAL, TOTAL)),
        " were relevant.",
    )
    if not estimates:
        return [first, ("How many were missed is not printed, because it would give exact counts away.",)]
    small = any(0 < count < smallest_shown for count in finds.values())
    if not small:
        missed = sampled.missed
        table.one(_LEAST, "Relevant records without a term, at least", missed.lower)
        table.one(_ABOUT, "Relevant records without a term, estimate", missed.estimate)
        table.one(_MOST, "Relevant records without a term, at most", missed.upper)
        second: Prose = (
            "We estimate that ",
            Figure(_ABOUT, (TOTAL, TOTAL)),
            " of the records from which the sample was drawn are relevant and were not counted (95 per cent interval ",
            Figure(_LEAST, (TOTAL, TOTAL)),
            " to ",
            Figure(_MOST, (TOTAL, TOTAL)),
            ", the sample's own finds included).",
        )
        return [first, second]
    most = min(max(smallest_shown - 1, sampled.found), sampled.read)
    if sampled.found >= smallest_shown:  # the sample's own finds are not small, but they may be hidden for others' sake
        return [first, ("How many were missed is not printed, because it would give small counts away.",)]
    table.one(
        _MOST,
        "Relevant records without a term, at most",
        missed_records(most, sampled.read, sampled.frame, sided="upper").upper,
    )
    return [
        first,
        (
            "With 95 per cent confidence at most ",
            Figure(_MOST, (TOTAL, TOTAL)),
            " of the records from which the sample was drawn are relevant and were not counted. The bound holds for "
            f"any number of finds below {smallest_shown}, so that it gives no small count away.",
        ),
    ]


def _agreement(quality: Quality) -> Prose:
    twice = quality.twice
    assert twice is not None
    kappa = "not defined" if math.isnan(twice.measured.kappa) else f"{twice.measured.kappa:.2f}"
    return (
        "A part of the records was read a second time by somebody who did not know the first reading: the two agreed "
        f"on {twice.measured.po:.0%} (Cohen's kappa {kappa}, Gwet's AC1 {twice.measured.ac1:.2f}).",
    )


class _Maker:
    """Gathers the tables that the figures stand in. Each counts a population of its own."""

    def __init__(self, period: Period) -> None:
        self.period = period
        self.tables: list[Table] = []
        self.links: list[Link] = []

    def lines(self, name: str, title: str, counts: dict[str, int]) -> None:
        """A table of one column: a line per count and their total."""
        cells: dict[At, Cell] = {}
        for key, count in (*counts.items(), (TOTAL, sum(counts.values()))):
            cells |= {(key, self.period.label): Count(count), (key, TOTAL): Count(count)}
        rows = tuple(Row(key, key.capitalize()) for key in counts)
        self.tables.append(Table(name, title, rows, (self.period,), cells, population=f"reading: {name}"))

    def one(self, name: str, title: str, value: float) -> None:
        """A table that holds one number, rounded to a whole one."""
        self.lines(name, title, {"records": round(value)})
