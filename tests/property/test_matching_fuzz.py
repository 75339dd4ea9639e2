"""Anything typed as a term, on anything as a text: no crash, no hang, and time that grows no faster than the text."""

from __future__ import annotations

import time

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearcount.errors import TermError
from clearcount.matching import Matcher, TermSet, fold
from clearcount.matching.candidates import available
from clearcount.matching.folding import folded
from clearcount.model.terms import RULES, Rule

PIECES = st.sampled_from(
    [
        *("AI", "ai", "deep", "fake", "artificial", "A.I.", "a", "b", "é", "ß", "ﬁ", "İ", "Ⅳ", "中", "🙂", "ａ"),
        *(" ", " ", "\t", "\n", "\r\n", "\u00a0", "\u200b", "\u00ad", "\u200d", "\u0301", "\u0345", "-", "–", "_", "."),
        *("*", "?", "**", "?*", "=", '"', '"', "“", "~1", "~2", "~", "\\", "\\*", '\\"', ",", "%", "+", "(", ")", "["),
        *(
            "]",
            "{2}",
            "^",
            "$",
            "|",
            "\\b",
            "(?i)",
            "\x00",
            "\x1f",
            " NEAR/2 ",
            " NEAR/ ",
            " EXCEPT ",
            " AND ",
            "NEAR/3",
        ),
    ]
)
TERMS = st.one_of(st.lists(PIECES, max_size=10).map("".join), st.text(max_size=20))
TEXTS = st.one_of(st.lists(PIECES, max_size=30).map("".join), st.text(max_size=60))


def agree(rule: Rule, terms: list[str], none: list[str], texts: list[str]) -> None:
    """A term set is refused with a sentence, or one text at a time and every engine give the same hits."""
    try:
        wanted = TermSet(rule, tuple(terms), tuple(none))
    except TermError as error:
        assert str(error)
        return
    match = Matcher(wanted, "re2")
    assert len(match.expansion()) == len(terms) + len(none)
    column = pa.array([text.encode("utf-8", "replace").decode() for text in texts], pa.string())
    kept = []
    for row, text in enumerate(column.to_pylist()):
        for span in match.find(text)[0]:
            assert 0 <= span.start < span.end <= len(text)
            assert text[span.start : span.end] == span.matched
            kept.append((row, span.start, span.end))
    for engine in available():
        hits = Matcher(wanted, engine).hits(column, fold(column)).kept
        assert list(zip(*(hits[name].to_pylist() for name in ("row", "start", "end")), strict=True)) == kept


def fuzz(examples: int) -> None:
    """Runs `agree` on that many generated cases."""

    @settings(max_examples=examples)
    @given(
        st.sampled_from(RULES),
        st.lists(TERMS, min_size=1, max_size=3),
        st.lists(TERMS, max_size=1),
        st.lists(TEXTS, max_size=4),
    )
    def run(rule: Rule, terms: list[str], none: list[str], texts: list[str]) -> None:
        agree(rule, terms, none, texts)

    run()


def test_fuzz() -> None:
    fuzz(400)


@pytest.mark.slow
def test_fuzz_for_ten_minutes() -> None:
    start = time.monotonic()
    while time.monotonic() - start < 600:
        fuzz(2000)


GROWING: tuple[tuple[Rule, str, str], ...] = (
    ("word", "a*a*a*b", "a"),
    ("word", "*aaa*aab", "a"),
    ("word", "aaa* aab", "a"),
    ("word", "a?a?a?a?b", "a"),
    ("word", "*aaa", "a"),
    ("word", "aaaaa~1", "a"),
    ("word", "deep fake", "deep "),
    ("word", "deep fake", "deep  \t"),
    ("word", "deep fake", " "),
    ("word", "deep fake", "\u00a0"),
    ("word", "aab NEAR/3 baa", "aab "),
    ("word", "AI EXCEPT AI AI", "AI "),
    ("variant", "deep fake*", "deep-_ "),
    ("variant", "deep* fake*x", "deepfake"),
    ("variant", "a*a a*a a*aab", "a "),
    ("variant", "a*a a*a a*aab", "a"),
    ("variant", "a-b-c-d-e", "a-"),
    ("variant", "a - b", "a -_-"),
    ("variant", "AIAIAI", "A.I."),
    ("variant", "AIAIAI", "A. "),
    ("padded", "a a a", "a "),
    ("contains", "aaaaaaab", "a"),
    ("contains", "ss", "ß"),
)


@pytest.mark.parametrize(("rule", "term", "unit"), GROWING)
@pytest.mark.parametrize("before", ["", "é "])
def test_long_repetitive_texts_come_back(rule: Rule, term: str, unit: str, before: str) -> None:
    """100,000 characters made to provoke backtracking: what grows with their square would take hours."""
    text = before + unit * (100_000 // len(unit))
    match = Matcher(TermSet(rule, (term,)))
    kept, dropped = match.find(text)
    for span in (*kept[:3], *kept[-3:], *dropped[:3]):
        assert [(s.start, s.end) for s in match.find(text[span.start : span.end])[0]] in (
            [],
            [(0, span.end - span.start)],
        )


@pytest.mark.parametrize("unit", ["a", "é", "e\u0301", "\u0301", "\u0301\u0323", "ﬁ", "\u00ad", "a\u200d", " \u0301"])
def test_long_repetitive_texts_are_folded(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    view = folded(text)
    assert len(view.text) == len(view.starts) == len(view.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(view.starts, view.ends, strict=True))
