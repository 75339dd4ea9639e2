"""Nearly equal texts: which records one reading may decide, against a plain count of the same share."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearcount.model.decision import Decision
from clearcount.reading.decide import current, still_applied
from clearcount.reading.near import HitText, differing, near_records

LONG = (
    "The bank wrote to its customers about a call in which somebody spoke with a copied voice. "
    "The picture was made with {hit} by the sender, and it was sent to the office by post on day {day}. "
    "The letter asks customers to look at their account and to tell the branch of anything they do not know. "
    "A copy of the letter is kept at the branch, and the branch has told the region about it by telephone."
)


def record(number: int, text: str, *, hit: str = "AI", code: str = "086/02", hints: tuple[str, ...] = ()) -> HitText:
    at = text.index(hit)
    return HitText((f"N{number}", code), ((text, ((at, at + len(hit)),)),), hints)


def near(*records: HitText, **changes: float) -> list[tuple[str, str, bool]]:
    return [(each.key[0], each.read[0], each.likeness == 1) for each in near_records(records, **changes)]


def copy(number: int, *, day: object = 4, extra: str = "", **changes: object) -> HitText:
    return record(number, LONG.format(hit="AI", day=day) + extra, **changes)


def test_a_copy_is_read_once_whatever_its_case_spaces_and_figures() -> None:
    shouted = copy(3)
    loud = replace(shouted, entries=tuple((text.upper().replace(" ", "\n "), ()) for text, _ in shouted.entries))
    at = loud.entries[0][0].index("AI", loud.entries[0][0].index("WITH\n AI"))
    loud = replace(loud, entries=((loud.entries[0][0], ((at, at + 2),)),))
    assert near(copy(1), copy(2, day=19), loud) == [("N2", "N1", True), ("N3", "N1", True)]
    assert near(copy(1), copy(2, extra=" Nothing else.")) == [("N2", "N1", False)]
    assert near(copy(1), copy(2, extra=" Nothing else."), least=1) == []


def test_words_round_the_hit_that_differ_are_never_near() -> None:
    denied = LONG.replace("was made with", "was not made with")
    assert near(copy(1), record(2, denied.format(hit="AI", day=4))) == []
    assert near(copy(1), copy(2, hints=("negated",))) == []
    assert near(copy(1), copy(2, code="088/15")) == []
    assert near(copy(1), record(2, LONG.format(hit="deepfake", day=4), hit="deepfake")) == []
    two = copy(2, extra=" The second one is AI too.")
    text = two.entries[0][0]
    both = replace(two, entries=((text, (*two.entries[0][1], (text.rindex("AI"), text.rindex("AI") + 2))),))
    assert near(copy(1), both) == [], "a hit more is another record"


def test_a_record_without_a_hit_is_never_near() -> None:
    quiet = HitText(("N9", "086/02"), ((LONG, ()),))
    assert near_records([quiet, replace(quiet, key=("N8", "086/02"))]) == ()


def test_what_is_left_out_is_near_to_what_is_read_and_not_to_what_is_left_out() -> None:
    chain = [copy(n, extra=" More words stand here now and again." * n) for n in range(6)]
    found = near_records(chain, least=0.8)
    read = {each.key[0] for each in chain} - {key[0] for key in (each.key for each in found)}
    assert {each.read[0] for each in found} <= read and len(read) > 1


words = st.lists(st.sampled_from(["one", "two", "three", "four", "five"]), min_size=6, max_size=14).map(" ".join)


@given(st.lists(words, min_size=2, max_size=8), st.sampled_from([0.5, 0.7, 0.9, 1.0]))
def test_every_pair_is_near_by_a_plain_count(tails: list[str], least: float) -> None:
    around = "a b c d e f g h i j k l "
    records = [record(n, f"{around}AI m n o p q r s t u v w x {tail}") for n, tail in enumerate(tails)]

    def runs(each: HitText) -> Counter[tuple[str, ...]]:
        split = each.entries[0][0].casefold().split()
        return Counter(zip(split, split[1:], split[2:], strict=False))

    by_key = {each.key: each for each in records}
    found = near_records(records, least=least)
    for each in found:
        one, other = runs(by_key[each.key]), runs(by_key[each.read])
        share = (one & other).total() / (one | other).total()
        assert each.likeness == pytest.approx(share) and share >= least
    assert near_records(records, least=least) == found
    left = [each for each in records if each.key not in {one.key for one in found}]
    for place, one in enumerate(left):
        for other in left[:place]:
            assert (runs(one) & runs(other)).total() / (runs(one) | runs(other)).total() < least


def test_the_words_that_differ_are_named() -> None:
    assert differing(["Made on 4 May by AI."], ["made on 5 May by the AI."]) == (("4",), ("5", "the"))
    assert differing(["same"], ["Same"]) == ((), ())


def test_a_likeness_is_a_share() -> None:
    for least in (0.2, 1.1):
        with pytest.raises(ValueError, match=r"from 0\.5 to 1"):
            near_records([], least=least)


def test_what_was_applied_holds_as_long_as_the_reading_it_rests_on() -> None:
    read = Decision("N1", "086/02", "relevant", coder="A", text_hash="t1", at="2025-08-01T09:00:00")
    applied = replace(read, occurrence_no="N2", text_hash="t2", applied_from="t1", at="2025-08-01T09:01:00")
    assert current([read, applied])[applied.key] == applied
    assert current([applied])[applied.key] == applied, "a source out of scope changes nothing"
    overturned = replace(read, code="not_relevant", coder="B", round="2", at="2025-08-02T09:00:00")
    assert applied.key not in current([read, applied, overturned])
    assert still_applied([read, applied, overturned]) == [read, overturned]
    of_its_own = replace(applied, code="unclear", applied_from="", at="2025-08-03T09:00:00")
    assert current([read, applied, overturned, of_its_own])[applied.key] == of_its_own
    other_offence = replace(overturned, offence_code="088/15")
    assert current([read, applied, other_offence])[applied.key] == applied
