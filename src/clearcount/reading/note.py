"""The note on how the hits were read, for the release: words, and tables for every number in them.

Prose can undo suppression: an estimate gives away the few finds it rests on. So each number is a cell of a table that
passes disclosure control with the counts. An estimate may rest on fewer finds than the policy shows. Then it is
replaced by the bound for the most finds that a reader must reckon with.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from clearcount.model.keys import ALL, Key, PeriodKey, Place, ValueKey
from clearcount.model.months import Period
from clearcount.model.population import Population
from clearcount.model.release import Figure, Prose
from clearcount.model.table import Cell, Count, Dimension, Leaf, Link, Table
from clearcount.reading.proportions import missed_records
from clearcount.reading.report import Quality, Sampled
from clearcount.reading.twice import TwiceRead

MEASURES = "This measures what is written in the records, not what happened."
_READ, _FOUND = "read without a term", "found without a term"
_ABOUT, _LEAST, _MOST = "missed, estimate", "missed, at least", "missed, at most"
_TWICE, _KAPPA, _AC1 = "read twice", "agreement, kappa", "agreement, AC1"
_DECIDED, _BY_READING, _APPLIED = "hits decided", "read", "nearly the same text as one that was read"
_NO_SAMPLE = "No random sample of the records without a term was read, so nobody can say how many were missed."


@dataclass(frozen=True)
class Note:
    """Paragraphs for the release, the tables their figures stand in, and what ties those tables."""

    paragraphs: tuple[Prose, ...]
    tables: tuple[Table, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class MentionsTable:
    """The table of mentions: its name, the place of its grand total and the number that the release prints."""

    name: str = "mentions"
    whole: Place = (ALL, ALL)
    number: int = 3


def note(
    quality: Quality,
    period: Period,
    *,
    smallest_shown: int = 1,
    zeros_shown: bool = True,
    estimates: bool = True,
    mentions: MentionsTable = MentionsTable(),
    unit: str = "offences",
) -> Note:
    """Return what a reader of the release must know about the reading.

    Args:
        quality: the figures of the decisions that were counted.
        period: the whole period of the answer.
        smallest_shown: the least count above 0 that the policy prints; finds below it are not given away.
        zeros_shown: whether the policy never hides a zero.
        estimates: false where the policy prints no exact counts at all; no estimate is then printed.
        mentions: the table of mentions; "confirmed" and "confirmed_or_unclear" are tables of the release too. The
            release prints what was confirmed as Table 1 and the mentions behind what lies in scope of the answers.
        unit: what those tables count.
    """
    maker = _Maker(period)

    def small(count: int) -> bool:
        return 0 < count < smallest_shown or (count == 0 and not zeros_shown)

    lines: list[Prose] = [
        (
            Figure(mentions.name, mentions.whole),
            f" {unit} have a record that holds one of the terms (Table {mentions.number}). "
            f"{_people(quality)} and confirmed ",
            Figure("confirmed", mentions.whole),
            " (Table 1); confirmed or unclear: ",
            Figure("confirmed_or_unclear", mentions.whole),
            ".",
        )
    ]
    if quality.matches.undecided:
        lines.append(("Not all of them have been decided yet. What is not decided is not counted as confirmed.",))
    if quality.applied:
        lines.append(_from_near_texts(quality, maker))
    if quality.sampled is None:
        if quality.rankers:
            maker.lines(_READ, "Records without a term that were read", {"by rank": quality.ranked.read})
            maker.lines(
                _FOUND, "Relevant records among those read without a term", {"by rank": quality.ranked.relevant}
            )
            maker.links.append(Link(_FOUND, _READ))
            lines += _ranked_by(quality)
        lines.append((_NO_SAMPLE,))
    else:
        missed = _missed(quality, quality.sampled, maker, small, smallest_shown if estimates else 0)
        lines += [missed[0], *_ranked_by(quality), *missed[1:]]
    if quality.twice:
        lines.append(_agreement(quality.twice, maker, small, exact=estimates))
    every = f"Table {mentions.number} counts every mention, confirmed or not."
    lines.append((f"Table 1 counts what people confirmed. {every} {MEASURES}",))
    return Note(tuple(lines), tuple(maker.tables), tuple(maker.links))


def _people(quality: Quality) -> str:
    people = "One person" if quality.coders == 1 else f"{_spoken(quality.coders)} people"
    return f"{people} read {'a part of them' if quality.matches.undecided else 'them'}"


def _spoken(number: int) -> str:
    return dict(enumerate(("No", "One", "Two", "Three", "Four", "Five"))).get(number, "Several")


def _from_near_texts(quality: Quality, maker: _Maker) -> Prose:
    """How many hits nobody read, because they have nearly the text of one that was read."""
    read = quality.matches.read - quality.applied
    maker.lines(_DECIDED, "Hits by how they were decided", {_BY_READING: read, _APPLIED: quality.applied})
    return (
        "Of the ",
        Figure(_DECIDED, (ALL, ALL)),
        " records with a term that were decided, ",
        Figure(_DECIDED, (ValueKey(_APPLIED), ALL)),
        " have nearly the same text as one that was read. The reader chose to decide them by that reading.",
    )


def _ranked_by(quality: Quality) -> list[Prose]:
    """Return who put the likeliest records in order, and its share of the finds; nothing for the usual order."""
    if not quality.rankers:
        return []
    named = " and ".join(f"{name} (SHA-256 {digest})" for name, digest in map(str.split, quality.rankers))
    share: Prose = (
        f"The likeliest records were put in order by a ranker of the force's own: {named}. "
        "Relevant records found in its order: ",
        Figure(_FOUND, (ValueKey("by rank"), ALL)),
        "; relevant records found without a term in all: ",
        Figure(_FOUND, (ALL, ALL)),
        ".",
    )
    return [share]


def _missed(
    quality: Quality, sampled: Sampled, maker: _Maker, small: Callable[[int], bool], smallest_shown: int
) -> list[Prose]:
    """Of the records without a term: how many were read, how many found, how many must be missing."""
    finds = {"by rank": quality.ranked.relevant, "at random": sampled.found}
    reads = {"by rank": quality.ranked.read, "at random": sampled.read}
    if not reads["by rank"]:
        del finds["by rank"], reads["by rank"]
    maker.lines(_READ, "Records without a term that were read", reads)
    maker.lines(_FOUND, "Relevant records among those read without a term", finds)
    maker.links.append(Link(_FOUND, _READ))
    likeliest: Prose = (
        ("the ", Figure(_READ, (ValueKey("by rank"), ALL)), " likeliest and ") if "by rank" in reads else ()
    )
    first: Prose = (
        "Of the records in scope without a term we read ",
        *likeliest,
        Figure(_READ, (ValueKey("at random"), ALL)),
        " drawn at random; relevant among those read: ",
        Figure(_FOUND, (ALL, ALL)),
        ".",
    )
    if not smallest_shown:
        return [first, ("How many were missed is not printed, because it would give exact counts away.",)]
    if not any(map(small, finds.values())):
        for name, title, value in (
            (_LEAST, "Relevant records without a term, at least", sampled.missed.lower),
            (_ABOUT, "Relevant records without a term, estimate", sampled.missed.estimate),
            (_MOST, "Relevant records without a term, at most", sampled.missed.upper),
        ):
            maker.one(name, title, value)
        second: Prose = (
            "We estimate that ",
            Figure(_ABOUT, (ALL, ALL)),
            " of the records from which the sample was drawn are relevant and were not counted (95 per cent interval ",
            Figure(_LEAST, (ALL, ALL)),
            " to ",
            Figure(_MOST, (ALL, ALL)),
            ", the sample's own finds included).",
        )
        return [first, second]
    if sampled.found >= smallest_shown:
        # The sample's finds may be hidden for the others' sake; an estimate would bring both back.
        return [first, ("How many were missed is not printed, because it would give small counts away.",)]
    most = min(smallest_shown - 1, sampled.read)
    bound = missed_records(most, sampled.read, sampled.frame, sided="upper").upper
    maker.one(_MOST, "Relevant records without a term, at most", bound)
    return [
        first,
        (
            "With 95 per cent confidence at most ",
            Figure(_MOST, (ALL, ALL)),
            " of the records from which the sample was drawn are relevant and were not counted. The bound holds for "
            f"any number of finds below {smallest_shown}, so that it gives no small count away.",
        ),
    ]


def _agreement(twice: TwiceRead, maker: _Maker, small: Callable[[int], bool], *, exact: bool) -> Prose:
    """How often two readers said the same; the chance-corrected figures only where they give no small count away."""
    alike = sum(twice.table[k][k] for k in range(len(twice.codes)))
    maker.lines(_TWICE, "Records read twice", {"coded alike": alike, "coded differently": twice.records - alike})
    counts: Prose = (
        "A part of the records was read a second time by somebody who was not shown the first reading: ",
        Figure(_TWICE, (ValueKey("coded alike"), ALL)),
        " of ",
        Figure(_TWICE, (ALL, ALL)),
        " were coded alike",
    )
    measured = twice.measured
    if not exact or any(small(n) for row in twice.table for n in row) or math.isnan(measured.kappa):
        return (*counts, ".")
    if min(measured.kappa, measured.ac1) < 0:
        return (*counts, ", which is less than chance would give.")
    maker.one(_KAPPA, "Cohen's kappa, in hundredths", 100 * measured.kappa)
    maker.one(_AC1, "Gwet's AC1, in hundredths", 100 * measured.ac1)
    return (
        *counts,
        "; beyond chance, in hundredths: Cohen's kappa ",
        Figure(_KAPPA, (ALL, ALL)),
        ", Gwet's AC1 ",
        Figure(_AC1, (ALL, ALL)),
        ".",
    )


class _Maker:
    """Gathers the tables that the figures stand in. Each counts a population of its own."""

    def __init__(self, period: Period) -> None:
        self.period = period
        self.tables: list[Table] = []
        self.links: list[Link] = []

    def lines(self, name: str, title: str, counts: dict[str, int]) -> None:
        """Note a table of one column: a line per count and their total."""
        column = PeriodKey(self.period)
        cells: dict[Place, Cell] = {}
        lines: dict[Key, int] = {ValueKey(line): count for line, count in counts.items()}
        for key, count in (lines | {ALL: sum(counts.values())}).items():
            cells |= {(key, column): Count(count), (key, ALL): Count(count)}
        rows = Dimension("offence", "Offence", tuple(Leaf(ValueKey(key), key.capitalize()) for key in counts))
        columns = Dimension("month", "Period", (Leaf(column, self.period.spoken),))
        population = Population(aside=f"reading: {name}")
        self.tables.append(Table(name, title, (rows,), (columns,), cells, population))

    def one(self, name: str, title: str, value: float) -> None:
        """Note a table that holds one number, rounded to a whole one."""
        self.lines(name, title, {"records": round(value)})
