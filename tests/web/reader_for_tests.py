"""A process that reads cards until it is killed: each decision is told on its output once the room has taken it."""

from __future__ import annotations

import sys

import django

django.setup()

from django.utils import timezone  # noqa: E402

from clearcount_web.review import cards, deciding, keeping, queries  # noqa: E402
from clearcount_web.review.models import ReadingRound  # noqa: E402

round_ = ReadingRound.objects.get(pk=int(sys.argv[1]))
codes = ("relevant", "not_relevant", "unclear")
while (card := cards.give(round_, reader="rhona", now=timezone.now())) is not None:
    said = deciding.Said(codes[card.pk % 3])
    deciding.decide(round_, [queries.token_of(card)], said, reader="rhona", now=timezone.now())
    print(card.pk, said.code, flush=True)
    if card.pk % 4 == 0:
        back = deciding.undo(round_, reader="rhona", now=timezone.now())
        deciding.decide(
            round_, [queries.token_of(back)], deciding.Said(codes[back.pk % 3]), reader="rhona", now=timezone.now()
        )
    keeping.keep_pending(round_, now=timezone.now())
print("done", flush=True)
