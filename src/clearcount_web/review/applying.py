"""One reading for several nearly equal texts: by choice, each applied decision an event of its own, each taken back.

The library found which cards are near when the round was drawn, and their texts are those of one snapshot. A card that
another reader has on screen is left to that reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.db.models import F, Q, QuerySet
from django.shortcuts import get_object_or_404

from clearcount.reading.near import differing
from clearcount.workflow.reading_room import entries_of
from clearcount_web.audit.actions import record
from clearcount_web.review.cards import free
from clearcount_web.review.keeping import store_path
from clearcount_web.review.models import Card, Reading, ReadingRound
from clearcount_web.review.showing import visible

MOST_SHOWN = 50
"""How many near cards are compared on one page."""
_WORDS = 60


@dataclass(frozen=True)
class Applied:
    """How many near cards a reading was applied to, and how many were left: with other readers, or decided by now."""

    cards: int
    left: int

    @property
    def words(self) -> str:
        """Return what the reader is told; nothing when there were no near cards."""
        if not self.cards and not self.left:
            return ""
        said = f"Applied to {self.cards:,} records of nearly the same text."
        return f"{said} {self.left:,} are with other readers and were left to them." if self.left else said


@dataclass(frozen=True)
class NearText:
    """A near card beside the one on screen: how much is the same in per cent, and the words that each has alone."""

    month: str
    same: int
    only_here: str
    only_there: str


def near_open(card: Card) -> QuerySet[Card]:
    """Return the open cards that have nearly the text of this one, in order."""
    return Card.objects.filter(near_to=card, state=Card.State.OPEN).order_by("position")


def apply(round_: ReadingRound, sources: Sequence[Reading], *, reader: str, now: datetime) -> Applied:
    """Record on the near cards of each reading what it says. The caller has the transaction."""
    act, left = uuid4(), 0
    done: list[dict[str, int | str]] = []
    for source in sources:
        for card in near_open(source.card):
            mine = Card.objects.filter(free(now) | Q(state=Card.State.OPEN, holder=reader), pk=card.pk)
            if not mine.filter(version=card.version).update(
                state=Card.State.DECIDED, version=F("version") + 1, holder="", held_until=None
            ):
                left += 1
                continue
            Reading.objects.create(
                card=card,
                version=card.version,
                act=act,
                reader=reader,
                code=source.code,
                reason=source.reason,
                facts=source.facts,
                applied_from=source,
                at=now,
            )
            done.append({"card": card.pk, "from": source.card_id, "case": round_.case})
    for changes in done:  # last: it locks the chain of events
        record("card.applied", by=reader, kind="reading_round", key=round_.pk, changes=changes)
    return Applied(len(done), left)


def applied_by(round_: ReadingRound, reader: str) -> QuerySet[Reading]:
    """Return the decisions that the reader applied in the round and that stand, the newest first."""
    standing = Reading.objects.filter(card__round=round_, reader=reader, undoes=None, undone_by=None)
    return standing.exclude(applied_from=None).select_related("card", "applied_from__card").order_by("-pk")


def compared(round_: ReadingRound, card_id: int, reader: str) -> tuple[Card, list[NearText], int]:
    """Return the card, how each near one differs, and how many there are; at most 50 are compared.

    Raises Http404 for a card that the reader has not on screen.
    """
    card = get_object_or_404(Card, pk=card_id, round=round_, holder=reader, state=Card.State.OPEN)
    own = _texts(round_, card)
    shown = []
    for other in near_open(card)[:MOST_SHOWN]:
        here, there = differing(own, _texts(round_, other))
        # Never rounded up: 100 means that every word is the same.
        shown.append(NearText(other.month, int(100 * other.likeness), _line(here), _line(there)))
    return card, shown, near_open(card).count()


def _texts(round_: ReadingRound, card: Card) -> list[str]:
    entries, _ = entries_of(store_path(), round_.snapshot, round_.fields, card.occurrence_no)
    return [text for _, _, text in entries]


def _line(words: Sequence[str]) -> str:
    said = " ".join(visible(word) for word in words[:_WORDS])
    return f"{said} and {len(words) - _WORDS:,} more words" if len(words) > _WORDS else said
