"""The quality figures as plain values, for a machine."""

from __future__ import annotations

import math
from collections.abc import Sequence

from clearcount.reading.proportions import Interval
from clearcount.reading.report import Quality, Stratum, Tally
from clearcount.reading.twice import TwiceRead


def as_dict(quality: Quality) -> dict[str, object]:
    """Return the figures as plain values for a machine; None where a figure is not defined."""
    sampled, twice, part = quality.sampled, quality.twice, quality.part
    return {
        "matches": _plain_tally(quality.matches),
        "ranked": _plain_tally(quality.ranked),
        "precision": _plain(quality.precision)
        and {
            "found": part.found if part else quality.matches.relevant,
            "read": part.read if part else quality.matches.read,
            **(_plain(quality.precision) or {}),
        },
        "confirmed": part
        and {
            **(_plain(part.confirmed) or {}),
            "hits": part.hits,
            "with_unclear": _plain(part.with_doubtful),
            "strata": _plain_strata(part.strata, "relevant"),
        },
        "sample": sampled
        and {
            **_plain_tally(sampled.tally),
            "frame": sampled.frame,
            "read": sampled.read,
            "found": sampled.found,
            "looks": {"done": sampled.looks_done, "planned": sampled.looks_planned},
            "strata": _plain_strata(sampled.strata, "missed"),
        },
        "missed": sampled
        and {
            **(_plain(sampled.missed) or {}),
            "at_most": sampled.at_most,
            "with_unclear": _plain(sampled.with_doubtful),
        },
        "elusion": sampled and _plain(sampled.elusion),
        "recall": _plain(quality.recall),
        "stop": sampled
        and {
            "p": sampled.stop.p,
            "below": sampled.stop_below,
            "pass": sampled.stop.p < sampled.stop_below,
        },
        "agreement": twice
        and {
            "records": twice.records,
            "po": twice.measured.po,
            "kappa": _number(twice.measured.kappa),
            "ac1": twice.measured.ac1,
            "intervals": {name: [_number(low), _number(high)] for name, (low, high) in twice.intervals.items()},
            "codes": list(twice.codes),
            "table": [list(row) for row in twice.table],
            "by_code": dict(twice.by_code),
            "overturned": twice.overturned,
            "unsettled": twice.unsettled,
            "settled_by_third": twice.settled_by_third,
            "settled_jointly": twice.settled_jointly,
            **({"facts": _plain_facts(twice)} if twice.by_fact else {}),
        },
        "coders": quality.coders,
        "applied": quality.applied,
        "rankers": list(quality.rankers),
        "remarks": list(quality.remarks),
    }


def _plain_strata(strata: Sequence[Stratum], called: str) -> list[dict[str, object]]:
    """The strata of a sample, their relevant records under the name `called`."""
    return [
        {"stratum": s.name, "frame": s.frame, "read": s.read, "found": s.found, called: _plain(s.relevant)}
        for s in strata
    ]


def _plain_facts(twice: TwiceRead) -> dict[str, dict[str, float | None]]:
    return {
        name: {
            "records": fact.records,
            "po": fact.measured.po,
            "kappa": _number(fact.measured.kappa),
            "ac1": fact.measured.ac1,
        }
        for name, fact in twice.by_fact.items()
    }


def _plain_tally(tally: Tally) -> dict[str, int]:
    return {
        "records": tally.records,
        "relevant": tally.relevant,
        "not_relevant": tally.not_relevant,
        "unclear": tally.unclear,
        "cannot_decide": tally.cannot_decide,
        "undecided": tally.undecided,
    }


def _plain(interval: Interval | None) -> dict[str, float | None] | None:
    if interval is None:
        return None
    return {
        "estimate": _number(interval.estimate),
        "lower": _number(interval.lower),
        "upper": _number(interval.upper),
    }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value
