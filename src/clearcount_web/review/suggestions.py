"""Terms that the request might have asked for too: found by the worker, shown with their counts and examples.

Only who makes rounds sees them. Some rest on what readers decided, and a second reader is blind to that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404

from clearcount.errors import ClearcountError
from clearcount.workflow.reading_room import entries_of
from clearcount.workflow.reading_suggesting import suggest_for_room
from clearcount_web.audit.actions import record
from clearcount_web.jobs.actions import enqueue
from clearcount_web.platform.databases import STAFF
from clearcount_web.review.keeping import keep_pending, store_path
from clearcount_web.review.models import ReadingRound, SuggestedTerm
from clearcount_web.review.showing import visible

KINDS = {
    "variant": "another spelling",
    "inflection": "another form",
    "keyness": "marks the relevant records",
    "related": "a related word",
    "neighbour": "keeps the same company",
}
_AROUND = 120


@dataclass(frozen=True)
class ShownExample:
    """A term in one record: the words before it, the words that matched, and the words behind."""

    before: str
    matched: str
    after: str


def ask_for_terms(round_: ReadingRound, *, by: Any) -> None:
    """Ask the worker for terms to consider."""
    with transaction.atomic(using=STAFF):
        record("reading_round.terms_asked", by=by, kind="reading_round", key=round_.pk)
        enqueue("suggest-terms", {"round": round_.pk}, by=by, unique=f"suggest-terms-{round_.pk}")


def find_terms(round_id: int, *, now: datetime) -> int:
    """Find the terms to consider for a drawn round in place of those found before; return how many there are.

    Raises:
        ClearcountError: when the store or the request cannot be read.
    """
    round_ = ReadingRound.objects.get(pk=round_id)
    if not round_.sheet_id:
        return 0
    for each in ReadingRound.objects.exclude(sheet_id=""):
        keep_pending(each, now=now)
    found = suggest_for_room(round_.request, store_path(), snapshot=round_.snapshot)
    rows = [
        SuggestedTerm(
            round=round_,
            position=place,
            term=each.suggestion.term[:200],
            kind=each.suggestion.kind,
            of=each.suggestion.of[:400],
            records=each.records,
            unread=each.unread,
            examples=[[at.occurrence_no, at.field, at.entry_no, at.start, at.end] for at in each.examples],
            made_at=now,
        )
        for place, each in enumerate(found, 1)
    ]
    with transaction.atomic(using=STAFF):
        SuggestedTerm.objects.filter(round=round_).delete()
        SuggestedTerm.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def examples_of(round_: ReadingRound, term_id: int, *, by: Any) -> tuple[SuggestedTerm, list[ShownExample]]:
    """Return a term with its places as they are read, and note who saw them; Http404 for another round's term."""
    term = get_object_or_404(SuggestedTerm, pk=term_id, round=round_)
    shown = []
    for number, field, entry_no, start, end in term.examples:
        try:
            entries, _ = entries_of(store_path(), round_.snapshot, round_.fields, number)
        except ClearcountError:
            continue
        text = next((each for f, e, each in entries if (f, e) == (field, entry_no)), "")
        if text[start:end]:
            before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
            shown.append(ShownExample(visible(before), visible(text[start:end]), visible(after)))
    with transaction.atomic(using=STAFF):
        record("term.shown", by=by, kind="reading_round", key=round_.pk, changes={"term": term.pk})
    return term, shown
