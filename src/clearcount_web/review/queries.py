"""What the pages of the reading room show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, F, Q
from django.shortcuts import get_object_or_404

from clearcount.model.decision import REASONS
from clearcount.workflow.reading_room import entries_of
from clearcount_web.accounts.models import User
from clearcount_web.audit.actions import record
from clearcount_web.cases.acting import whole_number
from clearcount_web.cases.costs import worked_out
from clearcount_web.cases.models import Case, Worksheet
from clearcount_web.platform.databases import STAFF
from clearcount_web.review.applying import near_open
from clearcount_web.review.cards import give, held_cards
from clearcount_web.review.deciding import Token
from clearcount_web.review.keeping import store_path
from clearcount_web.review.keys import ACTS, DECIDING, Act, keys_of
from clearcount_web.review.models import Card, ReaderKeys, Reading, ReadingRound
from clearcount_web.review.settling import proposed_to
from clearcount_web.review.showing import ShownText, shown_text, visible

RULES = {
    "contains": "The letters of a term stand anywhere in the text, inside other words too.",
    "padded": "A term stands between spaces.",
    "word": "A term stands as a whole word.",
    "variant": "A term stands as a word, or in a spelling close to it.",
}
_PACE = timedelta(minutes=10)


@dataclass(frozen=True)
class Key:
    """A button of the screen: its act and the key that stands for it."""

    act: Act
    key: str


@dataclass(frozen=True)
class Reason:
    """One reason as it is offered: its word, how it reads, the code it goes with and the number that chooses it."""

    word: str
    label: str
    code: str
    number: int


@dataclass(frozen=True)
class ShownCard:
    """A card as its page shows it. `text` is None when the record is not held any more as it was drawn.

    `near` open cards have nearly the same text. `proposed` is how the other of two wants to settle it.
    """

    card: Card
    token: str
    text: ShownText | None
    siblings: tuple[Card, ...]
    also: tuple[str, ...]
    terms: tuple[tuple[str, int], ...]
    rule: str
    near: int
    proposed: Reading | None

    @property
    def key(self) -> int:
        """The key of the card."""
        return int(self.card.pk)


@dataclass(frozen=True)
class Progress:
    """How far a round is, and how fast the reader reads: decisions in the last ten minutes."""

    decided: int
    total: int
    mine: int
    pace: int
    left: int

    @property
    def sentence(self) -> str:
        """Return `59 of 200 decided, 12 by you. You decided 8 in the last 10 minutes.`"""
        said = f"{self.decided:,} of {self.total:,} decided, {self.mine:,} by you."
        return f"{said} You decided {self.pace:,} in the last 10 minutes." if self.pace else said


def found(round_id: int) -> ReadingRound:
    """Return the round, or raise Http404."""
    return get_object_or_404(ReadingRound, pk=round_id)


def listed() -> list[ReadingRound]:
    """Return the newest rounds, each with `total` and `decided`."""
    decided = Count("cards", filter=Q(cards__state=Card.State.DECIDED))
    return list(ReadingRound.objects.annotate(total=Count("cards"), decided=decided).order_by("-pk")[:200])


def progress(round_: ReadingRound, reader: str, now: datetime) -> Progress:
    """Return how far the round is."""
    states = Counter(Card.objects.filter(round=round_).order_by().values_list("state", flat=True))
    mine = Reading.objects.filter(card__round=round_, reader=reader, undoes=None, undone_by=None)
    return Progress(
        decided=states[Card.State.DECIDED],
        total=states.total(),
        mine=mine.count(),
        pace=mine.filter(at__gte=now - _PACE, applied_from=None).count(),
        left=states[Card.State.OPEN],
    )


def counts(round_: ReadingRound) -> dict[str, int]:
    """Return how many cards of the round were given each code."""
    standing = Reading.objects.filter(card__round=round_, undoes=None, undone_by=None)
    return dict(Counter(standing.order_by().values_list("code", flat=True)))


def on_screen(round_: ReadingRound, reader: str) -> ShownCard | None:
    """Return the card that the reader holds, with its text; None when they hold none. Nothing is changed."""
    card = held_cards(round_, reader).first()
    return shown(round_, card) if card is not None else None


def next_card(
    round_: ReadingRound, *, reader: str, now: datetime, seen: Iterable[int] = (), ahead: bool = False
) -> ShownCard | None:
    """Give the reader the next card whose record is still held as it was drawn; None when none is left.

    A record that is held no more, after a purge, is put aside with an event.
    """
    while (card := give(round_, reader=reader, now=now, seen=seen, ahead=ahead)) is not None:
        made = shown(round_, card)
        if made.text is not None:
            return made
        with transaction.atomic(using=STAFF):
            Card.objects.filter(round=round_, occurrence_no=card.occurrence_no, state=Card.State.OPEN).update(
                state=Card.State.GONE, holder="", version=F("version") + 1
            )
            record("card.gone", by=reader, kind="reading_round", key=round_.pk, changes={"card": card.pk})
    return None


def shown(round_: ReadingRound, card: Card) -> ShownCard:
    """Return the card with its text as the snapshot holds it."""
    entries, digest = entries_of(store_path(), round_.snapshot, round_.fields, card.occurrence_no)
    held = digest == card.row["text_hash"]
    siblings = tuple(
        Card.objects.filter(round=round_, occurrence_no=card.occurrence_no, state=Card.State.OPEN, holder=card.holder)
        .exclude(pk=card.pk)
        .order_by("position")
    )
    return ShownCard(
        card=card,
        token=str(token_of(card)),
        text=shown_text(entries, card.hits) if held else None,
        siblings=siblings,
        also=tuple(str(token_of(each)) for each in siblings),
        terms=tuple((visible(term), count) for term, count in Counter(str(hit[4]) for hit in card.hits).items()),
        rule=RULES.get(round_.rule, round_.rule),
        near=near_open(card).count(),
        proposed=proposed_to(card, card.holder),
    )


def token_of(card: Card) -> Token:
    """Return which card, as which version, is on screen."""
    return Token(card.round_id, card.pk, card.version)


def keys_for(user: User) -> list[Key]:
    """Return every act with the reader's key."""
    own = ReaderKeys.objects.filter(reader=user.get_username()).first()
    keys = keys_of(own.keys if own else {})
    return [Key(act, keys[act.name]) for act in ACTS]


def reasons() -> list[Reason]:
    """Return the reasons of all codes, numbered within each."""
    return [
        Reason(word, word.replace("_", " "), act.code, number)
        for act in DECIDING
        for number, word in enumerate(REASONS[act.code], 1)
    ]


def round_for_case(number: str) -> dict[str, object]:
    """Return what the form of a new round begins with for a case by its number: the sample that its limit allows."""
    key = whole_number(number)
    case = Case.objects.filter(pk=key).first() if key else None
    if case is None:
        return {}
    known: dict[str, object] = {"title": case.title[:120], "case": case.reference, "request": case.plan}
    sheet = Worksheet.objects.filter(case=case).first()
    if sheet is not None:
        known |= {"what": ReadingRound.What.HITS, "size": worked_out(sheet, case).fits or None}
    return known
