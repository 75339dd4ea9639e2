"""What the reading room asks of the library: the cards of a sheet, the text of a record, keeping what was decided.

No text leaves the store but for being shown. A card holds places (field, entry, offsets), and the text is read from
the snapshot each time. Decisions go to the same store as those of a spreadsheet, under the same check.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from clearcount.errors import DecisionError
from clearcount.foreign import parse_toml
from clearcount.model.decision import Decision, Key
from clearcount.model.facts import FactAsked
from clearcount.model.request_reader import parse_request
from clearcount.reading.decide import Readers, readers, text_hash
from clearcount.reading.facts import known_facts
from clearcount.reading.report import Quality, measure
from clearcount.reading.twice import agreement_so_far
from clearcount.store import open_store
from clearcount.store.decisions import DecisionStore, Sheet
from clearcount.workflow.reading import (
    Asked,
    as_handed_out,
    asked_facts,
    first_codes,
    hand_out,
    refuse_strange_sources,
)
from clearcount.workflow.reading_drawing import Draw, draw_sheet
from clearcount.workflow.reading_near import near_of
from clearcount.workflow.reading_records import Entry, ReadingScope, in_reading_order, scope_of


@dataclass(frozen=True)
class Hit:
    """Where a term stands in one entry of a record: code point offsets, end exclusive."""

    field: str
    entry_no: str
    start: int
    end: int
    term: str


@dataclass(frozen=True)
class CardPlan:
    """One record to be read: its row as handed out, its month, its hits, who must not read it, and what they said.

    `barred` are the readers of earlier rounds. In a settlement `two` are those who differ, and `codes` what they said.
    `near_to` is the earlier card with nearly the same text, and `likeness` the share of it that is the same.
    """

    row: Decision
    month: str
    label: str
    hits: tuple[Hit, ...]
    barred: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    two: tuple[str, ...] = ()
    near_to: Key | None = None
    likeness: float = 0.0


@dataclass(frozen=True)
class RoomPlan:
    """A sheet as cards in order of reading, and what a reader must know of the request."""

    sheet: Sheet
    guide_version: str
    fields: tuple[str, ...]
    rule: str
    terms: tuple[str, ...]
    facts: tuple[FactAsked, ...]
    cards: tuple[CardPlan, ...]


def plan_room(request_text: str, store: Path, what: Asked | Draw, *, now: datetime) -> RoomPlan:
    """Count the request on the newest snapshot, hand out what is asked for, and return it as cards.

    Cards of one occurrence follow each other, within the look of a sample at which they are read.

    Raises:
        ClearcountError: when the request cannot be read or counted, or there is nothing to read.
    """
    opened = open_store(store)
    shot = opened.snapshot(None)
    asked = parse_request(parse_toml(request_text, "the request"), own_codes=shot.own_codes)
    scope = scope_of(asked, opened, snapshot=shot.number)
    sheet = draw_sheet(scope, what, now=now) if isinstance(what, Draw) else hand_out(scope, what, now=now)
    terms = asked.terms
    assert terms is not None
    return RoomPlan(
        sheet=sheet,
        guide_version=sheet.rows[0].guide_version,
        fields=tuple(terms.fields),
        rule=terms.set.rule,
        terms=tuple(terms.searched.terms),
        facts=sheet.facts,
        cards=tuple(_cards(scope, sheet)),
    )


_NOBODY = Readers((), ())


def _cards(scope: ReadingScope, sheet: Sheet) -> list[CardPlan]:
    label = scope.counted.facts.label
    earlier = readers(DecisionStore(scope.store.path).decisions())
    settling = first_codes(scope) if sheet.kind == "round-adjudication" else {}
    first: dict[tuple[str, str], int] = {}
    for at, row in enumerate(sheet.rows):
        first.setdefault((row.sample_id, row.occurrence_no), at)
    rows = sorted(sheet.rows, key=lambda row: first[row.sample_id, row.occurrence_no])
    near = {each.key: each for each in near_of(scope, [row.key for row in rows])} if sheet.kind == "match" else {}
    cards = []
    for row in rows:
        before = earlier.get(row.key, _NOBODY) if row.round != "1" else _NOBODY
        month = scope.months.get(row.key)
        cards.append(
            CardPlan(
                row=row,
                month=str(month) if month else "",
                label=label(row.offence_code),
                hits=_hits_of(scope, row.occurrence_no),
                barred=tuple(sorted(before.all)),
                two=tuple(sorted(before.two)) if settling else (),
                codes=tuple(settling.get(row.key, {}).values()),
                near_to=near[row.key].read if row.key in near else None,
                likeness=near[row.key].likeness if row.key in near else 0.0,
            )
        )
    return cards


def _hits_of(scope: ReadingScope, occurrence_no: str) -> tuple[Hit, ...]:
    found = scope.mentions.get(occurrence_no, ())
    return tuple(Hit(each.field, each.entry_no, each.start, each.end, each.term) for each in found)


def entries_of(store: Path, snapshot: int, fields: Collection[str], occurrence_no: str) -> tuple[list[Entry], str]:
    """Return all text of one occurrence in the fields, in order, and the hash of it as it is now.

    Raises:
        StoreError: when the snapshot is not there any more.
    """
    opened = open_store(store)
    wanted = pa.array([occurrence_no], pa.string())
    found: list[Entry] = []
    for batch in opened.texts(opened.snapshot(snapshot), wanted, fields):
        columns = (batch[name].to_pylist() for name in ("field", "entry_no", "text"))
        found += [(field, entry_no, text or "") for field, entry_no, text in zip(*columns, strict=True)]
    return in_reading_order(found), text_hash(occurrence_no, found)


def keep_decisions(store: Path, decided: Sequence[Decision], withdrawn: Sequence[Decision] = ()) -> int:
    """Keep decisions on rows that this store handed out, take others back; return how many were new.

    The same decisions a second time add nothing.

    Raises:
        DecisionError: when a row is not as it was handed out; then nothing is kept.
    """
    held = DecisionStore(store)
    handed_out = {as_handed_out(row) for sheet in held.sheets() for row in sheet.rows}
    strange = sum(as_handed_out(row) not in handed_out for row in (*decided, *withdrawn))
    if strange:
        raise DecisionError(f"{strange} decisions are on rows that this store has not handed out; nothing was kept")
    refuse_strange_sources(decided, handed_out)
    asked = asked_facts(held.sheets())
    try:
        known = [replace(row, facts=known_facts(row, asked.get(row.query_version, ()))) for row in decided]
    except ValueError as fault:
        raise DecisionError(f"the fact {fault}; nothing was kept") from None
    added = held.append(known) if known else 0
    if withdrawn:
        held.withdraw(withdrawn)
    return added


def measure_sheet(store: Path, sheet_id: str) -> Quality:
    """Return what the decisions show on the records of a sheet and of the query's other sheets on the same snapshot.

    Of several random samples of one query only the sheet's own counts. Hits that no sheet of this query handed out are
    not in it: the figures over all of a request come from `quality`.

    Raises:
        DecisionError: when the store has not handed out that sheet.
    """
    held = DecisionStore(store)
    sheets = held.sheets()
    mine = next((sheet for sheet in sheets if sheet.id == sheet_id), None)
    if mine is None:
        raise DecisionError("the store does not know this round's sheet; open a new round")
    same = [each for each in sheets if (each.query_version, each.snapshot) == (mine.query_version, mine.snapshot)]
    rows: dict[Key, Decision] = {}
    for kind in ("hits", "match", "ranked", "random"):
        named = [each for each in same if each.kind == kind]
        chosen = [mine] if mine.kind == kind and kind in ("hits", "random") else named
        for sheet in chosen if kind in ("match", "ranked") else chosen[-1:]:
            for row in sheet.rows:
                rows.setdefault(row.key, row)
    decided = [
        replace(
            decision,
            source=rows[decision.key].source,
            stratum=rows[decision.key].stratum,
            frame_size=rows[decision.key].frame_size,
            sample_id=rows[decision.key].sample_id,
        )
        for decision in held.decisions()
        if decision.key in rows and decision.text_hash == rows[decision.key].text_hash
    ]
    known = {decision.key for decision in decided}
    return measure([*decided, *(row for key, row in rows.items() if key not in known)])


def agreed_so_far(store: Path, keys: Collection[Key]) -> tuple[int, float]:
    """Return how many of these records were read twice, and AC1 over them."""
    wanted = frozenset(keys)
    return agreement_so_far([decision for decision in DecisionStore(store).decisions() if decision.key in wanted])
