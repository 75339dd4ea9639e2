"""Suggestions, the queue's order and the flags, on made-up texts."""

from __future__ import annotations

import builtins
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearcount.errors import EngineUnavailable, RequestError
from clearcount.model.decision import Decision, flag_state
from clearcount.reading.decide import resolve
from clearcount.reading.flags import COLUMNS, coverage, flags, to_csv
from clearcount.reading.kin import kin
from clearcount.reading.queue import Reading, queue_order, score
from clearcount.reading.suggest import (
    edit_distance,
    key_words,
    related,
    related_version,
    variants,
    vocabulary,
)

TEXTS = [
    "The picture is a deapfake, deep fakes of this kind are sold.",
    "A deepfaked clip and a deepfaking app, the deepfakes were sent on.",
    "He went deep. Fake plates were fitted to the car; deeper water.",
    "Dee fake and chat gpt were named, so was chatgpt.",
]


def test_reading_vocabulary_counts_texts_not_words():
    words = vocabulary(["AI ai made it", "made by AI"])
    assert (words["ai"], words["made"], words["ai made"], words["made it"]) == (2, 2, 1, 1)


def test_reading_variants_and_inflections_of_a_long_term():
    found = {each.term: each.kind for each in variants("deepfake", vocabulary(TEXTS))}
    assert found["deapfake"] == "variant"
    assert found["deep fakes"] == "variant"
    assert found["dee fake"] == "variant"
    assert {word for word, kind in found.items() if kind == "inflection"} == {"deepfaked", "deepfaking", "deepfakes"}
    assert "deeper" not in found
    assert {each.term for each in variants("chatgpt", vocabulary(TEXTS))} == {"chat gpt"}


def test_reading_short_terms_have_no_variants():
    assert variants("AI", {"al": 5, "ai": 9, "aim": 3}) == []


@pytest.mark.parametrize(
    ("term", "forms", "others"),
    [
        ("burn", {"burned", "burning", "burns"}, {"burnt", "burrow", "bun", "burn down"}),
        ("killed", {"kill", "kills", "killing"}, {"killer", "kiln", "skilled"}),
        ("pin", {"pins", "pinned", "pinning"}, {"pine", "pint", "pining"}),
        ("pine", {"pined", "pining", "pines"}, {"pin", "pinned", "pint"}),
        ("taped", {"tape", "taping"}, {"tap", "tapped"}),
        ("bruise", {"bruised", "bruising", "bruises"}, {"brush"}),
        ("company", {"companies", "company's", "company’s"}, {"companion"}),
        ("glass", set(), {"glas", "gas"}),
        ("artificial intelligence", set(), {"artificial", "intelligence", "intelligent"}),
        ("face swap", {"faceswapping"}, {"face", "faces", "swap"}),
        ("amputated", {"amputates", "amputating", "amputation"}, {"amp"}),
    ],
)
def test_reading_every_form_of_a_term_is_an_inflection(term, forms, others):
    found = {each.term for each in variants(term, dict.fromkeys(forms | others, 3)) if each.kind == "inflection"}
    assert found == forms


def test_reading_kin_are_the_same_both_ways_and_a_word_is_its_own():
    words = ["burn", "burned", "deepfake", "deepfakes", "scaffold", "scaffolding", "bus", "buses", "", "s", "ing", "ed"]
    for one in words:
        assert kin(one, one)
        for two in words:
            assert kin(one, two) == kin(two, one)


def test_reading_at_most_ten_variants_the_commonest_first():
    words = {f"deepfak{letter}": n for n, letter in enumerate("abcdfghijklmnop", 1)}
    found = variants("deepfake", words)
    assert len(found) == 10
    assert [words[each.term] for each in found] == sorted(words.values(), reverse=True)[:10]


@given(st.text("abcd", max_size=7), st.text("abcd", max_size=7))
def test_reading_edit_distance_agrees_with_the_definition(one, two):
    def distance(i: int, j: int) -> int:
        if not i or not j:
            return i + j
        best = min(distance(i - 1, j) + 1, distance(i, j - 1) + 1, distance(i - 1, j - 1) + (one[i - 1] != two[j - 1]))
        if i > 1 and j > 1 and one[i - 1] == two[j - 2] and one[i - 2] == two[j - 1]:
            best = min(best, distance(i - 2, j - 2) + 1)
        return best

    true = distance(len(one), len(two)) if len(one) * len(two) < 26 else None
    if true is not None:
        assert edit_distance(one, two, 20) == true
        assert (edit_distance(one, two, 2) <= 2) == (true <= 2)


def test_reading_related_words_by_topic():
    words = {each.term for each in related(["deepfake*", "knife"])}
    assert {"face swap", "nudify"} <= words
    assert "deepfake" not in words
    assert related(["knife"]) == []
    assert related_version()
    own = '[[topic]]\nname = "blades"\nwhen = ["knife"]\nwords = ["machete", "knife"]\n'
    assert [each.term for each in related(["Knife"], own)] == ["machete"]
    with pytest.raises(RequestError, match="related words cannot be read"):
        related(["knife"], "[[topic]]\nname = 1\n")


