"""What a round shows so far, in sentences; and stopping one whose readers agree too little."""

from __future__ import annotations

import math
from dataclasses import dataclass

from django.db import transaction

from clearcount.reading.proportions import Interval
from clearcount.reading.report import Quality, Sampled
from clearcount.reading.sampling import LEAST_TWICE
from clearcount.reading.twice import LEAST_AC1, TwiceRead
from clearcount.workflow.reading_room import agreed_so_far, measure_sheet
from clearcount_web.audit.actions import record
from clearcount_web.platform.databases import STAFF
from clearcount_web.review.keeping import store_path
from clearcount_web.review.models import Card, ReadingRound

_TWICE = (ReadingRound.What.SECOND, ReadingRound.What.SETTLE, ReadingRound.What.JOINT)


@dataclass(frozen=True)
class Figures:
    """Sentences about the agreement of two readers and about what the terms missed; empty where nothing is known.

    `applied` hits were decided by the reading of another one of nearly the same text.
    """

    agreement: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    applied: int = 0


def figures(round_: ReadingRound) -> Figures:
    """Return what the decisions of a drawn round show.

    Raises:
        ClearcountError: when the store cannot be read.
    """
    if not round_.sheet_id:
        return Figures()
    found = measure_sheet(store_path(), round_.sheet_id)
    return Figures(
        agreement=_agreement(found.twice) if found.twice and round_.what in _TWICE else (),
        missed=_missed(found) if round_.what == ReadingRound.What.RANDOM else (),
        applied=found.applied,
    )


def _agreement(twice: TwiceRead) -> tuple[str, ...]:
    said = [f"{twice.records:,} records were read twice. The readers agree on {twice.measured.po:.0%} of them."]
    for name, value in (("kappa", twice.measured.kappa), ("ac1", twice.measured.ac1)):
        low, high = twice.intervals[name]
        title = {"kappa": "Cohen's kappa", "ac1": "Gwet's AC1"}[name]
        said.append(f"{title} is {_share(value)} (95 per cent interval {_share(low)} to {_share(high)}).")
    for name, fact in twice.by_fact.items():
        said.append(f"On {name} they agree on {fact.measured.po:.0%} of {fact.records:,} records.")
        said.append(f"Its kappa is {_share(fact.measured.kappa)} and its AC1 {fact.measured.ac1:.2f}.")
    if twice.settled_by_third or twice.settled_jointly:
        said.append(
            f"{twice.settled_by_third:,} disagreements were settled by a third person and {twice.settled_jointly:,} by "
            "the two readers together."
        )
    if twice.unsettled:
        said.append(f"{twice.unsettled:,} disagreements are not settled.")
    if twice.measured.ac1 < LEAST_AC1:
        said.append(f"AC1 is below {LEAST_AC1:.2f}. Mend the guide and read again before anything is published.")
    return tuple(said)


def _share(value: float) -> str:
    return "not defined" if math.isnan(value) else f"{value:.2f}"


def _missed(found: Quality) -> tuple[str, ...]:
    sampled = found.sampled
    if sampled is None or not sampled.looks_done:
        return ("The estimate is shown when the sample is read to the end of its next planned look.",)
    return (
        f"Look {sampled.looks_done} of {sampled.looks_planned} is complete. {sampled.read:,} of {sampled.frame:,} "
        f"records without a term were read, and {sampled.found:,} are relevant.",
        f"About {sampled.missed.estimate:,.0f} relevant records were missed ({_span(sampled.missed)}).",
        _stopping(sampled),
    )


def _stopping(sampled: Sampled) -> str:
    verdict = "Reading may stop." if sampled.stop.p < sampled.stop_below else "Reading may not stop yet."
    return f"The stop test gives p = {sampled.stop.p:.3f}, to be below {sampled.stop_below:.3f}. {verdict}"


def _span(interval: Interval) -> str:
    return f"95 per cent interval {interval.lower:,.0f} to {interval.upper:,.0f}"


def stop_if_apart(round_: ReadingRound) -> bool:
    """Close a second reading of 30 records or more whose readers agree too little; return whether that was now."""
    if round_.what != ReadingRound.What.SECOND or round_.state != ReadingRound.State.OPEN:
        return False
    cards = round_.cards.filter(state=Card.State.DECIDED)
    if cards.count() < LEAST_TWICE:
        return False
    records, ac1 = agreed_so_far(store_path(), cards.values_list("occurrence_no", "offence_code"))
    if records < LEAST_TWICE or ac1 >= LEAST_AC1:
        return False
    with transaction.atomic(using=STAFF):
        open_still = ReadingRound.objects.filter(pk=round_.pk, state=ReadingRound.State.OPEN)
        stopped = open_still.update(state=ReadingRound.State.STOPPED)
        if stopped:
            record("reading_round.stopped", by="room", kind="reading_round", key=round_.pk)
    return bool(stopped)
