"""Drawing rounds, finding terms for them, and writing what was decided to the library's store."""

from __future__ import annotations

from django.utils import timezone

from clearcount_web.jobs.registry import Run, task
from clearcount_web.review.figures import stop_if_apart
from clearcount_web.review.keeping import keep_pending, rounds_with_pending
from clearcount_web.review.rounds import draw_round
from clearcount_web.review.suggestions import find_terms


@task("draw-round")
def draw(run: Run) -> None:
    """Draw the cards of one round."""
    draw_round(int(str(run.payload["round"])), now=timezone.now())


@task("suggest-terms")
def suggest(run: Run) -> None:
    """Find the terms to consider for one round."""
    find_terms(int(str(run.payload["round"])), now=timezone.now())


@task("keep-decisions", every=30)
def keep(run: Run) -> None:
    """Write to the library's store what it does not have yet."""
    for round_ in rounds_with_pending():
        keep_pending(round_, now=timezone.now())
        stop_if_apart(round_)
