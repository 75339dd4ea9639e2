"""Drawing a sample: proportional, repeatable, blind; and the figures that a decisions file gives."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clearcount import quality
from clearcount.errors import DecisionError
from clearcount.model.decision import Decision
from clearcount.reading.figures import as_dict
from clearcount.reading.report import measure
from clearcount.reading.sampling import Candidate, allocate, draw, second_reading, small_cells

FRAME = [
    Candidate(f"{n:05d}", code, year)
    for n, (code, year) in enumerate(
        [("086/02", "2023")] * 600 + [("086/02", "2024")] * 300 + [("088/15", "2024")] * 95 + [("008/71", "2023")] * 5
    )
]


def test_reading_draw_is_proportional_and_small_strata_are_put_together():
    drawn = draw(FRAME, 100, seed=7)
    assert Counter(each.stratum for each in drawn) == {"086/02 2023": 60, "086/02 2024": 30, "other": 10}
    assert {each.stratum: each.frame_size for each in drawn} == {
        "086/02 2023": 600,
        "086/02 2024": 300,
        "other": 100,
    }
    assert len({each.candidate.key for each in drawn}) == 100


def test_reading_draw_is_the_same_in_any_order_and_another_for_another_seed():
    shuffled = FRAME[:]
    random.Random(3).shuffle(shuffled)
    assert draw(shuffled, 100, seed=7) == draw(FRAME, 100, seed=7)
    others = {each.candidate.key for each in draw(FRAME, 100, seed=8)}
    assert others != {each.candidate.key for each in draw(FRAME, 100, seed=7)}


def test_reading_draw_by_another_stratum():
    drawn = draw(FRAME, 100, seed=7, by=lambda each: f"term {int(each.occurrence_no) % 4 == 0}")
    assert {(each.stratum, each.frame_size) for each in drawn} == {("term True", 250), ("term False", 750)}
    assert Counter(each.stratum for each in drawn) == {"term True": 25, "term False": 75}


def test_reading_draw_known_by_heart():
    """A frozen draw: were the hash or the order to change, samples drawn before could not be repeated."""
    drawn = draw(FRAME, 4, seed=20250722)
    assert [each.candidate.occurrence_no for each in drawn] == ["00571", "00396", "00931", "00855"]


def test_reading_draw_takes_everything_when_there_is_no_more():
    assert len(draw(FRAME, 5_000, seed=1)) == len(FRAME)
    assert [each.stratum for each in draw(FRAME[:3], 1, seed=1)] == ["all"]
    assert draw([], 5, seed=1) == ()


def test_reading_draw_every_record_is_as_likely_as_another():
    """Each record of a frame of 40 is drawn 10 / 40 of the time over 2,000 seeds."""
    frame = [Candidate(f"{n}", "086/02", "2023" if n < 25 else "2024") for n in range(40)]
    times = Counter(each.candidate.key for seed in range(2_000) for each in draw(frame, 10, seed=seed))
    chi_square = sum((times[candidate.key] - 500) ** 2 / 500 for candidate in frame)
    assert chi_square < 100  # 40 records; 73 is exceeded once in a thousand under fairness with replacement


def test_reading_looks_split_every_stratum():
    drawn = draw(FRAME, 100, seed=7, looks=3)
    looks = Counter(each.look for each in drawn)
    assert sum(looks.values()) == 100
    assert max(looks.values()) - min(looks.values()) <= 3
    assert [each.look for each in drawn] == sorted(each.look for each in drawn)
    assert {each.candidate for each in drawn} == {each.candidate for each in draw(FRAME, 100, seed=7)}


@pytest.mark.parametrize(("size", "looks"), [(0, 1), (-1, 1), (5, 0), (5, 4)])
def test_reading_impossible_plans_are_refused(size, looks):
    with pytest.raises(DecisionError):
        draw(FRAME, size, seed=1, looks=looks)


@given(st.dictionaries(st.text("abc", min_size=1), st.integers(1, 500), min_size=1), st.integers(1, 800))
def test_reading_allocation_is_within_one_of_proportion(sizes, total):
    shares = allocate(sizes, total)
    frame = sum(sizes.values())
    assert sum(shares.values()) == min(total, frame)
    for name, size in sizes.items():
        assert shares[name] <= size
        if total < frame:
            assert abs(shares[name] - total * size / frame) < 1


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.integers(1, 60)), min_size=1, max_size=8), st.integers(2, 60))
@example([("a", 1), ("a", 1)], 4)  # more asked for than there is
def test_reading_every_stratum_gives_two_unless_the_frame_has_one(parts, size):
    frame = [Candidate(f"{p}-{n}", code, str(p)) for p, (code, many) in enumerate(parts) for n in range(many)]
    drawn = draw(frame, size, seed=5)
    assert len(drawn) == min(size, len(frame))
    by_stratum = Counter(each.stratum for each in drawn)
    assert all(many >= 2 for many in by_stratum.values()) or len(frame) == 1
    assert sum({each.stratum: each.frame_size for each in drawn}.values()) == len(frame)


def row(number: int, code: str = "", **changes) -> Decision:
    coder = "A" if code else ""
    return replace(Decision(f"{number:04d}", "086/02", code, coder=coder, text_hash="t"), **changes)


def test_reading_second_reading_is_blind_and_covers_what_it_must():
    first = [row(n, "not_relevant", reason="negated", at="2025-08-01") for n in range(300)]
    first += [row(n, "unclear") for n in range(300, 310)]
    first += [row(n, "relevant", reason="asserted") for n in range(310, 330)]
    small = [("0315", "086/02"), ("0316", "086/02"), ("0001", "086/02")]
    again = second_reading(first, seed=1, small=small)
    keys = {decision.key for decision in again}
    assert {decision.key for decision in first if decision.code == "unclear"} <= keys
    assert {("0315", "086/02"), ("0316", "086/02")} <= keys
    assert 66 <= len(again) <= 66 + 12
    assert {(d.code, d.reason, d.coder, d.at, d.round) for d in again} == {("", "", "", "", "2")}
    assert again == second_reading(list(reversed(first)), seed=1, small=small)
    assert len(second_reading(first[:50], seed=1)) == 30
    assert len(second_reading(first[:5], seed=1)) == 5


def test_reading_second_reading_order_says_nothing_about_the_first_code():
    first = [row(n, "unclear" if n % 7 == 0 else "not_relevant") for n in range(700)]
    again = [decision.key for decision in second_reading(first, seed=1)]
    codes = {decision.key: decision.code for decision in first}
    places = [at for at, key in enumerate(again) if codes[key] == "unclear"]
    assert abs(sum(places) / len(places) - len(again) / 2) < len(again) / 8


def test_reading_small_cells():
    months = {(str(n), "086/02"): "2024-01" if n < 4 else "2024-02" for n in range(10)}
    assert small_cells(months, list(months)) == {(str(n), "086/02") for n in range(4)}


def worked_example() -> list[Decision]:
    """50 hits of which 45 are confirmed; 600 of 12,000 others read at random, two of them relevant."""
    rows = [row(n, "relevant" if n < 45 else "not_relevant") for n in range(50)]
    sample = [("relevant" if n < 1_002 else "not_relevant", n) for n in range(1_000, 1_600)]
    return rows + [row(n, code, source="random", stratum="all", frame_size=12_000) for code, n in sample]


def test_reading_quality_of_a_worked_example():
    figures = measure(worked_example())
    assert (figures.precision.estimate, figures.matches.relevant, figures.matches.read) == (0.9, 45, 50)
    assert (figures.sampled.missed.estimate, figures.sampled.missed.lower, figures.sampled.missed.upper) == (40, 6, 141)
    assert [round(x, 2) for x in (figures.recall.estimate, figures.recall.lower, figures.recall.upper)] == [
        0.53,
        0.24,
        0.88,
    ]
    assert figures.sampled.elusion.estimate == pytest.approx(40 / 12_000)
    assert figures.sampled.stop == quality.stop_test(45, 2, 600, 12_000)
    assert figures.sampled.at_most == quality.missed_records(2, 600, 12_000, sided="upper").upper
    assert figures.part is None
    plain = as_dict(figures)
    assert plain["precision"]["found"] == 45
    assert plain["missed"]["upper"] == 141
    assert plain["agreement"] is None
    assert plain["stop"]["pass"] is False


def test_reading_quality_counts_ranked_finds_as_missed_by_the_terms():
    rows = [*worked_example(), *(row(n, "relevant", source="ranked") for n in range(2_000, 2_005))]
    figures = measure(rows)
    assert figures.recall.estimate == pytest.approx(45 / (45 + 5 + 40))
    assert figures.sampled.stop == quality.stop_test(50, 2, 600, 12_000)


def test_reading_quality_says_nothing_before_a_look_is_complete():
    rows = worked_example()
    rows[-1] = replace(rows[-1], code="", coder="")
    figures = measure(rows)
    assert figures.sampled is None
    assert figures.recall is None
    assert "1 of 600 sampled records are not decided yet" in figures.remarks[0]


def test_reading_quality_counts_the_complete_looks_only():
    rows = [row(n, "relevant") for n in range(10)]
    for n in range(90):
        look = 1 + n // 30
        code = "" if n == 89 else "not_relevant"
        place = {"source": "random", "stratum": "all", "frame_size": 900, "sample_id": f"sample-x.{look}of3"}
        rows.append(row(1_000 + n, code, **place))
    figures = measure(rows)
    assert (figures.sampled.looks_done, figures.sampled.looks_planned, figures.sampled.read) == (2, 3, 60)
    assert figures.sampled.stop_below == pytest.approx(0.05 / 3)
    assert figures.sampled.missed == quality.missed_records(0, 60, 900)


def test_reading_quality_unclear_is_never_silently_no():
    rows = worked_example()
    rows[60] = replace(rows[60], code="unclear")
    rows[61] = replace(rows[61], code="cannot_decide")
    figures = measure(rows)
    assert figures.sampled.missed.upper == 141
    assert figures.sampled.with_doubtful == quality.missed_records(4, 600, 12_000)
    assert figures.sampled.tally.doubtful == 2


def test_reading_quality_weights_strata_and_bounds_them_only_when_enough_was_read():
    rows = []
    for stratum, frame, read, found in (("a", 6_000, 60, 1), ("b", 3_000, 30, 2)):
        for n in range(read):
            place = {"source": "random", "stratum": stratum, "frame_size": frame}
            rows.append(row(len(rows), "relevant" if n < found else "not_relevant", **place))
    figures = measure(rows)
    assert figures.sampled.missed.estimate == 100 + 200
    assert figures.sampled.missed.upper == quality.missed_records(3, 90, 9_000).upper
    assert [stratum.relevant is None for stratum in figures.sampled.strata] == [False, True]


def test_reading_quality_of_partly_read_hits():
    """Nine hits in a month, five read at random, four relevant: 4 / 5 of nine, between 4 and 8."""
    rows = [row(n, "relevant" if n < 4 else "not_relevant", stratum="AI", frame_size=9) for n in range(5)]
    confirmed = measure(rows).part.confirmed
    assert (confirmed.estimate, confirmed.lower, confirmed.upper) == (pytest.approx(7.2), 4, 8)


def partly_read(*strata: tuple[str, int, int, int]) -> list[Decision]:
    """Hits of which a random part was read: (term, hits, read, relevant) each."""
    rows: list[Decision] = []
    for term, hits, read, found in strata:
        place = {"stratum": term, "frame_size": hits, "sample_id": "hits-1"}
        rows += [row(len(rows) + n, "relevant" if n < found else "not_relevant", **place) for n in range(read)]
    return rows


def test_reading_quality_of_hits_read_in_part_by_term():
    rows = partly_read(("term: AI", 2_000, 200, 50), ("term: deepfake", 600, 60, 57))
    part = measure(rows).part
    assert (part.hits, part.read, part.found) == (2_600, 260, 107)
    assert part.confirmed.estimate == 500 + 570
    assert part.confirmed.upper == quality.missed_records(107, 260, 2_600).upper
    assert [(s.name, s.relevant) for s in part.strata] == [
        ("term: AI", quality.missed_records(50, 200, 2_000)),
        ("term: deepfake", quality.missed_records(57, 60, 600)),
    ]
    plain = as_dict(measure(rows))
    assert plain["precision"]["estimate"] == pytest.approx(1_070 / 2_600)
    assert (plain["precision"]["found"], plain["precision"]["read"], plain["confirmed"]["hits"]) == (107, 260, 2_600)
    assert plain["confirmed"]["strata"][1]["relevant"]["upper"] == part.strata[1].relevant.upper


def test_reading_quality_of_a_part_has_no_recall_and_counts_hits_not_drawn_in_its_frame():
    rows = [*partly_read(("term: AI", 900, 90, 30)), *(row(n, "") for n in range(500, 900)), row(901, "relevant")]
    figures = measure([*rows, *(r for r in worked_example() if r.source == "random")])
    assert figures.part.confirmed.estimate == 300
    assert figures.sampled is not None
    assert figures.recall is None
    assert figures.remarks[0] == "90 of 900 hits were drawn at random and read; recall needs every hit to be read"


def test_reading_quality_of_a_part_says_that_hits_came_after_the_draw():
    rows = [*partly_read(("term: AI", 90, 60, 30)), *(row(n, "") for n in range(500, 537))]
    assert "7 hits came after the draw; the estimate does not speak of them" in measure(rows).remarks


def test_reading_quality_of_a_part_waits_for_all_of_it():
    rows = partly_read(("term: AI", 900, 90, 30))
    rows[0] = replace(rows[0], code="", coder="")
    figures = measure(rows)
    assert figures.part is None
    assert "1 of 90 hits drawn at random are not decided yet" in figures.remarks[0]


def test_reading_quality_of_a_part_that_is_all_of_them_is_a_count():
    figures = measure(partly_read(("term: AI", 20, 20, 18)))
    assert figures.part is None
    assert figures.precision == quality.proportion_interval(18, 20)


def test_reading_quality_of_two_coders():
    table = {("relevant", "relevant"): 1, ("relevant", "not_relevant"): 5, ("not_relevant", "relevant"): 4}
    table[("not_relevant", "not_relevant")] = 90
    rows, number = [], 0
    for (one, two), many in table.items():
        for _ in range(many):
            rows += [row(number, one), row(number, two, coder="B", round="2")]
            number += 1
    twice = measure(rows).twice
    assert twice.table == ((1, 5), (4, 90))
    assert twice.measured == quality.agreement([[1, 5], [4, 90]])
    assert twice.records == 100
    assert twice.unsettled == 9
    assert twice.overturned == 9
    assert twice.by_code["relevant"] == pytest.approx(2 * 1 / (6 + 5))
    settled = [*rows, *(row(n, "relevant", coder="C", round="adjudication") for n in range(1, 10))]
    again = measure(settled).twice
    assert again.unsettled == 0
    assert again.overturned == 4
    assert again.measured == twice.measured


def test_reading_quality_when_everybody_says_the_same():
    rows = [row(n, "not_relevant", coder=coder, round=round_) for n in range(40) for coder, round_ in ("A1", "B2")]
    plain = as_dict(measure(rows))["agreement"]
    assert (plain["po"], plain["kappa"], plain["ac1"]) == (1.0, None, 1.0)


def test_reading_quality_warns_of_low_agreement_and_of_one_coder():
    rows = []
    for n in range(40):
        rows += [row(n, "relevant"), row(n, "relevant" if n % 2 else "not_relevant", round="2")]
    remarks = " ".join(measure(rows).remarks)
    assert "AC1 is below 0.70" in remarks
    assert "40 of 40 records read twice were read by the same person" in remarks


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([row(1, "relevant", source="random", stratum="a", frame_size=5, sample_id="s1"),
          row(2, "relevant", source="random", stratum="a", frame_size=5, sample_id="s2")], "two random samples"),
        ([row(1, "relevant", source="random", stratum="a", frame_size=5),
          row(2, "relevant", source="random", stratum="a", frame_size=6)], "two frame sizes"),
        ([row(1, "relevant", stratum="a", frame_size=5, sample_id="h1"),
          row(2, "relevant", stratum="a", frame_size=5, sample_id="h2")], "two random samples"),
        ([row(n, "relevant", source="random", stratum="a", frame_size=1) for n in range(2)], "2 rows but a frame of 1"),
    ],
)  # fmt: skip
def test_reading_quality_refuses_samples_that_contradict_themselves(rows, says):
    with pytest.raises(DecisionError, match=says):
        measure(rows)


def test_reading_quality_of_nothing():
    figures = measure([])
    assert figures.precision is None
    assert figures.recall is None
    assert len(figures.remarks) == 2
