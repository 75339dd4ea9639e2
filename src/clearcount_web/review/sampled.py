"""What the reading room tells a case of its sample: what was read, what was found, and how long each record took."""

from __future__ import annotations

from itertools import pairwise

from clearcount.errors import ClearcountError
from clearcount.workflow.reading_room import measure_sheet
from clearcount_web.cases.samples import ReadSample, tells_samples
from clearcount_web.ground.refusals import Refused
from clearcount_web.review.keeping import store_path
from clearcount_web.review.models import Card, Reading, ReadingRound
from clearcount_web.review.sittings import PAUSE


@tells_samples
def sample_of(reference: str) -> ReadSample | None:
    """Return the last random sample of the hits of a case that is decided to its end and kept; None without one."""
    for round_ in ReadingRound.objects.filter(case=reference, what=ReadingRound.What.HITS).exclude(sheet_id=""):
        pending = Reading.objects.filter(card__round=round_, kept_at=None)
        if round_.cards.exclude(state=Card.State.DECIDED).exists() or pending.exists():
            continue
        try:
            part = measure_sheet(store_path(), round_.sheet_id).part
        except (ClearcountError, Refused):
            return None
        if part is None:
            continue
        minutes = minutes_of(round_)
        unsure = Reading.objects.filter(
            card__round=round_, undoes=None, undone_by=None, code__in=("unclear", "cannot_decide")
        ).count()
        return ReadSample(
            frame=part.hits,
            read=part.read,
            found=part.found,
            unsure=unsure,
            estimate=part.confirmed.estimate,
            lower=part.confirmed.lower,
            upper=part.confirmed.upper,
            minutes=minutes,
            untimed=part.read - len(minutes),
        )
    return None


def minutes_of(round_: ReadingRound) -> tuple[float, ...]:
    """Return the minutes from one decision of a reader to the next; none across a break or for what was undone."""
    found = []
    mine = Reading.objects.filter(card__round=round_, undoes=None)
    for reader in sorted(set(mine.values_list("reader", flat=True))):
        times = list(Reading.objects.filter(reader=reader).order_by("pk").values_list("at", "pk"))
        counted = set(mine.filter(reader=reader, undone_by=None).values_list("pk", flat=True))
        for (before, _), (after, key) in pairwise(times):
            if key in counted and after - before < PAUSE:
                found.append((after - before).total_seconds() / 60)
    return tuple(each for each in found if each > 0)
