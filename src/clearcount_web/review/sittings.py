"""How long somebody has been reading. The texts are hard to read: a break is suggested, and a limit may be set."""

from __future__ import annotations

from datetime import datetime, timedelta

from clearcount_web.ground.refusals import Refused
from clearcount_web.review.models import ReadingRound, Sitting

PAUSE = timedelta(minutes=10)
"""A pause of so long ends a sitting and makes room for another."""
SUGGESTED = timedelta(minutes=25)


def open_sitting(reader: str, now: datetime) -> Sitting | None:
    """Return the sitting that the reader is in; None after a pause."""
    last = Sitting.objects.filter(reader=reader).order_by("pk").last()
    return last if last is not None and now - last.last_at < PAUSE else None


def ensure_rested(round_: ReadingRound, *, reader: str, now: datetime, begin: bool) -> None:
    """Begin a sitting, or go on with it.

    Raises:
        Refused: when the sitting has lasted as long as the round allows, until a pause is over.
    """
    sitting = open_sitting(reader, now)
    if sitting is None:
        if begin:
            Sitting.objects.create(reader=reader, began_at=now, last_at=now)
        return
    limit = timedelta(minutes=round_.sitting_minutes)
    if limit and now - sitting.began_at >= limit:
        back = sitting.last_at + PAUSE
        minutes = max(1, round((back - now).total_seconds() / 60))
        raise Refused(
            f"You have read for {round_.sitting_minutes} minutes, which is the limit of one sitting. Take a break. "
            f"You can go on in {minutes} minute{'s' if minutes > 1 else ''}. What you decided is kept."
        )


def went_on(reader: str, now: datetime) -> None:
    """Note that the reader decided something just now."""
    sitting = open_sitting(reader, now)
    if sitting is not None:
        Sitting.objects.filter(pk=sitting.pk).update(last_at=now)


def suggestion(reader: str, now: datetime) -> str:
    """Return the sentence that suggests a break, or nothing."""
    sitting = open_sitting(reader, now)
    if sitting is None or now - sitting.began_at < SUGGESTED:
        return ""
    minutes = int((now - sitting.began_at).total_seconds() // 60)
    return f"You have been reading for {minutes} minutes. A short break helps."
