"""Counts with decisions: mentions, confirmed, confirmed or unclear and undecided, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path

from clearcount.counting import tabulate
from clearcount.disclosure import Policy
from clearcount.errors import DecisionError
from clearcount.model.decision import Decision
from clearcount.model.keys import PeriodKey
from clearcount.model.months import Period
from clearcount.model.population import State
from clearcount.model.release import Prose
from clearcount.model.table import Link, Table
from clearcount.reading.decide import Resolution, resolve
from clearcount.reading.note import note
from clearcount.reading.report import measure
from clearcount.store import Store
from clearcount.workflow.counting import Counted
from clearcount.workflow.keys import force_key, keyed_digest
from clearcount.workflow.reading import read_decisions
from clearcount.workflow.reading_records import Scope

__all__ = ["Confirmed", "confirm", "read_decisions"]

_CUTS = (
    ("confirmed", "Offences whose mention was read and confirmed", ("confirmed",)),
    ("confirmed_or_unclear", "Offences whose mention was read and confirmed or left unclear", ("confirmed", "unclear")),
    ("undecided", "Offences whose mention nobody has decided on yet", ("undecided",)),
)

_STATES: dict[str, State] = {
    "confirmed": "confirmed",
    "confirmed_or_unclear": "confirmed or unclear",
    "undecided": "undecided",
}


@dataclass(frozen=True)
class Confirmed:
    """What decisions add to a count: tables with their links, the note on the reading, and a keyed digest."""

    counted: Counted
    tables: tuple[Table, ...]
    links: tuple[Link, ...]
    quality: tuple[Prose, ...]
    digest: str
    complete: bool


def confirm(counted: Counted, store: Store, place: Path, decisions: Sequence[Decision], policy: Policy) -> Confirmed:
    """The count with what people decided about its hits.

    A decision on a text that has changed since does not hold: the record counts as undecided.

    Raises:
        DecisionError: when the count looked for no words, or the decisions do not fit together.
    """
    if counted.answer.name != "mentions" or counted.request.terms is None:
        raise DecisionError("decisions are about mentions; this request looks for no words, so leave --decisions out")
    scope = Scope(counted, store)
    hashes = scope.hashes({decision.occurrence_no for decision in decisions})
    resolution = resolve(decisions, hashes)
    tables = tuple(_cut(counted, resolution, name, title, states) for name, title, states in _CUTS)
    mentions = counted.answer.name
    links = (
        *(Link(table.name, mentions) for table in tables),
        Link("confirmed", "confirmed_or_unclear"),
    )
    keys = (leaf.key for leaf in counted.layout.columns[0].leaves)
    months = tuple(month for key in keys if isinstance(key, PeriodKey) for month in key.period.months)
    everything = Period(f"{months[0]} to {months[-1]}", months)  # not "total": the margin has that name
    said = note(
        measure(scope.as_they_stand(decisions, hashes)),
        everything,
        smallest_shown=policy.threshold if policy.rule == "suppress" else 1,
        zeros_shown=policy.zeros == "shown",
        estimates=policy.rule != "round",
        unit=counted.answer.unit,
    )
    changed: tuple[Prose, ...] = ()
    if resolution.changed:
        changed = (("Some texts have changed since they were read; their records count as undecided.",),)
    return Confirmed(
        counted=counted,
        tables=(*tables, *said.tables),
        links=(*links, *said.links),
        quality=(*said.paragraphs, *changed),
        digest=keyed_digest(
            force_key(place), *("|".join(map(str, astuple(each))) for each in sorted(decisions, key=str))
        ),
        complete=all(resolution.of(*key) != "undecided" for key in scope.matches),
    )


def _cut(counted: Counted, resolution: Resolution, name: str, title: str, states: tuple[str, ...]) -> Table:
    offences = counted.found.offences
    hit = {mention.occurrence_no for mention in counted.found.mentions}
    flags = [
        number in hit and resolution.of(number, code) in states
        for number, code in zip(offences.occurrence_no, offences.code, strict=True)
    ]
    request = counted.request
    if name != "confirmed":  # the headline leaves empty lines out where the request says so; the others are whole
        request = replace(request, table=replace(request.table, empty="show"))
    return tabulate(
        offences,
        flags,
        request=request,
        layout=counted.layout,
        name=name,
        title=title,
        population=replace(counted.answer.population, state=_STATES[name]),
        recorded=counted.denominator,
    )
