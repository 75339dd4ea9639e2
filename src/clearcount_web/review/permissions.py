"""Who may read what. Each function returns a sentence, or None when it is allowed."""

from __future__ import annotations

from clearcount_web.review.models import ReadingRound


def may_read(round_: ReadingRound) -> str | None:
    """Return why no card of the round is given out, if that is so."""
    if round_.state == ReadingRound.State.OPEN:
        return None
    return {
        ReadingRound.State.DRAWING: "This round is still being drawn. Try again in a minute.",
        ReadingRound.State.FAILED: "This round could not be drawn. Its page says why.",
        ReadingRound.State.STOPPED: "This round is stopped: the readers agree too little. Mend the guide first.",
        ReadingRound.State.CLOSED: "This round is closed.",
    }[ReadingRound.State(round_.state)]
