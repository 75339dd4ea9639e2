"""Deciding and undoing. The row written here is the commit; the library's store follows from it, in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F

from clearcount.model.decision import CODES, REASONS
from clearcount.model.facts import facts_said
from clearcount_web.audit.actions import record
from clearcount_web.ground.refusals import enforce
from clearcount_web.platform.databases import STAFF
from clearcount_web.review.applying import applied_by, apply
from clearcount_web.review.cards import HOLD, held_cards
from clearcount_web.review.models import Card, Reading, ReadingRound
from clearcount_web.review.permissions import may_read
from clearcount_web.review.settling import settled_words, state_after
from clearcount_web.review.sittings import went_on

_LONGEST_NOTE = 2000


class Stale(Exception):
    """What was sent is about a card as it no longer is. The sentence is for the reader."""


class NotTaken(Exception):
    """What was sent is no decision. The sentence is for the reader."""


@dataclass(frozen=True)
class Token:
    """Which card was on screen, and as which version."""

    round: int
    card: int
    version: int

    def __str__(self) -> str:
        return f"{self.round}.{self.card}.{self.version}"

    @classmethod
    def read(cls, text: str) -> Token:
        """Return the token that the text is. Raise NotTaken when it is none."""
        parts = text.split(".")
        if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 16 for part in parts):
            raise NotTaken("This form does not say which card was on screen. Load the page again.")
        return cls(*map(int, parts))


@dataclass(frozen=True)
class Said:
    """What a reader says of a card: the code, a reason that goes with it, a note for the other readers, and facts.

    Facts are said of a relevant record only; `facts` holds the values by the name of the fact.
    """

    code: str
    reason: str = ""
    note: str = ""
    facts: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise NotTaken("Choose one of the decisions.")
        if self.reason and self.reason not in REASONS[self.code]:
            raise NotTaken("This reason does not go with that decision. Choose another reason, or none.")
        if len(self.note) > _LONGEST_NOTE:
            raise NotTaken(f"The note is longer than {_LONGEST_NOTE:,} characters. Shorten it.")


def coded(round_: ReadingRound, said: Said) -> dict[str, list[str]]:
    """Return the facts of a decision in the request's order.

    Raises:
        NotTaken: when a fact of a relevant record is not answered, or not by values of the request.
    """
    asked = round_.facts_asked
    if said.code != "relevant":
        return {}
    for fact in asked:
        if not said.facts.get(fact.name):
            raise NotTaken(f"{fact.question}: choose a value, or say that you cannot tell.")
    try:
        return {each.name: list(each.values) for each in facts_said(asked, said.facts)}
    except ValueError:
        raise NotTaken("A value does not fit its question. Choose again.") from None


def decide(
    round_: ReadingRound, tokens: Sequence[Token], said: Said, *, reader: str, now: datetime, near: bool = False
) -> str:
    """Record a decision on the cards of the tokens, all or none; return what the reader must know of it, if anything.

    The same once more, as after a lost answer, changes nothing. With `near` it is applied to the cards of the round
    that have nearly the same text.

    Raises:
        Stale: when a card is not as it was on screen, or is not the reader's; nothing is decided then.
        Refused: when the round is not open.
    """
    if not tokens or len({token.card for token in tokens}) != len(tokens):
        raise NotTaken("This form does not say which card was on screen. Load the page again.")
    if any(token.round != round_.pk for token in tokens):
        raise Stale("That card belongs to another round. Nothing was decided. Load the page again.")
    facts = coded(round_, said)
    with transaction.atomic(using=STAFF):
        if all(_said_before(token, said, facts, reader) for token in tokens):
            return ""
        enforce(may_read(round_))
        act = uuid4()
        readings = [_decide(round_, token, said, facts, Reader(reader, act, now)) for token in tokens]
        held_cards(round_, reader).update(held_until=now + HOLD)
        went_on(reader, now)
        applied = apply(round_, readings, reader=reader, now=now) if near else None
        for token in tokens:
            record("card.decided", by=reader, kind="reading_round", key=round_.pk, changes=_event(round_, token.card))
        return applied.words if applied else settled_words(round_, readings[0].card, reader)


@dataclass(frozen=True)
class Reader:
    """Who decides, in which act, and when."""

    name: str
    act: UUID
    now: datetime


def _decide(round_: ReadingRound, token: Token, said: Said, facts: Mapping[str, list[str]], by: Reader) -> Reading:
    """Record the decision on one card. Raise Stale when it is not as it was on screen."""
    card = Card.objects.filter(
        pk=token.card, round=round_, version=token.version, state=Card.State.OPEN, holder=by.name
    ).first()
    after = state_after(round_, card, by.name) if card is not None else ""
    held = Card.objects.filter(pk=token.card, version=token.version, state=Card.State.OPEN, holder=by.name)
    if card is None or not held.update(state=after, version=F("version") + 1, holder="", held_until=None):
        raise Stale(_why(token, by.name))
    return Reading.objects.create(
        card=card,
        version=token.version,
        act=by.act,
        reader=by.name,
        code=said.code,
        reason=said.reason,
        note=said.note.strip(),
        facts=facts,
        at=by.now,
    )


def _event(round_: ReadingRound, card: int) -> dict[str, int | str]:
    """What the audit keeps of a reading: never the code, so that a second reader stays blind."""
    return {"card": card, "case": round_.case}


def _said_before(token: Token, said: Said, facts: Mapping[str, list[str]], reader: str) -> bool:
    """Whether the reader has said just this of just this version, and it stands."""
    before = Reading.objects.filter(
        card_id=token.card, version=token.version, reader=reader, undoes=None, undone_by=None
    ).first()
    return before is not None and (before.code, before.reason, before.facts) == (said.code, said.reason, facts)


def _why(token: Token, reader: str) -> str:
    card = Card.objects.filter(pk=token.card, round_id=token.round).first()
    if card is None:
        return "That card is not there any more. Nothing was decided. Go on with the next card."
    if card.state == Card.State.DECIDED:
        by = Reading.objects.filter(card=card, undoes=None, undone_by=None).last()
        who = "you" if by is not None and by.reader == reader else "another reader"
        return f"That card was already decided by {who}. Nothing was changed. Go on with the next card."
    if card.holder != reader:
        return "You had that card for too long, so it was given back. Nothing was decided. Go on with the next card."
    return "That card changed while it was on screen. Nothing was decided. Read it again."


def undo(round_: ReadingRound, *, reader: str, now: datetime) -> Card:
    """Take back the reader's last act in the round that still stands; return its first card, theirs to decide again.

    Raises:
        Stale: when there is nothing to undo, or the card has gone on to another round.
        Refused: when the round is not open.
    """
    with transaction.atomic(using=STAFF):
        ReadingRound.objects.select_for_update().get(pk=round_.pk)  # nobody keeps decisions meanwhile
        enforce(may_read(round_))
        last = Reading.objects.filter(card__round=round_, reader=reader, undoes=None, undone_by=None).last()
        if last is None:
            raise Stale("There is nothing of yours to undo in this round.")
        act = uuid4()
        cards = [_take_back(reading, act, now) for reading in _of_act(last.act)]
        went_on(reader, now)
        for card in cards:
            record("card.undone", by=reader, kind="reading_round", key=round_.pk, changes=_event(round_, card.pk))
    return min(cards, key=lambda card: card.position)


def take_back(round_: ReadingRound, reading_id: int, *, reader: str, now: datetime) -> Card:
    """Take one applied decision back; return its card, which is the reader's to read now.

    Raises:
        Stale: when it is none of the reader's applied decisions that stand.
        Refused: when the round is not open.
    """
    with transaction.atomic(using=STAFF):
        ReadingRound.objects.select_for_update().get(pk=round_.pk)
        enforce(may_read(round_))
        reading = applied_by(round_, reader).filter(pk=reading_id).first()
        if reading is None:
            raise Stale("That decision is not there to be taken back. Load the page again.")
        card = _take_back(reading, uuid4(), now)
        record("card.undone", by=reader, kind="reading_round", key=round_.pk, changes=_event(round_, card.pk))
    return card


def _of_act(act: UUID) -> list[Reading]:
    return list(Reading.objects.filter(act=act, undoes=None, undone_by=None).select_related("card"))


def _take_back(reading: Reading, act: UUID, now: datetime) -> Card:
    card = reading.card
    # A card that two settle together stays open after the first of them.
    decided = Card.objects.filter(pk=card.pk, version=card.version, holder__in=("", reading.reader))
    if not decided.update(
        state=Card.State.OPEN, version=card.version + 1, holder=reading.reader, held_until=now + HOLD
    ):
        raise Stale("That card changed just now. Nothing was undone. Load the page again.")
    Reading.objects.create(
        card=card, version=card.version, act=act, undoes=reading, reader=reading.reader, code=reading.code, at=now
    )
    return Card.objects.get(pk=card.pk)
