"""The public figures of clearcount.quality against printed values and worked examples."""

from __future__ import annotations

import math

import pytest

from clearcount import quality
from clearcount.reading.agreement import bootstrap


def test_quality_sample_sizes_as_tabled_in_the_reference():
    sizes = {
        1_000: [393, 238, 108, 56, 28],
        3_000: [1_179, 715, 326, 170, 87],
        12_000: [4_716, 2_860, 1_305, 684, 350],
        40_000: [15_721, 9_535, 4_352, 2_281, 1_168],
    }
    for frame, expected in sizes.items():
        assert [quality.sample_size(frame, m) for m in (5, 10, 25, 50, 100)] == expected
    assert quality.sample_size(100, 100) == 0
    assert quality.sample_size(100, 0) == 95
    assert quality.sample_size(20, 0) == 19  # P(no find) is exactly 1/20: enough


def test_quality_what_none_found_shows():
    def shown(frame: int, read: int) -> float:
        return quality.missed_records(0, read, frame, sided="upper").upper

    assert [shown(1_000, n) for n in (100, 300)] == [28, 8]
    assert [shown(3_000, n) for n in (100, 300, 600)] == [87, 28, 13]
    assert [shown(12_000, n) for n in (300, 600, 1_000)] == [117, 58, 34]
    assert [shown(40_000, n) for n in (300, 1_000)] == [395, 118]
    assert [shown(400, n) for n in (30, 60, 100, 200)] == [36, 18, 10, 4]


def test_quality_missed_records_in_a_worked_example():
    two = quality.missed_records(2, 600, 12_000)
    assert (two.estimate, two.lower, two.upper) == (40.0, 6.0, 141.0)
    upper = quality.missed_records(2, 600, 12_000, sided="upper")
    assert upper.lower == 2.0
    assert upper.upper < two.upper
    whole = quality.missed_records(3, 50, 50)
    assert (whole.estimate, whole.lower, whole.upper) == (3.0, 3.0, 3.0)
    empty = quality.missed_records(0, 0, 0)
    assert (empty.estimate, empty.lower, empty.upper) == (0.0, 0.0, 0.0)


def test_quality_proportion_interval_printed_values():
    interval = quality.proportion_interval(18, 20)
    assert interval.estimate == 0.9
    assert round(interval.lower, 3) == 0.683
    assert round(interval.upper, 3) == 0.988
    assert quality.proportion_interval(0, 10).lower == 0.0
    assert quality.proportion_interval(10, 10).upper == 1.0


def test_quality_stop_test_worked_examples():
    assert round(quality.stop_test(45, 0, 600, 1_000).p, 3) == 0.064
    assert round(quality.stop_test(95, 1, 600, 1_000).p, 3) == 0.019
    assert quality.stop_test(95, 0, 2, 2).p == 0.0  # two unread records cannot bring recall below 0.95
    # 57 / 0.95 is 60 exactly; binary floating point would make the fewest missed 3 or 4 by chance.
    assert quality.stop_test(57, 0, 10, 100).p == pytest.approx(math.comb(96, 10) / math.comb(100, 10))


def test_quality_agreement_where_kappa_misleads():
    result = quality.agreement([[1, 5], [4, 90]])
    assert result.po == 0.91
    assert round(result.kappa, 2) == 0.13
    assert round(result.ac1, 2) == 0.9


def test_quality_agreement_at_the_edges():
    alike = quality.agreement([[30, 0], [0, 0]])
    assert alike.po == 1.0
    assert math.isnan(alike.kappa)
    assert alike.ac1 == 1.0
    assert quality.agreement([[10, 0], [0, 10]]).kappa == 1.0
    low, high = bootstrap([[40, 5], [5, 50]], lambda measured: measured.ac1)
    assert low < quality.agreement([[40, 5], [5, 50]]).ac1 < high
    assert (low, high) == bootstrap([[40, 5], [5, 50]], lambda measured: measured.ac1)
    assert all(map(math.isnan, bootstrap([[5, 0], [0, 0]], lambda measured: measured.kappa)))


def test_quality_keyness_worked_example():
    result = quality.keyness(20, 10, 100, 1_000)
    assert result.log_likelihood == pytest.approx(2 * (20 * math.log(20 * 11 / 30) + 10 * math.log(11 / 30)))
    assert result.log_ratio == pytest.approx(math.log2(20))
    assert quality.keyness(4, 0, 100, 100).log_ratio == 3.0
    assert quality.keyness(0, 0, 5, 5).log_likelihood == 0.0


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: quality.proportion_interval(3, 2), "read is 2, but it must be at least found"),
        (lambda: quality.proportion_interval(0, 0), "nothing read"),
        (lambda: quality.proportion_interval(-1, 2), "found is -1"),
        (lambda: quality.proportion_interval(1, 2, confidence=95), "confidence is a share"),
        (lambda: quality.proportion_interval(1.5, 2), "whole number"),
        (lambda: quality.missed_records(1, 5, 4), "frame is 4"),
        (lambda: quality.missed_records(0, 0, 4), "nothing read"),
        (lambda: quality.missed_records(0, 1, 4, sided="lower"), "sided"),
        (lambda: quality.sample_size(5, -1), "at_most is -1"),
        (lambda: quality.stop_test(1, 2, 3, 4, target=1.5), "target"),
        (lambda: quality.agreement([[1]]), "two classes"),
        (lambda: quality.agreement([[1, 2]]), "square"),
        (lambda: quality.agreement([[1, -2], [0, 1]]), "negative"),
        (lambda: quality.agreement([[0, 0], [0, 0]]), "no records"),
        (lambda: quality.keyness(1, 1, 0, 5), "size_a"),
        (lambda: quality.keyness(1, 6, 5, 5), "b must lie"),
    ],
)
def test_quality_refuses_impossible_counts_with_a_sentence(call, says):
    with pytest.raises(ValueError, match=says):
        call()
