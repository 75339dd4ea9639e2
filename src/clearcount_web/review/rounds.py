"""Making rounds, drawing their cards, stopping and closing them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from clearcount.errors import ClearcountError, DecisionError
from clearcount.workflow.reading import Asked
from clearcount.workflow.reading_drawing import Draw
from clearcount.workflow.reading_room import CardPlan, RoomPlan, plan_room
from clearcount_web.audit.actions import record
from clearcount_web.ground.refusals import Refused
from clearcount_web.jobs.actions import enqueue
from clearcount_web.platform.databases import STAFF
from clearcount_web.review.keeping import keep_pending, store_path
from clearcount_web.review.models import Barred, Card, ReadingRound

_BATCH = 500
_What = ReadingRound.What


def open_round(given: Mapping[str, Any], *, by: Any, now: datetime) -> ReadingRound:
    """Make a round and ask for its cards to be drawn; the worker draws them."""
    store_path()
    with transaction.atomic(using=STAFF):
        round_ = ReadingRound.objects.create(**given, created_at=now, created_by=by.get_username())
        changes = {"what": round_.what, "case": round_.case}
        record("reading_round.opened", by=by, kind="reading_round", key=round_.pk, changes=changes)
        enqueue("draw-round", {"round": round_.pk}, by=by, unique=f"draw-round-{round_.pk}")
    return round_


def draw_round(round_id: int, *, now: datetime) -> ReadingRound:
    """Draw the cards of a round, once. What the library refuses is kept with its sentence, for who made the round."""
    round_ = ReadingRound.objects.get(pk=round_id)
    if round_.state != ReadingRound.State.DRAWING:
        return round_
    try:
        for earlier in ReadingRound.objects.exclude(pk=round_.pk).exclude(sheet_id=""):
            keep_pending(earlier, now=now)
        plan = _plan(round_, now)
    except ClearcountError as fault:
        ReadingRound.objects.filter(pk=round_id).update(state=ReadingRound.State.FAILED, error=str(fault)[:600])
        return ReadingRound.objects.get(pk=round_id)
    with transaction.atomic(using=STAFF):
        locked = ReadingRound.objects.select_for_update().get(pk=round_id)
        if locked.state == ReadingRound.State.DRAWING:
            _fill(locked, plan)
    return ReadingRound.objects.get(pk=round_id)


def _plan(round_: ReadingRound, now: datetime) -> RoomPlan:
    """Return the cards of the round; of a joint one, those that two people differ about."""
    plan = plan_room(round_.request, store_path(), _asked(round_), now=now)
    if round_.what != _What.JOINT:
        return plan
    cards = tuple(card for card in plan.cards if len(card.two) == 2)
    if not cards:
        raise DecisionError("one person read both times, so no two can settle it together; ask a third person")
    return replace(plan, cards=cards)


def _asked(round_: ReadingRound) -> Asked | Draw:
    guide = round_.guide_version or None
    if round_.what in (_What.RANDOM, _What.HITS):
        return Draw(round_.size, round_.seed, round_.looks, round_.what == _What.HITS, guide)
    if round_.what == _What.RANKED:
        return Asked(ranked=round_.size, seed=round_.seed, guide=guide)
    if round_.what == _What.MATCH:
        return Asked(seed=round_.seed, guide=guide)
    if round_.what == _What.AGAIN:
        return Asked(seed=round_.seed, everything=True, guide=guide)
    if round_.what == _What.SECOND:
        return Asked("2", seed=round_.seed, share=round_.share, guide=guide)
    return Asked("adjudication", seed=round_.seed, guide=guide)


def _fill(round_: ReadingRound, plan: RoomPlan) -> None:
    cards = Card.objects.bulk_create(
        [_card(round_, at, each) for at, each in enumerate(plan.cards, 1)], batch_size=_BATCH
    )
    by_key = {each.row.key: card for card, each in zip(cards, plan.cards, strict=True)}
    for card, each in zip(cards, plan.cards, strict=True):
        card.near_to = by_key[each.near_to] if each.near_to else None
    Card.objects.bulk_update([card for card in cards if card.near_to], ["near_to"], batch_size=_BATCH)
    if round_.what != _What.JOINT:
        barred = [Barred(card=by_key[each.row.key], reader=reader) for each in plan.cards for reader in each.barred]
        Barred.objects.bulk_create(barred, batch_size=_BATCH)
    round_.sheet_id, round_.snapshot, round_.guide_version = plan.sheet.id, plan.sheet.snapshot, plan.guide_version
    round_.fields, round_.rule, round_.terms = list(plan.fields), plan.rule, list(plan.terms)
    round_.facts = [asdict(fact) for fact in plan.facts]
    round_.state = ReadingRound.State.OPEN
    round_.save()


def _card(round_: ReadingRound, position: int, plan: CardPlan) -> Card:
    return Card(
        round=round_,
        position=position,
        row=asdict(plan.row),
        occurrence_no=plan.row.occurrence_no,
        offence_code=plan.row.offence_code,
        label=plan.label,
        month=plan.month,
        hits=[[hit.field, hit.entry_no, hit.start, hit.end, hit.term] for hit in plan.hits],
        codes=list(plan.codes),
        parties=list(plan.two) if round_.what == _What.JOINT else [],
        likeness=plan.likeness,
    )


def close_round(round_: ReadingRound, *, by: Any, now: datetime) -> None:
    """Keep what was decided, and give out no more cards.

    Raises:
        Refused: when the round is not open.
    """
    keep_pending(round_, now=now)
    with transaction.atomic(using=STAFF):
        running = ReadingRound.objects.filter(
            pk=round_.pk, state__in=(ReadingRound.State.OPEN, ReadingRound.State.STOPPED)
        )
        if not running.update(state=ReadingRound.State.CLOSED):
            raise Refused("Only an open round can be closed.")
        record("reading_round.closed", by=by, kind="reading_round", key=round_.pk)
