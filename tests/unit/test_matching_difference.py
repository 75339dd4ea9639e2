"""The classes of difference, and the surroundings of a hit."""

from __future__ import annotations

import pytest

from clearcount.matching import find
from clearcount.matching.concordance import context
from clearcount.matching.difference import DIFFERENCES, difference
from clearcount.model.terms import Rule


@pytest.mark.parametrize(
    ("rule", "term", "text", "kind"),
    [
        ("word", "AI", "made by AI, said", "punctuation beside the word"),
        ("word", "AI", "made by (AI) here", "punctuation beside the word"),
        ("word", "AI", "see AI_ref there", "punctuation beside the word"),
        ("word", "AI", "AI there", "start of field"),
        ("word", "AI", "made by AI", "end of field"),
        ("word", "AI", "made\nAI\nthere", "line break or wide space"),
        ("word", "deep fake", "a deep  fake film", "line break or wide space"),
        ("word", "AI", "made by\u00a0AI there", "no-break space"),
        ("word", "deep fake", "a deep\u00a0fake film", "no-break space"),
        ("word", "AI", "made by ＡＩ there", "other spelling"),
        ("word", "AI", "made by A\u00adI there", "other spelling"),
        ("word", "café", "a cafe\u0301 there", "other spelling"),
        ("word", "deepfake*", "two deepfakes there", "inflected"),
        ("word", "deepfake*", "the deepfakery there", "inside a longer word"),
        ("word", "deepfake*", "a deepfake there", "term language"),
        ("word", "artificial~1", "an artifical one", "term language"),
        ("word", "artificial NEAR/2 intelligence", "an artificial and intelligence one", "term language"),
        ("variant", "AI", "made by A.I. there", "dotted"),
        ("variant", "deep fake", "a deepfake film", "joined"),
        ("variant", "deep fake", "a deep-fake film", "hyphen or underscore"),
        ("variant", "deep fake", "a deep_fake film", "hyphen or underscore"),
        ("contains", "deepfake", "two deepfakes there", "inflected"),
        ("contains", "AI", "he said so", "inside a longer word"),
        ("contains", "AI", "first aid given", "inside a longer word"),
        ("contains", "AI", "two AIs there", "inflected"),
        ("contains", " AI ", "made by AI there", "line break or wide space"),
    ],
)
def test_what_sets_a_hit_apart(rule: Rule, term: str, text: str, kind: str) -> None:
    (span,) = find(term, text, rule)
    assert kind in DIFFERENCES
    assert difference(term, text[: span.start], span.matched, text[span.end :]) == kind


def test_every_class_is_reached() -> None:
    marks = test_what_sets_a_hit_apart.pytestmark  # type: ignore[attr-defined]
    assert {case[3] for case in marks[0].args[1]} == set(DIFFERENCES)


def test_the_surroundings_are_sixty_characters_with_line_breaks_as_spaces() -> None:
    text = "a" * 80 + "\r\n\u2028AI\n" + "b" * 80
    assert context(text, 83, 85) == ("a" * 57 + "   ", " " + "b" * 59)
    assert context("AI", 0, 2) == ("", "")
    assert context("x AI y", 2, 4, width=1) == (" ", " ")
