"""Every formula of clearcount.quality against a second way to compute it: enumeration in whole numbers, or scipy."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from clearcount import quality
from clearcount.reading.proportions import hypergeometric_cdf

CONFIDENCES = st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.975, 0.99])


def alpha_of(confidence: float) -> Fraction:
    return 1 - Fraction(str(confidence))


def exact_cdf(x: int, frame: int, relevant: int, read: int) -> Fraction:
    ways = sum(math.comb(relevant, k) * math.comb(frame - relevant, read - k) for k in range(x + 1) if k <= read)
    return Fraction(ways, math.comb(frame, read))


@st.composite
def samples(draw: st.DrawFn) -> tuple[int, int, int]:
    frame = draw(st.integers(1, 60))
    read = draw(st.integers(1, frame))
    return draw(st.integers(0, read)), read, frame


@given(samples(), CONFIDENCES)
def test_quality_missed_records_is_the_enumerated_inversion(sample, confidence):
    found, read, frame = sample
    alpha = alpha_of(confidence)
    possible = range(found, frame - read + found + 1)
    upper = max(m for m in possible if exact_cdf(found, frame, m, read) > alpha / 2)
    lower = min(m for m in possible if found == 0 or 1 - exact_cdf(found - 1, frame, m, read) > alpha / 2)
    result = quality.missed_records(found, read, frame, confidence)
    assert (result.lower, result.upper) == (lower, upper)
    assert result.estimate == pytest.approx(float(Fraction(frame * found, read)))
    one = quality.missed_records(found, read, frame, confidence, sided="upper")
    assert one.upper == max(m for m in possible if exact_cdf(found, frame, m, read) > alpha)
    assert one.lower == found


@given(st.integers(0, 80), st.integers(0, 80), CONFIDENCES)
def test_quality_sample_size_is_the_smallest_that_will_do(frame, at_most, confidence):
    size = quality.sample_size(frame, at_most, confidence)

    def shows(n: int) -> bool:
        return at_most >= frame or exact_cdf(0, frame, at_most + 1, n) <= alpha_of(confidence)

    assert shows(size)
    assert size == 0 or not shows(size - 1)
    if size:
        assert quality.missed_records(0, size, frame, confidence, sided="upper").upper <= at_most


@given(samples(), st.integers(0, 200), st.sampled_from([0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0]))
def test_quality_stop_test_is_the_enumerated_chance(sample, before, target):
    found, read, frame = sample
    missed_target = [
        m for m in range(frame + 1) if m >= found and (before + found) < Fraction(str(target)) * (before + m)
    ]
    p = quality.stop_test(before, found, read, frame, target).p
    if not missed_target:
        assert p == 0.0
    else:
        # The case hardest to tell from success is the one that misses the target by least.
        assert p == pytest.approx(float(exact_cdf(found, frame, missed_target[0], read)), rel=1e-9, abs=1e-15)


@given(st.integers(1, 3_000_000), st.data())
def test_quality_hypergeometric_agrees_with_scipy_on_large_frames(frame, data):
    read = data.draw(st.integers(1, frame))
    relevant = data.draw(st.integers(0, frame))
    centre = round(read * relevant / frame)
    x = data.draw(st.integers(max(0, centre - 60), min(read, centre + 60)))
    ours = hypergeometric_cdf(x, frame, relevant, read)
    # scipy's own error grows with the frame (log-gamma differences); ours is checked in whole numbers above.
    assert ours == pytest.approx(float(stats.hypergeom.cdf(x, frame, relevant, read)), rel=2e-6, abs=1e-9)


@given(st.integers(1, 100_000), st.data(), CONFIDENCES)
def test_quality_proportion_interval_agrees_with_the_beta_quantiles(read, data, confidence):
    found = data.draw(st.integers(0, read))
    result = quality.proportion_interval(found, read, confidence)
    half = (1 - confidence) / 2
    lower = stats.beta.ppf(half, found, read - found + 1) if found else 0.0
    upper = stats.beta.ppf(1 - half, found + 1, read - found) if found < read else 1.0
    assert result.lower == pytest.approx(lower, rel=1e-7, abs=1e-12)
    assert result.upper == pytest.approx(upper, rel=1e-7, abs=1e-12)
    assert result.lower <= result.estimate <= result.upper


@given(st.integers(1, 25), st.data())
def test_quality_proportion_interval_bounds_hold_in_whole_numbers(read, data):
    found = data.draw(st.integers(0, read))
    result = quality.proportion_interval(found, read)

    def at_least(p: Fraction, x: int) -> Fraction:
        return sum((math.comb(read, k) * p**k * (1 - p) ** (read - k) for k in range(x, read + 1)), Fraction(0))

    slack = Fraction(1, 10**9)
    if found:
        assert abs(at_least(Fraction(result.lower), found) - Fraction(1, 40)) < slack
    if found < read:
        assert abs(1 - at_least(Fraction(result.upper), found + 1) - Fraction(1, 40)) < slack


tables = st.integers(2, 5).flatmap(
    lambda q: st.lists(st.lists(st.integers(0, 40), min_size=q, max_size=q), min_size=q, max_size=q)
)


@given(tables)
def test_quality_agreement_agrees_with_exact_fractions(table):
    total = sum(map(sum, table))
    assume(total)
    classes = len(table)
    rows = [Fraction(sum(row), total) for row in table]
    columns = [Fraction(sum(row[k] for row in table), total) for k in range(classes)]
    po = sum((Fraction(table[k][k], total) for k in range(classes)), Fraction(0))
    chance = sum((r * c for r, c in zip(rows, columns, strict=True)), Fraction(0))
    pi = [(r + c) / 2 for r, c in zip(rows, columns, strict=True)]
    gwet = sum((p * (1 - p) for p in pi), Fraction(0)) / (classes - 1)
    result = quality.agreement(table)
    assert result.po == pytest.approx(float(po))
    assert result.ac1 == pytest.approx(float((po - gwet) / (1 - gwet)))
    if chance == 1:
        assert math.isnan(result.kappa)
    else:
        assert result.kappa == pytest.approx(float((po - chance) / (1 - chance)))
    turned = quality.agreement([list(column) for column in zip(*table, strict=True)])
    assert turned.ac1 == result.ac1


@given(st.integers(1, 5_000), st.integers(1, 5_000), st.data())
def test_quality_keyness_agrees_with_scipy(size_a, size_b, data):
    a, b = data.draw(st.integers(0, size_a)), data.draw(st.integers(0, size_b))
    result = quality.keyness(a, b, size_a, size_b)
    if a + b:
        expected = [size_a * (a + b) / (size_a + size_b), size_b * (a + b) / (size_a + size_b)]
        peer = stats.power_divergence([a, b], expected, lambda_="log-likelihood").statistic
        assert result.log_likelihood == pytest.approx(float(peer), abs=1e-6)
    assert result.log_ratio == pytest.approx(-quality.keyness(b, a, size_b, size_a).log_ratio)


def test_quality_bounds_move_the_right_way():
    uppers = [quality.missed_records(2, n, 1_000).upper for n in range(2, 1_001, 37)]
    assert all(later <= earlier for earlier, later in pairwise(uppers))
    finds = [quality.missed_records(x, 100, 1_000) for x in range(101)]
    assert all(b.upper > a.upper and b.lower >= a.lower for a, b in pairwise(finds))


@pytest.mark.parametrize(("before", "frame", "read"), [(95, 400, 240), (95, 3_000, 1_800), (190, 3_000, 1_200)])
def test_quality_stop_test_passes_wrongly_in_at_most_one_case_in_twenty(before, frame, read):
    """However many relevant records are left, the chance to pass with recall still below the target is enumerated."""
    passes = [quality.stop_test(before, found, read, frame).p < 0.05 for found in range(60)]
    highest = Fraction(0)
    for left in range(1, 60):
        wrong = sum(
            math.comb(left, found) * math.comb(frame - left, read - found)
            for found in range(left + 1)
            if passes[found] and Fraction(before + found) < Fraction(19, 20) * (before + left)
        )
        highest = max(highest, Fraction(wrong, math.comb(frame, read)))
    assert 0 < highest <= Fraction(1, 20)