def test_reading_key_words_mark_the_relevant_and_mask_names():
    relevant = [f"Mr Jonah Smythe used the generator called Pixly, file {n}." for n in range(8)]
    others = [f"The bicycle was taken from the rack, file {n}." for n in range(200)]
    found = {each.term: each for each in key_words(relevant, others, known=lambda word: word == "generator")}
    assert "pixly" in found
    assert not {"jonah", "smythe", "generator", "file", "the"} & found.keys()
    assert (found["pixly"].relevant, found["pixly"].others) == (8, 0)
    assert 0 < found["pixly"].p < 0.001
    assert key_words([], others, known=lambda word: False) == []


TOPIC = ["The face was swapped by an application.", "Pictures made with a face swap program."]
OTHER = ["The bicycle was taken from the rack.", "Window broken, entry to the kitchen."]


def readings() -> list[Reading]:
    decided = [Reading(f"{TOPIC[n % 2]} {n}", (), True) for n in range(6)]
    decided += [Reading(f"{OTHER[n % 2]} {n}", (), False) for n in range(6)]
    return decided + [Reading(f"{(OTHER, TOPIC)[n % 4 == 0][n % 2]} open {n}") for n in range(40)]


def test_reading_queue_puts_the_likeliest_first_and_the_same_every_time():
    records = readings()
    order = queue_order(records, seed=3)
    assert sorted(order) == list(range(12, 52))
    assert order == queue_order(records, seed=3)
    first = [records[at].text.startswith(tuple(TOPIC)) for at in order[:10]]
    assert sum(first) >= 9  # one place in ten is a random pick
    assert order != queue_order(records, seed=4)


def test_reading_queue_goes_by_hints_until_enough_is_decided():
    records = [
        Reading("a", ("negated",)),
        Reading("b", ()),
        Reading("c", ("other_sense", "negated")),
        Reading("d", ("officer_asserts",)),
        Reading("e", (), True),
    ]
    order = queue_order(records)
    assert order[2:] == [0, 2]
    assert set(order[:2]) == {1, 3}


def test_reading_queue_learns_from_hints_where_words_say_nothing():
    records = [Reading("same words", ("negated",) if n % 2 else (), not n % 2) for n in range(20)]
    records += [Reading("same words", ("negated",)), Reading("same words", ())]
    scores = score(records)
    assert scores[-1] > scores[-2]


def test_reading_score_refuses_when_there_is_nothing_to_learn():
    with pytest.raises(ValueError, match="no record is relevant yet"):
        score([Reading("a"), Reading("b", (), False)])
    with pytest.raises(ValueError, match="nothing to tell apart"):
        score([Reading("words here", (), True), Reading("more words", (), True)])


def test_reading_texts_without_a_word_are_ranked_too():
    records = [Reading("…", (), n < 6) for n in range(12)] + [Reading("?"), Reading("")]
    assert sorted(queue_order(records)) == [12, 13]


def test_reading_ranker_says_what_to_install(monkeypatch):
    real = builtins.__import__

    def without_sklearn(name, *rest):
        if name.startswith("sklearn"):
            raise ModuleNotFoundError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without_sklearn)
    with pytest.raises(EngineUnavailable, match=r"pip install 'clearcount\[reading\]'"):
        queue_order(readings())


def test_reading_flags_carry_who_when_and_why():
    rows = [
        Decision("1", "086/02", "relevant", "asserted", "A", "1", "ai-1", "q1", "t1", "2025-08-01"),
        Decision("1", "086/02", "relevant", "", "B", "2", "ai-1", "q1", "t1", "2025-08-02"),
        Decision("2", "086/02", "unclear", "", "A", "1", "ai-1", "q1", "t2", "2025-08-01"),
        Decision("3", "086/02", "not_relevant", "negated", "A", "1", "ai-1", "q1", "old", "2025-08-01"),
    ]
    resolution = resolve(rows, {"1": "t1", "2": "t2", "3": "t3"})
    crimes = {
        ("1", "086/02"): ["C1", "C1b"],
        ("2", "086/02"): ["C2"],
        ("3", "086/02"): ["=C3"],
        ("4", "086/02"): ["C4"],
    }
    found = flags(rows, resolution, crimes, topic="AI")
    assert [(flag.crime_no, flag.value, flag.markers) for flag in found] == [
        ("C1", "confirmed", "AI"),
        ("C1b", "confirmed", "AI"),
        ("C2", "unclear", "AI:unclear"),
    ]
    assert (found[0].coders, found[0].decided_at, found[0].text_hash) == ("A|B", "2025-08-02", "t1")
    table = list(csv.DictReader(io.StringIO(to_csv(found))))
    assert tuple(table[0]) == COLUMNS
    assert [row["markers"] for row in table] == ["AI", "AI", "AI:unclear"]


@pytest.mark.parametrize(
    ("markers", "state"),
    [
        (["AI"], "confirmed"),
        ([" ai ", "AI:not"], "confirmed"),
        (["ai:Not"], "not"),
        (["AI:unclear", "AI:not"], "unclear"),
        (["DA", "AIDS"], "undecided"),
        ([], "undecided"),
    ],
)
def test_reading_markers_of_a_crime_say_its_state(markers, state):
    assert flag_state(markers, "AI") == state


def test_reading_coverage_never_takes_no_flag_for_a_no():
    found = coverage([["AI"], ["AI:not"], [], ["other"]], "ai")
    assert (found.records, found.decided, found.confirmed, found.unclear) == (4, 2, 1, 0)
    assert found.spoken("ai") == 'flag "ai" decided for 2 of 4 records in scope'
