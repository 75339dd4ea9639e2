"""What a decisions file says about the count: precision, what was missed, recall, agreement, whether to stop.

A file holds up to three kinds of rows. `match`: records with a term; all of them are read, or a random part (then
`frame_size` says of how many). `ranked`: the likeliest records without a term, which were read first. `random`: a
random sample of the rest, which alone says how much is still missing.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from clearcount.errors import DecisionError
from clearcount.model.decision import CODES, Decision, Key
from clearcount.reading.decide import current
from clearcount.reading.proportions import (
    Interval,
    StopTest,
    missed_records,
    proportion_interval,
    stop_test,
)
from clearcount.reading.twice import TwiceRead, read_twice

ENOUGH_FOR_A_STRATUM = 60
_LOOK = re.compile(r"\.(\d)of(\d)$")
_LEVEL = 0.05


@dataclass(frozen=True)
class Tally:
    """How many records of one kind there are, and what they were found to be."""

    records: int
    relevant: int
    not_relevant: int
    unclear: int
    cannot_decide: int
    undecided: int

    @property
    def read(self) -> int:
        """Records that somebody decided on."""
        return self.records - self.undecided

    @property
    def doubtful(self) -> int:
        """Records that may be relevant: unclear, or not to be decided."""
        return self.unclear + self.cannot_decide


@dataclass(frozen=True)
class Stratum:
    """One stratum of the random sample. `missed` is None where fewer than 60 were read: too few to say."""

    name: str
    frame: int
    read: int
    found: int
    missed: Interval | None


@dataclass(frozen=True)
class Sampled:
    """The random sample, as far as its planned looks are complete.

    `frame` is what it was drawn from, the sample included. `missed` counts relevant records in the frame, `at_most` is
    its one-sided upper bound, `with_doubtful` counts the unclear and the undecidable as relevant too; `elusion` is
    the share of the frame that is relevant.
    """

    tally: Tally
    frame: int
    read: int
    found: int
    looks_done: int
    looks_planned: int
    missed: Interval
    at_most: float
    with_doubtful: Interval
    elusion: Interval
    strata: tuple[Stratum, ...]
    stop: StopTest
    stop_below: float


@dataclass(frozen=True)
class Quality:
    """Every figure that the decisions allow; None where they allow none, and `remarks` says why.

    `precision` is a share of the records read. When every hit was read it is a count: its interval then speaks only of
    what a search like this would yield. `confirmed` is an interval only when the hits were read in part.
    `recall` is the share of all relevant records that the terms found.
    """

    matches: Tally
    ranked: Tally
    precision: Interval | None
    confirmed: Interval | None
    sampled: Sampled | None
    recall: Interval | None
    twice: TwiceRead | None
    coders: int
    remarks: tuple[str, ...]


def measure(decisions: Sequence[Decision], *, target: float = 0.95) -> Quality:
    """The quality figures of a decisions file.

    Args:
        decisions: all its rows, undecided ones included, of any round.
        target: the recall that the stop test asks for.

    Raises:
        DecisionError: when the rows belong to two random samples, or their frame sizes contradict one another.
    """
    remarks: list[str] = []
    kinds = _by_source(decisions)
    codes = {key: decision.code for key, decision in current(decisions).items()}
    matches, ranked = _tally(kinds["match"], codes), _tally(kinds["ranked"], codes)
    if matches.undecided:
        remarks.append(f"{matches.undecided} of {matches.records} records with a term are not decided yet")
    precision = proportion_interval(matches.relevant, matches.read) if matches.read else None
    confirmed = _confirmed(kinds["match"], codes)
    sampled = _sampled(kinds["random"], codes, matches.relevant + ranked.relevant, target, remarks)
    twice = read_twice(decisions, codes, remarks)
    return Quality(
        matches=matches,
        ranked=ranked,
        precision=precision,
        confirmed=confirmed,
        sampled=sampled,
        recall=_recall(matches, ranked, sampled),
        twice=twice,
        coders=len({decision.coder for decision in decisions if decision.code}),
        remarks=tuple(remarks),
    )


def look_of(sample_id: str) -> tuple[int, int]:
    """(number, planned) of the look that a sample id such as `sample-1a2b.2of3` names; (1, 1) without one."""
    found = _LOOK.search(sample_id)
    return (int(found[1]), int(found[2])) if found else (1, 1)


def _by_source(decisions: Sequence[Decision]) -> dict[str, dict[Key, Decision]]:
    """The first row of each record by source. A record that two sources name is what the earlier of them says."""
    kinds: dict[str, dict[Key, Decision]] = {"match": {}, "ranked": {}, "random": {}}
    for decision in decisions:
        kinds[decision.source].setdefault(decision.key, decision)
    for key in kinds["match"]:
        kinds["ranked"].pop(key, None)
    for key in (*kinds["match"], *kinds["ranked"]):
        kinds["random"].pop(key, None)
    return kinds


def _tally(rows: Mapping[Key, Decision], codes: Mapping[Key, str]) -> Tally:
    counts = {code: sum(codes.get(key, "") == code for key in rows) for code in (*CODES, "")}
    return Tally(
        len(rows),
        counts["relevant"],
        counts["not_relevant"],
        counts["unclear"],
        counts["cannot_decide"],
        counts[""],
    )


def _frames(rows: Mapping[Key, Decision]) -> dict[str, int]:
    """The size of each stratum. Raises DecisionError when its rows disagree or are more than it holds."""
    frames: dict[str, int] = {}
    members: dict[str, int] = defaultdict(int)
    for row in rows.values():
        size = row.frame_size or 0
        members[row.stratum] += 1
        if frames.setdefault(row.stratum, size) != size:
            raise DecisionError(
                f"stratum {row.stratum!r} has two frame sizes, {frames[row.stratum]} and {size}; "
                "use the file of one sample as it was drawn"
            )
    for stratum, size in frames.items():
        if members[stratum] > size:
            raise DecisionError(
                f"stratum {stratum!r} has {members[stratum]} rows but a frame of {size}; use the file as it was drawn"
            )
    return frames


def _confirmed(rows: Mapping[Key, Decision], codes: Mapping[Key, str]) -> Interval | None:
    """How many hits are relevant when only a random part of them was read; None when all were to be read."""
    partial = {key: row for key, row in rows.items() if row.frame_size}
    if not partial or len(partial) != len(rows):
        return None
    frame = sum(_frames(partial).values())
    read = sum(bool(codes.get(key)) for key in partial)
    found = sum(codes.get(key) == "relevant" for key in partial)
    return missed_records(found, read, frame) if 0 < read < frame else None


def _sampled(
    rows: Mapping[Key, Decision], codes: Mapping[Key, str], found_before: int, target: float, remarks: list[str]
) -> Sampled | None:
    if not rows:
        remarks.append("no random sample was drawn, so nothing can be said about what the terms missed")
        return None
    if len({_LOOK.sub("", row.sample_id) for row in rows.values()}) > 1:
        raise DecisionError("the file holds two random samples; give the decisions of one sample")
    frames = _frames(rows)
    looks: dict[int, list[Key]] = defaultdict(list)
    for key, row in rows.items():
        looks[look_of(row.sample_id)[0]].append(key)
    planned = max(look_of(row.sample_id)[1] for row in rows.values())
    done = 0
    while done < planned and looks.get(done + 1) and all(codes.get(key) for key in looks[done + 1]):
        done += 1
    tally = _tally(rows, codes)
    if not done:
        remarks.append(
            f"{tally.undecided} of {tally.records} sampled records are not decided yet; "
            "what the terms missed can be estimated when all of them are"
        )
        return None
    used = {key: rows[key] for look in range(1, done + 1) for key in looks[look]}
    frame, read = sum(frames.values()), len(used)
    found = sum(codes[key] == "relevant" for key in used)
    doubtful = sum(codes[key] != "not_relevant" for key in used)
    strata = _strata_of(frames, used, codes)
    missed = _estimate(strata, missed_records(found, read, frame))
    return Sampled(
        tally=tally,
        frame=frame,
        read=read,
        found=found,
        looks_done=done,
        looks_planned=planned,
        missed=missed,
        at_most=missed_records(found, read, frame, sided="upper").upper,
        with_doubtful=missed_records(doubtful, read, frame),
        elusion=Interval(missed.estimate / frame, missed.lower / frame, missed.upper / frame),
        strata=strata,
        stop=stop_test(found_before, found, read, frame, target),
        stop_below=_LEVEL / planned,
    )


def _strata_of(
    frames: Mapping[str, int], used: Mapping[Key, Decision], codes: Mapping[Key, str]
) -> tuple[Stratum, ...]:
    strata = []
    for name, size in sorted(frames.items()):
        keys = [key for key, row in used.items() if row.stratum == name]
        found = sum(codes[key] == "relevant" for key in keys)
        missed = missed_records(found, len(keys), size) if len(keys) >= ENOUGH_FOR_A_STRATUM else None
        strata.append(Stratum(name, size, len(keys), found, missed))
    return tuple(strata)


def _estimate(strata: Sequence[Stratum], pooled: Interval) -> Interval:
    """The pooled interval with the stratified estimate, each stratum weighted by its size, where all were read."""
    if any(not stratum.read for stratum in strata):
        return pooled
    estimate = math.fsum(stratum.frame * stratum.found / stratum.read for stratum in strata)
    return replace(pooled, estimate=estimate)


def _recall(matches: Tally, ranked: Tally, sampled: Sampled | None) -> Interval | None:
    """The share of relevant records that the terms found; what reading by rank found counts as missed by them."""
    if sampled is None or matches.undecided:
        return None

    def share(missed: float) -> float:
        whole = matches.relevant + ranked.relevant + missed
        return matches.relevant / whole if whole else math.nan

    return Interval(share(sampled.missed.estimate), share(sampled.missed.upper), share(sampled.missed.lower))


def as_dict(quality: Quality) -> dict[str, Any]:
    """The figures as plain values for a machine; None where a figure is not defined."""
    sampled, twice = quality.sampled, quality.twice
    return {
        "matches": _plain_tally(quality.matches),
        "ranked": _plain_tally(quality.ranked),
        "precision": _plain(quality.precision)
        and {"found": quality.matches.relevant, "read": quality.matches.read, **(_plain(quality.precision) or {})},
        "confirmed": _plain(quality.confirmed),
        "sample": sampled
        and {
            **_plain_tally(sampled.tally),
            "frame": sampled.frame,
            "read": sampled.read,
            "found": sampled.found,
            "looks": {"done": sampled.looks_done, "planned": sampled.looks_planned},
            "strata": [
                {"stratum": s.name, "frame": s.frame, "read": s.read, "found": s.found, "missed": _plain(s.missed)}
                for s in sampled.strata
            ],
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
        },
        "coders": quality.coders,
        "remarks": list(quality.remarks),
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
