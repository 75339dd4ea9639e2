"""A column folded at once is what its texts are one by one."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearcount.matching import fold
from clearcount.matching.folding import folded


def _one_by_one(texts: list[str | None]) -> list[str | None]:
    return [None if text is None or text.isascii() else folded(text).text for text in texts]


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("plain ASCII", None),
        ("", None),
        (None, None),
        ("Caf\u00c9 BAR", "caf\u00e9 bar"),
        ("Cafe\u0301 BAR", "caf\u00e9 bar"),  # a mark joins the letter before it
        ("\u0301x", "\u0301x"),  # unless a text begins with it, whatever the text before ends with
        ("A\u00adI and D\u2013E", "ai and d-e"),
        ("\ufb01ne \u2026", "fine ..."),
        ("\u1e9e \u00df", "ss ss"),  # one character becomes what another is replaced by
        ("\u01c4 \u01c6", "d\u017e d\u017e"),
    ],
)
def test_a_text_among_others(text: str | None, form: str | None) -> None:
    others: list[str | None] = ["one", "Z\u00dcge", text, None, "e", "\u0301"]
    found = fold(pa.array(others, pa.string()))
    found.validate(full=True)
    assert found[2].as_py() == form
    assert found.to_pylist() == _one_by_one(others)


def test_what_a_character_becomes_is_not_replaced_again() -> None:
    lifted = folded("\u20ac").text  # a sign that is no word stands for itself in an unused plane, which folds on
    assert folded(lifted).text != lifted
    texts = [f"x \u20ac {lifted}", "\u20ac", lifted]
    assert fold(pa.array(texts)).to_pylist() == _one_by_one(list(texts))


def test_every_character_alone_and_beside_a_letter() -> None:
    characters = [chr(code) for code in range(0x80, 0x3000) if not 0xD800 <= code < 0xE000]
    for step in (7, 500):
        for start in range(0, len(characters), step):
            some = characters[start : start + step]
            texts: list[str | None] = [*some, *(f"A{character}b" for character in some)]
            assert fold(pa.array(texts)).to_pylist() == _one_by_one(texts)


_LIKELY = st.sampled_from(
    "aAeE` \n\r\t\x1e\u00ad\u00c2\u00e2\u20ac"
    "\u00e9\u00c9\u2019\u2013\u00a3\u2026\u0301\u200d\ufe0f\u1100\u1161\u0130\u03a3\u2122\ufb01"
)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("dro\u00ad\nne", "drone"),
        ("dro\u00ad\r\nne", "drone"),
        ("dro\u00ad \t\n  NE", "drone"),
        ("dro\u00ad\n\u00adn\u00e9", "dron\u00e9"),
        ("e\u00ad\n\u0301x", "\u00e9x"),
        ("dro\u00ad\n", "dro"),
        ("dro\u00ad ne", "dro ne"),
        ("\u00e9\u00ad\n\u00e9\u00ad\n\u00e9", "\u00e9\u00e9\u00e9"),
    ],
)
def test_a_soft_hyphen_takes_the_line_end_along(text: str, form: str) -> None:
    beside = [text, "\n", text + "\u00ad", "\n", f"\n{text}"]
    assert fold(pa.array(beside)).to_pylist() == _one_by_one(list(beside))
    assert fold(pa.array(beside))[0].as_py() == form


@given(st.lists(st.none() | st.text(_LIKELY | st.characters(exclude_categories=["Cs"]), max_size=12), max_size=12))
def test_any_texts(texts: list[str | None]) -> None:
    column = pa.array(["before", *texts], pa.string())
    assert fold(column).to_pylist() == _one_by_one(["before", *texts])
    assert fold(column.slice(1)).to_pylist() == _one_by_one(texts)
    assert fold(column.cast(pa.large_string())).to_pylist() == _one_by_one(["before", *texts])
