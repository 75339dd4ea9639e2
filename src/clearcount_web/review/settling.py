"""Cards that the two readers who differ settle together: each says it as themselves, and both must say the same.

The library counts a settlement by the two only when their codes and facts are equal. Here each gets the card once, and
the second sees what the first proposes.
"""

from __future__ import annotations

from django.db.models import QuerySet

from clearcount_web.review.models import Card, Reading, ReadingRound


def same_person(one: str, other: str) -> bool:
    """Return whether two user names are one person's; case does not matter."""
    return one.casefold() == other.casefold()


def standing(card: Card) -> QuerySet[Reading]:
    """Return the readings of a card that were not taken back, in order."""
    return Reading.objects.filter(card=card, undoes=None, undone_by=None).order_by("pk")


def may_settle(card: Card, reader: str) -> bool:
    """Return whether the reader is one of the two and has not said yet how to settle the card."""
    if not any(same_person(party, reader) for party in card.parties):
        return False
    return not any(same_person(said.reader, reader) for said in standing(card))


def proposed_to(card: Card, reader: str) -> Reading | None:
    """Return what the other of the two proposes, on a card that both settle together."""
    if not card.parties:
        return None
    return next((said for said in standing(card) if not same_person(said.reader, reader)), None)


def state_after(round_: ReadingRound, card: Card, reader: str) -> str:
    """Return the state of a card once the reader decides it: a joint one stays open until both have spoken."""
    waits = round_.what == ReadingRound.What.JOINT and proposed_to(card, reader) is None
    return Card.State.OPEN if waits else Card.State.DECIDED


def settled_words(round_: ReadingRound, card: Card, reader: str) -> str:
    """Return what the reader must know after deciding a card of a joint round; nothing for other rounds."""
    if round_.what != ReadingRound.What.JOINT:
        return ""
    other = proposed_to(card, reader)
    if other is None:
        return "Your proposal is kept. It counts when the other reader says the same."
    mine = standing(card).filter(reader=reader).last()
    if mine is not None and (mine.code, mine.facts) == (other.code, other.facts):
        return "You both say the same, so the disagreement is settled by the two of you."
    return "You still differ, so nothing is settled. Talk about it and undo, or give it to a third person."
