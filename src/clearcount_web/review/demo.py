"""The demo's round: the hits of the example request."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone

from clearcount_web.accounts.models import User
from clearcount_web.review.models import ReadingRound
from clearcount_web.review.rounds import draw_round, open_round

_GUIDE = """Relevant: somebody in the record says that AI was used to make or change the picture, or threatens it.
Not relevant: the letters mean something else, such as an exhibit, or the record says that no AI was used.
Not sure: it may be either. Say why in a note."""


def fill() -> None:
    """Open the made-up round, once, when the demo has its record store."""
    store = settings.READING_STORE_DIR
    if ReadingRound.objects.exists() or store is None or not store.is_dir():
        return
    request = (store.parent / "request.toml").read_text(encoding="utf-8")
    given: dict[str, Any] = {"title": "Image offences that mention AI", "case": "01/FIN/25/003516/C", "guide": _GUIDE}
    round_ = open_round(
        {**given, "request": request, "what": ReadingRound.What.MATCH, "seed": 1},
        by=User.objects.get(username="amir"),
        now=timezone.now(),
    )
    draw_round(round_.pk, now=timezone.now())
