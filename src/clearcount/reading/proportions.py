"""What a sample says about the records that were not read: exact intervals, never a normal approximation.

Reading is sampling without replacement from a finite number of records, so the number of finds is hypergeometric. Each
bound below inverts that distribution (or the binomial one for `proportion_interval`). A tail is a sum over a window of
terms around the mode, divided by the sum of all. Each term is got from its neighbour by a ratio. A comparison that is
too close for floating point is decided again in whole numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from typing import Literal

Sided = Literal["two", "upper"]
_NEGLIGIBLE = 1e-20
_CLOSE = 1e-9


@dataclass(frozen=True)
class Interval:
    """A point estimate with its bounds, all in the unit of the question (a share, or a number of records)."""

    estimate: float
    lower: float
    upper: float


@dataclass(frozen=True)
class StopTest:
    """The result of `stop_test`. `p` is the chance of so few finds, had the target been missed."""

    p: float


def proportion_interval(found: int, read: int, confidence: float = 0.95) -> Interval:
    """Return the share `found / read` with its two-sided Clopper-Pearson interval.

    Source: Clopper, Pearson, Biometrika 26 (1934) 404-413. It says what a search like this would yield. When every hit
    was read, the share itself is a count and has no sampling error.

    Raises:
        ValueError: unless 0 <= found <= read, read >= 1 and 0 < confidence < 1.
    """
    _check_counts(found=found, read=read)
    if read < 1:
        raise ValueError("read must be at least 1: nothing read says nothing about a share")
    half = float(_alpha(confidence) / 2)
    share = found / read
    # Where P(X >= found) has risen to half, and where P(X <= found) has fallen to it.
    lower = _bisect(0.0, share, lambda p: 1 - _binomial_cdf(found - 1, read, p) < half) if found else 0.0
    upper = _bisect(share, 1.0, lambda p: _binomial_cdf(found, read, p) > half) if found < read else 1.0
    return Interval(share, lower, upper)


def missed_records(found: int, read: int, frame: int, confidence: float = 0.95, sided: Sided = "two") -> Interval:
    """Return how many relevant records lie in a frame of which a random sample was read.

    Args:
        found: relevant records in the sample.
        read: size of the sample, drawn without replacement.
        frame: what the sample was drawn from, the sample included.
        confidence: of the interval, 0.95 for 95 per cent.
        sided: "two", or "upper" for an upper bound alone; `lower` is then what was found.

    Returns:
        `estimate` = frame * found / read; `upper` is the largest number of relevant records under which so few finds
        are still likelier than alpha, `lower` the smallest under which so many are (alpha / 2 each when two-sided).

    Raises:
        ValueError: unless 0 <= found <= read <= frame, read >= 1 (0 is allowed for an empty frame) and
            0 < confidence < 1.
    """
    _check_counts(found=found, read=read, frame=frame)
    if sided not in ("two", "upper"):
        raise ValueError(f"sided is 'two' or 'upper', not {sided!r}")
    alpha = _alpha(confidence)
    if frame == 0:
        return Interval(0.0, 0.0, 0.0)
    if read == 0:
        raise ValueError("read must be at least 1: nothing read says nothing about the frame")
    tail = alpha / 2 if sided == "two" else alpha
    upper = _last(found, frame - read + found, lambda m: _at_most_likelier(found, frame, m, read, tail))
    lower = found
    if sided == "two" and found > 0:
        # P(X >= found | M) is P(unfound <= read - found | frame - M), so the lower bound mirrors the upper one.
        others = read - found
        most = _last(others, frame - found, lambda m: _at_most_likelier(others, frame, m, read, tail))
        lower = frame - most
    return Interval(frame * found / read, float(lower), float(upper))


def sample_size(frame: int, at_most: int, confidence: float = 0.95) -> int:
    """Return how many of `frame` records to read so that finding none shows that at most `at_most` are relevant.

    One-sided and exact: the smallest n with P(no find | at_most + 1 relevant) <= 1 - confidence. 0 when
    `at_most >= frame`.

    Raises:
        ValueError: for a negative count or a confidence outside (0, 1).
    """
    _check_counts(frame=frame)
    _check_counts(at_most=at_most)
    alpha = _alpha(confidence)
    if at_most >= frame:
        return 0
    return _last(0, frame, lambda n: _at_most_likelier(0, frame, at_most + 1, n, alpha)) + 1


def stop_test(found_before: int, found_in_sample: int, read: int, frame: int, target: float = 0.95) -> StopTest:
    """Return whether reading may stop: the chance `p` of so few finds in the sample, had recall been below `target`.

    Args:
        found_before: relevant records found before the sample was drawn.
        found_in_sample: relevant records in the sample.
        read: size of the sample.
        frame: records unread when the sample was drawn, the sample included.
        target: the share of all relevant records that shall have been found.

    Stop when p is below 0.05, for one look at a sample whose size was fixed beforehand. For each of k planned looks,
    stop below 0.05 / k. Source: Callaghan, Müller-Hansen, Systematic Reviews 9 (2020) 273.

    Raises:
        ValueError: unless 0 <= found_in_sample <= read <= frame and 0 < target <= 1.
    """
    _check_counts(found_before=found_before)
    _check_counts(found_in_sample=found_in_sample, read=read, frame=frame)
    if not 0 < target <= 1:
        raise ValueError(f"target is a share above 0 and at most 1, not {target!r}")
    found = found_before + found_in_sample
    # The fewest relevant records in the frame with which recall would be below the target.
    fewest = math.floor(found / Fraction(repr(target)) - found_before) + 1
    if fewest > frame:
        return StopTest(0.0)
    return StopTest(hypergeometric_cdf(found_in_sample, frame, fewest, read))


def hypergeometric_cdf(at_most: int, frame: int, relevant: int, read: int) -> float:
    """Return P(X <= at_most) for the finds X among `read` of `frame` records of which `relevant` are relevant."""
    least, most = max(0, read + relevant - frame), min(read, relevant)
    mode = (read + 1) * (relevant + 1) // (frame + 2)

    def ratio(k: int) -> float:
        return ((relevant - k) * (read - k)) / ((k + 1) * (frame - relevant - read + k + 1))

    return _cdf(at_most, least, most, mode, ratio)


def _binomial_cdf(at_most: int, n: int, p: float) -> float:
    odds = p / (1 - p)
    return _cdf(at_most, 0, n, math.floor((n + 1) * p), lambda k: (n - k) / (k + 1) * odds)


def _cdf(at_most: int, least: int, most: int, mode: int, ratio: Callable[[int], float]) -> float:
    """P(X <= at_most) on least..most, where `ratio(k)` is P(k + 1) / P(k) and falls with k."""
    if at_most < least:
        return 0.0
    if at_most >= most:
        return 1.0
    mode = min(max(mode, least), most)
    below: list[float] = []
    above: list[float] = []
    term = 1.0
    for k in count(mode):
        (below if k <= at_most else above).append(term)
        if k >= most or (term := term * ratio(k)) < _NEGLIGIBLE:
            break
    term = 1.0
    for k in range(mode - 1, least - 1, -1):
        term /= ratio(k)
        if term < _NEGLIGIBLE:
            break
        (below if k <= at_most else above).append(term)
    # Terms below the cut-off are a 1e-20th of the largest; a tail made of them alone is as good as nothing.
    low, high = math.fsum(below), math.fsum(above)
    return low / (low + high)


def _at_most_likelier(at_most: int, frame: int, relevant: int, read: int, than: Fraction) -> bool:
    """Whether P(X <= at_most) > `than`; in whole numbers where floating point cannot tell."""
    share = hypergeometric_cdf(at_most, frame, relevant, read)
    limit = float(than)
    if abs(share - limit) > _CLOSE * limit:
        return share > limit
    ways = sum(
        math.comb(relevant, k) * math.comb(frame - relevant, read - k)
        for k in range(max(0, read + relevant - frame), at_most + 1)
    )
    return ways * than.denominator > than.numerator * math.comb(frame, read)


def _bisect(low: float, high: float, holds: Callable[[float], bool]) -> float:
    """The point between `low` and `high` up to which `holds` is true, to the last bit."""
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if holds(middle) else (low, middle)
    return high


def _last(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The largest number in low..high for which `holds`, which is true at `low` and then false for good."""
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low


def _alpha(confidence: float) -> Fraction:
    """1 - confidence as the decimal it was written as: 0.95 leaves exactly 1/20."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is a share between 0 and 1, such as 0.95, not {confidence!r}")
    return 1 - Fraction(repr(float(confidence)))


def _check_counts(**rising: int) -> None:
    """Refuses counts that are negative, not whole, or not in rising order."""
    least, before = 0, "0"
    for name, value in rising.items():
        if isinstance(value, bool) or not hasattr(value, "__index__"):
            raise ValueError(f"{name} is a whole number of records, not {value!r}")
        if value < least:
            raise ValueError(f"{name} is {value}, but it must be at least {before}" + (f" ({least})" if least else ""))
        least, before = value, name
