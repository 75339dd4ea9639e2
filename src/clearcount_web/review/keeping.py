"""From the rows of the room to the decisions of the library: in order, again after any stop, never twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from clearcount.model.decision import Decision
from clearcount.model.facts import FactSaid
from clearcount.workflow.reading_room import keep_decisions
from clearcount_web.ground.refusals import Refused
from clearcount_web.platform.databases import STAFF
from clearcount_web.review.models import Reading, ReadingRound


def store_path() -> Path:
    """Return the record store that the room reads.

    Raises:
        Refused: when the service was not told of one.
    """
    path: Path | None = settings.READING_STORE_DIR or settings.STORE_DIR
    if path is None:
        raise Refused(
            "The reading room has no record store. Ask who runs the service to set CLEARCOUNT_READING_STORE_DIR."
        )
    return path


def decision_of(reading: Reading) -> Decision:
    """Return a reading as the library keeps it."""
    row: dict[str, Any] = reading.card.row
    at = reading.at.astimezone(UTC).isoformat(timespec="microseconds")
    facts = tuple(FactSaid(name, tuple(values)) for name, values in reading.facts.items())
    source = reading.applied_from.card.row["text_hash"] if reading.applied_from else ""
    row = {**row, "facts": facts, "applied_from": source}
    return replace(Decision(**row), code=reading.code, reason=reading.reason, coder=reading.reader, at=at)  # type: ignore[arg-type]


def keep_pending(round_: ReadingRound, *, now: datetime, wait: bool = True) -> int:
    """Write what the library does not have yet; return how many rows that were.

    What was undone before it was ever kept is not written; what was kept and undone since is withdrawn. Without
    `wait`, nothing is written while another process writes for the round: the rows wait for the next time.

    Raises:
        ClearcountError: when the store refuses; the rows wait for the next time.
    """
    with transaction.atomic(using=STAFF):
        if not ReadingRound.objects.select_for_update(skip_locked=not wait).filter(pk=round_.pk):
            return 0
        pending = Reading.objects.filter(card__round=round_, kept_at=None).select_related(
            "card", "undoes__card", "applied_from__card", "undoes__applied_from__card"
        )
        if not pending:
            return 0
        decided = [decision_of(reading) for reading in pending if not reading.undoes and not _undone(reading)]
        withdrawn = [decision_of(reading.undoes) for reading in pending if reading.undoes and reading.undoes.kept_at]
        if decided or withdrawn:
            keep_decisions(store_path(), decided, withdrawn)
        return Reading.objects.filter(pk__in=[reading.pk for reading in pending]).update(kept_at=now)


def _undone(reading: Reading) -> bool:
    return hasattr(reading, "undone_by")


def rounds_with_pending() -> list[ReadingRound]:
    """Return the rounds of which the library does not have everything."""
    waiting = Q(cards__readings__isnull=False) & Q(cards__readings__kept_at=None)
    return list(ReadingRound.objects.filter(waiting).distinct().order_by("pk"))
