"""Giving cards to readers: no two readers have the same card, and a card that is not read comes back in time.

A reader holds a record with all its offences in the round. The hold is one conditional update: of two readers who
ask at once, one gets the record and the other the next. It ends by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from clearcount_web.audit.actions import record
from clearcount_web.ground.refusals import enforce
from clearcount_web.platform.databases import STAFF
from clearcount_web.review.models import Barred, Card, ReadingRound
from clearcount_web.review.permissions import may_read
from clearcount_web.review.settling import may_settle
from clearcount_web.review.sittings import ensure_rested

HOLD = timedelta(minutes=20)
_TRIES = 60


def free(now: datetime) -> Q:
    """Return what makes an open card free: nobody holds it, or the hold has ended."""
    return Q(state=Card.State.OPEN) & (Q(holder="") | Q(held_until__lt=now))


def held_cards(round_: ReadingRound, reader: str) -> QuerySet[Card]:
    """Return the open cards that the reader holds, in order; a hold that ended is theirs until it is taken."""
    return Card.objects.filter(round=round_, state=Card.State.OPEN, holder=reader).order_by("position")


def give(
    round_: ReadingRound, *, reader: str, now: datetime, seen: Iterable[int] = (), ahead: bool = False
) -> Card | None:
    """Return the next card of the reader: one that they hold, else a new one; None when none is left for them.

    `seen` are the keys of cards not to give: those on screen. `ahead`: nobody reads it yet, so it begins no sitting.

    Raises:
        Refused: when the round gives no cards, or the reader is to rest first.
    """
    enforce(may_read(round_))
    ensure_rested(round_, reader=reader, now=now, begin=not ahead)
    skipped = tuple(seen)
    for _ in range(_TRIES):
        with transaction.atomic(using=STAFF):
            held = held_cards(round_, reader).exclude(pk__in=skipped)
            card = held.first()
            if card is not None:
                held.filter(occurrence_no=card.occurrence_no).update(held_until=now + HOLD)
                return card
            card = _first_free(round_, reader, now)
            if card is None:
                return None
            if _take(card, reader, now):
                record("card.given", by=reader, kind="reading_round", key=round_.pk, changes={"card": card.pk})
                return Card.objects.get(pk=card.pk)
    return None


def _first_free(round_: ReadingRound, reader: str, now: datetime) -> Card | None:
    """The first free card that the reader may read and no offence of which somebody else holds."""
    others = Card.objects.filter(
        round=OuterRef("round"), occurrence_no=OuterRef("occurrence_no"), state=Card.State.OPEN, held_until__gte=now
    ).exclude(holder__in=("", reader))
    siblings = Barred.objects.filter(
        card__round=OuterRef("round"), card__occurrence_no=OuterRef("occurrence_no"), reader__iexact=reader
    )
    cards = Card.objects.filter(free(now), round=round_).filter(~Exists(others), ~Exists(siblings)).order_by("position")
    if round_.what == ReadingRound.What.JOINT:
        return next((card for card in cards if may_settle(card, reader)), None)
    return cards.first()


def _take(card: Card, reader: str, now: datetime) -> bool:
    """Whether the reader now holds the record of the card."""
    group = Card.objects.filter(free(now), round=card.round_id, occurrence_no=card.occurrence_no)
    mine = {"holder": reader, "held_until": now + HOLD, "version": F("version") + 1}
    if not group.filter(pk=card.pk, version=card.version).update(**mine):
        return False
    others = [each.pk for each in group.exclude(pk=card.pk) if not each.parties or may_settle(each, reader)]
    group.filter(pk__in=others).update(**mine)
    return True


def left_for_others(round_: ReadingRound) -> int:
    """Return how many cards are open, whoever holds them or may read them."""
    return Card.objects.filter(round=round_, state=Card.State.OPEN).count()


def let_go(reader: str, round_: ReadingRound) -> None:
    """Give back every card that the reader holds in the round."""
    held_cards(round_, reader).update(holder="", held_until=None, version=F("version") + 1)
