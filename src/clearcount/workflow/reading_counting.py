"""Counting with decisions: confirmed beside mentioned, and the note that says how far the reading goes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clearcount.counting.tabulate import tabulate
from clearcount.disclosure import Policy
from clearcount.model.decision import Decision, Key
from clearcount.model.months import Month, Period
from clearcount.model.release import Prose
from clearcount.model.table import Link, Table
from clearcount.reading.decide import Resolution, resolve
from clearcount.reading.flags import Coverage, Flag, coverage, flags
from clearcount.reading.note import note
from clearcount.reading.report import Quality, measure
from clearcount.reading.sampling import blank
from clearcount.store import Store
from clearcount.workflow.counting import Counted
from clearcount.workflow.reading_records import Scope


@dataclass(frozen=True)
class Read:
    """What people decided about one count.

    `tables` are "confirmed" and "confirmed_or_unclear" with the tables of the note, `links` what ties them to each
    other and to the mentions, `paragraphs` the note. `undecided` and `changed` count records that hold a term and are
    not decided: never, or not on their present text.
    """

    resolution: Resolution
    quality: Quality
    tables: tuple[Table, ...]
    links: tuple[Link, ...]
    paragraphs: tuple[Prose, ...]
    undecided: int
    changed: int


def count_decisions(counted: Counted, store: Store, decisions: Sequence[Decision], *, policy: Policy) -> Read:
    """The tables, links and note that a release with decisions prints beside its mentions.

    An offence is confirmed when its record (its occurrence under its code) holds a term and was decided relevant on
    the text that it has in this snapshot. What was found without a term is in the note, not in the tables.

    Raises:
        DecisionError: when a decision does not say which text was read.
    """
    scope = Scope(counted, store)
    hashes = scope.hashes({row.occurrence_no for row in decisions})
    resolution = resolve(decisions, hashes)
    matches = set(scope.matches)
    quality = measure(_as_they_stand(scope, decisions, hashes))
    allowed = {"confirmed": ("confirmed",), "confirmed_or_unclear": ("confirmed", "unclear")}
    titles = {
        "confirmed": "Offences whose records people read and confirmed",
        "confirmed_or_unclear": "Offences whose records people confirmed or found unclear",
    }
    offences, mentions = counted.found.offences, counted.answer
    tables = []
    for name, states in allowed.items():
        chosen = [
            key in matches and resolution.of(*key) in states
            for key in zip(offences.occurrence_no, offences.code, strict=True)
        ]
        tables.append(
            tabulate(
                offences,
                chosen,
                request=counted.request,
                layout=counted.layout,
                name=name,
                title=titles[name],
                population=f"{mentions.population}+{name}",
                recorded=counted.denominator,
            )
        )
    written = note(
        quality,
        _whole(counted),
        smallest_shown=policy.threshold if policy.rule == "suppress" else 1,
        estimates=policy.rule != "round",
        mentions=mentions.name,
    )
    links = (Link("confirmed", "confirmed_or_unclear"), Link("confirmed_or_unclear", mentions.name))
    return Read(
        resolution=resolution,
        quality=quality,
        tables=(*tables, *written.tables),
        links=(*links, *written.links),
        paragraphs=written.paragraphs,
        undecided=sum(resolution.of(*key) == "undecided" for key in matches),
        changed=len(resolution.changed & matches),
    )


def flags_of(scope: Scope, decisions: Sequence[Decision], *, topic: str) -> tuple[tuple[Flag, ...], Coverage]:
    """The flags that the decisions leave on the crimes in scope, and how many records in scope they cover."""
    resolution = _resolve(scope, decisions)
    crimes: dict[Key, list[str]] = defaultdict(list)
    offences = scope.counted.found.offences
    for number, code, crime_no in zip(offences.occurrence_no, offences.code, offences.crime_no, strict=True):
        crimes[number, code].append(crime_no)
    found = flags(decisions, resolution, crimes, topic=topic)
    held: dict[Key, list[str]] = {key: [] for key in scope.months}
    for flag in found:
        held[flag.occurrence_no, flag.offence_code].append(flag.markers)
    return found, coverage(held.values(), topic)


def _as_they_stand(scope: Scope, decisions: Sequence[Decision], hashes: Mapping[str, str]) -> list[Decision]:
    """The rows for the quality figures: of records in scope, undecided where the text has changed since, and with a
    blank row for every hit that the file leaves out, so that it counts as undecided."""
    rows = []
    for row in decisions:
        if row.key in scope.months:
            stale = row.code and row.text_hash != hashes[row.occurrence_no]
            rows.append(blank(row, round_=row.round) if stale else row)
    missing = set(scope.matches) - {row.key for row in rows}
    return [*rows, *(Decision(*key) for key in sorted(missing))]


def _resolve(scope: Scope, decisions: Sequence[Decision]) -> Resolution:
    return resolve(decisions, scope.hashes({row.occurrence_no for row in decisions if row.code}))


def _whole(counted: Counted) -> Period:
    """The whole period of the answer as one column."""
    months: list[Month] = [month for period in counted.layout.periods for month in period.months]
    return Period(f"{months[0]} to {months[-1]}", tuple(months))
