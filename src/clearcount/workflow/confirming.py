"""Counts with decisions: mentions, confirmed, confirmed or unclear and undecided, side by side."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from clearcount.counting import InScope
from clearcount.counting.found import Decided, Flag, Matched
from clearcount.counting.plan import Counts, Wanted
from clearcount.counting.tabulate import TableHeading
from clearcount.disclosure import Policy
from clearcount.errors import DecisionError
from clearcount.model.decision import COLUMNS, SELDOM, Decision, Key, State
from clearcount.model.facts import FactSaid
from clearcount.model.population import State as Known
from clearcount.model.release import Prose
from clearcount.model.request import CountRequest
from clearcount.model.table import Link, Table, There
from clearcount.reading.decide import current, resolve
from clearcount.reading.facts import fact_values, known_facts
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
    said_of = _facts_as_they_stand(counted.request, decisions, hashes)
    found = replace(
        counted.found,
        offences=with_states(counted.found.offences, counted.request, resolution.of, said_of),
        people={
            role: with_states(p, counted.request, resolution.of, said_of) for role, p in counted.found.people.items()
        },
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
    complete = all(resolution.of(*key) != "undecided" for key in scope.matches)
    tables = (*tables[:-1], _with_heading(tables[-1], first.wanted, complete=complete))
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
        digest=keyed_digest(force_key(place), *(_line(each) for each in sorted(decisions, key=str))),
        complete=complete,
    )


def _with_heading(undecided: Table, wanted: Wanted, *, complete: bool) -> Table:
    """Return the table of the undecided with what the heading tells of it: that all was read, or only a part."""
    if complete:
        return replace(undecided, said_empty=True)
    if len(wanted.parts) != len(wanted.request.questions):
        return undecided  # what is undecided may be of a question that other tables count
    return replace(undecided, there=(*undecided.there, There((), undecided.population)))


def _line(decision: Decision) -> str:
    """Return a decision as the digest takes it; what it does not have leaves no trace."""
    values = [str(getattr(decision, name)) for name in COLUMNS]
    values += [f"{name}={value}" for name in SELDOM if (value := getattr(decision, name))]
    return "|".join([*values, *(f"{said.name}={said.values}" for said in decision.facts)])


def _facts_as_they_stand(
    request: CountRequest, decisions: Sequence[Decision], hashes: Mapping[str, str]
) -> Mapping[Key, Decision]:
    """Return the decision that stands for each record, with the facts that the request asks for in its own words.

    Raises:
        DecisionError: when a value is none of the request's.
    """
    names = {fact.name for fact in request.facts}
    standing = current(d for d in decisions if d.text_hash == hashes.get(d.occurrence_no))
    try:
        return {
            key: replace(row, facts=known_facts(replace(row, facts=_named(row, names)), request.facts))
            for key, row in standing.items()
        }
    except ValueError as fault:
        raise DecisionError(
            f"the decisions do not fit the request: the fact {fault}; export the decisions again, or put the request "
            "back as it was"
        ) from None


def _named(row: Decision, names: Collection[str]) -> tuple[FactSaid, ...]:
    return tuple(said for said in row.facts if said.name in names)


def with_states(
    records: InScope,
    request: CountRequest,
    state_of: Callable[[str, str], State],
    standing: Mapping[Key, Decision],
) -> InScope:
    """Return the records with what readers decided about each: a flag for each cut, `state`, and each fact."""
    states = [state_of(number, code) for number, code in zip(records.occurrence_no, records.code, strict=True)]
    flags: dict[Flag, Sequence[bool]] = dict(records.flags)
    for part in request.questions:
        matched = records.flags.get(Matched(part.number), [False] * len(records))
        for name, _, cut in _CUTS:
            decided = [on and state in cut for on, state in zip(matched, states, strict=True)]
            flags[Decided(part.number, name)] = decided
    said = ["not relevant" if state == "not" else state for state in states]
    keys = list(zip(records.occurrence_no, records.code, strict=True))
    facts = {fact.name: fact_values(fact, standing, keys) for fact in request.facts if not fact.several}
    return replace(records, flags=flags, values={**records.values, **facts, "state": said})
