"""Counts with decisions: mentions, confirmed, confirmed or unclear and undecided, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path

from clearcount.counting import tabulate
from clearcount.disclosure import Policy
from clearcount.errors import DecisionError
from clearcount.model.decision import Decision
from clearcount.model.months import Period
from clearcount.model.release import Prose
from clearcount.model.table import Link, Table
from clearcount.reading.decide import Resolution, resolve
from clearcount.reading.note import note
from clearcount.reading.report import measure
from clearcount.reading.sheets import read_sheet
from clearcount.store import Store
from clearcount.workflow.counting import Counted
from clearcount.workflow.keys import force_key, keyed_digest
from clearcount.workflow.reading_records import Scope

_CUTS = (
    ("confirmed", "Offences whose mention was read and confirmed", ("confirmed",)),
    ("confirmed_or_unclear", "Offences whose mention was read and confirmed or left unclear", ("confirmed", "unclear")),
    ("undecided", "Offences whose mention nobody has decided on yet", ("undecided",)),
)


@dataclass(frozen=True)
class Confirmed:
    """What decisions add to a count: tables with their links, the note on the reading, and a keyed digest."""

    counted: Counted
    tables: tuple[Table, ...]
    links: tuple[Link, ...]
    quality: tuple[Prose, ...]
    digest: str
    complete: bool


def read_decisions(path: Path, *, own_codes: bool) -> tuple[Decision, ...]:
    """The decisions in a CSV or XLSX file. Raises DecisionError with the row and what to do."""
    try:
        data = path.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        raise DecisionError(
            f"{path}: there is no such decisions file; make one with: clearcount review export"
        ) from None
    return read_sheet(data, path.name, own_codes=own_codes)


def confirm(counted: Counted, store: Store, place: Path, decisions: Sequence[Decision], policy: Policy) -> Confirmed:
    """The count with what people decided about its hits.

    A decision on a text that has changed since does not hold: the record counts as undecided.

    Raises:
        DecisionError: when the count looked for no words, or the decisions do not fit together.
    """
    if counted.answer.name != "mentions" or counted.request.terms is None:
        raise DecisionError("decisions are about mentions; this request looks for no words, so leave --decisions out")
    scope = Scope(counted, store)
    resolution = resolve(decisions, scope.hashes({decision.occurrence_no for decision in decisions}))
    tables = tuple(_cut(counted, resolution, name, title, states) for name, title, states in _CUTS)
    mentions = counted.answer.name
    links = (
        *(Link(table.name, mentions) for table in tables),
        Link("confirmed", "confirmed_or_unclear"),
    )
    everything = Period("total", tuple(month for period in counted.layout.periods for month in period.months))
    held = [decision for decision in decisions if decision.source != "match" or decision.key in set(scope.matches)]
    said = note(
        measure(held),
        everything,
        smallest_shown=policy.threshold if policy.rule == "suppress" else 1,
        estimates=policy.rule != "round",
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
    request = replace(counted.request, table=replace(counted.request.table, empty="show"))
    return tabulate(
        offences,
        flags,
        request=request,
        layout=counted.layout,
        name=name,
        title=title,
        population=f"{counted.answer.population}+{name}",
        recorded=counted.denominator,
    )
