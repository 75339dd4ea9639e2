"""What a reader decided about one record, and the words there are for it.

A record here is one occurrence under one offence code. One text can belong to several offences, and may be relevant to
one of them only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Literal, TypeAlias

from clearcount.model.facts import FactSaid

Code = Literal["relevant", "not_relevant", "unclear", "cannot_decide"]
CODES: tuple[Code, ...] = ("relevant", "not_relevant", "unclear", "cannot_decide")
"""`unclear`: read, and it may be either; `cannot_decide`: the text needed to decide is missing."""

REASONS: dict[str, tuple[str, ...]] = {
    "relevant": ("asserted", "victim_suspects", "suspect_claims", "officer_asserts", "threatened"),
    "not_relevant": ("negated", "other_sense", "general_advice", "other_offence"),
    "unclear": (),
    "cannot_decide": (),
}
"""The reasons that each code may be given; a reason may be left out."""

Round = Literal["1", "2", "adjudication"]
ROUNDS: tuple[Round, ...] = ("1", "2", "adjudication")
"""First reading, blind second reading, settlement of a disagreement; a later one outranks an earlier one."""

Source = Literal["match", "ranked", "random"]
SOURCES: tuple[Source, ...] = ("match", "ranked", "random")
"""Why the record was read: it holds a term, it stood high in the ranking, or it was drawn at random."""

State = Literal["confirmed", "unclear", "not", "undecided"]
"""What a count may do with a record. Nothing that is not `confirmed` is ever counted as confirmed or left unsaid."""

Key: TypeAlias = tuple[str, str]
"""(occurrence number, canonical offence code)."""


@dataclass(frozen=True)
class Decision:
    """One row of a decisions file. `code` is empty while nobody has decided.

    `text_hash` names the text that was read: when the record's text changes, the decision no longer holds.
    `stratum`, `frame_size` (of that stratum) and `sample_id` say what a sampled record stands for. `facts` are what was
    said of the facts that the request asks readers for. `applied_from` is there when nobody read this text. It is the
    `text_hash` of the nearly equal text that was read. `ranker` is the name and SHA-256 of the force's own ranker, on
    a record that was read because of it.
    """

    occurrence_no: str
    offence_code: str
    code: Code | Literal[""] = ""
    reason: str = ""
    coder: str = ""
    round: Round = "1"
    guide_version: str = ""
    query_version: str = ""
    text_hash: str = ""
    at: str = ""
    source: Source = "match"
    stratum: str = ""
    frame_size: int | None = None
    sample_id: str = ""
    facts: tuple[FactSaid, ...] = ()
    applied_from: str = ""
    ranker: str = ""

    @property
    def key(self) -> Key:
        """(occurrence number, offence code)."""
        return self.occurrence_no, self.offence_code


def flag_state(markers: Iterable[str], topic: str) -> State:
    """Return what a crime's markers say of a topic: `AI` is confirmed, `AI:unclear` and `AI:not` what they say, none of
    them undecided. Case and outer spaces do not matter; confirmed outranks unclear, and that outranks not.
    """
    name, said = topic.strip().casefold(), {marker.strip().casefold() for marker in markers}
    if name in said:
        return "confirmed"
    if f"{name}:unclear" in said:
        return "unclear"
    return "not" if f"{name}:not" in said else "undecided"


SELDOM: tuple[str, ...] = ("applied_from", "ranker")
"""The columns that a decisions file has only when one of its rows needs them."""
COLUMNS: tuple[str, ...] = tuple(field.name for field in fields(Decision) if field.name not in ("facts", *SELDOM))
"""The columns of a decisions file, in order; behind them those of `SELDOM` and one for each fact that is asked for."""
