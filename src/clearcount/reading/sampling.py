"""Which records to read: a plan fixed before the draw, proportional strata, and a draw that any machine repeats.

The draw sorts the records of a stratum by a hash of seed and key and takes the first ones. It depends neither on the
order in which an engine hands the records out nor on any library's random numbers.
"""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from clearcount.errors import DecisionError
from clearcount.model.decision import Decision, Key, Round
from clearcount.reading.decide import current

MOST_LOOKS = 3
LEAST_TWICE, SHARE_TWICE = 30, 5
_LEAST = 2


@dataclass(frozen=True)
class Candidate:
    """A record that may be drawn: its key, the year of its offence and the hash of its text."""

    occurrence_no: str
    offence_code: str
    year: str
    text_hash: str = ""

    @property
    def key(self) -> Key:
        """(occurrence number, offence code)."""
        return self.occurrence_no, self.offence_code


@dataclass(frozen=True)
class DrawnSample:
    """A candidate that was drawn, the stratum it stands for with its size, and the look at which it is read."""

    candidate: Candidate
    stratum: str
    frame_size: int
    look: int


def shuffled_key(seed: int, key: Key) -> str:
    """Return the place of a record in the random order of `seed`."""
    return hashlib.sha256("\x1f".join((str(seed), *key)).encode("utf-8", "surrogatepass")).hexdigest()


def offence_and_year(candidate: Candidate) -> str:
    """Return the stratum of a record without a term."""
    return f"{candidate.offence_code} {candidate.year}"


def draw(
    frame: Sequence[Candidate],
    size: int,
    *,
    seed: int,
    looks: int = 1,
    by: Callable[[Candidate], str] = offence_and_year,
) -> tuple[DrawnSample, ...]:
    """Return a random sample of `size` records of `frame`, or all of them when there are no more.

    `by` names the stratum of a record. Each stratum gives records in proportion to its size. Those whose share would be
    below two are put together as "other". So no stratum is sampled more densely than another, and one bound applies to
    all. With more than one planned look every stratum's part is split over the looks; records come in order of look,
    then at random.

    Raises:
        DecisionError: for a size below 1, or looks outside 1 to 3.
    """
    if size < 1:
        raise DecisionError(f"a sample of {size} records says nothing; draw at least 1")
    if not 1 <= looks <= MOST_LOOKS:
        raise DecisionError(f"{looks} looks are not planned for; a sample may be looked at 1 to {MOST_LOOKS} times")
    strata = _strata(frame, size, by)
    shares = allocate({name: len(members) for name, members in strata.items()}, size)
    drawn = []
    for name, members in strata.items():
        part = heapq.nsmallest(shares[name], members, key=lambda candidate: shuffled_key(seed, candidate.key))
        drawn += [DrawnSample(each, name, len(members), 1 + at * looks // len(part)) for at, each in enumerate(part)]
    return tuple(sorted(drawn, key=lambda each: (each.look, shuffled_key(seed, each.candidate.key))))


def allocate(sizes: Mapping[str, int], total: int) -> dict[str, int]:
    """Return how many of `total` each stratum gives: in proportion to its size, never more than it has.

    Largest remainders decide what rounding leaves over; names decide ties.
    """
    frame = sum(sizes.values())
    if total >= frame:
        return dict(sizes)
    shares = {name: total * size // frame for name, size in sizes.items()}
    by_remainder = sorted(sizes, key=lambda name: (-(total * sizes[name] % frame), name))
    for name in by_remainder[: total - sum(shares.values())]:
        shares[name] += 1
    return shares


def _strata(frame: Sequence[Candidate], size: int, by: Callable[[Candidate], str]) -> dict[str, list[Candidate]]:
    """The records by stratum; from the smallest on, strata are put together until each share of `size` comes to two."""
    cells: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in frame:
        cells[by(candidate)].append(candidate)
    ordered = sorted(cells, key=lambda name: (len(cells[name]), name))
    other: list[Candidate] = []

    def enough(members: Sequence[Candidate]) -> bool:
        return len(members) * min(size, len(frame)) >= _LEAST * len(frame)

    while ordered and (not enough(cells[ordered[0]]) or (other and not enough(other))):
        other += cells[ordered.pop(0)]
    strata = {name: cells[name] for name in sorted(ordered)}
    return strata | {"other" if strata else "all": other} if other else strata


def second_reading(
    decisions: Sequence[Decision], *, seed: int, small: Collection[Key] = (), share: int = SHARE_TWICE
) -> tuple[Decision, ...]:
    """Return the records that a second reader codes, as blank rows without anything that the first one wrote.

    It takes a simple random fifth (one in `share`) of what was read in round 1, at least 30. It takes every record
    coded unclear. It takes every relevant one in `small`, the keys in cells of fewer than five. They come in random
    order, so that nothing about a row says why it is there.
    """
    first = current(decision for decision in decisions if decision.round == "1")
    order = sorted(first, key=lambda key: shuffled_key(seed, key))
    chosen = set(order[: max(LEAST_TWICE, -(-len(order) // share))])
    chosen |= {key for key, decision in first.items() if decision.code == "unclear"}
    chosen |= {key for key, decision in first.items() if decision.code == "relevant" and key in small}
    # Another order than the one that chose: in that one, whatever comes after the random fifth would be a special case.
    shown = sorted(chosen, key=lambda key: shuffled_key(seed + 1, key))
    return tuple(blank(first[key], round_="2") for key in shown)


def blank(decision: Decision, *, round_: Round) -> Decision:
    """Return the row to be decided anew: the key and what was sampled stay, what somebody wrote goes."""
    return replace(decision, code="", reason="", coder="", at="", round=round_, facts=(), applied_from="", ranker="")


def small_cells(keys: Mapping[Key, str], relevant: Collection[Key], *, below: int = 5) -> frozenset[Key]:
    """Return the relevant records in cells (offence by period) of fewer than `below`; `keys` gives each record's
    period.
    """
    cells = Counter((key[1], keys[key]) for key in relevant if key in keys)
    return frozenset(key for key in relevant if key in keys and cells[key[1], keys[key]] < below)
