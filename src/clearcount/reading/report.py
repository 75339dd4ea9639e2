"""What a decisions file says about the count: precision, what was missed, recall, agreement, whether to stop.

A file holds up to three kinds of rows. `match`: records with a term. All of them are read, or a random part. In the
second case `frame_size` on its rows says of how many in their stratum. `ranked`: the likeliest records without a term,
which were read first. `random`: a random sample of the rest, which alone says how much is still missing.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

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
    """One stratum of a random sample. `relevant`, how many relevant records it holds, is None where fewer than 60 were
    read: too few to say."""

    name: str
    frame: int
    read: int
    found: int
    relevant: Interval | None


@dataclass(frozen=True)
class PartRead:
    """The hits when a random part of them was read, by term. `hits` is how many there are, `confirmed` how many of
    them are relevant."""

    hits: int
    read: int
    found: int
    confirmed: Interval
    with_doubtful: Interval
    strata: tuple[Stratum, ...]


@dataclass(frozen=True)
class Sampled:
    """The random sample, as far as its planned looks are complete.

    `frame` is what it was drawn from, the sample included. `missed` counts relevant records in the frame, and `at_most`
    is its one-sided upper bound. `with_doubtful` counts the unclear and the undecidable as relevant too. `elusion` is
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
    what a search like this would yield. When a random part was read, `part` says so, and `precision` is the share of
    all hits that are relevant. `recall` is the share of all relevant records that the terms found; it needs every hit
    to be read. `applied` hits were decided by the reading of another one of nearly the same text. `rankers` are the
    force's own rankers that put records forward, each as its name and SHA-256.
    """

    matches: Tally
    ranked: Tally
    precision: Interval | None
    part: PartRead | None
    sampled: Sampled | None
    recall: Interval | None
    twice: TwiceRead | None
    coders: int
    remarks: tuple[str, ...]
    applied: int = 0
    rankers: tuple[str, ...] = ()


def measure(decisions: Sequence[Decision], *, target: float = 0.95) -> Quality:
    """Return the quality figures of a decisions file.

    Args:
        decisions: all its rows, undecided ones included, of any round.
        target: the recall that the stop test asks for.

    Raises:
        DecisionError: when the rows belong to two random samples, or their frame sizes contradict one another.
    """
    remarks: list[str] = []
    kinds = _by_source(decisions)
    holding = current(decisions)
    codes = {key: decision.code for key, decision in holding.items()}
    matches, ranked = _tally(kinds["match"], codes), _tally(kinds["ranked"], codes)
    part = _part_read(kinds["match"], codes, remarks)
    if matches.undecided and part is None:
        remarks.append(f"{matches.undecided} of {matches.records} records with a term are not decided yet")
    sampled = _sampled(kinds["random"], codes, matches.relevant + ranked.relevant, target, remarks)
    twice = read_twice(decisions, codes, remarks)
    applied = sum(key in holding and bool(holding[key].applied_from) for key in kinds["match"])
    if applied:
        remarks.append(f"{applied} hits were decided by the reading of another one of nearly the same text")
    return Quality(
        matches=matches,
        ranked=ranked,
        precision=_precision(matches, part),
        part=part,
        sampled=sampled,
        recall=None if part else _recall(matches, ranked, sampled),
        twice=twice,
        coders=len({decision.coder for decision in decisions if decision.code}),
        remarks=tuple(remarks),
        applied=applied,
        rankers=tuple(sorted({row.ranker for row in kinds["ranked"].values() if row.ranker})),
    )


def look_of(sample_id: str) -> tuple[int, int]:
    """Return (number, planned) of the look that a sample id such as `sample-1a2b.2of3` names; (1, 1) without one."""
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


def _part_read(rows: Mapping[Key, Decision], codes: Mapping[Key, str], remarks: list[str]) -> PartRead | None:
    """What a random part of the hits says; None when none was drawn, not all of it is decided, or it is all of them.

    Hits that were not drawn are in the frame, whether somebody read them or not.
    """
    drawn = {key: row for key, row in rows.items() if row.frame_size}
    if not drawn:
        return None
    _refuse_two_samples(drawn)
    frames = _frames(drawn)
    hits, read = sum(frames.values()), len(drawn)
    if open_rows := sum(not codes.get(key) for key in drawn):
        remarks.append(
            f"{open_rows} of {read} hits drawn at random are not decided yet; nothing is estimated from them"
        )
        return None
    if read == hits:
        return None
    strata = _strata_of(frames, drawn, codes)
    found = sum(codes[key] == "relevant" for key in drawn)
    doubtful = sum(codes[key] != "not_relevant" for key in drawn)
    remarks.append(f"{read} of {hits} hits were drawn at random and read; recall needs every hit to be read")
    if len(rows) > hits:
        remarks.append(f"{len(rows) - hits} hits came after the draw; the estimate does not speak of them")
    return PartRead(
        hits=hits,
        read=read,
        found=found,
        confirmed=_estimate(strata, missed_records(found, read, hits)),
        with_doubtful=missed_records(doubtful, read, hits),
        strata=strata,
    )


def _precision(matches: Tally, part: PartRead | None) -> Interval | None:
    if part:
        share = part.confirmed
        return Interval(share.estimate / part.hits, share.lower / part.hits, share.upper / part.hits)
    return proportion_interval(matches.relevant, matches.read) if matches.read else None


def _refuse_two_samples(rows: Mapping[Key, Decision]) -> None:
    if len({_LOOK.sub("", row.sample_id) for row in rows.values()}) > 1:
        raise DecisionError("the file holds two random samples; give the decisions of one sample")


def _sampled(
    rows: Mapping[Key, Decision], codes: Mapping[Key, str], found_before: int, target: float, remarks: list[str]
) -> Sampled | None:
    if not rows:
        remarks.append("no random sample was drawn, so nothing can be said about what the terms missed")
        return None
    _refuse_two_samples(rows)
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
        relevant = missed_records(found, len(keys), size) if len(keys) >= ENOUGH_FOR_A_STRATUM else None
        strata.append(Stratum(name, size, len(keys), found, relevant))
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
