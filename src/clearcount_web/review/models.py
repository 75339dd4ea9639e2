"""Rounds of reading and their cards. No text of a record is kept here: a card holds places in it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from clearcount.model.facts import FactAsked


class ReadingRound(models.Model):
    """One sheet of the store, given to readers card by card.

    `sheet_id`, `snapshot`, `guide_version`, `fields`, `rule` and `terms` are known once the cards are drawn.
    """

    class What(models.TextChoices):
        """Which records are read."""

        MATCH = "match", "the hits that nobody has decided"
        RANKED = "ranked", "the likeliest records without a hit"
        RANDOM = "random", "a random sample of the records without a hit"
        HITS = "hits", "a random sample of the hits"
        AGAIN = "again", "every hit once more, by a mended guide"
        SECOND = "second", "a second, blind reading"
        SETTLE = "settle", "what two readers decided differently, by a third person"
        JOINT = "joint", "what two readers decided differently, by the two together"

    class State(models.TextChoices):
        """Where a round is."""

        DRAWING = "drawing", "being drawn"
        OPEN = "open", "open"
        STOPPED = "stopped", "stopped"
        CLOSED = "closed", "closed"
        FAILED = "failed", "could not be drawn"

    title = models.CharField(max_length=120)
    case = models.CharField(max_length=60, blank=True)
    """The reference of the case that it is for."""
    request = models.TextField()
    """The request file, as it was given."""
    what = models.CharField(max_length=10, choices=What.choices)
    size = models.PositiveIntegerField(default=0)
    seed = models.PositiveIntegerField(default=1)
    looks = models.PositiveSmallIntegerField(default=1)
    share = models.PositiveSmallIntegerField(default=5)
    """A second reading takes one in so many of the first ones."""
    guide_version = models.CharField(max_length=60, blank=True)
    guide = models.TextField(blank=True)
    ask_reason = models.BooleanField(default=False)
    blur = models.BooleanField(default=False)
    sitting_minutes = models.PositiveSmallIntegerField(default=45)
    """How long anybody reads before a break; 0 for no limit."""
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAWING)
    error = models.CharField(max_length=600, blank=True)
    sheet_id = models.CharField(max_length=60, blank=True)
    snapshot = models.PositiveIntegerField(default=0)
    fields = models.JSONField(default=list)
    rule = models.CharField(max_length=20, blank=True)
    terms = models.JSONField(default=list)
    facts = models.JSONField(default=list)
    """What readers code beside the decision, as the request defines it."""
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=150)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def facts_asked(self) -> tuple[FactAsked, ...]:
        """The facts that readers code."""
        return tuple(FactAsked(**{**each, "values": tuple(each["values"])}) for each in self.facts)


class Card(models.Model):
    """One record to read: an occurrence under one offence code, as the library handed it out.

    `hits` are [field, entry, start, end, term]. `version` rises whenever the card changes hands or is decided, so
    that what was sent for an older one is refused.
    """

    class State(models.TextChoices):
        """Where a card is."""

        OPEN = "open", "to be read"
        DECIDED = "decided", "decided"
        GONE = "gone", "not held any more as it was drawn"

    round = models.ForeignKey(ReadingRound, on_delete=models.CASCADE, related_name="cards")
    position = models.PositiveIntegerField()
    row = models.JSONField()
    """The fields of the library's row as it was handed out."""
    occurrence_no = models.CharField(max_length=200)
    offence_code = models.CharField(max_length=60)
    label = models.CharField(max_length=1100, blank=True)
    month = models.CharField(max_length=7, blank=True)
    hits = models.JSONField(default=list)
    codes = models.JSONField(default=list)
    """What two readers said, on a card that is to be settled."""
    parties = models.JSONField(default=list)
    """The two who differ, on a card that they settle together; both must say the same. Else empty: anybody may read."""
    near_to = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="near")
    """The card of this round that has nearly the same text and is read in place of this one."""
    likeness = models.FloatField(default=0)
    """The share of the text that is the same as that card's, from 0 to 1."""
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    holder = models.CharField(max_length=150, blank=True)
    held_until = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "occurrence_no", "offence_code"], name="card_once_in_a_round"),
            models.UniqueConstraint(fields=["round", "position"], name="card_position_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["round", "state", "position"], name="next_card")]


class Barred(models.Model):
    """Somebody who read the record in an earlier round, and so must not read this card."""

    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="barred")
    reader = models.CharField(max_length=150)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["card", "reader"], name="barred_once")]


class Reading(models.Model):
    """One decision, or the taking back of one. Written once; only `kept_at` follows, when the library has it.

    `version` is the card's when it was decided. `act` joins the decisions of one key ("same for all").
    """

    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="readings")
    version = models.PositiveIntegerField()
    act = models.UUIDField(db_index=True)
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="undone_by")
    reader = models.CharField(max_length=150)
    code = models.CharField(max_length=20)
    reason = models.CharField(max_length=30, blank=True)
    note = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    """The values said of each fact, by its name."""
    applied_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="applied")
    """The reading of a nearly equal text that was applied to this card, which nobody read."""
    at = models.DateTimeField()
    kept_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["card", "version"], name="decided_once_a_version")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save a new row. Raise RuntimeError for one that is there already."""
        if not self._state.adding:
            raise RuntimeError("a reading is written once; undo it instead")
        super().save(*args, **kwargs)


class SuggestedTerm(models.Model):
    """A term that a request might have asked for too, with how many records hold it and where some of them do.

    It is a word of the records and no text of one. `examples` are [occurrence, field, entry, start, end].
    """

    round = models.ForeignKey(ReadingRound, on_delete=models.CASCADE, related_name="suggested")
    position = models.PositiveIntegerField()
    term = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    of = models.CharField(max_length=400)
    records = models.PositiveIntegerField()
    unread = models.PositiveIntegerField()
    examples = models.JSONField(default=list)
    made_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["position"]


class Sitting(models.Model):
    """A stretch of reading by one person, over all rounds: it ends with a pause."""

    reader = models.CharField(max_length=150, db_index=True)
    began_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]


class ReaderKeys(models.Model):
    """Which key stands for which act, for one reader who changed them."""

    reader = models.CharField(max_length=150, unique=True)
    keys = models.JSONField(default=dict)
