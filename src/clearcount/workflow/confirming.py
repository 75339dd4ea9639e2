"""Counts with decisions: mentions, confirmed, confirmed or unclear and undecided, side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path

from clearcount.counting import InScope
from clearcount.counting.found import Decided, Flag, Matched
from clearcount.counting.plan import Counts
from clearcount.counting.tabulate import TableHeading
from clearcount.disclosure import Policy
from clearcount.errors import DecisionError
from clearcount.model.decision import Decision, State
from clearcount.model.population import State as Known
from clearcount.model.release import Prose
from clearcount.model.request import CountRequest
from clearcount.model.table import Link, Table
from clearcount.reading.decide import resolve
from clearcount.reading.note import MentionsTable, note
from clearcount.reading.report import measure
from clearcount.store import Store
from clearcount.store.force_key import force_key, keyed_digest
from clearcount.workflow.counting import Counted, recounted
from clearcount.workflow.reading import read_decisions
from clearcount.workflow.reading_records import ReadingScope

__all__ = ["Confirmed", "confirm", "read_decisions"]

_CUTS: tuple[tuple[Counts, str, tuple[State, ...]], ...] = (
    ("confirmed", "Offences whose mention was read and confirmed", ("confirmed",)),
    ("confirmed_or_unclear", "Offences whose mention was read and confirmed or left unclear", ("confirmed", "unclear")),
    ("undecided", "Offences whose mention nobody has decided on yet", ("undecided",)),
)

_STATES: dict[Counts, Known] = {
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
    """Return the count with what people decided about its hits.

    A decision on a text that has changed since does not hold: the record counts as undecided.

    Raises:
        DecisionError: when the count looked for no words, or the decisions do not fit together.
    """
    if counted.answer.name != "mentions" or counted.request.terms is None:
        raise DecisionError("decisions are about mentions; this request looks for no words, so leave --decisions out")
    scope = ReadingScope(counted, store)
    hashes = scope.hashes({decision.occurrence_no for decision in decisions})
    resolution = resolve(decisions, hashes)
    found = replace(
        counted.found,
        offences=with_states(counted.found.offences, counted.request, resolution.of),
        people={role: with_states(p, counted.request, resolution.of) for role, p in counted.found.people.items()},
    )
    first = counted.answers[0]
    made = replace(counted.tabulator, found=found)
    tables = tuple(
        made.table(
            first.wanted, name, TableHeading(name, title),
            recorded=first.denominator, state=_STATES[name],
            drop=name == "confirmed" and first.wanted.shape.empty == "drop",
        )
        for name, title, _ in _CUTS
    )  # fmt: skip
    counted = recounted(replace(counted, found=found))
    mentions = counted.answer.name
    under = sum(answer.denominator is not None for answer in counted.answers)
    links = (
        *(Link(table.name, mentions) for table in tables),
        Link("confirmed", "confirmed_or_unclear"),
    )
    everything = counted.period  # its label is not "total": the margin has that name
    said = note(
        measure(scope.as_they_stand(decisions, hashes)),
        everything,
        smallest_shown=policy.threshold if policy.rule == "suppress" else 1,
        zeros_shown=policy.zeros == "shown",
        estimates=policy.rule != "round",
        mentions=MentionsTable(mentions, counted.answer.whole, len(counted.answers) + under + 1),
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


def with_states(records: InScope, request: CountRequest, state_of: Callable[[str, str], State]) -> InScope:
    """Return the records with what readers decided about each: a flag for each cut, and the column `state`."""
    states = [state_of(number, code) for number, code in zip(records.occurrence_no, records.code, strict=True)]
    flags: dict[Flag, Sequence[bool]] = dict(records.flags)
    for part in request.questions:
        matched = records.flags.get(Matched(part.number), [False] * len(records))
        for name, _, cut in _CUTS:
            decided = [on and state in cut for on, state in zip(matched, states, strict=True)]
            flags[Decided(part.number, name)] = decided
    said = ["not relevant" if state == "not" else state for state in states]
    return replace(records, flags=flags, values={**records.values, "state": said})
