"""The flag that a decision leaves behind: durable, dated, with its reason, for the crime system to keep.

A record without a flag was not searched or not decided; it is never a "no".
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields

from clearcount.model.decision import Decision, Key, State, flag_state
from clearcount.reading.decide import Resolution, by_round, current
from clearcount.reading.sheets import safe_cell


@dataclass(frozen=True)
class Flag:
    """One flag on one crime. `markers` is what the crime system stores and an export brings back. A confirmed record
    has the topic, the others `topic:not` and `topic:unclear`. So no flag always means "not decided".
    """

    occurrence_no: str
    crime_no: str
    offence_code: str
    topic: str
    value: State
    markers: str
    basis: str
    query_version: str
    guide_version: str
    decided_at: str
    coders: str
    text_hash: str


COLUMNS = tuple(field.name for field in fields(Flag))


@dataclass(frozen=True)
class Coverage:
    """How many of the records in scope carry a flag, by value. What has none was not decided."""

    records: int
    decided: int
    confirmed: int
    unclear: int

    def spoken(self, topic: str) -> str:
        """Return `flag "ai" decided for 40 of 1,200 records in scope`."""
        return f'flag "{topic}" decided for {self.decided:,} of {self.records:,} records in scope'


def flags(
    decisions: Sequence[Decision], resolution: Resolution, crimes: Mapping[Key, Sequence[str]], *, topic: str
) -> tuple[Flag, ...]:
    """Return one flag per crime of every record decided on its present text, in order of their keys.

    `crimes` gives the crime numbers of each record in scope. `coders` names everybody who coded the record.
    """
    held = current(decision for decision in decisions if decision.key in resolution.states)
    rounds = by_round(decisions)
    found = []
    for key in sorted(resolution.states.keys() & crimes.keys()):
        decision, value = held[key], resolution.states[key]
        for crime_no in crimes[key]:
            found.append(
                Flag(
                    *key[:1],
                    crime_no,
                    key[1],
                    topic,
                    value,
                    marker(topic, value),
                    decision.reason,
                    decision.query_version,
                    decision.guide_version,
                    decision.at,
                    "|".join(sorted({each.coder for each in rounds[key].values()})),
                    decision.text_hash,
                )
            )
    return tuple(found)


def marker(topic: str, value: State) -> str:
    """Return the text that the crime system stores: `AI`, `AI:not` or `AI:unclear`."""
    return topic if value == "confirmed" else f"{topic}:{value}"


def to_csv(found: Iterable[Flag]) -> str:
    """Return the flags as CSV for upload, one row per crime; cells that a spreadsheet would run get an apostrophe in
    front.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for flag in found:
        writer.writerow([safe_cell(cell) for cell in astuple(flag)])
    return out.getvalue()


def coverage(markers: Iterable[Iterable[str]], topic: str) -> Coverage:
    """Return the coverage of a topic among records, given the markers that each of them carries."""
    counts = Counter(flag_state(held, topic) for held in markers)
    records = counts.total()
    return Coverage(records, records - counts["undecided"], counts["confirmed"], counts["unclear"])
